//! The shape that every move of a booking has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::fill;
use super::moves::{self, HOLDS, Move, No, Standing, TAKES};
use super::refusal::{BookingResult, Refuse, by_rule, changed, finish, missing};
use super::store::{self, Scene};
use super::write::{self, Mover, Write};
use crate::audit;
use crate::calendar::occupy;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use async_graphql::InputType;
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::reception_day::DayStage;
use shangyi_entities::{BookingId, Timestamp, booking_event, reception_slot};
use uuid::Uuid;

/// One move of a booking by a person.
pub(in crate::receptions) struct Step {
    pub(in crate::receptions) operation: &'static str,
    pub(in crate::receptions) request_id: Uuid,
    pub(in crate::receptions) booking: BookingId,
    /// The version the caller saw, where two people can meet.
    pub(in crate::receptions) expected_version: Option<i64>,
    pub(in crate::receptions) kind: Move,
    pub(in crate::receptions) what: BookingEventKind,
}

/// A move that has been made.
pub(in crate::receptions) struct Made {
    /// The booking as it was before.
    pub(in crate::receptions) row: booking::Model,
    pub(in crate::receptions) scene: Scene,
    pub(in crate::receptions) event: booking_event::Model,
}

/// What the viewer is to a booking of that slot; `person` is by what the viewer's own are told.
pub(in crate::receptions) fn standing(
    cx: &Cx,
    row: &booking::Model,
    (from, stage): (Timestamp, DayStage),
    (own, desk, receiver): (bool, bool, bool),
) -> Standing {
    Standing {
        own,
        desk,
        receiver,
        now: cx.now(),
        from,
        closed: stage == DayStage::Cancelled,
        day_from: day_begins(local_day(from)),
        cancel_until: from.plus_seconds(-60 * cx.settings().cancel_minutes),
        offer_until: row.offer_expires_at,
    }
}

/// Makes the move; `also` writes what belongs to it elsewhere.
pub(in crate::receptions) async fn take<I, F, Fut>(cx: &Cx, input: &I, step: &Step, also: F) -> Result<BookingResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, Made) -> Fut,
    Fut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let also = &also;
    let person = super::lists::person_of_viewer(cx).await?;
    let (viewer, person) = (cx.viewer().await?, person.as_deref());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, step.operation, step.request_id, input, Some(Gid(step.booking).to_string())).await?.is_some() {
                return Ok((step.booking, true));
            }
            make(&tx, cx, viewer, person, step, also).await.map(|()| (step.booking, false))
        })
        .await;
    finish(cx, done).await
}

async fn make<F, Fut>(tx: &WriteTx, cx: &Cx, viewer: &Viewer, person: Option<&[u8]>, step: &Step, also: &F) -> Result<(), Stop<Refuse>>
where
    F: Fn(WriteTx, Made) -> Fut,
    Fut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let seen = store::now(tx, step.booking).await?.ok_or_else(missing)?;
    let scene = store::scene_now(tx, seen.slot_id).await?.ok_or_else(missing)?;
    let own = seen.account_id == Some(viewer.account) || person == Some(seen.person_key.as_slice());
    let desk = viewer.desk_of(scene.committee_id, &scene.division_code);
    let receiver = crate::receptions::day::receives_now(tx, viewer, scene.day_id).await?;
    // Strangers are turned away before anything is locked.
    if !own && desk.is_none() && !receiver {
        return Err(Stop::Refused(Refuse::NotYours(step.booking)));
    }
    let mut slot = store::slot_locked(tx, seen.slot_id).await?.ok_or_else(missing)?;
    // A place that was offered before the slot began is nobody's any more.
    if step.kind == Move::CheckIn && slot.taken >= slot.capacity {
        fill::settle(tx, cx, &mut slot).await?;
    }
    let (row, scene) = (store::now(tx, step.booking).await?.ok_or_else(missing)?, store::scene_now(tx, slot.id).await?.ok_or_else(missing)?);
    let standing = standing(cx, &row, (slot.from_at, scene.state), (own, desk.is_some(), receiver));
    // What the clock has ended is over, whether anybody has written it down or not.
    let stands = moves::seen(row.state, row.offer_expires_at, (slot.from_at, slot.until_at), cx.now());
    let to = match moves::judge(step.kind, stands, standing) {
        Ok(to) => to,
        Err(No::NotYours) => return Err(Stop::Refused(Refuse::NotYours(row.id))),
        Err(No::NotNow) => return Err(changed(tx, &row, stands).await),
        Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
    };
    if step.expected_version.is_some_and(|expected| expected != row.version) {
        return Err(changed(tx, &row, stands).await);
    }
    let role = match desk {
        Some(held) if !own => sea_orm::ActiveEnum::to_value(&held.role),
        _ if own => "RESIDENT".to_owned(),
        _ => "MEMBER".to_owned(),
    };
    let by = Mover::by(&role, viewer.account);
    let (before, row) = (row.clone(), arrive(tx, cx, &mut slot, row, to, &by, &scene).await?);
    let event = one(tx, cx, &mut slot, &row, &by, to, step.what, &scene).await?;
    if TAKES.contains(&before.state) && !TAKES.contains(&to) {
        fill::settle(tx, cx, &mut slot).await?;
    }
    let (was, is) = (format!("{:?} {}", before.state, before.version), format!("{to:?} {}", event.version));
    let entry = audit::Entry::new(step.operation, &role, row.id);
    audit::record(tx, cx, audit::Entry { committee: Some(row.committee_id), before: Some(&was), after: Some(&is), ..entry }).await?;
    also(tx.clone(), Made { row, scene, event }).await
}

/// Who comes at a time that was only proposed to them has accepted it.
async fn arrive(
    tx: &WriteTx,
    cx: &Cx,
    slot: &mut reception_slot::Model,
    row: booking::Model,
    to: BookingState,
    by: &Mover,
    scene: &Scene,
) -> Result<booking::Model, Stop<Refuse>> {
    if row.state != BookingState::MoveProposed || to != BookingState::CheckedIn {
        return Ok(row);
    }
    occupy::lock(tx, vec![fill::person(&row.person_key), row.subject_id]).await?;
    let waiting = fill::waiting(cx, slot);
    let write = Write::new(BookingState::Booked, BookingEventKind::MoveAccepted);
    write::all(tx, cx, slot, std::slice::from_ref(&row), by, write, |rule| by_rule(rule, waiting)).await?;
    super::put::take_time(tx, cx, &row, scene, slot).await?;
    let version = row.version + 1;
    Ok(booking::Model { state: BookingState::Booked, version, ..row })
}

/// Writes one move with the person's time in the calendar: taken with a place, given back when they do not come.
#[allow(clippy::too_many_arguments, reason = "one move's worth")]
async fn one(
    tx: &WriteTx,
    cx: &Cx,
    slot: &mut reception_slot::Model,
    row: &booking::Model,
    by: &Mover,
    to: BookingState,
    what: BookingEventKind,
    scene: &Scene,
) -> Result<booking_event::Model, Stop<Refuse>> {
    let gains = HOLDS.contains(&to) && !matches!(row.state, BookingState::Booked | BookingState::CheckedIn);
    if gains {
        occupy::lock(tx, vec![fill::person(&row.person_key), row.subject_id]).await?;
    }
    let mut write = Write::new(to, what);
    if to == BookingState::Booked {
        write.changes.remind_at = sea_orm::ActiveValue::Set(crate::calendar::hours::remind_at(cx.now(), slot.from_at));
    }
    let waiting = fill::waiting(cx, slot);
    let mut events = write::all(tx, cx, slot, std::slice::from_ref(row), by, write, |rule| by_rule(rule, waiting)).await?;
    if gains {
        super::put::take_time(tx, cx, row, scene, slot).await?;
    }
    // Whoever has gone, or never came, has the rest of their time back.
    let held_time = matches!(row.state, BookingState::Booked | BookingState::CheckedIn);
    if held_time && !HOLDS.contains(&to) {
        occupy::release(tx, cx, scene.occasion_id, row.subject_id).await?;
    }
    events.pop().ok_or_else(|| ApiError::broken("a move without history").into())
}

/// Nothing more to write.
pub(in crate::receptions) async fn nothing_more(_: WriteTx, _: Made) -> Result<(), Stop<Refuse>> {
    Ok(())
}
