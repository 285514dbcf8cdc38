//! The chair's meeting (主席会议): what waits for it, and what it decided, plans and proposals in one batch.

mod hold;
mod model;
mod refusal;
pub(super) mod store;

pub(super) use hold::run as hold;
pub use hold::{ChairDecisionInput, HoldChairMeetingInput};
pub use model::{ChairDecision, ChairMeeting, DecisionsWaiting};
pub use refusal::{ChairMeetingPayload, ChairMeetingRefusalReason, ChairMeetingRefused, ChairMeetingResult};

use super::plan::YearPlan;
use super::stage::Consultation;
use super::stage::step::of_meeting;
use super::{plan, stage};
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, say};
use shangyi_entities::OrganisationId;

/// Who is neither chair nor keeps the meeting's minutes.
fn not_yours() -> ApiError {
    ApiError::forbidden(say("主席会议的事项由主席、副主席和综合部门办理。", "What is for the chair's meeting is for the chair and the general desk."))
}

/// What waits for the chair's meeting of a committee.
pub(super) async fn waiting(cx: &Cx, committee: OrganisationId) -> Result<DecisionsWaiting, ApiError> {
    of_meeting(cx.viewer().await?, committee).ok_or_else(not_yours)?;
    let plans = plan::store::waiting(cx, committee).await?.into_iter().map(YearPlan).collect();
    let proposals = stage::store::proposed(cx, committee).await?.into_iter().map(Consultation).collect();
    Ok(DecisionsWaiting { plans, proposals })
}

/// The last meetings of a committee, for its internal side.
pub(super) async fn last(cx: &Cx, committee: OrganisationId) -> Result<Vec<ChairMeeting>, ApiError> {
    if cx.who() == Who::Unknown {
        return Err(ApiError::unavailable());
    }
    if !cx.viewer_if_any().await?.is_some_and(|viewer| viewer.is_internal(committee)) {
        return Ok(Vec::new());
    }
    Ok(store::last(cx, committee).await?.into_iter().map(ChairMeeting).collect())
}
