//! What the room of consultations does to a topic, in that room's transaction.
use super::handed::plainly;
use super::moves::{self, Move};
use super::outcome;
use super::refusal::Refuse;
use super::step::{self, Mover, Note, Step};
use super::store;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
use crate::notices::outbox::Audience;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::TopicState;
use shangyi_entities::topic_adoption::{self, AdoptedAs};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{ConsultationId, OrganisationId, TopicId, topic};
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

/// The consultation that was proposed about it was selected: everyone who raised or backed it is told. A topic that went another way
/// meanwhile stays there.
pub async fn became_consultation(tx: &WriteTx, cx: &Cx, id: TopicId, consultation: ConsultationId, title: &str) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await? else { return Ok(()) };
    let Some(to) = moves::by_itself(Move::BecomeConsultation, row.state, row.reopened) else { return Ok(()) };
    let told = Some((NoticeKind::TopicAdopted, Audience::Everyone));
    let step = step("selectConsultation", id, Move::BecomeConsultation, TopicEventKind::Adopted, told);
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, Some(to), topic::ActiveModel::default()).await)?;
    let adoption = topic_adoption::Model {
        id: cx.new_id(),
        topic_id: id,
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
    outcome::insert_adoption(tx, adoption).await
}

/// The consultation that it became was announced: everyone who raised or backed it is told when and where.
pub async fn consultation_announced(tx: &WriteTx, cx: &Cx, id: TopicId) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await? else { return Ok(()) };
    if row.state != TopicState::Adopted {
        return Ok(());
    }
    let told = Some((NoticeKind::TopicConsultationAnnounced, Audience::Everyone));
    let step = step("announceConsultation", id, Move::ConsultationAnnounced, TopicEventKind::ConsultationAnnounced, told);
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, None, topic::ActiveModel::default()).await).map(|_| ())
}

/// The consultation that it became has ended: with everything else it became, that is its answer.
pub async fn consultation_ended(tx: &WriteTx, cx: &Cx, id: TopicId, consultation: ConsultationId, result: &str) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await? else { return Ok(()) };
    if !outcome::end_of_consultation(tx, id, consultation, result, cx.account()?, cx.now()).await? {
        return Ok(());
    }
    let step = step("endConsultation", id, Move::RecordOutcome, TopicEventKind::OutcomeRecorded, None);
    plainly(step::make(tx, cx, &by_committee(cx), &step, &row, None, topic::ActiveModel::default()).await)?;
    concluded(outcome::conclude(tx, cx, id).await)
}

fn concluded(done: Result<(), Stop<Refuse>>) -> Result<(), ApiError> {
    plainly(done)
}

fn by_committee(cx: &Cx) -> Mover {
    Mover { role: "COMMITTEE".to_owned(), account: cx.account_if_any() }
}
