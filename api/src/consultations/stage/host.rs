use crate::kernel::ApiError;
use crate::organisation::{self, Organisation};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::Timestamp;
use shangyi_entities::consultation_co_host::{self, CoHostState};

/// A committee that holds a consultation together with another one's.
pub struct CoHost(pub(super) consultation_co_host::Model);

/// A committee that holds a consultation together with the one it belongs to (联合协商), or is asked to.
#[Object(name = "ConsultationCoHost")]
impl CoHost {
    /// The committee.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.committee_id).await
    }

    /// What it said; its halls and members count once it has agreed.
    async fn state(&self) -> CoHostState {
        self.0.state
    }

    /// When it said so; null: it has not yet.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at.map(Timestamp::utc)
    }
}
