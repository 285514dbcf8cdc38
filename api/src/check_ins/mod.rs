//! Checking in and out of studios (签到签退): facts that are only added to, and the visits derived from them.
//!
//! Words: an *entry* is one fact, IN, OUT or UNDO, by code, by staff, or late; a *visit* is what the entries of one person's
//! day amount to (`fold`); what cannot be true is a *conflict*, settled by those who run the studio. Invariants, held by the
//! database: facts are only added; one request makes one entry (`entered_once`: the facts are their own memory of what was
//! sent before); nobody enters, approves, confirms or settles for themself. Check-in is voluntary evidence; a staff entry
//! counts the same. Where a phone was is kept nowhere.

mod ask_logs;
mod check_in;
mod check_out;
mod clock;
mod confirm_log;
mod enter;
mod export;
mod fold;
#[cfg(test)]
mod fold_tests;
mod guesses;
mod input;
mod late;
mod ledger;
mod lists;
mod loaders;
mod model;
mod mutations;
mod object;
mod refold;
mod refusal;
mod settle;
mod store;
mod sync;
mod undo;

use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use crate::organisation::OpenStudioDuty;
pub use ask_logs::run as ask_for_logs;
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use check_in::CheckInInput;
pub use check_out::CheckOutInput;
pub use confirm_log::ConfirmStudioLogInput;
pub use export::run as export;
pub use input::{CheckInBy, ClockInput, PositionInput, StaffEntryInput, StudioLogInput};
pub use late::{ApproveLateEntryInput, LateEntryPayload, LateEntryResult, RequestLateEntryInput};
pub use ledger::{FileAddress, LedgerCounts, LedgerFile, LedgerMonth, StudioLedger, StudioLedgerFileInput, fetch as fetch_ledger};
pub use loaders::Loaders;
pub use model::{CheckInConflict, CheckInEntry, LateEntry, SharedCode, StudioLog, Visit, VisitState};
pub use mutations::CheckInsMutation;
pub use object::ObjectToCheckInInput;
pub use refusal::{CheckInPayload, CheckInRefusalReason, CheckInRefused, CheckInResult};
use sea_orm::ConnectionTrait;
pub use settle::{SettleConflictInput, SettleConflictPayload, SettleConflictResult};
use shangyi_entities::{AccountId, CheckInConflictId, DutySlotId, LateEntryId, Timestamp, VenueId, VisitId, venue};
pub use sync::{SyncCheckInsInput, SyncCheckInsPayload, SyncEntryResult, SyncEntryUnreadable};
pub use undo::UndoCheckInInput;

/// Where texts are sealed, each under the key of the member.
const LOG: &str = "check_in_facts.log";
const REASON: &str = "check_in_facts.reason";
const OBJECTION: &str = "check_in_objections.reason";
const LATE_LOG: &str = "late_entries.log";
const LATE_REASON: &str = "late_entries.reason";

/// The visit of that id, if the viewer may know of it.
pub async fn load_visit(ctx: &Context<'_>, id: VisitId) -> Result<Option<Visit>, ApiError> {
    loaders::of(ctx).visit(id).await
}

/// The late entry of that id, if the viewer may know of it.
pub async fn load_late_entry(ctx: &Context<'_>, id: LateEntryId) -> Result<Option<LateEntry>, ApiError> {
    loaders::of(ctx).late(id).await
}

/// The conflict of that id, if the viewer may know of it.
pub async fn load_conflict(ctx: &Context<'_>, id: CheckInConflictId) -> Result<Option<CheckInConflict>, ApiError> {
    loaders::of(ctx).conflict(id).await
}

/// Visits to a studio, the latest first, for those who may see them.
pub async fn of_studio(
    cx: &Cx,
    studio: &venue::Model,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Option<Connection<String, Visit>>, ApiError> {
    lists::of_studio(cx, studio, first, after).await
}

/// What a studio did in a year.
pub async fn ledger(cx: &Cx, studio: &venue::Model, year: Option<i32>) -> Result<StudioLedger, ApiError> {
    ledger::of(cx, studio.id, year).await
}

/// Codes of a studio that several devices used from one address.
pub async fn shared_codes(cx: &Cx, studio: VenueId) -> Result<Vec<SharedCode>, ApiError> {
    lists::shared_codes(cx, studio).await
}

/// What of a studio waits for whoever runs it, the oldest 50 of each kind.
pub async fn waiting_at(cx: &Cx, studio: VenueId) -> Result<Vec<OpenStudioDuty>, ApiError> {
    lists::waiting_at(cx, studio).await
}

/// Whether anybody has ever checked in.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, ApiError> {
    store::any_fact(db).await
}

/// Those of these slots whose member came.
pub async fn kept_among(cx: &Cx, slots: &[DutySlotId]) -> Result<Vec<DutySlotId>, ApiError> {
    store::kept_among(cx, slots).await
}

/// Derives a person's day anew, after their duty slots of that day have changed.
pub async fn slots_changed(tx: &WriteTx, cx: &Cx, account: AccountId, day: Timestamp) -> Result<(), ApiError> {
    store::lock_book(tx, account).await?;
    refold::whole(tx, cx, account, day).await.map(|_| ())
}

/// Reading check-ins.
#[derive(Default)]
pub struct CheckInsQuery;

#[Object]
impl CheckInsQuery {
    /// The viewer's own visits, the latest first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_visits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Visit>, ApiError> {
        lists::mine(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// The viewer's own late entries, the latest first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_late_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, LateEntry>, ApiError> {
        lists::my_late(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// Conflicts of the viewer's own check-ins, open and settled, the latest first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_check_in_conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, CheckInConflict>, ApiError> {
        lists::my_conflicts(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// A visit. Null where there is none, or none for the viewer to know of.
    async fn visit(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<VisitId>) -> Result<Option<Visit>, ApiError> {
        load_visit(ctx, id.0).await
    }

    /// Visits to the studios the viewer runs whose logs wait to be confirmed, oldest first; never the viewer's own. Empty for
    /// those who run none. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn logs_to_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Visit>, ApiError> {
        lists::logs_to_confirm(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// Late entries in the studios the viewer runs that wait to be decided, oldest first; never the viewer's own. Empty for
    /// those who run none. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn late_entries_to_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, LateEntry>, ApiError> {
        lists::late_to_approve(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// Conflicts in the studios the viewer runs that wait to be settled, oldest first; never the viewer's own. Empty for those
    /// who run none. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn check_in_conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, CheckInConflict>, ApiError> {
        lists::conflicts(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// What a studio did in a year, by month, from facts alone. For the internal side of its committee (`FORBIDDEN` for others).
    #[graphql(complexity = "12 * child_complexity + 1")]
    async fn studio_ledger(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The studio.")] studio_id: Gid<VenueId>,
        #[graphql(desc = "The calendar year; this one when left out.")] year: Option<i32>,
    ) -> Result<StudioLedger, ApiError> {
        ledger::required(ctx.data_unchecked::<Cx>(), studio_id.0, year).await
    }
}
