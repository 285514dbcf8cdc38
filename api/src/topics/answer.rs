use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, take};
use super::store;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic, topic_answer};
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
    take(
        cx,
        &input,
        &step,
        |_| Ok(topic::ActiveModel::default()),
        |tx, row| async move {
            let answer = topic_answer::Model {
                id: cx.new_id(),
                topic_id: row.id,
                body: answer.to_owned(),
                at: cx.now(),
                answered_by: cx.account_if_any(),
                imported: false,
            };
            Ok(store::insert_answer(&tx, answer).await?)
        },
    )
    .await
}
