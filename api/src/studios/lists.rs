use super::fence::Point;
use super::{Studio, store};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::InputObject;
use async_graphql::connection::Connection;
use shangyi_entities::VenueId;
use shangyi_entities::venue::{self, Datum, VenueKind};

/// Where the asker is. It puts the list in order and is forgotten.
#[derive(InputObject, Clone, Copy)]
pub struct NearInput {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// The datum; `WGS84`, what a phone's receiver gives, when left out.
    pub datum: Option<Datum>,
}

impl NearInput {
    /// The point, if it is on earth.
    pub fn point(self, field: &'static str) -> Result<Point, ApiError> {
        if !(-90.0..=90.0).contains(&self.latitude) || !(-180.0..=180.0).contains(&self.longitude) {
            return Err(ApiError::bad_input(field, say("经纬度超出范围。", "The position is not on earth.")));
        }
        Ok(Point { latitude: self.latitude, longitude: self.longitude, datum: self.datum.unwrap_or(Datum::Wgs84) })
    }
}

/// The centre of a studio's fence.
pub fn centre(venue: &venue::Model) -> Option<(Point, f64)> {
    let point = Point { latitude: venue.latitude?, longitude: venue.longitude?, datum: venue.datum? };
    Some((point, f64::from(i32::try_from(venue.radius_metres?).unwrap_or(i32::MAX))))
}

/// Open studios of a subtree: nearest first where a place is given (those nobody has put on the map last), else by name. A
/// district has some hundreds at most, so that all are read and one page is given.
pub(super) async fn open(
    cx: &Cx,
    division: Option<&str>,
    near: Option<NearInput>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Studio>, ApiError> {
    let near = near.map(|near| near.point("near")).transpose()?;
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let page = Page::read(format!("studios {division:?} {}", near.is_some()), cx.app().keys.derived("cursor"), first, after)?;
    let metres = |row: &venue::Model| match (near, centre(row)) {
        (Some(near), Some((centre, _))) => centre.metres_to(near).round(),
        (Some(_), None) => f64::MAX,
        (None, _) => 0.0,
    };
    let rows = crate::organisation::all_venues(cx, division, VenueKind::MemberStudio).await?;
    let mut keyed: Vec<(f64, venue::Model)> = rows.into_iter().map(|row| (metres(&row), row)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)).then_with(|| a.1.id.cmp(&b.1.id)));
    let past = page.after::<1>().and_then(|[id]| Gid::<VenueId>::parse(id));
    let from = match past {
        // A studio that has closed since is not on the list any more: nothing follows it.
        Some(last) => keyed.iter().position(|(_, row)| row.id == last.0).map_or(usize::MAX, |place| place + 1),
        None => 0,
    };
    let shown = keyed.into_iter().skip(from).take(usize::try_from(page.limit()).unwrap_or(usize::MAX));
    Ok(page.connect(shown.map(|(_, row)| (vec![Gid(row.id).to_string()], Studio(row)))))
}

/// The studio of that id, open or closed.
pub(super) async fn find(cx: &Cx, id: VenueId) -> Result<Option<Studio>, ApiError> {
    match store::studio(cx, id).await {
        Ok(row) => Ok(Some(Studio(row))),
        Err(error) if error.code() == crate::kernel::Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
