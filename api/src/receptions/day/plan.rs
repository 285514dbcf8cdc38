//! Reception days as a rule would give them: always the same ones for the same rule. Shown, then kept as planned days.
use super::draft::{self, Draft, Part};
use super::model::ReceptionDay;
use super::refusal::{ReceptionRefusalReason as Reason, ReceptionRefused, Refuse};
use super::store;
use crate::audit;
use crate::calendar::roster_rules::{self, Candidate, RosterDay, Turn};
use crate::calendar::{self, occupy};
use crate::duty::{DutyOnDayOff, RosterRepeatInput, day_off_rule, repeat_rule};
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::{ApiError, Cx, Gid, Stop, crypto, replay, say};
use crate::organisation::{self, Member};
use async_graphql::{ComplexObject, Context, InputObject, SimpleObject, Union};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::reception_day::{DayStage, ReceptionKind};
use shangyi_entities::{AccountId, MemberId, ReceptionDayId, Timestamp, TypedId, VenueId, venue};
use std::collections::HashMap;
use uuid::Uuid;

/// How reception days are spread.
#[derive(InputObject, Clone)]
pub struct ReceptionRuleInput {
    /// Where: an open venue of the viewer's division.
    pub venue_id: Gid<VenueId>,
    /// Who receives whom.
    pub kind: ReceptionKind,
    /// On which days.
    pub repeat: RosterRepeatInput,
    /// From which time of day (Asia/Shanghai), such as `09:00`.
    pub begins: String,
    /// Until which time of the same day, such as `11:30`.
    pub ends: String,
    /// Minutes of a slot, 5 to 480; what does not fill a slot at the end is left out.
    pub slot_minutes: i64,
    /// Places of a slot, 0 to 1000.
    pub capacity: i64,
    /// Members who are asked a day, 0 to 10; 1 when left out. Those with the fewest receptions that year first, then whose last is longest ago;
    /// leave and other appointments are respected. Of the venue's liaison committee where it has members, else of the committee;
    /// for leaders its standing members.
    pub members_per_day: Option<i32>,
    /// What becomes of a day off; `SHIFT` when left out.
    pub on_day_off: Option<DutyOnDayOff>,
}

/// Reception days as they would be.
#[derive(SimpleObject)]
pub struct ReceptionPlan {
    /// Names this very plan; `saveReceptionPlan` wants it, so that nothing else is kept than was seen.
    pub fingerprint: String,
    /// Its days, by time.
    pub days: Vec<PlannedReceptionDay>,
}

/// One day of a plan.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PlannedReceptionDay {
    /// The calendar day.
    pub day: NaiveDate,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// How many slots it has.
    pub slots: i64,
    /// The day the rule gave, where that is off and the reception was shifted.
    pub shifted_from: Option<NaiveDate>,
    /// Whether the holidays of that year have not been announced yet.
    pub provisional: bool,
    /// Whether the venue has something else at that time: then this day is not kept.
    pub taken: bool,
    /// Whether it falls into a duty in that studio and is part of it.
    pub duty_time: bool,
    /// Members for whom nobody was free.
    pub vacant: i32,
    #[graphql(skip)]
    members: Vec<MemberId>,
}

#[ComplexObject]
impl PlannedReceptionDay {
    /// Who would be asked to receive.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<Member>, ApiError> {
        let loaders = organisation::loaders_of(ctx);
        let members = futures_util::future::try_join_all(self.members.iter().map(|id| loaders.member(*id))).await?;
        Ok(members.into_iter().flatten().collect())
    }
}

/// Which plan to keep: what `planReceptionDays` was asked, and what it answered.
#[derive(InputObject)]
pub struct SaveReceptionPlanInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The rule.
    pub rule: ReceptionRuleInput,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The plan's fingerprint; where another plan would be kept by now, it is `STATE_CHANGED`.
    pub fingerprint: String,
}

/// The plan is kept: its days are planned, their members asked.
#[derive(SimpleObject)]
pub struct SaveReceptionPlanPayload {
    /// Its days, by time.
    pub reception_days: Vec<ReceptionDay>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// Kept, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum SaveReceptionPlanResult {
    /// Done.
    Done(SaveReceptionPlanPayload),
    /// Refused.
    Refused(ReceptionRefused),
}

struct Planned {
    venue: venue::Model,
    role: String,
    fingerprint: String,
    days: Vec<Drafted>,
}

/// A day of a plan, and what stands in its way.
struct Drafted {
    draft: Draft,
    turn: Turn,
    taken: bool,
    duty: bool,
}

fn wrong() -> ApiError {
    ApiError::bad_input(
        "rule",
        say(
            "接待日规则不完整，请检查时间、每段分钟数（5到480）、名额（0到1000）和委员人数（0到10）。",
            "The rule is not whole; please check times, minutes (5 to 480), places (0 to 1000) and members (0 to 10).",
        ),
    )
}

/// The slots of a day as the rule cuts it.
fn cut(rule: &ReceptionRuleInput, day: NaiveDate) -> Result<Vec<Part>, ApiError> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| wrong());
    let at = |time: NaiveTime| day_begins(day).plus_seconds(i64::from(time.num_seconds_from_midnight()));
    let (begins, ends) = (at(time(&rule.begins)?), at(time(&rule.ends)?));
    if !(5..=480).contains(&rule.slot_minutes) || !(0..=1000).contains(&rule.capacity) {
        return Err(wrong());
    }
    let mut parts = Vec::new();
    let mut from = begins;
    loop {
        let until = from.plus_seconds(60 * rule.slot_minutes);
        if until > ends {
            break;
        }
        parts.push((from, until, rule.capacity));
        from = until;
    }
    if (1..=draft::MOST_SLOTS).contains(&parts.len()) { Ok(parts) } else { Err(wrong()) }
}

async fn make(cx: &Cx, rule: &ReceptionRuleInput, from: NaiveDate, until: NaiveDate) -> Result<Planned, ApiError> {
    let viewer = cx.viewer().await?;
    let (venue, role) = draft::venue_of(cx, viewer, rule.venue_id.0).await?;
    let per_day = usize::try_from(rule.members_per_day.unwrap_or(1)).ok().filter(|members| *members <= 10).ok_or_else(wrong)?;
    if !roster_rules::is_span(from, until) {
        return Err(ApiError::bad_input(
            "until",
            say("一次可排1到190天，结束不早于开始。", "A plan spans 1 to 190 days, the last not before the first."),
        ));
    }
    let working = calendar::working_days(cx, from, until).await?;
    let mut days: Vec<(RosterDay, Timestamp, Timestamp)> = Vec::new();
    for day in roster_rules::days(&repeat_rule(&rule.repeat)?, day_off_rule(rule.on_day_off), from, until, &working) {
        let (begins, ends) = draft::span(&cut(rule, day.day)?);
        // What has begun is not planned any more.
        if begins > cx.now() {
            days.push((day, begins, ends));
        }
    }
    let (Some(first), Some(last)) = (days.first().map(|day| day.1), days.last().map(|day| day.2)) else {
        return Ok(Planned { venue, role, fingerprint: fingerprint(rule, &[]), days: Vec::new() });
    };
    let candidates = candidates(cx, rule.kind, &venue, first, last).await?;
    let held = occupy::taken(cx, &[venue.id.uuid()], first, last).await?;
    let duties: Vec<_> = crate::duty::occasions_of(cx, venue.id, first, last).await?;
    let receptions = store::times_at(cx, venue.id, first, last).await?;
    let mut planned = Vec::with_capacity(days.len());
    for turn in roster_rules::assign(&days, per_day, &candidates) {
        let over: Vec<_> = held.iter().filter(|row| row.from_at < turn.until && turn.from < row.until_at).collect();
        let within = |row: &&shangyi_entities::occupancy::Model| row.from_at <= turn.from && turn.until <= row.until_at;
        let duty = over.len() == 1 && over.iter().all(|row| within(row) && duties.contains(&row.occasion_id));
        let receivers = turn.members.iter().flatten().map(|place| (candidates[*place].member, candidates[*place].account)).collect();
        let draft = Draft {
            id: cx.new_id(),
            kind: rule.kind,
            day: turn.day.day,
            parts: cut(rule, turn.day.day)?,
            receivers,
            theme: None,
            level: VerificationLevel::Phone,
            opens_at: None,
        };
        let met = receptions.iter().any(|(from, until)| *from < turn.until && turn.from < *until);
        planned.push(Drafted { draft, taken: met || (!over.is_empty() && !duty), duty, turn });
    }
    Ok(Planned { venue, role, fingerprint: fingerprint(rule, &planned), days: planned })
}

/// Who can be asked, and what is known of them.
async fn candidates(cx: &Cx, kind: ReceptionKind, venue: &venue::Model, from: Timestamp, until: Timestamp) -> Result<Vec<Candidate>, ApiError> {
    let members = match kind {
        ReceptionKind::LeadersReceiveMembers => organisation::standing_members(cx, venue.committee_id).await?,
        ReceptionKind::MembersReceiveResidents => organisation::members_near(cx, venue.committee_id, &venue.division_code).await?,
    };
    let accounts: Vec<AccountId> = members.iter().map(|member| member.account_id).collect();
    let subjects: Vec<Uuid> = accounts.iter().map(|account| account.uuid()).collect();
    let mut busy: Vec<(AccountId, Timestamp, Timestamp)> =
        occupy::taken(cx, &subjects, from, until).await?.into_iter().map(|row| (AccountId(row.subject_id), row.from_at, row.until_at)).collect();
    // Whoever has duty in that studio at that time receives in their duty.
    let duties = crate::duty::occasions_of(cx, venue.id, from, until).await?;
    let here = occupy::taken(cx, &subjects, from, until).await?;
    busy.retain(|(account, begins, _)| {
        !here.iter().any(|row| row.subject_id == account.uuid() && row.from_at == *begins && duties.contains(&row.occasion_id))
    });
    busy.extend(crate::duty::leaves(cx, &accounts, from, until).await?);
    let history = store::history(cx, &accounts, from.plus_seconds(-731 * 86_400)).await?;
    let of = |account: AccountId| history.iter().filter(move |row| row.0 == account).map(|row| local_day(row.1));
    Ok(members
        .into_iter()
        .map(|member| {
            let mut by_year: HashMap<i32, i64> = HashMap::new();
            of(member.account_id).for_each(|day| *by_year.entry(day.year()).or_default() += 1);
            Candidate {
                member: member.id,
                account: member.account_id,
                number: member.number,
                serves: (member.from_at, member.until_at),
                busy: busy.iter().filter(|row| row.0 == member.account_id).map(|row| (row.1, row.2)).collect(),
                slots: by_year,
                last: of(member.account_id).max(),
            }
        })
        .collect())
}

fn fingerprint(rule: &ReceptionRuleInput, days: &[Drafted]) -> String {
    let mut text = format!("{} {:?} {} {}", rule.venue_id, rule.kind, rule.slot_minutes, rule.capacity);
    for day in days {
        let members = day.draft.receivers.iter().map(|(member, _)| Gid(*member).to_string());
        text.push_str(&format!("\n{} {} {} {}", day.turn.from.0, day.turn.until.0, day.taken, members.collect::<Vec<_>>().join(" ")));
    }
    crypto::sha256(text.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

pub(in crate::receptions) async fn show(cx: &Cx, rule: &ReceptionRuleInput, from: NaiveDate, until: NaiveDate) -> Result<ReceptionPlan, ApiError> {
    let planned = make(cx, rule, from, until).await?;
    let day = |day: Drafted| PlannedReceptionDay {
        day: day.draft.day,
        from: day.turn.from.utc(),
        until: day.turn.until.utc(),
        slots: i64::try_from(day.draft.parts.len()).unwrap_or(i64::MAX),
        shifted_from: day.turn.day.shifted_from,
        provisional: day.turn.day.provisional,
        taken: day.taken,
        duty_time: day.duty,
        vacant: i32::try_from(day.turn.members.iter().filter(|place| place.is_none()).count()).unwrap_or(0),
        members: day.draft.receivers.iter().map(|(member, _)| *member).collect(),
    };
    Ok(ReceptionPlan { fingerprint: planned.fingerprint, days: planned.days.into_iter().map(day).collect() })
}

pub(in crate::receptions) async fn save(cx: &Cx, input: SaveReceptionPlanInput) -> Result<SaveReceptionPlanResult, ApiError> {
    if let Some(made) = replay::earlier(cx, "saveReceptionPlan", input.request_id, &input).await? {
        return answer(cx, Ok((made, true))).await;
    }
    let planned = make(cx, &input.rule, input.from, input.until).await?;
    if planned.fingerprint != input.fingerprint {
        return answer(cx, Err(Stop::Refused(Refuse::Because(Reason::PlanChanged)))).await;
    }
    let drafts: Vec<Draft> = planned.days.into_iter().filter(|day| !day.taken).map(|day| day.draft).collect();
    if drafts.is_empty() {
        return answer(cx, Err(Stop::Refused(Refuse::Because(Reason::NothingToPublish)))).await;
    }
    let (input, drafts, venue, role) = (&input, &drafts, &planned.venue, planned.role.as_str());
    let ids = drafts.iter().map(|draft| Gid(draft.id).to_string()).collect::<Vec<_>>().join(",");
    let ids = ids.as_str();
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if let Some(made) = replay::remember(&tx, cx, "saveReceptionPlan", input.request_id, input, Some(ids.to_owned())).await? {
                return Ok((made, true));
            }
            draft::write(&tx, cx, venue, drafts, DayStage::Planned, role).await?;
            let entry = audit::Entry::new("saveReceptionPlan", role, venue.id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), after: Some(&input.fingerprint), ..entry }).await?;
            Ok((ids.to_owned(), false))
        })
        .await;
    answer(cx, done).await
}

async fn answer(cx: &Cx, done: Result<(String, bool), Stop<Refuse>>) -> Result<SaveReceptionPlanResult, ApiError> {
    match done {
        Ok((ids, replayed)) => {
            let ids: Vec<ReceptionDayId> = ids.split(',').filter_map(|id| Gid::parse(id).map(|id| id.0)).collect();
            let mut rows = store::visible(cx, &ids).await?;
            rows.sort_by_key(|row| (row.from_at, row.id));
            let reception_days = rows.into_iter().map(ReceptionDay).collect();
            Ok(SaveReceptionPlanResult::Done(SaveReceptionPlanPayload { reception_days, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(SaveReceptionPlanResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
