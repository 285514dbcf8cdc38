use super::{Booking, store};
use crate::auth;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use crate::receptions::day;
use async_graphql::connection::Connection;
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::{BookingId, ReceptionDayId, ReceptionSlotId, TypedId};
use std::collections::HashMap;

/// Which bookings of a day.
#[derive(Debug)]
pub(in crate::receptions) struct Which {
    pub(in crate::receptions) slot: Option<ReceptionSlotId>,
    pub(in crate::receptions) states: Option<Vec<BookingState>>,
}

/// By what the viewer's own bookings are told: their phone's hash, or their id.
pub(in crate::receptions) async fn person_of_viewer(cx: &Cx) -> Result<Option<Vec<u8>>, ApiError> {
    let Some(account) = cx.account_if_any() else { return Ok(None) };
    let known = auth::known(cx.read(), account).await?;
    Ok(known.map(|known| known.phone_hash.unwrap_or_else(|| account.uuid().as_bytes().to_vec())))
}

/// Those of these bookings that the viewer may know of: their own, their desk's, those of days on which they receive.
pub(in crate::receptions) async fn visible_among(cx: &Cx, rows: Vec<booking::Model>) -> Result<Vec<booking::Model>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    let person = person_of_viewer(cx).await?;
    let own = |row: &booking::Model| row.account_id == Some(viewer.account) || person.as_deref() == Some(row.person_key.as_slice());
    let others: Vec<ReceptionDayId> = rows.iter().filter(|row| !own(row)).map(|row| row.day_id).collect();
    if others.is_empty() {
        return Ok(rows);
    }
    let days: HashMap<ReceptionDayId, _> = day::store::by_ids(cx, &others).await?.into_iter().map(|day| (day.id, day)).collect();
    let receivers = day::store::receivers_of(cx, &others).await?;
    let staff = |id: ReceptionDayId| {
        let Some(of) = days.get(&id) else { return false };
        let receives = receivers.get(&id).is_some_and(|all| day::receives_by(viewer, all));
        receives || viewer.desk_of(of.committee_id, &of.division_code).is_some()
    };
    Ok(rows.into_iter().filter(|row| own(row) || staff(row.day_id)).collect())
}

/// [`visible_among`] by ids.
pub(in crate::receptions) async fn visible(cx: &Cx, ids: &[BookingId]) -> Result<Vec<booking::Model>, ApiError> {
    if cx.account_if_any().is_none() {
        return if cx.who() == crate::kernel::cx::Who::Unknown { Err(ApiError::unavailable()) } else { Ok(Vec::new()) };
    }
    visible_among(cx, store::by_ids(cx, ids).await?).await
}

/// The booking of that id, if the viewer may know of it.
pub(in crate::receptions) async fn find(cx: &Cx, id: BookingId) -> Result<Option<Booking>, ApiError> {
    Ok(visible(cx, &[id]).await?.pop().map(Booking))
}

pub(in crate::receptions) async fn mine(
    cx: &Cx,
    to_come: bool,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Booking>, ApiError> {
    let account = cx.account()?;
    let page = Page::read(format!("myBookings {} {to_come}", account.0), cx.app().keys.derived("cursor"), first, after)?;
    let person = person_of_viewer(cx).await?;
    let rows = store::mine(cx, store::own(account, person.as_deref()), to_come, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Booking(row)))))
}

pub(in crate::receptions) async fn of_day(
    cx: &Cx,
    day: ReceptionDayId,
    which: &Which,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Booking>, ApiError> {
    let list = format!("receptionDay.bookings {} {which:?}", Gid(day));
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let rows = store::of_day(cx, day, which, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Booking(row)))))
}
