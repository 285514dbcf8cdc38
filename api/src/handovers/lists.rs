use super::{HandOver, step, store, subject};
use crate::kernel::cx::Who;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::connection::Connection;
use shangyi_entities::hand_over::{self, HandOverState};
use shangyi_entities::{HandOverId, OrganisationId};

/// Those of these hand-overs that the viewer may know of: their unit's, their desk's, and whose subject they may see.
pub(super) async fn visible(cx: &Cx, ids: &[HandOverId]) -> Result<Vec<hand_over::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    let mut rows = store::by_ids(cx, ids).await?;
    let inside = |row: &hand_over::Model| viewer.is_some_and(|viewer| step::standing(viewer, row).is_inside());
    let others: Vec<&hand_over::Model> = rows.iter().filter(|row| !inside(row)).collect();
    let known = subject::visible_among(cx, &others).await?;
    rows.retain(|row| inside(row) || known.contains(&row.subject_id));
    // What a passer-by may not see could well be the viewer's own.
    if cx.who() == Who::Unknown && rows.len() < ids.len() {
        return Err(ApiError::unavailable());
    }
    Ok(rows)
}

/// The hand-over of that id, if the viewer may know of it.
pub(super) async fn find(cx: &Cx, id: HandOverId) -> Result<Option<HandOver>, ApiError> {
    Ok(visible(cx, &[id]).await?.pop().map(HandOver))
}

pub(super) async fn board(
    cx: &Cx,
    unit: Option<OrganisationId>,
    overdue: bool,
    state: Option<HandOverState>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, HandOver>, ApiError> {
    let viewer = cx.viewer().await?;
    let of_unit = unit.map_or_else(String::new, |id| Gid(id).to_string());
    let list = format!("unitBoard {} {of_unit} {overdue} {state:?}", viewer.account.0);
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let own = step::units(viewer);
    let serves = unit.map_or(!own.is_empty(), |unit| own.contains(&unit));
    if !serves && !viewer.has_desk() {
        return Err(ApiError::forbidden(say(
            "转办台账只对承办单位和转办的联络员、综合部门开放。",
            "The board is for the unit's own staff and for the desks that hand over to it.",
        )));
    }
    let rows = store::board(cx, viewer, &own, unit, overdue, state, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], HandOver(row)))))
}
