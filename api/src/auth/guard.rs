//! Limits by address: they count failures and new phones only, since a whole hall may share one address.
use crate::kernel::{ApiError, Cx};

const HOUR: i64 = 3600;

fn key(cx: &Cx, what: &str) -> String {
    format!("{what}:{}", crate::live::neighbourhood(cx.address()))
}

/// Refuses a code to an address that has made too many mistakes or asked for too many new phones, unless it passes a
/// captcha; and to everyone once the hour's budget is spent. Every phone gets the same answer there, known or not.
pub(super) async fn may_ask(cx: &Cx, captcha: Option<&str>) -> Result<(), ApiError> {
    let (app, settings) = (cx.app(), cx.settings());
    let full = app.is_full(&key(cx, "new"), settings.new_phones_per_hour, HOUR).await || has_failed_too_often(cx).await;
    if full && !captcha_passes(cx, captcha).await {
        return Err(ApiError::rate_limited(until_next_hour(cx)));
    }
    if app.is_full("sms", settings.sms_per_hour, HOUR).await {
        tracing::error!("the hour's budget of sign-in codes is used up");
        return Err(ApiError::rate_limited(until_next_hour(cx)));
    }
    Ok(())
}

/// Refuses tries to an address that has made too many mistakes. Whoever holds a code of a crowded hall may use it.
pub(super) async fn may_try(cx: &Cx) -> Result<(), ApiError> {
    if has_failed_too_often(cx).await { Err(ApiError::rate_limited(until_next_hour(cx))) } else { Ok(()) }
}

async fn has_failed_too_often(cx: &Cx) -> bool {
    cx.app().is_full(&key(cx, "fail"), cx.settings().failures_per_hour, HOUR).await
}

fn until_next_hour(cx: &Cx) -> i64 {
    HOUR - cx.now().0 / 1_000_000 % HOUR
}

async fn captcha_passes(cx: &Cx, captcha: Option<&str>) -> bool {
    let (Some(url), Some(token)) = (&cx.settings().captcha_url, captcha) else { return false };
    let Ok(client) = reqwest::Client::builder().timeout(std::time::Duration::from_secs(3)).build() else { return false };
    let body = serde_json::json!({ "token": token, "address": cx.address() });
    client.post(url).json(&body).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Counts a code that goes out: to the hour's budget, and a phone without an account to its address. A known phone is
/// counted too, where nobody looks, so that both take as long.
pub(super) async fn count_code(cx: &Cx, known: bool) {
    let what = if known { "known" } else { "new" };
    cx.app().count("sms", cx.settings().sms_per_hour, HOUR).await;
    cx.app().count(&key(cx, what), cx.settings().new_phones_per_hour, HOUR).await;
}

/// Counts a wrong code or token.
pub(super) async fn count_failure(cx: &Cx) {
    cx.app().count(&key(cx, "fail"), cx.settings().failures_per_hour, HOUR).await;
}
