//! What happens to bookings by the clock: offers end, waiting ends, proposals that nobody answered end, reminders go out, and
//! what was said of a matter is forgotten. Each slot in a transaction of its own, so that a killed worker loses nothing.
use super::fill;
use super::moves::OPEN;
use super::store;
use super::tell::{self, Told};
use super::write::{self, Mover, Write};
use crate::app::App;
use crate::calendar::hours;
use crate::calendar::occupy;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale, WriteTx};
use crate::receptions::day;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition};
use shangyi_entities::booking::{self, BookingState as S};
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, BookingId, ReceptionSlotId, TypedId};
use uuid::Uuid;

/// Slots or reminders of one turn.
const BATCH: u64 = 50;
/// How long a matter is kept after the visit or its reply.
const KEPT: i64 = 365 * 86_400;

fn context(app: &App) -> Cx {
    Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "clockwork".to_owned())
}

/// Does what is due; whether there may be more.
pub async fn run(app: &App) -> Result<bool, ApiError> {
    let cx = &context(app);
    let settled = settle_due(app, cx).await;
    let reminded = remind(app, cx).await?;
    let receivers = day::remind::run(app, cx).await?;
    Ok(settled? || reminded || receivers)
}

async fn settle_due(app: &App, cx: &Cx) -> Result<bool, ApiError> {
    let slots = store::slots_due(cx, BATCH).await?;
    let mut failed = None;
    for slot in &slots {
        let slot = *slot;
        // A slot that cannot be had now holds up no other, and is due again.
        if let Err(error) = app.db.write_plain(|tx| async move { Ok(one(&tx, cx, slot).await?) }).await {
            failed = Some(error);
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(slots.len() as u64 == BATCH),
    }
}

async fn one(tx: &WriteTx, cx: &Cx, id: ReceptionSlotId) -> Result<(), ApiError> {
    let Some(mut slot) = store::slot_locked(tx, id).await? else { return Ok(()) };
    if slot.until_at <= cx.now() {
        let unanswered = store::of_slot(tx, id, &[S::MoveProposed]).await?;
        let write = Write::new(S::Cancelled, BookingEventKind::MoveUnanswered);
        let events = write::plainly(tx, cx, &mut slot, &unanswered, &Mover::itself(), write).await?;
        tell::people(tx, cx, NoticeKind::BookingCancelled, &Told::of(&unanswered, &events)).await?;
    }
    fill::settle(tx, cx, &mut slot).await
}

/// Reminds those whose reminder is due, a batch a transaction that also notes the next one.
async fn remind(app: &App, cx: &Cx) -> Result<bool, ApiError> {
    let many = app.db.write_plain(|tx| async move { Ok(remind_batch(&tx, cx).await?) }).await?;
    Ok(many as u64 == BATCH)
}

async fn remind_batch(tx: &WriteTx, cx: &Cx) -> Result<usize, ApiError> {
    let rows = store::reminders(tx, cx.now(), BATCH).await?;
    for row in &rows {
        let Some(slot) = store::slot_now(tx, row.slot_id).await? else { continue };
        let next = hours::remind_at(cx.now(), slot.from_at);
        store::note(tx, &[row.id], booking::ActiveModel { remind_at: Set(next), ..Default::default() }).await?;
        // A worker that was away does not remind of what has begun.
        if cx.now() < slot.from_at {
            tell::people(tx, cx, NoticeKind::BookingReminder, &[Told::anew(cx, row)]).await?;
        }
    }
    Ok(rows.len())
}

/// Forgets matters a year after the visit, or after the last word on it.
pub async fn forget_matters(app: &App) -> Result<(), ApiError> {
    let cx = &context(app);
    app.db
        .write_plain(|tx| async move {
            let old = store::old_matters(&tx, cx.now().plus_seconds(-KEPT)).await?;
            Ok(store::note(&tx, &old, booking::ActiveModel { matter_enc: Set(None), ..Default::default() }).await?)
        })
        .await
}

/// Somebody whom an officer entered signs in: what was booked for their phone is theirs, and takes their own time.
pub async fn adopt(tx: &WriteTx, account: AccountId, phone_hash: &[u8]) -> Result<(), ApiError> {
    use booking::Column as C;
    let theirs = || Condition::all().add(C::PersonKey.eq(phone_hash.to_vec())).add(C::AccountId.is_null());
    let before = store::all_now(tx, theirs()).await?;
    let slots = lock_slots(tx, before.iter().map(|row| row.slot_id).collect()).await?;
    let mut persons: Vec<Uuid> = before.iter().map(|row| row.subject_id).collect();
    persons.extend([fill::person(phone_hash), account.uuid()]);
    occupy::lock(tx, persons).await?;
    // Looked at again: what was moved or entered meanwhile.
    for row in store::all_now(tx, theirs()).await? {
        let mut known = booking::ActiveModel { account_id: Set(Some(account)), ..Default::default() };
        if slots.contains(&row.slot_id) && is_theirs_alone(tx, &row, account).await? {
            known.subject_id = Set(account.uuid());
        }
        store::note(tx, &[row.id], known).await?;
    }
    Ok(())
}

/// Takes what the visit takes from the person themself. Where they have something else then, that stays; the visit as well, under its
/// old name. Of what is over, nothing is taken any more.
async fn is_theirs_alone(tx: &WriteTx, row: &booking::Model, account: AccountId) -> Result<bool, ApiError> {
    let holds_time = matches!(row.state, S::Booked | S::CheckedIn);
    if !holds_time {
        return Ok(OPEN.contains(&row.state));
    }
    let Some(scene) = store::scene_now(tx, row.slot_id).await? else { return Ok(false) };
    let is_free = occupy::held(tx, account.uuid(), scene.from_at, scene.until_at).await?.is_empty();
    if is_free {
        occupy::rename(tx, scene.occasion_id, row.subject_id, account.uuid()).await?;
    }
    Ok(is_free)
}

/// All slots before any person: the order in which everybody locks.
async fn lock_slots(tx: &WriteTx, mut slots: Vec<ReceptionSlotId>) -> Result<Vec<ReceptionSlotId>, ApiError> {
    slots.sort_unstable();
    slots.dedup();
    for id in &slots {
        store::slot_locked(tx, *id).await?;
    }
    Ok(slots)
}

/// Whether the time of the visit is that of an account, which tells nothing of a phone.
fn is_of_account(row: &booking::Model) -> bool {
    row.account_id.is_some_and(|account| account.uuid() == row.subject_id)
}

/// Ends what somebody who is erased has ahead of them, and parts their history from their phone.
pub async fn erase(tx: &WriteTx, cx: &Cx, whose: Condition) -> Result<(), ApiError> {
    let rows = store::all_now(tx, whose).await?;
    let slots = lock_slots(tx, rows.iter().filter(|row| OPEN.contains(&row.state)).map(|row| row.slot_id).collect()).await?;
    for id in slots {
        let Some(mut slot) = store::slot_locked(tx, id).await? else { continue };
        let ids: Vec<BookingId> = rows.iter().filter(|row| row.slot_id == id).map(|row| row.id).collect();
        let open: Vec<_> = store::of_slot(tx, id, OPEN).await?.into_iter().filter(|row| ids.contains(&row.id)).collect();
        write::plainly(tx, cx, &mut slot, &open, &Mover::itself(), Write::new(S::Cancelled, BookingEventKind::PersonErased)).await?;
        if let Some(scene) = store::scene_now(tx, id).await? {
            for row in &open {
                occupy::release(tx, cx, scene.occasion_id, row.subject_id).await?;
            }
        }
        fill::settle(tx, cx, &mut slot).await?;
    }
    for row in &rows {
        let nobody = booking::ActiveModel {
            person_key: Set(row.id.uuid().as_bytes().to_vec()),
            matter_enc: Set(None),
            subject_id: if is_of_account(row) { NotSet } else { Set(row.id.uuid()) },
            ..Default::default()
        };
        store::note(tx, &[row.id], nobody).await?;
        // A caller's time was taken by what remains of their phone.
        if !is_of_account(row)
            && let Some(scene) = store::scene_now(tx, row.slot_id).await?
        {
            occupy::rename(tx, scene.occasion_id, row.subject_id, row.id.uuid()).await?;
        }
    }
    Ok(())
}
