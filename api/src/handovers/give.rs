use super::refusal::{HandOverRefusalReason as Reason, HandOverResult, Refuse, finish};
use super::step::{self, tell_unit};
use super::store;
use super::subject::{Place, Subject};
use crate::calendar::deadlines;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use async_graphql::{ID, InputObject};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over::{self, HandOverState};
use shangyi_entities::hand_over_event::{self, HandOverEventKind};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{HandOverId, OrganisationId, TypedId, organisation, reception_record};
use uuid::Uuid;

/// What to hand over to which unit.
#[derive(InputObject)]
pub struct HandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The id of what is handed over: a topic's, or a reception record's. The id of another kind of thing is `BAD_INPUT`.
    pub subject_id: ID,
    /// The version of the topic or the record that the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The unit: an open organisation of its committee, of kind HANDLING_UNIT or PARTICIPATING_UNIT.
    pub unit_id: Gid<OrganisationId>,
    /// What the desk asks of the unit, at most 1000 characters. Between the two of them.
    pub task: Option<String>,
}

const TASK: Rule = Rule { field: "task", name: ("交办要求", "The task"), most: 1000 };

/// Working days in which a unit accepts or returns.
const ANSWER_WITHIN: i64 = 3;

fn is_unit_of(unit: &organisation::Model, committee: OrganisationId) -> bool {
    step::takes(unit.kind) && unit.committee_id == committee && unit.closed_at.is_none()
}

pub(super) async fn run(cx: &Cx, input: HandOverInput) -> Result<HandOverResult, ApiError> {
    let viewer = cx.viewer().await?;
    let subject = Subject::read(&input.subject_id)?;
    let task = task(input.task.as_deref())?;
    let unit = crate::organisation::find_organisation(cx, input.unit_id.0).await?.map(|found| found.0);
    let id: HandOverId = cx.new_id();
    let (input, task, unit) = (&input, task.as_str(), unit.as_ref());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(id).to_string());
            if let Some(made) = replay::remember(&tx, cx, "handOver", input.request_id, input, made).await? {
                let id = Gid::<HandOverId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered hand-over cannot be read"))?;
                return Ok((id.0, true));
            }
            let from = subject.hand_over(&tx, cx, viewer, input.expected_version).await?;
            let Some(unit) = unit.filter(|unit| is_unit_of(unit, from.committee)) else {
                return Err(Stop::Refused(Refuse::Because(Reason::NotAUnitHere)));
            };
            let given = Given { id, subject, unit: unit.id, task };
            put(&tx, cx, viewer, "handOver", &given, from).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// What is given to whom.
pub(super) struct Given<'a> {
    pub(super) id: HandOverId,
    pub(super) subject: Subject,
    pub(super) unit: OrganisationId,
    pub(super) task: &'a str,
}

/// Writes what the desk of that place gives to a unit; the thing itself has been moved already.
pub(super) async fn put(tx: &WriteTx, cx: &Cx, viewer: &Viewer, operation: &'static str, given: &Given<'_>, from: Place) -> Result<(), ApiError> {
    let held = viewer.desk_of(from.committee, &from.division).ok_or_else(|| ApiError::broken("handed over by no desk"))?;
    let event = hand_over_event::Model {
        hand_over_id: given.id,
        version: 1,
        id: cx.new_id(),
        at: cx.now(),
        what: HandOverEventKind::Given,
        to_state: HandOverState::Given,
        role: sea_orm::ActiveEnum::to_value(&held.role),
        account_id: Some(viewer.account),
        note: None,
    };
    let row = hand_over::Model {
        id: given.id,
        committee_id: from.committee,
        subject_kind: given.subject.kind(),
        subject_id: given.subject.uuid(),
        division_code: from.division,
        unit_id: given.unit,
        state: event.to_state,
        version: event.version,
        task: given.task.to_owned(),
        given_at: event.at,
        given_by: viewer.account,
        due_at: None,
        extended: false,
        reply: None,
        ended_at: None,
    };
    store::insert(tx, row).await?;
    store::insert_event(tx, event.clone()).await?;
    let due = [(DeadlineKind::HandOverAnswer, ANSWER_WITHIN), (DeadlineKind::HandOverReply, given.subject.reply_within())];
    deadlines::open_all(tx, cx, given.id.uuid(), &due).await?;
    step::record(tx, cx, operation, from.committee, None, &event).await?;
    tell_unit(tx, cx, NoticeKind::HandOverGiven, given.unit, &event).await
}

/// A reception record is given to a unit while it is written; whether that is a unit of the committee.
pub async fn with_record(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    record: &reception_record::Model,
    unit: OrganisationId,
    task: &str,
) -> Result<bool, ApiError> {
    let unit = crate::organisation::organisation_now(tx, unit).await?.filter(|unit| is_unit_of(unit, record.committee_id));
    let Some(unit) = unit else { return Ok(false) };
    let given = Given { id: cx.new_id(), subject: Subject::Record(record.id), unit: unit.id, task };
    let place = Place { committee: record.committee_id, division: record.division_code.clone() };
    put(tx, cx, viewer, "recordReception", &given, place).await?;
    Ok(true)
}

/// What the desk asks of a unit, as it was typed.
pub fn task(given: Option<&str>) -> Result<String, ApiError> {
    Ok(text::clean_optional(&TASK, given)?.unwrap_or_default())
}
