//! What the person says, or the desk for a caller: cancelled, an offer accepted or declined, a new time accepted.
use super::moves::Move;
use super::refusal::BookingResult;
use super::step::{Made, Step, nothing_more, take};
use super::tell::{self, Told};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{BookingId, TypedId};
use uuid::Uuid;

/// Which booking or wait to end.
#[derive(InputObject)]
pub struct CancelBookingInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking.
    pub booking_id: Gid<BookingId>,
}

/// Which offer to accept.
#[derive(InputObject)]
pub struct AcceptOfferInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking that is offered a place.
    pub booking_id: Gid<BookingId>,
}

/// Which offer to decline.
#[derive(InputObject)]
pub struct DeclineOfferInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking that is offered a place.
    pub booking_id: Gid<BookingId>,
}

/// Which new time to accept.
#[derive(InputObject)]
pub struct AcceptMoveInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking whose time was moved.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that the person saw: they accept that very time, and no later change of it.
    pub expected_version: i64,
}

fn step(operation: &'static str, request_id: Uuid, booking: BookingId, kind: Move, what: BookingEventKind) -> Step {
    Step { operation, request_id, booking, expected_version: None, kind, what }
}

pub(in crate::receptions) async fn cancel(cx: &Cx, input: CancelBookingInput) -> Result<BookingResult, ApiError> {
    let step = step("cancelBooking", input.request_id, input.booking_id.0, Move::Cancel, BookingEventKind::Cancelled);
    take(cx, &input, &step, |tx, made: Made| async move {
        // Whoever cancelled knows; somebody for whom the desk did is told.
        let by_themself = made.event.account_id.is_some() && made.event.account_id == made.row.account_id;
        if !by_themself {
            let told = [Told { row: &made.row, event: made.event.id.uuid() }];
            tell::people(&tx, cx, NoticeKind::BookingCancelled, &told).await?;
        }
        Ok(())
    })
    .await
}

pub(in crate::receptions) async fn accept_offer(cx: &Cx, input: AcceptOfferInput) -> Result<BookingResult, ApiError> {
    let step = step("acceptOffer", input.request_id, input.booking_id.0, Move::AcceptOffer, BookingEventKind::OfferAccepted);
    take(cx, &input, &step, nothing_more).await
}

pub(in crate::receptions) async fn decline_offer(cx: &Cx, input: DeclineOfferInput) -> Result<BookingResult, ApiError> {
    let step = step("declineOffer", input.request_id, input.booking_id.0, Move::DeclineOffer, BookingEventKind::OfferDeclined);
    take(cx, &input, &step, nothing_more).await
}

pub(in crate::receptions) async fn accept_move(cx: &Cx, input: AcceptMoveInput) -> Result<BookingResult, ApiError> {
    let step = step("acceptMove", input.request_id, input.booking_id.0, Move::AcceptMove, BookingEventKind::MoveAccepted);
    let step = Step { expected_version: Some(input.expected_version), ..step };
    take(cx, &input, &step, nothing_more).await
}
