//! Changing a day: another venue, another time, more or fewer places. Another venue keeps the bookings; another time asks
//! everyone again; fewer places than visits throw nobody out.
use super::draft::{self, Part, ReceptionSlotInput};
use super::refusal::{ReceptionDayResult, ReceptionRefusalReason as Reason, Refuse, changed};
use super::step::{self, Step};
use super::{respond, store};
use crate::calendar::hours::{self, Stands};
use crate::calendar::occupy::{self, Subject};
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use crate::receptions::booking as bookings;
use crate::receptions::booking::fill;
use crate::receptions::booking::tell::{self, Told};
use crate::receptions::booking::write::{self, Mover, Write};
use async_graphql::{InputObject, MaybeUndefined};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::Set;
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::booking::{self, BookingState as S};
use shangyi_entities::booking_event::BookingEventKind as What;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{ReceptionDayId, ReceptionSlotId, Timestamp, TypedId, VenueId, reception_slot, venue};
use uuid::Uuid;

/// What changes of a slot.
#[derive(InputObject, Clone)]
pub struct ChangeReceptionSlotInput {
    /// The slot.
    pub slot_id: Gid<ReceptionSlotId>,
    /// From which time of day on; as before when left out.
    pub begins: Option<String>,
    /// Until which time of day; as before when left out.
    pub ends: Option<String>,
    /// How many visits, 0 to 1000; as before when left out. Fewer than are booked throws nobody out: `over` shows it, nothing is
    /// offered until there are places again, and those who booked last are asked to choose another slot.
    pub capacity: Option<i64>,
}

/// What changes of a day.
#[derive(InputObject)]
pub struct ChangeReceptionDayInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The day.
    pub day_id: Gid<ReceptionDayId>,
    /// The version of the day that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Another venue of the same desk; who booked stays booked and is told.
    pub venue_id: Option<Gid<VenueId>>,
    /// Another calendar day, at the same times; who booked and who receives are asked again.
    pub day: Option<NaiveDate>,
    /// Slots that change; who booked one whose time changes is asked again.
    pub slots: Option<Vec<ChangeReceptionSlotInput>>,
    /// Slots to be added.
    pub add_slots: Option<Vec<ReceptionSlotInput>>,
    /// What it is about, at most 60 characters; null empties it.
    pub theme: MaybeUndefined<String>,
    /// What whoever books from now on must have shown.
    pub level: Option<VerificationLevel>,
    /// From when on places can be booked; null: at once.
    pub opens_at: MaybeUndefined<DateTime<Utc>>,
}

/// A slot before and after.
struct Turned {
    slot: reception_slot::Model,
    to: Part,
}

impl Turned {
    fn moves(&self) -> bool {
        (self.slot.from_at, self.slot.until_at) != (self.to.0, self.to.1)
    }
}

pub(in crate::receptions) async fn run(cx: &Cx, input: ChangeReceptionDayInput) -> Result<ReceptionDayResult, ApiError> {
    let viewer = cx.viewer().await?;
    let venue = match input.venue_id {
        Some(id) => Some(draft::venue_of(cx, viewer, id.0).await?.0),
        None => None,
    };
    let theme = match &input.theme {
        MaybeUndefined::Value(text) => MaybeUndefined::Value(draft::theme(Some(text))?),
        MaybeUndefined::Null => MaybeUndefined::Value(None),
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
    };
    let step = Step {
        operation: "changeReceptionDay",
        request_id: input.request_id,
        day: input.day_id.0,
        expected_version: input.expected_version,
        what: ReceptionDayEventKind::Changed,
    };
    let (given, venue, theme) = (&input, venue.as_ref(), &theme);
    let work = |tx: WriteTx, row: reception_day::Model| async move {
        let (mut changes, rest) = rearrange(&tx, cx, &row, given, venue).await?;
        if let MaybeUndefined::Value(theme) = theme {
            changes.theme = Set(theme.clone());
        }
        if let Some(level) = given.level {
            changes.level = Set(level);
        }
        match given.opens_at {
            MaybeUndefined::Value(at) => changes.opens_at = Set(Some(at.into())),
            MaybeUndefined::Null => changes.opens_at = Set(None),
            MaybeUndefined::Undefined => {}
        }
        Ok((changes, rest))
    };
    // People are told of the day as it is by then.
    step::take_then(cx, &input, &step, work, |tx, row, rest| async move { slots(&tx, cx, &row, rest).await }).await
}

/// What is to be done of the slots once the day's own row says its new time and venue.
struct Rest {
    turned: Vec<Turned>,
    added: Vec<Part>,
    day: String,
    venue_changes: bool,
}

/// Turns the slots with their bookings, and adds the new ones; `row` is the day as it was.
async fn slots(tx: &WriteTx, cx: &Cx, row: &reception_day::Model, mut rest: Rest) -> Result<(), Stop<Refuse>> {
    for one in &mut rest.turned {
        turn(tx, cx, row, &rest.day, one, rest.venue_changes).await?;
    }
    let fresh: Vec<reception_slot::Model> = rest.added.into_iter().map(|part| draft::slot(cx, row.id, part)).collect();
    Ok(store::insert_slots(tx, &fresh).await?)
}

/// The slots as they are to be, checked together.
fn turned(
    cx: &Cx,
    row: &reception_day::Model,
    slots: Vec<reception_slot::Model>,
    given: &ChangeReceptionDayInput,
) -> Result<(Vec<Turned>, Vec<Part>), ApiError> {
    let old = day_begins(crate::kernel::clock::local_day(row.from_at));
    let day = given.day.unwrap_or_else(|| crate::kernel::clock::local_day(row.from_at));
    let shift = day_begins(day).0 - old.0;
    let changes = given.slots.clone().unwrap_or_default();
    let mut all = Vec::with_capacity(slots.len());
    for slot in slots {
        let change = changes.iter().find(|change| change.slot_id.0 == slot.id);
        let at = |text: Option<&String>, before: Timestamp| match text {
            Some(text) => draft::moment(day, text),
            None => Ok(Timestamp(before.0 + shift)),
        };
        let from = at(change.and_then(|change| change.begins.as_ref()), slot.from_at)?;
        let until = at(change.and_then(|change| change.ends.as_ref()), slot.until_at)?;
        let capacity = change.and_then(|change| change.capacity).unwrap_or(slot.capacity);
        all.push(Turned { slot, to: (from, until, capacity) });
    }
    if changes.iter().any(|change| !all.iter().any(|one| one.slot.id == change.slot_id.0)) {
        return Err(ApiError::not_found("这个时段", "This slot"));
    }
    let added = match &given.add_slots {
        Some(slots) if !slots.is_empty() => draft::parts(day, slots)?,
        _ => Vec::new(),
    };
    let parts: Vec<Part> = all.iter().map(|one| one.to).chain(added.iter().copied()).collect();
    draft::checked(parts.clone())?;
    let moved = all.iter().filter(|one| one.moves()).map(|one| one.to).chain(added.iter().copied());
    if moved.into_iter().any(|(from, ..)| from <= cx.now()) {
        return Err(ApiError::bad_input("day", say("请选择以后的时间。", "Please choose a time to come.")));
    }
    Ok((all, added))
}

async fn rearrange(
    tx: &WriteTx,
    cx: &Cx,
    row: &reception_day::Model,
    given: &ChangeReceptionDayInput,
    venue: Option<&venue::Model>,
) -> Result<(reception_day::ActiveModel, Rest), Stop<Refuse>> {
    let venue = venue.filter(|venue| venue.id != row.venue_id);
    if venue.is_some_and(|venue| venue.committee_id != row.committee_id) {
        return Err(ApiError::bad_input("venueId", say("请选择本委员会的场所。", "Please choose a venue of this committee.")).into());
    }
    let (slots, added) = turned(cx, row, store::slots_locked(tx, row.id).await?, given)?;
    let moving: Vec<ReceptionSlotId> = slots.iter().filter(|one| one.moves()).map(|one| one.slot.id).collect();
    if bookings::store::is_any_marked(tx, &moving).await? {
        return Err(Stop::Refused(Refuse::Because(Reason::VisitsMarked)));
    }
    let parts: Vec<Part> = slots.iter().map(|one| one.to).chain(added.iter().copied()).collect();
    let (from, until) = draft::span(&parts);
    let day = crate::kernel::clock::local_day(from).to_string();
    let mut changes = reception_day::ActiveModel::default();
    let time_moves = (from, until) != (row.from_at, row.until_at);
    let mut now = row.clone();
    if let Some(venue) = venue {
        now.venue_id = venue.id;
        now.division_code = venue.division_code.clone();
        (changes.venue_id, changes.division_code) = (Set(venue.id), Set(venue.division_code.clone()));
    }
    (now.from_at, now.until_at, now.day) = (from, until, day.clone());
    if time_moves {
        (changes.from_at, changes.until_at, changes.day) = (Set(from), Set(until), Set(day.clone()));
    }
    if time_moves || venue.is_some() {
        now.duty_occasion_id = place(tx, cx, row, &now).await?;
        changes.duty_occasion_id = Set(now.duty_occasion_id);
        receivers(tx, cx, &now, &row.day, time_moves && !moving.is_empty()).await?;
    }
    Ok((changes, Rest { turned: slots, added, day, venue_changes: venue.is_some() }))
}

/// Gives the day its new time at its new venue; answers the duty that it is part of there.
async fn place(
    tx: &WriteTx,
    cx: &Cx,
    before: &reception_day::Model,
    now: &reception_day::Model,
) -> Result<Option<shangyi_entities::OccasionId>, Stop<Refuse>> {
    let open = crate::organisation::venue_locked(tx, now.venue_id).await?.is_some_and(|row| row.closed_at.is_none());
    if !open {
        return Err(Stop::Refused(Refuse::Because(Reason::VenueClosed)));
    }
    occupy::lock(tx, vec![before.venue_id.uuid(), now.venue_id.uuid()]).await?;
    occupy::release(tx, cx, before.occasion_id, before.venue_id.uuid()).await?;
    occupy::reshape(tx, now.occasion_id, now.from_at, now.until_at).await?;
    let day = crate::kernel::clock::local_day(now.from_at);
    let span = (now.from_at, now.until_at);
    let duty = draft::venue_time(tx, now.venue_id, span, Some(now.occasion_id)).await?;
    let duty = duty.map_err(|()| Stop::Refused(Refuse::Overlaps(Some(day))))?;
    if duty.is_none() {
        let subject = Subject { kind: SubjectKind::Venue, id: now.venue_id.uuid() };
        occupy::take(tx, cx, now.occasion_id, subject, span, || Refuse::Overlaps(Some(day))).await?;
    }
    Ok(duty)
}

/// Who receives is told; where slots move they are asked again, and their time is theirs until they say so. A day that only grows
/// takes the longer time of those who have accepted.
async fn receivers(tx: &WriteTx, cx: &Cx, now: &reception_day::Model, day_before: &str, asks_again: bool) -> Result<(), Stop<Refuse>> {
    let event = cx.new_event();
    let before = store::receivers_now(tx, now.id).await?;
    // All at once, and looked at again: somebody may have given the duty away in which they receive.
    occupy::lock(tx, before.iter().map(|one| one.account_id.uuid()).collect()).await?;
    let asked = store::receivers_now(tx, now.id).await?;
    let active: Vec<_> = asked.iter().filter(|one| super::is_active(one.state)).collect();
    for one in &active {
        let mut changes = reception_receiver::ActiveModel::default();
        if asks_again {
            if one.took_time {
                occupy::release(tx, cx, now.occasion_id, one.account_id.uuid()).await?;
            }
            (changes.state, changes.took_time, changes.remind_at) = (Set(ReceiverState::Asked), Set(false), Set(None));
        } else if one.state == ReceiverState::Accepted {
            // The same slots elsewhere, or more of them: whoever had duty at the old one gives this their time, and the other way round.
            if one.took_time {
                occupy::release(tx, cx, now.occasion_id, one.account_id.uuid()).await?;
            }
            match respond::take_time(tx, cx, now, one.account_id).await {
                Ok(took) => (changes.took_time, changes.remind_at) = (Set(took), Set(hours::remind_at(cx.now(), now.from_at))),
                Err(Stop::Refused(_)) => return Err(Stop::Refused(Refuse::Overlaps(None))),
                Err(failed) => return Err(failed),
            }
        }
        if !store::update_receiver(tx, cx, one, changes).await? {
            return Err(changed(tx, now).await);
        }
    }
    let told: Vec<_> = active.iter().map(|one| (event, now, one.account_id)).collect();
    Ok(super::tell::receivers_of_moved(tx, cx, NoticeKind::ReceptionDutyChanged, &told, Some(day_before)).await?)
}

/// Turns one slot: its time with its bookings, its places.
async fn turn(tx: &WriteTx, cx: &Cx, row: &reception_day::Model, day: &str, one: &mut Turned, venue_changes: bool) -> Result<(), Stop<Refuse>> {
    let (from, until, capacity) = one.to;
    let moves = one.moves();
    let was_over = one.slot.taken > one.slot.capacity;
    if moves || capacity != one.slot.capacity {
        let changes = reception_slot::ActiveModel { from_at: Set(from), until_at: Set(until), capacity: Set(capacity), ..Default::default() };
        store::update_slot(tx, one.slot.id, changes).await?;
        (one.slot.from_at, one.slot.until_at, one.slot.capacity) = (from, until, capacity);
    }
    if row.state != DayStage::Published {
        return Ok(());
    }
    let slot = &mut one.slot;
    if moves {
        propose(tx, cx, row, day, slot).await?;
    } else if venue_changes {
        // The same time at another place: nothing is asked.
        let open = bookings::store::of_slot(tx, slot.id, bookings::moves::OPEN).await?;
        let told: Vec<Told<'_>> = open.iter().map(|row| Told::anew(cx, row)).collect();
        tell::people(tx, cx, NoticeKind::BookingDayChanged, &told).await?;
    }
    over(tx, cx, slot, was_over).await?;
    Ok(fill::settle(tx, cx, slot).await?)
}

/// The slot has another time: who has a place is asked, who waits goes on waiting.
async fn propose(tx: &WriteTx, cx: &Cx, row: &reception_day::Model, day: &str, slot: &mut reception_slot::Model) -> Result<(), ApiError> {
    let nobody = Mover::itself();
    // What was said of the old time does not hold of the new one.
    let to_day = || booking::ActiveModel { day: Set(day.to_owned()), asked_to_move_at: Set(None), passed_over_at: Set(None), ..Default::default() };
    let booked = bookings::store::of_slot(tx, slot.id, &[S::Booked, S::MoveProposed]).await?;
    let subjects: Vec<Uuid> = booked.iter().filter(|row| row.state == S::Booked).map(|row| row.subject_id).collect();
    occupy::release_all(tx, cx, row.occasion_id, &subjects).await?;
    let events =
        write::plainly(tx, cx, slot, &booked, &nobody, Write { changes: to_day(), ..Write::new(S::MoveProposed, What::MoveProposed) }).await?;
    tell::people(tx, cx, NoticeKind::BookingMoveProposed, &Told::of(&booked, &events)).await?;
    offers(tx, cx, row, day, slot).await?;
    let waiting = bookings::store::of_slot(tx, slot.id, &[S::Waitlisted]).await?;
    let events =
        write::plainly(tx, cx, slot, &waiting, &nobody, Write { changes: to_day(), ..Write::new(S::Waitlisted, What::MoveProposed) }).await?;
    tell::people(tx, cx, NoticeKind::BookingDayChanged, &Told::of(&waiting, &events)).await
}

/// Offers go on at the new time with a clock of their own; not to whoever has another place on the new day.
async fn offers(tx: &WriteTx, cx: &Cx, row: &reception_day::Model, day: &str, slot: &mut reception_slot::Model) -> Result<(), ApiError> {
    let offered = bookings::store::of_slot(tx, slot.id, &[S::Offered]).await?;
    let Some(first) = offered.first() else { return Ok(()) };
    let settings = cx.settings();
    let stands = Stands { before: settings.offer_minutes, today: settings.offer_minutes_today };
    let until = hours::offer_until(cx.now(), slot.from_at, stands);
    let mut holders = Vec::new();
    if day != row.day {
        fill::lock_persons(tx, &offered).await?;
        let persons: Vec<Vec<u8>> = offered.iter().map(|row| row.person_key.clone()).collect();
        holders = bookings::store::holders(tx, &booking::Model { day: day.to_owned(), ..first.clone() }, &persons).await?;
    }
    let (over, on): (Vec<_>, Vec<_>) = offered.into_iter().partition(|row| until.is_none() || holders.contains(&row.person_key));
    let nobody = Mover::itself();
    let changes = booking::ActiveModel { day: Set(day.to_owned()), offer_expires_at: Set(until), ..Default::default() };
    let events = write::plainly(tx, cx, slot, &on, &nobody, Write { changes, ..Write::new(S::Offered, What::MoveProposed) }).await?;
    let on: Vec<_> = on.into_iter().map(|row| booking::Model { offer_expires_at: until, ..row }).collect();
    tell::people(tx, cx, NoticeKind::BookingOffered, &Told::of(&on, &events)).await?;
    let events = write::plainly(tx, cx, slot, &over, &nobody, Write::new(S::Expired, What::OfferExpired)).await?;
    tell::people(tx, cx, NoticeKind::BookingOfferExpired, &Told::of(&over, &events)).await
}

/// Fewer places than visits: those who booked last are asked to choose another slot, each once.
async fn over(tx: &WriteTx, cx: &Cx, slot: &reception_slot::Model, was_over: bool) -> Result<(), ApiError> {
    let over = usize::try_from(slot.taken - slot.capacity).unwrap_or(0);
    if over == 0 {
        return Ok(());
    }
    let mut booked = bookings::store::of_slot(tx, slot.id, &[S::Booked, S::MoveProposed]).await?;
    booked.sort_by_key(|row| std::cmp::Reverse((row.booked_at, row.id)));
    booked.truncate(over);
    // Once while there are too few; where there were enough meanwhile, anew.
    booked.retain(|row| !was_over || row.asked_to_move_at.is_none());
    let ids: Vec<_> = booked.iter().map(|row| row.id).collect();
    bookings::store::note(tx, &ids, booking::ActiveModel { asked_to_move_at: Set(Some(cx.now())), ..Default::default() }).await?;
    let told: Vec<Told<'_>> = booked.iter().map(|row| Told::anew(cx, row)).collect();
    tell::people(tx, cx, NoticeKind::BookingAskedToMove, &told).await
}
