use super::cluster;
use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::TopicReason;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// Where the matter belongs.
#[derive(InputObject)]
pub struct RedirectTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why it does not belong here.
    pub reason: TopicReason,
    /// Where to, so that the person can go there (for example the petition office and its address), at most 200 characters.
    pub r#where: String,
}

const WHERE: Rule = Rule { field: "where", name: ("去向", "The place to go"), most: 200 };

pub(super) async fn run(cx: &Cx, input: RedirectTopicInput) -> Result<TopicResult, ApiError> {
    let place = text::clean(&WHERE, &input.r#where)?;
    let step = Step {
        operation: "redirectTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Redirect,
        what: TopicEventKind::Redirected,
        reason: Some(input.reason),
        note: Note::Desk(place.clone()),
        tell: Some((NoticeKind::TopicRedirected, Audience::Everyone)),
    };
    let change = |_: &topic::Model| {
        Ok(topic::ActiveModel {
            public_since: Set(None),
            reason: Set(Some(input.reason)),
            redirected_to: Set(Some(place.clone())),
            ..Default::default()
        })
    };
    take(cx, &input, &step, change, |tx, row| async move { Ok(cluster::show_merged(&tx, row.id, None).await?) }).await
}
