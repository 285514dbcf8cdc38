//! What must be done within so many working days. Deadlines count from the day after; they end with their last day.
use super::store;
use super::working_days::WorkingDays;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::{ApiError, Cx, WriteTx};
use chrono::{DateTime, Utc};
use shangyi_entities::Timestamp;
use shangyi_entities::deadline::{self, DeadlineKind};
use std::collections::HashMap;
use uuid::Uuid;

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The end of its last day (Asia/Shanghai).
    pub at: Timestamp,
    /// A year not announced yet lies between: the moment may still move.
    pub provisional: bool,
}

/// A moment by which something must be done.
#[derive(async_graphql::SimpleObject, Clone, Copy)]
pub struct Deadline {
    /// The end of its last day (Asia/Shanghai).
    pub at: DateTime<Utc>,
    /// Whether it may still move, since the holidays of a year in between have not been announced.
    pub provisional: bool,
    /// Whether it has passed.
    pub overdue: bool,
}

/// The end of the `working_days`th working day after the day of `from`.
pub fn due(days: &WorkingDays, from: Timestamp, working_days: i64) -> Due {
    let (last, provisional) = days.after(local_day(from), working_days);
    Due { at: day_begins(last.succ_opt().unwrap_or(last)), provisional }
}

/// Working days still to run when a clock that began at `from` is stopped at `paused`; it goes on from the day it is
/// started again. The day it stops on is used up; at least one is left.
pub fn left_at(days: &WorkingDays, from: Timestamp, working_days: i64, paused: Timestamp) -> i64 {
    (working_days - days.between(local_day(from), local_day(paused))).max(1)
}

/// Opens the deadline of `subject`, counted from now.
pub async fn open(tx: &WriteTx, cx: &Cx, kind: DeadlineKind, subject: Uuid, working_days: i64) -> Result<(), ApiError> {
    open_all(tx, cx, subject, &[(kind, working_days)]).await
}

/// Opens several deadlines of `subject`, counted from now.
pub async fn open_all(tx: &WriteTx, cx: &Cx, subject: Uuid, kinds: &[(DeadlineKind, i64)]) -> Result<(), ApiError> {
    let longest = kinds.iter().map(|(_, days)| *days).max().unwrap_or_default();
    let days = store::working_days(&**tx, local_day(cx.now()), longest).await?;
    let rows = kinds.iter().map(|(kind, working_days)| {
        let due = due(&days, cx.now(), *working_days);
        deadline::Model {
            id: cx.new_id(),
            kind: *kind,
            subject_id: subject,
            from_at: cx.now(),
            working_days: *working_days,
            due_at: due.at,
            provisional: due.provisional,
            closed_at: None,
        }
    });
    store::open_deadlines_of(tx, rows.collect()).await
}

/// Closes every open deadline of `subject` among `kinds`.
pub async fn close_all(tx: &WriteTx, cx: &Cx, subject: Uuid, kinds: &[DeadlineKind]) -> Result<(), ApiError> {
    store::close_deadlines_of(tx, kinds, subject, cx.now()).await
}

/// Lets a clock that was closed run on from today with the working days it had left; nothing where there was none.
pub async fn resume(tx: &WriteTx, cx: &Cx, kind: DeadlineKind, subject: Uuid) -> Result<(), ApiError> {
    let Some(row) = store::deadline(tx, kind, subject).await? else { return Ok(()) };
    let Some(paused) = row.closed_at else { return Ok(()) };
    let days = store::working_days(&**tx, local_day(row.from_at), row.working_days).await?;
    open(tx, cx, kind, subject, left_at(&days, row.from_at, row.working_days, paused)).await
}

/// Gives an open deadline so many working days more, counted from where it began.
pub async fn extend(tx: &WriteTx, kind: DeadlineKind, subject: Uuid, more: i64) -> Result<(), ApiError> {
    let Some(row) = store::deadline(tx, kind, subject).await?.filter(|row| row.closed_at.is_none()) else { return Ok(()) };
    let working_days = row.working_days + more;
    let days = store::working_days(&**tx, local_day(row.from_at), working_days).await?;
    let due = due(&days, row.from_at, working_days);
    store::open_deadlines_of(tx, vec![deadline::Model { working_days, due_at: due.at, provisional: due.provisional, ..row }]).await
}

/// The subjects that have an open deadline among `kinds` due before `at`; for a room's own query.
pub fn due_before(kinds: &[DeadlineKind], at: Timestamp) -> sea_orm::sea_query::SelectStatement {
    store::due_before(kinds, at)
}

/// Subjects whose open deadline of `kind` has passed, the longest overdue first.
pub async fn passed(tx: &WriteTx, cx: &Cx, kind: DeadlineKind, most: u64) -> Result<Vec<Uuid>, ApiError> {
    store::passed(tx, kind, cx.now(), most).await
}

/// Of each subject the open deadline among `kinds` that is due first.
pub async fn soonest(cx: &Cx, kinds: &[DeadlineKind], subjects: &[Uuid]) -> Result<HashMap<Uuid, Deadline>, ApiError> {
    let mut found: HashMap<Uuid, Deadline> = HashMap::new();
    for row in store::deadlines_among(cx, kinds, subjects).await? {
        let seen = seen(cx, &row);
        let kept = found.entry(row.subject_id).or_insert(seen);
        if seen.at < kept.at {
            *kept = seen;
        }
    }
    Ok(found)
}

fn seen(cx: &Cx, row: &deadline::Model) -> Deadline {
    Deadline { at: row.due_at.utc(), provisional: row.provisional, overdue: row.due_at <= cx.now() }
}

/// Closes it: what was to be done is done, or need not be done any more.
pub async fn close(tx: &WriteTx, cx: &Cx, kind: DeadlineKind, subjects: &[Uuid]) -> Result<(), ApiError> {
    store::close_deadlines(tx, kind, subjects, cx.now()).await
}

/// The open deadlines of those subjects.
pub async fn of(cx: &Cx, kind: DeadlineKind, subjects: &[Uuid]) -> Result<HashMap<Uuid, Deadline>, ApiError> {
    let rows = store::deadlines_among(cx, &[kind], subjects).await?;
    Ok(rows.iter().map(|row| (row.subject_id, seen(cx, row))).collect())
}

/// An open deadline that a newly announced year has moved.
#[derive(Debug)]
pub struct Moved {
    /// What is due.
    pub kind: DeadlineKind,
    /// Of which thing.
    pub subject: Uuid,
    /// When it was due.
    pub before: Timestamp,
    /// When it is due now.
    pub now: Timestamp,
}

/// Counts every open deadline anew; says which have moved.
pub async fn recompute(tx: &WriteTx) -> Result<Vec<Moved>, ApiError> {
    let mut moved = Vec::new();
    for row in store::open_deadlines(tx).await? {
        let days = store::working_days(&**tx, local_day(row.from_at), row.working_days).await?;
        let due = due(&days, row.from_at, row.working_days);
        if due.at == row.due_at && due.provisional == row.provisional {
            continue;
        }
        store::move_deadline(tx, row.id, due).await?;
        if due.at != row.due_at {
            moved.push(Moved { kind: row.kind, subject: row.subject_id, before: row.due_at, now: due.at });
        }
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(month: u32, day: u32, hour: u32) -> Timestamp {
        chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, month, day, hour, 0, 0).unwrap().with_timezone(&Utc).into()
    }

    #[test]
    fn a_deadline_ends_with_its_last_day_and_does_not_know_the_hour_it_began() {
        let days = WorkingDays::shipped();
        for hour in [0, 12, 23] {
            assert_eq!(due(days, at(9, 30, hour), 3), Due { at: at(10, 11, 0), provisional: false });
        }
        assert!(due(days, at(12, 30, 9), 3).provisional);
    }

    #[test]
    fn a_pause_within_one_day_costs_nothing() {
        let days = WorkingDays::shipped();
        let (from, n) = (at(9, 1, 9), 3);
        for pause in [at(9, 1, 10), at(9, 2, 10), at(9, 3, 10)] {
            assert_eq!(due(days, pause, left_at(days, from, n, pause)), due(days, from, n), "{pause:?}");
        }
        assert_eq!(left_at(days, from, n, at(9, 20, 9)), 1, "stopped after its time, it has a day left");
    }
}
