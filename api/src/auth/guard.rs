//! Limits by address: they count failures and new phones only, since a whole hall may share one address.
use crate::kernel::{ApiError, Cx};

const HOUR: i64 = 3600;

fn key(cx: &Cx, what: &str) -> String {
    format!("{what}:{}", cx.address().map_or_else(|| "-".to_owned(), |address| address.to_string()))
}

/// Refuses an address that has made too many mistakes or asked for too many new phones, unless it passes a captcha.
/// Every phone gets the same answer there, known or not.
pub(super) async fn pass(cx: &Cx, captcha: Option<&str>) -> Result<(), ApiError> {
    let (app, settings) = (cx.app(), cx.settings());
    let full = app.is_full(&key(cx, "new"), settings.new_phones_per_hour, HOUR).await
        || app.is_full(&key(cx, "fail"), settings.failures_per_hour, HOUR).await;
    if !full || captcha_passes(cx, captcha).await {
        return Ok(());
    }
    Err(ApiError::rate_limited(HOUR - cx.now().0 / 1_000_000 % HOUR))
}

async fn captcha_passes(cx: &Cx, captcha: Option<&str>) -> bool {
    let (Some(url), Some(token)) = (&cx.settings().captcha_url, captcha) else { return false };
    let Ok(client) = reqwest::Client::builder().timeout(std::time::Duration::from_secs(3)).build() else { return false };
    let body = serde_json::json!({ "token": token, "address": cx.address() });
    client.post(url).json(&body).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Counts a phone without an account.
pub(super) async fn count_new_phone(cx: &Cx) {
    cx.app().count(&key(cx, "new"), cx.settings().new_phones_per_hour, HOUR).await;
}

/// Counts a wrong code or token.
pub(super) async fn count_failure(cx: &Cx) {
    cx.app().count(&key(cx, "fail"), cx.settings().failures_per_hour, HOUR).await;
}

/// Takes one message of the hour's budget.
pub(super) async fn spend_sms(cx: &Cx) -> Result<(), ApiError> {
    if cx.app().count("sms", cx.settings().sms_per_hour, HOUR).await {
        return Ok(());
    }
    tracing::error!("the hour's budget of sign-in codes is used up");
    Err(ApiError::rate_limited(HOUR - cx.now().0 / 1_000_000 % HOUR))
}
