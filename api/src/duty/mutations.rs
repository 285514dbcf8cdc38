use super::{
    AcceptSlotSwapInput, AssignSlotInput, CancelDutyLeaveInput, DeclareDutyLeaveInput, DeclineSlotInput, DutyLeavePayload, DutySlotResult,
    OfferSlotSwapInput, PublishRosterInput, PublishRosterResult, SlotSwapPayload, SlotSwapResult, WithdrawSlotSwapInput,
};
use super::{assign, decline, leave, publish, swap};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Keeping duty.
#[derive(Default)]
pub struct DutyMutation;

#[Object]
impl DutyMutation {
    /// Publishes a roster exactly as it was planned; its members are told. For those who run the studio.
    #[graphql(complexity = "100 + 20 * child_complexity")]
    async fn publish_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plan.")] input: PublishRosterInput,
    ) -> Result<PublishRosterResult, ApiError> {
        publish::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Offers one's own slot to another member of the studio, or to all; they are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn offer_slot_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot, to whom.")] input: OfferSlotSwapInput,
    ) -> Result<SlotSwapResult, ApiError> {
        swap::offer(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Accepts an offer; the slot, and the one wanted in return, change hands at once.
    #[graphql(complexity = "20 + child_complexity")]
    async fn accept_slot_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer.")] input: AcceptSlotSwapInput,
    ) -> Result<DutySlotResult, ApiError> {
        swap::accept(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Withdraws one's own offer. Doing it twice changes nothing.
    #[graphql(complexity = "20 + child_complexity")]
    async fn withdraw_slot_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer.")] input: WithdrawSlotSwapInput,
    ) -> Result<SlotSwapPayload, ApiError> {
        swap::withdraw(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Declines one's own slot with a reason; the convenor is told and finds another.
    #[graphql(complexity = "20 + child_complexity")]
    async fn decline_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot, and why.")] input: DeclineSlotInput,
    ) -> Result<DutySlotResult, ApiError> {
        decline::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Gives a vacant slot to a member of the studio, who is told. For those who run the studio.
    #[graphql(complexity = "20 + child_complexity")]
    async fn assign_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot, to whom.")] input: AssignSlotInput,
    ) -> Result<DutySlotResult, ApiError> {
        assign::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says on which days one takes no duty; plans pass over them.
    #[graphql(complexity = "20 + child_complexity")]
    async fn declare_duty_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days.")] input: DeclareDutyLeaveInput,
    ) -> Result<DutyLeavePayload, ApiError> {
        leave::declare(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes leave back. Doing it twice changes nothing.
    #[graphql(complexity = "20 + child_complexity")]
    async fn cancel_duty_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which leave.")] input: CancelDutyLeaveInput,
    ) -> Result<DutyLeavePayload, ApiError> {
        leave::cancel(ctx.data_unchecked::<Cx>(), input).await
    }
}
