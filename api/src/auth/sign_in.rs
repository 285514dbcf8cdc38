use super::model::{Account, SessionInfo};
use super::request_sign_in_code::read_phone;
use super::{guard, store, tokens};
use crate::audit;
use crate::kernel::{ApiError, Cx, say};
use crate::live::{Session, session};
use async_graphql::{Enum, InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A phone and the code that was sent to it.
#[derive(InputObject)]
pub struct SignInInput {
    /// The phone the code went to.
    pub phone: String,
    /// The six digits.
    pub code: String,
    /// Made by the phone; sent again with the same one, the earlier session ends and the later answer holds.
    pub request_id: Uuid,
    /// What to call this device in the list of sessions, at most 60 characters.
    pub device: Option<String>,
}

/// Signed in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// Goes into `Authorization: Bearer …`; good for 15 minutes.
    pub access_token: String,
    /// When the access token ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Exchanges for new tokens, once.
    pub refresh_token: String,
    /// The person.
    pub account: Account,
    /// The session just begun.
    pub session: SessionInfo,
}

/// Why a sign-in was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignInRefusalReason {
    /// The digits are not those that were sent.
    CodeWrong,
    /// There is no code that is still good for this phone: ask for a new one.
    CodeExpired,
    /// Five tries are used up: ask for a new code.
    TooManyTries,
}

/// The sign-in was refused.
#[derive(SimpleObject)]
pub struct SignInRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show.
    pub message: String,
    /// The reason.
    pub reason: SignInRefusalReason,
    /// Tries left with this code; 0: ask for a new one.
    pub tries_left: i64,
}

/// Signed in, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum SignInResult {
    /// Signed in.
    Done(SignInPayload),
    /// Refused.
    Refused(SignInRefused),
}

fn refused(cx: &Cx, reason: SignInRefusalReason, tries_left: i64) -> SignInResult {
    let (code, text) = match reason {
        SignInRefusalReason::CodeWrong => {
            ("CODE_WRONG", say(format!("验证码不正确，还可以试{tries_left}次。"), format!("That is not the code; {tries_left} more tries.")))
        }
        SignInRefusalReason::CodeExpired => {
            ("CODE_EXPIRED", say("验证码已失效，请重新获取。", "This code is no longer good; please ask for a new one."))
        }
        SignInRefusalReason::TooManyTries => {
            ("TOO_MANY_TRIES", say("验证码已试满5次，请重新获取。", "Five tries are used up; please ask for a new code."))
        }
    };
    SignInResult::Refused(SignInRefused { code: code.to_owned(), message: cx.tell(&text), reason, tries_left })
}

pub(super) async fn run(cx: &Cx, input: SignInInput) -> Result<SignInResult, ApiError> {
    let phone = &read_phone(&input.phone)?;
    let code = input.code.trim();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::bad_input("code", say("请输入6位数字验证码。", "Please enter the six digits.")));
    }
    guard::may_try(cx).await?;
    let hash = &phone.hash(&cx.app().keys.derived("phone"));
    // The try is counted and committed before the digits are compared: undoing it would make tries free.
    let tried = cx.app().db.write_plain(|tx| async move { Ok(store::try_code(&tx, cx, hash, input.request_id, code).await?) }).await?;
    let reason = match tried {
        store::Try::Right => {
            return match take(cx, &input, phone, hash).await? {
                Some(payload) => Ok(SignInResult::Done(payload)),
                None => Ok(refused(cx, SignInRefusalReason::CodeExpired, 0)),
            };
        }
        store::Try::Wrong(left) => {
            guard::count_failure(cx).await;
            return Ok(refused(cx, SignInRefusalReason::CodeWrong, left));
        }
        store::Try::None => SignInRefusalReason::CodeExpired,
        store::Try::UsedUp => SignInRefusalReason::TooManyTries,
    };
    guard::count_failure(cx).await;
    Ok(refused(cx, reason, 0))
}

async fn take(cx: &Cx, input: &SignInInput, phone: &crate::kernel::phone::Phone, hash: &[u8]) -> Result<Option<SignInPayload>, ApiError> {
    let account = cx
        .app()
        .db
        .write_plain(|tx| async move {
            if !store::use_code(&tx, hash, input.request_id).await? {
                return Ok(None);
            }
            let account = store::account_for_phone(&tx, cx, phone, hash).await?;
            audit::record(&tx, cx, audit::Entry::new("signIn", "RESIDENT", account.id)).await?;
            Ok(Some(account))
        })
        .await?;
    let Some(account) = account else { return Ok(None) };
    let device: String = input.device.as_deref().unwrap_or_default().chars().filter(|c| !c.is_control()).take(60).collect();
    let session = Session {
        id: cx.new_id(),
        account: account.id,
        request_id: input.request_id,
        device,
        created_at: cx.now().0,
        refreshed_at: cx.now().0,
        expires_at: cx.now().plus_seconds(session::LIFETIME_SECONDS).0,
        generation: 0,
    };
    cx.app().live.open(session.clone()).await.map_err(|_| ApiError::unavailable())?;
    let (access_token, ends) = tokens::access(cx.app(), &session)?;
    Ok(Some(SignInPayload {
        access_token,
        access_token_expires_at: ends.utc(),
        refresh_token: tokens::refresh(&cx.app().keys, &session),
        account: Account::open(cx, account).await?,
        session: SessionInfo { current: true, session },
    }))
}
