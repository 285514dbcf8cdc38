//! Waking hours: until when an offer stands, when reminders and short messages are sent. Pure. Source: domain 6: an offer's
//! clock runs from 08:00 to 21:00 and ends at the slot's beginning at latest.
use crate::kernel::clock::{day_begins, local_day};
use shangyi_entities::Timestamp;

const HOUR: i64 = 3600;
/// 08:00 in Asia/Shanghai.
const WAKES: i64 = 8 * HOUR;
/// 21:00.
const SLEEPS: i64 = 21 * HOUR;

fn time_of_day(at: Timestamp) -> i64 {
    at.seconds_since(day_begins(local_day(at)))
}

fn at_of_day(at: Timestamp, seconds: i64) -> Timestamp {
    day_begins(local_day(at)).plus_seconds(seconds)
}

fn next_morning(at: Timestamp) -> Timestamp {
    crate::kernel::clock::next_day_begins(at).plus_seconds(WAKES)
}

/// The first moment from `at` on at which people are awake.
pub fn waking(at: Timestamp) -> Timestamp {
    if at < at_of_day(at, WAKES) {
        at_of_day(at, WAKES)
    } else if at >= at_of_day(at, SLEEPS) {
        next_morning(at)
    } else {
        at
    }
}

/// [`waking`], but at once where that is the day itself: nobody is to hear on the way of what keeps them from coming.
pub fn before_day(at: Timestamp, day: &str) -> Timestamp {
    let later = waking(at);
    if later > at && local_day(later).to_string().as_str() >= day { at } else { later }
}

/// `seconds` of waking hours after `at`.
fn run(at: Timestamp, seconds: i64) -> Timestamp {
    let (mut at, mut micros) = (waking(at), seconds.saturating_mul(1_000_000));
    loop {
        let evening = at_of_day(at, SLEEPS);
        let left = evening.0 - at.0;
        if micros <= left {
            return Timestamp(at.0 + micros);
        }
        micros -= left;
        at = next_morning(at);
    }
}

/// How long offers stand, in minutes.
#[derive(Clone, Copy, Debug)]
pub struct Stands {
    /// Where the clock begins to run on an earlier day.
    pub before: i64,
    /// Where it begins to run on the day itself.
    pub today: i64,
}

/// Until when an offer made at `now` of a slot that begins at `from` stands; `None`: the slot has begun.
pub fn offer_until(now: Timestamp, from: Timestamp, stands: Stands) -> Option<Timestamp> {
    let minutes = if local_day(waking(now)) >= local_day(from) { stands.today } else { stands.before };
    let until = Ord::min(run(now, minutes * 60), from);
    (until > now).then_some(until)
}

/// When to remind of a slot: a day before and two hours before, in waking hours; the next one after `now`.
pub fn remind_at(now: Timestamp, from: Timestamp) -> Option<Timestamp> {
    [24 * HOUR, 2 * HOUR].into_iter().filter_map(|before| awake_before(from, before)).filter(|at| *at > now).min()
}

/// `seconds` before `from`, moved into waking hours: to the morning, or where that is no longer before it, to the evening.
fn awake_before(from: Timestamp, seconds: i64) -> Option<Timestamp> {
    let at = from.plus_seconds(-seconds);
    let time = time_of_day(at);
    let moved = if time >= SLEEPS {
        at_of_day(at, SLEEPS - HOUR)
    } else if time >= WAKES {
        at
    } else if at_of_day(at, WAKES).plus_seconds(HOUR / 4) <= from {
        at_of_day(at, WAKES)
    } else {
        at_of_day(at, SLEEPS - 25 * HOUR)
    };
    (moved < from).then_some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeZone, Utc};
    use proptest::prelude::*;

    const RULE: Stands = Stands { before: 120, today: 30 };

    fn at(day: u32, hour: u32, minute: u32) -> Timestamp {
        chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 9, day, hour, minute, 0).unwrap().with_timezone(&Utc).into()
    }

    #[test]
    fn an_offer_of_the_evening_runs_on_in_the_morning() {
        for (now, from, until) in [
            (at(7, 10, 0), at(9, 9, 0), at(7, 12, 0)),
            (at(7, 20, 59), at(9, 9, 0), at(8, 9, 59)),
            (at(7, 21, 0), at(9, 9, 0), at(8, 10, 0)),
            (at(7, 21, 1), at(9, 9, 0), at(8, 10, 0)),
            (at(8, 2, 0), at(9, 9, 0), at(8, 10, 0)),
            // For the next morning: a minute of it ran on the day before, and then all of it is two hours.
            (at(8, 20, 59), at(9, 14, 0), at(9, 9, 59)),
            // It begins to run on the day itself: half an hour.
            (at(8, 21, 1), at(9, 14, 0), at(9, 8, 30)),
            (at(9, 10, 0), at(9, 14, 0), at(9, 10, 30)),
            // At latest when the slot begins.
            (at(8, 20, 59), at(9, 9, 0), at(9, 9, 0)),
            (at(9, 8, 50), at(9, 9, 0), at(9, 9, 0)),
        ] {
            assert_eq!(offer_until(now, from, RULE), Some(until), "{now:?}");
        }
        assert_eq!(offer_until(at(9, 9, 0), at(9, 9, 0), RULE), None);
    }

    #[test]
    fn reminders_come_in_waking_hours_and_never_afterwards() {
        let booked = at(1, 10, 0);
        for (from, first, second) in [
            (at(9, 14, 0), at(8, 14, 0), Some(at(9, 12, 0))),
            (at(9, 9, 0), at(8, 9, 0), Some(at(9, 8, 0))),
            (at(9, 22, 30), at(8, 20, 0), Some(at(9, 20, 30))),
            // Two hours before a slot of eight is six: the evening before.
            (at(9, 8, 0), at(8, 8, 0), Some(at(8, 20, 0))),
        ] {
            assert_eq!(remind_at(booked, from), Some(first));
            assert_eq!(remind_at(first, from), second);
            assert_eq!(second.and_then(|second| remind_at(second, from)), None);
        }
        assert_eq!(remind_at(at(9, 13, 0), at(9, 14, 0)), None);
    }

    proptest! {
        #[test]
        fn an_offer_ends_awake_or_with_the_slot(now in 0_i64..20_000_000, ahead in 1_i64..2_000_000) {
            let now = at(1, 0, 0).plus_seconds(now);
            let from = now.plus_seconds(ahead);
            let until = offer_until(now, from, RULE).unwrap();
            prop_assert!(until > now && until <= from);
            prop_assert!(until == from || (WAKES..=SLEEPS).contains(&time_of_day(until)));
            if let Some(at) = remind_at(now, from) {
                prop_assert!(at > now && at < from && (WAKES..SLEEPS).contains(&time_of_day(at)));
            }
        }
    }
}
