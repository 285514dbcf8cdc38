//! Bookings and waiting lists: a place taken, waited for, offered, accepted, moved, cancelled, marked.
pub(super) mod answer;
pub(super) mod book;
pub(super) mod clockwork;
pub(super) mod exchange;
pub(super) mod fill;
pub(super) mod lists;
pub(super) mod mark;
pub(super) mod model;
pub mod moves;
mod places;
mod put;
pub(super) mod refusal;
pub(super) mod step;
pub(super) mod store;
pub(super) mod tell;
pub(super) mod write;

use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx};
pub use answer::{AcceptMoveInput, AcceptOfferInput, CancelBookingInput, DeclineOfferInput};
pub use book::{BookForCallerInput, BookSlotInput, JoinWaitingListInput, RegisterWalkInInput};
pub use exchange::ChangeSlotInput;
pub use mark::{CheckInBookingInput, MarkLeftInput, MarkNoShowInput};
pub use model::{Booking, BookingEvent, BookingMove};
pub(super) use places::Line;
pub use places::{PlaceChange, WaitingPlace};
pub use refusal::{BookingPayload, BookingRefusalReason, BookingRefused, BookingResult};
use sea_orm::ActiveEnum;

/// Where a matter is sealed, under the key of whoever comes.
pub(super) const MATTER: &str = "bookings.matter";

/// The role by which the viewer receives people in that slot: the desk of the day, or a receiving member.
async fn staff_role(cx: &Cx, viewer: &Viewer, scene: &store::Scene) -> Result<Option<String>, ApiError> {
    if let Some(held) = viewer.desk_of(scene.committee_id, &scene.division_code) {
        return Ok(Some(held.role.to_value()));
    }
    let receives = super::day::receives(cx, viewer, scene.day_id).await?;
    Ok(receives.then(|| "MEMBER".to_owned()))
}
