use super::{ending, items, minutes, people, plan, stage, voices};
use crate::kernel::{ApiError, Cx, Gid, personal};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use shangyi_entities::{AccountId, TypedId};

/// Everything a person proposed, found out and said of plans.
pub async fn export(cx: &Cx, account: AccountId) -> Result<Value, ApiError> {
    let proposed = stage::store::proposed_by(cx, account).await?;
    let research = stage::store::research_by(cx, account).await?;
    let comments = plan::store::comments_by(cx, account).await?;
    let parts = people::store::parts_of(cx, account).await?;
    let (statements, votes) = voices::store::said_by(cx, account).await?;
    let signed = minutes::store::signed_by(cx, account).await?;
    let words = items::store::said_by(cx, account).await?;
    let rated = ending::store::rated_by(cx, account).await?;
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
        "takesPart": parts.iter().map(|row| json!({ "consultation": Gid(row.consultation_id).to_string(), "party": row.party.to_value(), "since": row.at.utc() })).collect::<Vec<_>>(),
        "statements": statements.iter().map(|row| json!({ "consultation": Gid(row.consultation_id).to_string(), "text": row.text, "at": row.at.utc() })).collect::<Vec<_>>(),
        "votes": votes.iter().map(|row| json!({ "statement": Gid(row.statement_id).to_string(), "choice": row.choice.to_value(), "at": row.at.utc() })).collect::<Vec<_>>(),
        "signed": signed.iter().map(|row| json!({ "minutes": Gid(row.minutes_id).to_string(), "objects": row.objects, "note": row.note_enc.as_deref().and_then(|sealed| open(minutes::store::NOTE, sealed)), "at": row.at.utc() })).collect::<Vec<_>>(),
        "saidToItems": words.iter().map(|row| json!({ "item": Gid(row.item_id).to_string(), "kept": row.kept, "reason": row.reason_enc.as_deref().and_then(|sealed| open(items::store::REASON, sealed)), "at": row.at.utc() })).collect::<Vec<_>>(),
        "rated": rated.iter().map(|row| json!({ "consultation": Gid(row.consultation_id).to_string(), "comment": row.comment_enc.as_deref().and_then(|sealed| open(ending::store::COMMENT, sealed)), "at": row.at.utc() })).collect::<Vec<_>>(),
        "planComments": comments.iter().map(|row| json!({ "plan": Gid(row.plan_id).to_string(), "text": open(plan::store::TEXT, &row.text_enc), "at": row.at.utc() })).collect::<Vec<_>>(),
    }))
}
