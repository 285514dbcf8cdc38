//! The author of a canonical topic has withdrawn it: the next author's topic takes its place. The withdrawn one stays in the
//! cluster for those who back it.
use super::super::step::Mover;
use super::super::store as topics;
use super::merge::happened;
use super::store::{self, End};
use crate::kernel::{ApiError, Cx, WriteTx};
use sea_orm::ActiveValue::Set;
use shangyi_entities::topic::{self, TopicState as S};
use shangyi_entities::topic_event::{self, TopicEventKind as What};
use shangyi_entities::{AccountId, TopicId, topic_merge};

const WHY: &str = "原牵头议题由提出人撤回";

/// Puts the next one in the place of `gone`, which is the row as it was before it was withdrawn. Nothing where none is left.
pub(in super::super) async fn promote(tx: &WriteTx, cx: &Cx, gone: &topic::Model) -> Result<(), ApiError> {
    let mut merged = store::merged_into(tx, &[gone.id]).await?;
    merged.sort_by_key(|row| (row.submitted_at, row.id));
    let takes_over = |row: &topic::Model| row.public_since.is_some() && matches!(row.state, S::Accepted | S::Shortlisted);
    let at_all = |row: &topic::Model| matches!(row.state, S::Accepted | S::Shortlisted);
    // One that was taken down stands for the rest only where there is no other.
    let Some(place) = merged.iter().position(takes_over).or_else(|| merged.iter().position(at_all)) else { return Ok(()) };
    let next = merged.remove(place);
    let by = Mover { role: "SYSTEM".to_owned(), account: cx.account_if_any() };
    let others: Vec<TopicId> = merged.iter().map(|row| row.id).collect();
    // It goes on from where the withdrawn one stood.
    let state = gone.state;
    let changes = topic::ActiveModel { canonical_id: Set(None), state: Set(state), version: Set(next.version + 1), ..Default::default() };
    if !topics::update(tx, &next, changes).await? {
        return Err(ApiError::broken("a locked topic has changed"));
    }
    // Whoever backs this very topic is of its people, though they would not come along to the other.
    store::forget_declines(tx, &[next.id]).await?;
    store::point(tx, &others, Some(next.id)).await?;
    // The withdrawn one has moved by one version already, and does once more.
    store::point(tx, &[gone.id], Some(next.id)).await?;
    store::end_merges(tx, gone.id, None, End { version: gone.version + 2, at: cx.now(), role: &by.role, reason: WHY }).await?;
    let withdrawn = topic::Model { version: gone.version + 1, state: S::Withdrawn, ..gone.clone() };
    let events = merged.iter().chain([&withdrawn]).map(|row| happened(cx, &by, row, What::Merged, WHY));
    store::insert_events(
        tx,
        events.chain([topic_event::Model { to_state: state, ..happened(cx, &by, &next, What::BecameCanonical, WHY) }]).collect(),
    )
    .await?;
    let account: AccountId = cx.account()?;
    let merges = others.iter().chain([&gone.id]).map(|id| topic_merge::Model {
        id: cx.new_id(),
        topic_id: *id,
        canonical_id: next.id,
        from_version: next.version + 1,
        until_version: None,
        reason: WHY.to_owned(),
        at: cx.now(),
        role: by.role.clone(),
        account_id: account,
        ended_at: None,
        ended_role: None,
        ended_reason: None,
    });
    store::insert_merges(tx, merges.collect()).await?;
    store::recount(tx, next.id).await
}
