use super::store;
use crate::kernel::{ApiError, Cx, Gid, personal};
use serde_json::{Value, json};
use shangyi_entities::{AccountId, TypedId};

/// Everything a person said of replies of units.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let rows = store::ratings_by(cx, account).await?;
    let key = personal::of(cx.read(), &cx.app().keys, account.uuid()).await?;
    let ratings = rows.iter().map(|row| {
        let comment = key.as_ref().zip(row.comment_enc.as_deref()).and_then(|(key, sealed)| key.open(store::COMMENT, sealed));
        json!({ "handOver": Gid(row.hand_over_id).to_string(), "stars": row.stars, "comment": comment, "at": row.at.utc() })
    });
    Ok(json!({ "rated": ratings.collect::<Vec<_>>() }))
}
