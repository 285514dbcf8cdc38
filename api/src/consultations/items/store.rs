//! Agreed items, their history, what those who asked said: the only file that names those tables.
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    SelectExt,
};
use shangyi_entities::agreed_item::{self, AgreedItemState, Column as C};
use shangyi_entities::agreed_item_word::{self, Column as W};
use shangyi_entities::{AccountId, AgreedItemId, ConsultationId, OrganisationId, Timestamp, agreed_item_event, consultation};
use std::collections::HashMap;

/// Where the reason of a dispute belongs.
pub(in crate::consultations) const REASON: &str = "agreed_item_words.reason";

/// How many items each of those consultations has, and how many have not ended.
pub(in crate::consultations) async fn counts(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, (i64, i64)>, ApiError> {
    let query = agreed_item::Entity::find().select_only().columns([C::ConsultationId, C::EndedAt]);
    let query = query.filter(C::ConsultationId.is_in(ids.iter().copied()));
    let rows: Vec<(ConsultationId, Option<Timestamp>)> = query.into_tuple().all(db).await.internal("counting items")?;
    let mut found: HashMap<ConsultationId, (i64, i64)> = HashMap::new();
    for (id, ended) in rows {
        let counts = found.entry(id).or_default();
        counts.0 += 1;
        counts.1 += i64::from(ended.is_none());
    }
    Ok(found)
}

/// The condition that nothing of a consultation is open.
pub(in crate::consultations) fn none_open() -> Expr {
    let open = Query::select().column(C::ConsultationId).from(agreed_item::Entity).and_where(C::EndedAt.is_null()).to_owned();
    consultation::Column::Id.not_in_subquery(open)
}

/// The items of each of those consultations, by number.
pub(in crate::consultations) async fn of_many(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<agreed_item::Model>>, ApiError> {
    let query = agreed_item::Entity::find().filter(C::ConsultationId.is_in(ids.iter().copied())).order_by_asc(C::Number);
    let mut found: HashMap<ConsultationId, Vec<agreed_item::Model>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading items")? {
        found.entry(row.consultation_id).or_default().push(row);
    }
    Ok(found)
}

/// The items of a consultation, by number; for a write.
pub(in crate::consultations) async fn of_write(tx: &WriteTx, id: ConsultationId) -> Result<Vec<agreed_item::Model>, ApiError> {
    agreed_item::Entity::find().filter(C::ConsultationId.eq(id)).order_by_asc(C::Number).all(&**tx).await.internal("reading items")
}

/// The items of those ids.
pub(in crate::consultations) async fn by_ids(db: &impl ConnectionTrait, ids: &[AgreedItemId]) -> Result<Vec<agreed_item::Model>, ApiError> {
    agreed_item::Entity::find().filter(C::Id.is_in(ids.iter().copied())).all(db).await.internal("reading items")
}

/// The item, locked; its consultation has been locked before.
pub(super) async fn locked(tx: &WriteTx, id: AgreedItemId) -> Result<Option<agreed_item::Model>, ApiError> {
    agreed_item::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading an item to be moved")
}

pub(super) async fn insert(tx: &WriteTx, row: agreed_item::Model) -> Result<(), ApiError> {
    let row = agreed_item::ActiveModel::from(row).reset_all();
    agreed_item::Entity::insert(row).exec_without_returning(&**tx).await.internal("adding an item")?;
    Ok(())
}

/// Writes the item as it is to be, with its history. Rules: `undeclared_move`, `version_grows_by_one`.
pub(super) async fn advance(tx: &WriteTx, row: agreed_item::Model, event: agreed_item_event::Model) -> Result<(), ApiError> {
    let id = row.id;
    let changes = agreed_item::ActiveModel { id: NotSet, ..agreed_item::ActiveModel::from(row).reset_all() };
    agreed_item::Entity::update_many().set(changes).filter(C::Id.eq(id)).exec(&**tx).await.internal("moving an item")?;
    insert_event(tx, event).await
}

pub(super) async fn insert_event(tx: &WriteTx, row: agreed_item_event::Model) -> Result<(), ApiError> {
    let row = agreed_item_event::ActiveModel::from(row).reset_all();
    agreed_item_event::Entity::insert(row).exec_without_returning(&**tx).await.internal("writing an item's history")?;
    Ok(())
}

pub(super) async fn last_event(tx: &WriteTx, id: AgreedItemId) -> Result<Option<agreed_item_event::Model>, ApiError> {
    let query = agreed_item_event::Entity::find().filter(agreed_item_event::Column::ItemId.eq(id));
    query.order_by_desc(agreed_item_event::Column::Version).one(&**tx).await.internal("reading an item's history")
}

/// What happened to each of those items, oldest first.
pub(in crate::consultations) async fn history_of(
    cx: &Cx,
    ids: &[AgreedItemId],
) -> Result<HashMap<AgreedItemId, Vec<agreed_item_event::Model>>, ApiError> {
    use agreed_item_event::Column as E;
    let query = agreed_item_event::Entity::find().filter(E::ItemId.is_in(ids.iter().copied())).order_by_asc(E::ItemId).order_by_asc(E::Version);
    let mut found: HashMap<AgreedItemId, Vec<agreed_item_event::Model>> = HashMap::new();
    for row in query.all(cx.read()).await.internal("reading items' history")? {
        found.entry(row.item_id).or_default().push(row);
    }
    Ok(found)
}

/// What happened to an item in this transaction's sight, oldest first.
pub(super) async fn events(tx: &WriteTx, id: AgreedItemId) -> Result<Vec<agreed_item_event::Model>, ApiError> {
    use agreed_item_event::Column as E;
    let query = agreed_item_event::Entity::find().filter(E::ItemId.eq(id)).order_by_asc(E::Version);
    query.all(&**tx).await.internal("reading an item's history")
}

/// What those who asked said to what was done, of each of those items; all rounds.
pub(in crate::consultations) async fn words_of(
    db: &impl ConnectionTrait,
    ids: &[AgreedItemId],
) -> Result<HashMap<AgreedItemId, Vec<agreed_item_word::Model>>, ApiError> {
    let query = agreed_item_word::Entity::find().filter(W::ItemId.is_in(ids.iter().copied())).order_by_asc(W::At);
    let mut found: HashMap<AgreedItemId, Vec<agreed_item_word::Model>> = HashMap::new();
    for row in query.all(db).await.internal("reading what was said to items")? {
        found.entry(row.item_id).or_default().push(row);
    }
    Ok(found)
}

pub(super) async fn insert_word(tx: &WriteTx, row: agreed_item_word::Model) -> Result<u64, DbErr> {
    agreed_item_word::Entity::insert(agreed_item_word::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await
}

/// What a person said to items, the latest first; at most 1000.
pub(in crate::consultations) async fn said_by(cx: &Cx, account: AccountId) -> Result<Vec<agreed_item_word::Model>, ApiError> {
    let query = agreed_item_word::Entity::find().filter(W::AccountId.eq(account)).order_by_desc(W::At).limit(1000);
    query.all(cx.read()).await.internal("reading what one said to items")
}

/// Items that were done so long ago and wait for a word.
pub(super) async fn done_before(cx: &Cx, before: Timestamp, most: u64) -> Result<Vec<AgreedItemId>, ApiError> {
    let query = agreed_item::Entity::find().select_only().column(C::Id).filter(C::State.eq(AgreedItemState::Done)).filter(C::DoneAt.lte(before));
    query.order_by_asc(C::DoneAt).limit(most).into_tuple().all(cx.read()).await.internal("looking for items without a word")
}

/// Whether something was agreed on.
pub(super) async fn any(tx: &WriteTx, id: ConsultationId) -> Result<bool, ApiError> {
    agreed_item::Entity::find().filter(C::ConsultationId.eq(id)).exists(&**tx).await.internal("looking for items")
}

/// A page of items that were given to units, the oldest first.
pub(super) async fn board(
    cx: &Cx,
    theirs: Condition,
    (unit, division): (Option<OrganisationId>, Option<&str>),
    overdue: bool,
    page: &Page,
) -> Result<Vec<agreed_item::Model>, ApiError> {
    let mut query = agreed_item::Entity::find().filter(theirs).order_by_asc(C::Id).limit(page.limit());
    if let Some(unit) = unit {
        query = query.filter(C::UnitId.eq(unit));
    }
    if let Some(code) = division {
        query = query.filter(crate::organisation::in_subtree(C::DivisionCode, code));
    }
    if overdue {
        let with_unit = [AgreedItemState::Open, AgreedItemState::Accepted, AgreedItemState::Returned, AgreedItemState::InProgress];
        let late = C::State.is_in(with_unit.into_iter().chain([AgreedItemState::Disputed]));
        query = query.filter(late).filter(C::DueAt.lte(cx.now()));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<AgreedItemId>::parse(id)) {
        query = query.filter(C::Id.gt(id.0));
    }
    query.all(cx.read()).await.internal("reading the board of items")
}
