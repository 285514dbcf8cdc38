//! The shape that every change of an open studio has: replay → viewer → version → one transaction.
use super::refusal::{StudioRefusalReason as Reason, StudioResult, finish};
use super::rights;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay};
use async_graphql::InputType;
use shangyi_entities::VenueId;
use shangyi_entities::venue::{self, VenueKind};
use uuid::Uuid;

/// One change of one studio by those who keep it.
pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) studio: VenueId,
    pub(super) expected_version: i64,
}

/// Makes the change: `changes` of its row, and `also` what belongs to it elsewhere.
pub(super) async fn take<I, F, Fut>(cx: &Cx, input: &I, step: &Step, changes: venue::ActiveModel, also: F) -> Result<StudioResult, ApiError>
where
    I: InputType,
    F: Fn(WriteTx, venue::Model) -> Fut,
    Fut: Future<Output = Result<(), Stop<Reason>>>,
{
    let viewer = cx.viewer().await?;
    let (changes, also) = (&changes, &also);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.studio).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.studio, true));
            }
            let found = crate::organisation::venue_now(&tx, step.studio).await?.filter(|row| row.kind == VenueKind::MemberStudio);
            let row = found.ok_or_else(|| ApiError::not_found("这个工作室", "This studio"))?;
            let role = rights::keeps(viewer, &row).ok_or_else(rights::not_yours)?;
            if row.closed_at.is_some() {
                return Err(Stop::Refused(Reason::StudioClosed));
            }
            let changed = crate::organisation::change_venue(&tx, row.id, step.expected_version, changes.clone()).await;
            if !changed.on_rule("one_venue_per_name", || Reason::NameTaken)?.internal("changing a studio")? {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            let (before, after) = (step.expected_version.to_string(), (step.expected_version + 1).to_string());
            let entry = audit::Entry::new(step.operation, &role, row.id);
            let entry = audit::Entry { committee: Some(row.committee_id), before: Some(&before), after: Some(&after), ..entry };
            audit::record(&tx, cx, entry).await?;
            let id = row.id;
            also(tx, row).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
