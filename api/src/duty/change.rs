//! Giving a slot to another member, or to nobody: the time moves with it, the history says it, open offers end.
use super::refusal::DutyRefusalReason as Reason;
use super::store;
use crate::calendar::occupy::{self, Subject};
use crate::kernel::clock::local_day;
use crate::kernel::{ApiError, Cx, Stop, WriteTx, say};
use shangyi_entities::duty_slot::{self, SlotState};
use shangyi_entities::duty_slot_event::{self, SlotEventKind};
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{AccountId, DutySlotId, MemberId, TypedId};
use uuid::Uuid;

/// Who a slot goes to.
pub(super) type Holder = Option<(MemberId, AccountId)>;

/// The slot of that id for a write; not one that has begun.
pub(super) async fn slot_to_come(tx: &WriteTx, cx: &Cx, id: DutySlotId) -> Result<duty_slot::Model, Stop<Reason>> {
    let row = store::slot_now(tx, id).await?.ok_or_else(|| ApiError::not_found("这个班次", "This slot"))?;
    if row.state == SlotState::HandedBack {
        return Err(Stop::Refused(Reason::StudioClosed));
    }
    if row.from_at <= cx.now() { Err(Stop::Refused(Reason::TooLate)) } else { Ok(row) }
}

/// [`slot_to_come`] of the account that asks. What is somebody else's is forbidden to those who may know of it.
pub(super) async fn own_slot_to_come(tx: &WriteTx, cx: &Cx, id: DutySlotId) -> Result<duty_slot::Model, Stop<Reason>> {
    let viewer = cx.viewer().await?;
    let missing = || ApiError::not_found("这个班次", "This slot");
    let row = store::slot_now(tx, id).await?.ok_or_else(missing)?;
    if row.account_id == Some(viewer.account) {
        return slot_to_come(tx, cx, id).await;
    }
    let venue = crate::organisation::venue_now(tx, row.venue_id).await?.ok_or_else(missing)?;
    let sees = crate::studios::rights::sees(viewer, &venue);
    Err(if sees { ApiError::forbidden(say("这不是您的班次。", "This slot is not yours.")) } else { missing() }.into())
}

/// Moves slots to new holders at once: first everybody is given their time back, then it is taken anew.
pub(super) async fn give(
    tx: &WriteTx,
    cx: &Cx,
    moves: &[(&duty_slot::Model, Holder)],
    what: SlotEventKind,
    note: Option<Vec<u8>>,
) -> Result<Uuid, Stop<Reason>> {
    let mut people = Vec::new();
    for (row, to) in moves {
        people.extend(row.account_id.into_iter().chain(to.map(|(_, account)| account)).map(TypedId::uuid));
    }
    occupy::lock(tx, people).await?;
    for (row, _) in moves {
        if let Some(account) = row.account_id {
            occupy::release(tx, cx, row.occasion_id, account.uuid()).await?;
            crate::receptions::duty_left(tx, cx, row.occasion_id, account).await?;
        }
    }
    let event = cx.new_event();
    let mut events = Vec::with_capacity(moves.len());
    for (row, to) in moves {
        if let Some((_, account)) = to {
            crate::receptions::duty_taken(tx, cx, row.occasion_id, *account).await?;
            let subject = Subject { kind: SubjectKind::Member, id: account.uuid() };
            occupy::take(tx, cx, row.occasion_id, subject, (row.from_at, row.until_at), || Reason::PersonTaken).await?;
        }
        if !store::give_slot(tx, row, *to).await? {
            return Err(Stop::Refused(Reason::StateChanged));
        }
        events.push(duty_slot_event::Model {
            slot_id: row.id,
            version: row.version + 1,
            id: event,
            at: cx.now(),
            what,
            by_account: cx.account()?,
            member_id: to.map(|(member, _)| member),
            note_enc: note.clone(),
        });
    }
    store::insert_events(tx, events).await?;
    store::close_offers(tx, cx, &moves.iter().map(|(row, _)| row.id).collect::<Vec<_>>()).await?;
    for (row, to) in moves {
        // Who came early today has checked in already.
        if local_day(row.from_at) == local_day(cx.now()) {
            for account in row.account_id.into_iter().chain(to.map(|(_, account)| account)) {
                crate::check_ins::slots_changed(tx, cx, account, row.from_at).await?;
            }
        }
    }
    Ok(event)
}

/// A member on the studio's roster who is in office during the slot.
pub(super) async fn holder(tx: &WriteTx, row: &duty_slot::Model, member: MemberId) -> Result<(MemberId, AccountId), Stop<Reason>> {
    let found = store::member_on_roster(tx, row.venue_id, member).await?;
    let serves = found.filter(|found| found.from_at <= row.from_at && found.until_at.is_none_or(|until| row.until_at <= until));
    serves.map(|found| (found.id, found.account_id)).ok_or(Stop::Refused(Reason::NotAMemberHere))
}
