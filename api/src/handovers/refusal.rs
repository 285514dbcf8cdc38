use super::moves::No;
use super::{HandOver, lists};
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, say};
use crate::topics::{self, TopicRefusalReason};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::hand_over::HandOverState;
use shangyi_entities::topic::TopicState;
use shangyi_entities::{HandOverId, Timestamp, TopicId};

/// Why something about a hand-over was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandOverRefusalReason {
    /// Somebody else was faster: `now` (of the topic: `topicNow`), `byRole` and `at` say what happened.
    StateChanged,
    /// One's own topic, or one's own unit's work: another person must decide.
    NeedsAnotherPerson,
    /// The topic is merged into another one, `canonicalId`, which is the one to hand over.
    MergedElsewhere,
    /// There is one extension, and it was had.
    ExtendedAlready,
    /// The person has rated this reply already.
    RatedAlready,
    /// The date was agreed on in a consultation: amended minutes change it.
    DateAgreed,
    /// Not an open unit of the committee with which the topic lies.
    NotAUnitHere,
}

/// A write on a hand-over was refused by the rules.
#[derive(SimpleObject)]
pub struct HandOverRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: HandOverRefusalReason,
    /// `STATE_CHANGED`: where the hand-over stands now; null where it is the topic that has moved.
    pub now: Option<HandOverState>,
    /// `STATE_CHANGED` of `handOver`: where the topic stands now; null for the other mutations.
    pub topic_now: Option<TopicState>,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: by which role it was moved.
    pub by_role: Option<String>,
    /// `STATE_CHANGED`: when it was moved.
    pub at: Option<DateTime<Utc>>,
    /// `MERGED_ELSEWHERE`: the topic to go on with.
    pub canonical_id: Option<Gid<TopicId>>,
}

/// The hand-over as it is now, as the viewer may see it.
#[derive(SimpleObject)]
pub struct HandOverPayload {
    /// The hand-over.
    pub hand_over: HandOver,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The hand-over, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum HandOverResult {
    /// Done.
    Done(HandOverPayload),
    /// Refused.
    Refused(HandOverRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// The hand-over was moved meanwhile, as its last event says.
    Changed { now: HandOverState, version: i64, by_role: String, at: Timestamp },
    /// The table of moves refuses.
    Move(No),
    /// Another reason, which needs nothing more.
    Because(HandOverRefusalReason),
    /// The topic's own rules refuse.
    Topic(topics::Refuse),
    /// Not the viewer's to move: an error, and which one depends on whether they may know of it.
    NotYours(HandOverId),
}

impl Refuse {
    fn say(self, cx: &Cx) -> HandOverRefused {
        use HandOverRefusalReason as R;
        match self {
            Self::Changed { now, version, by_role, at } => HandOverRefused {
                now: Some(now),
                version: Some(version),
                by_role: Some(by_role),
                at: Some(at.utc()),
                ..plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text())
            },
            Self::Move(no) => {
                let reason = match no {
                    No::NotYours | No::NotNow => R::StateChanged,
                    No::NeedsAnotherPerson => R::NeedsAnotherPerson,
                    No::ExtendedAlready => R::ExtendedAlready,
                    No::DateAgreed => R::DateAgreed,
                };
                plain(cx, reason, no.code(), &no.text())
            }
            Self::Because(reason) => {
                let (code, text) = words(reason);
                plain(cx, reason, code, &text)
            }
            Self::Topic(refuse) => {
                let said = refuse.say(cx);
                let reason = match said.reason {
                    TopicRefusalReason::NeedsAnotherPerson => R::NeedsAnotherPerson,
                    TopicRefusalReason::MergedElsewhere => R::MergedElsewhere,
                    _ => R::StateChanged,
                };
                HandOverRefused {
                    code: said.code,
                    message: said.message,
                    reason,
                    now: None,
                    topic_now: said.now,
                    version: said.version,
                    by_role: said.by_role,
                    at: said.at,
                    canonical_id: said.canonical_id,
                }
            }
            Self::NotYours(_) => plain(cx, R::StateChanged, No::NotYours.code(), &No::NotYours.text()),
        }
    }
}

fn words(reason: HandOverRefusalReason) -> (&'static str, Text) {
    use HandOverRefusalReason as R;
    match reason {
        R::NotAUnitHere => (
            "NOT_A_UNIT_HERE",
            say(
                "所选单位不是本委员会的承办单位或参加单位，或已停用，请重新选择。",
                "This is not an open handling or participating unit of the committee; please choose another.",
            ),
        ),
        R::RatedAlready => ("RATED_ALREADY", say("您已评价过这次办理，感谢您的反馈。", "You have rated this reply already; thank you.")),
        R::MergedElsewhere => (
            "MERGED_ELSEWHERE",
            say("这个议题已并入另一议题，请在牵头议题上转办。", "This topic is merged into another one; please hand that one over."),
        ),
        R::NeedsAnotherPerson => (No::NeedsAnotherPerson.code(), No::NeedsAnotherPerson.text()),
        R::ExtendedAlready => (No::ExtendedAlready.code(), No::ExtendedAlready.text()),
        R::DateAgreed => (No::DateAgreed.code(), No::DateAgreed.text()),
        R::StateChanged => (No::NotNow.code(), No::NotNow.text()),
    }
}

fn plain(cx: &Cx, reason: HandOverRefusalReason, code: &str, text: &Text) -> HandOverRefused {
    HandOverRefused {
        code: code.to_owned(),
        message: cx.tell(text),
        reason,
        now: None,
        topic_now: None,
        version: None,
        by_role: None,
        at: None,
        canonical_id: None,
    }
}

/// There is none, or none for the viewer to know of.
pub(super) fn missing() -> ApiError {
    ApiError::not_found("这件转办", "This hand-over")
}

/// The payload or the refusal of a write on a hand-over; it is read as the viewer may see it.
pub(super) async fn finish(cx: &Cx, done: Result<(HandOverId, bool), Stop<Refuse>>) -> Result<HandOverResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let hand_over = lists::find(cx, id).await?.ok_or_else(missing)?;
            Ok(HandOverResult::Done(HandOverPayload { hand_over, replayed }))
        }
        Err(Stop::Refused(Refuse::NotYours(id))) => match lists::find(cx, id).await? {
            Some(_) => Err(ApiError::forbidden(No::NotYours.text())),
            None => Err(missing()),
        },
        Err(Stop::Refused(refuse)) => Ok(HandOverResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
