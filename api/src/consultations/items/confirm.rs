use super::moves::{self, Move};
use super::refusal::AgreedItemResult;
use super::step::{Scene, Step, advance, askers, take};
use super::store;
use crate::handovers;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx, personal, say};
use async_graphql::InputObject;
use shangyi_entities::agreed_item::{self, AgreedItemState as S};
use shangyi_entities::agreed_item_event::AgreedItemEventKind as What;
use shangyi_entities::{AgreedItemId, TypedId, agreed_item_word};
use std::collections::HashSet;
use uuid::Uuid;

/// What somebody who asked says to what was done.
#[derive(InputObject)]
pub struct ConfirmItemInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The item, done.
    pub item_id: Gid<AgreedItemId>,
    /// Whether it is so.
    pub kept: bool,
    /// What is not: needed then, at most 300 characters; for its unit and the internal side, under the person's own key.
    pub reason: Option<String>,
}

const REASON: Rule = Rule { field: "reason", name: ("异议", "The reason"), most: 300 };

pub(in crate::consultations) async fn run(cx: &Cx, input: ConfirmItemInput) -> Result<AgreedItemResult, ApiError> {
    let reason = text::clean_optional(&REASON, input.reason.as_deref())?;
    if !input.kept && reason.is_none() {
        return Err(ApiError::bad_input(
            "reason",
            say("请说明哪里没有办好，以便继续办理。", "Please say what is not as it should be, so that it can go on."),
        ));
    }
    let kind = if input.kept { Move::Confirm } else { Move::Dispute };
    let step = Step { operation: "confirmItem", request_id: input.request_id, item: input.item_id.0, expected_version: None, kind };
    let (reason, kept) = (reason.as_deref().filter(|_| !input.kept), input.kept);
    take(cx, &input, &step, |tx, scene, to| async move {
        let account = cx.account()?;
        let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
        let word = agreed_item_word::Model {
            item_id: scene.item.id,
            round: scene.item.round,
            account_id: account,
            kept,
            reason_enc: key.seal_optional(store::REASON, reason)?,
            at: cx.now(),
        };
        store::insert_word(&tx, word).await.internal("saying whether an item is done")?;
        match to {
            Some(to) => dispute(&tx, cx, &scene, to).await?,
            None => confirm_if_all_agree(&tx, cx, &scene.item).await?,
        }
        Ok(())
    })
    .await
}

/// It goes on: its unit is given it anew, and the next answer is another round's.
async fn dispute(tx: &WriteTx, cx: &Cx, scene: &Scene, to: S) -> Result<(), ApiError> {
    let is = agreed_item::Model { state: to, round: scene.item.round + 1, done_at: None, ..scene.item.clone() };
    advance(tx, cx, &scene.item, is, (What::Disputed, scene.role, None)).await?;
    handovers::give_item(tx, cx, None, &scene.item).await
}

/// Confirmed once everyone who asked, and is still here, has said that it is so.
async fn confirm_if_all_agree(tx: &WriteTx, cx: &Cx, item: &agreed_item::Model) -> Result<(), ApiError> {
    let asked = askers(&**tx, item.consultation_id).await?;
    let people: Vec<Uuid> = asked.iter().map(|account| account.uuid()).collect();
    // Erasure has destroyed a person's key.
    let still_here = personal::of_many(&**tx, &cx.app().keys, &people).await?;
    let words = store::words_of(&**tx, &[item.id]).await?.remove(&item.id).unwrap_or_default();
    let said: HashSet<_> = words.iter().filter(|word| word.round == item.round && word.kept).map(|word| word.account_id).collect();
    if asked.iter().all(|account| said.contains(account) || !still_here.contains_key(&account.uuid())) {
        end(tx, cx, item, Move::Confirmed, "ASKER").await?;
    }
    Ok(())
}

/// Ends what is done, confirmed or without a word.
pub(super) async fn end(tx: &WriteTx, cx: &Cx, item: &agreed_item::Model, kind: Move, role: &str) -> Result<(), ApiError> {
    let Some(to) = moves::leads_to(kind, item.state) else { return Ok(()) };
    let what = if kind == Move::Confirmed { What::Confirmed } else { What::Unanswered };
    let is = agreed_item::Model { state: to, ended_at: Some(cx.now()), ..item.clone() };
    advance(tx, cx, item, is, (what, role, None)).await
}
