use super::moves::Move;
use super::refusal::AgreedItemResult;
use super::step::{Step, advance, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::AgreedItemId;
use shangyi_entities::agreed_item::{self};
use shangyi_entities::agreed_item_event::AgreedItemEventKind;
use uuid::Uuid;

/// How far an item has come.
#[derive(InputObject)]
pub struct ProgressItemInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The item, which the unit has accepted.
    pub item_id: Gid<AgreedItemId>,
    /// What was done so far, at most 500 characters; public. Phone and id-card numbers are masked.
    pub text: String,
}

const TEXT: Rule = Rule { field: "text", name: ("进展", "The progress"), most: 500 };

pub(in crate::consultations) async fn run(cx: &Cx, input: ProgressItemInput) -> Result<AgreedItemResult, ApiError> {
    let text = text::mask_numbers(&text::clean(&TEXT, &input.text)?);
    let step = Step { operation: "progressItem", request_id: input.request_id, item: input.item_id.0, expected_version: None, kind: Move::Progress };
    let text = text.as_str();
    take(cx, &input, &step, |tx, scene, to| async move {
        let is = agreed_item::Model { state: to.unwrap_or(scene.item.state), ..scene.item.clone() };
        Ok(advance(&tx, cx, &scene.item, is, (AgreedItemEventKind::Progressed, scene.role, Some(text))).await?)
    })
    .await
}
