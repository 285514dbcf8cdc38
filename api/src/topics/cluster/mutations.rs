use super::super::refusal::{MergeProposalResult, TopicResult};
use super::{DecideMergeInput, MergeTopicsInput, ProposeMergeInput, ReplyToMergeInput, SplitTopicInput};
use super::{decide, merge, propose, reply, split};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// Merging and splitting topics.
#[derive(Default)]
pub struct ClusterMutation;

#[Object]
impl ClusterMutation {
    /// The desk of all the topics merges them into one, which stands for the matter from now on. Authors and backers are told;
    /// backers can decline to be carried along. Where a topic is of another desk: `NEEDS_GENERAL_DESK`, see `proposeMerge`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn merge_topics(&self, ctx: &Context<'_>, #[graphql(desc = "Which topics.")] input: MergeTopicsInput) -> Result<TopicResult, ApiError> {
        merge::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// A desk proposes to the general desk to merge topics that are not all its own.
    #[graphql(complexity = "30 + child_complexity")]
    async fn propose_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which topics.")] input: ProposeMergeInput,
    ) -> Result<MergeProposalResult, ApiError> {
        propose::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The general desk decides a proposal to merge. Whoever proposed it is told.
    #[graphql(complexity = "30 + child_complexity")]
    async fn decide_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal, and how.")] input: DecideMergeInput,
    ) -> Result<MergeProposalResult, ApiError> {
        decide::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk takes a topic out of its cluster: it goes on by itself from where it stood when it was merged. Its author and
    /// backers are told. Where the canonical topic is of another desk: `NEEDS_GENERAL_DESK`.
    #[graphql(complexity = "20 + child_complexity")]
    async fn split_topic(&self, ctx: &Context<'_>, #[graphql(desc = "Which topic.")] input: SplitTopicInput) -> Result<TopicResult, ApiError> {
        split::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// A backer of a merged topic carries their support along or declines; it is carried unless they decline.
    #[graphql(complexity = "20 + child_complexity")]
    async fn reply_to_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which topic, and how.")] input: ReplyToMergeInput,
    ) -> Result<TopicResult, ApiError> {
        reply::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
