//! The year's plan: what a committee means to consult about. Drafted by the desk, commented on by members, approved by the chair's
//! meeting. What is changed after that is a draft again; what was approved stays in force until the next approval.

mod comment;
mod draft;
mod model;
mod refusal;
pub(super) mod store;

pub use comment::CommentOnPlanInput;
pub(super) use comment::run as comment;
pub(super) use draft::run as draft;
pub use draft::{DraftPlanInput, PlanItemInput};
pub(super) use draft::{ORGANISERS, checked_place};
pub(super) use model::stands;
pub use model::{PlanComment, PlanItem, YearPlan, YearPlanState};
pub use refusal::{PlanRefusalReason, PlanRefused, YearPlanPayload, YearPlanResult};

use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx};
use shangyi_entities::OrganisationId;

/// The plan of a year, for the internal side of its committee; nothing for others.
pub(super) async fn of_year(cx: &Cx, committee: OrganisationId, year: i64) -> Result<Option<YearPlan>, ApiError> {
    if cx.who() == Who::Unknown {
        return Err(ApiError::unavailable());
    }
    let is_internal = cx.viewer_if_any().await?.is_some_and(|viewer| viewer.is_internal(committee));
    if !is_internal {
        return Ok(None);
    }
    Ok(store::of_year(cx, committee, year).await?.map(YearPlan))
}

/// There is none, or none for the viewer to know of.
fn missing() -> ApiError {
    ApiError::not_found("这份年度协商计划", "This plan")
}
