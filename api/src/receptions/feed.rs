//! What a person's calendar shows of receptions: their own visits, and the days on which they receive. When and where, nothing of
//! anybody else.
use super::booking as bookings;
use super::day;
use crate::kernel::{ApiError, Cx};
use shangyi_entities::booking::BookingState;
use shangyi_entities::reception_day::DayStage;
use shangyi_entities::{AccountId, ReceptionDayId, ReceptionSlotId, Timestamp, TypedId, VenueId};
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

/// Whether a booking ever was a place of the person's: a wait that came to nothing is nothing for a calendar.
fn is_shown(state: BookingState) -> bool {
    !matches!(state, BookingState::Waitlisted | BookingState::Declined | BookingState::Expired | BookingState::Lapsed)
}

/// What a person has, had, or would have had, between two moments.
pub async fn of_person(cx: &Cx, account: AccountId, from: Timestamp, until: Timestamp) -> Result<Vec<Entry>, ApiError> {
    let mut entries: Vec<Entry> = Vec::new();
    for (row, day) in day::store::with_receiver(cx, account, from, until).await? {
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
    rows.retain(|row| is_shown(row.state));
    let slots: Vec<ReceptionSlotId> = rows.iter().map(|row| row.slot_id).collect();
    let days: Vec<ReceptionDayId> = rows.iter().map(|row| row.day_id).collect();
    let slots: HashMap<_, _> = day::store::slots(cx, &slots).await?.into_iter().map(|slot| (slot.id, slot)).collect();
    let days: HashMap<_, _> = day::store::by_ids(cx, &days).await?.into_iter().map(|day| (day.id, day)).collect();
    for row in rows {
        let (Some(slot), Some(day)) = (slots.get(&row.slot_id), days.get(&row.day_id)) else { continue };
        if slot.from_at < from || slot.from_at >= until {
            continue;
        }
        entries.push(Entry {
            id: row.id.uuid(),
            sequence: row.version + day.version - 2,
            changed_at: Ord::max(row.changed_at, day.changed_at),
            from: slot.from_at,
            until: slot.until_at,
            venue: day.venue_id,
            cancelled: day.state == DayStage::Cancelled || matches!(row.state, BookingState::Cancelled | BookingState::NoShow | BookingState::Left),
            tentative: matches!(row.state, BookingState::Offered | BookingState::MoveProposed),
            receives: false,
        });
    }
    Ok(entries)
}
