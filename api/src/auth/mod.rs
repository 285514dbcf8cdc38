//! Signing in by phone and code, sessions, one's own data and its erasure.
//!
//! Words: a *code* goes to a phone and is good for five minutes and five tries; a *session* is a sign-in on one device;
//! its *access token* is good for a quarter of an hour, its *refresh token* for one use. Invariants: the answer to a
//! request for a code never tells whether the phone is known; a refresh token used twice ends its session; erasure
//! destroys the key under which everything of the person is encrypted.

pub mod callers;
mod confirm_real_name;
mod erase_me;
mod export_my_data;
mod guard;
mod model;
mod refresh_session;
mod request_sign_in_code;
mod revoke_session;
mod sign_in;
pub mod store;
pub mod tokens;
mod update_profile;

use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};
pub use confirm_real_name::{ConfirmRealNameInput, ConfirmRealNamePayload};
pub use erase_me::{EraseMeInput, EraseMePayload, EraseMeRefused, EraseMeResult};
pub use model::{Account, SessionInfo, ViewerInfo};
pub use refresh_session::{RefreshSessionInput, RefreshSessionPayload};
pub use request_sign_in_code::{RequestSignInCodeInput, RequestSignInCodePayload};
pub use revoke_session::{RevokeSessionInput, SignOutPayload};
pub use sign_in::{SignInInput, SignInPayload, SignInRefused, SignInResult};
pub use store::{Known, contacts_of, known, known_by_phone, level_of, phones_for_messages};
pub use update_profile::{UpdateProfileInput, UpdateProfilePayload};

/// One's own account.
#[derive(Default)]
pub struct AuthQuery;

#[Object]
impl AuthQuery {
    /// The person who asks. `UNAUTHENTICATED` without a live session.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<ViewerInfo, ApiError> {
        ctx.data_unchecked::<Cx>().account().map(|_| ViewerInfo)
    }

    /// Everything stored of the viewer, as one JSON document: account, appointments, topics with their originals,
    /// supports, flags, what they said to answers and merges, second looks, ratings, duty, check-ins, notices. Needs a sign-in.
    #[graphql(complexity = 200)]
    async fn export_my_data(&self, ctx: &Context<'_>) -> Result<async_graphql::Json<serde_json::Value>, ApiError> {
        export_my_data::run(ctx.data_unchecked::<Cx>()).await.map(async_graphql::Json)
    }
}

/// Signing in and out, one's own account.
#[derive(Default)]
pub struct AuthMutation;

#[Object]
impl AuthMutation {
    /// Sends a six-digit code to a phone. The answer is the same whether or not the phone is known. One a minute and five
    /// an hour per phone (`RATE_LIMITED`). The same `requestId` sends nothing again.
    #[graphql(complexity = 50)]
    async fn request_sign_in_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which phone.")] input: RequestSignInCodeInput,
    ) -> Result<RequestSignInCodePayload, ApiError> {
        request_sign_in_code::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Exchanges a code for a session; the first sign-in of a phone makes its account. Sent twice with one `requestId`, the
    /// later answer holds and the earlier session ends.
    #[graphql(complexity = "50 + child_complexity")]
    async fn sign_in(&self, ctx: &Context<'_>, #[graphql(desc = "The phone and its code.")] input: SignInInput) -> Result<SignInResult, ApiError> {
        sign_in::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Exchanges a refresh token for new tokens. A token is good for one use; for 30 seconds it answers the same successor
    /// again, in case the answer was lost. Used later again, it ends the session (`UNAUTHENTICATED`).
    #[graphql(complexity = "20 + child_complexity")]
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshSessionInput,
    ) -> Result<RefreshSessionPayload, ApiError> {
        refresh_session::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// An officer of a desk has checked a person's name against their identity card: the account becomes REAL_NAME, as some
    /// campaigns ask for. The person is told. `NOT_FOUND` where nobody has signed in with the phone.
    #[graphql(complexity = "20 + child_complexity")]
    async fn confirm_real_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose name.")] input: ConfirmRealNameInput,
    ) -> Result<ConfirmRealNamePayload, ApiError> {
        confirm_real_name::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Ends the session that asks, effective on the next request.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        revoke_session::sign_out(ctx.data_unchecked::<Cx>()).await
    }

    /// Ends one of the viewer's sessions, effective on its next request. `NOT_FOUND` for any other.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: RevokeSessionInput,
    ) -> Result<SignOutPayload, ApiError> {
        revoke_session::revoke(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Changes name, home division or contact. A field left out stays; null empties it. Doing it twice changes nothing more.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload, ApiError> {
        update_profile::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Erases the viewer: the key of their personal fields and texts is destroyed, every session ends. What they did stays,
    /// without them. Needs a sign-in of the last 15 minutes and no appointment in force.
    #[graphql(complexity = "200 + child_complexity")]
    async fn erase_me(&self, ctx: &Context<'_>, #[graphql(desc = "The request.")] input: EraseMeInput) -> Result<EraseMeResult, ApiError> {
        erase_me::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
