use super::words::{self, FoundTopics, Highlights};
use super::{MergeProposal, Topic, TopicOrder, cluster, store};
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, say};
use crate::organisation::OpenDuty;
use async_graphql::SimpleObject;
use async_graphql::connection::Connection;
use sea_orm::FromQueryResult;
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::{CampaignId, OrganisationId, Timestamp, TopicId};
use std::collections::HashMap;

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
    page: &Page,
) -> Result<FoundTopics, ApiError> {
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let rows = store::public(cx, division, state, order, with_text, page).await?;
    let key = |row: &topic::Model| match order {
        TopicOrder::Newest => row.public_since.map_or(0, |at| at.0),
        TopicOrder::MostSupported => row.voice_count + row.imported_support,
    };
    let found = |row: topic::Model| (vec![key(&row).to_string(), Gid(row.id).to_string()], Topic(row), Highlights::default());
    Ok(page.connect_with(rows.into_iter().map(found)))
}

/// Which topics of the desk are asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) state: Option<TopicState>,
    pub(super) text: Option<String>,
    pub(super) due_before: Option<Timestamp>,
    pub(super) taken_by_me: bool,
    pub(super) second_look: bool,
    pub(super) flagged: bool,
}

fn desk(viewer: &Viewer) -> Result<(), ApiError> {
    if viewer.has_desk() {
        return Ok(());
    }
    Err(ApiError::forbidden(say("议题受理只对联络员和综合部门开放。", "Triage is for liaison officers and the general desk.")))
}

pub(super) async fn triage(cx: &Cx, wanted: Wanted, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Topic>, ApiError> {
    let viewer = cx.viewer().await?;
    // What is overdue changes by the moment; a cursor of the list does not.
    let due = wanted.due_before.map(|at| if at == cx.now() { "overdue".to_owned() } else { at.0.to_string() });
    let Wanted { state, text, taken_by_me, second_look, flagged, .. } = &wanted;
    let list = format!("triage {} {state:?} {text:?} {due:?} {taken_by_me} {second_look} {flagged}", viewer.account.0);
    let page = page(cx, list, first, after)?;
    desk(viewer)?;
    let terms = wanted.text.as_deref().map(words::terms_of_search).transpose()?;
    let rows = store::triage(cx, viewer, &wanted, terms.as_deref(), &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.submitted_at.0.to_string(), Gid(row.id).to_string()], Topic(row)))))
}

/// How many topics a desk has in a state.
#[derive(SimpleObject, FromQueryResult)]
pub struct TriageCount {
    /// The state.
    pub state: TopicState,
    /// How many.
    pub count: i64,
    /// How many of them have their first look or decision overdue.
    pub overdue: i64,
}

pub(super) async fn triage_counts(cx: &Cx) -> Result<Vec<TriageCount>, ApiError> {
    let viewer = cx.viewer().await?;
    desk(viewer)?;
    store::triage_counts(cx, viewer).await
}

pub(super) async fn proposals(cx: &Cx, open: bool, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, MergeProposal>, ApiError> {
    let viewer = cx.viewer().await?;
    let page = page(cx, format!("mergeProposals {} {open}", viewer.account.0), first, after)?;
    let rows = cluster::proposals(cx, viewer, open, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], MergeProposal(row)))))
}

/// The topics of a campaign that the viewer may know of, oldest first.
pub async fn of_campaign(cx: &Cx, campaign: CampaignId, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, Topic>, ApiError> {
    let page = page(cx, format!("campaign {}", campaign.0), first, after)?;
    let rows = store::of_campaign(cx, campaign, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Topic(row)))))
}

/// How many topics of each campaign stand where; a merged one stands where its canonical one does.
pub async fn outcomes(cx: &Cx, campaigns: &[CampaignId]) -> Result<HashMap<CampaignId, Vec<(TopicState, i64)>>, ApiError> {
    store::outcomes(cx, campaigns).await
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

/// Topics of a division whose first look or decision is overdue, the oldest first; at most 100.
pub async fn overdue_in(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<Topic>, ApiError> {
    Ok(store::overdue_in(cx, committee, division).await?.into_iter().map(Topic).collect())
}
