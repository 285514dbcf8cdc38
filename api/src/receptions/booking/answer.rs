//! What the person says, or the desk for a caller: cancelled, an offer accepted or declined, a new time accepted.
use super::moves::Move;
use super::refusal::BookingResult;
use super::step::{Made, Step, take};
use super::tell::{self, Told};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::{InputObject, InputType};
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{BookingId, TypedId};
use uuid::Uuid;

/// Which booking or wait to end.
#[derive(InputObject)]
pub struct CancelBookingInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking, the wait, the offer or the proposed time.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen, so that whoever stops waiting does not lose a place they know nothing of; another
    /// one is `STATE_CHANGED`. Left out: however it stands.
    pub expected_version: Option<i64>,
}

/// Which offer to accept.
#[derive(InputObject)]
pub struct AcceptOfferInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking that is offered a place.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen: the day may have moved since; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Which offer to decline.
#[derive(InputObject)]
pub struct DeclineOfferInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking that is offered a place.
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen; another one is `STATE_CHANGED`. Left out: however it stands.
    pub expected_version: Option<i64>,
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

fn step(
    operation: &'static str,
    (request_id, booking): (Uuid, BookingId),
    expected_version: Option<i64>,
    kind: Move,
    what: BookingEventKind,
) -> Step {
    Step { operation, request_id, booking, expected_version, kind, what }
}

/// Makes the move; somebody for whom the desk did it is told, whoever did it themself knows.
async fn make<I: InputType>(cx: &Cx, input: &I, step: &Step, tells: NoticeKind) -> Result<BookingResult, ApiError> {
    take(cx, input, step, |tx, made: Made| async move {
        if made.event.account_id.is_none() || made.event.account_id != made.row.account_id {
            let told = [Told { row: &made.row, event: made.event.id.uuid() }];
            tell::people(&tx, cx, tells, &told).await?;
        }
        Ok(())
    })
    .await
}

pub(in crate::receptions) async fn cancel(cx: &Cx, input: CancelBookingInput) -> Result<BookingResult, ApiError> {
    let which = (input.request_id, input.booking_id.0);
    let step = step("cancelBooking", which, input.expected_version, Move::Cancel, BookingEventKind::Cancelled);
    make(cx, &input, &step, NoticeKind::BookingCancelled).await
}

pub(in crate::receptions) async fn accept_offer(cx: &Cx, input: AcceptOfferInput) -> Result<BookingResult, ApiError> {
    let which = (input.request_id, input.booking_id.0);
    let step = step("acceptOffer", which, Some(input.expected_version), Move::AcceptOffer, BookingEventKind::OfferAccepted);
    make(cx, &input, &step, NoticeKind::BookingEntered).await
}

pub(in crate::receptions) async fn decline_offer(cx: &Cx, input: DeclineOfferInput) -> Result<BookingResult, ApiError> {
    let which = (input.request_id, input.booking_id.0);
    let step = step("declineOffer", which, input.expected_version, Move::DeclineOffer, BookingEventKind::OfferDeclined);
    make(cx, &input, &step, NoticeKind::BookingCancelled).await
}

pub(in crate::receptions) async fn accept_move(cx: &Cx, input: AcceptMoveInput) -> Result<BookingResult, ApiError> {
    let which = (input.request_id, input.booking_id.0);
    let step = step("acceptMove", which, Some(input.expected_version), Move::AcceptMove, BookingEventKind::MoveAccepted);
    make(cx, &input, &step, NoticeKind::BookingEntered).await
}
