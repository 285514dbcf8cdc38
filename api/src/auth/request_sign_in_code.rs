use super::{guard, store};
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, crypto, say};
use crate::notices::outbox;
use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Which phone a code goes to.
#[derive(InputObject)]
pub struct RequestSignInCodeInput {
    /// A mainland mobile number, eleven digits; +86, spaces and dashes are fine.
    pub phone: String,
    /// Made by the phone; sent again with the same one, no second code goes out.
    pub request_id: Uuid,
    /// A solved captcha, where one was asked for (`RATE_LIMITED` from a crowded address).
    pub captcha_token: Option<String>,
}

/// A code is on its way.
#[derive(SimpleObject)]
pub struct RequestSignInCodePayload {
    /// The phone as it is shown: 138****0000.
    pub phone: String,
    /// Until when the code is good: five minutes.
    pub expires_at: DateTime<Utc>,
    /// From when on another code can be asked for: one a minute, five an hour.
    pub next_at: DateTime<Utc>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

pub(super) fn read_phone(text: &str) -> Result<Phone, ApiError> {
    Phone::parse(text)
        .ok_or_else(|| ApiError::bad_input("phone", say("请输入11位手机号码。", "Please enter a mainland mobile number of eleven digits.")))
}

/// Six digits, each number equally likely.
fn fresh_code() -> String {
    loop {
        let number = u32::from_be_bytes(crypto::random());
        // Beyond the last whole million some numbers would come up more often.
        if number < 4_294_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

pub(super) async fn run(cx: &Cx, input: RequestSignInCodeInput) -> Result<RequestSignInCodePayload, ApiError> {
    let phone = &read_phone(&input.phone)?;
    guard::may_ask(cx, input.captcha_token.as_deref()).await?;
    let hash = &phone.hash(&cx.app().keys.derived("phone"));
    if let Some(sent) = store::code_of_request(cx, hash, input.request_id).await? {
        return Ok(payload(phone, &sent, true));
    }
    let known = store::account_of_phone(cx.read(), hash).await?.is_some();
    let code = &fresh_code();
    let sent = cx
        .app()
        .db
        .write_plain(|tx| async move {
            let sent = store::put_code(&tx, cx, hash, input.request_id, code).await?;
            if let store::Put::New(_) = sent {
                outbox::sign_in_code(&tx, cx, input.request_id, phone, code).await?;
            }
            Ok(sent)
        })
        .await?;
    match sent {
        store::Put::New(sent) => {
            guard::count_code(cx, known).await;
            Ok(payload(phone, &sent, false))
        }
        store::Put::Same(sent) => Ok(payload(phone, &sent, true)),
        store::Put::TooSoon(wait) => Err(ApiError::rate_limited(wait)),
    }
}

fn payload(phone: &Phone, sent: &store::Sent, replayed: bool) -> RequestSignInCodePayload {
    RequestSignInCodePayload {
        phone: phone.masked(),
        expires_at: sent.expires_at.utc(),
        next_at: sent.sent_at.plus_seconds(store::CODE_PAUSE).utc(),
        replayed,
    }
}
