use super::times::{self, Wanted};
use crate::calendar::occupy;
use crate::kernel::clock::{day_begins, next_day_begins};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::SimpleObject;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use shangyi_entities::{MemberId, TypedId, VenueId};
use std::collections::HashMap;
use uuid::Uuid;

/// A time at which a hall is free.
#[derive(SimpleObject, Clone, Copy)]
pub struct HallTime {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// How many of those who are to come have something else then.
    pub conflicts: i64,
}

const MOST_DAYS: i64 = 62;
const MOST_INVITEES: usize = 200;

/// What is looked for.
pub(in crate::consultations) struct Look<'a> {
    pub(in crate::consultations) hall: VenueId,
    pub(in crate::consultations) invitees: &'a [Gid<MemberId>],
    pub(in crate::consultations) minutes: i64,
    pub(in crate::consultations) from: NaiveDate,
    pub(in crate::consultations) until: NaiveDate,
}

pub(in crate::consultations) async fn run(cx: &Cx, look: Look<'_>) -> Result<Vec<HallTime>, ApiError> {
    let viewer = cx.viewer().await?;
    let hall = crate::organisation::find_venue(cx, look.hall).await?.filter(|venue| venue.0.closed_at.is_none());
    let hall = hall.ok_or_else(|| ApiError::not_found("这个场所", "This venue"))?.0;
    if !viewer.is_internal(hall.committee_id) {
        return Err(ApiError::forbidden(say("请由本委员会的委员和工作人员查询。", "Members and staff of the committee ask for its halls' times.")));
    }
    let days = (look.until - look.from).num_days();
    if !(0..MOST_DAYS).contains(&days) || !(2000..2200).contains(&look.from.year()) {
        return Err(ApiError::bad_input("until", say("一次最多查询62天。", "Please ask for 1 to 62 days.")));
    }
    if !(15..=720).contains(&look.minutes) {
        return Err(ApiError::bad_input("durationMinutes", say("时长请填15到720分钟。", "A sitting takes 15 to 720 minutes.")));
    }
    if look.invitees.len() > MOST_INVITEES {
        return Err(ApiError::bad_input("inviteeIds", say("一次最多200人。", "At most 200 people can be asked for.")));
    }
    let ids: Vec<MemberId> = look.invitees.iter().map(|id| id.0).collect();
    let people: Vec<Uuid> = crate::organisation::members_by_id(cx, &ids).await?.values().map(|member| member.0.account_id.uuid()).collect();
    let subjects: Vec<Uuid> = people.iter().copied().chain([hall.id.uuid()]).collect();
    let mut taken: HashMap<Uuid, Vec<times::Span>> = HashMap::new();
    for row in occupy::taken(cx, &subjects, day_begins(look.from), next_day_begins(day_begins(look.until))).await? {
        taken.entry(row.subject_id).or_default().push((row.from_at, row.until_at));
    }
    let own = taken.remove(&hall.id.uuid()).unwrap_or_default();
    let people: Vec<Vec<times::Span>> = people.iter().map(|person| taken.remove(person).unwrap_or_default()).collect();
    let working = crate::calendar::working_days(cx, look.from, look.until).await?;
    let wanted = Wanted { from: look.from, until: look.until, minutes: look.minutes, not_before: cx.now() };
    let found = times::find(&wanted, &own, &people, &working);
    Ok(found
        .into_iter()
        .map(|time| HallTime { from: time.from.utc(), until: time.until.utc(), conflicts: i64::try_from(time.conflicts).unwrap_or(i64::MAX) })
        .collect())
}
