use super::{Topic, TopicOrder, store};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, say};
use crate::organisation::OpenDuty;
use async_graphql::connection::Connection;
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::{OrganisationId, TopicId};

fn page(cx: &Cx, list: String, first: Option<i32>, after: Option<&str>) -> Result<Page, ApiError> {
    Page::read(list, cx.app().keys.derived("cursor"), first, after)
}

/// The topic of that id, if the viewer may know of it.
pub(super) async fn find(cx: &Cx, id: TopicId) -> Result<Option<Topic>, ApiError> {
    Ok(store::by_ids(cx, &[id]).await?.pop().map(Topic))
}

pub(super) async fn public(
    cx: &Cx,
    division: Option<&str>,
    state: Option<TopicState>,
    order: TopicOrder,
    with_text: bool,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Topic>, ApiError> {
    let page = page(cx, format!("topics {division:?} {state:?} {order:?}"), first, after)?;
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let rows = store::public(cx, division, state, order, with_text, &page).await?;
    let key = |row: &topic::Model| match order {
        TopicOrder::Newest => row.public_since.map_or(0, |at| at.0),
        TopicOrder::MostSupported => row.support_count + row.imported_support,
    };
    Ok(page.connect(rows.into_iter().map(|row| (vec![key(&row).to_string(), Gid(row.id).to_string()], Topic(row)))))
}

pub(super) async fn triage(
    cx: &Cx,
    state: Option<TopicState>,
    flagged: bool,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Topic>, ApiError> {
    let viewer = cx.viewer().await?;
    let page = page(cx, format!("triage {} {state:?} {flagged}", viewer.account.0), first, after)?;
    if !viewer.has_desk() {
        return Err(ApiError::forbidden(say("议题受理只对联络员和综合部门开放。", "Triage is for liaison officers and the general desk.")));
    }
    let states = state.map_or_else(|| vec![TopicState::Submitted, TopicState::NeedsMore, TopicState::Accepted], |state| vec![state]);
    let rows = store::triage(cx, viewer, &states, flagged, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.submitted_at.0.to_string(), Gid(row.id).to_string()], Topic(row)))))
}

pub(super) async fn mine(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Topic>, ApiError> {
    let account = cx.account()?;
    let page = page(cx, format!("myTopics {}", account.0), first, after)?;
    let rows = store::mine(cx, account, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Topic(row)))))
}

pub(super) async fn supported(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Topic>, ApiError> {
    let account = cx.account()?;
    let page = page(cx, format!("mySupports {}", account.0), first, after)?;
    let rows = store::supported(cx, account, &page).await?;
    Ok(page.connect(rows.into_iter().map(|(support, row)| (vec![Gid(support).to_string()], Topic(row)))))
}

/// The oldest topics that wait for the desk of a division, without their texts.
pub async fn waiting_for_desk(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<OpenDuty>, ApiError> {
    let rows = store::waiting(cx, committee, division).await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenDuty { topic_id: Gid(row.id), state: row.state, division_code: row.division_code, since: row.submitted_at.utc() })
        .collect())
}
