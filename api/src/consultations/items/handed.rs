//! What a hand-over does to an agreed item, in that room's transaction: the hand-over has judged who may.
use super::moves::{self, Move, No};
use super::step::{self, advance, askers};
use super::store;
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::store as stages;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox;
use shangyi_entities::agreed_item::{self, AgreedItemState as S};
use shangyi_entities::agreed_item_event::AgreedItemEventKind as What;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, AgreedItemEventId, AgreedItemId, OrganisationId, TypedId};

const UNIT: &str = "HANDLING_UNIT";

/// Locks the item's consultation, then the item.
pub async fn lock(tx: &WriteTx, id: AgreedItemId) -> Result<(), ApiError> {
    let Some(seen) = store::by_ids(&**tx, &[id]).await?.pop() else { return Ok(()) };
    stages::locked_by_itself(tx, seen.consultation_id).await?;
    store::locked(tx, id).await.map(|_| ())
}

/// The item, and where that move leads; the hand-over is open, and so is the item.
async fn to_move(tx: &WriteTx, id: AgreedItemId, kind: Move) -> Result<(agreed_item::Model, S), ApiError> {
    let item = store::locked(tx, id).await?.ok_or_else(|| ApiError::broken("an item that was handed over is gone"))?;
    let to = moves::leads_to(kind, item.state).ok_or_else(|| ApiError::broken("an open hand-over of an item that is not"))?;
    Ok((item, to))
}

/// The unit takes it on.
pub async fn unit_accepted(tx: &WriteTx, cx: &Cx, id: AgreedItemId) -> Result<(), ApiError> {
    let (item, to) = to_move(tx, id, Move::Accept).await?;
    let is = agreed_item::Model { state: to, ..item.clone() };
    advance(tx, cx, &item, is, (What::Accepted, UNIT, None)).await
}

/// The unit gives it back: whoever keeps the minutes names another one.
pub async fn unit_returned(tx: &WriteTx, cx: &Cx, id: AgreedItemId, reason: Option<&str>) -> Result<(), ApiError> {
    let (item, to) = to_move(tx, id, Move::Return).await?;
    let is = agreed_item::Model { state: to, ..item.clone() };
    advance(tx, cx, &item, is, (What::Returned, UNIT, reason)).await?;
    let mut secretaries: Vec<AccountId> = sittings::of(tx, item.consultation_id).await?.iter().map(|one| one.secretary_account_id).collect();
    secretaries.sort_unstable();
    secretaries.dedup();
    let event = cx.new_id::<AgreedItemEventId>().uuid();
    for account in secretaries {
        outbox::tell_person(tx, cx, NoticeKind::ItemReturned, event, item.consultation_id.uuid(), account).await?;
    }
    Ok(())
}

/// The unit says what it did, or why it cannot.
pub async fn unit_replied(tx: &WriteTx, cx: &Cx, id: AgreedItemId, text: &str, cannot: bool) -> Result<(), ApiError> {
    let (item, to) = to_move(tx, id, if cannot { Move::Refuse } else { Move::Finish }).await?;
    let is = agreed_item::Model { state: to, evidence: Some(text.to_owned()), done_at: Some(cx.now()).filter(|_| !cannot), ..item.clone() };
    let what = if cannot { What::Cannot } else { What::Done };
    advance(tx, cx, &item, is, (what, UNIT, Some(text))).await?;
    if cannot {
        // Not ended before the liaison committee has acknowledged it.
        for account in crate::organisation::desk_accounts(tx, item.committee_id, &item.division_code, &[], cx.now()).await? {
            outbox::tell_person(tx, cx, NoticeKind::ItemCannot, cx.new_id::<AgreedItemEventId>().uuid(), item.consultation_id.uuid(), account)
                .await?;
        }
    }
    Ok(())
}

/// Who keeps the minutes, or the desk, names a unit: the item as it is then, or why not.
pub async fn handed_over(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    id: AgreedItemId,
    expected_version: i64,
    unit: Option<OrganisationId>,
) -> Result<Option<agreed_item::Model>, ApiError> {
    let scene = step::scene(tx, cx, viewer, id).await?;
    let to = match moves::judge(Move::Give, scene.item.state, scene.standing) {
        Ok(to) => to.unwrap_or(scene.item.state),
        Err(No::NotYours) => return Err(ApiError::forbidden(No::NotYours.text())),
        Err(_) => return Ok(None),
    };
    if scene.item.version != expected_version {
        return Ok(None);
    }
    let Some(unit) = unit else { return Ok(Some(scene.item)) };
    let is = agreed_item::Model { state: to, unit_id: unit, given_at: Some(cx.now()), evidence: None, done_at: None, ..scene.item.clone() };
    advance(tx, cx, &scene.item, is.clone(), (What::Given, scene.role, None)).await?;
    Ok(Some(is))
}

/// Whether that account is among those who asked.
pub async fn asked_by(tx: &WriteTx, id: AgreedItemId, account: AccountId) -> Result<bool, ApiError> {
    let Some(item) = store::by_ids(&**tx, &[id]).await?.pop() else { return Ok(false) };
    Ok(askers(&**tx, item.consultation_id).await?.contains(&account))
}
