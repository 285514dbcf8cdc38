//! A roster as it would be: a rule, what is known of the members, and always the same result. Nothing is written.
use super::store;
use crate::calendar::roster_rules::{self, Candidate, OnDayOff, Repeat, RosterDay, Turn};
use crate::calendar::{self, occupy};
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, Cx, Gid, crypto, say};
use crate::organisation::{self, Member};
use crate::studios::{self, rights};
use async_graphql::{ComplexObject, Context, Enum, InputObject, OneofObject, SimpleObject};
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use shangyi_entities::{AccountId, MemberId, Timestamp, TypedId, VenueId, venue};

/// A day of the week.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weekday {
    /// 星期一.
    Monday,
    /// 星期二.
    Tuesday,
    /// 星期三.
    Wednesday,
    /// 星期四.
    Thursday,
    /// 星期五.
    Friday,
    /// 星期六.
    Saturday,
    /// 星期日.
    Sunday,
}

impl From<Weekday> for chrono::Weekday {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// What becomes of duty that falls on a day off.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DutyOnDayOff {
    /// 顺延: the next working day has it; it falls together with duty that is there already.
    Shift,
    /// There is none.
    Skip,
}

/// Every month in some weeks on a weekday.
#[derive(InputObject, Clone)]
pub struct WeeksOfMonthInput {
    /// Which of the month's such weekdays, 1 to 5.
    pub weeks: Vec<i32>,
    /// The weekday.
    pub weekday: Weekday,
}

/// On which days there is duty: exactly one.
#[derive(OneofObject, Clone)]
pub enum RosterRepeatInput {
    /// Every week on these weekdays.
    Weekdays(Vec<Weekday>),
    /// Every month on these days, 1 to 31; a month without such a day has none.
    DaysOfMonth(Vec<i32>),
    /// Every month in some weeks on a weekday.
    WeeksOfMonth(WeeksOfMonthInput),
}

/// How duty is spread.
#[derive(InputObject, Clone)]
pub struct RosterRuleInput {
    /// On which days.
    pub repeat: RosterRepeatInput,
    /// From which time of day (Asia/Shanghai), such as `09:00`.
    pub begins: String,
    /// Until which time of the same day, such as `11:30`.
    pub ends: String,
    /// Members at a time, 1 to 5; 1 when left out.
    pub members_per_slot: Option<i32>,
    /// What becomes of duty on a day off; `SHIFT` when left out.
    pub on_day_off: Option<DutyOnDayOff>,
}

/// A roster as it would be published.
#[derive(SimpleObject)]
pub struct RosterPlan {
    /// Names this very plan; `publishRoster` wants it, so that nothing else is published than was seen.
    pub fingerprint: String,
    /// Its turns, by time.
    pub turns: Vec<PlannedTurn>,
}

/// One duty of a plan.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PlannedTurn {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// The day the rule gave, where that is off and the duty was shifted.
    pub shifted_from: Option<NaiveDate>,
    /// Whether the holidays of that year have not been announced yet.
    pub provisional: bool,
    /// Whether the studio has something at that time already: then this turn is not published.
    pub taken: bool,
    /// Places nobody is free for; to be filled by hand.
    pub vacant: i32,
    #[graphql(skip)]
    members: Vec<MemberId>,
}

#[ComplexObject]
impl PlannedTurn {
    /// Who would have it: fewest slots that year first, then whose last slot is longest ago; leave and other appointments
    /// are respected.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<Member>, ApiError> {
        let loaders = organisation::loaders_of(ctx);
        let members = futures_util::future::try_join_all(self.members.iter().map(|id| loaders.member(*id))).await?;
        Ok(members.into_iter().flatten().collect())
    }
}

/// A plan with what is needed to publish it.
pub(super) struct Planned {
    pub(super) venue: venue::Model,
    pub(super) role: String,
    pub(super) fingerprint: String,
    /// With whether the studio is taken at that time.
    pub(super) turns: Vec<(Turn, bool)>,
    pub(super) candidates: Vec<(MemberId, AccountId)>,
}

struct Rule {
    repeat: Repeat,
    begins: NaiveTime,
    ends: NaiveTime,
    per_slot: usize,
    on_day_off: OnDayOff,
}

fn wrong() -> ApiError {
    ApiError::bad_input("rule", say("排班规则不完整，请检查日期、时间和人数。", "The rule is not whole; please check days, times and members."))
}

/// On which days, as a rule.
pub fn repeat(given: &RosterRepeatInput) -> Result<Repeat, ApiError> {
    let days = |given: &[i32], most: u32| -> Result<Vec<u32>, ApiError> {
        let read: Option<Vec<u32>> = given.iter().map(|day| u32::try_from(*day).ok().filter(|day| (1..=most).contains(day))).collect();
        read.filter(|days| !days.is_empty()).ok_or_else(wrong)
    };
    Ok(match given {
        RosterRepeatInput::Weekdays(weekdays) if weekdays.is_empty() => return Err(wrong()),
        RosterRepeatInput::Weekdays(weekdays) => Repeat::Weekdays(weekdays.iter().map(|day| (*day).into()).collect()),
        RosterRepeatInput::DaysOfMonth(given) => Repeat::DaysOfMonth(days(given, 31)?),
        RosterRepeatInput::WeeksOfMonth(given) => Repeat::WeeksOfMonth(days(&given.weeks, 5)?, given.weekday.into()),
    })
}

/// What becomes of a day off.
pub fn on_day_off(given: Option<DutyOnDayOff>) -> OnDayOff {
    if given == Some(DutyOnDayOff::Skip) { OnDayOff::Skip } else { OnDayOff::Shift }
}

fn read(rule: &RosterRuleInput) -> Result<Rule, ApiError> {
    let repeat = repeat(&rule.repeat)?;
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| wrong());
    let (begins, ends) = (time(&rule.begins)?, time(&rule.ends)?);
    let per_slot = usize::try_from(rule.members_per_slot.unwrap_or(1)).ok().filter(|members| (1..=5).contains(members)).ok_or_else(wrong)?;
    if begins >= ends {
        return Err(ApiError::bad_input(
            "rule",
            say("结束时间应晚于开始时间，且在同一天。", "The end must be later than the beginning, on the same day."),
        ));
    }
    Ok(Rule { repeat, begins, ends, per_slot, on_day_off: on_day_off(rule.on_day_off) })
}

/// Makes the plan for those who run the studio.
pub(super) async fn make(cx: &Cx, studio: VenueId, rule: &RosterRuleInput, from: NaiveDate, until: NaiveDate) -> Result<Planned, ApiError> {
    let venue = studios::require(cx, studio).await?;
    let role = rights::runs(cx.viewer().await?, &venue).ok_or_else(rights::not_yours)?;
    let rule = read(rule)?;
    if !roster_rules::is_span(from, until) {
        return Err(ApiError::bad_input(
            "until",
            say("一次可排1到190天，结束不早于开始。", "A roster spans 1 to 190 days, the last not before the first."),
        ));
    }
    let working = calendar::working_days(cx, from, until).await?;
    let at = |day: NaiveDate, time: NaiveTime| day_begins(day).plus_seconds(i64::from(time.num_seconds_from_midnight()));
    let days: Vec<(RosterDay, Timestamp, Timestamp)> = roster_rules::days(&rule.repeat, rule.on_day_off, from, until, &working)
        .into_iter()
        .map(|day| (day.clone(), at(day.day, rule.begins), at(day.day, rule.ends)))
        // What has begun is not planned any more.
        .filter(|(_, from, _)| *from > cx.now())
        .collect();
    let candidates = match (days.first(), days.last()) {
        (Some(first), Some(last)) => candidates(cx, &venue, first.1, last.2).await?,
        _ => Vec::new(),
    };
    let (free, taken) = split(cx, studio, days).await?;
    let mut turns: Vec<(Turn, bool)> = roster_rules::assign(&free, rule.per_slot, &candidates).into_iter().map(|turn| (turn, false)).collect();
    turns.extend(taken.into_iter().map(|(day, from, until)| (Turn { day, from, until, members: Vec::new() }, true)));
    turns.sort_by_key(|(turn, _)| turn.from);
    let fingerprint = fingerprint(studio, &turns, &candidates);
    let candidates = candidates.into_iter().map(|candidate| (candidate.member, candidate.account)).collect();
    Ok(Planned { venue, role, fingerprint, turns, candidates })
}

type Days = Vec<(RosterDay, Timestamp, Timestamp)>;

/// Days on which the studio is free, and those on which it has something already.
async fn split(cx: &Cx, studio: VenueId, days: Days) -> Result<(Days, Days), ApiError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok((Vec::new(), Vec::new())) };
    let held = occupy::taken(cx, &[studio.uuid()], first.1, last.2).await?;
    Ok(days.into_iter().partition(|(_, from, until)| !held.iter().any(|held| held.from_at < *until && *from < held.until_at)))
}

async fn candidates(cx: &Cx, venue: &venue::Model, from: Timestamp, until: Timestamp) -> Result<Vec<Candidate>, ApiError> {
    let members = store::members_on_roster(cx, venue.id).await?;
    let accounts: Vec<AccountId> = members.iter().map(|member| member.account_id).collect();
    let subjects: Vec<_> = accounts.iter().map(|account| account.uuid()).collect();
    let mut busy: Vec<(AccountId, Timestamp, Timestamp)> =
        occupy::taken(cx, &subjects, from, until).await?.into_iter().map(|row| (AccountId(row.subject_id), row.from_at, row.until_at)).collect();
    busy.extend(store::leaves(cx, &accounts, from, until).await?);
    let history = store::history(cx, &accounts, from).await?;
    Ok(members
        .into_iter()
        .map(|member| Candidate {
            member: member.id,
            account: member.account_id,
            number: member.number,
            serves: (member.from_at, member.until_at),
            busy: busy.iter().filter(|row| row.0 == member.account_id).map(|row| (row.1, row.2)).collect(),
            slots: history.by_year(member.account_id),
            last: history.last(member.account_id),
        })
        .collect())
}

fn fingerprint(studio: VenueId, turns: &[(Turn, bool)], candidates: &[Candidate]) -> String {
    let mut text = Gid(studio).to_string();
    for (turn, taken) in turns {
        let members = turn.members.iter().map(|place| place.map_or("-".to_owned(), |place| Gid(candidates[place].member).to_string()));
        text.push_str(&format!("\n{} {} {taken} {}", turn.from.0, turn.until.0, members.collect::<Vec<_>>().join(" ")));
    }
    crypto::sha256(text.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

impl Planned {
    pub(super) fn shown(self) -> RosterPlan {
        let turns = self.turns.into_iter().map(|(turn, taken)| PlannedTurn {
            from: turn.from.utc(),
            until: turn.until.utc(),
            shifted_from: turn.day.shifted_from,
            provisional: turn.day.provisional,
            taken,
            vacant: i32::try_from(turn.members.iter().filter(|place| place.is_none()).count()).unwrap_or(0),
            members: turn.members.iter().flatten().map(|place| self.candidates[*place].0).collect(),
        });
        RosterPlan { fingerprint: self.fingerprint, turns: turns.collect() }
    }
}
