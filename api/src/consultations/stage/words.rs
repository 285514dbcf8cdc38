//! What people read where something about a consultation is refused for a reason that needs no more than its name.
use super::ConsultationRefusalReason as R;
use super::moves::No;
use crate::kernel::{Text, say};

/// The reason as a word, and as a sentence with the next step.
pub(super) fn of(reason: R) -> (&'static str, Text) {
    match reason {
        R::NotInvited => (
            "NOT_INVITED",
            say("您还没有报名或受邀参加这场协商，请先报名。", "You are neither invited nor have you asked to come; please ask to attend first."),
        ),
        R::TakesPartAlready => (
            "TAKES_PART_ALREADY",
            say("您已在这场协商的参加名单中，请直接答复是否参加。", "You take part in this consultation already; please just reply to its sitting."),
        ),
        R::NotAParty => (
            "NOT_A_PARTY",
            say(
                "这场协商没有公告这一类参加方，请另选身份，或改为旁听。",
                "Nobody takes part in this consultation as that, as it was announced; please choose another party, or OBSERVER.",
            ),
        ),
        R::NotPresent => {
            ("NOT_PRESENT", say("请先签到，再参与表决和签字。", "Please check in at the door first; those who are there vote and sign."))
        }
        R::CodeInvalid => ("CODE_INVALID", say("签到码不对，请对照会场屏幕重新输入。", "This is not the code of this door; please read it again.")),
        R::CodeExpired => ("CODE_EXPIRED", say("签到码已更新，请重新扫码。", "The code has changed meanwhile; please scan it again.")),
        R::LimitReached => (
            "LIMIT_REACHED",
            say(
                "输错次数过多，请稍后再试，或请会议记录人登记。",
                "Too many wrong codes; please try later, or let whoever keeps the minutes enter you.",
            ),
        ),
        R::NotOpenYet => ("NOT_OPEN_YET", say("签到在会议开始前半小时开放。", "The door opens half an hour before the sitting begins.")),
        R::SignedAlready => ("SIGNED_ALREADY", say("您已就这份纪要签过意见。", "You have signed these minutes, or objected to them, already.")),
        R::DraftReplaced => {
            ("DRAFT_REPLACED", say("纪要已有新的一稿，请查看新稿后再签。", "There is a newer draft; please read that one and sign it."))
        }
        R::StatementsUsedUp => (
            "STATEMENTS_USED_UP",
            say("每人最多提出5条观点，可以对已有观点表决。", "Everybody makes five statements at most; you can vote on those there are."),
        ),
        R::DraftOutdated => (
            "DRAFT_OUTDATED",
            say(
                "起草后有议定事项已有新进展，请按最新情况重新起草并签字。",
                "Something that this draft changes has gone on meanwhile; please draft it anew, and have it signed.",
            ),
        ),
        // The others are said with what belongs to them.
        _ => (No::NotNow.code(), No::NotNow.text()),
    }
}
