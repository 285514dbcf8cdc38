use super::Topic;
use super::cluster::MergeProposal;
use super::moves::No;
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::topic::TopicState;
use shangyi_entities::{Timestamp, TopicId};

/// Why something about a topic was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TopicRefusalReason {
    /// Somebody else was faster: `now`, `byRole` and `at` say what happened.
    StateChanged,
    /// One's own topic: another person must decide.
    NeedsAnotherPerson,
    /// Authors cannot back their own topic.
    OwnTopic,
    /// Only accepted topics can be backed.
    NotOpenForSupport,
    /// There is no support to take back.
    NotSupported,
    /// It is not public any more.
    NotPublic,
    /// Today's number is used up; `resetsAt` says when the next day begins.
    LimitReached,
    /// No committee covers this division yet.
    NoCommitteeHere,
    /// It is merged into another topic, `canonicalId`: please go on with that one.
    MergedElsewhere,
    /// It is not merged into any topic.
    NotMerged,
    /// Other topics are merged into it.
    HasMerged,
    /// `topicId` cannot be merged: it is not accepted, at work already, or of another committee.
    NotMergeable,
    /// `topicId` is of another desk: propose the merge to the general desk.
    NeedsGeneralDesk,
    /// It has had an answer already.
    HasAnswer,
    /// Another officer has taken it on.
    TakenByAnother,
    /// The viewer has not taken it on.
    NotTaken,
    /// A second look was asked for already.
    SecondLookUsed,
    /// No second look is open.
    SecondLookNotAsked,
    /// The author has said so to this answer already.
    ConfirmedAlready,
    /// The campaign takes no topics now.
    CampaignClosed,
    /// The campaign asks for a checked name.
    LevelNeeded,
}

/// A write on a topic was refused by the rules.
#[derive(SimpleObject)]
pub struct TopicRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: TopicRefusalReason,
    /// `STATE_CHANGED`: where the topic stands now.
    pub now: Option<TopicState>,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: by which role it was moved.
    pub by_role: Option<String>,
    /// `STATE_CHANGED`: when it was moved.
    pub at: Option<DateTime<Utc>>,
    /// `LIMIT_REACHED`: when the next day begins (Asia/Shanghai).
    pub resets_at: Option<DateTime<Utc>>,
    /// `MERGED_ELSEWHERE`: the topic to go on with.
    pub canonical_id: Option<Gid<TopicId>>,
    /// Which of several topics stands in the way; null where there is only one.
    pub topic_id: Option<Gid<TopicId>>,
}

/// The topic as it is now, as the viewer may see it.
#[derive(SimpleObject)]
pub struct TopicPayload {
    /// The topic; null where it has left the viewer's sight by this very step (passed on to another desk).
    pub topic: Option<Topic>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The topic, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum TopicResult {
    /// Done.
    Done(TopicPayload),
    /// Refused.
    Refused(TopicRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub enum Refuse {
    /// The topic was moved meanwhile, as its last event says.
    Changed {
        /// Where it stands.
        now: TopicState,
        /// Its version.
        version: i64,
        /// Who moved it.
        by_role: String,
        /// When.
        at: Timestamp,
    },
    /// The table of moves refuses.
    Move(No),
    /// Another reason, which needs nothing more.
    Because(TopicRefusalReason),
    /// It is merged into another topic.
    Merged(Option<TopicId>),
    /// One of several topics stands in the way.
    About(TopicRefusalReason, TopicId),
    /// A daily number is used up.
    Limit(i64),
    /// The person backs it already: nothing to refuse, the topic is answered as it is.
    AlreadyBacked,
}

impl Refuse {
    /// The refusal as the person reads it.
    pub fn say(self, cx: &Cx) -> TopicRefused {
        use TopicRefusalReason as R;
        let mut refused = match self {
            Self::Changed { now, version, by_role, at } => TopicRefused {
                now: Some(now),
                version: Some(version),
                by_role: Some(by_role),
                at: Some(at.utc()),
                ..plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text())
            },
            Self::Move(no) => plain(cx, reason_of(no), no.code(), &no.text()),
            Self::Merged(canonical) => TopicRefused {
                canonical_id: canonical.map(Gid),
                ..plain(cx, R::MergedElsewhere, No::MergedElsewhere.code(), &No::MergedElsewhere.text())
            },
            Self::About(reason, topic) => {
                let (code, text) = words(reason);
                TopicRefused { topic_id: Some(Gid(topic)), ..plain(cx, reason, code, &text) }
            }
            Self::Limit(most) => plain(
                cx,
                R::LimitReached,
                "LIMIT_REACHED",
                &say(format!("今天的{most}次已用完，请明天再来。"), format!("Today's {most} are used up; please come back tomorrow.")),
            ),
            Self::Because(reason) => {
                let (code, text) = words(reason);
                plain(cx, reason, code, &text)
            }
            Self::AlreadyBacked => plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text()),
        };
        if refused.reason == R::LimitReached {
            refused.resets_at = Some(crate::kernel::clock::next_day_begins(cx.now()).utc());
        }
        refused
    }
}

fn words(reason: TopicRefusalReason) -> (&'static str, Text) {
    use TopicRefusalReason as R;
    match reason {
        R::OwnTopic => {
            ("OWN_TOPIC", say("自己提出的议题不用再支持，邻里的支持才作数。", "Your own topic needs no support of yours; your neighbours' counts."))
        }
        R::NotOpenForSupport => {
            ("NOT_OPEN_FOR_SUPPORT", say("这个议题现在不能支持，请查看它的进展。", "This topic cannot be backed now; see how it stands."))
        }
        R::NotSupported => ("NOT_SUPPORTED", say("您没有支持这个议题，无需撤回。", "You do not back this topic; there is nothing to take back.")),
        R::NoCommitteeHere => (
            "NO_COMMITTEE_HERE",
            say("这个地区还没有开通，请选择上一级区划或其他社区。", "No committee is open here yet; please choose another division."),
        ),
        R::NotMergeable => (
            "NOT_MERGEABLE",
            say(
                "其中一个议题现在不能并入：须已受理或拟采用、未经答复、属同一委员会，且未并入其他议题。",
                "One of the topics cannot be merged now: it must be accepted or short-listed, not answered before, of the same committee, and not merged elsewhere.",
            ),
        ),
        R::NeedsGeneralDesk => (
            "NEEDS_GENERAL_DESK",
            say(
                "其中有议题不属于您负责的地区，请向综合部门提出合并建议。",
                "One of the topics is of another desk; please propose the merge to the general desk.",
            ),
        ),
        R::CampaignClosed => (
            "CAMPAIGN_CLOSED",
            say("这次征集现在不接收议题，请选择其他征集或直接提交。", "This campaign takes no topics now; please choose another one, or none."),
        ),
        R::LevelNeeded => (
            "LEVEL_NEEDED",
            say(
                "这次征集需要实名，请联系所在街道的联络员核验后再提交。",
                "This campaign asks for a checked name; please have yours checked by your street's liaison officer.",
            ),
        ),
        R::NotPublic => ("NOT_PUBLIC", No::NotPublic.text()),
        R::NeedsAnotherPerson => ("NEEDS_ANOTHER_PERSON", No::NeedsAnotherPerson.text()),
        R::MergedElsewhere => ("MERGED_ELSEWHERE", No::MergedElsewhere.text()),
        R::NotMerged => ("NOT_MERGED", No::NotMerged.text()),
        R::HasMerged => ("HAS_MERGED", No::HasMerged.text()),
        R::HasAnswer => ("HAS_ANSWER", No::HasAnswer.text()),
        R::TakenByAnother => ("TAKEN_BY_ANOTHER", No::TakenByAnother.text()),
        R::NotTaken => ("NOT_TAKEN", No::NotTaken.text()),
        R::SecondLookUsed => ("SECOND_LOOK_USED", No::SecondLookUsed.text()),
        R::SecondLookNotAsked => ("SECOND_LOOK_NOT_ASKED", No::SecondLookNotAsked.text()),
        R::ConfirmedAlready => ("CONFIRMED_ALREADY", No::ConfirmedAlready.text()),
        R::StateChanged | R::LimitReached => ("STATE_CHANGED", No::NotNow.text()),
    }
}

fn plain(cx: &Cx, reason: TopicRefusalReason, code: &str, text: &Text) -> TopicRefused {
    TopicRefused {
        code: code.to_owned(),
        message: cx.tell(text),
        reason,
        now: None,
        version: None,
        by_role: None,
        at: None,
        resets_at: None,
        canonical_id: None,
        topic_id: None,
    }
}

const fn reason_of(no: No) -> TopicRefusalReason {
    use TopicRefusalReason as R;
    match no {
        No::NotYours | No::NotNow => R::StateChanged,
        No::NeedsAnotherPerson => R::NeedsAnotherPerson,
        No::NotPublic => R::NotPublic,
        No::MergedElsewhere => R::MergedElsewhere,
        No::NotMerged => R::NotMerged,
        No::HasMerged => R::HasMerged,
        No::HasAnswer => R::HasAnswer,
        No::TakenByAnother => R::TakenByAnother,
        No::NotTaken => R::NotTaken,
        No::SecondLookUsed => R::SecondLookUsed,
        No::SecondLookNotAsked => R::SecondLookNotAsked,
        No::ConfirmedAlready => R::ConfirmedAlready,
    }
}

/// A proposal to merge, as it is now.
#[derive(SimpleObject)]
pub struct MergeProposalPayload {
    /// The proposal; null where it has left the viewer's sight.
    pub proposal: Option<MergeProposal>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The proposal, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum MergeProposalResult {
    /// Done.
    Done(MergeProposalPayload),
    /// Refused.
    Refused(TopicRefused),
}

/// The payload or the refusal of a write on a topic; the topic is read as the viewer may see it.
pub(super) async fn finish(cx: &Cx, done: Result<(TopicId, bool), Stop<Refuse>>) -> Result<TopicResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let topic = super::find(cx, id).await?;
            Ok(TopicResult::Done(TopicPayload { topic, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(TopicResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
