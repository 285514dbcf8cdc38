use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TopicEventKind {
    /// 提交.
    Submitted,
    /// 要求补充: the desk asked for more.
    MoreAsked,
    /// 已补充: the author supplied more.
    MoreSupplied,
    /// 遮蔽: the desk masked words.
    Masked,
    /// 受理.
    Accepted,
    /// 答复.
    Answered,
    /// 转交他处.
    Redirected,
    /// 不予受理.
    Rejected,
    /// 撤回.
    Withdrawn,
    /// 更正属地 or passed on to another committee.
    Passed,
    /// 下架: taken down from public view.
    TakenDown,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic_id: TopicId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: TopicEventId,
    pub at: Timestamp,
    pub what: TopicEventKind,
    pub from_state: Option<topic::TopicState>,
    pub to_state: topic::TopicState,
    pub role: String,
    pub account_id: Option<AccountId>,
    pub reason: Option<topic::TopicReason>,
    pub note: Option<String>,
    pub note_enc: Option<Vec<u8>>,
    pub note_subject: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
