use super::store::{self, VisitsOf};
use super::{CheckInConflict, LateEntry, SharedCode, Visit};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{OpenStudioDuty, OpenStudioDutyKind as Kind};
use crate::studios::{codes, rights};
use async_graphql::connection::Connection;
use shangyi_entities::appointment::Role;
use shangyi_entities::{Timestamp, VenueId, venue, visit};

fn page(cx: &Cx, list: String, first: Option<i32>, after: Option<&str>) -> Result<Page, ApiError> {
    Page::read(list, cx.app().keys.derived("cursor"), first, after)
}

fn visits(page: &Page, rows: Vec<visit::Model>) -> Connection<String, Visit> {
    page.connect(rows.into_iter().map(|row| (vec![row.in_at.0.to_string(), Gid(row.id).to_string()], Visit(row))))
}

/// Visits to a studio, for those who run it, member affairs and the chair.
pub(super) async fn of_studio(
    cx: &Cx,
    studio: &venue::Model,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Option<Connection<String, Visit>>, ApiError> {
    let page = page(cx, format!("checkIns {}", studio.id.0), first, after)?;
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(None) };
    if rights::runs(viewer, studio).is_none() && viewer.holds(studio.committee_id, Role::Chair).is_none() {
        return Ok(None);
    }
    Ok(Some(visits(&page, store::page_of_visits(cx, VisitsOf::Studio(studio.id), &page).await?)))
}

pub(super) async fn mine(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Visit>, ApiError> {
    let account = cx.account()?;
    let page = page(cx, format!("myVisits {}", account.0), first, after)?;
    Ok(visits(&page, store::page_of_visits(cx, VisitsOf::Account(account), &page).await?))
}

pub(super) async fn my_late(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, LateEntry>, ApiError> {
    let account = cx.account()?;
    let page = page(cx, format!("myLateEntries {}", account.0), first, after)?;
    let rows = store::own_late(cx, account, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.asked_at.0.to_string(), Gid(row.id).to_string()], LateEntry(row)))))
}

pub(super) async fn my_conflicts(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, CheckInConflict>, ApiError> {
    let account = cx.account()?;
    let page = page(cx, format!("myCheckInConflicts {}", account.0), first, after)?;
    let rows = store::own_conflicts(cx, account, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.at.0.to_string(), Gid(row.id).to_string()], CheckInConflict(row)))))
}

pub(super) async fn logs_to_confirm(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Visit>, ApiError> {
    let viewer = cx.viewer().await?;
    let page = page(cx, format!("logsToConfirm {}", viewer.account.0), first, after)?;
    Ok(visits(&page, store::to_confirm(cx, viewer, &page).await?))
}

pub(super) async fn late_to_approve(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, LateEntry>, ApiError> {
    let viewer = cx.viewer().await?;
    let page = page(cx, format!("lateEntriesToApprove {}", viewer.account.0), first, after)?;
    let rows = store::late_to_decide(cx, viewer, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.asked_at.0.to_string(), Gid(row.id).to_string()], LateEntry(row)))))
}

pub(super) async fn conflicts(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, CheckInConflict>, ApiError> {
    let viewer = cx.viewer().await?;
    let page = page(cx, format!("checkInConflicts {}", viewer.account.0), first, after)?;
    let rows = store::open_conflicts(cx, viewer, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.at.0.to_string(), Gid(row.id).to_string()], CheckInConflict(row)))))
}

/// Codes of the last 30 days that several devices used from one address.
pub(super) async fn shared_codes(cx: &Cx, studio: VenueId) -> Result<Vec<SharedCode>, ApiError> {
    let from = codes::step_of(cx.now().plus_seconds(-30 * 86_400));
    let rows = store::shared_codes(cx, studio, from).await?;
    Ok(rows
        .into_iter()
        .map(|row| SharedCode { shown_at: codes::step_begins(row.code_step).utc(), devices: row.devices, members: row.members })
        .collect())
}

/// What of a studio waits for whoever runs it.
pub(super) async fn waiting_at(cx: &Cx, studio: VenueId) -> Result<Vec<OpenStudioDuty>, ApiError> {
    let duty = |kind, id: String, at: Timestamp| OpenStudioDuty { kind, subject_id: id.into(), at: at.utc() };
    let logs = store::logs_at(cx, studio).await?.into_iter().map(|row| duty(Kind::LogToConfirm, Gid(row.id).to_string(), row.in_at));
    let late = store::late_at(cx, studio).await?.into_iter().map(|row| duty(Kind::LateEntry, Gid(row.id).to_string(), row.asked_at));
    let conflicts = store::conflicts_at(cx, studio).await?.into_iter().map(|row| duty(Kind::Conflict, Gid(row.id).to_string(), row.at));
    Ok(logs.chain(late).chain(conflicts).collect())
}
