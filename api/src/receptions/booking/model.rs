use super::places::{self, WaitingPlace};
use super::{MATTER, moves, step};
use crate::kernel::{ApiError, Cx, Gid};
use crate::receptions::day::{ReceptionDay, ReceptionSlot};
use crate::receptions::loaders;
use crate::receptions::record::ReceptionRecord;
use crate::topics::Blocker;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::booking::{self, BookingChannel, BookingState, MatterCategory};
use shangyi_entities::booking_event::{self, BookingEventKind};
use shangyi_entities::{BookingEventId, BookingId, Timestamp};

/// One person's visit to a slot, from wish to end.
#[derive(Clone)]
pub struct Booking(pub(crate) booking::Model);

/// What the viewer is to a booking.
#[derive(Clone, Copy, Default)]
pub(in crate::receptions) struct Eyes {
    pub(in crate::receptions) own: bool,
    pub(in crate::receptions) desk: bool,
    pub(in crate::receptions) receiver: bool,
}

impl Booking {
    pub(in crate::receptions) async fn eyes(&self, ctx: &Context<'_>) -> Result<Eyes, ApiError> {
        let loaders = loaders::of(ctx);
        // All at once, so that a page asks for each of them once.
        let (viewer, person, day, receivers) = futures_util::try_join!(
            ctx.data_unchecked::<Cx>().viewer_if_any(),
            loaders.person(),
            loaders.any_day(self.0.day_id),
            loaders.receivers(self.0.day_id),
        )?;
        let Some(viewer) = viewer else { return Ok(Eyes::default()) };
        let own = self.0.account_id == Some(viewer.account) || person.as_deref() == Some(self.0.person_key.as_slice());
        let desk = day.is_some_and(|day| viewer.desk_of(day.committee_id, &day.division_code).is_some());
        let receiver = crate::receptions::day::receives_by(viewer, &receivers);
        Ok(Eyes { own, desk, receiver })
    }

    async fn time(&self, ctx: &Context<'_>) -> Result<(Timestamp, Timestamp), ApiError> {
        let slot = loaders::of(ctx).slot(self.0.slot_id).await?;
        Ok(slot.map_or((Timestamp(i64::MAX), Timestamp(i64::MAX)), |slot| (slot.from_at, slot.until_at)))
    }

    /// Where it stands at this moment.
    pub(in crate::receptions) async fn stands(&self, ctx: &Context<'_>) -> Result<BookingState, ApiError> {
        let now = ctx.data_unchecked::<Cx>().now();
        Ok(moves::seen(self.0.state, self.0.offer_expires_at, self.time(ctx).await?, now))
    }
}

/// One person's visit to a slot of a reception day, from wish to end. Known to the person, to the desk of the day and to those
/// who receive on it.
#[Object]
impl Booking {
    /// Its id.
    pub async fn id(&self) -> Gid<BookingId> {
        Gid(self.0.id)
    }

    /// Where it stands. An offer whose time is over is EXPIRED, a wait or an offer LAPSED when the slot has begun, a new time that
    /// nobody accepted CANCELLED when it is over: at that moment.
    async fn state(&self, ctx: &Context<'_>) -> Result<BookingState, ApiError> {
        self.stands(ctx).await
    }

    /// Grows by one with every move; who can meet somebody else says the one they saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The slot.
    async fn slot(&self, ctx: &Context<'_>) -> Result<Option<ReceptionSlot>, ApiError> {
        Ok(loaders::of(ctx).slot(self.0.slot_id).await?.map(ReceptionSlot))
    }

    /// The day of the slot.
    async fn reception_day(&self, ctx: &Context<'_>) -> Result<Option<ReceptionDay>, ApiError> {
        Ok(loaders::of(ctx).any_day(self.0.day_id).await?.map(ReceptionDay))
    }

    /// Whether it is the viewer's own.
    async fn mine(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.eyes(ctx).await?.own)
    }

    /// How they came to book.
    async fn channel(&self) -> BookingChannel {
        self.0.channel
    }

    /// What the matter is about.
    async fn category(&self) -> MatterCategory {
        self.0.category
    }

    /// The matter in a few words: for the person, those who receive, and the officer who typed it. Null for everybody else,
    /// where nothing was said, and a year after the reply.
    async fn matter(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let eyes = self.eyes(ctx).await?;
        let typed = self.0.entered_by.is_some() && self.0.entered_by == ctx.data_unchecked::<Cx>().account_if_any();
        let Some(sealed) = self.0.matter_enc.as_deref().filter(|_| eyes.own || eyes.receiver || typed) else { return Ok(None) };
        Ok(loaders::of(ctx).key_of(&self.0).await?.and_then(|key| key.open(MATTER, sealed)))
    }

    /// How many come; a visit is one place however many.
    async fn heads(&self) -> i64 {
        self.0.heads
    }

    /// When it was booked, or the waiting list joined.
    async fn booked_at(&self) -> DateTime<Utc> {
        self.0.booked_at.utc()
    }

    /// Who comes, as they call themself or as an officer wrote it: for the desk, those who receive, and the person. Null where
    /// they gave no name, and once they have erased themself.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        loaders::of(ctx).name_of(&self.0).await
    }

    /// Where they can be reached: for the desk of the day. Null for everybody else, and once they have erased themself.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        // Asked together, so that a page reads names and contacts once.
        let (eyes, contact) = futures_util::try_join!(self.eyes(ctx), loaders::of(ctx).contact_of(&self.0))?;
        Ok(contact.filter(|_| eyes.desk))
    }

    /// The place on the waiting list, the first is 1; null where they do not wait.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<i64>, ApiError> {
        if self.stands(ctx).await? != BookingState::Waitlisted {
            return Ok(None);
        }
        let history = self.places(ctx).await?;
        Ok(history.last().map(|last| last.place))
    }

    /// How the place on the waiting list became what it is, oldest first; empty where they never waited. Nobody is named.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn place_history(&self, ctx: &Context<'_>) -> Result<Vec<WaitingPlace>, ApiError> {
        self.places(ctx).await
    }

    /// Until when an offered place is kept for them: so many waking hours (08:00 to 21:00, Asia/Shanghai), at latest until the slot
    /// begins. Of the last offer, also once that is over or accepted; null where none was made.
    async fn offer_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.offer_expires_at.map(|at| at.utc())
    }

    /// When a place came free and was not kept for them, because they had another one that day; null: never.
    async fn passed_over_at(&self) -> Option<DateTime<Utc>> {
        self.0.passed_over_at.map(|at| at.utc())
    }

    /// When they were asked to choose another slot, since there are fewer places than visits; the booking stands. Null: never, or
    /// there are enough places again.
    async fn asked_to_move_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, ApiError> {
        let Some(at) = self.0.asked_to_move_at else { return Ok(None) };
        let slot = loaders::of(ctx).slot(self.0.slot_id).await?;
        Ok(slot.is_some_and(|slot| slot.taken > slot.capacity).then(|| at.utc()))
    }

    /// Until when a booked place (BOOKED) can be cancelled by whoever booked it: two hours before the slot, unless the installation
    /// sets another time. A wait, an offer and a proposed time can be cancelled at any time, and the desk can always.
    async fn cancel_until(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>, ApiError> {
        let minutes = ctx.data_unchecked::<Cx>().settings().cancel_minutes;
        Ok(self.time(ctx).await?.0.plus_seconds(-60 * minutes).utc())
    }

    /// What came of the visit; null before it is recorded.
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<ReceptionRecord>, ApiError> {
        loaders::of(ctx).record_of(self.0.id).await
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<BookingEvent>, ApiError> {
        Ok(loaders::of(ctx).history(self.0.id).await?.into_iter().map(BookingEvent::from).collect())
    }

    /// What the viewer could do with it now, and what is in the way.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn allowed_moves(&self, ctx: &Context<'_>) -> Result<Vec<BookingMove>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let eyes = self.eyes(ctx).await?;
        let (from, _) = self.time(ctx).await?;
        let Some(day) = loaders::of(ctx).any_day(self.0.day_id).await? else { return Ok(Vec::new()) };
        let standing = step::standing(cx, &self.0, (from, day.state), (eyes.own, eyes.desk, eyes.receiver));
        Ok(moves::allowed(self.stands(ctx).await?, standing)
            .map(|(kind, to, no)| BookingMove {
                kind,
                to,
                blocked_by: no.map(|no| Blocker { code: no.code().to_owned(), message: cx.tell(&no.text()) }).into_iter().collect(),
            })
            .collect())
    }
}

impl Booking {
    async fn places(&self, ctx: &Context<'_>) -> Result<Vec<WaitingPlace>, ApiError> {
        let Some(number) = self.0.number else { return Ok(Vec::new()) };
        Ok(places::places(number, &loaders::of(ctx).waiting_log(self.0.slot_id).await?))
    }
}

/// One thing that happened to a booking.
#[derive(SimpleObject, Clone)]
pub struct BookingEvent {
    /// Its id.
    pub id: Gid<BookingEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: BookingEventKind,
    /// Where the booking stood after.
    pub to_state: BookingState,
    /// Which role did it; SYSTEM for what happens by itself.
    pub role: String,
}

impl From<booking_event::Model> for BookingEvent {
    fn from(row: booking_event::Model) -> Self {
        Self { id: Gid(row.id), at: row.at.utc(), what: row.what, to_state: row.to_state, role: row.role }
    }
}

/// Something the viewer could do with a booking.
#[derive(SimpleObject)]
pub struct BookingMove {
    /// Which mutation.
    pub kind: moves::Move,
    /// Where it leads.
    pub to: BookingState,
    /// What is in the way; empty: nothing.
    pub blocked_by: Vec<Blocker>,
}
