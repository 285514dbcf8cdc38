//! Who has duty when: a rule and what is known of the members give a roster, always the same one. Pure.
use super::working_days::WorkingDays;
use chrono::{Datelike, Days as Plus, NaiveDate, Weekday};
use shangyi_entities::{AccountId, MemberId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// On which days there is duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Every week on these weekdays.
    Weekdays(Vec<Weekday>),
    /// Every month on these days; a month without such a day has none.
    DaysOfMonth(Vec<u32>),
    /// Every month in these weeks (the first is 1) on this weekday.
    WeeksOfMonth(Vec<u32>, Weekday),
}

/// What becomes of duty that falls on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDayOff {
    /// 顺延: the next working day has it; falls together with duty that is there already.
    Shift,
    /// There is none.
    Skip,
}

/// A day of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterDay {
    /// The day.
    pub day: NaiveDate,
    /// The day the rule gave, where that is off.
    pub shifted_from: Option<NaiveDate>,
    /// Its year, or that of the day it was shifted from, has not been announced.
    pub provisional: bool,
}

/// The days that a rule gives from `from` to `until`, both included.
pub fn days(rule: &Repeat, on_day_off: OnDayOff, from: NaiveDate, until: NaiveDate, working: &WorkingDays) -> Vec<RosterDay> {
    let mut found: BTreeMap<NaiveDate, RosterDay> = BTreeMap::new();
    for given in from.iter_days().take_while(|day| *day <= until).filter(|day| falls_on(rule, *day)) {
        let provisional = working.is_provisional(given);
        if working.is_working(given) {
            // The day itself goes before one shifted onto it.
            found.insert(given, RosterDay { day: given, shifted_from: None, provisional });
        } else if on_day_off == OnDayOff::Shift {
            let day = working.next_working(given);
            let provisional = provisional || working.is_provisional(day);
            found.entry(day).or_insert(RosterDay { day, shifted_from: Some(given), provisional });
        }
    }
    found.into_values().collect()
}

fn falls_on(rule: &Repeat, day: NaiveDate) -> bool {
    match rule {
        Repeat::Weekdays(weekdays) => weekdays.contains(&day.weekday()),
        Repeat::DaysOfMonth(days) => days.contains(&day.day()),
        Repeat::WeeksOfMonth(weeks, weekday) => day.weekday() == *weekday && weeks.contains(&((day.day() - 1) / 7 + 1)),
    }
}

/// A member who may be given duty, and what is known of them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The member.
    pub member: MemberId,
    /// Their person.
    pub account: AccountId,
    /// Their number on the roll: who goes first where nothing else decides.
    pub number: String,
    /// When they serve: member of the committee and of the studio.
    pub serves: (Timestamp, Option<Timestamp>),
    /// Time that is taken already, and leave.
    pub busy: Vec<(Timestamp, Timestamp)>,
    /// Slots they have, by year.
    pub slots: HashMap<i32, i64>,
    /// The day of their last slot.
    pub last: Option<NaiveDate>,
}

impl Candidate {
    fn is_free(&self, from: Timestamp, until: Timestamp) -> bool {
        let serves = self.serves.0 <= from && self.serves.1.is_none_or(|end| until <= end);
        serves && !self.busy.iter().any(|(begins, ends)| *begins < until && from < *ends)
    }
}

/// The time of one duty, and who has it: a place in the list of candidates, or nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The day.
    pub day: RosterDay,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Who has it; `None` is a place to be filled by hand.
    pub members: Vec<Option<usize>>,
}

/// Gives every day its members: fewest slots that year first, then whose last slot is longest ago, then by number.
/// Nobody who is away, busy, or not in office that day.
pub fn assign(days: &[(RosterDay, Timestamp, Timestamp)], per_slot: usize, candidates: &[Candidate]) -> Vec<Turn> {
    let mut known: Vec<Candidate> = candidates.to_vec();
    let mut turns = Vec::with_capacity(days.len());
    for (day, from, until) in days {
        let year = day.day.year();
        let mut order: Vec<usize> = (0..known.len()).filter(|place| known[*place].is_free(*from, *until)).collect();
        order.sort_by(|a, b| {
            let rank = |place: usize| (known[place].slots.get(&year).copied().unwrap_or(0), known[place].last);
            rank(*a).cmp(&rank(*b)).then_with(|| known[*a].number.cmp(&known[*b].number)).then_with(|| known[*a].member.cmp(&known[*b].member))
        });
        order.truncate(per_slot);
        for place in &order {
            let chosen = &mut known[*place];
            *chosen.slots.entry(year).or_default() += 1;
            chosen.last = chosen.last.max(Some(day.day));
            chosen.busy.push((*from, *until));
        }
        let mut members: Vec<Option<usize>> = order.into_iter().map(Some).collect();
        members.resize(per_slot, None);
        turns.push(Turn { day: day.clone(), from: *from, until: *until, members });
    }
    turns
}

/// The longest roster: about half a year.
pub const LONGEST: u64 = 190;

/// Whether a roster from one day to another is neither empty nor too long.
pub fn is_span(from: NaiveDate, until: NaiveDate) -> bool {
    from <= until && from.checked_add_days(Plus::new(LONGEST)).is_some_and(|last| until <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::day_begins;
    use shangyi_entities::TypedId;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn found(rule: &Repeat, on_day_off: OnDayOff, from: &str, until: &str) -> Vec<String> {
        let days = days(rule, on_day_off, day(from), day(until), WorkingDays::shipped());
        days.iter().map(|found| format!("{}{}", found.day, found.shifted_from.map_or(String::new(), |from| format!(" for {from}")))).collect()
    }

    #[test]
    fn thursdays_around_the_national_holiday_fall_together() {
        let thursdays = Repeat::Weekdays(vec![Weekday::Thu]);
        assert_eq!(found(&thursdays, OnDayOff::Shift, "2026-09-24", "2026-10-15"), ["2026-09-24", "2026-10-08", "2026-10-15"]);
        assert_eq!(found(&thursdays, OnDayOff::Skip, "2026-10-01", "2026-10-07"), [] as [&str; 0]);
        assert_eq!(found(&thursdays, OnDayOff::Shift, "2026-10-01", "2026-10-01"), ["2026-10-08 for 2026-10-01"]);
    }

    #[test]
    fn a_make_up_saturday_is_a_day_like_any_other() {
        assert_eq!(found(&Repeat::Weekdays(vec![Weekday::Sat]), OnDayOff::Skip, "2026-10-01", "2026-10-31"), ["2026-10-10"]);
        assert_eq!(
            found(&Repeat::DaysOfMonth(vec![10, 31]), OnDayOff::Shift, "2026-10-01", "2026-11-30"),
            ["2026-10-10", "2026-11-02 for 2026-10-31", "2026-11-10"]
        );
    }

    #[test]
    fn weeks_of_a_month_are_counted_by_their_weekday() {
        let rule = Repeat::WeeksOfMonth(vec![1, 3], Weekday::Wed);
        assert_eq!(found(&rule, OnDayOff::Shift, "2026-07-01", "2026-08-31"), ["2026-07-01", "2026-07-15", "2026-08-05", "2026-08-19"]);
    }

    fn candidate(n: u128, slots: i64, last: Option<&str>) -> Candidate {
        Candidate {
            member: MemberId::of(Uuid::from_u128(n)),
            account: AccountId::of(Uuid::from_u128(n)),
            number: format!("07{n:03}"),
            serves: (Timestamp(0), None),
            busy: Vec::new(),
            slots: HashMap::from([(2026, slots)]),
            last: last.map(day),
        }
    }

    fn plan(from: &str, until: &str, per_slot: usize, candidates: &[Candidate]) -> Vec<Vec<Option<usize>>> {
        let days: Vec<_> = days(&Repeat::Weekdays(vec![Weekday::Tue]), OnDayOff::Skip, day(from), day(until), WorkingDays::shipped())
            .into_iter()
            .map(|found| {
                let begins = day_begins(found.day);
                (found, begins.plus_seconds(9 * 3600), begins.plus_seconds(11 * 3600))
            })
            .collect();
        let turns = assign(&days, per_slot, candidates);
        assert_eq!(turns, assign(&days, per_slot, candidates), "twice gives the same");
        turns.into_iter().map(|turn| turn.members).collect()
    }

    #[test]
    fn the_fewest_slots_go_first_then_the_longest_ago_then_the_number() {
        let members =
            [candidate(1, 2, Some("2026-01-05")), candidate(2, 1, Some("2026-06-02")), candidate(3, 1, Some("2026-03-03")), candidate(4, 1, None)];
        assert_eq!(plan("2026-09-01", "2026-09-22", 1, &members), [[Some(3)], [Some(2)], [Some(1)], [Some(0)]]);
    }

    #[test]
    fn nobody_who_is_away_or_not_in_office_is_given_duty() {
        let first = day_begins(day("2026-09-01"));
        let mut away = candidate(1, 0, None);
        away.busy.push((first, first.plus_seconds(86_400)));
        let mut leaving = candidate(2, 0, None);
        leaving.serves.1 = Some(first.plus_seconds(10 * 3600));
        assert_eq!(plan("2026-09-01", "2026-09-08", 2, &[away, leaving]), [[None, None], [Some(0), None]]);
    }

    #[test]
    fn a_new_year_counts_anew() {
        let members = [candidate(1, 5, Some("2026-12-22")), candidate(2, 0, None)];
        let given = plan("2026-12-29", "2027-01-12", 1, &members);
        assert_eq!(given, [[Some(1)], [Some(0)], [Some(1)]]);
    }
}
