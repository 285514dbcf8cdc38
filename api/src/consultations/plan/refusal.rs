use super::{YearPlan, store};
use crate::kernel::{ApiError, Cx, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use shangyi_entities::YearPlanId;

/// Why a write on a plan was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanRefusalReason {
    /// Somebody else changed the plan, or drafted it first: `plan` is as it is now.
    StateChanged,
    /// The time for comments is over, or the plan was approved.
    CommentsClosed,
}

/// A write on a plan was refused by the rules.
#[derive(SimpleObject)]
pub struct PlanRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: PlanRefusalReason,
    /// The plan as it is now; null where there is none yet.
    pub plan: Option<YearPlan>,
}

/// The plan as it is now.
#[derive(SimpleObject)]
pub struct YearPlanPayload {
    /// The plan.
    pub plan: YearPlan,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The plan, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum YearPlanResult {
    /// Done.
    Done(YearPlanPayload),
    /// Refused.
    Refused(PlanRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// It has another version by now; nothing: none yet.
    Changed(Option<YearPlanId>),
    /// Nothing more is said of this one.
    CommentsClosed(YearPlanId),
}

/// The payload or the refusal of a write on a plan.
pub(super) async fn finish(cx: &Cx, done: Result<(YearPlanId, bool), Stop<Refuse>>) -> Result<YearPlanResult, ApiError> {
    let read = async |id| Ok::<_, ApiError>(store::by_ids(cx, &[id]).await?.pop().map(YearPlan));
    match done {
        Ok((id, replayed)) => {
            let plan = read(id).await?.ok_or_else(super::missing)?;
            Ok(YearPlanResult::Done(YearPlanPayload { plan, replayed }))
        }
        Err(Stop::Refused(refuse)) => {
            let (reason, code, text, id) = match refuse {
                Refuse::Changed(id) => {
                    let text = say("这份计划刚刚有变，请刷新后再操作。", "The plan was changed meanwhile; please reload it first.");
                    (PlanRefusalReason::StateChanged, "STATE_CHANGED", text, id)
                }
                Refuse::CommentsClosed(id) => {
                    let text = say(
                        "征求意见已结束，如有新的建议请联系综合部门。",
                        "The time for comments is over; please tell the general desk what you still have to say.",
                    );
                    (PlanRefusalReason::CommentsClosed, "COMMENTS_CLOSED", text, Some(id))
                }
            };
            let plan = match id {
                Some(id) => read(id).await?,
                None => None,
            };
            Ok(YearPlanResult::Refused(PlanRefused { code: code.to_owned(), message: cx.tell(&text), reason, plan }))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}
