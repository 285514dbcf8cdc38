//! Minutes, the items of their drafts, signatures: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::consultation_minutes::{self, Column as M};
use shangyi_entities::minutes_item::{self, Column as I};
use shangyi_entities::minutes_signature::{self, Column as G};
use shangyi_entities::{AccountId, ConsultationId, MinutesId, Timestamp};
use std::collections::HashMap;

/// Where the note of an objection belongs.
pub(in crate::consultations) const NOTE: &str = "minutes_signatures.note";

/// Minutes with what they agree on and who signed them.
#[derive(Clone, Debug)]
pub(in crate::consultations) struct Draft {
    pub(in crate::consultations) row: consultation_minutes::Model,
    pub(in crate::consultations) items: Vec<minutes_item::Model>,
    pub(in crate::consultations) signatures: Vec<minutes_signature::Model>,
}

async fn whole(db: &impl ConnectionTrait, rows: Vec<consultation_minutes::Model>) -> Result<Vec<Draft>, ApiError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MinutesId> = rows.iter().map(|row| row.id).collect();
    let items = minutes_item::Entity::find().filter(I::MinutesId.is_in(ids.iter().copied())).order_by_asc(I::Number).all(db);
    let items = items.await.internal("reading items of minutes")?;
    let signatures = minutes_signature::Entity::find().filter(G::MinutesId.is_in(ids)).order_by_asc(G::At).all(db);
    let signatures = signatures.await.internal("reading signatures")?;
    let of = |row: consultation_minutes::Model| Draft {
        items: items.iter().filter(|item| item.minutes_id == row.id).cloned().collect(),
        signatures: signatures.iter().filter(|one| one.minutes_id == row.id).cloned().collect(),
        row,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The last draft of each of those consultations, published or not.
pub(in crate::consultations) async fn drafts(db: &impl ConnectionTrait, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Draft>, ApiError> {
    let query = consultation_minutes::Entity::find().filter(M::ConsultationId.is_in(ids.iter().copied())).order_by_asc(M::Number);
    let mut last: HashMap<ConsultationId, consultation_minutes::Model> = HashMap::new();
    for row in query.all(db).await.internal("reading minutes")? {
        last.insert(row.consultation_id, row);
    }
    Ok(whole(db, last.into_values().collect()).await?.into_iter().map(|draft| (draft.row.consultation_id, draft)).collect())
}

/// All minutes of those consultations, by number.
pub(in crate::consultations) async fn all_of(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<Draft>>, ApiError> {
    let query = consultation_minutes::Entity::find().filter(M::ConsultationId.is_in(ids.iter().copied())).order_by_asc(M::Number);
    let rows = query.all(cx.read()).await.internal("reading minutes")?;
    let mut found: HashMap<ConsultationId, Vec<Draft>> = HashMap::new();
    for draft in whole(cx.read(), rows).await? {
        found.entry(draft.row.consultation_id).or_default().push(draft);
    }
    Ok(found)
}

/// The minutes of that id.
pub(super) async fn by_id(db: &impl ConnectionTrait, id: MinutesId) -> Result<Option<consultation_minutes::Model>, ApiError> {
    consultation_minutes::Entity::find_by_id(id).one(db).await.internal("reading minutes")
}

/// Writes a draft.
pub(super) async fn insert(tx: &WriteTx, row: consultation_minutes::Model, items: Vec<minutes_item::Model>) -> Result<(), ApiError> {
    let row = consultation_minutes::ActiveModel::from(row).reset_all();
    consultation_minutes::Entity::insert(row).exec_without_returning(&**tx).await.internal("drafting minutes")?;
    if !items.is_empty() {
        let rows = items.into_iter().map(|item| minutes_item::ActiveModel::from(item).reset_all());
        minutes_item::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("drafting items")?;
    }
    Ok(())
}

/// Puts minutes in force. Rules: `not_signed`, `item_without_unit`, `items_are_never_dropped`.
pub(super) async fn publish(tx: &WriteTx, id: MinutesId, now: Timestamp) -> Result<(), ApiError> {
    let changes = consultation_minutes::ActiveModel { published_at: Set(Some(now)), ..Default::default() };
    consultation_minutes::Entity::update_many().set(changes).filter(M::Id.eq(id)).exec(&**tx).await.internal("publishing minutes")?;
    Ok(())
}

pub(super) async fn insert_signature(tx: &WriteTx, row: minutes_signature::Model) -> Result<u64, DbErr> {
    minutes_signature::Entity::insert(minutes_signature::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// Whether the account has signed those minutes, or objected to them.
pub(super) async fn has_signed(tx: &WriteTx, id: MinutesId, account: AccountId) -> Result<bool, ApiError> {
    Ok(minutes_signature::Entity::find_by_id((id, account)).one(&**tx).await.internal("looking for a signature")?.is_some())
}

/// What a person signed, the latest first; at most 1000.
pub(in crate::consultations) async fn signed_by(cx: &Cx, account: AccountId) -> Result<Vec<minutes_signature::Model>, ApiError> {
    let query = minutes_signature::Entity::find().filter(G::AccountId.eq(account)).order_by_desc(G::At).limit(1000);
    query.all(cx.read()).await.internal("reading one's signatures")
}
