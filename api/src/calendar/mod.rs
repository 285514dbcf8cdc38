//! Time that people and rooms spend: one calendar for duty, receptions, sittings and activities.
//!
//! Words: an *occasion* takes the time of *subjects* (members, venues, residents); an *occupancy* is that time,
//! `[from, until)`. *Working days* follow the State Council's yearly notices; a year not announced is *provisional*.
//! Invariant, held by the database: no two occupancies of one subject overlap (`subject_is_taken`).

mod announce;
pub mod deadlines;
pub mod hours;
pub mod occupy;
pub mod roster_rules;
mod store;
pub mod working_days;

use crate::kernel::{ApiError, Cx, say};
pub use announce::{Announced, announce};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{Datelike, Days as Plus, NaiveDate};
pub use deadlines::Deadline;
pub use working_days::WorkingDays;

/// Working days of the years from one day to another.
pub async fn working_days(cx: &Cx, from: NaiveDate, until: NaiveDate) -> Result<WorkingDays, ApiError> {
    store::working_days_of(cx.read(), from.year(), until.year() + 1).await
}

/// A day of the calendar.
#[derive(SimpleObject)]
pub struct CalendarDay {
    /// The day.
    pub day: NaiveDate,
    /// Whether people work on it.
    pub working: bool,
    /// The festival for which it is off, or made up for (调休); null on an ordinary day.
    pub festival: Option<String>,
    /// Whether its year has not been announced yet: only weekends are off until then.
    pub provisional: bool,
}

/// Reading the calendar.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// Days and whether people work on them, from one day to another, both included; at most 100 days. Public.
    /// Source: the State Council's yearly notice of holidays.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn calendar_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] until: NaiveDate,
    ) -> Result<Vec<CalendarDay>, ApiError> {
        let in_range = (1990..2200).contains(&from.year()) && from <= until && from.checked_add_days(Plus::new(99)).is_some_and(|last| until <= last);
        if !in_range {
            return Err(ApiError::bad_input(
                "until",
                say("一次最多查询100天，且结束不早于开始。", "Ask for 1 to 100 days, the last not before the first."),
            ));
        }
        let days = working_days(ctx.data_unchecked::<Cx>(), from, until).await?;
        let seen = |day: NaiveDate| CalendarDay {
            day,
            working: days.is_working(day),
            festival: days.name(day).map(str::to_owned),
            provisional: days.is_provisional(day),
        };
        Ok(from.iter_days().take_while(|day| *day <= until).map(seen).collect())
    }
}
