//! What must hold of places and waiting lists after anything at all, read from the log alone: every event in its order, with who it was
//! and what they held.
use crate::TestApp;
use std::collections::HashMap;

/// One slot's log, read line by line.
#[derive(Default)]
struct Log {
    /// Where each booking stands, its number, and whether it was passed over in its last line, when.
    bookings: HashMap<String, (String, i64, Option<i64>)>,
    /// The moment, places taken and places there are after the last line.
    last: Option<(i64, i64, i64)>,
}

const TAKES: [&str; 4] = ["BOOKED", "OFFERED", "CHECKED_IN", "MOVE_PROPOSED"];

impl Log {
    fn take(&mut self, booking: &str, state: &str, what: &str, numbers: &[i64]) -> Result<(), String> {
        let [number, at, taken, capacity] = numbers else { return Err("a line that cannot be read".to_owned()) };
        // What one request did has one moment: after it, no place is free for which somebody waits who could have it.
        if self.last.is_some_and(|last| last.0 != *at) {
            self.left()?;
        }
        if what == "JOINED_WAITING_LIST" && self.bookings.values().any(|(_, other, _)| other >= number) {
            return Err(format!("number {number} was given again"));
        }
        if what == "OFFERED" {
            // An offer goes to the first; who waits before was passed over in the same moment.
            let before = self.bookings.values().filter(|(state, other, passed)| state == "WAITLISTED" && other < number && *passed != Some(*at));
            if before.count() > 0 {
                return Err(format!("number {number} was offered a place out of turn"));
            }
        }
        let had = self.bookings.get(booking).is_some_and(|(state, ..)| TAKES.contains(&state.as_str()));
        let passed = (what == "PASSED_OVER").then_some(*at);
        self.bookings.insert(booking.to_owned(), (state.to_owned(), *number, passed));
        let counted = self.bookings.values().filter(|(state, ..)| TAKES.contains(&state.as_str())).count();
        if i64::try_from(counted) != Ok(*taken) {
            return Err(format!("{counted} places are taken, and it says {taken}"));
        }
        if TAKES.contains(&state) && !had && taken > capacity {
            return Err(format!("{taken} of {capacity} places"));
        }
        self.last = Some((*at, *taken, *capacity));
        Ok(())
    }

    /// Whether no place was left free for which somebody waits who was not passed over.
    fn left(&self) -> Result<(), String> {
        let Some((_, taken, capacity)) = self.last else { return Ok(()) };
        let waits = self.bookings.values().filter(|(state, _, passed)| state == "WAITLISTED" && passed.is_none()).count();
        if taken < capacity && waits > 0 { Err(format!("{taken} of {capacity} places are taken while {waits} wait")) } else { Ok(()) }
    }
}

/// What does not hold of the slots' counts, of places and of waiting lists; empty: everything does. Read from the log alone: every event in
/// its order, with who it was and what they held.
pub async fn log_against_rules(app: &TestApp) -> Vec<String> {
    let mut wrong = app
        .sql(
            "SELECT 'counts of a slot: ' || s.taken || ' taken, ' || s.waiting || ' waiting' FROM reception_slots s
             WHERE s.taken <> (SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED'))
                OR s.waiting <> (SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.state = 'WAITLISTED')
                OR s.seq <> (SELECT count(*) FROM booking_events e WHERE e.slot_id = s.id)",
        )
        .await;
    wrong.extend(
        app.sql(
            "SELECT 'two places of one person on ' || day FROM bookings WHERE state IN ('BOOKED', 'OFFERED', 'CHECKED_IN')
             GROUP BY committee_id, person_key, day HAVING count(*) > 1",
        )
        .await,
    );
    wrong.extend(
        app.sql(
            "SELECT 'accepted after its time' FROM booking_events e JOIN bookings b ON b.id = e.booking_id
             WHERE e.what = 'OFFER_ACCEPTED' AND b.offer_expires_at IS NOT NULL AND e.at >= b.offer_expires_at",
        )
        .await,
    );
    let text = |column: &str| if app.column == crate::Column::Embedded { format!("hex({column})") } else { format!("{column}::text") };
    let sql = format!(
        "SELECT {} || ' ' || e.seq || ' ' || {} || ' ' || e.to_state || ' ' || e.what || ' ' || coalesce(e.number, 0) || ' ' || e.at || ' ' || e.taken || ' ' || e.capacity
         FROM booking_events e ORDER BY e.slot_id, e.seq",
        text("e.slot_id"),
        text("e.booking_id")
    );
    let mut slots: HashMap<String, Log> = HashMap::new();
    for line in app.sql(&sql).await {
        let parts: Vec<&str> = line.split(' ').collect();
        let [slot, seq, booking, state, what, numbers @ ..] = parts.as_slice() else { continue };
        let numbers: Vec<i64> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
        let log = slots.entry((*slot).to_owned()).or_default();
        if let Err(why) = log.take(booking, state, what, &numbers) {
            wrong.push(format!("{why} at {seq} of {slot}"));
        }
    }
    wrong.extend(slots.values().filter_map(|log| log.left().err()));
    wrong
}
