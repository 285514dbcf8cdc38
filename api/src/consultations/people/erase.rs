use super::seats::{self, Said};
use super::store;
use crate::calendar::occupy;
use crate::consultations::sitting::store as sittings;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
use shangyi_entities::AccountId;
use shangyi_entities::consultation_reply::ReplyState;

/// Ends what somebody who is erased has ahead of them: their seats and places are others'. What they said is sealed under their key.
pub async fn erase(tx: &WriteTx, cx: &Cx, account: AccountId) -> Result<(), ApiError> {
    let rows = store::live_of(tx, account).await?;
    for row in &rows {
        store::seats_locked(tx, row.sitting_id).await?;
    }
    for row in rows {
        let Some(sitting) = sittings::by_id(&**tx, row.sitting_id).await?.filter(|sitting| sitting.from_at > cx.now()) else { continue };
        let Some(now) = store::reply(tx, row.participant_id, row.sitting_id).await? else { continue };
        if let Some(subject) = now.holds_subject {
            occupy::release(tx, cx, sitting.occasion_id, subject).await?;
        }
        let at = (row.participant_id, row.sitting_id);
        seats::put(tx, cx, Some(&now), at, ReplyState::Declined, Said::default()).await.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::Refused(_) => ApiError::broken("a seat could not be given up"),
        })?;
        seats::settle(tx, cx, &sitting).await?;
    }
    Ok(())
}
