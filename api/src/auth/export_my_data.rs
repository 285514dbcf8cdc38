use super::model::Account;
use crate::kernel::{ApiError, Cx};
use serde_json::{Value, json};

pub(super) async fn run(cx: &Cx) -> Result<Value, ApiError> {
    let id = cx.account()?;
    let account = Account::load(cx, id).await?;
    let sessions = cx.app().live.sessions(id, cx.now()).await.map_err(|_| ApiError::unavailable())?;
    let at = |micros: i64| shangyi_entities::Timestamp(micros).utc();
    Ok(json!({
        "generatedAt": cx.now().utc(),
        "account": account.export(),
        "sessions": sessions.iter().map(|session| json!({
            "device": session.device,
            "createdAt": at(session.created_at),
            "refreshedAt": at(session.refreshed_at),
        })).collect::<Vec<_>>(),
        "appointments": crate::organisation::export(cx, id).await?,
        "topics": crate::topics::export(cx, id).await?,
        "handOvers": crate::handovers::export(cx, id).await?,
        "duty": crate::duty::export(cx, id).await?,
        "receptions": crate::receptions::export(cx, id).await?,
        "consultations": crate::consultations::export(cx, id).await?,
        "checkIns": crate::check_ins::export(cx, id).await?,
        "notices": crate::notices::export(cx, id).await?,
    }))
}
