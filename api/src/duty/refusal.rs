use super::DutySlot;
use crate::kernel::{ApiError, Cx, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use shangyi_entities::DutySlotId;

/// Why something about duty was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DutyRefusalReason {
    /// Somebody changed it meanwhile: read it again.
    StateChanged,
    /// The member has something else at that time.
    PersonTaken,
    /// The slot has begun.
    TooLate,
    /// Not on the studio's roster, or not in office at that time.
    NotAMemberHere,
    /// The studio has closed.
    StudioClosed,
    /// The studio has no members yet: set them first.
    NoMembers,
    /// Every day of the plan has a roster already.
    NothingToPublish,
    /// The slot is offered already: withdraw that offer first.
    AlreadyOffered,
}

/// A write on duty was refused by the rules.
#[derive(SimpleObject)]
pub struct DutyRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: DutyRefusalReason,
}

/// The slot as it is now.
#[derive(SimpleObject)]
pub struct DutySlotPayload {
    /// The slot.
    pub slot: DutySlot,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The slot, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum DutySlotResult {
    /// Done.
    Done(DutySlotPayload),
    /// Refused.
    Refused(DutyRefused),
}

pub(super) fn refused(cx: &Cx, reason: DutyRefusalReason) -> DutyRefused {
    use DutyRefusalReason as R;
    let (code, text) = match reason {
        R::StateChanged => ("STATE_CHANGED", say("刚有人改动过，请刷新后再办。", "Somebody has just changed this; please read it again.")),
        R::PersonTaken => (
            "PERSON_TAKEN",
            say(
                "这位委员在这个时段已有其他安排，请换一个人或时段。",
                "The member has something else at that time; please choose somebody else or another time.",
            ),
        ),
        R::TooLate => {
            ("TOO_LATE", say("值班已经开始，不能再改；请直接联系召集人。", "This duty has begun and cannot be changed; please call the convenor."))
        }
        R::NotAMemberHere => (
            "NOT_A_MEMBER_HERE",
            say("对方不在这个工作室的委员名单中，或届时不在任期内。", "They are not on this studio's roster, or not in office at that time."),
        ),
        R::StudioClosed => ("STUDIO_CLOSED", say("这个工作室已经关闭。", "This studio has closed.")),
        R::NoMembers => ("NO_MEMBERS", say("工作室还没有委员，请先设置委员名单。", "The studio has no members yet; please set them first.")),
        R::NothingToPublish => ("NOTHING_TO_PUBLISH", say("这段时间的值班都已排好。", "Every day of this plan has its duty already.")),
        R::AlreadyOffered => {
            ("ALREADY_OFFERED", say("这个班次已经在找人换班，请先撤回。", "This slot is offered already; please withdraw that offer first."))
        }
    };
    DutyRefused { code: code.to_owned(), message: cx.tell(&text), reason }
}

/// The payload or the refusal of a write on a slot.
pub(super) async fn finish(cx: &Cx, done: Result<(DutySlotId, bool), Stop<DutyRefusalReason>>) -> Result<DutySlotResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let slot = super::find(cx, id).await?.ok_or_else(|| ApiError::not_found("这个班次", "This slot"))?;
            Ok(DutySlotResult::Done(DutySlotPayload { slot, replayed }))
        }
        Err(Stop::Refused(reason)) => Ok(DutySlotResult::Refused(refused(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
