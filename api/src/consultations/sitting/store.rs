//! Sittings: the only file that names that table.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use shangyi_entities::consultation_sitting::{self, Column as C, SittingState};
use shangyi_entities::{ConsultationId, SittingId, Timestamp, VenueId};
use std::collections::HashMap;

/// The sittings of a consultation, by number; for a write.
pub(super) async fn of(tx: &WriteTx, id: ConsultationId) -> Result<Vec<consultation_sitting::Model>, ApiError> {
    consultation_sitting::Entity::find().filter(C::ConsultationId.eq(id)).order_by_asc(C::Number).all(&**tx).await.internal("reading sittings")
}

/// The sittings of each of those consultations, by number.
pub(in crate::consultations) async fn of_many(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_sitting::Model>>, ApiError> {
    let rows = consultation_sitting::Entity::find()
        .filter(C::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(C::Number)
        .all(cx.read())
        .await
        .internal("reading sittings")?;
    let mut found: HashMap<ConsultationId, Vec<consultation_sitting::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

pub(super) async fn insert(tx: &WriteTx, row: consultation_sitting::Model) -> Result<(), ApiError> {
    let row = consultation_sitting::ActiveModel::from(row).reset_all();
    consultation_sitting::Entity::insert(row).exec_without_returning(&**tx).await.internal("announcing a sitting")?;
    Ok(())
}

pub(super) async fn change(
    tx: &WriteTx,
    id: SittingId,
    hall: VenueId,
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<(), ApiError> {
    consultation_sitting::Entity::update_many()
        .col_expr(C::HallId, Expr::value(hall))
        .col_expr(C::FromAt, Expr::value(from))
        .col_expr(C::UntilAt, Expr::value(until))
        .col_expr(C::ChangedAt, Expr::value(now))
        .filter(C::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("moving a sitting")?;
    Ok(())
}

pub(super) async fn give_back(tx: &WriteTx, id: SittingId, now: Timestamp) -> Result<(), ApiError> {
    consultation_sitting::Entity::update_many()
        .col_expr(C::State, Expr::value(SittingState::GivenBack.to_value()))
        .col_expr(C::ChangedAt, Expr::value(now))
        .filter(C::Id.eq(id))
        .exec(&**tx)
        .await
        .internal("giving a hall back")?;
    Ok(())
}
