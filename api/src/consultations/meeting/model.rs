use crate::consultations::loaders;
use crate::consultations::plan::YearPlan;
use crate::consultations::stage::Consultation;
use crate::kernel::{ApiError, Gid};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::chair_decision::{self, Verdict};
use shangyi_entities::{ChairMeetingId, chair_meeting};

/// What waits for the chair's meeting.
#[derive(SimpleObject)]
pub struct DecisionsWaiting {
    /// Plans on which somebody has commented, or whose time for comments is over.
    #[graphql(complexity = "5 * child_complexity + 1")]
    pub plans: Vec<YearPlan>,
    /// Proposals, the oldest first; at most 100. Those that a liaison committee may select are among them.
    #[graphql(complexity = "100 * child_complexity + 1")]
    pub proposals: Vec<Consultation>,
}

/// A chair's meeting.
#[derive(Clone)]
pub struct ChairMeeting(pub(super) chair_meeting::Model);

/// A chair's meeting that was held, with what it decided. For the internal side of its committee.
#[Object]
impl ChairMeeting {
    /// Its id.
    pub async fn id(&self) -> Gid<ChairMeetingId> {
        Gid(self.0.id)
    }

    /// On which day, in Asia/Shanghai.
    async fn day(&self) -> Option<NaiveDate> {
        self.0.day.parse().ok()
    }

    /// Its number in the term.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// When it was entered.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// What it decided, in its order; at most 200, and twenty as a rule.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<ChairDecision>, ApiError> {
        Ok(loaders::of(ctx).decisions(self.0.id).await?.into_iter().map(ChairDecision).collect())
    }
}

/// A decision of a chair's meeting.
pub struct ChairDecision(pub(in crate::consultations) chair_decision::Model);

/// What a chair's meeting decided about one thing.
#[Object]
impl ChairDecision {
    /// The version of the plan or the proposal that was decided about.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What.
    async fn verdict(&self) -> Verdict {
        self.0.verdict
    }

    /// Why, where it did not approve; or what else it said.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// About which plan.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<YearPlan>, ApiError> {
        match self.0.plan_id {
            Some(id) => loaders::of(ctx).plan(id).await,
            None => Ok(None),
        }
    }

    /// About which proposal.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, ApiError> {
        match self.0.consultation_id {
            Some(id) => loaders::of(ctx).consultation(id).await,
            None => Ok(None),
        }
    }
}
