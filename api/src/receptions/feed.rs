//! What a person's calendar shows of receptions: their own visits, and the days on which they receive. When and where, nothing of
//! anybody else.
use super::booking as bookings;
use super::day;
use crate::kernel::{ApiError, Cx};
use shangyi_entities::booking::BookingState;
use shangyi_entities::reception_day::{DayStage, ReceptionKind};
use shangyi_entities::{AccountId, ReceptionDayId, ReceptionSlotId, Timestamp, TypedId, VenueId, booking};
use std::collections::HashMap;
use uuid::Uuid;

/// One thing of a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The thing's own id: the same for ever.
    pub id: Uuid,
    /// Grows with every change.
    pub sequence: i64,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Where.
    pub venue: VenueId,
    /// Whether it does not take place, or not with this person.
    pub cancelled: bool,
    /// Whether it is not sure yet.
    pub tentative: bool,
    /// Whether the person receives; else they are received.
    pub receives: bool,
}

/// Whether a booking ever was a place of the person's, or kept for them: a wait that came to nothing is nothing for a calendar.
fn is_shown(row: &booking::Model) -> bool {
    row.number.is_none() || row.offer_expires_at.is_some()
}

/// Whether the person comes no more, or does not yet know whether.
fn cancelled_tentative(state: BookingState) -> (bool, bool) {
    match state {
        BookingState::Booked | BookingState::CheckedIn | BookingState::Served => (false, false),
        BookingState::Offered | BookingState::MoveProposed => (false, true),
        _ => (true, false),
    }
}

/// What a person has, had, or would have had, between two moments.
pub async fn of_person(cx: &Cx, account: AccountId, from: Timestamp, until: Timestamp) -> Result<Vec<Entry>, ApiError> {
    let mut entries: Vec<Entry> = Vec::new();
    for (row, day) in day::store::with_receiver(cx, account, from, until).await? {
        // Whoever was let go of what the public does not know follows it no further.
        let is_public = day.published_at.is_some() && day.kind == ReceptionKind::MembersReceiveResidents;
        if !day::is_active(row.state) && !is_public {
            continue;
        }
        entries.push(Entry {
            id: row.id.uuid(),
            sequence: row.version + day.version - 2,
            changed_at: Ord::max(row.changed_at, day.changed_at),
            from: day.from_at,
            until: day.until_at,
            venue: day.venue_id,
            cancelled: day.state == DayStage::Cancelled || !day::is_active(row.state),
            tentative: row.state == shangyi_entities::reception_receiver::ReceiverState::Asked,
            receives: true,
        });
    }
    let person = bookings::lists::person_of_viewer(cx).await?;
    let whose = bookings::store::own(account, person.as_deref());
    let mut rows = bookings::store::all(cx, whose, from.plus_seconds(-366 * 86_400)).await?;
    rows.retain(is_shown);
    let slots: Vec<ReceptionSlotId> = rows.iter().map(|row| row.slot_id).collect();
    let days: Vec<ReceptionDayId> = rows.iter().map(|row| row.day_id).collect();
    let slots: HashMap<_, _> = day::store::slots(cx, &slots).await?.into_iter().map(|slot| (slot.id, slot)).collect();
    let days: HashMap<_, _> = day::store::by_ids(cx, &days).await?.into_iter().map(|day| (day.id, day)).collect();
    for row in rows {
        let (Some(slot), Some(day)) = (slots.get(&row.slot_id), days.get(&row.day_id)) else { continue };
        if slot.from_at < from || slot.from_at >= until {
            continue;
        }
        let stands = bookings::moves::seen(row.state, row.offer_expires_at, (slot.from_at, slot.until_at), cx.now());
        let (cancelled, tentative) = cancelled_tentative(stands);
        entries.push(Entry {
            id: row.id.uuid(),
            // What the clock has ended and nobody has written down yet is a change, too.
            sequence: row.version + day.version - 2 + i64::from(stands != row.state),
            changed_at: Ord::max(row.changed_at, day.changed_at),
            from: slot.from_at,
            until: slot.until_at,
            venue: day.venue_id,
            cancelled: day.state == DayStage::Cancelled || cancelled,
            tentative,
            receives: false,
        });
    }
    Ok(entries)
}
