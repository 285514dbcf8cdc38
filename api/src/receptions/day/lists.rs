use super::model::ReceptionDay;
use super::store;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::connection::Connection;
use chrono::{Days, NaiveDate};
use shangyi_entities::Timestamp;

/// From the beginning of one day to the end of another: today and the 30 days after, where nothing is said.
pub(in crate::receptions) fn span(cx: &Cx, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<(Timestamp, Timestamp), ApiError> {
    let from = from.unwrap_or_else(|| local_day(cx.now()));
    let until = until.or_else(|| from.checked_add_days(Days::new(30)));
    let last = until.filter(|until| from <= *until && from.checked_add_days(Days::new(91)).is_some_and(|last| *until <= last));
    match last.and_then(|last| last.succ_opt()) {
        Some(after) => Ok((day_begins(from), day_begins(after))),
        None => {
            Err(ApiError::bad_input("until", say("一次最多查询92天，且结束不早于开始。", "Ask for 1 to 92 days, the last not before the first.")))
        }
    }
}

pub(in crate::receptions) async fn page(
    cx: &Cx,
    division: &str,
    (from, until): (Option<NaiveDate>, Option<NaiveDate>),
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, ReceptionDay>, ApiError> {
    crate::organisation::require_code("divisionCode", division)?;
    let list = format!("receptionDays {division} {from:?} {until:?}");
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let (from, until) = span(cx, from, until)?;
    let rows = store::page(cx, division, from, until, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.from_at.0.to_string(), Gid(row.id).to_string()], ReceptionDay(row)))))
}

/// The days on which the viewer receives or is asked to, by time.
pub(in crate::receptions) async fn mine(cx: &Cx, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Vec<ReceptionDay>, ApiError> {
    let account = cx.account()?;
    let (from, until) = span(cx, from, until)?;
    let rows = store::with_receiver(cx, account, from, until).await?;
    let active = rows.into_iter().filter(|(receiver, _)| super::is_active(receiver.state));
    Ok(active.map(|(_, day)| ReceptionDay(day)).collect())
}
