use super::times::{self, Wanted};
use crate::calendar::occupy;
use crate::consultations::programme;
use crate::consultations::stage::store as stages;
use crate::kernel::clock::{day_begins, next_day_begins};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::SimpleObject;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use shangyi_entities::{ConsultationId, MemberId, TypedId, VenueId};
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
    pub(in crate::consultations) consultation: Option<ConsultationId>,
    pub(in crate::consultations) hall: VenueId,
    pub(in crate::consultations) convenor: Option<MemberId>,
    pub(in crate::consultations) invitees: &'a [Gid<MemberId>],
    pub(in crate::consultations) minutes: i64,
    pub(in crate::consultations) from: NaiveDate,
    pub(in crate::consultations) until: NaiveDate,
}

pub(in crate::consultations) async fn run(cx: &Cx, look: Look<'_>) -> Result<Vec<HallTime>, ApiError> {
    let viewer = cx.viewer().await?;
    let hall = crate::organisation::find_venue(cx, look.hall).await?.filter(|venue| venue.0.closed_at.is_none());
    let hall = hall.ok_or_else(|| ApiError::not_found("这个场所", "This venue"))?.0;
    let seen = match look.consultation {
        Some(id) => Some(stages::visible(cx, &[id]).await?.pop().ok_or_else(|| ApiError::not_found("这场协商", "This consultation"))?),
        None => None,
    };
    let hosts = match &seen {
        Some(row) => stages::hosts_of(cx, row).await?,
        None => vec![hall.committee_id],
    };
    // Whoever holds it may ask for the halls of all who do.
    if !hosts.contains(&hall.committee_id) || !hosts.iter().any(|host| viewer.is_internal(*host)) {
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
    let ids: Vec<MemberId> = look.invitees.iter().map(|id| id.0).chain(look.convenor).collect();
    let mut people: HashMap<MemberId, Uuid> = HashMap::new();
    for host in &hosts {
        let found = crate::organisation::serving_in(cx.read(), *host, &ids, day_begins(look.from)).await?;
        people.extend(found.into_iter().map(|row| (row.id, row.account_id.uuid())));
    }
    if ids.iter().any(|id| !people.contains_key(id)) {
        let text = say("请选择主办委员会届时在任的委员。", "Please choose members who are in office then, of a committee that holds it.");
        return Err(ApiError::bad_input("inviteeIds", text));
    }
    let convenor = look.convenor.and_then(|id| people.remove(&id));
    let people: Vec<Uuid> = people.into_values().collect();
    let subjects: Vec<Uuid> = people.iter().copied().chain([hall.id.uuid()]).chain(convenor).collect();
    let mut taken: HashMap<Uuid, Vec<times::Span>> = HashMap::new();
    for row in occupy::taken(cx, &subjects, day_begins(look.from), next_day_begins(day_begins(look.until))).await? {
        taken.entry(row.subject_id).or_default().push((row.from_at, row.until_at));
    }
    // Neither hall nor convenor can be had twice.
    let mut own = taken.remove(&hall.id.uuid()).unwrap_or_default();
    own.extend(convenor.and_then(|convenor| taken.remove(&convenor)).unwrap_or_default());
    let people: Vec<Vec<times::Span>> = people.iter().map(|person| taken.remove(person).unwrap_or_default()).collect();
    let working = crate::calendar::working_days(cx, look.from, look.until).await?;
    let not_before = match &seen {
        Some(row) => {
            let version = programme::store::version(cx.read(), row.programme_id, row.programme_number).await?;
            super::first_after_notice(cx, version.map_or(0, |version| version.notice_days)).await?
        }
        None => cx.now(),
    };
    let wanted = Wanted { from: look.from, until: look.until, minutes: look.minutes, not_before };
    let found = times::find(&wanted, &own, &people, &working);
    Ok(found
        .into_iter()
        .map(|time| HallTime { from: time.from.utc(), until: time.until.utc(), conflicts: i64::try_from(time.conflicts).unwrap_or(i64::MAX) })
        .collect())
}
