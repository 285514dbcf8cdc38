//! Bringing in a year as the State Council announced it.
use super::deadlines::{self, Moved};
use super::store;
use crate::kernel::{ApiError, WriteTx};
use chrono::{Datelike, NaiveDate};
use shangyi_entities::announced_day::DayKind;
use std::collections::BTreeMap;

/// What an announcement changed.
#[derive(Debug, Default)]
pub struct Announced {
    /// Days that are new, other or gone.
    pub changed: u64,
    /// Open deadlines that moved.
    pub moved: Vec<Moved>,
}

/// Puts these days in place of what is known of their years, and counts open deadlines anew.
pub async fn announce(tx: &WriteTx, days: &[(NaiveDate, DayKind, String)]) -> Result<Announced, ApiError> {
    let mut years: BTreeMap<i32, Vec<(NaiveDate, DayKind, String)>> = BTreeMap::new();
    for day in days {
        years.entry(day.0.year()).or_default().push(day.clone());
    }
    let mut announced = Announced::default();
    for (year, mut days) in years {
        days.sort();
        let before: Vec<_> = store::announced(tx, year).await?.into_iter().map(|row| (row.day, row.kind, row.name)).collect();
        let now: Vec<_> = days.iter().map(|(day, kind, name)| (day.to_string(), *kind, name.clone())).collect();
        let gone = before.iter().filter(|day| !now.contains(day)).count();
        let new = now.iter().filter(|day| !before.contains(day)).count();
        if gone + new > 0 {
            store::replace_year(tx, year, &days).await?;
            announced.changed += (gone + new) as u64;
        }
    }
    if announced.changed > 0 {
        announced.moved = deadlines::recompute(tx).await?;
    }
    Ok(announced)
}
