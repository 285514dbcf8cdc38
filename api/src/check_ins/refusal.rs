use super::enter::Made;
use super::{CheckInConflict, Visit};
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::VenueId;

/// Why an entry was refused. (Source: domain, "Studio duty and check-in".)
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckInRefusalReason {
    /// There is no studio of that id.
    UnknownStudio,
    /// The studio had closed by then.
    StudioClosed,
    /// Not a member of the studio's committee, at home or by assignment.
    NotAMemberHere,
    /// The studio never showed this code, or digits were used without network.
    CodeInvalid,
    /// The studio showed this code at another time: scan the one it shows now.
    CodeExpired,
    /// Checked in already, here or in the studio `where` names.
    AlreadyIn,
    /// There is nothing to check out of or to take back.
    NotIn,
    /// The member's term was over by then.
    TermEnded,
    /// Longer ago than 14 days.
    TooOld,
    /// Nobody enters, approves, confirms or settles for themself: then an officer does.
    NeedsAnotherPerson,
    /// Ten wrong codes within an hour: scan the code, it always works; digits are taken again at `resetsAt`.
    LimitReached,
    /// Somebody else was faster.
    StateChanged,
}

/// An entry was refused by the rules. Nothing was stored.
#[derive(SimpleObject)]
pub struct CheckInRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: CheckInRefusalReason,
    /// `ALREADY_IN`: the studio the member is in.
    #[graphql(name = "where")]
    pub place: Option<Gid<VenueId>>,
    /// `ALREADY_IN`: since when.
    pub since: Option<DateTime<Utc>>,
    /// `LIMIT_REACHED`: when digits are taken again.
    pub resets_at: Option<DateTime<Utc>>,
}

/// What came of an entry.
#[derive(SimpleObject)]
pub struct CheckInPayload {
    /// The visit it belongs to; null where it belongs to none: it was taken back, or is a check-out without a check-in.
    pub visit: Option<Visit>,
    /// The open conflict in which the entry is in question: it is stored, and somebody has a word to say.
    pub conflict: Option<CheckInConflict>,
    /// Whether this request had been done before.
    pub replayed: bool,
    /// The server's time, by which the phone can tell that its clock is wrong.
    pub server_time: DateTime<Utc>,
}

/// The visit, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum CheckInResult {
    /// Done.
    Done(CheckInPayload),
    /// Refused.
    Refused(CheckInRefused),
}

/// A refusal in the making.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refuse {
    /// A reason that needs nothing more.
    Because(CheckInRefusalReason),
    /// In a studio already, since then.
    In { studio: VenueId, since: DateTime<Utc> },
}

impl From<CheckInRefusalReason> for Refuse {
    fn from(reason: CheckInRefusalReason) -> Self {
        Self::Because(reason)
    }
}

impl Refuse {
    pub(super) fn say(self, cx: &Cx) -> CheckInRefused {
        use CheckInRefusalReason as R;
        let (reason, place, since) = match self {
            Self::Because(reason) => (reason, None, None),
            Self::In { studio, since } => (R::AlreadyIn, Some(Gid(studio)), Some(since)),
        };
        let (code, text) = words(reason);
        let resets_at = (reason == R::LimitReached).then(|| super::guesses::resets_at(cx.now()).utc());
        CheckInRefused { code: code.to_owned(), message: cx.tell(&text), reason, place, since, resets_at }
    }
}

fn words(reason: CheckInRefusalReason) -> (&'static str, Text) {
    use CheckInRefusalReason as R;
    match reason {
        R::UnknownStudio => {
            ("UNKNOWN_STUDIO", say("没有这个工作室，请重新扫描屏幕上的码。", "There is no such studio; please scan the code on its screen again."))
        }
        R::StudioClosed => ("STUDIO_CLOSED", say("这个工作室已经关闭，请到其他工作室。", "This studio has closed; please go to another one.")),
        R::NotAMemberHere => (
            "NOT_A_MEMBER_HERE",
            say(
                "您不是这个委员会的委员，如有疑问请联系联络员。",
                "You are not a member of this committee; if that is wrong, please ask the liaison officer.",
            ),
        ),
        R::CodeInvalid => {
            ("CODE_INVALID", say("签到码不正确，请重新扫描屏幕上的码。", "This is not the studio's code; please scan the one on its screen."))
        }
        R::CodeExpired => ("CODE_EXPIRED", say("签到码已更换，请扫描屏幕上现在的码。", "This code has changed; please scan the one shown now.")),
        R::AlreadyIn => ("ALREADY_IN", say("您已经签到，离开前请先签退。", "You are checked in already; please check out first.")),
        R::NotIn => (
            "NOT_IN",
            say(
                "没有可以签退或撤销的签到；如忘了签到，可以申请补签。",
                "There is nothing to check out of or take back; a forgotten check-in can be asked for as a late entry.",
            ),
        ),
        R::TermEnded => ("TERM_ENDED", say("您的委员任期当时已结束，不能签到。", "Your term was over by then; you cannot check in.")),
        R::TooOld => (
            "TOO_OLD",
            say(
                "这条记录超过14天，不能再补传；请联系召集人说明情况。",
                "This is more than 14 days old and cannot be entered any more; please tell the convenor.",
            ),
        ),
        R::NeedsAnotherPerson => (
            "NEEDS_ANOTHER_PERSON",
            say("自己的签到不能由本人办理，请由联络员办理。", "Nobody decides about their own entries; please ask the liaison officer."),
        ),
        R::LimitReached => (
            "LIMIT_REACHED",
            say(
                "这里一小时内错误的签到码太多，数字码暂停使用，请改用扫码签到。",
                "Too many wrong codes here within the hour: digits are not taken for now; please scan the code instead.",
            ),
        ),
        R::StateChanged => {
            ("STATE_CHANGED", say("这件事刚被别人办理过，请刷新查看。", "Somebody else has just dealt with this; please read it again."))
        }
    }
}

/// The payload or the refusal.
pub(super) fn finish(cx: &Cx, done: Result<Made, Stop<Refuse>>) -> Result<CheckInResult, ApiError> {
    match done {
        Ok(Made { visit, conflict, replayed }) => Ok(CheckInResult::Done(CheckInPayload { visit, conflict, replayed, server_time: cx.now().utc() })),
        Err(Stop::Refused(refuse)) => Ok(CheckInResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
