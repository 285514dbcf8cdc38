//! Free times of a hall, with as few of those who are to come busy as can be. Pure.
use crate::calendar::WorkingDays;
use crate::kernel::clock::day_begins;
use chrono::NaiveDate;
use shangyi_entities::Timestamp;

const HOUR: i64 = 3600;
/// The first sitting of a day begins at 08:30, in Asia/Shanghai.
const BEGINS: i64 = 8 * HOUR + HOUR / 2;
/// And the last one is over at 21:00.
const ENDS: i64 = 21 * HOUR;
/// Sittings begin at full and half hours.
const STEP: i64 = HOUR / 2;
/// How many times are proposed.
const PROPOSED: usize = 3;

/// Time that is taken, `[from, until)`.
pub type Span = (Timestamp, Timestamp);

/// A time that would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeTime {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// How many of those who are to come have something else then.
    pub conflicts: usize,
}

/// What is looked for.
pub struct Wanted {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// How long.
    pub minutes: i64,
    /// Nothing begins before that moment.
    pub not_before: Timestamp,
}

fn overlaps(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// Up to three times at which the hall is free, none overlapping another: fewest conflicts first, working days before days off, then the
/// earliest. `people` is the time taken of each who is to come.
pub fn find(wanted: &Wanted, hall: &[Span], people: &[Vec<Span>], days: &WorkingDays) -> Vec<FreeTime> {
    let length = wanted.minutes * 60;
    let mut free: Vec<(usize, bool, FreeTime)> = Vec::new();
    for day in wanted.from.iter_days().take_while(|day| *day <= wanted.until) {
        let midnight = day_begins(day);
        let mut begins = BEGINS;
        while begins + length <= ENDS {
            let (from, until) = (midnight.plus_seconds(begins), midnight.plus_seconds(begins + length));
            begins += STEP;
            if from < wanted.not_before || hall.iter().any(|taken| overlaps(*taken, (from, until))) {
                continue;
            }
            let conflicts = people.iter().filter(|spans| spans.iter().any(|taken| overlaps(*taken, (from, until)))).count();
            free.push((conflicts, !days.is_working(day), FreeTime { from, until, conflicts }));
        }
    }
    free.sort_by_key(|(conflicts, off, time)| (*conflicts, *off, time.from));
    let mut proposed: Vec<FreeTime> = Vec::with_capacity(PROPOSED);
    for (_, _, time) in free {
        if proposed.len() < PROPOSED && !proposed.iter().any(|known| overlaps((known.from, known.until), (time.from, time.until))) {
            proposed.push(time);
        }
    }
    proposed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, day).unwrap()
    }

    fn at(date: u32, hour: i64, minute: i64) -> Timestamp {
        day_begins(day(date)).plus_seconds(hour * HOUR + minute * 60)
    }

    fn wanted(from: u32, until: u32, minutes: i64) -> Wanted {
        Wanted { from: day(from), until: day(until), minutes, not_before: Timestamp(0) }
    }

    #[test]
    fn three_times_of_the_first_free_hours() {
        // The seventh is a Monday.
        let found = find(&wanted(7, 7, 120), &[], &[], WorkingDays::shipped());
        let starts: Vec<Timestamp> = found.iter().map(|time| time.from).collect();
        assert_eq!(starts, [at(7, 8, 30), at(7, 10, 30), at(7, 12, 30)]);
    }

    #[test]
    fn what_touches_does_not_overlap() {
        let hall = [(at(7, 8, 0), at(7, 10, 30)), (at(7, 12, 30), at(7, 21, 0))];
        let found = find(&wanted(7, 7, 120), &hall, &[], WorkingDays::shipped());
        assert_eq!(found, [FreeTime { from: at(7, 10, 30), until: at(7, 12, 30), conflicts: 0 }]);
        assert_eq!(find(&wanted(7, 7, 121), &hall, &[], WorkingDays::shipped()), []);
    }

    #[test]
    fn fewer_conflicts_come_first_and_days_off_last() {
        // Two are busy on Monday, one of them on Tuesday; Saturday is free, and off.
        let busy = vec![vec![(at(7, 0, 0), at(9, 0, 0))], vec![(at(7, 0, 0), at(8, 0, 0))]];
        let hall = [(at(9, 0, 0), at(12, 0, 0))];
        let found = find(&wanted(7, 12, 720), &hall, &busy, WorkingDays::shipped());
        let seen: Vec<(Timestamp, usize)> = found.iter().map(|time| (time.from, time.conflicts)).collect();
        assert_eq!(seen, [(at(12, 8, 30), 0), (at(8, 8, 30), 1), (at(7, 8, 30), 2)]);
    }

    #[test]
    fn nothing_begins_before_the_notice_is_over() {
        let late = Wanted { not_before: at(7, 20, 0), ..wanted(7, 7, 60) };
        let starts: Vec<Timestamp> = find(&late, &[], &[], WorkingDays::shipped()).iter().map(|time| time.from).collect();
        assert_eq!(starts, [at(7, 20, 0)]);
        assert_eq!(find(&wanted(8, 7, 60), &[], &[], WorkingDays::shipped()), []);
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0..7 * 48_i64, 1..12_i64), 0..40).prop_map(|all| {
            let begin = day_begins(day(7));
            all.into_iter().map(|(slot, length)| (begin.plus_seconds(slot * STEP), begin.plus_seconds((slot + length) * STEP))).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_proposed_is_free_within_the_days_and_in_order(hall in spans(), people in prop::collection::vec(spans(), 0..5), minutes in 15..=240_i64) {
            let found = find(&wanted(7, 13, minutes), &hall, &people, WorkingDays::shipped());
            prop_assert!(found.len() <= 3 && found.is_sorted_by_key(|time| time.conflicts));
            for (n, time) in found.iter().enumerate() {
                let span = (time.from, time.until);
                prop_assert!(!hall.iter().any(|taken| overlaps(*taken, span)));
                prop_assert!(!found[..n].iter().any(|other| overlaps((other.from, other.until), span)));
                prop_assert_eq!(time.until.seconds_since(time.from), minutes * 60);
                let busy = people.iter().filter(|spans| spans.iter().any(|taken| overlaps(*taken, span))).count();
                prop_assert_eq!(busy, time.conflicts);
            }
        }
    }
}
