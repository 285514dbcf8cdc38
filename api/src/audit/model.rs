use crate::kernel::Gid;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use shangyi_entities::{AccountId, AuditId, audit};

/// One effect: who did what to which thing. Without texts, names or phones.
#[derive(SimpleObject)]
pub struct AuditRow {
    /// The id of the row.
    pub id: Gid<AuditId>,
    /// When.
    pub at: DateTime<Utc>,
    /// The account that did it, as an opaque id; null for the operator on the command line.
    pub account_id: Option<Gid<AccountId>>,
    /// By which role.
    pub role: String,
    /// The mutation, by its name in this API.
    pub operation: String,
    /// The id of the thing it was done to.
    pub target: String,
    /// The request under which the log knows it.
    pub request_id: String,
}

impl From<audit::Model> for AuditRow {
    fn from(row: audit::Model) -> Self {
        Self {
            id: Gid(row.id),
            at: row.at.utc(),
            account_id: row.account_id.map(Gid),
            role: row.role,
            operation: row.operation,
            target: row.target,
            request_id: row.request_id,
        }
    }
}
