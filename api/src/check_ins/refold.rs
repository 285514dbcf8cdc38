//! Derives a person's day anew from its facts and writes what changed, in the transaction of whatever changed it.
use super::fold::{self, Book, Conflict, Entry, Rules, Settled, Visit};
use super::store;
use crate::calendar::deadlines;
use crate::kernel::clock::{day_begins, local_day, next_day_begins};
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox;
use sea_orm::ConnectionTrait;
use shangyi_entities::check_in_conflict::ConflictKind;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, CheckInFactId, Timestamp, TypedId, VisitId, check_in_conflict, visit};
use std::collections::BTreeSet;

/// Working days in which a conflict is to be settled, a late entry to be decided.
pub(super) const SETTLE_WITHIN: i64 = 3;

/// The calendar day (Asia/Shanghai) that a moment lies in: the unit in which entries are folded.
pub(super) fn day_of(at: Timestamp) -> (Timestamp, Timestamp) {
    (day_begins(local_day(at)), next_day_begins(at))
}

pub(super) fn rules(cx: &Cx, day: (Timestamp, Timestamp)) -> Rules {
    let settings = cx.settings();
    Rules { margin: settings.duty_margin_minutes * 60, walk_in: settings.walk_in_minutes * 60, day_ends: day.1 }
}

/// What an entry changed.
pub(super) struct Changed {
    /// The day without it.
    pub(super) before: Book,
    /// The day with it.
    pub(super) after: Book,
}

/// Folds the day that `fresh` was just added to and writes what it changed. An ordinary entry begins or ends one visit and
/// costs one statement more.
pub(super) async fn with_fresh(tx: &WriteTx, cx: &Cx, account: AccountId, at: Timestamp, fresh: CheckInFactId) -> Result<Changed, ApiError> {
    let day = day_of(at);
    // Both after the lock that the new entry took: a slot that changed hands meanwhile is seen.
    let (entries, slots) = (store::entries(&**tx, account, day).await?, store::slots(&**tx, account, day).await?);
    let (slots, rules) = (slots.as_slice(), rules(cx, day));
    let without: Vec<Entry> = entries.iter().filter(|entry| entry.id != fresh).cloned().collect();
    let none = Settled::new();
    let (before, after) = (fold::fold(&without, slots, &none, &rules), fold::fold(&entries, slots, &none, &rules));
    let gone = before.visits.iter().any(|visit| after.visits.iter().all(|other| other.id != visit.id));
    if gone || !before.conflicts.is_empty() || !after.conflicts.is_empty() {
        let settled = store::settlements(&**tx, account, day.0).await?;
        let before = fold::fold(&without, slots, &settled, &rules);
        let after = fold::fold(&entries, slots, &settled, &rules);
        write(tx, cx, account, day, &after).await?;
        return Ok(Changed { before, after });
    }
    let changed = after.visits.iter().filter(|visit| !before.visits.contains(visit)).map(|visit| row(account, visit));
    store::put_visits(tx, changed.collect()).await?;
    Ok(Changed { before, after })
}

/// Folds a day anew and writes it whole.
pub(super) async fn whole(tx: &WriteTx, cx: &Cx, account: AccountId, at: Timestamp) -> Result<Book, ApiError> {
    let day = day_of(at);
    let book = book(&**tx, cx, account, at).await?;
    write(tx, cx, account, day, &book).await?;
    Ok(book)
}

/// A day as its facts tell it.
pub(super) async fn book(db: &impl ConnectionTrait, cx: &Cx, account: AccountId, at: Timestamp) -> Result<Book, ApiError> {
    let day = day_of(at);
    let entries = store::entries(db, account, day).await?;
    let slots = store::slots(db, account, day).await?;
    let settled = store::settlements(db, account, day.0).await?;
    Ok(fold::fold(&entries, &slots, &settled, &rules(cx, day)))
}

async fn write(tx: &WriteTx, cx: &Cx, account: AccountId, day: (Timestamp, Timestamp), book: &Book) -> Result<(), ApiError> {
    let now: BTreeSet<VisitId> = book.visits.iter().map(|visit| VisitId(visit.id.0)).collect();
    let gone: Vec<VisitId> = store::visits_of_day(&**tx, account, day).await?.into_iter().filter(|id| !now.contains(id)).collect();
    store::drop_visits(tx, &gone).await?;
    store::put_visits(tx, book.visits.iter().map(|visit| row(account, visit)).collect()).await?;
    write_conflicts(tx, cx, account, day.0, &book.conflicts).await
}

async fn write_conflicts(tx: &WriteTx, cx: &Cx, account: AccountId, day: Timestamp, conflicts: &[Conflict]) -> Result<(), ApiError> {
    let known = store::conflicts_of_day(&**tx, account, day).await?;
    let gone: Vec<_> = known.iter().filter(|row| conflicts.iter().all(|conflict| conflict.id != row.id)).map(|row| row.id).collect();
    store::drop_conflicts(tx, &gone).await?;
    let mut over: Vec<_> = gone.iter().map(|id| id.uuid()).collect();
    for conflict in conflicts {
        let before = known.iter().find(|row| row.id == conflict.id);
        if before.is_some_and(|row| row.decision == conflict.decision) {
            continue;
        }
        store::put_conflict(tx, conflict_row(account, day, conflict)).await?;
        if conflict.decision.is_some() {
            over.push(conflict.id.uuid());
        } else {
            deadlines::open(tx, cx, DeadlineKind::Conflict, conflict.id.uuid(), SETTLE_WITHIN).await?;
            tell_those_in_charge(tx, cx, account, conflict).await?;
        }
    }
    if !over.is_empty() {
        deadlines::close(tx, cx, DeadlineKind::Conflict, &over).await?;
    }
    Ok(())
}

async fn tell_those_in_charge(tx: &WriteTx, cx: &Cx, account: AccountId, conflict: &Conflict) -> Result<(), ApiError> {
    let Some(venue) = crate::organisation::venue_now(tx, conflict.studio).await? else { return Ok(()) };
    // Who made an entry does not judge the objection to it.
    let entered_by = store::fact(&**tx, conflict.entry).await?.filter(|_| conflict.kind == ConflictKind::Objection).map(|fact| fact.entered_by);
    let but: Vec<AccountId> = [Some(account), entered_by].into_iter().flatten().collect();
    for other in crate::organisation::who_looks_after(tx, &venue, &but, cx.now()).await? {
        outbox::tell_person(tx, cx, NoticeKind::CheckInConflict, conflict.id.uuid(), conflict.id.uuid(), other).await?;
    }
    Ok(())
}

/// The row of a visit.
pub(super) fn row(account: AccountId, visit: &Visit) -> visit::Model {
    visit::Model {
        id: VisitId(visit.id.0),
        account_id: account,
        member_id: visit.member,
        venue_id: visit.studio,
        slot_id: visit.slot,
        how: visit.how,
        offline: visit.offline,
        fence: visit.fence,
        in_at: visit.from,
        out_at: visit.until,
        ends_by: visit.ends_by,
        waits: visit.waits,
        residents: visit.heard.map(|heard| heard.0),
        matters: visit.heard.map(|heard| heard.1),
        log_fact_id: visit.log,
        confirmed_at: visit.confirmed,
        log_asked: false,
    }
}

pub(super) fn conflict_row(account: AccountId, day: Timestamp, conflict: &Conflict) -> check_in_conflict::Model {
    check_in_conflict::Model {
        id: conflict.id,
        kind: conflict.kind,
        account_id: account,
        member_id: conflict.member,
        venue_id: conflict.studio,
        fact_id: conflict.entry,
        against_id: conflict.against,
        day_begins: day,
        at: conflict.at,
        decision: conflict.decision,
    }
}
