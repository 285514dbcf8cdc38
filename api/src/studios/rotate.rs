use super::refusal::{StudioRefusalReason as Reason, StudioResult, finish};
use super::{rights, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use async_graphql::InputObject;
use shangyi_entities::VenueId;
use uuid::Uuid;

/// Whose secret to renew.
#[derive(InputObject)]
pub struct RotateStudioSecretInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
}

pub(super) async fn run(cx: &Cx, input: RotateStudioSecretInput) -> Result<StudioResult, ApiError> {
    let viewer = cx.viewer().await?;
    let input = &input;
    let id = input.studio_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "rotateStudioSecret", input.request_id, input, None).await?.is_some() {
                return Ok((id, true));
            }
            let row = store::studio_now(&tx, id).await?;
            let role = rights::runs(viewer, &row).ok_or_else(rights::not_yours)?;
            if row.closed_at.is_some() {
                return Err(Stop::Refused(Reason::StudioClosed));
            }
            store::new_secret(&tx, cx, id).await?;
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..audit::Entry::new("rotateStudioSecret", &role, id) }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
