use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use shangyi_entities::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where the time comes from: the system, or a hand that tests and the demo's past move.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that goes a microsecond at each look, so that no two moments are one, and stands otherwise.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A manual clock that begins at `at`.
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The present moment.
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Utc::now().into(),
            Self::Manual(at) => Timestamp(at.fetch_add(1, Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; the system's clock is not ours to move.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(at) = self {
            at.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }

    /// Sets a manual clock.
    pub fn set(&self, to: Timestamp) {
        if let Self::Manual(at) = self {
            at.store(to.0, Ordering::SeqCst);
        }
    }
}

/// The calendar day of a moment where the committees are (China has one zone, Asia/Shanghai).
pub fn local_day(at: Timestamp) -> NaiveDate {
    at.utc().with_timezone(&Shanghai).date_naive()
}

/// The moment at which a calendar day begins in Asia/Shanghai.
pub fn day_begins(day: NaiveDate) -> Timestamp {
    Shanghai.with_ymd_and_hms(day.year(), day.month(), day.day(), 0, 0, 0).earliest().map_or(Timestamp(0), |at| at.with_timezone(&Utc).into())
}

/// The moment at which the day after `at`'s begins: when daily limits start anew.
pub fn next_day_begins(at: Timestamp) -> Timestamp {
    local_day(at).succ_opt().map_or(at, day_begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_sixteen_hundred_utc_of_the_day_before() {
        let late = Timestamp::from(Utc.with_ymd_and_hms(2026, 9, 30, 16, 0, 0).unwrap());
        assert_eq!(local_day(late).to_string(), "2026-10-01");
        assert_eq!(day_begins(local_day(late)), late);
        assert_eq!(local_day(Timestamp(late.0 - 1)).to_string(), "2026-09-30");
        assert_eq!(next_day_begins(Timestamp(late.0 - 1)), late);
    }
}
