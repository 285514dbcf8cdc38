//! Reception days (委员接待日): members receive residents, leaders receive members; places booked, waited for, offered, kept.
//!
//! Words: a *day* has *slots* with *places*; a *booking* is one person's visit, from wish to end; a *receiver* is a member who
//! receives; a *record* says what came of a visit. Invariants, held by the database: no more places taken than there are
//! (`slot_is_full`), one place a person, committee and day (`one_booking_a_day`), nobody passes those who wait (`waiting_first`),
//! no two things of one person at a time (`subject_is_taken`), only declared moves, history only added to. Locks go from the day
//! to its slots, from a slot to its bookings, and then to persons in the order of their ids.

mod booking;
mod day;
mod export;
mod feed;
mod loaders;
mod mutations;
mod record;

use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use booking::moves as booking_moves;
pub use booking::{
    AcceptMoveInput, AcceptOfferInput, BookForCallerInput, BookSlotInput, Booking, BookingEvent, BookingMove, BookingPayload, BookingRefusalReason,
    BookingRefused, BookingResult, CancelBookingInput, ChangeSlotInput, CheckInBookingInput, DeclineOfferInput, JoinWaitingListInput, MarkLeftInput,
    MarkNoShowInput, PlaceChange, RegisterWalkInInput, WaitingPlace,
};
use chrono::NaiveDate;
pub use day::{
    CancelReceptionDayInput, ChangeReceptionDayInput, ChangeReceptionSlotInput, NewReceptionDayInput, PlannedReceptionDay, PublishReceptionDayInput,
    ReceptionDay, ReceptionDayEvent, ReceptionDayPayload, ReceptionDayResult, ReceptionDayState, ReceptionPlan, ReceptionReceiver,
    ReceptionRefusalReason, ReceptionRefused, ReceptionRuleInput, ReceptionSlot, ReceptionSlotInput, ReplaceReceivingMemberInput,
    RespondToReceptionDutyInput, SaveReceptionPlanInput, SaveReceptionPlanPayload, SaveReceptionPlanResult,
};
pub use export::export;
pub use feed::{Entry as FeedEntry, of_person as feed_of};
pub use loaders::Loaders;
pub use mutations::ReceptionsMutation;
pub use record::{
    AnswerReceptionInput, RaiseReceptionTopicInput, RateReceptionInput, ReceptionRecord, ReceptionRecordPayload, ReceptionRecordResult,
    RecordHandOverInput, RecordReceptionInput, asked_by as received_by_record, handed_over as record_handed_over, lock as lock_record,
    replied as unit_replied, returned as unit_returned,
};
use shangyi_entities::{AccountId, BookingId, OrganisationId, ReceptionDayId, ReceptionRecordId, Timestamp, TopicId};

/// The reception day of that id, if the viewer may know of it.
pub async fn load_day(ctx: &Context<'_>, id: ReceptionDayId) -> Result<Option<ReceptionDay>, ApiError> {
    Ok(loaders::of(ctx).day(id).await?.map(ReceptionDay))
}

/// The booking of that id, if the viewer may know of it.
pub async fn load_booking(ctx: &Context<'_>, id: BookingId) -> Result<Option<Booking>, ApiError> {
    loaders::of(ctx).booking(id).await
}

/// The record of that id, if the viewer may know of it.
pub async fn load_record(ctx: &Context<'_>, id: ReceptionRecordId) -> Result<Option<ReceptionRecord>, ApiError> {
    loaders::of(ctx).record(id).await
}

/// What was answered to a record, if the viewer may know of it.
pub async fn answer_of_record(ctx: &Context<'_>, id: ReceptionRecordId) -> Result<Option<String>, ApiError> {
    match load_record(ctx, id).await? {
        Some(record) => record.answer_seen(ctx).await,
        None => Ok(None),
    }
}

/// The record that a topic came of, if the viewer may know of it.
pub async fn record_of_topic(ctx: &Context<'_>, topic: TopicId) -> Result<Option<ReceptionRecord>, ApiError> {
    match record::store::of_topic(ctx.data_unchecked::<Cx>(), topic).await? {
        Some(id) => load_record(ctx, id).await,
        None => Ok(None),
    }
}

/// The topic that a record became, whoever may know of it.
pub async fn topic_of_record(ctx: &Context<'_>, id: ReceptionRecordId) -> Result<Option<TopicId>, ApiError> {
    loaders::of(ctx).topic_of(id).await
}

/// Those of these records of whose visit the viewer may know.
pub async fn records_visible_among(cx: &Cx, ids: &[ReceptionRecordId]) -> Result<Vec<ReceptionRecordId>, ApiError> {
    record::lists::of_visits(cx, ids).await
}

/// What happens by the clock; whether there may be more.
pub async fn by_the_clock(app: &crate::app::App) -> Result<bool, ApiError> {
    booking::clockwork::run(app).await
}

/// Forgets matters whose time is over.
pub async fn forget_matters(app: &crate::app::App) -> Result<(), ApiError> {
    booking::clockwork::forget_matters(app).await
}

/// Somebody signs in for the first time whom officers may have entered before.
pub async fn adopt(tx: &WriteTx, account: AccountId, phone_hash: &[u8]) -> Result<(), ApiError> {
    booking::clockwork::adopt(tx, account, phone_hash).await
}

/// Ends what a person who is erased has ahead of them; before their account is emptied.
pub async fn erase(tx: &WriteTx, cx: &Cx, account: AccountId, callers: &[shangyi_entities::CallerId]) -> Result<(), ApiError> {
    use sea_orm::ColumnTrait;
    use shangyi_entities::booking::Column as C;
    let known = crate::auth::known(&**tx, account).await?;
    let person = known.and_then(|known| known.phone_hash);
    let whose = booking::store::own(account, person.as_deref()).add(C::CallerId.is_in(callers.iter().copied()));
    booking::clockwork::erase(tx, cx, whose).await?;
    day::respond::leave_all(tx, cx, account).await
}

/// Whether there has ever been a reception day.
pub async fn any(db: &impl sea_orm::ConnectionTrait) -> Result<bool, ApiError> {
    day::store::any(db).await
}

/// Whether there are reception days at a venue that are not over.
pub async fn any_ahead(tx: &WriteTx, cx: &Cx, venue: shangyi_entities::VenueId) -> Result<bool, ApiError> {
    day::store::any_ahead(tx, venue, cx.now()).await
}

/// A member gives a duty away in which they also receive: from now on the reception takes their time.
pub async fn duty_left(tx: &WriteTx, cx: &Cx, duty: shangyi_entities::OccasionId, account: AccountId) -> Result<(), ApiError> {
    day::respond::duty_left(tx, cx, duty, account).await
}

/// A member takes a duty in which they also receive: from now on the duty takes their time.
pub async fn duty_taken(tx: &WriteTx, cx: &Cx, duty: shangyi_entities::OccasionId, account: AccountId) -> Result<(), ApiError> {
    day::respond::duty_taken(tx, cx, duty, account).await
}

/// A reception that was held.
pub struct Held {
    /// When it began.
    pub from: Timestamp,
    /// The duty that it was part of.
    pub duty: Option<shangyi_entities::OccasionId>,
    /// How many visits were received.
    pub served: i64,
}

/// Reception days that were held at a venue between two moments, by time.
pub async fn held_at(cx: &Cx, venue: shangyi_entities::VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<Held>, ApiError> {
    let days = day::store::held_at(cx, venue, from, until).await?;
    let ids: Vec<ReceptionDayId> = days.iter().map(|day| day.id).collect();
    let served = booking::store::served_of(cx, &ids).await?;
    let held = |day: shangyi_entities::reception_day::Model| Held {
        from: day.from_at,
        duty: day.duty_occasion_id,
        served: served.get(&day.id).copied().unwrap_or(0),
    };
    Ok(days.into_iter().map(held).collect())
}

/// For the desk of a division: its reception days between two moments, by time, and the visits of days that are over about which nobody has
/// said what became of them.
pub async fn week_of(
    ctx: &Context<'_>,
    committee: OrganisationId,
    division: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<(Vec<ReceptionDay>, Vec<Booking>), ApiError> {
    let cx = ctx.data_unchecked::<Cx>();
    let days = day::store::of_division(cx, committee, division, from, until);
    let (days, unmarked) = futures_util::try_join!(days, booking::store::unmarked(cx, committee, division))?;
    loaders::of(ctx).know_unmarked(&days, &unmarked).await;
    Ok((days.into_iter().map(ReceptionDay).collect(), unmarked.into_iter().map(Booking).collect()))
}

/// Reading receptions and bookings.
#[derive(Default)]
pub struct ReceptionsQuery;

#[Object]
impl ReceptionsQuery {
    /// Reception days in a division and what lies under it, by time, from one day to another (both included; at most 92 days; the next 30
    /// when left out). Public; what is planned, and leaders' days, for those who may know of them.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    #[allow(clippy::too_many_arguments, reason = "a list with a span and a page")]
    async fn reception_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The division's official code.")] division_code: String,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, ReceptionDay>, ApiError> {
        day::lists::page(ctx.data_unchecked::<Cx>(), &division_code, (from, until), first, after.as_deref()).await
    }

    /// A reception day. Null where there is none, or none for the viewer to know of.
    async fn reception_day(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<ReceptionDayId>) -> Result<Option<ReceptionDay>, ApiError> {
        load_day(ctx, id.0).await
    }

    /// The reception days that a rule would give, for at most 190 days; nothing is written. Asked twice, it is the same. For the desk of
    /// the venue's division (`FORBIDDEN` for others).
    #[graphql(complexity = "60 * child_complexity + 1")]
    async fn plan_reception_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] rule: ReceptionRuleInput,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] until: NaiveDate,
    ) -> Result<ReceptionPlan, ApiError> {
        day::plan::show(ctx.data_unchecked::<Cx>(), &rule, from, until).await
    }

    /// The days on which the viewer receives or is asked to, by time (at most 92 days; the next 30 when left out). Needs a sign-in.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn my_receptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
    ) -> Result<Vec<ReceptionDay>, ApiError> {
        day::lists::mine(ctx.data_unchecked::<Cx>(), from, until).await
    }

    /// The viewer's own bookings and waits, those made last first; also what an officer entered for their phone. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that can still lead to a visit.")] to_come: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Booking>, ApiError> {
        booking::lists::mine(ctx.data_unchecked::<Cx>(), to_come.unwrap_or(false), first, after.as_deref()).await
    }

    /// A booking. Null where there is none, or none for the viewer to know of.
    async fn booking(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<BookingId>) -> Result<Option<Booking>, ApiError> {
        load_booking(ctx, id.0).await
    }
}
