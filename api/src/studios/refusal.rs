use super::Studio;
use crate::kernel::{ApiError, Cx, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use shangyi_entities::VenueId;

/// Why a write on a studio was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum StudioRefusalReason {
    /// Another studio of the committee has this name.
    NameTaken,
    /// The studio has closed.
    StudioClosed,
    /// Somebody changed the studio meanwhile: read it again and expect its new version.
    StateChanged,
    /// A member named is not in office in this committee, at home or by assignment.
    NotAMemberHere,
    /// There are reception days ahead in it: move or cancel them first.
    ReceptionsAhead,
    /// Sittings of consultations are announced in it: move or postpone them first.
    SittingsAhead,
}

/// A write on a studio was refused by the rules.
#[derive(SimpleObject)]
pub struct StudioRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: StudioRefusalReason,
}

/// The studio as it is now.
#[derive(SimpleObject)]
pub struct StudioPayload {
    /// The studio.
    pub studio: Studio,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The studio, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum StudioResult {
    /// Done.
    Done(StudioPayload),
    /// Refused.
    Refused(StudioRefused),
}

pub(super) fn refused(cx: &Cx, reason: StudioRefusalReason) -> StudioRefused {
    use StudioRefusalReason as R;
    let (code, text) = match reason {
        R::NameTaken => {
            ("NAME_TAKEN", say("本委员会已有同名的工作室，请换一个名称。", "The committee has a studio of this name; please choose another."))
        }
        R::StudioClosed => ("STUDIO_CLOSED", say("这个工作室已经关闭。", "This studio has closed.")),
        R::StateChanged => {
            ("STATE_CHANGED", say("工作室刚被别人修改过，请刷新后再改。", "Somebody has just changed this studio; please read it again."))
        }
        R::ReceptionsAhead => (
            "RECEPTIONS_AHEAD",
            say(
                "这个工作室还有接待日安排，请先调整地点或取消，再关闭。",
                "There are reception days ahead in this studio; please move or cancel them before closing it.",
            ),
        ),
        R::SittingsAhead => (
            "SITTINGS_AHEAD",
            say(
                "这里还有已公告的协商会，请先改到其他场所或延期，再关闭工作室。",
                "Sittings are announced here; please move or postpone them first, and close the studio then.",
            ),
        ),
        R::NotAMemberHere => (
            "NOT_A_MEMBER_HERE",
            say(
                "名单中有人不是本委员会在任委员，请核对后再提交。",
                "Somebody on the list is not a member in office of this committee; please check.",
            ),
        ),
    };
    StudioRefused { code: code.to_owned(), message: cx.tell(&text), reason }
}

/// The payload or the refusal of a write on a studio.
pub(super) async fn finish(cx: &Cx, done: Result<(VenueId, bool), Stop<StudioRefusalReason>>) -> Result<StudioResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let studio = super::find(cx, id).await?.ok_or_else(|| ApiError::not_found("这个工作室", "This studio"))?;
            Ok(StudioResult::Done(StudioPayload { studio, replayed }))
        }
        Err(Stop::Refused(reason)) => Ok(StudioResult::Refused(refused(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
