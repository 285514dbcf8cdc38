use super::refusal::{ConsultationResult, Refuse, finish};
use super::step::{self, Made, speaks_for};
use super::store;
use crate::audit;
use crate::consultations::plan;
use crate::consultations::plan::store::is_approved;
use crate::consultations::programme;
use crate::kernel::errors::rule_of;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, WriteTx, replay, say};
use crate::notices::outbox;
use crate::topics;
use async_graphql::InputObject;
use sea_orm::ActiveEnum;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::consultation::{self, ConsultationSource as Source, ConsultationState};
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::programme_version::ProgrammeLevel;
use shangyi_entities::{ConsultationId, OrganisationId, PlanItemId, ProgrammeId, TopicId, TypedId, organisation};
use uuid::Uuid;

/// A consultation to propose.
#[derive(InputObject)]
pub struct ProposeConsultationInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// Under which programme; it keeps the version that is current now.
    pub programme_id: Gid<ProgrammeId>,
    /// What it is about, at most 50 characters.
    pub title: String,
    /// What is to be talked over, and why, at most 1000 characters; public once it is selected.
    pub question: String,
    /// Where, in the committee's division: for a liaison committee in its own street, for a programme at township level in a township, for
    /// an item of the plan in its place.
    pub division_code: String,
    /// Who prepares it: a special committee, liaison committee, sector or sector group that the viewer speaks for; the general desk
    /// for any. Left out: the viewer as a member, for a special matter.
    pub organiser_id: Option<Gid<OrganisationId>>,
    /// The item of the year's plan that it is, of the same programme and organiser; it is selected once the plan is approved. Left out for a
    /// special matter.
    pub plan_item_id: Option<Gid<PlanItemId>>,
    /// The topic it comes of: on the short list of the viewer's desk.
    pub topic_id: Option<Gid<TopicId>>,
    /// Committees that are asked to hold it together with this one, at most 20; their general desks are told.
    #[graphql(default)]
    pub co_host_ids: Vec<Gid<OrganisationId>>,
}

const TITLE: Rule = Rule { field: "title", name: ("标题", "The title"), most: 50 };
const QUESTION: Rule = Rule { field: "question", name: ("协商内容", "The question"), most: 1000 };
const MOST_CO_HOSTS: usize = 20;

/// Checked input, ready to be written.
struct Ready {
    row: consultation::Model,
    co_hosts: Vec<OrganisationId>,
    role: String,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: ProposeConsultationInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    if let Some(id) = replay::earlier(cx, "proposeConsultation", input.request_id, &input).await?.and_then(|id| Gid::<ConsultationId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let ready = &ready(cx, viewer, &input).await?;
    let input = &input;
    let done = match cx.app().db.write(|tx| async move { write(&tx, cx, viewer, input, ready).await }).await {
        Err(Stop::Refused(Refuse::Other(_))) => Err(Stop::Refused(Refuse::Other(store::other(cx, &ready.row).await?))),
        done => done,
    };
    finish(cx, done).await
}

fn wrong(field: &'static str, zh: &'static str, en: &'static str) -> ApiError {
    ApiError::bad_input(field, say(zh, en))
}

async fn ready(cx: &Cx, viewer: &Viewer, input: &ProposeConsultationInput) -> Result<Ready, ApiError> {
    let programme = programme::store::by_ids(cx, &[input.programme_id.0]).await?.pop();
    let programme = programme.ok_or_else(|| ApiError::not_found("这个协商名目", "This programme"))?;
    let committee = programme.committee_id;
    let organiser = organiser(cx, committee, input).await?;
    let (role, source) = proposer(viewer, committee, organiser.as_ref(), input)?;
    let version = programme::store::version(cx.read(), programme.id, programme.number).await?;
    let level = version.map_or(ProgrammeLevel::County, |version| version.level);
    // A liaison committee speaks for its own street.
    let within = organiser.as_ref().filter(|row| row.kind == OrganisationKind::LiaisonCommittee).and_then(|row| row.division_code.as_deref());
    plan::checked_place(cx, committee, level, &input.division_code, within).await?;
    if let Some(id) = input.plan_item_id {
        let found = plan::store::item(cx.read(), id.0).await?.filter(|(item, plan)| {
            plan.committee_id == committee
                && item.programme_id == programme.id
                && organiser.as_ref().is_some_and(|row| row.id == item.organiser_id)
                && input.division_code.starts_with(&item.division_code)
                && (item.dropped_in.is_none() || is_approved(item, plan))
        });
        if found.is_none() {
            let text = (
                "请选择本委员会计划中同一名目、同一承办单位、同一地区的事项。",
                "Please choose an item of the committee's plan: of the same programme, organiser and place.",
            );
            return Err(wrong("planItemId", text.0, text.1));
        }
    }
    let mut co_hosts: Vec<OrganisationId> = input.co_host_ids.iter().map(|id| id.0).filter(|id| *id != committee).collect();
    co_hosts.sort_unstable();
    co_hosts.dedup();
    if co_hosts.len() > MOST_CO_HOSTS || !crate::organisation::are_committees(cx, &co_hosts).await? {
        return Err(wrong("coHostIds", "联合主办方请选择其他委员会，最多20个。", "Co-hosts are other committees, 20 at most."));
    }
    let row = consultation::Model {
        id: cx.new_id(),
        committee_id: committee,
        programme_id: programme.id,
        programme_number: programme.number,
        title: text::clean_line(&TITLE, &input.title)?,
        question: text::clean(&QUESTION, &input.question)?,
        division_code: input.division_code.clone(),
        organiser_id: organiser.map(|row| row.id),
        source,
        plan_item_id: input.plan_item_id.map(|id| id.0),
        special: input.plan_item_id.is_none(),
        topic_id: input.topic_id.map(|id| id.0),
        state: ConsultationState::Proposed,
        version: 1,
        proposed_at: cx.now(),
        proposed_by: viewer.account,
        changed_at: cx.now(),
        selected_at: None,
        reason: None,
        round: 1,
        minuted_at: None,
        share_met: None,
        reported_at: None,
        rating_since: None,
    };
    Ok(Ready { row, co_hosts, role })
}

/// Who is to prepare it.
async fn organiser(cx: &Cx, committee: OrganisationId, input: &ProposeConsultationInput) -> Result<Option<organisation::Model>, ApiError> {
    let Some(id) = input.organiser_id else { return Ok(None) };
    let found = crate::organisation::find_organisation(cx, id.0).await?.map(|found| found.0);
    let fits = found.filter(|row| row.committee_id == committee && row.closed_at.is_none() && plan::ORGANISERS.contains(&row.kind));
    let text = ("请选择本委员会的专委会、联络委、界别或界别联组。", "Please choose a special committee, liaison committee, sector or sector group.");
    fits.map(Some).ok_or_else(|| wrong("organiserId", text.0, text.1))
}

/// By which role it is proposed, and what its source is by that.
fn proposer(
    viewer: &Viewer,
    committee: OrganisationId,
    organiser: Option<&organisation::Model>,
    input: &ProposeConsultationInput,
) -> Result<(String, Source), ApiError> {
    let general = viewer.staff(committee, Desk::General);
    let Some(organiser) = organiser else {
        if input.plan_item_id.is_some() || input.topic_id.is_some() {
            let text = (
                "计划内事项和群众议题请选择承办的专委会、联络委或界别。",
                "What is planned, or comes of a topic, has an organiser; please choose one.",
            );
            return Err(wrong("organiserId", text.0, text.1));
        }
        let held = viewer
            .holds(committee, Role::Member)
            .ok_or_else(|| ApiError::forbidden(say("专题协商由本委员会委员提出。", "Special matters are proposed by members of the committee.")))?;
        return Ok((held.role.to_value(), Source::Members));
    };
    let own = viewer.appointments.iter().find(|held| held.organisation_id == Some(organiser.id) && speaks_for(viewer, organiser.id));
    let held = own.or(general).ok_or_else(|| {
        ApiError::forbidden(say(
            "请由承办单位的召集人、联络员或综合部门提出。",
            "Consultations are proposed by the organiser's convenor or officer, or by the general desk.",
        ))
    })?;
    let source = match organiser.kind {
        _ if input.topic_id.is_some() => Source::Topic,
        OrganisationKind::SpecialCommittee => Source::SpecialCommittee,
        OrganisationKind::LiaisonCommittee => Source::LiaisonCommittee,
        _ => Source::Sector,
    };
    Ok((held.role.to_value(), source))
}

async fn write(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    input: &ProposeConsultationInput,
    ready: &Ready,
) -> Result<(ConsultationId, bool), Stop<Refuse>> {
    let row = &ready.row;
    if let Some(made) = replay::remember(tx, cx, "proposeConsultation", input.request_id, input, Some(Gid(row.id).to_string())).await? {
        let id = Gid::<ConsultationId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered consultation cannot be read"))?;
        return Ok((id.0, true));
    }
    if let Some(topic) = row.topic_id
        && !topics::can_be_consulted_about(tx, viewer, topic, row.committee_id).await?
    {
        return Err(Stop::Refused(Refuse::TopicNotReady));
    }
    if let Err(cause) = store::insert(tx, row.clone(), &ready.co_hosts).await {
        if rule_of(&cause).is_some_and(|rule| matches!(rule.as_str(), "one_consultation_per_item" | "one_consultation_per_topic")) {
            return Err(Stop::Refused(Refuse::Other(None)));
        }
        Err(cause).internal("proposing a consultation")?;
    }
    let made = Made { operation: "proposeConsultation", what: ConsultationEventKind::Proposed, to: row.state, role: &ready.role, reason: None };
    step::begin(tx, cx, row, &made, viewer.account).await?;
    for (committee, event) in ready.co_hosts.iter().map(|committee| (*committee, cx.new_event())) {
        for desk in crate::organisation::at_desk(tx, committee, Desk::General, cx.now()).await? {
            outbox::tell_person(tx, cx, NoticeKind::CoHostingAsked, event, row.id.uuid(), desk).await?;
        }
    }
    let entry = audit::Entry::new("proposeConsultation", &ready.role, row.id);
    audit::record(tx, cx, audit::Entry { committee: Some(row.committee_id), after: Some("PROPOSED 1"), ..entry }).await?;
    Ok((row.id, false))
}
