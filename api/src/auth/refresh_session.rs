use super::{guard, tokens};
use crate::kernel::{ApiError, Code, Cx, say};
use crate::live::Refresh;
use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};

/// A refresh token.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The token of the last sign-in or refresh.
    pub refresh_token: String,
}

/// New tokens; the old refresh token is used up.
#[derive(SimpleObject)]
pub struct RefreshSessionPayload {
    /// Goes into `Authorization: Bearer …`; good for 15 minutes.
    pub access_token: String,
    /// When the access token ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Exchanges for new tokens, once.
    pub refresh_token: String,
}

pub(super) async fn run(cx: &Cx, input: RefreshSessionInput) -> Result<RefreshSessionPayload, ApiError> {
    let signed_out = || ApiError::new(Code::Unauthenticated, say("登录已失效，请重新登录。", "This session is over; please sign in again."));
    let Some((account, session, generation)) = tokens::read_refresh(&cx.app().keys, &input.refresh_token) else {
        guard::count_failure(cx).await;
        return Err(signed_out());
    };
    match cx.app().live.refresh(account, session, generation, cx.now()).await.map_err(|_| ApiError::unavailable())? {
        Refresh::Renewed(session) => {
            let (access_token, ends) = tokens::access(cx.app(), &session)?;
            Ok(RefreshSessionPayload { access_token, access_token_expires_at: ends.utc(), refresh_token: tokens::refresh(&cx.app().keys, &session) })
        }
        Refresh::Gone => Err(signed_out()),
        Refresh::Reused => {
            tracing::warn!("a refresh token was used twice; its session has been ended");
            Err(ApiError::new(
                Code::Unauthenticated,
                say(
                    "这次登录可能被他人使用，已为您退出，请重新登录。",
                    "This session may have been used by somebody else and was ended; please sign in again.",
                ),
            ))
        }
    }
}
