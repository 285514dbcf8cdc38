//! Swapping duty: offered by whoever has the slot, to one member or to all of the studio; accepted by one.
use super::change::{self, holder, own_slot_to_come, slot_to_come};
use super::refusal::{DutyRefusalReason as Reason, DutyRefused, DutySlotResult, finish, refused};
use super::{SlotSwap, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay, say};
use crate::notices::outbox;
use async_graphql::{InputObject, SimpleObject, Union};
use shangyi_entities::duty_slot::{self, SlotState};
use shangyi_entities::duty_slot_event::SlotEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, DutySlotId, MemberId, SlotSwapId, TypedId, slot_swap};
use uuid::Uuid;

/// A slot to offer.
#[derive(InputObject)]
pub struct OfferSlotSwapInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// One's own slot, not begun.
    pub slot_id: Gid<DutySlotId>,
    /// To this member of the studio; to all of them when left out.
    pub to_member_id: Option<Gid<MemberId>>,
    /// For this slot of that member in return; for nothing when left out.
    pub in_return_slot_id: Option<Gid<DutySlotId>>,
}

/// An offer to accept.
#[derive(InputObject)]
pub struct AcceptSlotSwapInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The offer.
    pub swap_id: Gid<SlotSwapId>,
}

/// An offer to withdraw.
#[derive(InputObject)]
pub struct WithdrawSlotSwapInput {
    /// One's own offer.
    pub swap_id: Gid<SlotSwapId>,
}

/// The offer as it is now.
#[derive(SimpleObject)]
pub struct SlotSwapPayload {
    /// The offer.
    pub swap: SlotSwap,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The offer, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum SlotSwapResult {
    /// Done.
    Done(SlotSwapPayload),
    /// Refused.
    Refused(DutyRefused),
}

fn no_offer() -> ApiError {
    ApiError::not_found("这个换班请求", "This offer")
}

pub(super) async fn offer(cx: &Cx, input: OfferSlotSwapInput) -> Result<SlotSwapResult, ApiError> {
    let account = cx.viewer().await?.account;
    let id: SlotSwapId = cx.new_id();
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(id).to_string());
            if let Some(made) = replay::remember(&tx, cx, "offerSlotSwap", input.request_id, input, made).await? {
                return Ok((Gid::<SlotSwapId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered offer cannot be read"))?.0, true));
            }
            let row = own_slot_to_come(&tx, cx, input.slot_id.0).await?;
            let others = partners(&tx, &row, input, account).await?;
            let offered = slot_swap::Model {
                id,
                slot_id: row.id,
                slot_version: row.version,
                offered_by: account,
                to_member_id: input.to_member_id.map(|id| id.0),
                in_return_slot_id: input.in_return_slot_id.map(|id| id.0),
                offered_at: cx.now(),
                closed_at: None,
                accepted_by: None,
            };
            let added = store::insert_offer(&tx, offered).await;
            added.on_rule("one_open_offer_per_slot", || Reason::AlreadyOffered)?.internal("offering a slot")?;
            record(&tx, cx, "offerSlotSwap", &row).await?;
            for other in others {
                outbox::tell_person(&tx, cx, NoticeKind::SlotSwapOffered, id.uuid(), row.id.uuid(), other).await?;
            }
            Ok((id, false))
        })
        .await;
    match done {
        Ok((id, replayed)) => {
            let swap = store::offer(cx, id).await?.map(SlotSwap).ok_or_else(no_offer)?;
            Ok(SlotSwapResult::Done(SlotSwapPayload { swap, replayed }))
        }
        Err(Stop::Refused(reason)) => Ok(SlotSwapResult::Refused(refused(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}

async fn record(tx: &WriteTx, cx: &Cx, operation: &'static str, row: &duty_slot::Model) -> Result<(), ApiError> {
    let committee = crate::organisation::venue_now(tx, row.venue_id).await?.map(|venue| venue.committee_id);
    let after = (row.version + 1).to_string();
    audit::record(tx, cx, audit::Entry { committee, after: Some(&after), ..audit::Entry::new(operation, "MEMBER", row.id) }).await
}

/// Whom the offer goes to.
async fn partners(tx: &WriteTx, row: &duty_slot::Model, input: &OfferSlotSwapInput, own: AccountId) -> Result<Vec<AccountId>, Stop<Reason>> {
    let Some(member) = input.to_member_id else {
        if input.in_return_slot_id.is_some() {
            return Err(ApiError::bad_input("toMemberId", say("互换班次请指明与哪位委员换。", "To swap two slots, please say with whom.")).into());
        }
        let all = store::accounts_on_roster(tx, row.venue_id).await?;
        return Ok(all.into_iter().filter(|account| *account != own).collect());
    };
    let (_, account) = holder(tx, row, member.0).await?;
    if account == own {
        return Err(ApiError::bad_input("toMemberId", say("不能和自己换班。", "This is yourself.")).into());
    }
    if let Some(other) = input.in_return_slot_id {
        let theirs = store::slot_now(tx, other.0).await?.filter(|theirs| theirs.account_id == Some(account) && theirs.occasion_id != row.occasion_id);
        if theirs.is_none() {
            return Err(ApiError::bad_input("inReturnSlotId", say("这不是对方的班次。", "This slot is not theirs.")).into());
        }
    }
    Ok(vec![account])
}

pub(super) async fn accept(cx: &Cx, input: AcceptSlotSwapInput) -> Result<DutySlotResult, ApiError> {
    let account = cx.account()?;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let again = replay::remember(&tx, cx, "acceptSlotSwap", input.request_id, input, None).await?.is_some();
            let swap = store::offer_now(&tx, input.swap_id.0).await?.ok_or_else(no_offer)?;
            if again {
                return Ok((swap.slot_id, true));
            }
            let row = slot_to_come(&tx, cx, swap.slot_id).await?;
            let mine = store::member_of_roster(&tx, row.venue_id, account).await?;
            // An offer to somebody else is nobody else's to know of.
            let member = mine.filter(|mine| swap.to_member_id.is_none_or(|to| to == *mine) && swap.offered_by != account).ok_or_else(no_offer)?;
            let me = holder(&tx, &row, member).await?;
            if !store::accept_offer(&tx, cx, swap.id, account).await? || row.version != swap.slot_version || row.state != SlotState::Assigned {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            let mut moves = vec![(&row, Some(me))];
            let other = match swap.in_return_slot_id {
                Some(other) => Some(slot_to_come(&tx, cx, other).await?),
                None => None,
            };
            if let Some(other) = &other {
                if other.account_id != Some(account) {
                    return Err(Stop::Refused(Reason::StateChanged));
                }
                let Some(theirs) = row.member_id else { return Err(Stop::Refused(Reason::StateChanged)) };
                moves.push((other, Some(holder(&tx, other, theirs).await?)));
            }
            let event = change::give(&tx, cx, &moves, SlotEventKind::Swapped, None).await?;
            record(&tx, cx, "acceptSlotSwap", &row).await?;
            outbox::tell_person(&tx, cx, NoticeKind::SlotSwapAccepted, event, row.id.uuid(), swap.offered_by).await?;
            Ok((row.id, false))
        })
        .await;
    finish(cx, done).await
}

pub(super) async fn withdraw(cx: &Cx, input: WithdrawSlotSwapInput) -> Result<SlotSwapPayload, ApiError> {
    let account = cx.account()?;
    let id = input.swap_id.0;
    let changed = cx
        .app()
        .db
        .write_plain(|tx| async move {
            let swap = store::offer_now(&tx, id).await?.filter(|swap| swap.offered_by == account).ok_or_else(no_offer)?;
            let changed = store::close_offer(&tx, cx, id).await?;
            if changed && let Some(row) = store::slot_now(&tx, swap.slot_id).await? {
                record(&tx, cx, "withdrawSlotSwap", &row).await?;
            }
            Ok(changed)
        })
        .await?;
    let swap = store::offer(cx, id).await?.map(SlotSwap).ok_or_else(no_offer)?;
    Ok(SlotSwapPayload { swap, replayed: !changed })
}
