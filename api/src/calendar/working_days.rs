//! Working days: Monday to Friday, but for the holidays and make-up workdays (调休) that the State Council announces
//! year by year. A year nobody has announced yet has its weekends only, and says so.
use chrono::{Datelike, Days as Plus, NaiveDate, Weekday};
use shangyi_entities::announced_day::DayKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The years announced when this program was made; facts of the State Council's yearly notices.
const SHIPPED: &str = include_str!("announced.csv");

static SHIPPED_DAYS: LazyLock<WorkingDays> = LazyLock::new(|| {
    let mut days = WorkingDays::default();
    // The file is ours and a test reads every line of it.
    for line in SHIPPED.lines().skip(1) {
        if let Ok((day, kind, name)) = read_line(line) {
            days.announce(day, kind, name);
        }
    }
    days
});

/// Which days are worked.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    days: BTreeMap<NaiveDate, (DayKind, String)>,
    years: BTreeSet<i32>,
}

impl WorkingDays {
    /// The years that came with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED_DAYS
    }

    /// These days, with the years of `others` in place of their own.
    pub fn with(&self, others: impl IntoIterator<Item = (NaiveDate, DayKind, String)>) -> Self {
        let mut newer = Self::default();
        for (day, kind, name) in others {
            newer.announce(day, kind, name);
        }
        let mut all = self.clone();
        all.days.retain(|day, _| !newer.years.contains(&day.year()));
        all.days.append(&mut newer.days);
        all.years.append(&mut newer.years);
        all
    }

    fn announce(&mut self, day: NaiveDate, kind: DayKind, name: String) {
        self.years.insert(day.year());
        self.days.insert(day, (kind, name));
    }

    /// Whether people work on that day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        match self.days.get(&day) {
            Some((DayKind::Holiday, _)) => false,
            Some((DayKind::Workday, _)) => true,
            None => !is_weekend(day),
        }
    }

    /// Whether the year of that day has not been announced yet.
    pub fn is_provisional(&self, day: NaiveDate) -> bool {
        !self.years.contains(&day.year())
    }

    /// The festival for which the day is off or made up for.
    pub fn name(&self, day: NaiveDate) -> Option<&str> {
        self.days.get(&day).map(|(_, name)| name.as_str())
    }

    /// The first working day from `day` on (顺延).
    pub fn next_working(&self, day: NaiveDate) -> NaiveDate {
        // No holiday is longer than a month.
        day.iter_days().take(60).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The `n`th working day after `day`, and whether a year not announced lies between.
    pub fn after(&self, day: NaiveDate, n: i64) -> (NaiveDate, bool) {
        let (mut at, mut left, mut provisional) = (day, n, false);
        while left > 0 {
            let Some(next) = at.checked_add_days(Plus::new(1)) else { break };
            at = next;
            provisional |= self.is_provisional(at);
            left -= i64::from(self.is_working(at));
        }
        (at, provisional)
    }

    /// Working days after `from` up to and with `until`.
    pub fn between(&self, from: NaiveDate, until: NaiveDate) -> i64 {
        let days = from.iter_days().skip(1).take_while(|day| *day <= until).filter(|day| self.is_working(*day));
        i64::try_from(days.count()).unwrap_or(i64::MAX)
    }
}

/// Whether that is a Saturday or a Sunday.
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Reads `day,HOLIDAY|WORKDAY,name`, or says what is wrong with it.
pub fn read_line(line: &str) -> Result<(NaiveDate, DayKind, String), &'static str> {
    let mut cells = line.split(',').map(str::trim);
    let (Some(day), Some(kind), Some(name), None) = (cells.next(), cells.next(), cells.next(), cells.next()) else {
        return Err("expected three cells: day,kind,name");
    };
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|read| read.to_string() == day).ok_or("day: not a date such as 2026-10-01")?;
    let kind = match kind {
        "HOLIDAY" => DayKind::Holiday,
        "WORKDAY" => DayKind::Workday,
        _ => return Err("kind: HOLIDAY or WORKDAY"),
    };
    if kind == DayKind::Workday && !is_weekend(day) {
        return Err("kind: a make-up workday falls on a weekend");
    }
    if name.is_empty() || name.chars().count() > 20 {
        return Err("name: 1 to 20 characters");
    }
    Ok((day, kind, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_shipped_line_can_be_read_and_no_year_is_missing() {
        for line in SHIPPED.lines().skip(1) {
            assert!(read_line(line).is_ok(), "{line}");
        }
        let years: Vec<i32> = WorkingDays::shipped().years.iter().copied().collect();
        assert_eq!(years, (2004..=2026).collect::<Vec<_>>());
    }

    #[test]
    fn holidays_rest_and_make_up_saturdays_work() {
        let days = WorkingDays::shipped();
        for (text, works) in [
            ("2026-09-30", true),
            ("2026-10-01", false),
            ("2026-10-07", false),
            ("2026-10-08", true),
            ("2026-10-10", true),
            ("2026-10-11", false),
            ("2026-02-14", true),
            ("2026-09-20", true),
            ("2026-09-25", false),
        ] {
            assert_eq!(days.is_working(day(text)), works, "{text}");
        }
        assert_eq!(days.next_working(day("2026-10-01")), day("2026-10-08"));
        assert!(!days.is_provisional(day("2026-12-31")) && days.is_provisional(day("2027-01-01")));
    }

    #[test]
    fn counting_begins_on_the_day_after_and_passes_over_holidays() {
        let days = WorkingDays::shipped();
        assert_eq!(days.after(day("2026-09-30"), 3), (day("2026-10-10"), false), "8, 9 and the make-up Saturday 10");
        assert_eq!(days.after(day("2026-12-30"), 2), (day("2027-01-01"), true), "nobody has announced that New Year is off");
        let announced = days.with([(day("2027-01-01"), DayKind::Holiday, "元旦".to_owned())]);
        assert_eq!(announced.after(day("2026-12-30"), 2), (day("2027-01-04"), false));
        assert_eq!(days.between(day("2026-09-30"), day("2026-10-10")), 3);
    }

    #[test]
    fn an_announced_year_replaces_the_shipped_one_whole() {
        let days = WorkingDays::shipped().with([(day("2026-10-09"), DayKind::Holiday, "假".to_owned())]);
        assert!(days.is_working(day("2026-10-01")), "the shipped days of that year are gone");
        assert!(!days.is_working(day("2025-10-01")), "those of others are not");
    }

    #[test]
    fn lines_that_make_no_sense_are_told() {
        for bad in [
            "",
            "2026-10-01",
            "2026-13-01,HOLIDAY,x",
            "2026-1-1,HOLIDAY,x",
            "2026-10-01,PARTY,x",
            "2026-10-01,WORKDAY,x",
            "2026-10-01,HOLIDAY,",
            "a,b,c,d",
        ] {
            assert!(read_line(bad).is_err(), "{bad}");
        }
    }
}
