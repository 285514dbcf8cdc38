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
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// Which topic to take back.
#[derive(InputObject)]
pub struct WithdrawTopicInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// Why, at most 200 characters; read by the desk, encrypted under the author's key.
    pub reason: Option<String>,
}

const REASON: Rule = Rule { field: "reason", name: ("撤回原因", "The reason"), most: 200 };

pub(super) async fn run(cx: &Cx, input: WithdrawTopicInput) -> Result<TopicResult, ApiError> {
    let reason = text::clean_optional(&REASON, input.reason.as_deref())?;
    let step = Step {
        operation: "withdrawTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: None,
        kind: Move::Withdraw,
        what: TopicEventKind::Withdrawn,
        reason: None,
        note: reason.map_or(Note::None, Note::Private),
        tell: Some((NoticeKind::TopicWithdrawn, Audience::Backers)),
    };
    let change = |_: &topic::Model| Ok(topic::ActiveModel { public_since: Set(None), ..Default::default() });
    take(cx, &input, &step, change, |tx, row| async move {
        if row.merged_count > 0 {
            cluster::promote(&tx, cx, &row).await?;
        }
        Ok(())
    })
    .await
}
