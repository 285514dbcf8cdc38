//! The generic cell rate algorithm, as both stores run it (Redis in Lua): a bucket is one number, the moment at which
//! it would be empty again. Ten lines of our own because a charge after the fact may go into debt, which the crates
//! for rate limits do not offer.

/// So many units a minute; as many may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Units per minute; 0 means no limit.
    pub per_minute: u32,
}

impl Rate {
    /// Microseconds that one unit takes to come back.
    pub fn interval(self) -> i64 {
        60_000_000 / i64::from(self.per_minute.max(1))
    }

    /// How far ahead a bucket may be: a minute's worth.
    pub const TOLERANCE: i64 = 60_000_000;
}

/// What taking a unit gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whether there was a unit.
    pub allowed: bool,
    /// Units left.
    pub remaining: i64,
    /// Microseconds until the next unit, when there was none.
    pub wait: i64,
}

impl Turn {
    /// A turn where nothing is counted.
    pub const FREE: Self = Self { allowed: true, remaining: i64::MAX, wait: 0 };
}

/// Takes a unit at `now` from a bucket that is empty again at `empty_at`; gives the bucket's new moment.
pub(super) fn take(empty_at: i64, rate: Rate, now: i64) -> (Turn, i64) {
    let interval = rate.interval();
    let next = Ord::max(empty_at, now) + interval;
    let ahead = next - now;
    if ahead > Rate::TOLERANCE {
        return (Turn { allowed: false, remaining: 0, wait: ahead - Rate::TOLERANCE }, empty_at);
    }
    (Turn { allowed: true, remaining: (Rate::TOLERANCE - ahead) / interval, wait: 0 }, next)
}

/// Charges `units` whatever the bucket holds; the debt never exceeds a minute.
pub(super) fn charge(empty_at: i64, rate: Rate, units: u32, now: i64) -> i64 {
    let charged = Ord::max(empty_at, now).saturating_add(rate.interval().saturating_mul(i64::from(units)));
    Ord::min(charged, now + 2 * Rate::TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: Rate = Rate { per_minute: 6 };

    #[test]
    fn a_minutes_worth_may_come_at_once_and_no_more() {
        let mut bucket = 0;
        for left in (0..6).rev() {
            let (turn, next) = take(bucket, SIX, 1_000);
            assert_eq!((turn.allowed, turn.remaining), (true, left));
            bucket = next;
        }
        let (turn, same) = take(bucket, SIX, 1_000);
        assert_eq!((turn.allowed, turn.wait, same), (false, 10_000_000, bucket));
        assert!(take(bucket, SIX, 1_000 + 10_000_000).0.allowed, "one comes back after ten seconds");
    }

    #[test]
    fn a_charge_goes_into_debt_but_never_beyond_a_minute() {
        let bucket = charge(0, SIX, 1_000_000, 0);
        assert_eq!(bucket, 120_000_000);
        assert!(!take(bucket, SIX, 60_000_000).0.allowed);
        assert!(take(bucket, SIX, 70_000_000).0.allowed);
    }
}
