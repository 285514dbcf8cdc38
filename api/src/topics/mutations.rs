use super::refusal::TopicResult;
use super::{
    AcceptTopicInput, AskMoreAboutTopicInput, FlagTopicInput, HandBackTopicInput, MaskTopicInput, PassTopicInput, RedirectTopicInput,
    RejectTopicInput, ShortlistTopicInput, SubmitTopicInput, SupplyMoreForTopicInput, SupportTopicInput, TakeDownTopicInput, TakeTopicInput,
    UnshortlistTopicInput, WithdrawSupportInput, WithdrawTopicInput,
};
use super::{
    accept, ask_more, flag, mask, pass, redirect, reject, shortlist, submit, supply_more, support, take, take_down, withdraw, withdraw_support,
};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Moving topics.
#[derive(Default)]
pub struct TopicsMutation;

#[Object]
impl TopicsMutation {
    /// Raises a topic, for oneself or, as a desk, on behalf of a caller. Five a day (`LIMIT_REACHED`). Phone and id-card
    /// numbers are masked at once. Needs a sign-in.
    #[graphql(complexity = "30 + child_complexity")]
    async fn submit_topic(&self, ctx: &Context<'_>, #[graphql(desc = "The topic.")] input: SubmitTopicInput) -> Result<TopicResult, ApiError> {
        submit::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Backs a public topic, once per person; backing it again changes nothing. 60 a day (`LIMIT_REACHED`).
    #[graphql(complexity = "20 + child_complexity")]
    async fn support_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: SupportTopicInput) -> Result<TopicResult, ApiError> {
        support::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Takes a support back.
    #[graphql(complexity = "20 + child_complexity")]
    async fn withdraw_support(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which topic.")] input: WithdrawSupportInput,
    ) -> Result<TopicResult, ApiError> {
        withdraw_support::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The author takes the topic back, before it is answered. Its backers are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn withdraw_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: WithdrawTopicInput) -> Result<TopicResult, ApiError> {
        withdraw::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk accepts a topic: from now on it is public and neighbours can back it. The author is told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn accept_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: AcceptTopicInput) -> Result<TopicResult, ApiError> {
        accept::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk masks words (names, number plates) wherever they stand in title and text; the original stays, encrypted.
    #[graphql(complexity = "20 + child_complexity")]
    async fn mask_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which words.")] input: MaskTopicInput) -> Result<TopicResult, ApiError> {
        mask::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk asks the author for more. The author is told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn ask_more_about_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: AskMoreAboutTopicInput,
    ) -> Result<TopicResult, ApiError> {
        ask_more::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The author (for a caller, the desk) supplies what was asked for; it is added to the text.
    #[graphql(complexity = "20 + child_complexity")]
    async fn supply_more_for_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The supplement.")] input: SupplyMoreForTopicInput,
    ) -> Result<TopicResult, ApiError> {
        supply_more::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk says where the matter belongs instead. Author and backers are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn redirect_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to and why.")] input: RedirectTopicInput,
    ) -> Result<TopicResult, ApiError> {
        redirect::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk does not take the topic up, with a reason of the closed list. Author and backers are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn reject_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Why.")] input: RejectTopicInput) -> Result<TopicResult, ApiError> {
        reject::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// An officer of the desk takes a topic on: colleagues see that somebody has it in hand. That is its first look.
    #[graphql(complexity = "20 + child_complexity")]
    async fn take_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: TakeTopicInput) -> Result<TopicResult, ApiError> {
        take::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Whoever has taken a topic on hands it back to the desk; the general desk may do it for them.
    #[graphql(complexity = "20 + child_complexity")]
    async fn hand_back_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: HandBackTopicInput) -> Result<TopicResult, ApiError> {
        take::hand_back(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk puts a topic on the short list of what is to be adopted. The authors are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn shortlist_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which topic.")] input: ShortlistTopicInput,
    ) -> Result<TopicResult, ApiError> {
        shortlist::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk takes a topic off the short list again: it is accepted as before, or reopened where it has been.
    #[graphql(complexity = "20 + child_complexity")]
    async fn unshortlist_topic(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which topic.")] input: UnshortlistTopicInput,
    ) -> Result<TopicResult, ApiError> {
        shortlist::undo(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk corrects the division, or passes the topic on to another committee that covers it.
    #[graphql(complexity = "20 + child_complexity")]
    async fn pass_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Where to.")] input: PassTopicInput) -> Result<TopicResult, ApiError> {
        pass::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says that something is wrong with a public topic; once per person. The general desk looks at it. Needs a sign-in.
    #[graphql(complexity = "20 + child_complexity")]
    async fn flag_topic(&self, ctx: &Context<'_>, #[graphql(desc = "What is wrong.")] input: FlagTopicInput) -> Result<TopicResult, ApiError> {
        flag::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The general desk takes a topic out of public view, with a reason. Author and backers are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn take_down_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Why.")] input: TakeDownTopicInput) -> Result<TopicResult, ApiError> {
        take_down::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
