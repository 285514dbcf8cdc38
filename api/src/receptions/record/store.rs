//! Records, ratings, topics made of records: the only file that names those tables.
use super::ReceptionRecord;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::{AccountId, BookingId, ReceptionRecordId, TopicId, reception_rating, reception_record, reception_topic};
use std::collections::HashMap;

pub(in crate::receptions) async fn of_bookings(cx: &Cx, ids: &[BookingId]) -> Result<HashMap<BookingId, ReceptionRecord>, ApiError> {
    let rows = reception_record::Entity::find()
        .filter(reception_record::Column::BookingId.is_in(ids.iter().copied()))
        .all(cx.read())
        .await
        .internal("reading records")?;
    Ok(rows.into_iter().map(|row| (row.booking_id, ReceptionRecord(row))).collect())
}

pub(in crate::receptions) async fn by_ids(cx: &Cx, ids: &[ReceptionRecordId]) -> Result<Vec<reception_record::Model>, ApiError> {
    reception_record::Entity::find().filter(reception_record::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading records")
}

pub(in crate::receptions) async fn now(tx: &WriteTx, id: ReceptionRecordId) -> Result<Option<reception_record::Model>, ApiError> {
    reception_record::Entity::find_by_id(id).one(&**tx).await.internal("reading a record")
}

/// The record, locked for this transaction; before its hand-over, always.
pub(in crate::receptions) async fn locked(tx: &WriteTx, id: ReceptionRecordId) -> Result<Option<reception_record::Model>, ApiError> {
    reception_record::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a record to be changed")
}

pub(in crate::receptions) async fn insert(tx: &WriteTx, row: reception_record::Model) -> Result<(), ApiError> {
    let row = reception_record::ActiveModel::from(row).reset_all();
    reception_record::Entity::insert(row).exec_without_returning(&**tx).await.internal("adding a record")?;
    Ok(())
}

/// Changes a record that was read locked.
pub(in crate::receptions) async fn update(
    tx: &WriteTx,
    cx: &Cx,
    row: &reception_record::Model,
    mut changes: reception_record::ActiveModel,
) -> Result<(), ApiError> {
    (changes.version, changes.changed_at) = (Set(row.version + 1), Set(cx.now()));
    let update = reception_record::Entity::update_many().set(changes).filter(reception_record::Column::Id.eq(row.id));
    update.exec(&**tx).await.internal("changing a record")?;
    Ok(())
}

/// Rule: `one_rating_per_record`.
pub(in crate::receptions) async fn insert_rating(tx: &WriteTx, row: reception_rating::Model) -> Result<(), DbErr> {
    reception_rating::Entity::insert(reception_rating::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// Rule: `reception_topics_pkey`.
pub(in crate::receptions) async fn insert_topic(tx: &WriteTx, row: reception_topic::Model) -> Result<(), DbErr> {
    reception_topic::Entity::insert(reception_topic::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

pub(in crate::receptions) async fn ratings_of(
    cx: &Cx,
    ids: &[ReceptionRecordId],
) -> Result<HashMap<ReceptionRecordId, reception_rating::Model>, ApiError> {
    let of_these = reception_rating::Column::RecordId.is_in(ids.iter().copied());
    let rows = reception_rating::Entity::find().filter(of_these).all(cx.read()).await.internal("reading ratings")?;
    Ok(rows.into_iter().map(|row| (row.record_id, row)).collect())
}

pub(in crate::receptions) async fn topics_of(cx: &Cx, ids: &[ReceptionRecordId]) -> Result<HashMap<ReceptionRecordId, TopicId>, ApiError> {
    use reception_topic::Column as C;
    let rows: Vec<(ReceptionRecordId, TopicId)> = reception_topic::Entity::find()
        .select_only()
        .columns([C::RecordId, C::TopicId])
        .filter(C::RecordId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading topics of records")?;
    Ok(rows.into_iter().collect())
}

/// The record that a topic came of.
pub(in crate::receptions) async fn of_topic(cx: &Cx, topic: TopicId) -> Result<Option<ReceptionRecordId>, ApiError> {
    reception_topic::Entity::find()
        .select_only()
        .column(reception_topic::Column::RecordId)
        .filter(reception_topic::Column::TopicId.eq(topic))
        .into_tuple()
        .one(cx.read())
        .await
        .internal("reading the record of a topic")
}

/// All ratings of an account, oldest first.
pub(in crate::receptions) async fn ratings_by(cx: &Cx, account: AccountId) -> Result<Vec<reception_rating::Model>, ApiError> {
    reception_rating::Entity::find()
        .filter(reception_rating::Column::AccountId.eq(account))
        .order_by_asc(reception_rating::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting ratings")
}
