//! Who did what to which thing: one append-only row per effect, in the effect's own transaction. Rows hold ids and
//! keyed digests, never texts, names or phones.

mod model;
mod store;

use crate::kernel::{ApiError, Cx, Gid, WriteTx, crypto};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use model::AuditRow;
use shangyi_entities::{AuditId, OrganisationId, TypedId};

/// What is written of an effect.
pub struct Entry<'a> {
    /// The mutation, by its name in the API.
    pub operation: &'static str,
    /// By which role it was done, as in [`Entry::role`].
    pub role: &'a str,
    /// What it was done to.
    pub target: String,
    /// Whose auditors may read it.
    pub committee: Option<OrganisationId>,
    /// What was there before, to be digested.
    pub before: Option<&'a str>,
    /// What is there now, to be digested.
    pub after: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// An effect on `target`.
    pub fn new<T: TypedId>(operation: &'static str, role: &'a str, target: T) -> Self {
        Self { operation, role, target: Gid(target).to_string(), committee: None, before: None, after: None }
    }
}

/// Writes the row.
pub async fn record(tx: &WriteTx, cx: &Cx, entry: Entry<'_>) -> Result<(), ApiError> {
    let key = cx.app().keys.derived("audit");
    let digest = |text: &str| crypto::mac(&key, &[entry.target.as_bytes(), text.as_bytes()]);
    store::insert(tx, cx, &entry, entry.before.map(digest), entry.after.map(digest)).await
}

/// The row of that id, for an auditor of its committee.
pub async fn find(cx: &Cx, id: AuditId) -> Result<Option<AuditRow>, ApiError> {
    store::find(cx, id).await
}

/// Reading the trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The trail of the committees the viewer audits, newest first. Only for auditors (`FORBIDDEN` otherwise).
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, AuditRow>, ApiError> {
        store::page(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }
}
