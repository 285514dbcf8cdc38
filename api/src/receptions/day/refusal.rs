use super::model::ReceptionDay;
use super::store;
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, WriteTx, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::{MemberId, ReceptionDayId, Timestamp, reception_day};

/// Why something about a reception day was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceptionRefusalReason {
    /// The venue or the member has something else at that time.
    Overlaps,
    /// `changeReceptionDay`: visits of a slot whose time was to change are marked already.
    VisitsMarked,
    /// Somebody else was faster: `version`, `byRole` and `at` say what happened, `day` is read again.
    StateChanged,
    /// The day was cancelled, or is over.
    DayClosed,
    /// A member named is not in office in this committee, or for leaders not a standing member: `memberId`.
    NotAMemberHere,
    /// The member is asked for that day already.
    AskedAlready,
    /// The member is not on the list of that day.
    NotAsked,
    /// The venue has closed.
    VenueClosed,
    /// The plan is another one by now than the one that was seen: preview it again.
    PlanChanged,
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
    /// `STATE_CHANGED` of a day: by which role it was changed last.
    pub by_role: Option<String>,
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
    /// Somebody was faster: the version, when, and by which role where that is kept.
    Changed(i64, Timestamp, Option<String>),
    /// Something else is at that time, on that day of a plan.
    Overlaps(Option<NaiveDate>),
    /// Whoever answers has something else at that time.
    OwnTime,
    /// Not somebody who can receive here.
    NotAMember(MemberId),
    /// Another reason, which needs nothing more.
    Because(ReceptionRefusalReason),
}

impl Refuse {
    pub(in crate::receptions) fn say(self, cx: &Cx) -> ReceptionRefused {
        use ReceptionRefusalReason as R;
        match self {
            Self::Changed(version, at, by_role) => {
                ReceptionRefused { version: Some(version), by_role, at: Some(at.utc()), ..plain(cx, R::StateChanged) }
            }
            Self::Overlaps(day) => ReceptionRefused { day, ..plain(cx, R::Overlaps) },
            Self::NotAMember(member) => ReceptionRefused { member_id: Some(Gid(member)), ..plain(cx, R::NotAMemberHere) },
            Self::OwnTime => {
                let text = say(
                    "您在该时段已有其他安排，可先退出那一项再接受；或说明原因不参加。",
                    "You have something else at that time; please leave that first and accept again, or decline with a reason.",
                );
                ReceptionRefused { message: cx.tell(&text), ..plain(cx, R::Overlaps) }
            }
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
        R::StateChanged => ("STATE_CHANGED", say("内容刚被别人修改过，请刷新后再办。", "Somebody has just changed this; please reload it.")),
        R::DayClosed => (
            "DAY_CLOSED",
            say(
                "这个接待日已取消或已结束；如需接待，请另行发布。",
                "This reception day was cancelled or is over; to receive, please publish another one.",
            ),
        ),
        R::NotAMemberHere => (
            "NOT_A_MEMBER_HERE",
            say(
                "名单中有人不能在此接待：须为本委员会在任委员；领导接待委员须为常委或主席、副主席。请更换人选。",
                "Somebody on the list cannot receive here: members in office of this committee can, and for leaders standing members or \
                 the chair. Please choose somebody else.",
            ),
        ),
        R::NotAsked => (
            "NOT_ASKED",
            say(
                "这位委员不在这个接待日的名单中，请刷新后从名单中选择。",
                "The member is not on the list of this day; please reload it and choose from there.",
            ),
        ),
        R::PlanChanged => (
            "PLAN_CHANGED",
            say("计划与预览时已有不同，请重新预览后再保存。", "The plan is another one than you saw by now; please preview it again, then save."),
        ),
        R::AskedAlready => {
            ("ASKED_ALREADY", say("这位委员已在名单中，请另选一位。", "The member is on the list of this day already; please choose another one."))
        }
        R::VisitsMarked => (
            "VISITS_MARKED",
            say(
                "所改时段已有来访登记，时间不能再改；请另加时段，或另行发布接待日。",
                "Somebody has come to a slot whose time was to change; please add another slot, or publish another day.",
            ),
        ),
        R::VenueClosed => ("VENUE_CLOSED", say("这个场所已经关闭，请换一个场所。", "This venue has closed; please choose another one.")),
        R::NotAnswered => ("NOT_ANSWERED", say("还没有答复，有了答复后会通知您评价。", "There is no answer yet; you will be told when there is.")),
        R::RatedAlready => ("RATED_ALREADY", say("您已评价过这次接待，感谢您的反馈。", "You have rated this reception already; thank you.")),
        R::RaisedAlready => {
            ("RAISED_ALREADY", say("这份记录已转为议题，请在议题中查看进展。", "This record became a topic already; see how that goes on."))
        }
        R::NothingToPublish => (
            "NOTHING_TO_PUBLISH",
            say(
                "计划中的日期都已被占用或已过，请更换日期、时间或场所后重新预览。",
                "Every day of this plan is taken or has begun already; please change its days, times or venue and preview it again.",
            ),
        ),
    }
}

fn plain(cx: &Cx, reason: ReceptionRefusalReason) -> ReceptionRefused {
    let (code, text) = words(reason);
    ReceptionRefused { code: code.to_owned(), message: cx.tell(&text), reason, version: None, by_role: None, at: None, day: None, member_id: None }
}

/// There is none, or none for the viewer to know of.
pub(in crate::receptions) fn missing() -> ApiError {
    ApiError::not_found("这个接待日", "This reception day")
}

/// What happened to the day meanwhile.
pub(in crate::receptions) async fn changed(tx: &WriteTx, row: &reception_day::Model) -> Stop<Refuse> {
    match store::last_role(tx, row.id).await {
        Ok(role) => Stop::Refused(Refuse::Changed(row.version, row.changed_at, role)),
        Err(error) => error.into(),
    }
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
            if rows.is_empty() && !replayed {
                rows = store::by_ids(cx, &[id]).await?;
            }
            let row = rows.pop().ok_or_else(missing)?;
            Ok(ReceptionDayResult::Done(ReceptionDayPayload { reception_day: ReceptionDay(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ReceptionDayResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
