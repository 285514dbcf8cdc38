//! What follows by itself in a slot: offers whose time is over end, waiting ends when the slot begins, and every place that
//! is free goes to the first who waits and has no other place that day. In the transaction that freed it, or in that of the
//! next who books; the slot is locked.
use super::moves;
use super::store;
use super::tell::{self, Told};
use super::write::{self, Mover, Write};
use crate::calendar::hours::{self, Stands};
use crate::calendar::occupy;
use crate::kernel::{ApiError, Cx, WriteTx};
use sea_orm::ActiveValue::Set;
use shangyi_entities::booking::{self, BookingState as S};
use shangyi_entities::booking_event::BookingEventKind as What;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{ReceptionSlotId, reception_slot};
use uuid::Uuid;

/// Ends what the clock has ended, and offers what is free.
pub(in crate::receptions) async fn settle(tx: &WriteTx, cx: &Cx, slot: &mut reception_slot::Model) -> Result<(), ApiError> {
    let nobody = Mover::itself();
    let begun = slot.from_at <= cx.now();
    let offered = store::of_slot(tx, slot.id, &[S::Offered]).await?;
    let slot_time = (slot.from_at, slot.until_at);
    let ends_as = |row: &booking::Model| moves::seen(row.state, row.offer_expires_at, slot_time, cx.now());
    let over: Vec<booking::Model> = offered.iter().filter(|row| ends_as(row) == S::Expired).cloned().collect();
    let events = write::plainly(tx, cx, slot, &over, &nobody, Write::new(S::Expired, What::OfferExpired)).await?;
    tell::people(tx, cx, NoticeKind::BookingOfferExpired, &Told::of(&over, &events)).await?;
    if begun {
        // What was kept until the slot's beginning ends with the waiting: there is nothing to wait for again.
        let mut ended = store::of_slot(tx, slot.id, &[S::Waitlisted]).await?;
        ended.extend(offered.into_iter().filter(|row| ends_as(row) == S::Lapsed));
        let events = write::plainly(tx, cx, slot, &ended, &nobody, Write::new(S::Lapsed, What::Lapsed)).await?;
        return tell::people(tx, cx, NoticeKind::BookingLapsed, &Told::of(&ended, &events)).await;
    }
    offer(tx, cx, slot).await
}

/// How many wait for the slot; nobody does once it has begun.
pub(super) fn waiting(cx: &Cx, slot: &reception_slot::Model) -> Option<i64> {
    (cx.now() < slot.from_at).then_some(slot.waiting)
}

/// [`settle`] of a slot that is not locked yet.
pub(in crate::receptions) async fn settle_slot(tx: &WriteTx, cx: &Cx, id: ReceptionSlotId) -> Result<(), ApiError> {
    match store::slot_locked(tx, id).await? {
        Some(mut slot) => settle(tx, cx, &mut slot).await,
        None => Ok(()),
    }
}

/// Places looked at beyond those that are free: some of the next may have another place that day.
const BEYOND: u64 = 32;

/// Offers every free place to the next who waits; each place once, in the order of their numbers.
async fn offer(tx: &WriteTx, cx: &Cx, slot: &mut reception_slot::Model) -> Result<(), ApiError> {
    let free = usize::try_from(slot.capacity - slot.taken).unwrap_or(0);
    if free == 0 || slot.waiting == 0 {
        return Ok(());
    }
    let settings = cx.settings();
    let stands = Stands { before: settings.offer_minutes, today: settings.offer_minutes_today };
    let Some(until) = hours::offer_until(cx.now(), slot.from_at, stands) else { return Ok(()) };
    let (mut next, mut passed) = choose(tx, slot, free).await?;
    // Noted each time a place goes to somebody behind them; where nobody can come, once.
    passed.retain(|row| !next.is_empty() || row.passed_over_at.is_none());
    let nobody = Mover::itself();
    let noted = booking::ActiveModel { passed_over_at: Set(Some(cx.now())), ..Default::default() };
    let events = write::plainly(tx, cx, slot, &passed, &nobody, Write { changes: noted, ..Write::new(S::Waitlisted, What::PassedOver) }).await?;
    // Each time in the log, once in the inbox.
    let news: Vec<booking::Model> = passed.into_iter().filter(|row| row.passed_over_at.is_none()).collect();
    tell::people(tx, cx, NoticeKind::BookingPassedOver, &Told::of(&news, &events)).await?;
    let offered = booking::ActiveModel { offer_expires_at: Set(Some(until)), ..Default::default() };
    let events = write::plainly(tx, cx, slot, &next, &nobody, Write { changes: offered, ..Write::new(S::Offered, What::Offered) }).await?;
    for row in &mut next {
        row.offer_expires_at = Some(until);
    }
    tell::people(tx, cx, NoticeKind::BookingOffered, &Told::of(&next, &events)).await
}

/// The next who can be offered a place, and those before them who have another one that day; they keep their numbers.
async fn choose(tx: &WriteTx, slot: &reception_slot::Model, free: usize) -> Result<(Vec<booking::Model>, Vec<booking::Model>), ApiError> {
    let (mut next, mut passed, mut after) = (Vec::new(), Vec::new(), 0);
    loop {
        let most = (free - next.len()) as u64 + BEYOND;
        let rows = store::waiting_after(tx, slot.id, after, most).await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
        let is_last_batch = (rows.len() as u64) < most;
        after = last.number.unwrap_or(i64::MAX);
        // Nobody of them gets another place between this look and the offer.
        lock_persons(tx, &rows).await?;
        let persons: Vec<Vec<u8>> = rows.iter().map(|row| row.person_key.clone()).collect();
        let holders = store::holders(tx, first, &persons).await?;
        for row in rows {
            if next.len() == free {
                return Ok((next, passed));
            }
            if holders.contains(&row.person_key) {
                passed.push(row);
            } else {
                next.push(row);
            }
        }
        if is_last_batch || next.len() == free {
            break;
        }
    }
    Ok((next, passed))
}

/// The persons who would be offered a place first, for locks.
pub(super) async fn first_in_line(tx: &WriteTx, slot: &reception_slot::Model) -> Result<Vec<Uuid>, ApiError> {
    let rows = store::waiting_after(tx, slot.id, 0, 1 + BEYOND).await?;
    Ok(rows.iter().map(|row| person(&row.person_key)).collect())
}

/// Waits until no other transaction is about to give these persons a place, or to take one from them.
pub(in crate::receptions) async fn lock_persons(tx: &WriteTx, rows: &[booking::Model]) -> Result<(), ApiError> {
    occupy::lock(tx, rows.iter().map(|row| person(&row.person_key)).collect()).await
}

/// The person behind a booking, for locks.
pub(in crate::receptions) fn person(key: &[u8]) -> Uuid {
    Uuid::from_slice(key.get(..16).unwrap_or_default()).unwrap_or_default()
}
