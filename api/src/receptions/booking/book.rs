//! The ways to a place: `bookSlot` and `joinWaitingList` by oneself, `bookForCaller` and `registerWalkIn` through those who
//! receive.
use super::put::{self, Booker, Wish};
use super::refusal::BookingResult;
use crate::auth::callers::Behalf;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use shangyi_entities::ReceptionSlotId;
use shangyi_entities::booking::{BookingChannel, BookingState, MatterCategory};
use uuid::Uuid;

/// A place to take.
#[derive(InputObject)]
pub struct BookSlotInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The slot.
    pub slot_id: Gid<ReceptionSlotId>,
    /// When the slot begins as the person saw it: they book that very time; where it was changed since, `DAY_CLOSED`. Left out:
    /// whenever it begins.
    pub expected_from: Option<DateTime<Utc>>,
    /// What the matter is about.
    pub category: MatterCategory,
    /// The matter in a few words, at most 100 characters; read only by the person, by those who have said that they receive, and by the officer who typed it; forgotten a year after the reply.
    pub matter: Option<String>,
    /// How many come, 1 to 50; 1 when left out. For information: a visit is one place.
    pub heads: Option<i64>,
}

/// A waiting list to join.
#[derive(InputObject)]
pub struct JoinWaitingListInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The slot.
    pub slot_id: Gid<ReceptionSlotId>,
    /// When the slot begins as the person saw it: they book that very time; where it was changed since, `DAY_CLOSED`. Left out:
    /// whenever it begins.
    pub expected_from: Option<DateTime<Utc>>,
    /// What the matter is about.
    pub category: MatterCategory,
    /// The matter in a few words, at most 100 characters; read only by the person, by those who have said that they receive, and by the officer who typed it; forgotten a year after the reply.
    pub matter: Option<String>,
    /// How many come, 1 to 50; 1 when left out.
    pub heads: Option<i64>,
}

/// A place for somebody who called.
#[derive(InputObject)]
pub struct BookForCallerInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The slot.
    pub slot_id: Gid<ReceptionSlotId>,
    /// Who called.
    pub on_behalf_of: Behalf,
    /// What the matter is about.
    pub category: MatterCategory,
    /// The matter in a few words, at most 100 characters; read only by the person, by those who have said that they receive, and by the officer who typed it; forgotten a year after the reply.
    pub matter: Option<String>,
    /// How many come, 1 to 50; 1 when left out.
    pub heads: Option<i64>,
    /// Puts them on the waiting list instead of taking a place.
    #[graphql(default = false)]
    pub wait: bool,
    /// They want no short messages: the officer who entered them is told what to tell them.
    #[graphql(default = false)]
    pub no_short_messages: bool,
}

/// Somebody who came without a booking.
#[derive(InputObject)]
pub struct RegisterWalkInInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The slot, on its day.
    pub slot_id: Gid<ReceptionSlotId>,
    /// Who came.
    pub on_behalf_of: Behalf,
    /// What the matter is about.
    pub category: MatterCategory,
    /// The matter in a few words, at most 100 characters; read only by the person, by those who have said that they receive, and by the officer who typed it; forgotten a year after the reply.
    pub matter: Option<String>,
    /// How many came, 1 to 50; 1 when left out.
    pub heads: Option<i64>,
    /// They want no short messages: the officer who entered them is told what to tell them.
    #[graphql(default = false)]
    pub no_short_messages: bool,
}

fn wish(
    operation: &'static str,
    request_id: Uuid,
    slot: Gid<ReceptionSlotId>,
    (channel, state): (BookingChannel, BookingState),
    (category, matter, heads, seen_from): (MatterCategory, Option<&str>, Option<i64>, Option<DateTime<Utc>>),
) -> Result<Wish, ApiError> {
    let (matter, heads) = put::cleaned(matter, heads)?;
    Ok(Wish { operation, request_id, slot: slot.0, channel, state, category, matter, heads, seen_from: seen_from.map(Into::into) })
}

pub(in crate::receptions) async fn slot(cx: &Cx, input: BookSlotInput) -> Result<BookingResult, ApiError> {
    let about = (input.category, input.matter.as_deref(), input.heads, input.expected_from);
    let wish = wish("bookSlot", input.request_id, input.slot_id, (BookingChannel::Online, BookingState::Booked), about)?;
    put::run(cx, &input, &wish, &Booker::viewer(cx).await?).await
}

pub(in crate::receptions) async fn wait(cx: &Cx, input: JoinWaitingListInput) -> Result<BookingResult, ApiError> {
    let about = (input.category, input.matter.as_deref(), input.heads, input.expected_from);
    let wish = wish("joinWaitingList", input.request_id, input.slot_id, (BookingChannel::Online, BookingState::Waitlisted), about)?;
    put::run(cx, &input, &wish, &Booker::viewer(cx).await?).await
}

pub(in crate::receptions) async fn for_caller(cx: &Cx, input: BookForCallerInput) -> Result<BookingResult, ApiError> {
    let about = (input.category, input.matter.as_deref(), input.heads, None);
    let state = if input.wait { BookingState::Waitlisted } else { BookingState::Booked };
    let wish = wish("bookForCaller", input.request_id, input.slot_id, (BookingChannel::Phone, state), about)?;
    let booker = Booker::caller(cx, &input.on_behalf_of, input.no_short_messages).await?;
    put::run(cx, &input, &wish, &booker).await
}

pub(in crate::receptions) async fn walk_in(cx: &Cx, input: RegisterWalkInInput) -> Result<BookingResult, ApiError> {
    let about = (input.category, input.matter.as_deref(), input.heads, None);
    let wish = wish("registerWalkIn", input.request_id, input.slot_id, (BookingChannel::WalkIn, BookingState::CheckedIn), about)?;
    let booker = Booker::caller(cx, &input.on_behalf_of, input.no_short_messages).await?;
    put::run(cx, &input, &wish, &booker).await
}
