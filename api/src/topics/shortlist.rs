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

/// Which topic to put on the short list.
#[derive(InputObject)]
pub struct ShortlistTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Which topic to take off the short list.
#[derive(InputObject)]
pub struct UnshortlistTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; read by author and desk.
    pub reason: Option<String>,
}

const REASON: Rule = Rule { field: "reason", name: ("原因", "The reason"), most: 200 };

pub(super) async fn run(cx: &Cx, input: ShortlistTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "shortlistTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Shortlist,
        what: TopicEventKind::Shortlisted,
        reason: None,
        note: Note::None,
        tell: Some((NoticeKind::TopicShortlisted, Audience::Author)),
    };
    take(cx, &input, &step, |_| Ok(topic::ActiveModel::default()), nothing_more).await
}

pub(super) async fn undo(cx: &Cx, input: UnshortlistTopicInput) -> Result<TopicResult, ApiError> {
    let reason = text::clean_optional(&REASON, input.reason.as_deref())?;
    let step = Step {
        operation: "unshortlistTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Unshortlist,
        what: TopicEventKind::Unshortlisted,
        reason: None,
        note: reason.map_or(Note::None, Note::Private),
        tell: None,
    };
    take(cx, &input, &step, |_| Ok(topic::ActiveModel::default()), nothing_more).await
}
