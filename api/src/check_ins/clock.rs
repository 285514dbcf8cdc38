//! When an entry happened, by clocks that may be wrong: pure.
use shangyi_entities::Timestamp;

/// What a phone's clocks said at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The time of day it showed.
    pub device: Timestamp,
    /// Which start of the phone this is.
    pub boot: String,
    /// Milliseconds since that start.
    pub elapsed_ms: i64,
}

/// The time of an entry, as well as the server can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The time.
    pub at: Timestamp,
    /// Whether it rests on time elapsed since one start of the phone, which nobody can set.
    pub sure: bool,
}

/// The time at which `entry` was made, when the same phone shows `now` at the server's `server_now`: by elapsed time where
/// the phone was not restarted in between, else by the difference of its clock. Never later than now.
pub fn correct(entry: &Clocks, now: &Clocks, server_now: Timestamp) -> Corrected {
    if entry.boot == now.boot && (0..=now.elapsed_ms).contains(&entry.elapsed_ms) {
        let ago = (now.elapsed_ms - entry.elapsed_ms).saturating_mul(1000);
        return Corrected { at: Timestamp(server_now.0.saturating_sub(ago)), sure: true };
    }
    let ago = now.device.0.saturating_sub(entry.device.0);
    Corrected { at: Timestamp(server_now.0.saturating_sub(ago)).min(server_now), sure: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clocks(device: i64, boot: &str, elapsed_ms: i64) -> Clocks {
        Clocks { device: Timestamp(device), boot: boot.to_owned(), elapsed_ms }
    }

    const NOW: Timestamp = Timestamp(1_790_000_000_000_000);

    #[test]
    fn one_start_goes_by_elapsed_time_whatever_the_clock_was_set_to() {
        let (entry, now) = (clocks(5, "a", 1_000), clocks(NOW.0 * 2, "a", 61_000));
        assert_eq!(correct(&entry, &now, NOW), Corrected { at: Timestamp(NOW.0 - 60_000_000), sure: true });
    }

    #[test]
    fn after_a_restart_the_difference_of_the_clock_counts_and_never_the_future() {
        let (entry, now) = (clocks(1_000_000, "a", 900_000), clocks(11_000_000, "b", 5));
        assert_eq!(correct(&entry, &now, NOW), Corrected { at: Timestamp(NOW.0 - 10_000_000), sure: false });
        assert_eq!(correct(&now, &entry, NOW), Corrected { at: NOW, sure: false });
        let backwards = correct(&clocks(0, "a", 9), &clocks(0, "a", 5), NOW);
        assert!(!backwards.sure, "time that runs backwards proves nothing");
    }

    proptest! {
        #[test]
        fn a_wrong_clock_of_ten_minutes_changes_nothing(skew in -600_000_000_i64..600_000_000, ago in 0_i64..1_209_600_000, restarted: bool) {
            let shown = |at: i64| at + skew;
            let entry = clocks(shown(NOW.0 - ago * 1000), "a", 5_000);
            let now = clocks(shown(NOW.0), if restarted { "b" } else { "a" }, 5_000 + ago);
            prop_assert_eq!(correct(&entry, &now, NOW).at, Timestamp(NOW.0 - ago * 1000));
        }

        #[test]
        fn no_numbers_make_it_overflow(a: i64, b: i64, c: i64, d: i64, same: bool) {
            let at = correct(&clocks(a, "a", b), &clocks(c, if same { "a" } else { "b" }, d), NOW).at;
            prop_assert!(at <= NOW);
        }
    }
}
