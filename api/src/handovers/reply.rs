use super::moves::Move;
use super::refusal::HandOverResult;
use super::step::{Step, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::hand_over_event::HandOverEventKind;
use shangyi_entities::{HandOverId, hand_over};
use uuid::Uuid;

/// The reply of the unit.
#[derive(InputObject)]
pub struct ReplyToHandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The hand-over.
    pub hand_over_id: Gid<HandOverId>,
    /// The version of the hand-over that the unit saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// What became of the matter, at most 2000 characters. It is the answer of the topic, and public; phone and id-card
    /// numbers are masked.
    pub text: String,
}

const REPLY: Rule = Rule { field: "text", name: ("答复", "The reply"), most: 2000 };

pub(super) async fn run(cx: &Cx, input: ReplyToHandOverInput) -> Result<HandOverResult, ApiError> {
    let reply = text::mask_numbers(&text::clean(&REPLY, &input.text)?);
    let step = Step {
        operation: "replyToHandOver",
        request_id: input.request_id,
        hand_over: input.hand_over_id.0,
        expected_version: input.expected_version,
        kind: Move::Reply,
        what: HandOverEventKind::Replied,
        note: None,
    };
    let reply = reply.as_str();
    let change = || hand_over::ActiveModel { reply: Set(Some(reply.to_owned())), ..Default::default() };
    take(cx, &input, &step, change, |tx, made| async move { made.subject.replied(&tx, cx, reply, &made.row).await }).await
}
