use super::store;
use crate::kernel::{ApiError, Cx, Gid, OrInternal};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use shangyi_entities::{AccountId, Timestamp, topic, topic_flag, topic_support};

/// Everything a person raised, backed and flagged, with what they typed.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let rows = topic::Entity::find()
        .filter(topic::Column::AuthorId.eq(account))
        .order_by_asc(topic::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting topics")?;
    let mut raised = Vec::with_capacity(rows.len());
    for row in rows {
        let originals = store::originals(cx, row.id).await?;
        raised.push(json!({
            "id": Gid(row.id).to_string(),
            "alias": row.alias,
            "state": row.state.to_value(),
            "submittedAt": row.submitted_at.utc(),
            "divisionCode": row.division_code,
            "typed": originals.iter().map(|(title, text)| json!({ "title": title, "text": text })).collect::<Vec<_>>(),
        }));
    }
    let supports =
        topic_support::Entity::find().filter(topic_support::Column::AccountId.eq(account)).all(cx.read()).await.internal("exporting supports")?;
    let flags = topic_flag::Entity::find().filter(topic_flag::Column::AccountId.eq(account)).all(cx.read()).await.internal("exporting flags")?;
    Ok(json!({
        "raised": raised,
        "backed": supports.iter().map(|row| json!({
            "topic": Gid(row.topic_id).to_string(),
            "at": row.supported_at.utc(),
            "withdrawnAt": row.withdrawn_at.map(Timestamp::utc),
        })).collect::<Vec<_>>(),
        "flagged": flags.iter().map(|row| json!({ "topic": Gid(row.topic_id).to_string(), "why": row.why.to_value(), "at": row.at.utc() })).collect::<Vec<_>>(),
    }))
}
