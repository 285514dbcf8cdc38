//! Telling people. A verb puts a row into the outbox in its own transaction; the worker carries it to the inbox of every
//! person concerned (exactly once each, held by the database) and to phones (at least once).
//!
//! Invariants: an outbox row is lost by nothing but its being done; one person has one notice of one event.

mod list;
mod mark_read;
mod messages;
mod model;
pub mod outbox;
mod sms;
mod store;
mod tell;
pub mod worker;

use crate::kernel::{ApiError, Cx};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use mark_read::{MarkNoticesReadInput, MarkNoticesReadPayload};
pub use model::Notice;
use shangyi_entities::{AccountId, NoticeId};
pub use store::forget_messages;

/// The notice of that id, if it is the viewer's.
pub async fn find(cx: &Cx, id: NoticeId) -> Result<Option<Notice>, ApiError> {
    store::find(cx, id).await
}

/// All notices of an account, for its export.
pub async fn export(cx: &Cx, account: AccountId) -> Result<serde_json::Value, ApiError> {
    store::export(cx, account).await
}

/// Reading one's inbox.
#[derive(Default)]
pub struct NoticesQuery;

#[Object]
impl NoticesQuery {
    /// The viewer's inbox, newest first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those not marked as read.")] unread_only: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Notice>, ApiError> {
        list::run(ctx.data_unchecked::<Cx>(), unread_only.unwrap_or(false), first, after.as_deref()).await
    }

    /// How many notices the viewer has not marked as read. Needs a sign-in.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        store::unread(ctx.data_unchecked::<Cx>()).await
    }
}

/// Changing one's inbox.
#[derive(Default)]
pub struct NoticesMutation;

#[Object]
impl NoticesMutation {
    /// Marks notices as read; those that are not the viewer's are passed over. Doing it twice changes nothing.
    async fn mark_notices_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: MarkNoticesReadInput,
    ) -> Result<MarkNoticesReadPayload, ApiError> {
        mark_read::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
