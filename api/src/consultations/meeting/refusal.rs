use super::{ChairMeeting, store};
use crate::consultations::stage::Refuse as OfStage;
use crate::consultations::stage::{ConsultationRefusalReason, ConsultationRefused};
use crate::kernel::{ApiError, Cx, Gid, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::consultation::ConsultationState;
use shangyi_entities::{ChairMeetingId, ConsultationId, YearPlanId};

/// Why a chair's meeting was not entered. Nothing of it was: it is one thing.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChairMeetingRefusalReason {
    /// A meeting of that number was entered in this term.
    HeldAlready,
    /// Nobody has commented on the plan, and the time for it is not over.
    PlanNotCommented,
    /// The proposal is neither in the approved plan nor a special matter.
    NotInPlan,
    /// The topic it comes of is not on the short list any more.
    TopicNotReady,
    /// Somebody else changed the plan or the proposal first.
    StateChanged,
}

/// A chair's meeting was not entered.
#[derive(SimpleObject)]
pub struct ChairMeetingRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: ChairMeetingRefusalReason,
    /// The plan that is in the way.
    pub plan_id: Option<Gid<YearPlanId>>,
    /// The proposal that is in the way.
    pub consultation_id: Option<Gid<ConsultationId>>,
    /// Where that proposal stands now.
    pub now: Option<ConsultationState>,
    /// The version of it to expect next.
    pub version: Option<i64>,
    /// By which role it was moved.
    pub by_role: Option<String>,
    /// When it was moved.
    pub at: Option<DateTime<Utc>>,
}

/// The meeting as it was entered.
#[derive(SimpleObject)]
pub struct ChairMeetingPayload {
    /// The meeting.
    pub meeting: ChairMeeting,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The meeting, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum ChairMeetingResult {
    /// Done.
    Done(ChairMeetingPayload),
    /// Refused.
    Refused(ChairMeetingRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// The number is another meeting's.
    HeldAlready,
    /// Nobody has commented on this plan yet.
    PlanNotCommented(YearPlanId),
    /// This plan has another version by now, or was approved.
    PlanChanged(YearPlanId),
    /// This proposal cannot be decided so.
    Proposal(ConsultationId, OfStage),
}

impl Refuse {
    fn say(self, cx: &Cx) -> ChairMeetingRefused {
        use ChairMeetingRefusalReason as R;
        let (reason, code, text, plan) = match self {
            Self::HeldAlready => (
                R::HeldAlready,
                "HELD_ALREADY",
                say("本届已登记过这一次主席会议，请核对次数。", "A meeting of that number was entered in this term; please check the number."),
                None,
            ),
            Self::PlanNotCommented(id) => (
                R::PlanNotCommented,
                "PLAN_NOT_COMMENTED",
                say(
                    "年度计划尚未征求委员意见，请在征求意见后再提请审定。",
                    "Members have not been heard on the plan; please decide once somebody has commented, or the time for it is over.",
                ),
                Some(id),
            ),
            Self::PlanChanged(id) => (
                R::StateChanged,
                "STATE_CHANGED",
                say("年度计划刚刚有变，请刷新后再审定。", "The plan was changed meanwhile; please reload it and decide then."),
                Some(id),
            ),
            Self::Proposal(id, refuse) => {
                let ConsultationRefused { code, message, reason, now, version, by_role, at, .. } = refuse.say(cx);
                let reason = match reason {
                    ConsultationRefusalReason::NotInPlan => R::NotInPlan,
                    ConsultationRefusalReason::TopicNotReady => R::TopicNotReady,
                    _ => R::StateChanged,
                };
                return ChairMeetingRefused { code, message, reason, plan_id: None, consultation_id: Some(Gid(id)), now, version, by_role, at };
            }
        };
        let (now, version, by_role, at) = (None, None, None, None);
        let (code, message) = (code.to_owned(), cx.tell(&text));
        ChairMeetingRefused { code, message, reason, plan_id: plan.map(Gid), consultation_id: None, now, version, by_role, at }
    }
}

/// The payload or the refusal.
pub(super) async fn finish(cx: &Cx, done: Result<(ChairMeetingId, bool), Stop<Refuse>>) -> Result<ChairMeetingResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let row = store::by_ids(cx, &[id]).await?.pop().ok_or_else(|| ApiError::broken("a meeting is gone"))?;
            Ok(ChairMeetingResult::Done(ChairMeetingPayload { meeting: ChairMeeting(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ChairMeetingResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
