//! Topics (议题): what residents and members raise, looked at by the desk that answers for the place, public once
//! accepted, backed by neighbours, answered to everyone concerned.
//!
//! Words: the *desk* is the liaison officer of the street, or the committee's general desk; *public* is what passers-by
//! can read. Invariants, held by the database: only declared moves (`moves`, `topic_moves`); one support per person, none
//! for one's own, none once it is answered; history, originals and answers are only ever added to.

mod accept;
mod answer;
mod ask_more;
mod bring_in;
mod erase;
mod export;
mod flag;
mod lists;
mod loaders;
mod mask;
mod model;
pub mod moves;
mod mutations;
mod pass;
mod redirect;
mod refusal;
mod reject;
mod step;
mod store;
mod submit;
mod supply_more;
mod support;
mod take_down;
mod tell;
mod withdraw;
mod withdraw_support;

use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, Object};
pub use bring_in::{Imported, bring_in, take_over};
pub use erase::erase;
pub use export::export;
pub use lists::waiting_for_desk;
pub use loaders::Loaders;
pub use model::{Topic, TopicAnswer, TopicContact, TopicEvent, TopicOriginal};
pub use mutations::TopicsMutation;
pub use refusal::{TopicPayload, TopicRefusalReason, TopicRefused, TopicResult};
use shangyi_entities::TopicId;
use shangyi_entities::topic::TopicState;
pub use store::{author_of, backers_at, count};
pub use submit::{Behalf, SubmitTopicInput};
pub use {
    accept::AcceptTopicInput, answer::AnswerTopicInput, ask_more::AskMoreAboutTopicInput, flag::FlagTopicInput, mask::MaskTopicInput,
    pass::PassTopicInput, redirect::RedirectTopicInput, reject::RejectTopicInput, supply_more::SupplyMoreForTopicInput, support::SupportTopicInput,
    take_down::TakeDownTopicInput, withdraw::WithdrawTopicInput, withdraw_support::WithdrawSupportInput,
};

/// The topic of that id, if the viewer may know of it.
pub async fn find(cx: &Cx, id: TopicId) -> Result<Option<Topic>, ApiError> {
    lists::find(cx, id).await
}

/// [`find`], read together with the others the request asks for.
pub async fn load(ctx: &Context<'_>, id: TopicId) -> Result<Option<Topic>, ApiError> {
    loaders::of(ctx).topic(id).await
}

/// The order of a list of topics.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TopicOrder {
    /// The latest to become public first.
    #[default]
    Newest,
    /// The most supported first; imported supports count.
    MostSupported,
}

/// Reading topics.
#[derive(Default)]
pub struct TopicsQuery;

#[Object]
impl TopicsQuery {
    /// Public topics in the subtree of a division; without arguments, the newest anywhere.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Only in this state: ACCEPTED or ANSWERED; others are not public.")] state: Option<TopicState>,
        #[graphql(desc = "The order; NEWEST when left out.")] order_by: Option<TopicOrder>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        let with_text = wants_text(ctx);
        lists::public(ctx.data_unchecked::<Cx>(), division_code.as_deref(), state, order_by.unwrap_or_default(), with_text, first, after.as_deref())
            .await
    }

    /// A topic. Public ones for everyone; before acceptance, and when redirected or rejected, for its author, its backers and
    /// its desk alone. Null where there is none, or none for the viewer to know of; `BAD_INPUT` for what is no topic's id.
    async fn topic(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<TopicId>) -> Result<Option<Topic>, ApiError> {
        load(ctx, id.0).await
    }

    /// What waits for the viewer's desk, oldest first, in its own subtree. `FORBIDDEN` without a desk.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn triage_topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this state; when left out: SUBMITTED, NEEDS_MORE and ACCEPTED.")] state: Option<TopicState>,
        #[graphql(desc = "Only public ones that somebody has flagged.")] flagged: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        lists::triage(ctx.data_unchecked::<Cx>(), state, flagged.unwrap_or(false), first, after.as_deref()).await
    }

    /// The viewer's own topics, newest first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        lists::mine(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }

    /// The topics the viewer backs, the latest backed first. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn my_supports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        lists::supported(ctx.data_unchecked::<Cx>(), first, after.as_deref()).await
    }
}

/// A page of titles need not read the texts.
fn wants_text(ctx: &Context<'_>) -> bool {
    let ahead = ctx.look_ahead();
    ahead.field("nodes").field("text").exists() || ahead.field("edges").field("node").field("text").exists()
}
