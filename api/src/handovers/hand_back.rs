use super::moves::Move;
use super::refusal::HandOverResult;
use super::step::{Step, take, tell_giver};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::hand_over_event::HandOverEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{HandOverId, hand_over};
use uuid::Uuid;

/// Which hand-over to return.
#[derive(InputObject)]
pub struct ReturnHandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The hand-over.
    pub hand_over_id: Gid<HandOverId>,
    /// The version of the hand-over that the unit saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why it is not this unit's to handle, and whose it may be, at most 500 characters. Between unit and desk.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("退回理由", "The reason"), most: 500 };

pub(super) async fn run(cx: &Cx, input: ReturnHandOverInput) -> Result<HandOverResult, ApiError> {
    let step = Step {
        operation: "returnHandOver",
        request_id: input.request_id,
        hand_over: input.hand_over_id.0,
        expected_version: input.expected_version,
        kind: Move::Return,
        what: HandOverEventKind::Returned,
        note: Some(text::clean(&REASON, &input.reason)?),
    };
    let reason = step.note.as_deref();
    take(
        cx,
        &input,
        &step,
        |_| hand_over::ActiveModel::default(),
        |tx, made| async move {
            made.subject.returned(&tx, cx, reason).await?;
            tell_giver(&tx, cx, NoticeKind::HandOverReturned, &made).await
        },
    )
    .await
}
