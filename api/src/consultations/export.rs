use super::{plan, stage};
use crate::kernel::{ApiError, Cx, Gid, personal};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use shangyi_entities::{AccountId, TypedId};

/// Everything a person proposed, found out and said of plans.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let proposed = stage::store::proposed_by(cx, account).await?;
    let research = stage::store::research_by(cx, account).await?;
    let comments = plan::store::comments_by(cx, account).await?;
    let key = personal::of(cx.read(), &cx.app().keys, account.uuid()).await?;
    let open = |place: &str, sealed: &[u8]| key.as_ref().and_then(|key| key.open(place, sealed));
    Ok(json!({
        "proposed": proposed.iter().map(|row| json!({
            "consultation": Gid(row.id).to_string(), "title": row.title, "question": row.question, "state": row.state.to_value(), "at": row.proposed_at.utc(),
        })).collect::<Vec<_>>(),
        "research": research.iter().map(|row| json!({
            "consultation": Gid(row.consultation_id).to_string(), "day": row.day, "kind": row.kind.to_value(), "people": row.people,
            "text": open(stage::store::RESEARCH, &row.text_enc), "at": row.at.utc(),
        })).collect::<Vec<_>>(),
        "planComments": comments.iter().map(|row| json!({ "plan": Gid(row.plan_id).to_string(), "text": open(plan::store::TEXT, &row.text_enc), "at": row.at.utc() })).collect::<Vec<_>>(),
    }))
}
