use super::moves::Move;
use super::refusal::AgreedItemResult;
use super::step::{Step, advance, take};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::AgreedItemId;
use shangyi_entities::agreed_item;
use shangyi_entities::agreed_item_event::AgreedItemEventKind;
use uuid::Uuid;

/// Which item cannot be done, as its unit says.
#[derive(InputObject)]
pub struct AcknowledgeCannotInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The item; not acknowledged, it can be given to another unit (`handOver`).
    pub item_id: Gid<AgreedItemId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: AcknowledgeCannotInput) -> Result<AgreedItemResult, ApiError> {
    let step = Step {
        operation: "acknowledgeCannot",
        request_id: input.request_id,
        item: input.item_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Acknowledge,
    };
    take(cx, &input, &step, |tx, scene, _| async move {
        let is = agreed_item::Model { ended_at: Some(cx.now()), ..scene.item.clone() };
        Ok(advance(&tx, cx, &scene.item, is, (AgreedItemEventKind::CannotAcknowledged, scene.role, None)).await?)
    })
    .await
}
