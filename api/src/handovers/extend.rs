use super::moves::Move;
use super::refusal::HandOverResult;
use super::step::{Step, take, tell_giver};
use crate::calendar::deadlines;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over_event::HandOverEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{HandOverId, TypedId, hand_over};
use uuid::Uuid;

/// Which hand-over needs more time.
#[derive(InputObject)]
pub struct ExtendHandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The hand-over.
    pub hand_over_id: Gid<HandOverId>,
    /// The version of the hand-over that the unit saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// How many working days more for the reply, 1 to 15. They are added to the time it had, not counted from today.
    pub working_days: i64,
    /// Why, at most 500 characters. Between unit and desk.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("延期理由", "The reason"), most: 500 };

/// Most working days of an extension.
const MOST: i64 = 15;

pub(super) async fn run(cx: &Cx, input: ExtendHandOverInput) -> Result<HandOverResult, ApiError> {
    if !(1..=MOST).contains(&input.working_days) {
        return Err(ApiError::bad_input(
            "workingDays",
            say(format!("可延期1到{MOST}个工作日。"), format!("An extension is 1 to {MOST} working days.")),
        ));
    }
    let step = Step {
        operation: "extendHandOver",
        request_id: input.request_id,
        hand_over: input.hand_over_id.0,
        expected_version: input.expected_version,
        kind: Move::Extend,
        what: HandOverEventKind::Extended,
        note: Some(text::clean(&REASON, &input.reason)?),
    };
    let more = input.working_days;
    let change = |_| hand_over::ActiveModel { extended: Set(true), ..Default::default() };
    take(cx, &input, &step, change, |tx, made| async move {
        deadlines::extend(&tx, DeadlineKind::HandOverReply, made.row.id.uuid(), more).await?;
        tell_giver(&tx, cx, NoticeKind::HandOverExtended, &made).await
    })
    .await
}
