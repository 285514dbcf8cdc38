use super::refusal::{Refuse, YearPlanResult, finish};
use super::store;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay, say};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use shangyi_entities::appointment::Desk;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::programme_version::ProgrammeLevel;
use shangyi_entities::{OrganisationId, PlanItemId, ProgrammeId, Timestamp, YearPlanId, plan_item, year_plan};
use std::collections::HashSet;
use uuid::Uuid;

/// A thing to consult about.
#[derive(InputObject, Clone)]
pub struct PlanItemInput {
    /// Under which programme of the committee.
    pub programme_id: Gid<ProgrammeId>,
    /// What about, at most 50 characters.
    pub title: String,
    /// Where: in the committee's division; for a programme at township level in a township, or below one.
    pub division_code: String,
    /// Who prepares it: a special committee, a liaison committee, a sector or a sector group of the committee.
    pub organiser_id: Gid<OrganisationId>,
    /// In which quarter of the year, 1 to 4.
    pub quarter: i64,
}

/// A draft of a year's plan, or changes of it.
#[derive(InputObject)]
pub struct DraftPlanInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The committee.
    pub committee_id: Gid<OrganisationId>,
    /// The year, 2000 to 2200.
    pub year: i64,
    /// The version of the plan that was seen; left out for the first draft. Another one is `STATE_CHANGED`.
    pub expected_version: Option<i64>,
    /// Until when members comment; a day from now at least.
    pub comments_until: DateTime<Utc>,
    /// What is added; a plan has at most 300 things.
    pub add_items: Vec<PlanItemInput>,
    /// What is dropped.
    #[graphql(default)]
    pub drop_item_ids: Vec<Gid<PlanItemId>>,
}

const TITLE: Rule = Rule { field: "title", name: ("议题名称", "The title"), most: 50 };
const MOST: usize = 300;

pub(in crate::consultations) async fn run(cx: &Cx, input: DraftPlanInput) -> Result<YearPlanResult, ApiError> {
    let viewer = cx.viewer().await?;
    if let Some(id) = replay::earlier(cx, "draftPlan", input.request_id, &input).await?.and_then(|id| Gid::<YearPlanId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let committee = input.committee_id.0;
    let role = drafter(viewer, committee)?;
    let comments_until = Timestamp::from(input.comments_until);
    let (input, role) = (&input, role.as_str());
    if comments_until < cx.now().plus_seconds(86_400) {
        let text = say("请给委员至少一天时间提意见，截止时间请再晚一些。", "Members have a day at least to comment; please choose a later time.");
        return Err(ApiError::bad_input("commentsUntil", text));
    }
    if !(2000..=2200).contains(&input.year) {
        return Err(ApiError::bad_input("year", say("年份请填2000到2200。", "Please give a year from 2000 to 2200.")));
    }
    let items = &checked(cx, committee, &input.add_items).await?;
    let done = cx.app().db.write(|tx| async move { write(&tx, cx, input, comments_until, items, role).await }).await;
    finish(cx, done).await
}

/// Plans are drafted by the committee's general desk.
fn drafter(viewer: &Viewer, committee: OrganisationId) -> Result<String, ApiError> {
    let held = viewer.staff(committee, Desk::General).ok_or_else(|| {
        ApiError::forbidden(say(
            "年度协商计划由本委员会综合部门起草，请联系他们。",
            "The plan is drafted by the committee's general desk; please ask them.",
        ))
    })?;
    Ok(held.role.to_value())
}

/// Who can prepare a consultation.
pub(in crate::consultations) const ORGANISERS: [OrganisationKind; 4] =
    [OrganisationKind::SpecialCommittee, OrganisationKind::LiaisonCommittee, OrganisationKind::Sector, OrganisationKind::SectorGroup];

/// A division of the committee, in a township where the programme is at that level, and within `within` where that is said.
pub(in crate::consultations) async fn checked_place(
    cx: &Cx,
    committee: OrganisationId,
    level: ProgrammeLevel,
    code: &str,
    within: Option<&str>,
) -> Result<(), ApiError> {
    crate::organisation::require_code("divisionCode", code)?;
    let own = crate::organisation::find_organisation(cx, committee).await?.and_then(|found| found.0.division_code).unwrap_or_default();
    let in_township = level != ProgrammeLevel::Township || code.len() >= 9;
    if own.is_empty() || !code.starts_with(&own) || !in_township || !within.is_none_or(|within| code.starts_with(within)) {
        let text = say(
            "请选择本委员会范围内的地区；镇街级名目请选到镇街，联络委只办本镇街的协商。",
            "Please choose a division of this committee: a township for programmes at that level, and its own for a liaison committee.",
        );
        return Err(ApiError::bad_input("divisionCode", text));
    }
    crate::organisation::require_division(cx, "divisionCode", code).await
}

/// The items as they are to be written, in their order.
async fn checked(cx: &Cx, committee: OrganisationId, given: &[PlanItemInput]) -> Result<Vec<plan_item::Model>, ApiError> {
    let wrong = |field: &'static str, zh: &'static str, en: &'static str| ApiError::bad_input(field, say(zh, en));
    if given.len() > MOST {
        return Err(wrong("addItems", "一份计划最多300项。", "A plan has at most 300 things."));
    }
    let programmes = crate::consultations::programme::store::of_committee(cx, committee).await?;
    let ids: Vec<ProgrammeId> = programmes.iter().map(|row| row.id).collect();
    let versions = crate::consultations::programme::store::versions_of(cx, &ids).await?;
    let organisers: HashSet<OrganisationId> = crate::organisation::of_kinds(cx, committee, &ORGANISERS).await?;
    let (mut items, mut places) = (Vec::with_capacity(given.len()), HashSet::new());
    for one in given {
        let version = versions.get(&one.programme_id.0).and_then(|all| all.last());
        let Some(version) = version else {
            return Err(wrong("programmeId", "请选择本委员会的协商名目。", "Please choose a programme of this committee."));
        };
        if !organisers.contains(&one.organiser_id.0) {
            let text =
                ("请选择本委员会的专委会、联络委、界别或界别联组。", "Please choose a special committee, liaison committee, sector or sector group.");
            return Err(wrong("organiserId", text.0, text.1));
        }
        // Each place once, however many things are about it.
        if places.insert((version.row.level, one.division_code.as_str())) {
            checked_place(cx, committee, version.row.level, &one.division_code, None).await?;
        }
        if !(1..=4).contains(&one.quarter) {
            return Err(wrong("quarter", "季度请填1到4。", "Please give a quarter from 1 to 4."));
        }
        items.push(plan_item::Model {
            id: cx.new_id(),
            plan_id: YearPlanId(Uuid::nil()),
            programme_id: one.programme_id.0,
            title: text::clean_line(&TITLE, &one.title)?,
            division_code: one.division_code.clone(),
            organiser_id: one.organiser_id.0,
            quarter: one.quarter,
            added_in: 0,
            dropped_in: None,
        });
    }
    Ok(items)
}

async fn write(
    tx: &WriteTx,
    cx: &Cx,
    input: &DraftPlanInput,
    comments_until: Timestamp,
    items: &[plan_item::Model],
    role: &str,
) -> Result<(YearPlanId, bool), Stop<Refuse>> {
    let committee = input.committee_id.0;
    let known = store::locked_of_year(tx, committee, input.year).await?;
    let id = known.as_ref().map_or_else(|| cx.new_id(), |row| row.id);
    if let Some(made) = replay::remember(tx, cx, "draftPlan", input.request_id, input, Some(Gid(id).to_string())).await? {
        let made = Gid::<YearPlanId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered plan cannot be read"))?;
        return Ok((made.0, true));
    }
    if known.as_ref().map(|row| row.version) != input.expected_version {
        return Err(Stop::Refused(Refuse::Changed(known.map(|row| row.id))));
    }
    let version = known.as_ref().map_or(1, |row| row.version + 1);
    let (drafted_at, drafted_by) = (cx.now(), cx.account()?);
    if known.is_some() {
        store::redraft(tx, id, comments_until, drafted_at, drafted_by).await?;
    } else {
        let year = input.year;
        let row = year_plan::Model {
            id,
            committee_id: committee,
            year,
            version,
            comments_until,
            drafted_at,
            drafted_by,
            approved_version: None,
            approved_at: None,
        };
        store::insert(tx, row).await.on_rule("one_plan_per_year", || Refuse::Changed(None))?.internal("drafting a plan")?;
    }
    let dropped: Vec<PlanItemId> = input.drop_item_ids.iter().map(|id| id.0).collect();
    if store::drop_items(tx, id, version, &dropped).await? != dropped.iter().collect::<HashSet<_>>().len() {
        return Err(ApiError::not_found("要去掉的计划项", "An item to be dropped").into());
    }
    let items: Vec<plan_item::Model> = items.iter().map(|item| plan_item::Model { plan_id: id, added_in: version, ..item.clone() }).collect();
    store::insert_items(tx, &items).await?;
    if store::count_items(tx, id).await? > MOST {
        return Err(ApiError::bad_input("addItems", say("一份计划最多300项。", "A plan has at most 300 things.")).into());
    }
    let (before, after) = (known.map(|row| row.version.to_string()), version.to_string());
    let entry = audit::Entry::new("draftPlan", role, id);
    audit::record(tx, cx, audit::Entry { committee: Some(committee), before: before.as_deref(), after: Some(&after), ..entry }).await?;
    Ok((id, false))
}
