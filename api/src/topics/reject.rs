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

/// Why the topic is not taken up.
#[derive(InputObject)]
pub struct RejectTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The reason, of a closed list. A duplicate is no reason.
    pub reason: TopicReason,
    /// A word to the author, at most 300 characters.
    pub note: Option<String>,
}

const NOTE: Rule = Rule { field: "note", name: ("说明", "The note"), most: 300 };

pub(super) async fn run(cx: &Cx, input: RejectTopicInput) -> Result<TopicResult, ApiError> {
    let note = text::clean_optional(&NOTE, input.note.as_deref())?;
    let step = Step {
        operation: "rejectTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Reject,
        what: TopicEventKind::Rejected,
        reason: Some(input.reason),
        note: note.map_or(Note::None, Note::Private),
        tell: Some((NoticeKind::TopicRejected, Audience::Everyone)),
    };
    let change = |_: &topic::Model| Ok(topic::ActiveModel { public_since: Set(None), reason: Set(Some(input.reason)), ..Default::default() });
    take(cx, &input, &step, change, |tx, row| async move { Ok(cluster::show_merged(&tx, row.id, None).await?) }).await
}
