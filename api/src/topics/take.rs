use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, nothing_more, take};
use crate::calendar::deadlines;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, TypedId, topic};
use uuid::Uuid;

/// Which topic to take on.
#[derive(InputObject)]
pub struct TakeTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Which topic to hand back to the desk.
#[derive(InputObject)]
pub struct HandBackTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(super) async fn run(cx: &Cx, input: TakeTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "takeTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Take,
        what: TopicEventKind::Taken,
        reason: None,
        note: Note::None,
        tell: None,
    };
    let (account, now) = (cx.account()?, cx.now());
    let change = |_: &topic::Model| Ok(topic::ActiveModel { taken_by: Set(Some(account)), taken_at: Set(Some(now)), ..Default::default() });
    // Whoever takes it on has looked at it.
    take(cx, &input, &step, change, |tx, row| async move { Ok(deadlines::close_all(&tx, cx, row.id.uuid(), &[DeadlineKind::TopicFirstLook]).await?) })
        .await
}

pub(super) async fn hand_back(cx: &Cx, input: HandBackTopicInput) -> Result<TopicResult, ApiError> {
    let step = Step {
        operation: "handBackTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::HandBack,
        what: TopicEventKind::HandedBack,
        reason: None,
        note: Note::None,
        tell: None,
    };
    let change = |_: &topic::Model| Ok(topic::ActiveModel { taken_by: Set(None), taken_at: Set(None), ..Default::default() });
    take(cx, &input, &step, change, nothing_more).await
}
