//! Where somebody stands on a waiting list, and how they came to stand there: from the slot's log alone. Pure.
use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::Timestamp;
use shangyi_entities::booking::BookingState;

/// Why a place on the waiting list is what it is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceChange {
    /// The person joined.
    Joined,
    /// Somebody before them was offered a place.
    SomebodyOffered,
    /// Somebody before them waits no longer.
    SomebodyLeft,
}

/// A place on the waiting list from a moment on.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingPlace {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The place, the first is 1.
    pub place: i64,
    /// What changed it.
    pub why: PlaceChange,
}

/// A line of a slot's log that speaks of the waiting list.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The number of whom it speaks.
    pub number: i64,
    /// Where they stood after.
    pub to: BookingState,
}

/// The places of `number`, from joining until they wait no longer. `log` is in its order.
pub fn places(number: i64, log: &[Line]) -> Vec<WaitingPlace> {
    let mut ahead: Vec<i64> = Vec::new();
    let mut found: Vec<WaitingPlace> = Vec::new();
    let place = |ahead: &[i64]| i64::try_from(ahead.len()).unwrap_or(i64::MAX).saturating_add(1);
    for line in log {
        let waits = line.to == BookingState::Waitlisted;
        if line.number == number {
            if !waits {
                break;
            }
            // Passed over, or the day moved: the place stays what it was.
            if found.is_empty() {
                found.push(WaitingPlace { at: line.at.utc(), place: place(&ahead), why: PlaceChange::Joined });
            }
        } else if line.number < number {
            if waits {
                if !ahead.contains(&line.number) {
                    ahead.push(line.number);
                }
                continue;
            }
            let before = ahead.len();
            ahead.retain(|other| *other != line.number);
            if ahead.len() < before && !found.is_empty() {
                let offered = line.to == BookingState::Offered;
                let why = if offered { PlaceChange::SomebodyOffered } else { PlaceChange::SomebodyLeft };
                found.push(WaitingPlace { at: line.at.utc(), place: place(&ahead), why });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use BookingState::{Cancelled, Expired, Offered, Waitlisted};

    #[test]
    fn everybody_sees_their_place_and_how_it_became_that() {
        let lines = [
            (1, Waitlisted),
            (2, Waitlisted),
            (3, Waitlisted),
            (1, Offered),
            (4, Waitlisted),
            (1, Expired),
            (3, Cancelled),
            (2, Offered),
            (4, Offered),
        ];
        let log: Vec<Line> =
            lines.iter().enumerate().map(|(seq, (number, to))| Line { at: Timestamp(seq as i64), number: *number, to: *to }).collect();
        let seen = |number: i64| places(number, &log).iter().map(|place| (place.place, place.why)).collect::<Vec<_>>();
        use PlaceChange::{Joined, SomebodyLeft, SomebodyOffered};
        assert_eq!(seen(1), [(1, Joined)]);
        assert_eq!(seen(2), [(2, Joined), (1, SomebodyOffered)]);
        assert_eq!(seen(3), [(3, Joined), (2, SomebodyOffered)]);
        assert_eq!(seen(4), [(3, Joined), (2, SomebodyLeft), (1, SomebodyOffered)]);
    }
}
