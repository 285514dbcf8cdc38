use super::model::ReceptionDay;
use super::store;
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::{MemberId, ReceptionDayId, reception_day};

/// Why something about a reception day was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceptionRefusalReason {
    /// The venue, or the member, has something else at that time.
    Overlaps,
    /// Somebody else changed the day meanwhile: read it again and expect its new version.
    StateChanged,
    /// The day was cancelled, or is over.
    DayClosed,
    /// A member named is not in office in this committee, or for leaders not a standing member: `memberId`.
    NotAMemberHere,
    /// The member is asked for that day already, or was never asked.
    NotAsked,
    /// The venue has closed.
    VenueClosed,
    /// Every day of the plan is taken, or has begun.
    NothingToPublish,
    /// There is no answer to rate yet.
    NotAnswered,
    /// The person has rated this reception already.
    RatedAlready,
    /// The record became a topic already.
    RaisedAlready,
}

/// A write on a reception day was refused by the rules.
#[derive(SimpleObject)]
pub struct ReceptionRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: ReceptionRefusalReason,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: when it was changed.
    pub at: Option<DateTime<Utc>>,
    /// `OVERLAPS` of a plan: the first day that is taken.
    pub day: Option<NaiveDate>,
    /// `NOT_A_MEMBER_HERE`: who.
    pub member_id: Option<Gid<MemberId>>,
}

/// The reception day as it is now.
#[derive(SimpleObject)]
pub struct ReceptionDayPayload {
    /// The day.
    pub reception_day: ReceptionDay,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The reception day, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum ReceptionDayResult {
    /// Done.
    Done(ReceptionDayPayload),
    /// Refused.
    Refused(ReceptionRefused),
}

/// A refusal in the making.
#[derive(Debug)]
pub(in crate::receptions) enum Refuse {
    /// Somebody has changed the day, as its row says.
    Changed(Box<reception_day::Model>),
    /// Something else is at that time, on that day of a plan.
    Overlaps(Option<NaiveDate>),
    /// Not somebody who can receive here.
    NotAMember(MemberId),
    /// Another reason, which needs nothing more.
    Because(ReceptionRefusalReason),
}

impl Refuse {
    pub(in crate::receptions) fn say(self, cx: &Cx) -> ReceptionRefused {
        use ReceptionRefusalReason as R;
        match self {
            Self::Changed(row) => ReceptionRefused { version: Some(row.version), at: Some(row.changed_at.utc()), ..plain(cx, R::StateChanged) },
            Self::Overlaps(day) => ReceptionRefused { day, ..plain(cx, R::Overlaps) },
            Self::NotAMember(member) => ReceptionRefused { member_id: Some(Gid(member)), ..plain(cx, R::NotAMemberHere) },
            Self::Because(reason) => plain(cx, reason),
        }
    }
}

fn words(reason: ReceptionRefusalReason) -> (&'static str, Text) {
    use ReceptionRefusalReason as R;
    match reason {
        R::Overlaps => (
            "OVERLAPS",
            say(
                "这个场所或这位委员在该时段已有其他安排，请换一个时间或场所。",
                "The venue or the member has something else at that time; please choose another time or venue.",
            ),
        ),
        R::StateChanged => {
            ("STATE_CHANGED", say("这个接待日刚被别人修改过，请刷新后再办。", "Somebody has just changed this reception day; please read it again."))
        }
        R::DayClosed => ("DAY_CLOSED", say("这个接待日已取消或已结束。", "This reception day was cancelled or is over.")),
        R::NotAMemberHere => (
            "NOT_A_MEMBER_HERE",
            say(
                "名单中有人不能在此接待：须为本委员会在任委员；领导接待委员须为常委。",
                "Somebody on the list cannot receive here: members in office of this committee, and for leaders standing members, can.",
            ),
        ),
        R::NotAsked => (
            "NOT_ASKED",
            say(
                "这位委员已在名单中，或不在这个接待日的名单中，请刷新后再办。",
                "The member is on the list already, or is not on it; please reload it.",
            ),
        ),
        R::VenueClosed => ("VENUE_CLOSED", say("这个场所已经关闭，请换一个场所。", "This venue has closed; please choose another one.")),
        R::NotAnswered => ("NOT_ANSWERED", say("还没有答复，有了答复后会通知您评价。", "There is no answer yet; you will be told when there is.")),
        R::RatedAlready => ("RATED_ALREADY", say("您已评价过这次接待，感谢您的反馈。", "You have rated this reception already; thank you.")),
        R::RaisedAlready => {
            ("RAISED_ALREADY", say("这份记录已转为议题，请在议题中查看进展。", "This record became a topic already; see how that goes on."))
        }
        R::NothingToPublish => ("NOTHING_TO_PUBLISH", say("计划中的日期都已被占用或已过。", "Every day of this plan is taken or has begun already.")),
    }
}

fn plain(cx: &Cx, reason: ReceptionRefusalReason) -> ReceptionRefused {
    let (code, text) = words(reason);
    ReceptionRefused { code: code.to_owned(), message: cx.tell(&text), reason, version: None, at: None, day: None, member_id: None }
}

/// There is none, or none for the viewer to know of.
pub(in crate::receptions) fn missing() -> ApiError {
    ApiError::not_found("这个接待日", "This reception day")
}

/// Not the viewer's desk.
pub(in crate::receptions) fn not_yours() -> ApiError {
    ApiError::forbidden(say(
        "接待日由负责这个地区的联络员或综合部门安排。",
        "Reception days are scheduled by the liaison officer of the area or the general desk.",
    ))
}

/// The payload or the refusal of a write on a day; it is read as the viewer may see it.
pub(in crate::receptions) async fn finish(cx: &Cx, done: Result<(ReceptionDayId, bool), Stop<Refuse>>) -> Result<ReceptionDayResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            // Whoever has just declined does not see it any more unless it is public: they have been part of it.
            let mut rows = store::visible(cx, &[id]).await?;
            if rows.is_empty() {
                rows = store::by_ids(cx, &[id]).await?;
            }
            let row = rows.pop().ok_or_else(missing)?;
            Ok(ReceptionDayResult::Done(ReceptionDayPayload { reception_day: ReceptionDay(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ReceptionDayResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
