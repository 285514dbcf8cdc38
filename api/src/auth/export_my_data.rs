use super::model::Account;
use crate::kernel::{ApiError, Cx};
use serde_json::{Value, json};

pub(super) async fn run(cx: &Cx) -> Result<Value, ApiError> {
    let id = cx.account()?;
    let account = Account::load(cx, id).await?;
    Ok(json!({
        "generatedAt": cx.now().utc(),
        "account": account.export(),
        "appointments": crate::organisation::export(cx, id).await?,
        "topics": crate::topics::export(cx, id).await?,
        "notices": crate::notices::export(cx, id).await?,
    }))
}
