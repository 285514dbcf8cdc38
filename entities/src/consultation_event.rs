use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsultationEventKind {
    /// 提出.
    Proposed,
    /// 选题通过.
    Selected,
    /// 主席会议不予列入.
    Declined,
    /// 补充调研记录.
    ResearchAdded,
    /// 公告.
    Announced,
    /// 会议改期或改地点.
    SittingChanged,
    /// 会议开始.
    SittingStarted,
    /// 再开一次会.
    SittingAdded,
    /// 纪要公布.
    MinutesPublished,
    /// 纪要修订公布.
    MinutesAmended,
    /// 报送.
    Reported,
    /// 转入跟踪问效.
    Tracked,
    /// 评价完成.
    Evaluated,
    /// 办结.
    Closed,
    /// 重新启动.
    Reopened,
    /// 延期.
    Postponed,
    /// 恢复办理.
    Resumed,
    /// 取消.
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: ConsultationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: ConsultationEventId,
    pub at: Timestamp,
    pub what: ConsultationEventKind,
    pub from_state: Option<consultation::ConsultationState>,
    pub to_state: consultation::ConsultationState,
    pub role: String,
    pub account_id: Option<AccountId>,
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
