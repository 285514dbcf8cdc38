use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, take};
use super::store;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// What the author adds.
#[derive(InputObject)]
pub struct SupplyMoreForTopicInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The supplement, at most 300 characters; it is added to the text.
    pub text: String,
}

const SUPPLEMENT: Rule = Rule { field: "text", name: ("补充内容", "The supplement"), most: 300 };

pub(super) async fn run(cx: &Cx, input: SupplyMoreForTopicInput) -> Result<TopicResult, ApiError> {
    let supplement = text::clean(&SUPPLEMENT, &input.text)?;
    let masked = text::mask_numbers(&supplement);
    let step = Step {
        operation: "supplyMoreForTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: None,
        kind: Move::SupplyMore,
        what: TopicEventKind::MoreSupplied,
        reason: None,
        note: Note::None,
        tell: None,
    };
    let longer = |row: &topic::Model| {
        let body = format!("{}\n\n补充：{masked}", row.body.as_deref().unwrap_or_default());
        Ok(topic::ActiveModel { body: Set(Some(body)), ..Default::default() })
    };
    let supplement = supplement.as_str();
    take(cx, &input, &step, longer, |tx, row| async move {
        let subject = row.author_id.map(|id| id.0).or(row.caller_id.map(|id| id.0));
        Ok(store::insert_original(&tx, cx, row.id, row.version + 1, subject, "", supplement).await?)
    })
    .await
}
