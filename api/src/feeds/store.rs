use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::{AccountId, CalendarFeedId, Timestamp, appointment, calendar_feed};

pub(super) async fn of_account(cx: &Cx, account: AccountId) -> Result<Vec<calendar_feed::Model>, ApiError> {
    calendar_feed::Entity::find()
        .filter(calendar_feed::Column::AccountId.eq(account))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .order_by_asc(calendar_feed::Column::CreatedAt)
        .limit(10)
        .all(cx.read())
        .await
        .internal("reading calendar feeds")
}

pub(super) async fn by_id(cx: &Cx, id: CalendarFeedId) -> Result<Option<calendar_feed::Model>, ApiError> {
    calendar_feed::Entity::find_by_id(id).one(cx.read()).await.internal("reading a calendar feed")
}

pub(super) async fn count(tx: &WriteTx, account: AccountId) -> Result<u64, ApiError> {
    calendar_feed::Entity::find()
        .filter(calendar_feed::Column::AccountId.eq(account))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .count(&**tx)
        .await
        .internal("counting calendar feeds")
}

pub(super) async fn insert(tx: &WriteTx, row: calendar_feed::Model) -> Result<(), ApiError> {
    let row = calendar_feed::ActiveModel::from(row).reset_all();
    calendar_feed::Entity::insert(row).exec_without_returning(&**tx).await.internal("making a calendar feed")?;
    Ok(())
}

/// The feed of a secret, while it is in use.
pub(super) async fn by_secret(cx: &Cx, hash: &[u8]) -> Result<Option<calendar_feed::Model>, ApiError> {
    calendar_feed::Entity::find()
        .filter(calendar_feed::Column::SecretHash.eq(hash.to_vec()))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .one(cx.read())
        .await
        .internal("looking for a calendar feed")
}

/// Whether an appointment that the person held when the feed was made has ended since, by a call or by its time.
pub(super) async fn outlived_an_appointment(cx: &Cx, feed: &calendar_feed::Model) -> Result<bool, ApiError> {
    use appointment::Column as C;
    use sea_orm::SelectExt;
    let held = Condition::all()
        .add(C::FromAt.lte(feed.created_at))
        .add(Condition::any().add(C::UntilAt.is_null()).add(C::UntilAt.gt(feed.created_at)))
        .add(Condition::any().add(C::EndedAt.is_null()).add(C::EndedAt.gt(feed.created_at)))
        .add(C::ConfirmedAt.is_not_null());
    let over = Condition::any().add(C::UntilAt.lte(cx.now())).add(C::EndedAt.lte(cx.now()));
    let ended = appointment::Entity::find().filter(C::AccountId.eq(feed.account_id)).filter(held).filter(over);
    ended.exists(cx.read()).await.internal("looking for ended appointments")
}

pub(super) async fn revoke(tx: &WriteTx, account: AccountId, id: CalendarFeedId, now: Timestamp) -> Result<bool, ApiError> {
    let update = calendar_feed::Entity::update_many()
        .col_expr(calendar_feed::Column::RevokedAt, Expr::value(now))
        .filter(calendar_feed::Column::Id.eq(id))
        .filter(calendar_feed::Column::AccountId.eq(account))
        .filter(calendar_feed::Column::RevokedAt.is_null());
    Ok(update.exec(&**tx).await.internal("revoking a calendar feed")?.rows_affected == 1)
}

pub(super) async fn revoke_all(tx: &WriteTx, account: AccountId, now: Timestamp) -> Result<(), ApiError> {
    calendar_feed::Entity::update_many()
        .col_expr(calendar_feed::Column::RevokedAt, Expr::value(now))
        .filter(calendar_feed::Column::AccountId.eq(account))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .exec(&**tx)
        .await
        .internal("revoking calendar feeds")?;
    Ok(())
}
