use super::{ReceptionRecord, store};
use crate::kernel::{ApiError, Cx};
use crate::receptions::booking as bookings;
use shangyi_entities::{BookingId, ReceptionRecordId, TypedId};
use std::collections::{HashMap, HashSet};

/// Those of these records that the viewer may know of: with whose visit they may, and the units they were handed over to.
pub(in crate::receptions) async fn visible(cx: &Cx, ids: &[ReceptionRecordId]) -> Result<HashMap<ReceptionRecordId, ReceptionRecord>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(HashMap::new()) };
    let rows = store::by_ids(cx, ids).await?;
    let visits: Vec<BookingId> = rows.iter().map(|row| row.booking_id).collect();
    let seen: HashSet<BookingId> = bookings::lists::visible(cx, &visits).await?.into_iter().map(|row| row.id).collect();
    let hidden: Vec<_> = rows.iter().filter(|row| !seen.contains(&row.booking_id)).map(|row| row.id.uuid()).collect();
    let of_units = crate::handovers::given_to_units_of(cx, viewer, &hidden).await?;
    let shown = rows.into_iter().filter(|row| seen.contains(&row.booking_id) || of_units.contains(&row.id.uuid()));
    Ok(shown.map(|row| (row.id, ReceptionRecord(row))).collect())
}

/// [`visible`] of whose visit the viewer may know.
pub(in crate::receptions) async fn of_visits(cx: &Cx, ids: &[ReceptionRecordId]) -> Result<Vec<ReceptionRecordId>, ApiError> {
    let rows = store::by_ids(cx, ids).await?;
    let visits: Vec<BookingId> = rows.iter().map(|row| row.booking_id).collect();
    let seen: HashSet<BookingId> = bookings::lists::visible(cx, &visits).await?.into_iter().map(|row| row.id).collect();
    Ok(rows.into_iter().filter(|row| seen.contains(&row.booking_id)).map(|row| row.id).collect())
}
