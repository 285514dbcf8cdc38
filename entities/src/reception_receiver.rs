use crate::*;
use sea_orm::entity::prelude::*;

/// What a receiving member has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReceiverState {
    /// 待回应: asked.
    Asked,
    /// 已接受.
    Accepted,
    /// 不能到: declined with a reason; somebody else is to be found.
    Declined,
    /// 已更换: somebody else receives instead.
    Replaced,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_receivers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceptionReceiverId,
    pub day_id: ReceptionDayId,
    pub member_id: MemberId,
    pub account_id: AccountId,
    pub state: ReceiverState,
    pub version: i64,
    pub asked_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub took_time: bool,
    pub changed_at: Timestamp,
    pub reason_enc: Option<Vec<u8>>,
    pub remind_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
