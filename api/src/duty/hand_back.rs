//! Slots to come whose studio closes, or whose member leaves the studio.
use super::store;
use crate::calendar::occupy;
use crate::kernel::clock::local_day;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox;
use shangyi_entities::duty_slot::{self, SlotState};
use shangyi_entities::duty_slot_event::{self, SlotEventKind};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, MemberId, OccasionId, TypedId, VenueId};
use uuid::Uuid;

/// Hands every slot to come of a studio back; everybody has their time again and is told.
pub async fn studio(tx: &WriteTx, cx: &Cx, studio: VenueId) -> Result<(), ApiError> {
    let rows = store::slots_to_come(tx, cx, studio).await?;
    let occasions: Vec<OccasionId> = rows.iter().map(|row| row.occasion_id).collect();
    occupy::cancel(tx, cx, &occasions).await?;
    end(tx, cx, &rows, SlotState::HandedBack).await
}

/// Makes the slots to come of those members in a studio vacant.
pub async fn members(tx: &WriteTx, cx: &Cx, studio: VenueId, members: &[MemberId]) -> Result<(), ApiError> {
    let mut rows = store::slots_to_come(tx, cx, studio).await?;
    rows.retain(|row| row.member_id.is_some_and(|member| members.contains(&member)));
    occupy::lock(tx, rows.iter().filter_map(|row| row.account_id).map(TypedId::uuid).collect()).await?;
    for row in &rows {
        if let Some(account) = row.account_id {
            occupy::release(tx, cx, row.occasion_id, account.uuid()).await?;
            crate::receptions::duty_left(tx, cx, row.occasion_id, account).await?;
        }
    }
    end(tx, cx, &rows, SlotState::Vacant).await
}

/// Makes every slot to come of a person vacant, wherever it is; for somebody who is erased.
pub async fn all(tx: &WriteTx, cx: &Cx, account: AccountId) -> Result<(), ApiError> {
    let rows = store::own_slots_to_come(tx, cx, account).await?;
    for row in &rows {
        occupy::release(tx, cx, row.occasion_id, account.uuid()).await?;
    }
    end(tx, cx, &rows, SlotState::Vacant).await
}

async fn end(tx: &WriteTx, cx: &Cx, rows: &[duty_slot::Model], state: SlotState) -> Result<(), ApiError> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    store::end_slots(tx, &ids, state).await?;
    store::close_offers(tx, cx, &ids).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let event = cx.new_event();
        events.push(duty_slot_event::Model {
            slot_id: row.id,
            version: row.version + 1,
            id: event,
            at: cx.now(),
            what: SlotEventKind::HandedBack,
            by_account: cx.account()?,
            member_id: None,
            note_enc: None,
        });
        if let Some(account) = row.account_id {
            outbox::tell_person(tx, cx, NoticeKind::DutySlotHandedBack, event, row.id.uuid(), account).await?;
        }
        if state == SlotState::Vacant {
            tell_those_in_charge(tx, cx, row, event).await?;
        }
    }
    store::insert_events(tx, events).await?;
    for row in rows.iter().filter(|row| local_day(row.from_at) == local_day(cx.now())) {
        // Who came early today has checked in already.
        if let Some(account) = row.account_id {
            crate::check_ins::slots_changed(tx, cx, account, row.from_at).await?;
        }
    }
    Ok(())
}

/// Somebody has to find another member.
async fn tell_those_in_charge(tx: &WriteTx, cx: &Cx, row: &duty_slot::Model, event: Uuid) -> Result<(), ApiError> {
    let Some(venue) = crate::organisation::venue_now(tx, row.venue_id).await? else { return Ok(()) };
    let but: Vec<AccountId> = row.account_id.into_iter().chain(cx.account_if_any()).collect();
    for other in crate::organisation::who_looks_after(tx, &venue, &but, cx.now()).await? {
        outbox::tell_person(tx, cx, NoticeKind::DutySlotVacant, event, row.id.uuid(), other).await?;
    }
    Ok(())
}
