use super::open::{not_yours, role_at};
use super::refusal::{CampaignResult, Refuse, finish};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use async_graphql::InputObject;
use shangyi_entities::CampaignId;
use uuid::Uuid;

/// Which campaign to close.
#[derive(InputObject)]
pub struct CloseCampaignInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The campaign.
    pub campaign_id: Gid<CampaignId>,
}

pub(super) async fn run(cx: &Cx, input: CloseCampaignInput) -> Result<CampaignResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.campaign_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "closeCampaign", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let (row, codes) = store::with_divisions(&*tx, id).await?.ok_or_else(super::none_such)?;
            let role = role_at(viewer, row.committee_id, &codes, row.is_default).ok_or_else(not_yours)?;
            // One whose time is over is closed all the same: a default one makes room for the next by it.
            if !store::close(&tx, id, viewer.account, cx.now()).await? {
                return Err(Stop::Refused(Refuse::AlreadyClosed(id)));
            }
            let entry = audit::Entry::new("closeCampaign", &role, id);
            let entry = audit::Entry { committee: Some(row.committee_id), before: Some("open"), after: Some("closed"), ..entry };
            audit::record(&tx, cx, entry).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
