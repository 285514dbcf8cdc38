use super::model::Notice;
use super::outbox::Job;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, CallerId, NoticeId, OutboxId, Timestamp, notice, outbox};
use uuid::Uuid;

pub(super) async fn put(tx: &WriteTx, cx: &Cx, job: &Job, subject: Uuid, secret: Option<Vec<u8>>) -> Result<(), ApiError> {
    put_many(tx, cx, vec![(job.clone(), subject, secret, cx.now())]).await
}

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// Deliveries to be made: what, about what, what is sealed, and when at the earliest.
pub(super) async fn put_many(tx: &WriteTx, cx: &Cx, deliveries: Vec<(Job, Uuid, Option<Vec<u8>>, Timestamp)>) -> Result<(), ApiError> {
    let mut rows = Vec::with_capacity(deliveries.len());
    for (job, subject, secret, due) in deliveries {
        rows.push(outbox::ActiveModel {
            id: Set(cx.new_id()),
            lane: Set(job.lane().to_owned()),
            subject_id: Set(subject),
            payload: Set(serde_json::to_string(&job).map_err(|_| ApiError::broken("writing an outbox row"))?),
            secret: Set(secret),
            created_at: Set(cx.now()),
            due_at: Set(due),
            attempts: Set(0),
            progress: Set(None),
            done_at: Set(None),
            gave_up_at: Set(None),
        });
    }
    for rows in rows.chunks(AT_ONCE) {
        outbox::Entity::insert_many(rows.to_vec()).exec_without_returning(&**tx).await.internal("filling the outbox")?;
        tx.fills_outbox();
    }
    Ok(())
}

/// Takes the next due delivery of a lane; until `lease` nobody else will.
pub(super) async fn claim(tx: &WriteTx, lane: &str, now: Timestamp, lease: Timestamp) -> Result<Option<outbox::Model>, ApiError> {
    let backend = tx.get_database_backend();
    let skip = if backend == sea_orm::DbBackend::Sqlite { "" } else { "FOR UPDATE SKIP LOCKED" };
    let sql = format!(
        "UPDATE outbox SET due_at = $3, attempts = attempts + 1 WHERE id = (
            SELECT id FROM outbox WHERE lane = $1 AND done_at IS NULL AND gave_up_at IS NULL AND due_at <= $2 ORDER BY due_at LIMIT 1 {skip})
         RETURNING *"
    );
    let claim = Statement::from_sql_and_values(backend, sql, [lane.into(), now.into(), lease.into()]);
    outbox::Model::find_by_statement(claim).one(&**tx).await.internal("taking a delivery")
}

/// When the next delivery of a lane is due.
pub(super) async fn next_due(db: &impl ConnectionTrait, lane: &str) -> Result<Option<Timestamp>, ApiError> {
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::DueAt)
        .filter(outbox::Column::Lane.eq(lane))
        .filter(outbox::Column::DoneAt.is_null())
        .filter(outbox::Column::GaveUpAt.is_null())
        .order_by_asc(outbox::Column::DueAt)
        .into_tuple()
        .one(db)
        .await
        .internal("looking for deliveries")
}

/// What became of a delivery.
pub(super) enum After {
    Done,
    GoOnFrom(Uuid),
    TryAgain(Timestamp),
    GiveUp,
}

pub(super) async fn settle(tx: &WriteTx, id: OutboxId, after: After, now: Timestamp) -> Result<(), ApiError> {
    use outbox::Column as C;
    let update = outbox::Entity::update_many().filter(C::Id.eq(id)).filter(C::DoneAt.is_null());
    let none: Option<Vec<u8>> = None;
    let update = match after {
        After::Done => update.col_expr(C::DoneAt, Expr::value(now)).col_expr(C::Secret, Expr::value(none)),
        // A batch that went through is no failed attempt.
        After::GoOnFrom(progress) => {
            update.col_expr(C::Progress, Expr::value(progress)).col_expr(C::DueAt, Expr::value(now)).col_expr(C::Attempts, Expr::value(0_i64))
        }
        After::TryAgain(at) => update.col_expr(C::DueAt, Expr::value(at)),
        After::GiveUp => update.col_expr(C::GaveUpAt, Expr::value(now)).col_expr(C::Secret, Expr::value(none)),
    };
    update.exec(&**tx).await.internal("settling a delivery")?;
    Ok(())
}

/// Puts one notice, about the subject named for it, into each inbox that has none of this event yet; says how many were new.
pub(super) async fn deliver(
    tx: &WriteTx,
    clock: &crate::kernel::Clock,
    kind: NoticeKind,
    event: Uuid,
    told: impl IntoIterator<Item = (AccountId, Uuid)>,
) -> Result<u64, ApiError> {
    let at = clock.now();
    let rows: Vec<_> = told
        .into_iter()
        .map(|(account, subject)| notice::ActiveModel {
            id: Set(crate::kernel::ids::new(clock)),
            account_id: Set(account),
            kind: Set(kind),
            event_id: Set(event),
            subject_id: Set(subject),
            at: Set(at),
            read_at: Set(None),
        })
        .collect();
    if rows.is_empty() {
        return Ok(0);
    }
    notice::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await
        .internal("delivering notices")
}

pub(super) async fn find(cx: &Cx, id: NoticeId) -> Result<Option<Notice>, ApiError> {
    let Some(account) = cx.account_if_any() else { return Ok(None) };
    let row = notice::Entity::find_by_id(id).filter(notice::Column::AccountId.eq(account)).one(cx.read()).await.internal("reading a notice")?;
    Ok(row.map(Notice))
}

pub(super) async fn page(cx: &Cx, account: AccountId, unread_only: bool, page: &Page) -> Result<Vec<notice::Model>, ApiError> {
    let mut query = notice::Entity::find().filter(notice::Column::AccountId.eq(account)).order_by_desc(notice::Column::Id).limit(page.limit());
    if unread_only {
        query = query.filter(notice::Column::ReadAt.is_null());
    }
    if let Some([id]) = page.after::<1>().and_then(|[id]| Gid::<NoticeId>::parse(id)).map(|id| [id.0]) {
        query = query.filter(notice::Column::Id.lt(id));
    }
    query.all(cx.read()).await.internal("reading notices")
}

pub(super) async fn unread(cx: &Cx) -> Result<i64, ApiError> {
    let unread = notice::Entity::find()
        .filter(notice::Column::AccountId.eq(cx.account()?))
        .filter(notice::Column::ReadAt.is_null())
        .count(cx.read())
        .await
        .internal("counting notices")?;
    Ok(i64::try_from(unread).unwrap_or(i64::MAX))
}

pub(super) async fn mark_read(tx: &WriteTx, cx: &Cx, account: AccountId, ids: Option<&[NoticeId]>) -> Result<i64, ApiError> {
    let mut update = notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(cx.now()))
        .filter(notice::Column::AccountId.eq(account))
        .filter(notice::Column::ReadAt.is_null());
    if let Some(ids) = ids {
        update = update.filter(notice::Column::Id.is_in(ids.iter().copied()));
    }
    let marked = update.exec(&**tx).await.internal("marking notices")?.rows_affected;
    Ok(i64::try_from(marked).unwrap_or(i64::MAX))
}

pub(super) async fn export(cx: &Cx, account: AccountId) -> Result<serde_json::Value, ApiError> {
    use sea_orm::ActiveEnum;
    let rows = notice::Entity::find()
        .filter(notice::Column::AccountId.eq(account))
        .order_by_asc(notice::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting notices")?;
    Ok(rows
        .into_iter()
        .map(|row| serde_json::json!({ "kind": row.kind.to_value(), "at": row.at.utc(), "readAt": row.read_at.map(Timestamp::utc) }))
        .collect())
}

/// Throws away messages that still wait for somebody who has been erased.
pub async fn forget_messages(tx: &WriteTx, account: AccountId, callers: &[CallerId], now: Timestamp) -> Result<(), ApiError> {
    use outbox::Column as C;
    outbox::Entity::update_many()
        .col_expr(C::Secret, Expr::value(None::<Vec<u8>>))
        .col_expr(C::GaveUpAt, Expr::value(now))
        .filter(C::Lane.eq("SMS"))
        .filter(C::SubjectId.is_in(callers.iter().map(|caller| caller.0).chain([account.0])))
        .filter(C::DoneAt.is_null())
        .exec(&**tx)
        .await
        .internal("throwing messages away")?;
    Ok(())
}

/// Deletes what is kept for a time only: deliveries done or given up a month ago.
pub(super) async fn forget(tx: &WriteTx, before: Timestamp) -> Result<(), ApiError> {
    let over = Condition::any().add(outbox::Column::DoneAt.lt(before)).add(outbox::Column::GaveUpAt.lt(before));
    outbox::Entity::delete_many().filter(over).exec(&**tx).await.internal("forgetting deliveries")?;
    Ok(())
}
