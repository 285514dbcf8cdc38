//! Reception days: planned by a rule, published, changed, cancelled; members asked to receive.
pub(super) mod cancel;
pub(super) mod change;
mod draft;
pub(super) mod lists;
pub(super) mod model;
pub(super) mod plan;
pub(super) mod publish;
pub(super) mod refusal;
pub(super) mod replace;
pub(super) mod respond;
pub(super) mod step;
pub(super) mod store;

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
use shangyi_entities::booking::BookingState;
use shangyi_entities::reception_receiver::ReceiverState;
use shangyi_entities::{AccountId, ReceptionDayId};

/// Where a reason is sealed, under the key of whoever gave it.
pub(super) const REASON: &str = "reception_receivers.reason";

/// Visits of a day that is over about which nobody has said what became of them.
pub(super) const UNMARKED: &[BookingState] = &[BookingState::Booked, BookingState::CheckedIn, BookingState::MoveProposed];

/// Whether somebody of that state receives, or is asked to.
pub(super) fn is_active(state: ReceiverState) -> bool {
    matches!(state, ReceiverState::Asked | ReceiverState::Accepted)
}

/// Whether that person receives on that day, or is asked to.
pub(super) async fn receives(cx: &Cx, day: ReceptionDayId, account: AccountId) -> Result<bool, ApiError> {
    let receivers = store::receivers_of(cx, &[day]).await?.remove(&day).unwrap_or_default();
    Ok(receivers.iter().any(|one| one.account_id == account && is_active(one.state)))
}

/// [`receives`] inside a transaction.
pub(super) async fn receives_now(tx: &WriteTx, day: ReceptionDayId, account: AccountId) -> Result<bool, ApiError> {
    let receivers = store::receivers_now(tx, day).await?;
    Ok(receivers.iter().any(|one| one.account_id == account && is_active(one.state)))
}
