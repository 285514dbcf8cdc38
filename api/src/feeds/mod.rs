//! Calendar feeds: a person's own duties, receptions and visits as an address that any calendar reads.
//!
//! Words: a *feed* is an address with a secret, given once, kept hashed; it dies when it is revoked, when an appointment that the
//! person held at its making ends, and with the account. Invariant: an event keeps its UID for ever, its SEQUENCE only grows, what is
//! cancelled stays in it as cancelled, and nothing of anybody else is in it: no resident's name, no matter.

mod gather;
mod ics;
mod open;
mod revoke;
mod store;

use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
pub use gather::{Calendar, fetch};
pub use open::{CalendarFeedRefused, OpenCalendarFeedInput, OpenCalendarFeedPayload, OpenCalendarFeedResult};
pub use revoke::{RevokeCalendarFeedInput, RevokeCalendarFeedPayload};
use shangyi_entities::{AccountId, CalendarFeedId, calendar_feed};

/// An address under which the viewer's calendar is read.
#[derive(SimpleObject)]
pub struct CalendarFeed {
    /// Its id.
    pub id: Gid<CalendarFeedId>,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl From<calendar_feed::Model> for CalendarFeed {
    fn from(row: calendar_feed::Model) -> Self {
        Self { id: Gid(row.id), name: row.name, created_at: row.created_at.utc() }
    }
}

/// Ends every feed of a person: with an appointment of theirs, or with the account.
pub async fn end_all(tx: &WriteTx, account: AccountId, now: shangyi_entities::Timestamp) -> Result<(), ApiError> {
    store::revoke_all(tx, account, now).await
}

/// Reading one's feeds.
#[derive(Default)]
pub struct FeedsQuery;

#[Object]
impl FeedsQuery {
    /// The viewer's calendar feeds that are in use, oldest first; at most 10. The addresses themselves are kept nowhere. Needs a sign-in.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn calendar_feeds(&self, ctx: &Context<'_>) -> Result<Vec<CalendarFeed>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        Ok(store::of_account(cx, cx.account()?).await?.into_iter().map(CalendarFeed::from).collect())
    }
}

/// Making and revoking one's feeds.
#[derive(Default)]
pub struct FeedsMutation;

#[Object]
impl FeedsMutation {
    /// Makes an address under which any calendar reads one's duties, receptions and visits. It is kept nowhere: pass it to
    /// nobody. At most 10 a person: LIMIT_REACHED. It dies with `revokeCalendarFeed`, and when an appointment that one holds now ends.
    #[graphql(complexity = "20 + child_complexity")]
    async fn open_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How to call it.")] input: OpenCalendarFeedInput,
    ) -> Result<OpenCalendarFeedResult, ApiError> {
        open::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Ends an address; calendars that have it read nothing more. Doing it twice changes nothing.
    #[graphql(complexity = "20 + child_complexity")]
    async fn revoke_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RevokeCalendarFeedInput,
    ) -> Result<RevokeCalendarFeedPayload, ApiError> {
        revoke::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
