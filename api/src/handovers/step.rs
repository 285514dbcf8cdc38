//! The shape that every move of a unit has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::moves::{self, Move, No, OPEN, Standing};
use super::refusal::{HandOverResult, Refuse, finish, missing};
use super::store;
use super::subject::Subject;
use crate::audit;
use crate::calendar::deadlines;
use crate::kernel::viewer::{Appointment, Viewer};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use crate::notices::outbox;
use async_graphql::InputType;
use sea_orm::ActiveValue::Set;
use shangyi_entities::appointment::Role;
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::hand_over::{self, HandOverState, HandOverSubject};
use shangyi_entities::hand_over_event::{self, HandOverEventKind};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::{HandOverEventId, HandOverId, OrganisationId, TypedId};
use uuid::Uuid;

/// What runs while a hand-over is open.
pub(super) const CLOCKS: &[DeadlineKind] = &[DeadlineKind::HandOverAnswer, DeadlineKind::HandOverReply];

/// One move of a unit.
pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) hand_over: HandOverId,
    /// The version the caller saw.
    pub(super) expected_version: i64,
    pub(super) kind: Move,
    pub(super) what: HandOverEventKind,
    /// Words between unit and desk that go into the history.
    pub(super) note: Option<String>,
}

/// A move that has been made.
pub(super) struct Made {
    /// The hand-over as it was before.
    pub(super) row: hand_over::Model,
    pub(super) subject: Subject,
    pub(super) event: HandOverEventId,
}

/// Makes the move. `change` says what else changes of the row; `also` writes what belongs to it elsewhere.
pub(super) async fn take<I, C, F, Fut>(cx: &Cx, input: &I, step: &Step, change: C, also: F) -> Result<HandOverResult, ApiError>
where
    I: InputType,
    C: Fn(Subject) -> hand_over::ActiveModel,
    F: Fn(WriteTx, Made) -> Fut,
    Fut: Future<Output = Result<(), ApiError>>,
{
    let viewer = cx.viewer().await?;
    let (change, also) = (&change, &also);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.hand_over).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.hand_over, true));
            }
            let seen = store::row(&tx, step.hand_over).await?.ok_or_else(missing)?;
            // To whom it was given never changes: strangers are turned away before anything is locked.
            let Some(role) = of_unit(viewer, seen.unit_id).map(|held| sea_orm::ActiveEnum::to_value(&held.role)) else {
                return Err(Stop::Refused(Refuse::NotYours(step.hand_over)));
            };
            let subject = Subject::of(&seen).ok_or_else(missing)?;
            subject.lock(&tx).await?;
            let row = store::for_update(&tx, step.hand_over).await?.ok_or_else(missing)?;
            let to = match moves::judge(step.kind, row.state, standing(viewer, &row)) {
                Ok(to) => to.unwrap_or(row.state),
                Err(No::NotYours) => return Err(Stop::Refused(Refuse::NotYours(row.id))),
                Err(No::NotNow) => return Err(changed(&tx, &row).await),
                Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
            };
            if step.expected_version != row.version {
                return Err(changed(&tx, &row).await);
            }
            let event = event(cx, &row, to, step.what, role, step.note.clone());
            if !write(&tx, cx, step.operation, &row, &event, change(subject)).await? {
                return Err(changed(&tx, &row).await);
            }
            also(tx, Made { row, subject, event: event.id }).await?;
            Ok((step.hand_over, false))
        })
        .await;
    finish(cx, done).await
}

/// Writes a move that was judged possible: row, clocks, history, trail. Whether nobody else had been faster.
pub(super) async fn write(
    tx: &WriteTx,
    cx: &Cx,
    operation: &'static str,
    row: &hand_over::Model,
    event: &hand_over_event::Model,
    mut changes: hand_over::ActiveModel,
) -> Result<bool, ApiError> {
    let ends = !OPEN.contains(&event.to_state);
    changes.state = Set(event.to_state);
    changes.version = Set(event.version);
    if ends {
        changes.ended_at = Set(Some(event.at));
    }
    if !store::update(tx, row, changes).await? {
        return Ok(false);
    }
    if ends {
        deadlines::close_all(tx, cx, row.id.uuid(), CLOCKS).await?;
    }
    store::insert_event(tx, event.clone()).await?;
    let before = format!("{:?} {}", row.state, row.version);
    record(tx, cx, operation, row.committee_id, Some(&before), event).await?;
    Ok(true)
}

/// Writes into the trail what happened.
pub(super) async fn record(
    tx: &WriteTx,
    cx: &Cx,
    operation: &'static str,
    committee: OrganisationId,
    before: Option<&str>,
    event: &hand_over_event::Model,
) -> Result<(), ApiError> {
    let after = format!("{:?} {}", event.to_state, event.version);
    let entry = audit::Entry::new(operation, &event.role, event.hand_over_id);
    audit::record(tx, cx, audit::Entry { committee: Some(committee), before, after: Some(&after), ..entry }).await
}

/// What happens next to a hand-over, by whoever asks.
pub(super) fn event(
    cx: &Cx,
    row: &hand_over::Model,
    to: HandOverState,
    what: HandOverEventKind,
    role: String,
    note: Option<String>,
) -> hand_over_event::Model {
    hand_over_event::Model {
        hand_over_id: row.id,
        version: row.version + 1,
        id: cx.new_id(),
        at: cx.now(),
        what,
        to_state: to,
        role,
        account_id: cx.account_if_any(),
        note,
    }
}

pub(super) async fn changed(tx: &WriteTx, row: &hand_over::Model) -> Stop<Refuse> {
    match store::last_event(tx, row.id).await {
        Ok(Some(last)) => Stop::Refused(Refuse::Changed { now: row.state, version: row.version, by_role: last.role, at: last.at }),
        Ok(None) => Stop::Refused(Refuse::Move(No::NotNow)),
        Err(error) => error.into(),
    }
}

/// Whether organisations of that kind take what is handed over.
pub(super) fn takes(kind: OrganisationKind) -> bool {
    matches!(kind, OrganisationKind::HandlingUnit | OrganisationKind::ParticipatingUnit)
}

/// The unit that somebody works for by that appointment.
fn unit_of(held: &Appointment) -> Option<OrganisationId> {
    let serves = matches!(held.role, Role::HandlingUnit | Role::LiaisonOfficer) && held.kind.is_some_and(takes);
    held.organisation_id.filter(|_| serves)
}

/// The units the viewer works for.
pub(super) fn units(viewer: &Viewer) -> Vec<OrganisationId> {
    viewer.appointments.iter().filter_map(unit_of).collect()
}

/// The appointment by which the viewer works for that unit.
pub(super) fn of_unit(viewer: &Viewer, unit: OrganisationId) -> Option<&Appointment> {
    viewer.appointments.iter().find(|held| unit_of(held) == Some(unit))
}

/// What the viewer is to the hand-over, as far as its row says: who asked, its subject's room knows.
pub(super) fn standing(viewer: &Viewer, row: &hand_over::Model) -> Standing {
    Standing {
        unit: of_unit(viewer, row.unit_id).is_some(),
        desk: viewer.desk_of(row.committee_id, &row.division_code).is_some(),
        asker: false,
        extended: row.extended,
        agreed: row.subject_kind == HandOverSubject::AgreedItem,
    }
}

/// Tells everyone who works for the unit.
pub(super) async fn tell_unit(tx: &WriteTx, cx: &Cx, kind: NoticeKind, unit: OrganisationId, event: &hand_over_event::Model) -> Result<(), ApiError> {
    for account in store::accounts_of_unit(tx, unit, cx.now()).await? {
        outbox::tell_person(tx, cx, kind, event.id.uuid(), event.hand_over_id.uuid(), account).await?;
    }
    Ok(())
}

/// Tells whoever gave it to the unit.
pub(super) async fn tell_giver(tx: &WriteTx, cx: &Cx, kind: NoticeKind, made: &Made) -> Result<(), ApiError> {
    outbox::tell_person(tx, cx, kind, made.event.uuid(), made.row.id.uuid(), made.row.given_by).await
}
