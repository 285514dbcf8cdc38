use super::{AgreedItem, store};
use crate::handovers;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::connection::Connection;
use sea_orm::{ColumnTrait, Condition};
use shangyi_entities::OrganisationId;
use shangyi_entities::agreed_item::Column as C;

/// What was given to the viewer's own units, and what lies in the committees they work for.
pub(in crate::consultations) async fn run(
    cx: &Cx,
    (unit, division): (Option<OrganisationId>, Option<&str>),
    overdue: bool,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, AgreedItem>, ApiError> {
    let viewer = cx.viewer().await?;
    let of_unit = unit.map_or_else(String::new, |id| Gid(id).to_string());
    let list = format!("trackingBoard {} {of_unit} {} {overdue}", viewer.account.0, division.unwrap_or_default());
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let own = handovers::units_of(viewer);
    let mut committees: Vec<OrganisationId> = viewer.appointments.iter().map(|held| held.committee_id).collect();
    committees.retain(|committee| viewer.is_internal(*committee));
    if own.is_empty() && committees.is_empty() {
        return Err(ApiError::forbidden(say(
            "跟踪台账对承办单位和委员会内部开放；公众可在协商页面查看议定事项。",
            "The board is for units and the committee; the public reads items on the page of their consultation.",
        )));
    }
    let theirs = Condition::any().add(C::UnitId.is_in(own)).add(C::CommitteeId.is_in(committees));
    let rows = store::board(cx, theirs, (unit, division), overdue, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], AgreedItem(row)))))
}
