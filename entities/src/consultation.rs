use crate::*;
use sea_orm::entity::prelude::*;

/// Where a consultation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsultationState {
    /// 已提出: the chair's meeting, or whom it delegated, selects.
    Proposed,
    /// 已选题.
    Selected,
    /// 调研中.
    Researching,
    /// 已公告: a sitting is to come.
    Announced,
    /// 协商中: a sitting has begun.
    InSitting,
    /// 已成纪要: its minutes are published.
    Minuted,
    /// 已报送.
    Reported,
    /// 跟踪问效: what was agreed on is with its units.
    Tracking,
    /// 已评价: nothing is open, and it was rated.
    Evaluated,
    /// 已办结.
    Closed,
    /// 重新启动.
    Reopened,
    /// 已延期: goes on later.
    Postponed,
    /// 已取消.
    Cancelled,
}

/// Who proposed a consultation; follows from the appointment that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsultationSource {
    /// 专门委员会.
    SpecialCommittee,
    /// 镇街联络委.
    LiaisonCommittee,
    /// 界别 or 界别联组.
    Sector,
    /// 委员, for a special matter.
    Members,
    /// 群众议题: from a topic.
    Topic,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsultationId,
    pub committee_id: OrganisationId,
    pub programme_id: ProgrammeId,
    pub programme_number: i64,
    pub title: String,
    pub question: String,
    pub division_code: String,
    pub organiser_id: Option<OrganisationId>,
    pub source: ConsultationSource,
    pub plan_item_id: Option<PlanItemId>,
    pub special: bool,
    pub topic_id: Option<TopicId>,
    pub state: ConsultationState,
    pub version: i64,
    pub proposed_at: Timestamp,
    pub proposed_by: AccountId,
    pub changed_at: Timestamp,
    pub selected_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub round: i64,
    pub minuted_at: Option<Timestamp>,
    pub share_met: Option<bool>,
    pub reported_at: Option<Timestamp>,
    pub rating_since: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
