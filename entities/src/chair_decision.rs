use crate::*;
use sea_orm::entity::prelude::*;

/// What the chair's meeting decided about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// 通过.
    Approved,
    /// 暂缓: it goes on waiting.
    Deferred,
    /// 不予列入: a proposal ends; a plan stays as it is until its desk drafts it anew.
    Declined,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "chair_decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChairDecisionId,
    pub meeting_id: ChairMeetingId,
    pub number: i64,
    pub plan_id: Option<YearPlanId>,
    pub consultation_id: Option<ConsultationId>,
    pub version: i64,
    pub verdict: Verdict,
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
