use super::not_yours;
use super::refusal::{ChairMeetingResult, Refuse, finish};
use super::store;
use crate::audit;
use crate::consultations::plan::{self, YearPlanState};
use crate::consultations::stage::moves::{self, Move};
use crate::consultations::stage::step::{self, Made};
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay, say};
use async_graphql::InputObject;
use chrono::NaiveDate;
use shangyi_entities::chair_decision::{self, Verdict};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind as What;
use shangyi_entities::{ChairMeetingId, ConsultationId, OrganisationId, TermId, YearPlanId, chair_meeting};
use std::collections::HashSet;
use uuid::Uuid;

/// A chair's meeting that was held.
#[derive(InputObject)]
pub struct HoldChairMeetingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The committee.
    pub committee_id: Gid<OrganisationId>,
    /// On which day, in Asia/Shanghai; not in the future, and within a term.
    pub date: NaiveDate,
    /// Its number in the term, 1 to 1000.
    pub number: i64,
    /// What it decided, 1 to 200 things, each once. All of it is entered, or nothing.
    pub decisions: Vec<ChairDecisionInput>,
}

/// A decision about a plan or a proposal.
#[derive(InputObject, Clone)]
pub struct ChairDecisionInput {
    /// The plan; or else `consultationId`.
    pub plan_id: Option<Gid<YearPlanId>>,
    /// The proposal; or else `planId`.
    pub consultation_id: Option<Gid<ConsultationId>>,
    /// The version that was decided about; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// What was decided. A plan that is not approved stays as it is; a proposal that is declined ends.
    pub verdict: Verdict,
    /// What else was said, at most 200 characters; needed unless it was approved. For the internal side; the reason for which a proposal
    /// was declined is its own.
    pub note: Option<String>,
}

const NOTE: Rule = Rule { field: "note", name: ("审定意见", "The note"), most: 200 };
const MOST: usize = 200;

/// What a decision is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum About {
    // Plans first: a proposal may be in the very plan that is approved with it.
    Plan(YearPlanId),
    Proposal(ConsultationId),
}

/// A decision, checked.
struct Decision {
    number: i64,
    about: About,
    expected_version: i64,
    verdict: Verdict,
    note: Option<String>,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: HoldChairMeetingInput) -> Result<ChairMeetingResult, ApiError> {
    let viewer = cx.viewer().await?;
    let before = replay::earlier(cx, "holdChairMeeting", input.request_id, &input).await?;
    if let Some(id) = before.and_then(|id| Gid::<ChairMeetingId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let committee = input.committee_id.0;
    let role = step::of_meeting(viewer, committee).ok_or_else(not_yours)?;
    let decisions = &checked(&input.decisions)?;
    if !(1..=1000).contains(&input.number) {
        return Err(ApiError::bad_input("number", say("次数请填1到1000。", "Please give a number from 1 to 1000.")));
    }
    let outside = || ApiError::bad_input("date", say("会议日期应在本届任期内，且不晚于今天。", "The day lies in a term, and not in the future."));
    if input.date > local_day(cx.now()) || input.date.to_string().len() != 10 {
        return Err(outside());
    }
    let term = crate::organisation::term_at(cx, committee, day_begins(input.date)).await?.ok_or_else(outside)?;
    let (input, role) = (&input, role.as_str());
    let done = cx.app().db.write(|tx| async move { write(&tx, cx, viewer, input, (term, role), decisions).await }).await;
    finish(cx, done).await
}

fn checked(given: &[ChairDecisionInput]) -> Result<Vec<Decision>, ApiError> {
    let wrong = |zh: &'static str, en: &'static str| ApiError::bad_input("decisions", say(zh, en));
    if given.is_empty() || given.len() > MOST {
        return Err(wrong("一次会议请填1到200项决定。", "A meeting decides 1 to 200 things."));
    }
    let mut decisions = Vec::with_capacity(given.len());
    for (one, number) in given.iter().zip(1..) {
        let about = match (one.plan_id, one.consultation_id) {
            (Some(id), None) => About::Plan(id.0),
            (None, Some(id)) => About::Proposal(id.0),
            _ => return Err(wrong("每项决定请给出一个计划或一个选题。", "Each decision is about one plan or one proposal.")),
        };
        let note = text::clean_optional(&NOTE, one.note.as_deref())?;
        if one.verdict != Verdict::Approved && note.is_none() {
            return Err(ApiError::bad_input("note", say("暂缓或不予列入请写明原因。", "Please say why it was not approved.")));
        }
        decisions.push(Decision { number, about, expected_version: one.expected_version, verdict: one.verdict, note });
    }
    let things: HashSet<About> = decisions.iter().map(|decision| decision.about).collect();
    if things.len() != decisions.len() {
        return Err(wrong("同一事项只能决定一次。", "Each thing is decided about once."));
    }
    // The order in which everybody locks.
    decisions.sort_by_key(|decision| decision.about);
    Ok(decisions)
}

async fn write(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    input: &HoldChairMeetingInput,
    (term_id, role): (TermId, &str),
    decisions: &[Decision],
) -> Result<(ChairMeetingId, bool), Stop<Refuse>> {
    let (id, committee): (ChairMeetingId, _) = (cx.new_id(), input.committee_id.0);
    if let Some(made) = replay::remember(tx, cx, "holdChairMeeting", input.request_id, input, Some(Gid(id).to_string())).await? {
        let made = Gid::<ChairMeetingId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered meeting cannot be read"))?;
        return Ok((made.0, true));
    }
    let (day, number, at, recorded_by) = (input.date.to_string(), input.number, cx.now(), viewer.account);
    let row = chair_meeting::Model { id, committee_id: committee, term_id, day, number, at, role: role.to_owned(), recorded_by };
    store::insert(tx, row).await.on_rule("one_meeting_per_number", || Refuse::HeldAlready)?.internal("entering a meeting")?;
    let mut rows = Vec::with_capacity(decisions.len());
    for decision in decisions {
        match decision.about {
            About::Plan(plan) => decide_plan(tx, cx, committee, plan, decision).await?,
            About::Proposal(proposal) => decide_proposal(tx, cx, viewer, committee, (proposal, role), decision).await?,
        }
        let (plan_id, consultation_id) = match decision.about {
            About::Plan(id) => (Some(id), None),
            About::Proposal(id) => (None, Some(id)),
        };
        let (verdict, note) = (decision.verdict, decision.note.clone());
        let (number, version) = (decision.number, decision.expected_version);
        rows.push(chair_decision::Model { id: cx.new_id(), meeting_id: id, number, plan_id, consultation_id, version, verdict, note });
    }
    store::insert_decisions(tx, rows).await?;
    let after = decisions.len().to_string();
    let entry = audit::Entry::new("holdChairMeeting", role, id);
    audit::record(tx, cx, audit::Entry { committee: Some(committee), after: Some(&after), ..entry }).await?;
    Ok((id, false))
}

async fn decide_plan(tx: &WriteTx, cx: &Cx, committee: OrganisationId, id: YearPlanId, decision: &Decision) -> Result<(), Stop<Refuse>> {
    let row = plan::store::locked(tx, id).await?.filter(|row| row.committee_id == committee);
    let row = row.ok_or_else(|| ApiError::not_found("这份年度协商计划", "This plan"))?;
    // Whether somebody has commented is asked of the database, which will not have it otherwise.
    let stands = plan::stands(&row, false, cx.now());
    if row.version != decision.expected_version || stands == YearPlanState::Approved {
        return Err(Stop::Refused(Refuse::PlanChanged(id)));
    }
    if decision.verdict == Verdict::Approved {
        let approved = plan::store::approve(tx, &row, cx.now()).await;
        approved.on_rule("plan_is_commented", || Refuse::PlanNotCommented(id))?.internal("approving a plan")?;
    }
    Ok(())
}

async fn decide_proposal(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    committee: OrganisationId,
    (id, role): (ConsultationId, &str),
    decision: &Decision,
) -> Result<(), Stop<Refuse>> {
    let refused = |stop: Stop<crate::consultations::stage::Refuse>| match stop {
        Stop::Refused(refuse) => Stop::Refused(Refuse::Proposal(id, refuse)),
        Stop::Failed(error) => Stop::Failed(error),
    };
    let row = step::find(tx, viewer, id).await?;
    if row.committee_id != committee {
        return Err(ApiError::not_found("这场协商", "This consultation").into());
    }
    let (kind, what) = match decision.verdict {
        Verdict::Approved => (Move::Select, What::Selected),
        // It goes on waiting; that it can is judged all the same.
        Verdict::Deferred | Verdict::Declined => (Move::Decline, What::Declined),
    };
    let standing = step::standing(tx, cx, viewer, &row).await?;
    let to = step::verdict(tx, &row, moves::judge(kind, row.state, standing)).await.map_err(refused)?;
    if row.version != decision.expected_version {
        return Err(refused(crate::consultations::stage::changed(tx, &row).await));
    }
    if decision.verdict == Verdict::Deferred {
        return Ok(());
    }
    let reason = decision.note.as_deref().filter(|_| decision.verdict == Verdict::Declined);
    let made = Made { operation: "holdChairMeeting", what, to, role, reason };
    step::make(tx, cx, &row, made, consultation::ActiveModel::default()).await.map_err(refused)
}
