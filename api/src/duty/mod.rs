//! Duty (值班) in member studios: planned by a rule, published, swapped, declined, handed back.
//!
//! Words: a *roster* is published from a *plan*, which a rule gives, always the same one; a *slot* is one member's part of a
//! duty. Invariants, held by the database: no two things of one member or studio at a time (`subject_is_taken`); one open
//! offer a slot; a slot's history is only added to. Slots are facts for the ledger, not for a ranking: there is none.

mod assign;
mod change;
mod decline;
mod hand_back;
mod leave;
mod lists;
mod loaders;
mod model;
mod mutations;
mod plan;
mod publish;
mod refusal;
mod store;
mod swap;

use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{OpenStudioDuty, OpenStudioDutyKind};
pub use assign::AssignSlotInput;
use async_graphql::{Context, Object};
use chrono::NaiveDate;
pub use decline::DeclineSlotInput;
pub use hand_back::{all as leave_all, members as vacate, studio as hand_back};
pub use leave::{CancelDutyLeaveInput, DeclareDutyLeaveInput, DutyLeave, DutyLeavePayload};
pub use loaders::Loaders;
pub use model::{DutySlot, DutySlotEvent, PublicDuty, PublicDutyMember, SlotSwap};
pub use mutations::DutyMutation;
pub use plan::{
    DutyOnDayOff, PlannedTurn, RosterPlan, RosterRepeatInput, RosterRuleInput, Weekday, WeeksOfMonthInput, on_day_off as day_off_rule,
    repeat as repeat_rule,
};
pub use publish::{PublishRosterInput, PublishRosterPayload, PublishRosterResult};
pub use refusal::{DutyRefusalReason, DutyRefused, DutySlotPayload, DutySlotResult};
use shangyi_entities::{AccountId, DutySlotId, OccasionId, OrganisationId, Timestamp, VenueId, duty_slot};
pub use swap::{AcceptSlotSwapInput, OfferSlotSwapInput, SlotSwapPayload, SlotSwapResult, WithdrawSlotSwapInput};

/// Where the reason of a declined slot is sealed, under the key of whoever declined it.
const NOTE: &str = "duty_slot_events.note";

/// Slots to come of a studio that nobody has, the next 50.
pub async fn vacant_at(cx: &Cx, studio: VenueId) -> Result<Vec<OpenStudioDuty>, ApiError> {
    let rows = store::vacant(cx, studio).await?;
    let duty = |row: duty_slot::Model| OpenStudioDuty {
        kind: OpenStudioDutyKind::VacantSlot,
        subject_id: Gid(row.id).to_string().into(),
        at: row.from_at.utc(),
    };
    Ok(rows.into_iter().map(duty).collect())
}

/// A person's slots and leave, for their export.
pub async fn export(cx: &Cx, account: AccountId) -> Result<serde_json::Value, ApiError> {
    store::export(cx, account).await
}

/// The slot of that id, if the viewer may know of it.
pub async fn find(cx: &Cx, id: DutySlotId) -> Result<Option<DutySlot>, ApiError> {
    Ok(store::slots_by_id(cx, &[id]).await?.pop().map(DutySlot))
}

/// [`find`], read together with the others the request asks for.
pub async fn load(ctx: &Context<'_>, id: DutySlotId) -> Result<Option<DutySlot>, ApiError> {
    loaders::of(ctx).slot(id).await
}

/// Slots of a studio, by time, read together with those of the others the request asks for.
pub async fn roster(ctx: &Context<'_>, studio: VenueId, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Vec<DutySlot>, ApiError> {
    let (from, until) = lists::span(ctx.data_unchecked::<Cx>(), from, until)?;
    loaders::of(ctx).roster(studio, from, until).await
}

/// Duty in a studio as everyone may know of it.
pub async fn public_roster(
    ctx: &Context<'_>,
    studio: VenueId,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Vec<PublicDuty>, ApiError> {
    Ok(lists::public(&roster(ctx, studio, from, until).await?))
}

/// Leave of those people between two moments.
pub async fn leaves(cx: &Cx, accounts: &[AccountId], from: Timestamp, until: Timestamp) -> Result<Vec<(AccountId, Timestamp, Timestamp)>, ApiError> {
    store::leaves(cx, accounts, from, until).await
}

/// Slots of a committee's studios in the subtree of a division between two moments, by time; at most 200.
pub async fn in_division(cx: &Cx, committee: OrganisationId, division: &str, from: Timestamp, until: Timestamp) -> Result<Vec<DutySlot>, ApiError> {
    Ok(store::slots_in_division(cx, committee, division, from, until).await?.into_iter().map(DutySlot).collect())
}

/// The duties of a studio between two moments, as occasions of the calendar.
pub async fn occasions_of(cx: &Cx, studio: VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<OccasionId>, ApiError> {
    store::occasions_of(cx, studio, from, until).await
}

/// A person's slots between two moments, with those that were taken from them or handed back since, and when each last changed.
pub async fn of_person(cx: &Cx, account: AccountId, from: Timestamp, until: Timestamp) -> Result<Vec<(duty_slot::Model, Timestamp)>, ApiError> {
    let slots = store::slots_ever_of(cx, account, from, until).await?;
    let ids: Vec<DutySlotId> = slots.iter().map(|slot| slot.id).collect();
    let events = store::events_of(cx, &ids).await?;
    let changed = |id: DutySlotId| events.iter().filter(|event| event.slot_id == id).map(|event| event.at).max();
    Ok(slots
        .into_iter()
        .map(|slot| {
            let at = changed(slot.id).unwrap_or(slot.from_at);
            (slot, at)
        })
        .collect())
}

/// Reading duty.
#[derive(Default)]
pub struct DutyQuery;

#[Object]
impl DutyQuery {
    /// The viewer's own duty slots, by time, from one day to another (both included; at most 92 days; the next 30 when left
    /// out). Needs a sign-in.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn my_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
    ) -> Result<Vec<DutySlot>, ApiError> {
        lists::mine(ctx.data_unchecked::<Cx>(), from, until).await
    }

    /// Days to come on which the viewer takes no duty. Needs a sign-in.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn my_duty_leaves(&self, ctx: &Context<'_>) -> Result<Vec<DutyLeave>, ApiError> {
        leave::mine(ctx.data_unchecked::<Cx>()).await
    }

    /// Offers to swap duty that the viewer may accept, by the time of the slot; at most 50. Needs a sign-in.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn slot_swap_offers(&self, ctx: &Context<'_>) -> Result<Vec<SlotSwap>, ApiError> {
        lists::offers(ctx.data_unchecked::<Cx>()).await
    }

    /// Who has duty in a studio when, from one day to another (both included; at most 92 days; the next 30 when left out):
    /// name and sector only. Public.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn public_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The studio.")] studio_id: Gid<VenueId>,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
    ) -> Result<Vec<PublicDuty>, ApiError> {
        public_roster(ctx, studio_id.0, from, until).await
    }

    /// The roster that a rule would give, for at most 190 days; nothing is written. Asked twice, it is the same. For those who
    /// run the studio (`FORBIDDEN` for others).
    #[graphql(complexity = "60 * child_complexity + 1")]
    async fn plan_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The studio.")] studio_id: Gid<VenueId>,
        #[graphql(desc = "The rule.")] rule: RosterRuleInput,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] until: NaiveDate,
    ) -> Result<RosterPlan, ApiError> {
        Ok(plan::make(ctx.data_unchecked::<Cx>(), studio_id.0, &rule, from, until).await?.shown())
    }
}
