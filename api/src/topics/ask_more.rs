use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, nothing_more, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// What the desk needs to know.
#[derive(InputObject)]
pub struct AskMoreAboutTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The question, at most 300 characters; read by the author.
    pub question: String,
}

const QUESTION: Rule = Rule { field: "question", name: ("需要补充的内容", "The question"), most: 300 };

pub(super) async fn run(cx: &Cx, input: AskMoreAboutTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "askMoreAboutTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::AskMore,
        what: TopicEventKind::MoreAsked,
        reason: None,
        note: Note::Private(text::clean(&QUESTION, &input.question)?),
        tell: Some((NoticeKind::TopicNeedsMore, Audience::Author)),
    };
    take(cx, &input, &step, |_| Ok(topic::ActiveModel::default()), nothing_more).await
}
