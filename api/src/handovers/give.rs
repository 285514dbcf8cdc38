use super::refusal::{HandOverRefusalReason as Reason, HandOverResult, Refuse, finish};
use super::step::{self, tell_unit};
use super::store;
use super::subject::{Place, Subject};
use crate::calendar::deadlines;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use crate::organisation::Organisation;
use async_graphql::{ID, InputObject};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over::{self, HandOverState};
use shangyi_entities::hand_over_event::{self, HandOverEventKind};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, AgreedItemId, HandOverId, OrganisationId, Timestamp, TypedId, agreed_item, organisation, reception_record};
use uuid::Uuid;

/// What to hand over to which unit.
#[derive(InputObject)]
pub struct HandOverInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The id of what is handed over: a topic's, a reception record's, or an agreed item's that its unit returned or cannot do. The id of another kind of thing is `BAD_INPUT`.
    pub subject_id: ID,
    /// The version of the topic, the record or the item that the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The unit: an open organisation of its committee, of kind HANDLING_UNIT or PARTICIPATING_UNIT.
    pub unit_id: Gid<OrganisationId>,
    /// What the desk asks of the unit, at most 1000 characters. Between the two of them.
    pub task: Option<String>,
}

const TASK: Rule = Rule { field: "task", name: ("交办要求", "The task"), most: 1000 };

/// Working days in which a unit accepts or returns.
const ANSWER_WITHIN: i64 = 3;

/// Whether that is an open unit of one of these committees.
pub fn is_unit(unit: &Organisation, committees: &[OrganisationId]) -> bool {
    committees.iter().any(|committee| is_unit_of(&unit.0, *committee))
}

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
            let named = unit.map(|unit| unit.id);
            let from = subject.hand_over(&tx, cx, viewer, input.expected_version, named).await?;
            let Some(unit) = unit.filter(|unit| is_unit_of(unit, from.committee)) else {
                return Err(Stop::Refused(Refuse::Because(Reason::NotAUnitHere)));
            };
            let given = Given { id, subject, unit: unit.id, task };
            let giver = Giver::of(viewer, &from);
            put(&tx, cx, giver, "handOver", &given, from).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// By whom.
pub(super) struct Giver {
    account: AccountId,
    role: String,
}

impl Giver {
    /// The desk of the place, or whoever keeps the minutes of a consultation there.
    pub(super) fn of(viewer: &Viewer, from: &Place) -> Self {
        let held = viewer.desk_of(from.committee, &from.division);
        let role = held.map_or_else(|| "SECRETARY".to_owned(), |held| sea_orm::ActiveEnum::to_value(&held.role));
        Self { account: viewer.account, role }
    }
}

/// What is given to whom.
pub(super) struct Given<'a> {
    pub(super) id: HandOverId,
    pub(super) subject: Subject,
    pub(super) unit: OrganisationId,
    pub(super) task: &'a str,
}

/// Writes what the desk of that place gives to a unit; the thing itself has been moved already.
pub(super) async fn put(tx: &WriteTx, cx: &Cx, by: Giver, operation: &'static str, given: &Given<'_>, from: Place) -> Result<(), ApiError> {
    let event = hand_over_event::Model {
        hand_over_id: given.id,
        version: 1,
        id: cx.new_id(),
        at: cx.now(),
        what: HandOverEventKind::Given,
        to_state: HandOverState::Given,
        role: by.role,
        account_id: cx.account_if_any(),
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
        given_by: by.account,
        due_at: from.due,
        extended: false,
        reply: None,
        ended_at: None,
    };
    store::insert(tx, row).await?;
    store::insert_event(tx, event.clone()).await?;
    let reply = given.subject.reply_within().map(|days| (DeadlineKind::HandOverReply, days));
    let due: Vec<_> = [(DeadlineKind::HandOverAnswer, ANSWER_WITHIN)].into_iter().chain(reply).collect();
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
    let place = Place { committee: record.committee_id, division: record.division_code.clone(), due: None };
    put(tx, cx, Giver::of(viewer, &place), "recordReception", &given, place).await?;
    Ok(true)
}

/// Gives an agreed item to its unit until its date, by the viewer; where nobody of the committee does, in the name of whoever gave it
/// before.
pub async fn give_item(tx: &WriteTx, cx: &Cx, viewer: Option<&Viewer>, item: &agreed_item::Model) -> Result<(), ApiError> {
    let place = Place { committee: item.committee_id, division: item.division_code.clone(), due: Some(item.due_at) };
    let by = match viewer {
        Some(viewer) => Giver::of(viewer, &place),
        None => {
            let before = store::last_of(tx, item.id.uuid()).await?.ok_or_else(|| ApiError::broken("an item that was never given"))?;
            Giver { account: before.given_by, role: "COMMITTEE".to_owned() }
        }
    };
    let given = Given { id: cx.new_id(), subject: Subject::Item(item.id), unit: item.unit_id, task: &item.task };
    put(tx, cx, by, "giveItem", &given, place).await
}

/// An agreed item has another date: its open hand-over, too.
pub async fn item_due(tx: &WriteTx, cx: &Cx, item: AgreedItemId, due: Timestamp) -> Result<(), ApiError> {
    let Some(row) = store::open_of(tx, item.uuid()).await?.filter(|row| row.due_at != Some(due)) else { return Ok(()) };
    let event = step::event(cx, &row, row.state, HandOverEventKind::Extended, "COMMITTEE".to_owned(), Some("纪要修订".to_owned()));
    let changes = hand_over::ActiveModel { due_at: sea_orm::ActiveValue::Set(Some(due)), ..Default::default() };
    step::write(tx, cx, "publishMinutes", &row, &event, changes).await.map(|_| ())
}

/// Tells a unit's staff of what happened to an agreed item.
pub async fn tell_staff(tx: &WriteTx, cx: &Cx, kind: NoticeKind, unit: OrganisationId, item: AgreedItemId) -> Result<(), ApiError> {
    let event = cx.new_event();
    let Some(row) = store::last_of(tx, item.uuid()).await? else { return Ok(()) };
    for account in store::accounts_of_unit(tx, unit, cx.now()).await? {
        crate::notices::outbox::tell_person(tx, cx, kind, event, row.id.uuid(), account).await?;
    }
    Ok(())
}

/// What the desk asks of a unit, as it was typed.
pub fn task(given: Option<&str>) -> Result<String, ApiError> {
    Ok(text::clean_optional(&TASK, given)?.unwrap_or_default())
}
