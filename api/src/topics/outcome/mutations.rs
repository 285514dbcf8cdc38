use super::super::refusal::TopicResult;
use super::{AdoptTopicInput, AnswerTopicInput, ConfirmAnswerInput, DecideSecondLookInput, RecordOutcomeInput, RequestSecondLookInput};
use super::{adopt, answer, confirm, second_look};
use crate::kernel::{ApiError, Cx};
use async_graphql::{Context, Object};

/// What becomes of topics.
#[derive(Default)]
pub struct OutcomeMutation;

#[Object]
impl OutcomeMutation {
    /// The desk adopts a topic of the short list as something: a consultation, or inside the committee. Authors and backers are
    /// told. An adopted topic can become one thing more.
    #[graphql(complexity = "20 + child_complexity")]
    async fn adopt_topic(&self, ctx: &Context<'_>, #[graphql(desc = "As what.")] input: AdoptTopicInput) -> Result<TopicResult, ApiError> {
        adopt::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk records what came of one thing a topic became. When everything has ended, the topic is answered by itself with
    /// the results, and authors and backers are told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn record_outcome(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came of it.")] input: RecordOutcomeInput,
    ) -> Result<TopicResult, ApiError> {
        adopt::record_outcome(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The desk answers. The authors and everyone who backs the topic are told, once each. After its second reopening the
    /// answer settles the matter (SETTLED).
    #[graphql(complexity = "20 + child_complexity")]
    async fn answer_topic(&self, ctx: &Context<'_>, #[graphql(desc = "The answer.")] input: AnswerTopicInput) -> Result<TopicResult, ApiError> {
        answer::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// An author says whether the answer was kept, any time after it; for a caller, the desk does. One "no" reopens the matter
    /// for the desk; when every author says yes, it is CONFIRMED.
    #[graphql(complexity = "20 + child_complexity")]
    async fn confirm_answer(&self, ctx: &Context<'_>, #[graphql(desc = "Their word.")] input: ConfirmAnswerInput) -> Result<TopicResult, ApiError> {
        confirm::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The author of a redirected or rejected topic asks the general desk to look at it again, once (`SECOND_LOOK_USED`).
    #[graphql(complexity = "20 + child_complexity")]
    async fn request_second_look(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which topic, and why.")] input: RequestSecondLookInput,
    ) -> Result<TopicResult, ApiError> {
        second_look::request(ctx.data_unchecked::<Cx>(), input).await
    }

    /// The general desk decides its second look; another person than whoever looked first (`NEEDS_ANOTHER_PERSON`). The author
    /// is told.
    #[graphql(complexity = "20 + child_complexity")]
    async fn decide_second_look(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideSecondLookInput,
    ) -> Result<TopicResult, ApiError> {
        second_look::decide(ctx.data_unchecked::<Cx>(), input).await
    }
}
