use super::super::moves::Move;
use super::super::refusal::TopicResult;
use super::super::step::{Mover, Note, Step, take};
use super::super::{moves, store, words};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{HandOverId, OrganisationId, TopicId, TypedId, topic_answer};
use uuid::Uuid;

/// The answer of the desk.
#[derive(InputObject)]
pub struct AnswerTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// What became of it, at most 2000 characters. Public.
    pub text: String,
}

const ANSWER: Rule = Rule { field: "text", name: ("答复", "The answer"), most: 2000 };
/// Authors are asked after so many days whether the answer was kept. Source: domain, "Topics".
const ASK_AFTER: i64 = 28 * 86_400;

pub(super) async fn run(cx: &Cx, input: AnswerTopicInput) -> Result<TopicResult, ApiError> {
    let answer = text::clean(&ANSWER, &input.text)?;
    let step = Step {
        operation: "answerTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Answer,
        what: TopicEventKind::Answered,
        reason: None,
        note: Note::Desk(answer.clone()),
        tell: Some((NoticeKind::TopicAnswered, Audience::Everyone)),
    };
    let answer = answer.as_str();
    let settles = |row: &topic::Model| row.reopened >= moves::REOPENINGS;
    let change = |row: &topic::Model| Ok(ask_later(cx, if settles(row) { TopicState::Settled } else { TopicState::Answered }));
    let viewer = cx.viewer().await?;
    take(cx, &input, &step, change, |tx, row| async move {
        if row.state == TopicState::HandedOver {
            // The desk answers itself: the unit need not any more.
            crate::handovers::recall(&tx, cx, "answerTopic", row.id.uuid(), &Mover::viewer(viewer, &row, Move::Answer).role).await?;
        }
        Ok(write_answer(&tx, cx, &row, answer, None).await?)
    })
    .await
}

/// When the authors will be asked about an answer that leads there; a settled matter is asked about no more.
pub(in super::super) fn ask_later(cx: &Cx, to: TopicState) -> topic::ActiveModel {
    let at = (to == TopicState::Answered).then(|| cx.now().plus_seconds(ASK_AFTER));
    topic::ActiveModel { ask_at: Set(at), ..Default::default() }
}

/// Writes the answer, and the words by which the topic is found because of it.
pub(in super::super) async fn write_answer(
    tx: &WriteTx,
    cx: &Cx,
    row: &topic::Model,
    text: &str,
    unit: Option<(HandOverId, OrganisationId)>,
) -> Result<(), ApiError> {
    let answer = topic_answer::Model {
        id: cx.new_id(),
        topic_id: row.id,
        body: text.to_owned(),
        at: cx.now(),
        answered_by: cx.account_if_any(),
        imported: false,
        hand_over_id: unit.map(|(hand_over, _)| hand_over),
        unit_id: unit.map(|(_, unit)| unit),
    };
    store::insert_answer(tx, answer).await?;
    words::write(tx, cx, row.id, row.title.as_deref(), row.body.as_deref()).await
}
