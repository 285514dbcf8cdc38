use super::{LATE_LOG, LATE_REASON, LOG, OBJECTION, REASON, store};
use crate::kernel::{ApiError, Cx, Gid, personal};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use shangyi_entities::{AccountId, Timestamp, TypedId};

/// Every entry of a person, what they asked for afterwards and objected to, with what they typed.
pub async fn run(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let key = personal::of(cx.read(), &cx.app().keys, account.uuid()).await?;
    let text = |place: &str, sealed: Option<&[u8]>| key.as_ref().zip(sealed).and_then(|(key, sealed)| key.open(place, sealed));
    let entries = store::facts_of(cx, account).await?.into_iter().map(|row| {
        json!({
            "studio": Gid(row.venue_id).to_string(),
            "what": row.what.to_value(),
            "way": row.how.to_value(),
            "at": row.at.utc(),
            "recordedAt": row.recorded_at.utc(),
            "offline": row.offline,
            "insideFence": row.fence.map(|fence| fence.to_value()),
            "residents": row.residents,
            "log": text(LOG, row.log_enc.as_deref()),
            "reason": text(REASON, row.reason_enc.as_deref()),
        })
    });
    let late = store::late_of(cx, account).await?.into_iter().map(|row| {
        json!({
            "studio": Gid(row.venue_id).to_string(),
            "from": row.from_at.utc(),
            "until": row.until_at.utc(),
            "askedAt": row.asked_at.utc(),
            "decision": row.decision.map(|decision| decision.to_value()),
            "decidedAt": row.decided_at.map(Timestamp::utc),
            "log": text(LATE_LOG, row.log_enc.as_deref()),
            "reason": text(LATE_REASON, Some(&row.reason_enc)),
        })
    });
    let objections = store::objections_of(cx, account)
        .await?
        .into_iter()
        .map(|row| json!({ "at": row.at.utc(), "reason": text(OBJECTION, Some(&row.reason_enc)) }));
    Ok(json!({ "entries": entries.collect::<Vec<_>>(), "lateEntries": late.collect::<Vec<_>>(), "objections": objections.collect::<Vec<_>>() }))
}
