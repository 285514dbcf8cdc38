//! What the room of consultations does to a topic, in that room's transaction.
use super::handed::plainly;
use super::moves::{self, Move};
use super::outcome;
use super::step::{self, Mover, Note, Step};
use super::store;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
use crate::notices::outbox::Audience;
use sea_orm::ConnectionTrait;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::TopicState;
use shangyi_entities::topic_adoption::{self, AdoptedAs};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{AccountId, ConsultationId, OrganisationId, TopicId, topic};
use std::collections::HashMap;
use uuid::Uuid;

fn step(operation: &'static str, topic: TopicId, kind: Move, what: TopicEventKind, tell: Option<(NoticeKind, Audience)>) -> Step {
    Step { operation, request_id: Uuid::nil(), topic, expected_version: None, kind, what, reason: None, note: Note::None, tell }
}

/// Whether the viewer's desk could adopt the topic now, and so propose a consultation about it; the topic stays locked.
pub async fn can_be_consulted_about(tx: &WriteTx, viewer: &Viewer, id: TopicId, committee: OrganisationId) -> Result<bool, ApiError> {
    let row = step::find(tx, viewer, id).await?;
    if row.committee_id != Some(committee) {
        return Ok(false);
    }
    match step::judge(tx, Move::Adopt, viewer, &row).await {
        Ok(_) => Ok(true),
        Err(Stop::Refused(_)) => Ok(false),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// The consultation that was proposed about it was selected: everyone who raised or backed it is told. Of a topic that was merged
/// meanwhile its canonical one becomes it. Whether it did: what went another way is consulted about no more.
pub async fn became_consultation(tx: &WriteTx, cx: &Cx, id: TopicId, consultation: ConsultationId, title: &str) -> Result<bool, ApiError> {
    let Some(mut row) = store::locked(tx, id).await? else { return Ok(false) };
    if let Some(canonical) = row.canonical_id {
        let Some(head) = store::locked(tx, canonical).await? else { return Ok(false) };
        row = head;
    }
    let Some(to) = moves::by_itself(Move::BecomeConsultation, row.state, row.reopened) else { return Ok(false) };
    let told = Some((NoticeKind::TopicAdopted, Audience::Everyone));
    let step = step("selectConsultation", row.id, Move::BecomeConsultation, TopicEventKind::Adopted, told);
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, Some(to), topic::ActiveModel::default()).await)?;
    let adoption = topic_adoption::Model {
        id: cx.new_id(),
        topic_id: row.id,
        what: AdoptedAs::Consultation,
        reference: None,
        body: title.to_owned(),
        at: cx.now(),
        adopted_by: cx.account()?,
        result: None,
        ended_at: None,
        ended_by: None,
        consultation_id: Some(consultation),
    };
    outcome::insert_adoption(tx, adoption).await?;
    Ok(true)
}

/// What somebody has to do with the topic that became a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Raised it, or one that is merged into it.
    Raised,
    /// Backs it, or one that is merged into it.
    Backed,
}

/// What an account has to do with the topic that became a consultation.
pub async fn concern_in(tx: &WriteTx, consultation: ConsultationId, account: AccountId) -> Result<Option<Concern>, ApiError> {
    let Some(topic) = outcome::topic_of_consultation(&**tx, consultation).await? else { return Ok(None) };
    if store::raised_in_cluster(&**tx, topic, account).await? {
        return Ok(Some(Concern::Raised));
    }
    Ok(store::backs_in_cluster(&**tx, topic, account).await?.then_some(Concern::Backed))
}

/// Who raised the topic that became each of those consultations, or one merged into it; none of them for one that comes of no topic.
pub async fn raisers_of(db: &impl ConnectionTrait, consultations: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<AccountId>>, ApiError> {
    let heads = outcome::topics_of_consultations(db, consultations).await?;
    let topics: Vec<TopicId> = heads.iter().map(|(_, topic)| *topic).collect();
    let raised = store::raisers(db, &topics).await?;
    Ok(heads.into_iter().filter_map(|(id, topic)| Some((id, raised.get(&topic)?.clone()))).collect())
}

/// The topic that became a consultation, locked, while that is open.
async fn behind(tx: &WriteTx, consultation: ConsultationId) -> Result<Option<topic::Model>, ApiError> {
    match outcome::topic_of_consultation(&**tx, consultation).await? {
        Some(id) => Ok(store::locked(tx, id).await?.filter(|row| row.state == TopicState::Adopted)),
        None => Ok(None),
    }
}

/// Something happened to the consultation that a topic became: everyone who raised or backed it is told, `said` with it.
pub async fn consultation_went_on(tx: &WriteTx, cx: &Cx, consultation: ConsultationId, kind: NoticeKind, said: &str) -> Result<(), ApiError> {
    // Whatever has become of the topic since: who raised or backed it hears of each step.
    let Some(topic) = outcome::topic_of_consultation(&**tx, consultation).await? else { return Ok(()) };
    let Some(row) = store::locked(tx, topic).await? else { return Ok(()) };
    let mut step = step("consultation", row.id, Move::ConsultationWentOn, TopicEventKind::ConsultationWentOn, Some((kind, Audience::Everyone)));
    step.note = Note::Desk(said.to_owned());
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, None, topic::ActiveModel::default()).await).map(|_| ())
}

/// The consultation that a topic became has ended: with everything else it became, that is its answer.
pub async fn consultation_ended(tx: &WriteTx, cx: &Cx, consultation: ConsultationId, result: &str) -> Result<(), ApiError> {
    let Some(row) = behind(tx, consultation).await? else { return Ok(()) };
    if !outcome::end_of_consultation(tx, row.id, consultation, result, cx.account_if_any(), cx.now()).await? {
        return Ok(());
    }
    let step = step("endConsultation", row.id, Move::RecordOutcome, TopicEventKind::OutcomeRecorded, None);
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, None, topic::ActiveModel::default()).await)?;
    plainly(outcome::conclude(tx, cx, row.id).await)
}

fn by_committee(cx: &Cx) -> Mover {
    Mover { role: "COMMITTEE".to_owned(), account: cx.account_if_any() }
}
