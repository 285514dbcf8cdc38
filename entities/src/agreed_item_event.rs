use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to an agreed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreedItemEventKind {
    /// 议定.
    Agreed,
    /// 交办.
    Given,
    /// 接收.
    Accepted,
    /// 退回.
    Returned,
    /// 进展.
    Progressed,
    /// 办结.
    Done,
    /// 无法办理.
    Cannot,
    /// 认可无法办理.
    CannotAcknowledged,
    /// 确认.
    Confirmed,
    /// 提出异议.
    Disputed,
    /// 28天无回应, closed.
    Unanswered,
    /// 纪要更正.
    Corrected,
    /// 纪要取代.
    Superseded,
    /// 催办.
    Reminded,
    /// 函询.
    Inquired,
    /// 监督性视察.
    Inspected,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreed_item_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: AgreedItemId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: AgreedItemEventId,
    pub at: Timestamp,
    pub what: AgreedItemEventKind,
    pub from_state: Option<agreed_item::AgreedItemState>,
    pub to_state: agreed_item::AgreedItemState,
    pub role: String,
    pub account_id: Option<AccountId>,
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
