use super::moves::Move;
use super::refusal::HandOverResult;
use super::step::{Step, take};
use crate::calendar::deadlines;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over;
use shangyi_entities::hand_over_event::HandOverEventKind;
use shangyi_entities::{HandOverId, TypedId};
use uuid::Uuid;

/// Which hand-over to accept.
#[derive(InputObject)]
pub struct AcceptHandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The hand-over.
    pub hand_over_id: Gid<HandOverId>,
    /// The version of the hand-over that the unit saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(super) async fn run(cx: &Cx, input: AcceptHandOverInput) -> Result<HandOverResult, ApiError> {
    let step = Step {
        operation: "acceptHandOver",
        request_id: input.request_id,
        hand_over: input.hand_over_id.0,
        expected_version: input.expected_version,
        kind: Move::Accept,
        what: HandOverEventKind::Accepted,
        note: None,
    };
    take(
        cx,
        &input,
        &step,
        |_| hand_over::ActiveModel::default(),
        |tx, made| async move {
            made.subject.accepted(&tx, cx).await?;
            deadlines::close(&tx, cx, DeadlineKind::HandOverAnswer, &[made.row.id.uuid()]).await
        },
    )
    .await
}
