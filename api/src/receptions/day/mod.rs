//! Reception days: planned by a rule, published, changed, cancelled; members asked to receive.
pub(super) mod cancel;
pub(super) mod change;
mod draft;
pub(super) mod lists;
pub(super) mod model;
pub(super) mod plan;
pub(super) mod publish;
pub(super) mod refusal;
pub(super) mod remind;
pub(super) mod replace;
pub(super) mod respond;
pub(super) mod step;
pub(super) mod store;
mod tell;

use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, WriteTx};
pub use cancel::CancelReceptionDayInput;
pub use change::{ChangeReceptionDayInput, ChangeReceptionSlotInput};
pub use draft::{NewReceptionDayInput, ReceptionSlotInput};
pub use model::{ReceptionDay, ReceptionDayEvent, ReceptionDayState, ReceptionReceiver, ReceptionSlot};
pub use plan::{PlannedReceptionDay, ReceptionPlan, ReceptionRuleInput, SaveReceptionPlanInput, SaveReceptionPlanPayload, SaveReceptionPlanResult};
pub use publish::PublishReceptionDayInput;
pub use refusal::{ReceptionDayPayload, ReceptionDayResult, ReceptionRefusalReason, ReceptionRefused};
pub use replace::ReplaceReceivingMemberInput;
pub use respond::RespondToReceptionDutyInput;
use shangyi_entities::appointment::Role;
use shangyi_entities::booking::BookingState;
use shangyi_entities::reception_receiver::ReceiverState;
use shangyi_entities::{ReceptionDayId, reception_receiver};

/// Where a reason is sealed, under the key of whoever gave it.
pub(super) const REASON: &str = "reception_receivers.reason";

/// Visits of a day that is over about which nobody has said what became of them.
pub(super) const UNMARKED: &[BookingState] = &[BookingState::Booked, BookingState::CheckedIn, BookingState::MoveProposed];

/// Whether somebody of that state receives, or is asked to.
pub(super) fn is_active(state: ReceiverState) -> bool {
    matches!(state, ReceiverState::Asked | ReceiverState::Accepted)
}

/// Whether the viewer receives there: they have said so, and are in office.
pub(super) fn receives_by(viewer: &Viewer, receivers: &[reception_receiver::Model]) -> bool {
    let accepted = |one: &reception_receiver::Model| one.account_id == viewer.account && one.state == ReceiverState::Accepted;
    // Members also who are placed here from another committee.
    let in_office = viewer.appointments.iter().any(|held| matches!(held.role, Role::Member | Role::Chair));
    in_office && receivers.iter().any(accepted)
}

/// [`receives_by`] of a day.
pub(super) async fn receives(cx: &Cx, viewer: &Viewer, day: ReceptionDayId) -> Result<bool, ApiError> {
    let receivers = store::receivers_of(cx, &[day]).await?.remove(&day).unwrap_or_default();
    Ok(receives_by(viewer, &receivers))
}

/// [`receives`] inside a transaction.
pub(super) async fn receives_now(tx: &WriteTx, viewer: &Viewer, day: ReceptionDayId) -> Result<bool, ApiError> {
    Ok(receives_by(viewer, &store::receivers_now(tx, day).await?))
}
