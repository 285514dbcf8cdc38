//! The shape that every move of a consultation has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::facts;
use super::moves::{self, Facts, Move, No, Standing};
use super::refusal::{ConsultationResult, Refuse, changed, finish, missing};
use super::store;
use crate::audit;
use crate::consultations::{ending, items, people, plan, programme, sitting};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay};
use crate::notices::outbox;
use crate::topics;
use async_graphql::InputType;
use sea_orm::ActiveValue::Set;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::consultation::{self, ConsultationState as S};
use shangyi_entities::consultation_event::{self, ConsultationEventKind as What};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::programme_version::SelectedBy;
use shangyi_entities::{AccountId, ConsultationId, OrganisationId, TypedId};
use uuid::Uuid;

/// One move of a consultation by a person.
pub(in crate::consultations) struct Step {
    pub(in crate::consultations) operation: &'static str,
    pub(in crate::consultations) request_id: Uuid,
    pub(in crate::consultations) consultation: ConsultationId,
    /// The version the caller saw, where two people can meet.
    pub(in crate::consultations) expected_version: Option<i64>,
    pub(in crate::consultations) kind: Move,
    pub(in crate::consultations) what: What,
}

/// A move that was judged possible.
pub(in crate::consultations) struct Made<'a> {
    pub(in crate::consultations) operation: &'static str,
    pub(in crate::consultations) what: What,
    pub(in crate::consultations) to: S,
    pub(in crate::consultations) role: &'a str,
    /// Why it was cancelled or postponed.
    pub(in crate::consultations) reason: Option<&'a str>,
}

/// Makes the move: `work` writes what belongs to it elsewhere, and says what else changes of the row.
pub(in crate::consultations) async fn take<I, F, Fut>(
    cx: &Cx,
    input: &I,
    step: &Step,
    reason: Option<&str>,
    work: F,
) -> Result<ConsultationResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, consultation::Model, String) -> Fut,
    Fut: Future<Output = Result<consultation::ActiveModel, Stop<Refuse>>>,
{
    let viewer = cx.viewer().await?;
    let work = &work;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.consultation).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.consultation, true));
            }
            let row = find(&tx, viewer, step.consultation).await?;
            let (to, role) = judged(&tx, cx, viewer, &row, step).await?;
            let changes = work(tx.clone(), row.clone(), role.clone()).await?;
            make(&tx, cx, &row, Made { operation: step.operation, what: step.what, to, role: &role, reason }, changes).await?;
            Ok((step.consultation, false))
        })
        .await;
    finish(cx, done).await
}

/// Does something that leaves the consultation where it is, if the table of moves lets the viewer: `work` writes it. No version is
/// counted, so that several people can work at once.
pub(in crate::consultations) async fn add<I, F, Fut>(cx: &Cx, input: &I, step: &Step, work: F) -> Result<ConsultationResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, consultation::Model, String) -> Fut,
    Fut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let viewer = cx.viewer().await?;
    let work = &work;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.consultation).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.consultation, true));
            }
            let row = find(&tx, viewer, step.consultation).await?;
            let (_, role) = judged(&tx, cx, viewer, &row, step).await?;
            work(tx.clone(), row.clone(), role.clone()).await?;
            let entry = audit::Entry::new(step.operation, &role, step.consultation);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((step.consultation, false))
        })
        .await;
    finish(cx, done).await
}

/// The state that a move of the viewer leads to and the role by which they make it, or why it is refused.
pub(in crate::consultations) async fn judged(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    row: &consultation::Model,
    step: &Step,
) -> Result<(S, String), Stop<Refuse>> {
    let standing = standing(tx, cx, viewer, row).await?;
    let to = verdict(tx, row, moves::judge(step.kind, row.state, standing)).await?;
    if step.expected_version.is_some_and(|expected| expected != row.version) {
        return Err(changed(tx, row).await);
    }
    Ok((to, role_of(viewer, row, step.kind)))
}

/// What happens by itself now that something has been written: what is agreed on is tracked, what has ended and was rated is evaluated.
/// The consultation is locked.
pub(in crate::consultations) async fn settle(tx: &WriteTx, cx: &Cx, id: ConsultationId) -> Result<(), ApiError> {
    for (kind, what) in [(Move::Track, What::Tracked), (Move::Evaluate, What::Evaluated)] {
        let Some(row) = store::now(tx, id).await? else { return Ok(()) };
        let known = facts::of(&**tx, cx.now(), std::slice::from_ref(&row)).await?.remove(&id).unwrap_or_default();
        let Some(to) = moves::by_itself(kind, row.state, known.facts) else { continue };
        let made = Made { operation: "consultation", what, to, role: "COMMITTEE", reason: None };
        plainly(make(tx, cx, &row, made, consultation::ActiveModel::default()).await)?;
    }
    Ok(())
}

/// What happens by itself is not refused: if it is, something is broken.
fn plainly(done: Result<(), Stop<Refuse>>) -> Result<(), ApiError> {
    done.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) => ApiError::broken("what a consultation does by itself was refused"),
    })
}

/// The consultation for a move that needs more to be read before it: what was done before is answered again (`None`), strangers are
/// turned away.
pub(in crate::consultations) async fn look<I: InputType>(cx: &Cx, input: &I, step: &Step) -> Result<Option<consultation::Model>, ApiError> {
    let viewer = cx.viewer().await?;
    let row = store::visible(cx, &[step.consultation]).await?.pop().ok_or_else(missing)?;
    if replay::earlier(cx, step.operation, step.request_id, input).await?.is_some() {
        return Ok(None);
    }
    let sittings = sitting::store::of_many(cx.read(), &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let secretary = sittings.iter().any(|one| one.secretary_account_id == viewer.account);
    if !moves::could_be_theirs(step.kind, Standing { secretary, ..standing_by_row(viewer, &row) }) {
        return Err(ApiError::forbidden(No::NotYours.text()));
    }
    Ok(Some(row))
}

/// The consultation, locked, if the viewer may know of it.
pub(in crate::consultations) async fn find(tx: &WriteTx, viewer: &Viewer, id: ConsultationId) -> Result<consultation::Model, ApiError> {
    store::locked(tx, viewer, id).await?.ok_or_else(missing)
}

/// A judgement as the verb has it.
pub(in crate::consultations) async fn verdict(tx: &WriteTx, row: &consultation::Model, judged: Result<S, No>) -> Result<S, Stop<Refuse>> {
    match judged {
        Ok(to) => Ok(to),
        Err(No::NotYours) => Err(ApiError::forbidden(No::NotYours.text()).into()),
        Err(No::NotNow) => Err(changed(tx, row).await),
        Err(no) => Err(Stop::Refused(Refuse::Move(no))),
    }
}

/// Who speaks for the chair's meeting: the chair, and the general desk that keeps its minutes.
pub(in crate::consultations) fn of_meeting(viewer: &Viewer, committee: OrganisationId) -> Option<String> {
    let held = viewer.holds(committee, Role::Chair).or_else(|| viewer.staff(committee, Desk::General))?;
    Some(sea_orm::ActiveEnum::to_value(&held.role))
}

/// Whether the viewer speaks for an organisation: its convenor, or its liaison officer.
pub(super) fn speaks_for(viewer: &Viewer, organisation: OrganisationId) -> bool {
    let roles = [Role::OrgConvenor, Role::LiaisonOfficer];
    viewer.appointments.iter().any(|held| held.organisation_id == Some(organisation) && roles.contains(&held.role))
}

/// What the viewer is to a consultation, as far as its own row says.
pub(super) fn standing_by_row(viewer: &Viewer, row: &consultation::Model) -> Standing {
    let desk = viewer.desk_of(row.committee_id, &row.division_code);
    // A special matter is its proposer's for as long as they are a member.
    let own = || row.proposed_by == viewer.account && viewer.holds(row.committee_id, Role::Member).is_some();
    let organiser = row.organiser_id.map_or_else(own, |organiser| speaks_for(viewer, organiser));
    let is_special_committee = |organiser: OrganisationId| {
        viewer.appointments.iter().any(|held| held.organisation_id == Some(organiser) && held.kind == Some(OrganisationKind::SpecialCommittee))
    };
    Standing {
        meeting: of_meeting(viewer, row.committee_id).is_some(),
        officer: desk.is_some_and(|held| held.role == Role::LiaisonOfficer),
        organiser,
        special_committee: organiser && row.organiser_id.is_some_and(is_special_committee),
        researched: false,
        desk: desk.is_some(),
        proposed: row.proposed_by == viewer.account,
        planned: false,
        special: row.special,
        delegated: false,
        secretary: false,
        office: viewer.staff(row.committee_id, Desk::General).is_some(),
        took_part: false,
        has_rated: false,
        facts: Facts::default(),
    }
}

/// The whole, with what stands in the plan and in the programme's version.
pub(in crate::consultations) async fn standing(tx: &WriteTx, cx: &Cx, viewer: &Viewer, row: &consultation::Model) -> Result<Standing, ApiError> {
    let version = programme::store::version(&**tx, row.programme_id, row.programme_number).await?;
    let item = match row.plan_item_id {
        Some(id) => plan::store::item(&**tx, id).await?,
        None => None,
    };
    let known = facts::of(&**tx, cx.now(), std::slice::from_ref(row)).await?.remove(&row.id).unwrap_or_default();
    Ok(Standing {
        secretary: known.secretaries.contains(&viewer.account),
        facts: known.facts,
        took_part: row.minuted_at.is_some() && took_part(tx, viewer, row).await?,
        has_rated: row.minuted_at.is_some() && ending::store::has_rated(&**tx, (row.id, row.round), viewer.account).await?,
        researched: store::is_researched(tx, row.id).await?,
        planned: item.is_some_and(|(item, plan)| plan::store::is_approved(&item, &plan)),
        delegated: version.is_some_and(|version| version.selected_by == SelectedBy::LiaisonCommittee),
        ..standing_by_row(viewer, row)
    })
}

/// Whether the viewer was at a sitting, or evaluates it by name.
async fn took_part(tx: &WriteTx, viewer: &Viewer, row: &consultation::Model) -> Result<bool, ApiError> {
    if viewer.holds(row.committee_id, Role::Evaluator).is_some() && ending::store::is_evaluator(&**tx, row.id, viewer.account).await? {
        return Ok(true);
    }
    match people::store::part_of(&**tx, row.id, viewer.account, &crate::handovers::units_of(viewer)).await? {
        Some(part) => people::store::was_there(&**tx, part.id).await,
        None => Ok(false),
    }
}

/// The role by which the viewer moves it, as history shows it.
fn role_of(viewer: &Viewer, row: &consultation::Model, kind: Move) -> String {
    let desk = viewer.desk_of(row.committee_id, &row.division_code).map(|held| sea_orm::ActiveEnum::to_value(&held.role));
    if let (Some(role), true) = (&desk, kind != Move::Research) {
        return role.clone();
    }
    if kind_is_of_secretary(kind) {
        return "SECRETARY".to_owned();
    }
    let own = row.organiser_id.and_then(|organiser| viewer.appointments.iter().find(|held| held.organisation_id == Some(organiser)));
    own.map(|held| sea_orm::ActiveEnum::to_value(&held.role)).or(desk).unwrap_or_else(|| "MEMBER".to_owned())
}

/// Whether it is for whoever keeps the minutes: a right of one consultation, not of an appointment.
fn kind_is_of_secretary(kind: Move) -> bool {
    moves::RULES.iter().any(|rule| rule.kind == kind && rule.by == moves::By::Secretary)
}

/// Writes a move that was judged possible: row, history, what follows for its topic, trail, notices.
pub(in crate::consultations) async fn make(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    made: Made<'_>,
    mut changes: consultation::ActiveModel,
) -> Result<(), Stop<Refuse>> {
    (changes.state, changes.changed_at) = (Set(made.to), Set(cx.now()));
    if made.reason.is_some() {
        changes.reason = Set(made.reason.map(str::to_owned));
    }
    if made.to == S::Selected {
        changes.selected_at = Set(Some(cx.now()));
    }
    let updated = store::update(tx, row, changes).await.on_rule("one_consultation_per_topic", || Refuse::Other(None))?;
    if !updated.internal("moving a consultation")? {
        return Err(changed(tx, row).await);
    }
    let account = cx.account_if_any();
    let event = event(cx, row, &made, account);
    let event_id = event.id.uuid();
    store::insert_event(tx, event).await?;
    // Hall and people are free again.
    if row.state == S::Announced && matches!(made.to, S::Postponed | S::Cancelled) {
        sitting::give_back(tx, cx, row.id, event_id).await?;
    }
    follow(tx, cx, row, &made).await?;
    if let Some(kind) = tells(made.what).filter(|_| Some(row.proposed_by) != account) {
        outbox::tell_person(tx, cx, kind, event_id, row.id.uuid(), row.proposed_by).await?;
    }
    let word = |state: S| sea_orm::ActiveEnum::to_value(&state);
    let (before, after) = (format!("{} {}", word(row.state), row.version), format!("{} {}", word(made.to), row.version + 1));
    let entry = audit::Entry::new(made.operation, made.role, row.id);
    audit::record(tx, cx, audit::Entry { committee: Some(row.committee_id), before: Some(&before), after: Some(&after), ..entry }).await?;
    Ok(())
}

/// What follows for the topic it comes of, and for everyone who raised or backed that.
async fn follow(tx: &WriteTx, cx: &Cx, row: &consultation::Model, made: &Made<'_>) -> Result<(), Stop<Refuse>> {
    let Some(topic) = row.topic_id else { return Ok(()) };
    match made.what {
        What::Selected => {
            let became = topics::became_consultation(tx, cx, topic, row.id, &row.title).await?;
            if !became {
                return Err(Stop::Refused(Refuse::TopicNotReady));
            }
        }
        What::Announced | What::SittingAdded => sitting::tell_topic(tx, cx, row.id, NoticeKind::TopicConsultationAnnounced).await?,
        What::MinutesPublished => topics::consultation_went_on(tx, cx, row.id, NoticeKind::TopicConsultationMinuted, "").await?,
        // Nothing is to be done: what was talked over is the answer.
        What::Reported if !items::any(tx, row.id).await? => {
            let text = "已经协商，参会各方的意见已记入纪要，没有需要单位办理的议定事项。";
            topics::consultation_ended(tx, cx, row.id, text).await?;
        }
        What::SittingChanged => sitting::tell_topic(tx, cx, row.id, NoticeKind::TopicConsultationMoved).await?,
        What::Postponed if row.state == S::Announced => {
            let said = made.reason.unwrap_or_default();
            topics::consultation_went_on(tx, cx, row.id, NoticeKind::TopicConsultationPostponed, said).await?;
        }
        What::Cancelled if row.selected_at.is_some() => {
            let text = format!("这次协商已取消：{}", made.reason.unwrap_or_default());
            topics::consultation_ended(tx, cx, row.id, &text).await?;
        }
        _ => {}
    }
    Ok(())
}

/// What whoever proposed it is told.
const fn tells(what: What) -> Option<NoticeKind> {
    Some(match what {
        What::Selected => NoticeKind::ConsultationSelected,
        What::Declined => NoticeKind::ConsultationDeclined,
        What::Announced => NoticeKind::ConsultationAnnounced,
        What::SittingChanged => NoticeKind::ConsultationSittingChanged,
        What::Postponed => NoticeKind::ConsultationPostponed,
        What::Resumed => NoticeKind::ConsultationResumed,
        What::Cancelled => NoticeKind::ConsultationCancelled,
        What::MinutesPublished => NoticeKind::ConsultationMinuted,
        What::Evaluated => NoticeKind::ConsultationEvaluated,
        What::Closed => NoticeKind::ConsultationClosed,
        What::Reopened => NoticeKind::ConsultationReopened,
        What::Proposed | What::ResearchAdded | What::SittingStarted | What::SittingAdded | What::MinutesAmended | What::Reported | What::Tracked => {
            return None;
        }
    })
}

/// One line of history: `row` is the consultation before it.
fn event(cx: &Cx, row: &consultation::Model, made: &Made<'_>, account: Option<AccountId>) -> consultation_event::Model {
    consultation_event::Model {
        consultation_id: row.id,
        version: row.version + 1,
        id: cx.new_id(),
        at: cx.now(),
        what: made.what,
        from_state: Some(row.state),
        to_state: made.to,
        role: made.role.to_owned(),
        account_id: account,
        reason: made.reason.map(str::to_owned),
    }
}

/// The first line of history.
pub(super) async fn begin(tx: &WriteTx, cx: &Cx, row: &consultation::Model, made: &Made<'_>, account: AccountId) -> Result<(), ApiError> {
    let first = event(cx, row, made, Some(account));
    store::insert_event(tx, consultation_event::Model { version: row.version, from_state: None, ..first }).await
}

/// Nothing more to write.
pub(in crate::consultations) async fn nothing_more(_: WriteTx, _: consultation::Model, _: String) -> Result<consultation::ActiveModel, Stop<Refuse>> {
    Ok(consultation::ActiveModel::default())
}
