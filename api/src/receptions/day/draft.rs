//! Days to be: as an officer writes them or as a plan gives them, and how they are put into the calendar.
use super::refusal::{ReceptionRefusalReason as Reason, Refuse, not_yours};
use super::{store, tell};
use crate::calendar::occupy::{self, NewOccasion, Subject};
use crate::kernel::clock::day_begins;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::appointment::Role;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::reception_day::{self, DayStage, ReceptionKind};
use shangyi_entities::reception_day_event::{self, ReceptionDayEventKind};
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{AccountId, MemberId, OccasionId, ReceptionDayId, Timestamp, TypedId, VenueId, reception_slot, venue};
use std::collections::HashMap;
use uuid::Uuid;

/// A part of a day with so many places.
#[derive(InputObject, Clone)]
pub struct ReceptionSlotInput {
    /// From which time of day (Asia/Shanghai), such as `09:00`.
    pub begins: String,
    /// Until which time of the same day, such as `09:30`.
    pub ends: String,
    /// How many visits, 0 to 1000; a visit is one place however many come.
    pub capacity: i64,
}

/// A reception day to be.
#[derive(InputObject)]
pub struct NewReceptionDayInput {
    /// Who receives whom.
    pub kind: ReceptionKind,
    /// Where: an open venue of the viewer's division.
    pub venue_id: Gid<VenueId>,
    /// The calendar day (Asia/Shanghai).
    pub day: NaiveDate,
    /// 1 to 20 slots that do not overlap.
    pub slots: Vec<ReceptionSlotInput>,
    /// Who is asked to receive, at most 20: members in office of the committee; for leaders its standing members or chairs.
    pub member_ids: Vec<Gid<MemberId>>,
    /// What it is about, at most 60 characters.
    pub theme: Option<String>,
    /// What whoever books online must have shown; `PHONE` when left out.
    pub level: Option<VerificationLevel>,
    /// From when on places can be booked; at once when left out.
    pub opens_at: Option<DateTime<Utc>>,
}

const THEME: Rule = Rule { field: "theme", name: ("主题", "The theme"), most: 60 };
/// Slots of a day.
pub(super) const MOST_SLOTS: usize = 20;
const MOST_RECEIVERS: usize = 20;

/// A slot's beginning, end and places.
pub(super) type Part = (Timestamp, Timestamp, i64);

/// A day that can be written.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: ReceptionDayId,
    pub(super) kind: ReceptionKind,
    pub(super) day: NaiveDate,
    pub(super) parts: Vec<Part>,
    pub(super) receivers: Vec<(MemberId, AccountId)>,
    pub(super) theme: Option<String>,
    pub(super) level: VerificationLevel,
    pub(super) opens_at: Option<Timestamp>,
}

impl Draft {
    pub(super) fn span(&self) -> (Timestamp, Timestamp) {
        span(&self.parts)
    }
}

/// From the first beginning to the last end.
pub(super) fn span(parts: &[Part]) -> (Timestamp, Timestamp) {
    let from = parts.iter().map(|part| part.0).min().unwrap_or(Timestamp(0));
    (from, parts.iter().map(|part| part.1).max().unwrap_or(from))
}

fn wrong_slots() -> ApiError {
    ApiError::bad_input(
        "slots",
        say(
            "请填写1到20个互不重叠的时段，结束晚于开始且在同一天，名额0到1000。",
            "Please give 1 to 20 slots that do not overlap, each ending later the same day than it begins, with 0 to 1000 places.",
        ),
    )
}

/// A time of day at a day.
pub(super) fn moment(day: NaiveDate, text: &str) -> Result<Timestamp, ApiError> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| wrong_slots())?;
    Ok(day_begins(day).plus_seconds(i64::from(time.num_seconds_from_midnight())))
}

/// The slots of a day as they were typed.
pub(super) fn parts(day: NaiveDate, given: &[ReceptionSlotInput]) -> Result<Vec<Part>, ApiError> {
    let read: Result<Vec<Part>, ApiError> =
        given.iter().map(|slot| Ok((moment(day, &slot.begins)?, moment(day, &slot.ends)?, slot.capacity))).collect();
    checked(read?)
}

/// Slots that can stand side by side.
pub(super) fn checked(mut parts: Vec<Part>) -> Result<Vec<Part>, ApiError> {
    parts.sort_unstable();
    let apart = parts.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    let each = parts.iter().all(|(from, until, capacity)| from < until && (0..=1000).contains(capacity));
    if (1..=MOST_SLOTS).contains(&parts.len()) && apart && each { Ok(parts) } else { Err(wrong_slots()) }
}

/// The venue for which the viewer schedules receptions, and by which role.
pub(super) async fn venue_of(cx: &Cx, viewer: &Viewer, id: VenueId) -> Result<(venue::Model, String), ApiError> {
    let venue = crate::organisation::find_venue(cx, id).await?.ok_or_else(|| ApiError::not_found("这个场所", "This venue"))?.0;
    let held = viewer.desk_of(venue.committee_id, &venue.division_code).ok_or_else(not_yours)?;
    let role = sea_orm::ActiveEnum::to_value(&held.role);
    Ok((venue, role))
}

/// Those of these members who can receive at that moment: in office here, and for leaders standing members or chairs.
pub(super) async fn receivers(
    cx: &Cx,
    kind: ReceptionKind,
    committee: shangyi_entities::OrganisationId,
    ids: &[MemberId],
    on: Timestamp,
) -> Result<Result<Vec<(MemberId, AccountId)>, Refuse>, ApiError> {
    if ids.len() > MOST_RECEIVERS {
        return Err(ApiError::bad_input("memberIds", say("一次最多请20位委员接待。", "At most 20 members can be asked.")));
    }
    let found = crate::organisation::serving_in(cx.read(), committee, ids, on).await?;
    let accounts: Vec<AccountId> = found.iter().map(|row| row.account_id).collect();
    let chairs = match kind {
        ReceptionKind::LeadersReceiveMembers => crate::organisation::holders_among(cx, committee, Role::Chair, &accounts).await?,
        ReceptionKind::MembersReceiveResidents => Vec::new(),
    };
    let mut receivers: Vec<(MemberId, AccountId)> = Vec::with_capacity(ids.len());
    for id in ids {
        let leads = |row: &shangyi_entities::member::Model| row.standing || chairs.contains(&row.account_id);
        let one = found.iter().find(|row| row.id == *id).filter(|row| kind == ReceptionKind::MembersReceiveResidents || leads(row));
        match one {
            Some(row) if receivers.iter().any(|known| known.0 == row.id) => {}
            Some(row) => receivers.push((row.id, row.account_id)),
            None => return Ok(Err(Refuse::NotAMember(*id))),
        }
    }
    Ok(Ok(receivers))
}

/// A day as an officer wrote it.
pub(super) async fn read(cx: &Cx, venue: &venue::Model, given: &NewReceptionDayInput) -> Result<Result<Draft, Refuse>, ApiError> {
    let parts = parts(given.day, &given.slots)?;
    if span(&parts).0 <= cx.now() {
        return Err(ApiError::bad_input("day", say("请选择以后的时间。", "Please choose a time to come.")));
    }
    let theme = text::clean_optional(&THEME, given.theme.as_deref())?;
    let ids: Vec<MemberId> = given.member_ids.iter().map(|id| id.0).collect();
    Ok(receivers(cx, given.kind, venue.committee_id, &ids, span(&parts).0).await?.map(|receivers| Draft {
        id: cx.new_id(),
        kind: given.kind,
        day: given.day,
        parts,
        receivers,
        theme,
        level: given.level.unwrap_or(VerificationLevel::Phone),
        opens_at: given.opens_at.map(Timestamp::from),
    }))
}

/// The theme as it was typed.
pub(super) fn theme(given: Option<&str>) -> Result<Option<String>, ApiError> {
    text::clean_optional(&THEME, given)
}

/// Whose time a day takes besides its people's: the venue's; or nobody's, where it is part of a duty there.
pub(super) async fn venue_time(
    tx: &WriteTx,
    venue: VenueId,
    (from, until): (Timestamp, Timestamp),
    own: Option<OccasionId>,
) -> Result<Result<Option<OccasionId>, ()>, ApiError> {
    let mut held = occupy::held(tx, venue.uuid(), from, until).await?;
    held.retain(|(row, _)| Some(row.occasion_id) != own);
    // Of two receptions in one duty neither takes the venue's time: looked for by themselves, under the venue's lock.
    if store::is_other_there(tx, venue, (from, until), own).await? {
        return Ok(Err(()));
    }
    Ok(match held.as_slice() {
        [] => Ok(None),
        [(row, OccasionKind::DutySlot)] if row.from_at <= from && until <= row.until_at => Ok(Some(row.occasion_id)),
        _ => Err(()),
    })
}

/// Writes days of one venue with their time, slots and the members who are asked.
pub(super) async fn write(tx: &WriteTx, cx: &Cx, venue: &venue::Model, drafts: &[Draft], stage: DayStage, role: &str) -> Result<(), Stop<Refuse>> {
    // Held as it is until this is done: a venue that closes meanwhile waits, or has closed before.
    let open = crate::organisation::venue_locked(tx, venue.id).await?.is_some_and(|row| row.closed_at.is_none());
    if !open {
        return Err(Stop::Refused(Refuse::Because(Reason::VenueClosed)));
    }
    occupy::lock(tx, vec![venue.id.uuid()]).await?;
    let (mut days, mut slots, mut asked, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut told: HashMap<AccountId, (Uuid, ReceptionDayId)> = HashMap::new();
    for draft in drafts {
        let (from, until) = draft.span();
        let duty = venue_time(tx, venue.id, (from, until), None).await?.map_err(|()| Stop::Refused(Refuse::Overlaps(Some(draft.day))))?;
        let subjects = if duty.is_none() { vec![Subject { kind: SubjectKind::Venue, id: venue.id.uuid() }] } else { Vec::new() };
        let occasion = NewOccasion { id: cx.new_id(), committee: venue.committee_id, kind: OccasionKind::ReceptionDay, from, until, subjects };
        occupy::open(tx, cx, std::slice::from_ref(&occasion), || Refuse::Overlaps(Some(draft.day))).await?;
        let day = reception_day::Model {
            id: draft.id,
            committee_id: venue.committee_id,
            kind: draft.kind,
            venue_id: venue.id,
            division_code: venue.division_code.clone(),
            day: draft.day.to_string(),
            from_at: from,
            until_at: until,
            state: stage,
            version: 1,
            theme: draft.theme.clone(),
            opens_at: draft.opens_at,
            level: draft.level,
            occasion_id: occasion.id,
            duty_occasion_id: duty,
            created_at: cx.now(),
            published_at: (stage == DayStage::Published).then(|| cx.now()),
            changed_at: cx.now(),
            cancel_reason: None,
        };
        for (from, until, capacity) in &draft.parts {
            slots.push(slot(cx, day.id, (*from, *until, *capacity)));
        }
        for (member, account) in &draft.receivers {
            let row = receiver(cx, day.id, *member, *account);
            told.entry(*account).or_insert((row.id.uuid(), day.id));
            asked.push(row);
        }
        let what = if stage == DayStage::Published { ReceptionDayEventKind::Published } else { ReceptionDayEventKind::Planned };
        events.push(event(cx, &day, 1, what, role)?);
        days.push(day);
    }
    store::insert(tx, &days, &slots, &asked, &events).await?;
    // Once for all days of a plan: of the first.
    let of_day = |id: ReceptionDayId| days.iter().find(|day| day.id == id);
    let each: Vec<_> = told.into_iter().filter_map(|(account, (event, day))| Some((event, of_day(day)?, account))).collect();
    Ok(tell::receivers(tx, cx, NoticeKind::ReceptionDutyAsked, &each).await?)
}

/// A new slot of a day.
pub(super) fn slot(cx: &Cx, day: ReceptionDayId, (from_at, until_at, capacity): Part) -> reception_slot::Model {
    reception_slot::Model { id: cx.new_id(), day_id: day, from_at, until_at, capacity, taken: 0, waiting: 0, last_number: 0, seq: 0 }
}

/// A member who is asked to receive.
pub(super) fn receiver(cx: &Cx, day: ReceptionDayId, member: MemberId, account: AccountId) -> reception_receiver::Model {
    reception_receiver::Model {
        id: cx.new_id(),
        day_id: day,
        member_id: member,
        account_id: account,
        state: ReceiverState::Asked,
        version: 1,
        asked_at: cx.now(),
        answered_at: None,
        took_time: false,
        changed_at: cx.now(),
        reason_enc: None,
        remind_at: None,
    }
}

/// One line of a day's history.
pub(super) fn event(
    cx: &Cx,
    day: &reception_day::Model,
    version: i64,
    what: ReceptionDayEventKind,
    role: &str,
) -> Result<reception_day_event::Model, ApiError> {
    let id = cx.new_event();
    Ok(reception_day_event::Model { day_id: day.id, version, id, at: cx.now(), what, role: role.to_owned(), account_id: cx.account()? })
}
