use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, nothing_more, take};
use crate::kernel::{ApiError, Cx, Gid};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// Which topic to accept.
#[derive(InputObject)]
pub struct AcceptTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(super) async fn run(cx: &Cx, input: AcceptTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "acceptTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Accept,
        what: TopicEventKind::Accepted,
        reason: None,
        note: Note::None,
        tell: Some((NoticeKind::TopicAccepted, Audience::Author)),
    };
    let now = cx.now();
    take(cx, &input, &step, |_| Ok(topic::ActiveModel { public_since: Set(Some(now)), ..Default::default() }), nothing_more).await
}
