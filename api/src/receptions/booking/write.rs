//! Moves of bookings as they are written: rows, history and what the slot counts, in the order of its log. The slot is
//! locked by the caller, always before its bookings.
use super::moves::{HOLDS, TAKES};
use super::store;
use crate::kernel::errors::rule_of;
use crate::kernel::{ApiError, Cx, OrInternal, Stop, WriteTx};
use sea_orm::ActiveValue::Set;
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::booking_event::{self, BookingEventKind};
use shangyi_entities::{AccountId, BookingId, reception_slot};

/// By whom.
#[derive(Clone, Debug)]
pub(in crate::receptions) struct Mover {
    /// Their role, as history shows it.
    pub(in crate::receptions) role: String,
    /// Their account; none for what happens by itself.
    pub(in crate::receptions) account: Option<AccountId>,
}

impl Mover {
    /// Nobody: the clock, or what happened elsewhere.
    pub(in crate::receptions) fn itself() -> Self {
        Self { role: "SYSTEM".to_owned(), account: None }
    }

    /// Somebody by a role.
    pub(in crate::receptions) fn by(role: &str, account: AccountId) -> Self {
        Self { role: role.to_owned(), account: Some(account) }
    }
}

/// A move of bookings of one slot.
pub(in crate::receptions) struct Write {
    /// Where they go.
    pub(in crate::receptions) to: BookingState,
    /// What happened.
    pub(in crate::receptions) what: BookingEventKind,
    /// What else changes of their rows.
    pub(in crate::receptions) changes: booking::ActiveModel,
}

impl Write {
    /// A move with nothing besides.
    pub(in crate::receptions) fn new(to: BookingState, what: BookingEventKind) -> Self {
        Self { to, what, changes: booking::ActiveModel::default() }
    }
}

/// Writes the move of these bookings of a locked slot; `refuse` reads a rule of the database as a refusal.
pub(in crate::receptions) async fn all<R>(
    tx: &WriteTx,
    cx: &Cx,
    slot: &mut reception_slot::Model,
    rows: &[booking::Model],
    by: &Mover,
    write: Write,
    refuse: impl FnOnce(&str) -> Option<R>,
) -> Result<Vec<booking_event::Model>, Stop<R>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut changes = write.changes;
    changes.state = Set(write.to);
    if !HOLDS.contains(&write.to) {
        changes.remind_at = Set(None);
    }
    let ids: Vec<BookingId> = rows.iter().map(|row| row.id).collect();
    if let Err(cause) = store::update(tx, &ids, changes, cx.now()).await {
        if let Some(refusal) = rule_of(&cause).as_deref().and_then(refuse) {
            return Err(Stop::Refused(refusal));
        }
        Err(cause).internal("moving bookings")?;
    }
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        slot.seq += 1;
        slot.taken += i64::from(TAKES.contains(&write.to)) - i64::from(TAKES.contains(&row.state));
        slot.waiting += i64::from(write.to == BookingState::Waitlisted) - i64::from(row.state == BookingState::Waitlisted);
        events.push(event(cx, row, row.version + 1, slot, by, write.what, write.to));
    }
    store::insert_events(tx, &events).await?;
    Ok(events)
}

/// [`all`] of what no rule refuses.
pub(in crate::receptions) async fn plainly(
    tx: &WriteTx,
    cx: &Cx,
    slot: &mut reception_slot::Model,
    rows: &[booking::Model],
    by: &Mover,
    write: Write,
) -> Result<Vec<booking_event::Model>, ApiError> {
    all(tx, cx, slot, rows, by, write, |_| None::<()>).await.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Refused(()) => ApiError::broken("a move by itself was refused"),
    })
}

/// One line of a booking's history, with what its slot counts after it.
pub(in crate::receptions) fn event(
    cx: &Cx,
    row: &booking::Model,
    version: i64,
    slot: &reception_slot::Model,
    by: &Mover,
    what: BookingEventKind,
    to: BookingState,
) -> booking_event::Model {
    booking_event::Model {
        booking_id: row.id,
        version,
        id: cx.new_id(),
        slot_id: row.slot_id,
        seq: slot.seq,
        at: cx.now(),
        what,
        to_state: to,
        number: row.number,
        taken: slot.taken,
        capacity: slot.capacity,
        role: by.role.clone(),
        account_id: by.account,
    }
}
