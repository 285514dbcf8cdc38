//! Hand-overs (转办): what a desk gives to a unit to handle, and what comes back. One mechanism for topics, reception records
//! and agreed items; the one file that knows them is `subject`.
//!
//! Words: the *unit* is a handling or a participating unit of the committee, its *staff* those who hold an appointment for
//! it; the *desk* gave it; those who *asked* raised the matter. Invariants, held by the database: only declared moves
//! (`moves`, `hand_over_moves`); one open hand-over per thing; one rating per person; one extension; history is only ever
//! added to. The thing itself is locked before its hand-over, always.

mod accept;
mod export;
mod extend;
mod give;
mod hand_back;
mod lists;
mod loaders;
mod model;
pub mod moves;
mod rate;
mod recall;
mod refusal;
mod reply;
mod step;
mod store;
mod subject;

use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, WriteTx};
pub use accept::AcceptHandOverInput;
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use export::export;
pub use extend::ExtendHandOverInput;
pub use give::{HandOverInput, give_item, is_unit, item_due, task, tell_staff, with_record};
pub use hand_back::ReturnHandOverInput;
pub use loaders::Loaders;
pub use model::{HandOver, HandOverEvent, HandOverMove};
pub use rate::RateHandOverInput;
pub use recall::recall;
pub use refusal::{HandOverPayload, HandOverRefusalReason, HandOverRefused, HandOverResult};
pub use reply::ReplyToHandOverInput;
use shangyi_entities::hand_over::HandOverState;
use shangyi_entities::{AccountId, HandOverId, OrganisationId, Timestamp};
use uuid::Uuid;

/// The hand-over of that id, if the viewer may know of it; read together with the others the request asks for.
pub async fn load(ctx: &Context<'_>, id: HandOverId) -> Result<Option<HandOver>, ApiError> {
    loaders::of(ctx).hand_over(id).await
}

/// What became of a thing that was handed over, oldest first. For whoever has the thing: nothing more is asked.
pub async fn of_subject(ctx: &Context<'_>, subject: Uuid) -> Result<Vec<HandOver>, ApiError> {
    loaders::of(ctx).of_subject(subject).await
}

/// Those of these things that were handed over to a unit the viewer works for.
pub async fn given_to_units_of(cx: &Cx, viewer: &Viewer, subjects: &[Uuid]) -> Result<Vec<Uuid>, ApiError> {
    let units = step::units(viewer);
    if units.is_empty() || subjects.is_empty() {
        return Ok(Vec::new());
    }
    store::given_to(cx, &units, subjects).await
}

/// The units that somebody works for.
pub fn units_of(viewer: &Viewer) -> Vec<OrganisationId> {
    step::units(viewer)
}

/// Everyone who works for a unit.
pub async fn staff_of(tx: &WriteTx, unit: OrganisationId, now: Timestamp) -> Result<Vec<AccountId>, ApiError> {
    store::accounts_of_unit(tx, unit, now).await
}

/// Open ones whose time has passed, given by the desk of a division, oldest first; at most 100.
pub async fn overdue_in(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<HandOver>, ApiError> {
    Ok(store::overdue_in(cx, committee, division).await?.into_iter().map(HandOver).collect())
}

/// Reading hand-overs.
#[derive(Default)]
pub struct HandOversQuery;

#[Object]
impl HandOversQuery {
    /// What was handed over, oldest first: to the viewer's own unit, and by the viewer's desk. `FORBIDDEN` without either,
    /// and for a unit that is not one's own without a desk.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn unit_board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what was given to this unit; when left out, to any.")] unit_id: Option<Gid<OrganisationId>>,
        #[graphql(desc = "Only open ones whose time has passed: to be accepted, or to be replied to.")] overdue: Option<bool>,
        #[graphql(desc = "Only in this state.")] state: Option<HandOverState>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, HandOver>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        lists::board(cx, unit_id.map(|id| id.0), overdue.unwrap_or(false), state, first, after.as_deref()).await
    }
}

/// Moving hand-overs.
#[derive(Default)]
pub struct HandOversMutation;

#[Object]
impl HandOversMutation {
    /// The desk hands a topic, or a reception record that its unit returned, over to a unit. Those whom it concerns and the unit
    /// are told; the unit accepts or returns it within 3 working days and replies within 15 (a record: 3). For the desk.
    #[graphql(complexity = "30 + child_complexity")]
    async fn hand_over(&self, ctx: &Context<'_>, #[graphql(desc = "What to whom.")] input: HandOverInput) -> Result<HandOverResult, ApiError> {
        give::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The unit takes it on. For its staff.
    #[graphql(complexity = "20 + child_complexity")]
    async fn accept_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AcceptHandOverInput,
    ) -> Result<HandOverResult, ApiError> {
        accept::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The unit gives it back with a reason, before or after taking it on. The desk is told and decides about the topic
    /// anew. For the unit's staff.
    #[graphql(complexity = "20 + child_complexity")]
    async fn return_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one and why.")] input: ReturnHandOverInput,
    ) -> Result<HandOverResult, ApiError> {
        hand_back::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The unit takes more time for its reply: once, with a reason. The desk is told. For the unit's staff.
    #[graphql(complexity = "20 + child_complexity")]
    async fn extend_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, how long and why.")] input: ExtendHandOverInput,
    ) -> Result<HandOverResult, ApiError> {
        extend::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The unit replies. The reply is the answer of the topic and public; everyone whom the topic concerns is told, once
    /// each. For the unit's staff.
    #[graphql(complexity = "20 + child_complexity")]
    async fn reply_to_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: ReplyToHandOverInput,
    ) -> Result<HandOverResult, ApiError> {
        reply::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says what one thinks of the reply, once. For those who raised the topic or one merged into it (`FORBIDDEN` for
    /// others), never for the unit's own staff (`NEEDS_ANOTHER_PERSON`).
    #[graphql(complexity = "20 + child_complexity")]
    async fn rate_hand_over(&self, ctx: &Context<'_>, #[graphql(desc = "The rating.")] input: RateHandOverInput) -> Result<HandOverResult, ApiError> {
        rate::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
