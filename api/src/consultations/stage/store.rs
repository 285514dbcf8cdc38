//! Consultations, their history, co-hosts and research: the only file that names those tables.
use crate::kernel::cx::Who;
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, SelectExt,
};
use shangyi_entities::consultation::{self, Column as C, ConsultationState};
use shangyi_entities::consultation_co_host::{self, CoHostState};
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, ConsultationId, OrganisationId, Timestamp, consultation_event, consultation_party, consultation_research};
use std::collections::HashMap;

/// Where what was found out belongs.
pub(in crate::consultations) const RESEARCH: &str = "consultation_research.text";

/// What a viewer may know of: what was selected, everybody; before that, the internal side of its committees.
pub(in crate::consultations) fn visible_to(viewer: Option<&Viewer>) -> Condition {
    let public = Condition::any().add(C::SelectedAt.is_not_null());
    let Some(viewer) = viewer else { return public };
    let mut internal: Vec<OrganisationId> = viewer.appointments.iter().map(|held| held.committee_id).collect();
    internal.retain(|committee| viewer.is_internal(*committee));
    if internal.is_empty() {
        return public;
    }
    let hosted = consultation_co_host::Entity::find()
        .select_only()
        .column(consultation_co_host::Column::ConsultationId)
        .filter(consultation_co_host::Column::State.ne(CoHostState::Declined))
        .filter(consultation_co_host::Column::CommitteeId.is_in(internal.iter().copied()));
    public.add(C::CommitteeId.is_in(internal)).add(C::Id.in_subquery(hosted.into_query()))
}

/// Those of these consultations that the viewer may know of.
pub(in crate::consultations) async fn visible(cx: &Cx, ids: &[ConsultationId]) -> Result<Vec<consultation::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    let query = consultation::Entity::find().filter(C::Id.is_in(ids.iter().copied())).filter(visible_to(viewer));
    let rows = query.all(cx.read()).await.internal("reading consultations")?;
    // Whoever cannot be known now is not told that there is nothing.
    if cx.who() == Who::Unknown && rows.len() < ids.len() {
        return Err(ApiError::unavailable());
    }
    Ok(rows)
}

/// The consultation, locked for this transaction, if the viewer may know of it.
pub(super) async fn locked(tx: &WriteTx, viewer: &Viewer, id: ConsultationId) -> Result<Option<consultation::Model>, ApiError> {
    consultation::Entity::find_by_id(id)
        .filter(visible_to(Some(viewer)))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await
        .internal("reading a consultation to be changed")
}

/// The consultations of those ids, whoever asks.
pub(in crate::consultations) async fn by_ids(cx: &Cx, ids: &[ConsultationId]) -> Result<Vec<consultation::Model>, ApiError> {
    consultation::Entity::find().filter(C::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading consultations")
}

/// The consultation as it is in this transaction.
pub(in crate::consultations) async fn now(tx: &WriteTx, id: ConsultationId) -> Result<Option<consultation::Model>, ApiError> {
    consultation::Entity::find_by_id(id).one(&**tx).await.internal("reading a consultation")
}

/// The consultation, kept from moving on until this transaction ends; others can do so at the same time.
pub(in crate::consultations) async fn shared(tx: &WriteTx, id: ConsultationId) -> Result<Option<consultation::Model>, ApiError> {
    consultation::Entity::find_by_id(id).lock(LockType::Share).one(&**tx).await.internal("reading a consultation that is not to move")
}

/// The consultation, locked, whoever asks: what its items and sittings do to it.
pub(in crate::consultations) async fn locked_by_itself(tx: &WriteTx, id: ConsultationId) -> Result<Option<consultation::Model>, ApiError> {
    consultation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a consultation to be changed")
}

/// Consultations that were reported so long ago and wait for a rating; for what happens by itself.
pub(in crate::consultations) async fn unrated_since(cx: &Cx, before: Timestamp, most: u64) -> Result<Vec<ConsultationId>, ApiError> {
    let waiting = [ConsultationState::Reported, ConsultationState::Tracking];
    let query = consultation::Entity::find().select_only().column(C::Id).filter(C::State.is_in(waiting)).filter(C::RatingSince.lte(before));
    let query = query.filter(crate::consultations::items::store::none_open()).order_by_asc(C::RatingSince).limit(most);
    query.into_tuple().all(cx.read()).await.internal("looking for consultations to be evaluated")
}

/// A page of consultations in the subtree of a division, the latest first.
pub(super) async fn page(
    cx: &Cx,
    division: Option<&str>,
    state: Option<ConsultationState>,
    page: &Page,
) -> Result<Vec<consultation::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    let mut query = consultation::Entity::find().filter(visible_to(viewer)).order_by_desc(C::Id).limit(page.limit());
    if let Some(code) = division {
        query = query.filter(crate::organisation::in_subtree(C::DivisionCode, code));
    }
    if let Some(state) = state {
        query = query.filter(C::State.eq(state));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<ConsultationId>::parse(id)) {
        query = query.filter(C::Id.lt(id.0));
    }
    query.all(cx.read()).await.internal("reading consultations")
}

/// Most proposals that wait for a meeting in one list.
pub(in crate::consultations) const MOST_WAITING: u64 = 100;

/// Proposals of a committee, the oldest first; at most 100.
pub(in crate::consultations) async fn proposed(cx: &Cx, committee: OrganisationId) -> Result<Vec<consultation::Model>, ApiError> {
    consultation::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::State.eq(ConsultationState::Proposed))
        .order_by_asc(C::Id)
        .limit(MOST_WAITING)
        .all(cx.read())
        .await
        .internal("reading proposals")
}

/// Rules: `one_consultation_per_item`, `one_consultation_per_topic`.
pub(super) async fn insert(tx: &WriteTx, row: consultation::Model, co_hosts: &[OrganisationId]) -> Result<(), DbErr> {
    let consultation_id = row.id;
    consultation::Entity::insert(consultation::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await?;
    if !co_hosts.is_empty() {
        let rows = co_hosts.iter().map(|committee| {
            let (state, answered_at, answered_by) = (CoHostState::Asked, None, None);
            let row = consultation_co_host::Model { consultation_id, committee_id: *committee, state, answered_at, answered_by };
            consultation_co_host::ActiveModel::from(row).reset_all()
        });
        consultation_co_host::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// The one that has the item or the topic of this one.
pub(super) async fn other(cx: &Cx, row: &consultation::Model) -> Result<Option<ConsultationId>, ApiError> {
    let item = row.plan_item_id.map(|id| C::PlanItemId.eq(id));
    let topic = row.topic_id.map(|id| C::TopicId.eq(id));
    let same = Condition::any().add_option(item).add_option(topic);
    if same.is_empty() {
        return Ok(None);
    }
    let query = consultation::Entity::find().select_only().column(C::Id).filter(same).filter(C::State.ne(ConsultationState::Cancelled));
    query.into_tuple().one(cx.read()).await.internal("looking for another consultation")
}

/// Changes a row that still has the version it was read with; whether it had. Rules: `undeclared_move`, `planned_or_special`,
/// `one_consultation_per_topic`.
pub(super) async fn update(tx: &WriteTx, row: &consultation::Model, changes: consultation::ActiveModel) -> Result<bool, DbErr> {
    let updated = consultation::Entity::update_many()
        .set(changes)
        .col_expr(C::Version, Expr::value(row.version + 1))
        .filter(C::Id.eq(row.id))
        .filter(C::Version.eq(row.version))
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

pub(super) async fn insert_event(tx: &WriteTx, row: consultation_event::Model) -> Result<(), ApiError> {
    let row = consultation_event::ActiveModel::from(row).reset_all();
    consultation_event::Entity::insert(row).exec_without_returning(&**tx).await.internal("writing history")?;
    Ok(())
}

pub(super) async fn last_event(tx: &WriteTx, id: ConsultationId) -> Result<Option<consultation_event::Model>, ApiError> {
    consultation_event::Entity::find()
        .filter(consultation_event::Column::ConsultationId.eq(id))
        .order_by_desc(consultation_event::Column::Version)
        .one(&**tx)
        .await
        .internal("reading history")
}

pub(super) async fn insert_research(tx: &WriteTx, row: consultation_research::Model) -> Result<(), ApiError> {
    let row = consultation_research::ActiveModel::from(row).reset_all();
    consultation_research::Entity::insert(row).exec_without_returning(&**tx).await.internal("adding research")?;
    Ok(())
}

/// Whether something was found out before it.
pub(in crate::consultations) async fn is_researched(tx: &WriteTx, id: ConsultationId) -> Result<bool, ApiError> {
    let research = consultation_research::Entity::find().filter(consultation_research::Column::ConsultationId.eq(id));
    research.exists(&**tx).await.internal("looking for research")
}

/// As what people are to take part, by the announcement that makes this version.
pub(in crate::consultations) async fn insert_parties(
    tx: &WriteTx,
    consultation_id: ConsultationId,
    version: i64,
    parties: &[Party],
) -> Result<(), ApiError> {
    let rows = parties
        .iter()
        .map(|party| consultation_party::ActiveModel::from(consultation_party::Model { consultation_id, version, party: *party }).reset_all());
    consultation_party::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("naming parties")?;
    Ok(())
}

/// As what people are to take part in each of those, by the last announcement.
pub(in crate::consultations) async fn parties_of(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<Party>>, ApiError> {
    let rows = consultation_party::Entity::find()
        .filter(consultation_party::Column::ConsultationId.is_in(ids.iter().copied()))
        .all(cx.read())
        .await
        .internal("reading parties")?;
    let mut last: HashMap<ConsultationId, i64> = HashMap::new();
    for row in &rows {
        let version = last.entry(row.consultation_id).or_default();
        *version = Ord::max(*version, row.version);
    }
    let mut found: HashMap<ConsultationId, Vec<Party>> = HashMap::new();
    for row in rows.into_iter().filter(|row| last.get(&row.consultation_id) == Some(&row.version)) {
        found.entry(row.consultation_id).or_default().push(row.party);
    }
    found.values_mut().for_each(|parties| parties.sort_unstable());
    Ok(found)
}

/// What happened to each of those, oldest first.
pub(in crate::consultations) async fn history_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_event::Model>>, ApiError> {
    use consultation_event::Column as E;
    let rows = consultation_event::Entity::find()
        .filter(E::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(E::ConsultationId)
        .order_by_asc(E::Version)
        .all(cx.read())
        .await
        .internal("reading history")?;
    let mut found: HashMap<ConsultationId, Vec<consultation_event::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// What was found out for each of those, oldest first.
pub(in crate::consultations) async fn research_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_research::Model>>, ApiError> {
    use consultation_research::Column as R;
    let rows = consultation_research::Entity::find()
        .filter(R::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(R::Id)
        .all(cx.read())
        .await
        .internal("reading research")?;
    let mut found: HashMap<ConsultationId, Vec<consultation_research::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// What a person proposed, the latest first; at most 1000.
pub(in crate::consultations) async fn proposed_by(cx: &Cx, account: AccountId) -> Result<Vec<consultation::Model>, ApiError> {
    let query = consultation::Entity::find().filter(C::ProposedBy.eq(account)).order_by_desc(C::Id).limit(1000);
    query.all(cx.read()).await.internal("reading one's proposals")
}

/// What a person found out, the latest first; at most 1000.
pub(in crate::consultations) async fn research_by(cx: &Cx, account: AccountId) -> Result<Vec<consultation_research::Model>, ApiError> {
    use consultation_research::Column as R;
    let query = consultation_research::Entity::find().filter(R::AccountId.eq(account)).order_by_desc(R::Id).limit(1000);
    query.all(cx.read()).await.internal("reading one's research")
}

/// Who holds each of those together with its committee, or is asked to.
pub(in crate::consultations) async fn co_hosts_of(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_co_host::Model>>, ApiError> {
    use consultation_co_host::Column as H;
    let rows = consultation_co_host::Entity::find()
        .filter(H::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(H::CommitteeId)
        .all(cx.read())
        .await
        .internal("reading co-hosts")?;
    let mut found: HashMap<ConsultationId, Vec<consultation_co_host::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// The committees that hold it: its own, and those that have agreed to.
pub(in crate::consultations) async fn hosts_of(cx: &Cx, row: &consultation::Model) -> Result<Vec<OrganisationId>, ApiError> {
    let others = co_hosts_of(cx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let agreed = others.into_iter().filter(|one| one.state == CoHostState::Agreed).map(|one| one.committee_id);
    Ok(agreed.chain([row.committee_id]).collect())
}

/// Notes what a committee says to being asked; whether it had not answered yet.
pub(super) async fn answer_co_hosting(
    tx: &WriteTx,
    id: ConsultationId,
    committee: OrganisationId,
    state: CoHostState,
    (by, now): (AccountId, Timestamp),
) -> Result<bool, ApiError> {
    use consultation_co_host::Column as H;
    let answered = consultation_co_host::Entity::update_many()
        .set(consultation_co_host::ActiveModel { state: Set(state), answered_at: Set(Some(now)), answered_by: Set(Some(by)), ..Default::default() })
        .filter(H::ConsultationId.eq(id))
        .filter(H::CommitteeId.eq(committee))
        .filter(H::State.eq(CoHostState::Asked))
        .exec(&**tx)
        .await
        .internal("noting what a co-host says")?;
    Ok(answered.rows_affected == 1)
}

/// Consultations of a committee in the subtree of a division whose minutes were published.
pub(in crate::consultations) async fn minuted_in(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<consultation::Model>, ApiError> {
    let query = consultation::Entity::find().filter(C::CommitteeId.eq(committee)).filter(C::MinutedAt.is_not_null());
    query.filter(crate::organisation::in_subtree(C::DivisionCode, division)).all(cx.read()).await.internal("reading what was held")
}
