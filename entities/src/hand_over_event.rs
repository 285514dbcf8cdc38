use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandOverEventKind {
    /// 转办.
    Given,
    /// 接收.
    Accepted,
    /// 退回.
    Returned,
    /// 延期, once.
    Extended,
    /// 答复.
    Replied,
    /// 收回.
    Recalled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_over_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hand_over_id: HandOverId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: HandOverEventId,
    pub at: Timestamp,
    pub what: HandOverEventKind,
    pub to_state: hand_over::HandOverState,
    pub role: String,
    pub account_id: Option<AccountId>,
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
