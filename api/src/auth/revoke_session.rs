use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::{InputObject, SimpleObject};
use shangyi_entities::SessionId;

/// Which session to end.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// One of the viewer's sessions.
    pub session_id: Gid<SessionId>,
}

/// A session has ended.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// The session that has ended.
    pub session_id: Gid<SessionId>,
}

pub(super) async fn sign_out(cx: &Cx) -> Result<SignOutPayload, ApiError> {
    let session = cx.session()?;
    cx.app().live.close(cx.account()?, session).await.map_err(|_| ApiError::unavailable())?;
    Ok(SignOutPayload { session_id: Gid(session) })
}

pub(super) async fn revoke(cx: &Cx, input: RevokeSessionInput) -> Result<SignOutPayload, ApiError> {
    let closed = cx.app().live.close(cx.account()?, input.session_id.0).await.map_err(|_| ApiError::unavailable())?;
    if !closed {
        return Err(ApiError::not_found("这个登录", "This session"));
    }
    Ok(SignOutPayload { session_id: input.session_id })
}
