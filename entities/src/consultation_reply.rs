use crate::*;
use sea_orm::entity::prelude::*;

/// What a participant says to a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReplyState {
    /// 待答复.
    Asked,
    /// 参加.
    Attending,
    /// 请假.
    OnLeave,
    /// 不参加.
    Declined,
    /// 委派他人参加.
    Delegated,
    /// 候补.
    Waiting,
    /// 有空位待确认: kept until its end.
    Offered,
    /// 候补名额已过期: may ask again, last in line.
    Expired,
    /// 会议不再按原安排举行.
    GivenBack,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_replies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub participant_id: ParticipantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sitting_id: SittingId,
    pub state: ReplyState,
    pub version: i64,
    pub holds_subject: Option<Uuid>,
    pub number: Option<i64>,
    pub offer_expires_at: Option<Timestamp>,
    pub said_by: Option<AccountId>,
    pub reason_enc: Option<Vec<u8>>,
    pub delegate_enc: Option<Vec<u8>>,
    pub changed_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
