use super::moves::Move;
use super::refusal::HandOverResult;
use super::step::{Step, take};
use super::subject::Subject;
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
    /// What became of the matter, at most 2000 characters. Of a topic it is the answer, and public; of a reception record it
    /// is for the person who was received. Phone and id-card numbers are masked.
    pub text: String,
    /// Of an agreed item: that it cannot be done, and `text` says why. The liaison committee acknowledges it, or names another unit.
    #[graphql(default)]
    pub cannot: bool,
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
    let (reply, cannot) = (reply.as_str(), input.cannot);
    // What is one person's own matter stands with them, under their key.
    let public = |subject: Subject| if subject.is_private() { String::new() } else { reply.to_owned() };
    let change = |subject| hand_over::ActiveModel { reply: Set(Some(public(subject))), ..Default::default() };
    take(cx, &input, &step, change, |tx, made| async move { made.subject.replied(&tx, cx, (reply, cannot), &made.row).await }).await
}
