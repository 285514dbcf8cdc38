//! The shape that every change of a day by its desk has: replay → viewer → version → one transaction.
use super::refusal::{ReceptionDayResult, ReceptionRefusalReason as Reason, Refuse, changed, finish, missing, not_yours};
use super::{draft, store};
use crate::audit;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use async_graphql::InputType;
use shangyi_entities::ReceptionDayId;
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use uuid::Uuid;

/// One change of a day by its desk.
pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) day: ReceptionDayId,
    /// The version the caller saw.
    pub(super) expected_version: i64,
    pub(super) what: ReceptionDayEventKind,
}

/// Makes the change: `work` says what changes of the day's own row, having written what comes before it.
pub(super) async fn take<I, F, Fut>(cx: &Cx, input: &I, step: &Step, work: F) -> Result<ReceptionDayResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, reception_day::Model) -> Fut,
    Fut: Future<Output = Result<reception_day::ActiveModel, Stop<Refuse>>>,
{
    let work = &work;
    take_then(cx, input, step, |tx, row| async move { Ok((work(tx, row).await?, ())) }, |_, _, ()| async { Ok(()) }).await
}

/// [`take`], and `then` writes what follows from the day as it is by then.
pub(super) async fn take_then<I, T, F, Fut, G, Gut>(cx: &Cx, input: &I, step: &Step, work: F, then: G) -> Result<ReceptionDayResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, reception_day::Model) -> Fut,
    Fut: Future<Output = Result<(reception_day::ActiveModel, T), Stop<Refuse>>>,
    G: Fn(WriteTx, reception_day::Model, T) -> Gut,
    Gut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let viewer = cx.viewer().await?;
    let (work, then) = (&work, &then);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.day).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.day, true));
            }
            let (row, role) = for_desk(&tx, viewer, step.day).await?;
            if row.version != step.expected_version {
                return Err(changed(&tx, &row).await);
            }
            if row.state == DayStage::Cancelled || row.until_at <= cx.now() {
                return Err(Stop::Refused(Refuse::Because(Reason::DayClosed)));
            }
            let (changes, more) = work(tx.clone(), row.clone()).await?;
            let event = draft::event(cx, &row, row.version + 1, step.what, &role)?;
            store::update(&tx, cx, &row, changes, event).await?;
            then(tx.clone(), row.clone(), more).await?;
            let (before, after) = (row.version.to_string(), (row.version + 1).to_string());
            let entry = audit::Entry::new(step.operation, &role, row.id);
            let entry = audit::Entry { committee: Some(row.committee_id), before: Some(&before), after: Some(&after), ..entry };
            audit::record(&tx, cx, entry).await?;
            Ok((step.day, false))
        })
        .await;
    finish(cx, done).await
}

/// The day, locked, for its desk; what others may know of is forbidden to them, what they may not is not there.
pub(super) async fn for_desk(tx: &WriteTx, viewer: &Viewer, id: ReceptionDayId) -> Result<(reception_day::Model, String), ApiError> {
    let seen = store::now(tx, id).await?.ok_or_else(missing)?;
    let Some(held) = viewer.desk_of(seen.committee_id, &seen.division_code) else {
        return Err(if store::is_visible_now(tx, viewer, id).await? { not_yours() } else { missing() });
    };
    let role = sea_orm::ActiveEnum::to_value(&held.role);
    let row = store::locked(tx, id).await?.ok_or_else(missing)?;
    Ok((row, role))
}
