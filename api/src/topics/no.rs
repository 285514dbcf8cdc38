//! Why a move of a topic is refused: as clients read it, and as people do.
use crate::kernel::{Text, say};

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// The topic is not in a state from which this move starts.
    NotNow,
    /// The desk's move on one's own topic.
    NeedsAnotherPerson,
    /// It is not public any more.
    NotPublic,
    /// It is merged into another topic, which is the one to move.
    MergedElsewhere,
    /// It is not merged into any.
    NotMerged,
    /// Others are merged into it.
    HasMerged,
    /// It has had an answer already.
    HasAnswer,
    /// Another officer has taken it on.
    TakenByAnother,
    /// The viewer has not taken it on.
    NotTaken,
    /// A second look was had already.
    SecondLookUsed,
    /// Nobody has asked for a second look.
    SecondLookNotAsked,
    /// The author has said so to this answer already.
    ConfirmedAlready,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::NeedsAnotherPerson => "NEEDS_ANOTHER_PERSON",
            Self::NotPublic => "NOT_PUBLIC",
            Self::MergedElsewhere => "MERGED_ELSEWHERE",
            Self::NotMerged => "NOT_MERGED",
            Self::HasMerged => "HAS_MERGED",
            Self::HasAnswer => "HAS_ANSWER",
            Self::TakenByAnother => "TAKEN_BY_ANOTHER",
            Self::NotTaken => "NOT_TAKEN",
            Self::SecondLookUsed => "SECOND_LOOK_USED",
            Self::SecondLookNotAsked => "SECOND_LOOK_NOT_ASKED",
            Self::ConfirmedAlready => "CONFIRMED_ALREADY",
        }
    }

    /// Whether the move makes no sense here, rather than being in the way: nobody needs to read of it.
    pub const fn is_idle(self) -> bool {
        matches!(self, Self::NotTaken | Self::NotMerged | Self::SecondLookNotAsked)
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say("这一步不由您办理。", "This step is not yours."),
            Self::NotNow => say("议题的状态已经变化，请刷新后再办理。", "The topic's state has changed; please reload it."),
            Self::NeedsAnotherPerson => {
                say("这是您自己提出的议题，请由另一位同事办理。", "You raised this topic yourself; another colleague must take this step.")
            }
            Self::NotPublic => say("这个议题已不对外公开，无需再下架。", "This topic is not public any more; there is nothing to take down."),
            Self::MergedElsewhere => {
                say("这个议题已并入另一议题，请在牵头议题上办理。", "This topic is merged into another one; please go on with that one.")
            }
            Self::NotMerged => say("这个议题没有并入其他议题，无需拆出。", "This topic is not merged into another one; there is nothing to split."),
            Self::HasMerged => say("有议题并入了这个议题，请先拆出。", "Other topics are merged into this one; please split them first."),
            Self::HasAnswer => say("这个议题已有过答复，不能再撤回。", "This topic has had an answer and cannot be withdrawn any more."),
            Self::TakenByAnother => {
                say("这个议题已由另一位同事领办，请先与其联系。", "A colleague has taken this topic on; please talk to them first.")
            }
            Self::NotTaken => say("您没有领办这个议题，无需交回。", "You have not taken this topic on; there is nothing to hand back."),
            Self::SecondLookUsed => {
                say("这个议题已申请过复核，每个议题只能申请一次。", "A second look was asked for already; there is one per topic.")
            }
            Self::SecondLookNotAsked => say("提出人没有申请复核，或复核已有结果。", "No second look is open: none was asked for, or it is decided."),
            Self::ConfirmedAlready => say("您已对这次答复表过态，感谢您的反馈。", "You have given your word on this answer already; thank you."),
        }
    }
}
