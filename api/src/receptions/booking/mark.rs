//! What those who receive mark: who came, who did not, who left.
use super::moves::Move;
use super::refusal::BookingResult;
use super::step::{Step, nothing_more, take};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::BookingId;
use shangyi_entities::booking_event::BookingEventKind;
use uuid::Uuid;

/// Who has come.
#[derive(InputObject)]
pub struct CheckInBookingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking; one marked as not come can still come, while there is a place.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Who has not come.
#[derive(InputObject)]
pub struct MarkNoShowInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking; its slot has begun.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Who came and left before being received.
#[derive(InputObject)]
pub struct MarkLeftInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(in crate::receptions) async fn checked_in(cx: &Cx, input: CheckInBookingInput) -> Result<BookingResult, ApiError> {
    let step = Step {
        operation: "checkInBooking",
        request_id: input.request_id,
        booking: input.booking_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::CheckIn,
        what: BookingEventKind::CheckedIn,
    };
    take(cx, &input, &step, nothing_more).await
}

pub(in crate::receptions) async fn no_show(cx: &Cx, input: MarkNoShowInput) -> Result<BookingResult, ApiError> {
    let step = Step {
        operation: "markNoShow",
        request_id: input.request_id,
        booking: input.booking_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::NoShow,
        what: BookingEventKind::NoShow,
    };
    take(cx, &input, &step, nothing_more).await
}

pub(in crate::receptions) async fn left(cx: &Cx, input: MarkLeftInput) -> Result<BookingResult, ApiError> {
    let step = Step {
        operation: "markLeft",
        request_id: input.request_id,
        booking: input.booking_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Leave,
        what: BookingEventKind::Left,
    };
    take(cx, &input, &step, nothing_more).await
}
