use super::refusal::{StudioRefusalReason, StudioResult};
use super::step::{Step, take};
use super::store;
use crate::kernel::{ApiError, Cx, Gid, Stop};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::{VenueId, venue};
use uuid::Uuid;

/// Which studio to close.
#[derive(InputObject)]
pub struct CloseStudioInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// The version the caller saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Slots that have not begun are handed back and their members told; who is inside can still check out.
pub(super) async fn run(cx: &Cx, input: CloseStudioInput) -> Result<StudioResult, ApiError> {
    let step = Step { operation: "closeStudio", request_id: input.request_id, studio: input.studio_id.0, expected_version: input.expected_version };
    let changes = venue::ActiveModel { closed_at: Set(Some(cx.now())), ..Default::default() };
    take(cx, &input, &step, changes, |tx, row| async move {
        if crate::receptions::any_ahead(&tx, cx, row.id).await? {
            return Err(Stop::Refused(StudioRefusalReason::ReceptionsAhead));
        }
        if crate::consultations::any_ahead(&tx, cx, row.id).await? {
            return Err(Stop::Refused(StudioRefusalReason::SittingsAhead));
        }
        crate::duty::hand_back(&tx, cx, row.id).await?;
        store::unbind_all(&tx, cx, row.id).await?;
        Ok(())
    })
    .await
}
