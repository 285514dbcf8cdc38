mod spans;

use super::change::Holder;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use chrono::{Datelike, NaiveDate};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select};
use shangyi_entities::duty_slot::SlotState;
use shangyi_entities::{AccountId, DutyLeaveId, DutySlotId, MemberId, SlotSwapId, Timestamp, VenueId};
use shangyi_entities::{duty_leave, duty_slot, duty_slot_event, member, slot_swap, studio_member};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) use spans::*;

/// Members on a studio's roster, with the time they are in office.
fn roster(studio: VenueId) -> Select<member::Entity> {
    let of: RelationDef = member::Entity::belongs_to(studio_member::Entity).from(member::Column::Id).to(studio_member::Column::MemberId).into();
    member::Entity::find()
        .join(JoinType::InnerJoin, of)
        .filter(studio_member::Column::VenueId.eq(studio))
        .filter(studio_member::Column::UntilAt.is_null())
        .order_by_asc(member::Column::Number)
}

pub(super) async fn members_on_roster(cx: &Cx, studio: VenueId) -> Result<Vec<member::Model>, ApiError> {
    roster(studio).all(cx.read()).await.internal("reading a studio's members")
}

pub(super) async fn accounts_on_roster(tx: &WriteTx, studio: VenueId) -> Result<Vec<AccountId>, ApiError> {
    let rows = roster(studio).all(&**tx).await.internal("reading a studio's members")?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

pub(super) async fn member_on_roster(tx: &WriteTx, studio: VenueId, id: MemberId) -> Result<Option<member::Model>, ApiError> {
    roster(studio).filter(member::Column::Id.eq(id)).one(&**tx).await.internal("reading a studio's member")
}

/// As which member an account is on a studio's roster.
pub(super) async fn member_of_roster(tx: &WriteTx, studio: VenueId, account: AccountId) -> Result<Option<MemberId>, ApiError> {
    let row = roster(studio).filter(member::Column::AccountId.eq(account)).one(&**tx).await.internal("reading a studio's member")?;
    Ok(row.map(|row| row.id))
}

/// Slots that people have had.
pub(super) struct History(Vec<(AccountId, NaiveDate)>);

impl History {
    pub(super) fn by_year(&self, account: AccountId) -> HashMap<i32, i64> {
        let mut counts = HashMap::new();
        for (_, day) in self.0.iter().filter(|row| row.0 == account) {
            *counts.entry(day.year()).or_default() += 1;
        }
        counts
    }

    pub(super) fn last(&self, account: AccountId) -> Option<NaiveDate> {
        self.0.iter().filter(|row| row.0 == account).map(|row| row.1).max()
    }
}

/// Slots of those people since the year before, in any studio.
pub(super) async fn history(cx: &Cx, accounts: &[AccountId], from: Timestamp) -> Result<History, ApiError> {
    let rows: Vec<(Option<AccountId>, Timestamp)> = duty_slot::Entity::find()
        .select_only()
        .columns([duty_slot::Column::AccountId, duty_slot::Column::FromAt])
        .filter(duty_slot::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(duty_slot::Column::FromAt.gt(from.plus_seconds(-731 * 86_400)))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading duty so far")?;
    Ok(History(rows.into_iter().filter_map(|(account, at)| Some((account?, crate::kernel::clock::local_day(at)))).collect()))
}

/// Leave of those people between two moments.
pub(super) async fn leaves(
    cx: &Cx,
    accounts: &[AccountId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(AccountId, Timestamp, Timestamp)>, ApiError> {
    use duty_leave::Column as C;
    duty_leave::Entity::find()
        .select_only()
        .columns([C::AccountId, C::FromAt, C::UntilAt])
        .filter(C::AccountId.is_in(accounts.iter().copied()))
        .filter(C::CancelledAt.is_null())
        .filter(C::UntilAt.gt(from))
        .filter(C::FromAt.lt(until))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading leave")
}

pub(super) async fn own_leaves(cx: &Cx) -> Result<Vec<duty_leave::Model>, ApiError> {
    use duty_leave::Column as C;
    duty_leave::Entity::find()
        .filter(C::AccountId.eq(cx.account()?))
        .filter(C::CancelledAt.is_null())
        .filter(C::UntilAt.gt(cx.now()))
        .order_by_asc(C::FromAt)
        .limit(100)
        .all(cx.read())
        .await
        .internal("reading leave")
}

pub(super) async fn insert_leave(tx: &WriteTx, row: duty_leave::Model) -> Result<(), ApiError> {
    let row = duty_leave::ActiveModel::from(row).reset_all();
    duty_leave::Entity::insert(row).exec_without_returning(&**tx).await.internal("declaring leave")?;
    Ok(())
}

pub(super) async fn cancel_leave(tx: &WriteTx, cx: &Cx, account: AccountId, id: DutyLeaveId) -> Result<(), ApiError> {
    duty_leave::Entity::update_many()
        .col_expr(duty_leave::Column::CancelledAt, Expr::value(cx.now()))
        .filter(duty_leave::Column::Id.eq(id))
        .filter(duty_leave::Column::AccountId.eq(account))
        .filter(duty_leave::Column::CancelledAt.is_null())
        .exec(&**tx)
        .await
        .internal("taking leave back")?;
    Ok(())
}

/// Rows of one statement.
const AT_ONCE: usize = 500;

pub(super) async fn insert_slots(tx: &WriteTx, rows: Vec<duty_slot::Model>) -> Result<(), ApiError> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| duty_slot::ActiveModel::from(row.clone()).reset_all());
        duty_slot::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("publishing slots")?;
    }
    Ok(())
}

pub(super) async fn insert_events(tx: &WriteTx, rows: Vec<duty_slot_event::Model>) -> Result<(), ApiError> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| duty_slot_event::ActiveModel::from(row.clone()).reset_all());
        duty_slot_event::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing slots' history")?;
    }
    Ok(())
}

/// The slots that one publication made, by time.
pub(super) async fn of_publication(cx: &Cx, publication: Uuid) -> Result<Vec<duty_slot::Model>, ApiError> {
    let made = duty_slot_event::Entity::find()
        .select_only()
        .column(duty_slot_event::Column::SlotId)
        .filter(duty_slot_event::Column::Id.eq(publication))
        .filter(duty_slot_event::Column::Version.eq(1_i64));
    duty_slot::Entity::find()
        .filter(duty_slot::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(made)))
        .order_by_asc(duty_slot::Column::FromAt)
        .order_by_asc(duty_slot::Column::Id)
        .limit(500)
        .all(cx.read())
        .await
        .internal("reading published slots")
}

pub(super) async fn slot_now(tx: &WriteTx, id: DutySlotId) -> Result<Option<duty_slot::Model>, ApiError> {
    duty_slot::Entity::find_by_id(id).lock_exclusive().one(&**tx).await.internal("reading a slot")
}

/// Gives a slot that still has its version to somebody, or to nobody; whether it had.
pub(super) async fn give_slot(tx: &WriteTx, row: &duty_slot::Model, to: Holder) -> Result<bool, ApiError> {
    use duty_slot::Column as C;
    let state = if to.is_some() { SlotState::Assigned } else { SlotState::Vacant };
    let update = duty_slot::Entity::update_many()
        .col_expr(C::MemberId, Expr::value(to.map(|(member, _)| member.0)))
        .col_expr(C::AccountId, Expr::value(to.map(|(_, account)| account.0)))
        .col_expr(C::State, Expr::value(sea_orm::ActiveEnum::to_value(&state)))
        .col_expr(C::Version, Expr::value(row.version + 1))
        .filter(C::Id.eq(row.id))
        .filter(C::Version.eq(row.version));
    Ok(update.exec(&**tx).await.internal("giving a slot to somebody")?.rows_affected == 1)
}

/// Slots of a studio that have not begun and are not handed back.
pub(super) async fn slots_to_come(tx: &WriteTx, cx: &Cx, studio: VenueId) -> Result<Vec<duty_slot::Model>, ApiError> {
    duty_slot::Entity::find()
        .filter(duty_slot::Column::VenueId.eq(studio))
        .filter(duty_slot::Column::FromAt.gt(cx.now()))
        .filter(duty_slot::Column::State.ne(SlotState::HandedBack))
        .order_by_asc(duty_slot::Column::Id)
        .lock_exclusive()
        .all(&**tx)
        .await
        .internal("reading slots to come")
}

pub(super) async fn vacant(cx: &Cx, studio: VenueId) -> Result<Vec<duty_slot::Model>, ApiError> {
    duty_slot::Entity::find()
        .filter(duty_slot::Column::VenueId.eq(studio))
        .filter(duty_slot::Column::FromAt.gt(cx.now()))
        .filter(duty_slot::Column::State.eq(SlotState::Vacant))
        .order_by_asc(duty_slot::Column::FromAt)
        .limit(50)
        .all(cx.read())
        .await
        .internal("reading vacant slots")
}

/// Slots of a person that have not begun.
pub(super) async fn own_slots_to_come(tx: &WriteTx, cx: &Cx, account: AccountId) -> Result<Vec<duty_slot::Model>, ApiError> {
    duty_slot::Entity::find()
        .filter(duty_slot::Column::AccountId.eq(account))
        .filter(duty_slot::Column::FromAt.gt(cx.now()))
        .order_by_asc(duty_slot::Column::Id)
        .lock_exclusive()
        .all(&**tx)
        .await
        .internal("reading slots to come")
}

/// A person's slots and leave, for their export.
pub(super) async fn export(cx: &Cx, account: AccountId) -> Result<serde_json::Value, ApiError> {
    use sea_orm::ActiveEnum;
    let slots =
        duty_slot::Entity::find().filter(duty_slot::Column::AccountId.eq(account)).order_by_asc(duty_slot::Column::FromAt).all(cx.read()).await;
    let leaves =
        duty_leave::Entity::find().filter(duty_leave::Column::AccountId.eq(account)).order_by_asc(duty_leave::Column::FromAt).all(cx.read()).await;
    let declined = duty_slot_event::Entity::find()
        .filter(duty_slot_event::Column::ByAccount.eq(account))
        .filter(duty_slot_event::Column::NoteEnc.is_not_null())
        .all(cx.read())
        .await
        .internal("exporting duty")?;
    let key = crate::kernel::personal::of(cx.read(), &cx.app().keys, account.0).await?;
    let reason = |row: &duty_slot_event::Model| key.as_ref().zip(row.note_enc.as_deref()).and_then(|(key, sealed)| key.open(super::NOTE, sealed));
    Ok(serde_json::json!({
        "declined": declined.iter().map(|row| serde_json::json!({ "at": row.at.utc(), "reason": reason(row) })).collect::<Vec<_>>(),
        "slots": slots.internal("exporting duty")?.iter().map(|row| serde_json::json!({
            "studio": crate::kernel::Gid(row.venue_id).to_string(),
            "from": row.from_at.utc(),
            "until": row.until_at.utc(),
            "state": row.state.to_value(),
        })).collect::<Vec<_>>(),
        "leave": leaves.internal("exporting leave")?.iter().map(|row| serde_json::json!({
            "from": row.from_at.utc(),
            "until": row.until_at.utc(),
            "cancelledAt": row.cancelled_at.map(Timestamp::utc),
        })).collect::<Vec<_>>(),
    }))
}

pub(super) async fn end_slots(tx: &WriteTx, ids: &[DutySlotId], state: SlotState) -> Result<(), ApiError> {
    use duty_slot::Column as C;
    let nobody: Option<Uuid> = None;
    duty_slot::Entity::update_many()
        .col_expr(C::MemberId, Expr::value(nobody))
        .col_expr(C::AccountId, Expr::value(nobody))
        .col_expr(C::State, Expr::value(sea_orm::ActiveEnum::to_value(&state)))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .filter(C::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await
        .internal("handing slots back")?;
    Ok(())
}

/// Those of these slots that the viewer may know of: the internal side of the studio's committee, and whoever has it.
pub(super) async fn slots_by_id(cx: &Cx, ids: &[DutySlotId]) -> Result<Vec<duty_slot::Model>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    let rows = duty_slot::Entity::find().filter(duty_slot::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading slots")?;
    let studios: Vec<VenueId> = rows.iter().map(|row| row.venue_id).collect();
    let seen = crate::studios::visible_among(cx, viewer, &studios).await?;
    Ok(rows.into_iter().filter(|row| row.account_id == Some(viewer.account) || seen.contains(&row.venue_id)).collect())
}

pub(super) async fn events_of(cx: &Cx, ids: &[DutySlotId]) -> Result<Vec<duty_slot_event::Model>, ApiError> {
    duty_slot_event::Entity::find()
        .filter(duty_slot_event::Column::SlotId.is_in(ids.iter().copied()))
        .order_by_asc(duty_slot_event::Column::Version)
        .all(cx.read())
        .await
        .internal("reading slots' history")
}

/// Rule: `one_open_offer_per_slot`.
pub(super) async fn insert_offer(tx: &WriteTx, row: slot_swap::Model) -> Result<(), DbErr> {
    let row = slot_swap::ActiveModel::from(row).reset_all();
    slot_swap::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

pub(super) async fn offer(cx: &Cx, id: SlotSwapId) -> Result<Option<slot_swap::Model>, ApiError> {
    slot_swap::Entity::find_by_id(id).one(cx.read()).await.internal("reading an offer")
}

pub(super) async fn offer_now(tx: &WriteTx, id: SlotSwapId) -> Result<Option<slot_swap::Model>, ApiError> {
    slot_swap::Entity::find_by_id(id).one(&**tx).await.internal("reading an offer")
}

/// Open offers of those slots.
pub(super) async fn offers_of(cx: &Cx, slots: &[DutySlotId]) -> Result<Vec<slot_swap::Model>, ApiError> {
    slot_swap::Entity::find()
        .filter(slot_swap::Column::SlotId.is_in(slots.iter().copied()))
        .filter(slot_swap::Column::ClosedAt.is_null())
        .all(cx.read())
        .await
        .internal("reading offers")
}

/// Open offers that the viewer may accept, by the time of the slot.
pub(super) async fn offers_to_me(cx: &Cx) -> Result<Vec<slot_swap::Model>, ApiError> {
    let account = cx.account()?;
    let of_slot: RelationDef = slot_swap::Entity::belongs_to(duty_slot::Entity).from(slot_swap::Column::SlotId).to(duty_slot::Column::Id).into();
    let of_roster: RelationDef =
        duty_slot::Entity::belongs_to(studio_member::Entity).from(duty_slot::Column::VenueId).to(studio_member::Column::VenueId).into();
    let of_member: RelationDef =
        studio_member::Entity::belongs_to(member::Entity).from(studio_member::Column::MemberId).to(member::Column::Id).into();
    let to_me = Condition::any()
        .add(slot_swap::Column::ToMemberId.is_null())
        .add(Expr::col((slot_swap::Entity, slot_swap::Column::ToMemberId)).equals((member::Entity, member::Column::Id)));
    slot_swap::Entity::find()
        .join(JoinType::InnerJoin, of_slot)
        .join(JoinType::InnerJoin, of_roster)
        .join(JoinType::InnerJoin, of_member)
        .filter(slot_swap::Column::ClosedAt.is_null())
        .filter(slot_swap::Column::OfferedBy.ne(account))
        .filter(duty_slot::Column::FromAt.gt(cx.now()))
        .filter(studio_member::Column::UntilAt.is_null())
        .filter(member::Column::AccountId.eq(account))
        .filter(to_me)
        .order_by_asc(duty_slot::Column::FromAt)
        .limit(50)
        .all(cx.read())
        .await
        .internal("reading offers")
}

async fn close(tx: &WriteTx, cx: &Cx, which: Condition, by: Option<AccountId>) -> Result<u64, ApiError> {
    let update = slot_swap::Entity::update_many()
        .col_expr(slot_swap::Column::ClosedAt, Expr::value(cx.now()))
        .col_expr(slot_swap::Column::AcceptedBy, Expr::value(by.map(|account| account.0)))
        .filter(which)
        .filter(slot_swap::Column::ClosedAt.is_null());
    Ok(update.exec(&**tx).await.internal("closing offers")?.rows_affected)
}

/// Closes one offer; whether it was open.
pub(super) async fn close_offer(tx: &WriteTx, cx: &Cx, id: SlotSwapId) -> Result<bool, ApiError> {
    Ok(close(tx, cx, Condition::all().add(slot_swap::Column::Id.eq(id)), None).await? == 1)
}

/// Closes one offer as accepted; whether it was open.
pub(super) async fn accept_offer(tx: &WriteTx, cx: &Cx, id: SlotSwapId, by: AccountId) -> Result<bool, ApiError> {
    Ok(close(tx, cx, Condition::all().add(slot_swap::Column::Id.eq(id)), Some(by)).await? == 1)
}

/// Closes what is offered of slots, or wanted in return, that have changed hands.
pub(super) async fn close_offers(tx: &WriteTx, cx: &Cx, slots: &[DutySlotId]) -> Result<(), ApiError> {
    if slots.is_empty() {
        return Ok(());
    }
    let of = Condition::any()
        .add(slot_swap::Column::SlotId.is_in(slots.iter().copied()))
        .add(slot_swap::Column::InReturnSlotId.is_in(slots.iter().copied()));
    close(tx, cx, of, None).await.map(|_| ())
}
