use super::moves::No;
use super::{Consultation, lists, store, words};
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, WriteTx, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::consultation::{self, ConsultationState};
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::{ConsultationId, SittingId, Timestamp};

/// Why a write on a consultation was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsultationRefusalReason {
    /// Neither in the approved plan of the year nor a special matter.
    NotInPlan,
    /// The chair's meeting selects under this programme.
    NotDelegated,
    /// Nobody selects alone what they proposed.
    NeedsAnotherPerson,
    /// That item of the plan, or that topic, is consulted about already: `other`.
    ConsultedAlready,
    /// The topic has to be on the short list of its desk first.
    TopicNotReady,
    /// The committee was not asked to hold it, or has answered already.
    NotAsked,
    /// Nothing was found out before: enter it first.
    NoResearch,
    /// The sitting begins before the programme's working days of notice are over: `earliest`.
    NoticeTooShort,
    /// The hall has something else then: `inTheWay` is what kind of thing, `busyFrom` and `busyUntil` say when.
    HallTaken,
    /// The convenor has something else then: `inTheWay` is what kind of thing.
    PersonTaken,
    /// The sitting has begun, at `at`.
    SittingBegun,
    /// Somebody else was faster: `now`, `byRole` and `at` say what happened.
    StateChanged,
    /// It is too early: a sitting is started from half an hour before its time on.
    SittingNotBegun,
    /// No minutes were drafted.
    NoMinutes,
    /// Nobody was entered as present at a sitting.
    NoAttendance,
    /// Something agreed on has no unit, or no date.
    ItemWithoutUnit,
    /// Who led the sitting has not signed the minutes.
    NotSigned,
    /// Something agreed on has not ended.
    ItemsOpen,
    /// Nobody but the organisers has rated it.
    NoOutsideRating,
    /// The person has rated it already.
    RatedAlready,
    /// Nothing was agreed on.
    NothingAgreed,
    /// All seats are taken: `place` is the next one on the waiting list; `wait` takes it.
    Full,
    /// The person is neither invited nor asked to come.
    NotInvited,
    /// The person takes part already.
    TakesPartAlready,
    /// Under this consultation nobody takes part as that.
    NotAParty,
    /// The person was not there.
    NotPresent,
    /// The code is not one of this door.
    CodeInvalid,
    /// The code was shown at another time: read it again.
    CodeExpired,
    /// Too many wrong codes; again at `at`.
    LimitReached,
    /// The door is open from half an hour before the sitting, at `at`.
    NotOpenYet,
    /// Signed, or objected to, already.
    SignedAlready,
    /// Another draft has taken its place.
    DraftReplaced,
    /// The person has made five statements.
    StatementsUsedUp,
    /// Something it changes has gone on meanwhile: it is drafted anew.
    DraftOutdated,
}

/// A write on a consultation was refused by the rules.
#[derive(SimpleObject)]
pub struct ConsultationRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: ConsultationRefusalReason,
    /// `CONSULTED_ALREADY`: the other one.
    pub other: Option<Gid<ConsultationId>>,
    /// `STATE_CHANGED`: where it stands now.
    pub now: Option<ConsultationState>,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: by which role it was moved.
    pub by_role: Option<String>,
    /// `STATE_CHANGED`: when it was moved. `SITTING_BEGUN`: when it began. `NOT_OPEN_YET`, `LIMIT_REACHED`: from when on it is possible.
    pub at: Option<DateTime<Utc>>,
    /// `NOTICE_TOO_SHORT`: the first moment at which it may begin.
    pub earliest: Option<DateTime<Utc>>,
    /// `HALL_TAKEN`, `PERSON_TAKEN`: what kind of thing is in the way, and not whose.
    pub in_the_way: Option<OccasionKind>,
    /// `HALL_TAKEN`: from when that takes the hall.
    pub busy_from: Option<DateTime<Utc>>,
    /// `HALL_TAKEN`: until when.
    pub busy_until: Option<DateTime<Utc>>,
    /// `FULL`: the place on the waiting list, the first is 1.
    pub place: Option<i64>,
    /// `PERSON_TAKEN`: the sitting that the person attends then; `releaseFirst` gives it up.
    pub first_sitting_id: Option<Gid<SittingId>>,
}

/// The consultation as it is now.
#[derive(SimpleObject)]
pub struct ConsultationPayload {
    /// The consultation.
    pub consultation: Consultation,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The consultation, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum ConsultationResult {
    /// Done.
    Done(ConsultationPayload),
    /// Refused.
    Refused(ConsultationRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(in crate::consultations) enum Refuse {
    /// The table of moves refuses.
    Move(No),
    /// Somebody else was faster, as the last event says.
    Changed { now: ConsultationState, version: i64, by_role: String, at: Timestamp },
    /// The item or the topic is another one's.
    Other(Option<ConsultationId>),
    /// The topic is not on the short list.
    TopicNotReady,
    /// The committee was not asked, or has answered.
    NotAsked,
    /// It may begin from then on.
    NoticeTooShort(Timestamp),
    /// The hall has that then.
    HallTaken { kind: OccasionKind, from: Timestamp, until: Timestamp },
    /// The convenor has that then.
    PersonTaken { kind: OccasionKind },
    /// The sitting began then.
    Begun(Timestamp),
    /// The person has that then; a sitting can be given up.
    Busy { kind: OccasionKind, sitting: Option<SittingId> },
    /// All seats are taken; the next place is that.
    Full(i64),
    /// Not before then.
    Later(ConsultationRefusalReason, Timestamp),
    /// Another reason, which needs nothing more.
    Because(ConsultationRefusalReason),
}

impl Refuse {
    pub(in crate::consultations) fn say(self, cx: &Cx) -> ConsultationRefused {
        use ConsultationRefusalReason as R;
        match self {
            Self::Move(no) => {
                let reason = match no {
                    No::NotInPlan => R::NotInPlan,
                    No::NotDelegated => R::NotDelegated,
                    No::NeedsAnotherPerson => R::NeedsAnotherPerson,
                    No::NoResearch => R::NoResearch,
                    No::NotBegun => R::SittingNotBegun,
                    No::NoMinutes => R::NoMinutes,
                    No::NoAttendance => R::NoAttendance,
                    No::ItemWithoutUnit => R::ItemWithoutUnit,
                    No::NotSigned => R::NotSigned,
                    No::NothingAgreed => R::NothingAgreed,
                    No::ItemsOpen => R::ItemsOpen,
                    No::NoOutsideRating => R::NoOutsideRating,
                    No::RatedAlready => R::RatedAlready,
                    No::NotYours | No::NotNow => R::StateChanged,
                };
                plain(cx, reason, no.code(), &no.text())
            }
            Self::Changed { now, version, by_role, at } => ConsultationRefused {
                now: Some(now),
                version: Some(version),
                by_role: Some(by_role),
                at: Some(at.utc()),
                ..plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text())
            },
            Self::Other(other) => {
                let text = say(
                    "这项计划或议题已有一场协商在进行，请在那场协商中办理。",
                    "That item or topic is consulted about already; please go on with that consultation.",
                );
                ConsultationRefused { other: other.map(Gid), ..plain(cx, R::ConsultedAlready, "CONSULTED_ALREADY", &text) }
            }
            Self::NotAsked => {
                let text = say(
                    "本委员会没有待答复的联合主办邀请，可能已经答复过，请刷新查看。",
                    "There is no invitation of your committee to answer; it may have been answered already, please reload.",
                );
                plain(cx, R::NotAsked, "NOT_ASKED", &text)
            }
            Self::NoticeTooShort(first) => {
                let when = local(first);
                let text = say(
                    format!("公告时间不足，最早可安排在{when}，请改期。"),
                    format!("The notice would be too short: the sitting can begin from {when} on; please choose a later time."),
                );
                ConsultationRefused { earliest: Some(first.utc()), ..plain(cx, R::NoticeTooShort, "NOTICE_TOO_SHORT", &text) }
            }
            Self::HallTaken { kind, from, until } => {
                let (zh, en) = thing(kind);
                let text = say(
                    format!("该场所在{}至{}已有{zh}，请改期，或用“查找空闲时间”另选。", local(from), local(until)),
                    format!("The hall has {en} from {} to {}; please choose another time, or look for free ones.", local(from), local(until)),
                );
                ConsultationRefused {
                    in_the_way: Some(kind),
                    busy_from: Some(from.utc()),
                    busy_until: Some(until.utc()),
                    ..plain(cx, R::HallTaken, "HALL_TAKEN", &text)
                }
            }
            Self::PersonTaken { kind } => {
                let (zh, en) = thing(kind);
                let text = say(
                    format!("主持人届时已有{zh}，请改期或另请一位主持人。"),
                    format!("The convenor has {en} then; please choose another time, or somebody else."),
                );
                ConsultationRefused { in_the_way: Some(kind), ..plain(cx, R::PersonTaken, "PERSON_TAKEN", &text) }
            }
            Self::Begun(at) => {
                let text = say(
                    "这次会议已经开始，不能再改期；需要另开会议请先延期，再重新公告。",
                    "This sitting has begun and can no longer be moved; to hold another, postpone the consultation and announce it anew.",
                );
                ConsultationRefused { at: Some(at.utc()), ..plain(cx, R::SittingBegun, "SITTING_BEGUN", &text) }
            }
            Self::Busy { kind, sitting } => {
                let (zh, en) = thing(kind);
                let text = match sitting {
                    Some(_) => say(
                        "您届时已答应参加另一场协商会；可以选择放弃那一场，改为参加这一场。",
                        "You have said that you attend another sitting then; you can give that one up and attend this one.",
                    ),
                    None => say(
                        format!("您届时已有{zh}，请先退出那一项，再答复参加。"),
                        format!("You have {en} then; please hand that back first, and reply again."),
                    ),
                };
                ConsultationRefused { in_the_way: Some(kind), first_sitting_id: sitting.map(Gid), ..plain(cx, R::PersonTaken, "PERSON_TAKEN", &text) }
            }
            Self::Full(place) => {
                let text = say(format!("座位已满，可以候补，您将排在第{place}位。"), format!("All seats are taken; you can wait, in place {place}."));
                ConsultationRefused { place: Some(place), ..plain(cx, R::Full, "FULL", &text) }
            }
            Self::Later(reason, at) => {
                let (code, text) = words::of(reason);
                ConsultationRefused { at: Some(at.utc()), ..plain(cx, reason, code, &text) }
            }
            Self::Because(reason) => {
                let (code, text) = words::of(reason);
                plain(cx, reason, code, &text)
            }
            Self::TopicNotReady => {
                let text = say("请先将这个议题列入拟采用，再提出协商。", "Please put the topic on the short list first, and propose it then.");
                plain(cx, R::TopicNotReady, "TOPIC_NOT_READY", &text)
            }
        }
    }
}

/// What kind of thing takes the time.
const fn thing(kind: OccasionKind) -> (&'static str, &'static str) {
    match kind {
        OccasionKind::DutySlot => ("委员值班", "a duty"),
        OccasionKind::ReceptionDay => ("委员接待", "a reception"),
        OccasionKind::Sitting => ("协商会议", "a sitting"),
        OccasionKind::Activity => ("履职活动", "an activity"),
    }
}

/// A moment as people there read it.
pub(in crate::consultations) fn local(at: Timestamp) -> String {
    at.utc().with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

fn plain(cx: &Cx, reason: ConsultationRefusalReason, code: &str, text: &Text) -> ConsultationRefused {
    ConsultationRefused {
        code: code.to_owned(),
        message: cx.tell(text),
        reason,
        other: None,
        now: None,
        version: None,
        by_role: None,
        at: None,
        earliest: None,
        in_the_way: None,
        busy_from: None,
        busy_until: None,
        place: None,
        first_sitting_id: None,
    }
}

/// There is none, or none for the viewer to know of.
pub(in crate::consultations) fn missing() -> ApiError {
    ApiError::not_found("这场协商", "This consultation")
}

/// What happened to it meanwhile.
pub(in crate::consultations) async fn changed(tx: &WriteTx, row: &consultation::Model) -> Stop<Refuse> {
    match store::last_event(tx, row.id).await {
        Ok(Some(last)) => Stop::Refused(Refuse::Changed { now: row.state, version: row.version, by_role: last.role, at: last.at }),
        Ok(None) => Stop::Refused(Refuse::Move(No::NotNow)),
        Err(error) => error.into(),
    }
}

/// The payload or the refusal of a write on a consultation; it is read as the viewer may see it.
pub(in crate::consultations) async fn finish(cx: &Cx, done: Result<(ConsultationId, bool), Stop<Refuse>>) -> Result<ConsultationResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let consultation = lists::find(cx, id).await?.ok_or_else(missing)?;
            Ok(ConsultationResult::Done(ConsultationPayload { consultation, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ConsultationResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
