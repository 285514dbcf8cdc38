//! Writes a phone may send twice: the first is done and remembered, every later one answers the same.
use super::crypto;
use super::cx::Cx;
use super::db::WriteTx;
use super::errors::{ApiError, Code, OrInternal};
use super::says::say;
use async_graphql::InputType;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use shangyi_entities::{AccountId, replay};
use uuid::Uuid;

/// Remembers this write in its own transaction, before anything else in it; `result` names what it makes.
///
/// `None`: it is new, go on. `Some(result)`: it was done before and made that; another input under the same
/// `requestId` is `REPLAY_MISMATCH`. A twin under way makes this wait until it has been done or undone.
pub async fn remember<I: InputType>(
    tx: &WriteTx,
    cx: &Cx,
    operation: &'static str,
    request_id: Uuid,
    input: &I,
    result: Option<String>,
) -> Result<Option<String>, ApiError> {
    let account = cx.account()?;
    let input_hash = hash(cx, input);
    let row = replay::ActiveModel {
        account_id: Set(account),
        operation: Set(operation.to_owned()),
        request_id: Set(request_id),
        input_hash: Set(input_hash.clone()),
        result: Set(result),
        created_at: Set(cx.now()),
    };
    let fresh = replay::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await
        .internal("remembering a write")?;
    if fresh == 1 {
        return Ok(None);
    }
    let earlier = find(tx, account, operation, request_id).await?;
    if !crypto::equal(&earlier.input_hash, &input_hash) {
        return Err(mismatch());
    }
    Ok(Some(earlier.result.unwrap_or_default()))
}

fn mismatch() -> ApiError {
    let text = say("同一个requestId已用于另一次提交，请换一个新的requestId。", "This requestId was used for another input; please use a new one.");
    ApiError::new(Code::ReplayMismatch, text)
}

async fn find(tx: &WriteTx, account: AccountId, operation: &str, request_id: Uuid) -> Result<replay::Model, ApiError> {
    replay::Entity::find_by_id((account, operation.to_owned(), request_id))
        .one(&**tx)
        .await
        .internal("reading a remembered write")?
        .ok_or_else(|| ApiError::broken("a remembered write is gone"))
}

/// A keyed hash of what was asked, whatever the order in which the client wrote it; nobody can guess texts against it.
fn hash<I: InputType>(cx: &Cx, input: &I) -> Vec<u8> {
    let text = serde_json::to_vec(&input.to_value()).unwrap_or_default();
    crypto::mac(&cx.app().keys.derived("replay"), &[&text])
}

/// What an earlier sending of this request made, where rules that have changed since would now refuse it; another input under the
/// same `requestId` is `REPLAY_MISMATCH`.
pub async fn earlier<I: InputType>(cx: &Cx, operation: &'static str, request_id: Uuid, input: &I) -> Result<Option<String>, ApiError> {
    let row =
        replay::Entity::find_by_id((cx.account()?, operation.to_owned(), request_id)).one(cx.read()).await.internal("reading a remembered write")?;
    match row {
        Some(row) if !crypto::equal(&row.input_hash, &hash(cx, input)) => Err(mismatch()),
        row => Ok(row.and_then(|row| row.result)),
    }
}

/// Forgets what a person has sent.
pub async fn forget(tx: &WriteTx, account: AccountId) -> Result<(), ApiError> {
    replay::Entity::delete_many().filter(replay::Column::AccountId.eq(account)).exec(&**tx).await.internal("forgetting replays")?;
    Ok(())
}
