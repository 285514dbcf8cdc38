//! The shape that every move of an agreed item has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::moves::{self, Move, No, Standing};
use super::refusal::{AgreedItemResult, Refuse, finish, missing};
use super::store;
use crate::audit;
use crate::consultations::people;
use crate::consultations::stage::{self, facts, store as stages};
use crate::handovers;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use crate::notices::outbox;
use crate::topics;
use async_graphql::InputType;
use sea_orm::ConnectionTrait;
use shangyi_entities::agreed_item::{self, AgreedItemState as S};
use shangyi_entities::agreed_item_event::{self, AgreedItemEventKind as What};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, AgreedItemId, ConsultationId, ParticipantId, TypedId, consultation};
use std::collections::HashMap;
use uuid::Uuid;

/// One move of an item by a person.
pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) item: AgreedItemId,
    /// The version the caller saw, where two people can meet.
    pub(super) expected_version: Option<i64>,
    pub(super) kind: Move,
}

/// An item to be moved, with its consultation; both locked.
pub(super) struct Scene {
    pub(super) item: agreed_item::Model,
    pub(super) row: consultation::Model,
    pub(super) standing: Standing,
    pub(super) role: &'static str,
}

/// Judges the move and lets `work` write it.
pub(super) async fn take<I, F, Fut>(cx: &Cx, input: &I, step: &Step, work: F) -> Result<AgreedItemResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, Scene, Option<S>) -> Fut,
    Fut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let viewer = cx.viewer().await?;
    let work = &work;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.item).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.item, true));
            }
            let scene = scene(&tx, cx, viewer, step.item).await?;
            let to = match moves::judge(step.kind, scene.item.state, scene.standing) {
                Ok(to) => to,
                Err(No::NotYours) => return Err(ApiError::forbidden(No::NotYours.text()).into()),
                Err(No::NotNow) => return Err(changed(&tx, &scene.item).await),
                Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
            };
            if step.expected_version.is_some_and(|expected| expected != scene.item.version) {
                return Err(changed(&tx, &scene.item).await);
            }
            let entry = audit::Entry::new(step.operation, scene.role, step.item);
            audit::record(&tx, cx, audit::Entry { committee: Some(scene.row.committee_id), ..entry }).await?;
            work(tx.clone(), scene, to).await?;
            Ok((step.item, false))
        })
        .await;
    finish(cx, done).await
}

/// The item and its consultation, locked in that order, with what the viewer is to them.
pub(super) async fn scene(tx: &WriteTx, cx: &Cx, viewer: &Viewer, id: AgreedItemId) -> Result<Scene, ApiError> {
    let seen = store::by_ids(&**tx, &[id]).await?.pop().ok_or_else(missing)?;
    let row = stages::locked_by_itself(tx, seen.consultation_id).await?.ok_or_else(missing)?;
    let item = store::locked(tx, id).await?.ok_or_else(missing)?;
    let known = facts::of(&**tx, cx.now(), std::slice::from_ref(&row)).await?.remove(&row.id).unwrap_or_default();
    let askers = askers(&**tx, row.id).await?;
    let words = store::words_of(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
    let has_said = words.iter().any(|word| word.round == item.round && word.account_id == viewer.account);
    let standing = Standing {
        secretary: known.secretaries.contains(&viewer.account),
        asker: askers.contains(&viewer.account),
        has_said,
        ..standing_by_row(viewer, &item, cx)
    };
    let role = match (standing.desk, standing.unit, standing.secretary) {
        (_, true, _) => "HANDLING_UNIT",
        (true, ..) => "LIAISON_COMMITTEE",
        (.., true) => "SECRETARY",
        _ => "ASKER",
    };
    Ok(Scene { item, row, standing, role })
}

/// What the viewer is to an item, as far as its own row says.
pub(super) fn standing_by_row(viewer: &Viewer, item: &agreed_item::Model, cx: &Cx) -> Standing {
    Standing {
        unit: handovers::units_of(viewer).contains(&item.unit_id),
        desk: viewer.desk_of(item.committee_id, &item.division_code).is_some(),
        given: item.given_at.is_some(),
        ended: item.ended_at.is_some(),
        overdue: item.due_at <= cx.now(),
        ..Standing::default()
    }
}

/// Who asked in one consultation.
pub(super) async fn askers(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<AccountId>, ApiError> {
    Ok(askers_of(db, &[id]).await?.remove(&id).unwrap_or_default())
}

/// Who asked in each of those consultations: who raised the topic it comes of; of one that comes of none, the stakeholders and residents who
/// were there.
pub(in crate::consultations) async fn askers_of(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<AccountId>>, ApiError> {
    let mut asked = topics::raisers_of(db, ids).await?;
    let others: Vec<ConsultationId> = ids.iter().copied().filter(|id| !asked.contains_key(id)).collect();
    if others.is_empty() {
        return Ok(asked);
    }
    let presence = people::store::presence(db, &others).await?;
    for (id, parts) in people::store::of_many(db, &others).await? {
        let was_there = |part: ParticipantId| presence.get(&id).is_some_and(|all| all.iter().any(|(_, there)| *there == part));
        let concerned = parts.into_iter().filter(|part| matches!(part.party, Party::Stakeholder | Party::Resident) && was_there(part.id));
        asked.insert(id, concerned.filter_map(|part| part.account_id).collect());
    }
    Ok(asked)
}

/// What was moved meanwhile.
pub(super) async fn changed(tx: &WriteTx, item: &agreed_item::Model) -> Stop<Refuse> {
    match store::last_event(tx, item.id).await {
        Ok(Some(last)) => Stop::Refused(Refuse::Changed { now: item.state, version: item.version, by_role: last.role, at: last.at }),
        Ok(None) => Stop::Refused(Refuse::Move(No::NotNow)),
        Err(error) => error.into(),
    }
}

/// [`write`], and what follows for the topic and the consultation where that has ended it.
pub(super) async fn advance(
    tx: &WriteTx,
    cx: &Cx,
    was: &agreed_item::Model,
    is: agreed_item::Model,
    said: (What, &str, Option<&str>),
) -> Result<(), ApiError> {
    let id = is.consultation_id;
    if write(tx, cx, was, is, said).await? { conclude(tx, cx, id).await } else { Ok(()) }
}

/// Writes the item as it is to be, one version on, with a line of history; tells those whom it concerns. Whether that has ended it.
pub(super) async fn write(
    tx: &WriteTx,
    cx: &Cx,
    was: &agreed_item::Model,
    is: agreed_item::Model,
    (what, role, note): (What, &str, Option<&str>),
) -> Result<bool, ApiError> {
    let is = agreed_item::Model { version: was.version + 1, changed_at: cx.now(), ..is };
    let event = event(cx, Some(was), &is, (what, role, note));
    let ended = was.ended_at.is_none() && is.ended_at.is_some();
    let (event_id, id, state) = (event.id, is.consultation_id, is.state);
    store::advance(tx, is, event).await?;
    if state == S::Done && was.state != S::Done {
        for asker in askers(&**tx, id).await? {
            outbox::tell_person(tx, cx, NoticeKind::ItemToConfirm, event_id.uuid(), id.uuid(), asker).await?;
        }
    }
    if ended {
        topics::consultation_went_on(tx, cx, id, NoticeKind::TopicItemEnded, &was.task).await?;
    }
    Ok(ended)
}

/// One line of history.
pub(super) fn event(
    cx: &Cx,
    was: Option<&agreed_item::Model>,
    is: &agreed_item::Model,
    (what, role, note): (What, &str, Option<&str>),
) -> agreed_item_event::Model {
    agreed_item_event::Model {
        item_id: is.id,
        version: is.version,
        id: cx.new_id(),
        at: is.changed_at,
        what,
        from_state: was.map(|was| was.state),
        to_state: is.state,
        role: role.to_owned(),
        account_id: cx.account_if_any(),
        note: note.map(str::to_owned),
    }
}

/// When everything agreed on has ended, that is the answer of the topic; and the consultation may be evaluated.
pub(in crate::consultations) async fn conclude(tx: &WriteTx, cx: &Cx, id: ConsultationId) -> Result<(), ApiError> {
    let items = store::of_write(tx, id).await?;
    if !items.is_empty() && items.iter().all(|item| item.ended_at.is_some()) {
        let line = |item: &agreed_item::Model| format!("{}. {}：{}", item.number, item.task, ended_as(item.state));
        let lines: Vec<String> = items.iter().map(line).collect();
        let text: String = format!("协商议定事项办理结果：{}", lines.join("；")).chars().take(2000).collect();
        topics::consultation_ended(tx, cx, id, &text).await?;
    }
    stage::step::settle(tx, cx, id).await
}

const fn ended_as(state: S) -> &'static str {
    match state {
        S::Confirmed => "已办结，提出人已确认",
        S::ClosedUnconfirmed => "已办结",
        S::Superseded => "已由新的事项取代",
        S::Cannot => "无法办理，原因已说明",
        _ => "办理中",
    }
}
