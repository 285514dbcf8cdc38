use super::{cluster, outcome, store};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, personal};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use shangyi_entities::{AccountId, Timestamp, TopicId, TypedId, topic, topic_flag, topic_support};

/// Everything a person raised, backed and flagged, with what they typed and what they were answered.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let rows = topic::Entity::find()
        .filter(topic::Column::AuthorId.eq(account))
        .order_by_asc(topic::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting topics")?;
    let ids: Vec<TopicId> = rows.iter().map(|row| row.id).collect();
    let (mut originals, mut history) = (store::originals(cx, &ids).await?, store::history_of(cx, &ids).await?);
    let raised: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            let typed = originals.remove(&row.id).unwrap_or_default();
            let happened = history.remove(&row.id).unwrap_or_default();
            json!({
                "id": Gid(row.id).to_string(),
                "alias": row.alias,
                "state": row.state.to_value(),
                "submittedAt": row.submitted_at.utc(),
                "divisionCode": row.division_code,
                "typed": typed.iter().map(|(title, text)| json!({ "title": title, "text": text })).collect::<Vec<_>>(),
                "history": happened.iter().map(|(event, note)| json!({ "at": event.at.utc(), "what": event.what.to_value(), "note": note })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let supports =
        topic_support::Entity::find().filter(topic_support::Column::AccountId.eq(account)).all(cx.read()).await.internal("exporting supports")?;
    let flags = topic_flag::Entity::find().filter(topic_flag::Column::AccountId.eq(account)).all(cx.read()).await.internal("exporting flags")?;
    let said = outcome::said_by(cx, &ids).await?;
    let replies = cluster::replies_of(cx, account).await?;
    let key = personal::of(cx.read(), &cx.app().keys, account.uuid()).await?;
    let note = |row: &topic_flag::Model| key.as_ref().zip(row.note_enc.as_deref()).and_then(|(key, sealed)| key.open(store::FLAG_NOTE, sealed));
    Ok(json!({
        "raised": raised,
        "backed": supports.iter().map(|row| json!({
            "topic": Gid(row.topic_id).to_string(),
            "at": row.supported_at.utc(),
            "withdrawnAt": row.withdrawn_at.map(Timestamp::utc),
            "leftBehindInMerge": row.declined,
        })).collect::<Vec<_>>(),
        "saidToAnswers": said.confirmations,
        "secondLooks": said.second_looks,
        "repliesToMerges": replies.iter().map(|row| json!({ "carry": row.carry, "at": row.at.utc() })).collect::<Vec<_>>(),
        "flagged": flags.iter().map(|row| json!({
            "topic": Gid(row.topic_id).to_string(),
            "why": row.why.to_value(),
            "note": note(row),
            "at": row.at.utc(),
        })).collect::<Vec<_>>(),
    }))
}
