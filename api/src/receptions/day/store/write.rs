//! Days, slots and receiving members inside a transaction: locked, written, changed.
use super::visible_to;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, SelectExt,
};
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{AccountId, OccasionId, ReceptionDayId, ReceptionReceiverId, ReceptionSlotId, Timestamp, VenueId};
use shangyi_entities::{reception_day_event, reception_slot};

/// The day as it stands.
pub(in crate::receptions) async fn now(tx: &WriteTx, id: ReceptionDayId) -> Result<Option<reception_day::Model>, ApiError> {
    reception_day::Entity::find_by_id(id).one(&**tx).await.internal("reading a reception day")
}

/// The day, locked for this transaction; before its slots, always.
pub(in crate::receptions) async fn locked(tx: &WriteTx, id: ReceptionDayId) -> Result<Option<reception_day::Model>, ApiError> {
    reception_day::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a reception day to be changed")
}

/// Whether the viewer may know of the day.
pub(in crate::receptions) async fn is_visible_now(tx: &WriteTx, viewer: &Viewer, id: ReceptionDayId) -> Result<bool, ApiError> {
    let which = reception_day::Entity::find().filter(reception_day::Column::Id.eq(id)).filter(visible_to(Some(viewer)));
    which.exists(&**tx).await.internal("looking for a reception day")
}

/// Its slots, locked for this transaction in the order of their ids.
pub(in crate::receptions) async fn slots_locked(tx: &WriteTx, day: ReceptionDayId) -> Result<Vec<reception_slot::Model>, ApiError> {
    reception_slot::Entity::find()
        .filter(reception_slot::Column::DayId.eq(day))
        .order_by_asc(reception_slot::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&**tx)
        .await
        .internal("reading slots to be changed")
}

/// Those asked for a day who are not replaced.
pub(in crate::receptions) async fn receivers_now(tx: &WriteTx, day: ReceptionDayId) -> Result<Vec<reception_receiver::Model>, ApiError> {
    reception_receiver::Entity::find()
        .filter(reception_receiver::Column::DayId.eq(day))
        .filter(reception_receiver::Column::State.ne(ReceiverState::Replaced))
        .order_by_asc(reception_receiver::Column::Id)
        .all(&**tx)
        .await
        .internal("reading receiving members")
}

pub(in crate::receptions) async fn insert(
    tx: &WriteTx,
    days: &[reception_day::Model],
    slots: &[reception_slot::Model],
    receivers: &[reception_receiver::Model],
    events: &[reception_day_event::Model],
) -> Result<(), ApiError> {
    let rows = days.iter().map(|row| reception_day::ActiveModel::from(row.clone()).reset_all());
    reception_day::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("adding reception days")?;
    insert_slots(tx, slots).await?;
    for receivers in receivers.chunks(500) {
        let rows = receivers.iter().map(|row| reception_receiver::ActiveModel::from(row.clone()).reset_all());
        reception_receiver::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("asking members")?;
    }
    let rows = events.iter().map(|row| reception_day_event::ActiveModel::from(row.clone()).reset_all());
    reception_day_event::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing history")?;
    Ok(())
}

pub(in crate::receptions) async fn insert_slots(tx: &WriteTx, slots: &[reception_slot::Model]) -> Result<(), ApiError> {
    for slots in slots.chunks(500) {
        let rows = slots.iter().map(|row| reception_slot::ActiveModel::from(row.clone()).reset_all());
        reception_slot::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("adding slots")?;
    }
    Ok(())
}

/// Rule: `receives_once`.
pub(in crate::receptions) async fn insert_receiver(tx: &WriteTx, row: reception_receiver::Model) -> Result<(), DbErr> {
    reception_receiver::Entity::insert(reception_receiver::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// Changes a day that was read locked.
pub(in crate::receptions) async fn update(
    tx: &WriteTx,
    cx: &Cx,
    row: &reception_day::Model,
    mut changes: reception_day::ActiveModel,
    event: reception_day_event::Model,
) -> Result<(), ApiError> {
    changes.version = Set(row.version + 1);
    changes.changed_at = Set(cx.now());
    reception_day::Entity::update_many()
        .set(changes)
        .filter(reception_day::Column::Id.eq(row.id))
        .exec(&**tx)
        .await
        .internal("changing a reception day")?;
    let event = reception_day_event::ActiveModel::from(event).reset_all();
    reception_day_event::Entity::insert(event).exec_without_returning(&**tx).await.internal("writing history")?;
    Ok(())
}

pub(in crate::receptions) async fn update_slot(tx: &WriteTx, id: ReceptionSlotId, changes: reception_slot::ActiveModel) -> Result<(), ApiError> {
    reception_slot::Entity::update_many().set(changes).filter(reception_slot::Column::Id.eq(id)).exec(&**tx).await.internal("changing a slot")?;
    Ok(())
}

/// Changes what a receiving member has said, unless it has changed since; whether it had not.
pub(in crate::receptions) async fn update_receiver(
    tx: &WriteTx,
    cx: &Cx,
    row: &reception_receiver::Model,
    mut changes: reception_receiver::ActiveModel,
) -> Result<bool, ApiError> {
    changes.version = Set(row.version + 1);
    changes.changed_at = Set(cx.now());
    let updated = reception_receiver::Entity::update_many()
        .set(changes)
        .filter(reception_receiver::Column::Id.eq(row.id))
        .filter(reception_receiver::Column::Version.eq(row.version))
        .exec(&**tx)
        .await
        .internal("writing what a member said")?;
    Ok(updated.rows_affected == 1)
}

/// Those who have accepted and whose reminder is due; on PostgreSQL those that no other process is about to remind.
pub(in crate::receptions) async fn receivers_to_remind(tx: &WriteTx, now: Timestamp, most: u64) -> Result<Vec<reception_receiver::Model>, ApiError> {
    use reception_receiver::Column as C;
    let mut query = reception_receiver::Entity::find()
        .filter(C::RemindAt.lte(now))
        .filter(C::State.eq(ReceiverState::Accepted))
        .order_by_asc(C::RemindAt)
        .limit(most);
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    }
    query.all(&**tx).await.internal("looking for reminders")
}

/// Notes the next reminder: nothing that anybody else sees.
pub(in crate::receptions) async fn note_reminder(tx: &WriteTx, id: ReceptionReceiverId, next: Option<Timestamp>) -> Result<(), ApiError> {
    reception_receiver::Entity::update_many()
        .col_expr(reception_receiver::Column::RemindAt, Expr::value(next))
        .filter(reception_receiver::Column::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("noting a reminder")?;
    Ok(())
}

/// Days to come on which a person receives or is asked to, for somebody who is erased.
pub(in crate::receptions) async fn own_to_come(tx: &WriteTx, cx: &Cx, account: AccountId) -> Result<Vec<reception_receiver::Model>, ApiError> {
    let to_come = reception_day::Entity::find()
        .select_only()
        .column(reception_day::Column::Id)
        .filter(reception_day::Column::UntilAt.gt(cx.now()))
        .into_query();
    reception_receiver::Entity::find()
        .filter(reception_receiver::Column::AccountId.eq(account))
        .filter(reception_receiver::Column::State.is_in(super::ACTIVE))
        .filter(reception_receiver::Column::DayId.in_subquery(to_come))
        .order_by_asc(reception_receiver::Column::Id)
        .all(&**tx)
        .await
        .internal("reading reception duties")
}

/// Whether there are days at a venue that are neither cancelled nor over.
pub(in crate::receptions) async fn any_ahead(tx: &WriteTx, venue: VenueId, now: Timestamp) -> Result<bool, ApiError> {
    let ahead = reception_day::Entity::find()
        .filter(reception_day::Column::VenueId.eq(venue))
        .filter(reception_day::Column::State.ne(DayStage::Cancelled))
        .filter(reception_day::Column::UntilAt.gt(now));
    ahead.exists(&**tx).await.internal("looking for reception days ahead")
}

/// Whether another reception day that was not cancelled lies at that venue between two moments.
pub(in crate::receptions) async fn is_other_there(
    tx: &WriteTx,
    venue: VenueId,
    (from, until): (Timestamp, Timestamp),
    own: Option<OccasionId>,
) -> Result<bool, ApiError> {
    use reception_day::Column as C;
    let mut there = reception_day::Entity::find()
        .filter(C::VenueId.eq(venue))
        .filter(C::State.ne(DayStage::Cancelled))
        .filter(C::FromAt.lt(until))
        .filter(C::UntilAt.gt(from));
    if let Some(own) = own {
        there = there.filter(C::OccasionId.ne(own));
    }
    there.exists(&**tx).await.internal("looking for another reception at the venue")
}

/// Days that are part of a duty and on which that person receives, by whether the day takes their time.
pub(in crate::receptions) async fn within_duty(
    tx: &WriteTx,
    duty: OccasionId,
    account: AccountId,
    took_time: bool,
) -> Result<Vec<(reception_day::Model, reception_receiver::Model)>, ApiError> {
    let days = reception_day::Entity::find()
        .filter(reception_day::Column::DutyOccasionId.eq(duty))
        .filter(reception_day::Column::State.ne(DayStage::Cancelled))
        .all(&**tx)
        .await
        .internal("reading receptions of a duty")?;
    let receivers = reception_receiver::Entity::find()
        .filter(reception_receiver::Column::DayId.is_in(days.iter().map(|day| day.id)))
        .filter(reception_receiver::Column::AccountId.eq(account))
        .filter(reception_receiver::Column::State.eq(ReceiverState::Accepted))
        .filter(reception_receiver::Column::TookTime.eq(took_time))
        .lock(LockType::NoKeyUpdate)
        .all(&**tx)
        .await
        .internal("reading receiving members")?;
    Ok(receivers.into_iter().filter_map(|row| days.iter().find(|day| day.id == row.day_id).map(|day| (day.clone(), row))).collect())
}

/// By which role the day was changed last.
pub(in crate::receptions) async fn last_role(tx: &WriteTx, day: ReceptionDayId) -> Result<Option<String>, ApiError> {
    use reception_day_event::Column as C;
    reception_day_event::Entity::find()
        .select_only()
        .column(C::Role)
        .filter(C::DayId.eq(day))
        .order_by_desc(C::Version)
        .into_tuple()
        .one(&**tx)
        .await
        .internal("reading history")
}
