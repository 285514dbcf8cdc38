//! Sittings and their history: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, SelectExt};
use shangyi_entities::consultation_sitting::{self, Column as C, SittingState};
use shangyi_entities::{AccountId, ConsultationId, OccasionId, SittingId, Timestamp, VenueId, consultation_sitting_event};
use std::collections::HashMap;

/// The sittings of a consultation, by number; for a write.
pub(in crate::consultations) async fn of(tx: &WriteTx, id: ConsultationId) -> Result<Vec<consultation_sitting::Model>, ApiError> {
    consultation_sitting::Entity::find().filter(C::ConsultationId.eq(id)).order_by_asc(C::Number).all(&**tx).await.internal("reading sittings")
}

/// The sittings of each of those consultations, by number.
pub(in crate::consultations) async fn of_many(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<consultation_sitting::Model>>, ApiError> {
    let rows = consultation_sitting::Entity::find()
        .filter(C::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(C::Number)
        .all(db)
        .await
        .internal("reading sittings")?;
    let mut found: HashMap<ConsultationId, Vec<consultation_sitting::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// Announces a sitting.
pub(in crate::consultations) async fn insert(tx: &WriteTx, row: consultation_sitting::Model) -> Result<(), ApiError> {
    let event = event(&row, row.announced_at);
    let row = consultation_sitting::ActiveModel::from(row).reset_all();
    consultation_sitting::Entity::insert(row).exec_without_returning(&**tx).await.internal("announcing a sitting")?;
    remember(tx, event).await
}

/// Writes the sitting as it is to be, with its next version; the consultation is locked, and with it its sittings.
pub(in crate::consultations) async fn advance(tx: &WriteTx, row: consultation_sitting::Model, now: Timestamp) -> Result<(), ApiError> {
    let row = consultation_sitting::Model { version: row.version + 1, changed_at: now, ..row };
    let event = event(&row, now);
    let id = row.id;
    let changes = consultation_sitting::ActiveModel { id: NotSet, ..consultation_sitting::ActiveModel::from(row).reset_all() };
    consultation_sitting::Entity::update_many().set(changes).filter(C::Id.eq(id)).exec(&**tx).await.internal("changing a sitting")?;
    remember(tx, event).await
}

fn event(row: &consultation_sitting::Model, at: Timestamp) -> consultation_sitting_event::Model {
    consultation_sitting_event::Model {
        sitting_id: row.id,
        version: row.version,
        at,
        state: row.state,
        hall_id: row.hall_id,
        from_at: row.from_at,
        until_at: row.until_at,
        convenor_id: row.convenor_id,
        capacity: row.capacity,
    }
}

async fn remember(tx: &WriteTx, row: consultation_sitting_event::Model) -> Result<(), ApiError> {
    let row = consultation_sitting_event::ActiveModel::from(row).reset_all();
    consultation_sitting_event::Entity::insert(row).exec_without_returning(&**tx).await.internal("writing a sitting's history")?;
    Ok(())
}

/// Whether sittings are to come in a hall.
pub(in crate::consultations) async fn any_ahead(tx: &WriteTx, hall: VenueId, now: Timestamp) -> Result<bool, ApiError> {
    let ahead =
        consultation_sitting::Entity::find().filter(C::HallId.eq(hall)).filter(C::State.eq(SittingState::Announced)).filter(C::UntilAt.gt(now));
    ahead.exists(&**tx).await.internal("looking for sittings in a hall")
}

/// What a person leads or keeps the minutes of, between two moments; given back or not.
pub(in crate::consultations) async fn of_person(
    cx: &Cx,
    account: AccountId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<consultation_sitting::Model>, ApiError> {
    consultation_sitting::Entity::find()
        .filter(Condition::any().add(C::ConvenorAccountId.eq(account)).add(C::SecretaryAccountId.eq(account)))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .all(cx.read())
        .await
        .internal("reading one's sittings")
}

/// A sitting with its consultation's id, whoever asks.
pub(in crate::consultations) async fn by_id(db: &impl ConnectionTrait, id: SittingId) -> Result<Option<consultation_sitting::Model>, ApiError> {
    consultation_sitting::Entity::find_by_id(id).one(db).await.internal("reading a sitting")
}

/// The sitting that an occasion is.
pub(in crate::consultations) async fn of_occasion(tx: &WriteTx, id: OccasionId) -> Result<Option<consultation_sitting::Model>, ApiError> {
    consultation_sitting::Entity::find().filter(C::OccasionId.eq(id)).one(&**tx).await.internal("reading a sitting")
}
