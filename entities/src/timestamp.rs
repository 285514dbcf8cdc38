use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A moment as integer microseconds since 1970-01-01T00:00Z: compares alike in both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Timestamp(pub i64);

// Lets the typed columns of this type (SeaORM tells them by the name) be compared with it.
impl sea_orm::sea_query::DateTimeLikeValue for Timestamp {}

impl Timestamp {
    /// The moment in UTC; the end of representable time where the number is beyond it.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// This moment moved by so many seconds.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to this moment.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}
