use super::deadlines::Due;
use super::working_days::WorkingDays;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use chrono::{Datelike, NaiveDate};
use sea_orm::sea_query::{Expr, OnConflict, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Statement,
};
use shangyi_entities::announced_day::{self, DayKind};
use shangyi_entities::deadline::{self, DeadlineKind};
use shangyi_entities::{DeadlineId, OccasionId, Timestamp, occasion, occupancy};
use uuid::Uuid;

/// Working days around a span of so many days: the shipped years, with those imported in their place.
pub(super) async fn working_days(db: &impl ConnectionTrait, from: NaiveDate, days: i64) -> Result<WorkingDays, ApiError> {
    let last = from.year() + i32::try_from(days / 200).unwrap_or(0) + 1;
    working_days_of(db, from.year(), last).await
}

pub(super) async fn working_days_of(db: &impl ConnectionTrait, first: i32, last: i32) -> Result<WorkingDays, ApiError> {
    use announced_day::Column as C;
    let rows = announced_day::Entity::find()
        .filter(C::Day.gte(format!("{first:04}-01-01")))
        .filter(C::Day.lte(format!("{last:04}-12-31")))
        .all(db)
        .await
        .internal("reading announced days")?;
    Ok(WorkingDays::shipped().with(rows.into_iter().filter_map(|row| Some((row.day.parse().ok()?, row.kind, row.name)))))
}

pub(super) async fn announced(tx: &WriteTx, year: i32) -> Result<Vec<announced_day::Model>, ApiError> {
    announced_day::Entity::find()
        .filter(announced_day::Column::Day.starts_with(format!("{year:04}-")))
        .order_by_asc(announced_day::Column::Day)
        .all(&**tx)
        .await
        .internal("reading announced days")
}

pub(super) async fn replace_year(tx: &WriteTx, year: i32, days: &[(NaiveDate, DayKind, String)]) -> Result<(), ApiError> {
    announced_day::Entity::delete_many()
        .filter(announced_day::Column::Day.starts_with(format!("{year:04}-")))
        .exec(&**tx)
        .await
        .internal("replacing a year")?;
    let rows = days.iter().map(|(day, kind, name)| {
        announced_day::ActiveModel::from(announced_day::Model { day: day.to_string(), kind: *kind, name: name.clone() }).reset_all()
    });
    announced_day::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("replacing a year")?;
    Ok(())
}

pub(super) async fn open_deadlines_of(tx: &WriteTx, rows: Vec<deadline::Model>) -> Result<(), ApiError> {
    // What went away and came back is due anew.
    let again = OnConflict::columns([deadline::Column::Kind, deadline::Column::SubjectId])
        .update_columns([
            deadline::Column::FromAt,
            deadline::Column::WorkingDays,
            deadline::Column::DueAt,
            deadline::Column::Provisional,
            deadline::Column::ClosedAt,
        ])
        .to_owned();
    let rows = rows.into_iter().map(|row| deadline::ActiveModel::from(row).reset_all());
    deadline::Entity::insert_many(rows).on_conflict(again).exec_without_returning(&**tx).await.internal("opening a deadline")?;
    Ok(())
}

pub(super) async fn close_deadlines(tx: &WriteTx, kind: DeadlineKind, subjects: &[Uuid], now: Timestamp) -> Result<(), ApiError> {
    deadline::Entity::update_many()
        .col_expr(deadline::Column::ClosedAt, Expr::value(now))
        .filter(deadline::Column::Kind.eq(kind))
        .filter(deadline::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(deadline::Column::ClosedAt.is_null())
        .exec(&**tx)
        .await
        .internal("closing deadlines")?;
    Ok(())
}

pub(super) async fn close_deadlines_of(tx: &WriteTx, kinds: &[DeadlineKind], subject: Uuid, now: Timestamp) -> Result<(), ApiError> {
    deadline::Entity::update_many()
        .col_expr(deadline::Column::ClosedAt, Expr::value(now))
        .filter(deadline::Column::Kind.is_in(kinds.iter().copied()))
        .filter(deadline::Column::SubjectId.eq(subject))
        .filter(deadline::Column::ClosedAt.is_null())
        .exec(&**tx)
        .await
        .internal("closing deadlines")?;
    Ok(())
}

pub(super) async fn deadline(tx: &WriteTx, kind: DeadlineKind, subject: Uuid) -> Result<Option<deadline::Model>, ApiError> {
    deadline::Entity::find()
        .filter(deadline::Column::Kind.eq(kind))
        .filter(deadline::Column::SubjectId.eq(subject))
        .one(&**tx)
        .await
        .internal("reading a deadline")
}

pub(super) async fn deadlines_among(cx: &Cx, kinds: &[DeadlineKind], subjects: &[Uuid]) -> Result<Vec<deadline::Model>, ApiError> {
    deadline::Entity::find()
        .filter(deadline::Column::Kind.is_in(kinds.iter().copied()))
        .filter(deadline::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(deadline::Column::ClosedAt.is_null())
        .all(cx.read())
        .await
        .internal("reading deadlines")
}

pub(super) fn due_before(kinds: &[DeadlineKind], at: Timestamp) -> SelectStatement {
    deadline::Entity::find()
        .select_only()
        .column(deadline::Column::SubjectId)
        .filter(deadline::Column::Kind.is_in(kinds.iter().copied()))
        .filter(deadline::Column::ClosedAt.is_null())
        .filter(deadline::Column::DueAt.lte(at))
        .into_query()
}

pub(super) async fn passed(tx: &WriteTx, kind: DeadlineKind, now: Timestamp, most: u64) -> Result<Vec<Uuid>, ApiError> {
    deadline::Entity::find()
        .select_only()
        .column(deadline::Column::SubjectId)
        .filter(deadline::Column::Kind.eq(kind))
        .filter(deadline::Column::ClosedAt.is_null())
        .filter(deadline::Column::DueAt.lte(now))
        .order_by_asc(deadline::Column::DueAt)
        .limit(most)
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading deadlines that have passed")
}

pub(super) async fn open_deadlines(tx: &WriteTx) -> Result<Vec<deadline::Model>, ApiError> {
    deadline::Entity::find()
        .filter(deadline::Column::ClosedAt.is_null())
        .order_by_asc(deadline::Column::Id)
        .all(&**tx)
        .await
        .internal("reading deadlines")
}

pub(super) async fn move_deadline(tx: &WriteTx, id: DeadlineId, due: Due) -> Result<(), ApiError> {
    deadline::Entity::update_many()
        .col_expr(deadline::Column::DueAt, Expr::value(due.at))
        .col_expr(deadline::Column::Provisional, Expr::value(due.provisional))
        .filter(deadline::Column::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("moving a deadline")?;
    Ok(())
}

/// SQLite has one writer at a time and needs no lock.
pub(super) async fn lock(tx: &WriteTx, subjects: &[Uuid]) -> Result<(), ApiError> {
    if subjects.is_empty() || tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let list = subjects.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended(subject, 3)) FROM unnest(string_to_array($1, ',')) AS subject";
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [list.into()])).await.internal("locking subjects")?;
    Ok(())
}

/// Rows of one statement: SQLite binds no more than 32 766 values.
const AT_ONCE: usize = 1000;

pub(super) async fn insert_occasions(tx: &WriteTx, rows: Vec<occasion::Model>) -> Result<(), ApiError> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| occasion::ActiveModel::from(row.clone()).reset_all());
        occasion::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("opening occasions")?;
    }
    Ok(())
}

/// Rule: `subject_is_taken`.
pub(super) async fn insert_occupancies(tx: &WriteTx, rows: Vec<occupancy::Model>) -> Result<(), DbErr> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| occupancy::ActiveModel::from(row.clone()).reset_all());
        occupancy::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(super) async fn release(tx: &WriteTx, occasions: &[OccasionId], subject: Option<Uuid>, now: Timestamp) -> Result<(), ApiError> {
    let mut update = occupancy::Entity::update_many()
        .col_expr(occupancy::Column::ReleasedAt, Expr::value(now))
        .filter(occupancy::Column::OccasionId.is_in(occasions.iter().copied()))
        .filter(occupancy::Column::ReleasedAt.is_null());
    if let Some(subject) = subject {
        update = update.filter(occupancy::Column::SubjectId.eq(subject));
    }
    update.exec(&**tx).await.internal("giving time back")?;
    Ok(())
}

pub(super) async fn release_all(tx: &WriteTx, occasion: OccasionId, subjects: &[Uuid], now: Timestamp) -> Result<(), ApiError> {
    if subjects.is_empty() {
        return Ok(());
    }
    occupancy::Entity::update_many()
        .col_expr(occupancy::Column::ReleasedAt, Expr::value(now))
        .filter(occupancy::Column::OccasionId.eq(occasion))
        .filter(occupancy::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(occupancy::Column::ReleasedAt.is_null())
        .exec(&**tx)
        .await
        .internal("giving time back")?;
    Ok(())
}

pub(super) async fn rename(tx: &WriteTx, occasion: OccasionId, subject: Uuid, to: Uuid) -> Result<(), ApiError> {
    occupancy::Entity::update_many()
        .col_expr(occupancy::Column::SubjectId, Expr::value(to))
        .filter(occupancy::Column::OccasionId.eq(occasion))
        .filter(occupancy::Column::SubjectId.eq(subject))
        .exec(&**tx)
        .await
        .internal("naming whose time it is")?;
    Ok(())
}

pub(super) async fn reshape(tx: &WriteTx, id: OccasionId, from: Timestamp, until: Timestamp) -> Result<(), ApiError> {
    occasion::Entity::update_many()
        .col_expr(occasion::Column::FromAt, Expr::value(from))
        .col_expr(occasion::Column::UntilAt, Expr::value(until))
        .filter(occasion::Column::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("moving an occasion")?;
    Ok(())
}

pub(super) async fn cancel(tx: &WriteTx, occasions: &[OccasionId], now: Timestamp) -> Result<(), ApiError> {
    occasion::Entity::update_many()
        .col_expr(occasion::Column::CancelledAt, Expr::value(now))
        .filter(occasion::Column::Id.is_in(occasions.iter().copied()))
        .filter(occasion::Column::CancelledAt.is_null())
        .exec(&**tx)
        .await
        .internal("cancelling occasions")?;
    Ok(())
}

pub(super) async fn held(
    tx: &WriteTx,
    subject: Uuid,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(occupancy::Model, occasion::OccasionKind)>, ApiError> {
    use occupancy::Column as C;
    let rows = occupancy::Entity::find()
        .filter(C::SubjectId.eq(subject))
        .filter(C::ReleasedAt.is_null())
        .filter(C::UntilAt.gt(from))
        .filter(C::FromAt.lt(until))
        .order_by_asc(C::FromAt)
        .all(&**tx)
        .await
        .internal("reading occupancies")?;
    let occasions = occasion::Entity::find()
        .filter(occasion::Column::Id.is_in(rows.iter().map(|row| row.occasion_id)))
        .all(&**tx)
        .await
        .internal("reading occasions")?;
    let kind = |row: &occupancy::Model| occasions.iter().find(|found| found.id == row.occasion_id).map(|found| found.kind);
    Ok(rows.into_iter().filter_map(|row| kind(&row).map(|kind| (row, kind))).collect())
}

pub(super) async fn taken(cx: &Cx, subjects: &[Uuid], from: Timestamp, until: Timestamp) -> Result<Vec<occupancy::Model>, ApiError> {
    use occupancy::Column as C;
    let overlaps = Condition::all().add(C::UntilAt.gt(from)).add(C::FromAt.lt(until));
    occupancy::Entity::find()
        .filter(C::SubjectId.is_in(subjects.iter().copied()))
        .filter(C::ReleasedAt.is_null())
        .filter(overlaps)
        .order_by_asc(C::SubjectId)
        .order_by_asc(C::FromAt)
        .all(cx.read())
        .await
        .internal("reading occupancies")
}
