use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, nothing_more, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// Which topic to take out of public view.
#[derive(InputObject)]
pub struct TakeDownTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the desk saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; read by author and backers.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("下架原因", "The reason"), most: 200 };

pub(super) async fn run(cx: &Cx, input: TakeDownTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "takeDownTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::TakeDown,
        what: TopicEventKind::TakenDown,
        reason: None,
        note: Note::Private(text::clean(&REASON, &input.reason)?),
        tell: Some((NoticeKind::TopicTakenDown, Audience::Everyone)),
    };
    let now = cx.now();
    let change = |_: &topic::Model| Ok(topic::ActiveModel { public_since: Set(None), taken_down_at: Set(Some(now)), ..Default::default() });
    take(cx, &input, &step, change, nothing_more).await
}
