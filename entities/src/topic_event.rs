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
    /// 领办: an officer took it on.
    Taken,
    /// 交回: the officer handed it back to the desk.
    HandedBack,
    /// 逾期未补充: lapsed.
    Lapsed,
    /// 拟采用.
    Shortlisted,
    /// 移出拟采用.
    Unshortlisted,
    /// 转办 to a unit.
    HandedOver,
    /// 承办单位退回.
    UnitReturned,
    /// 采用.
    Adopted,
    /// 由其形成的协商已公告、改期或延期.
    ConsultationWentOn,
    /// 一项采用已有结果.
    OutcomeRecorded,
    /// 提出人确认.
    Confirmed,
    /// 提出人认为未落实: reopened.
    Reopened,
    /// 并入另一议题.
    Merged,
    /// 另一议题并入.
    MergedIn,
    /// 拆出: split from its canonical topic.
    Split,
    /// 有议题拆出.
    SplitOff,
    /// 接续成为牵头议题, in place of one that was withdrawn.
    BecameCanonical,
    /// 申请复核.
    SecondLookAsked,
    /// 复核维持原决定.
    SecondLookUpheld,
    /// 复核后受理.
    SecondLookTakenUp,
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
