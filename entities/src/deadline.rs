use crate::*;
use sea_orm::entity::prelude::*;

/// What must be done within working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeadlineKind {
    /// 补签待审: a late entry waits for approval.
    LateEntry,
    /// 签到冲突: a conflict of check-ins waits to be settled.
    Conflict,
    /// 议题首次查看: a topic waits for its first look.
    TopicFirstLook,
    /// 议题受理决定: a topic waits to be accepted, redirected or rejected.
    TopicDecision,
    /// 议题待补充: what the author was asked for.
    TopicSupplement,
    /// 转办待接收: a unit accepts or returns.
    HandOverAnswer,
    /// 转办待答复.
    HandOverReply,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deadlines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeadlineId,
    pub kind: DeadlineKind,
    pub subject_id: Uuid,
    pub from_at: Timestamp,
    pub working_days: i64,
    pub due_at: Timestamp,
    pub provisional: bool,
    pub closed_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
