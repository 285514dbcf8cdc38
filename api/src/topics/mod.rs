//! Topics (议题): what residents and members raise, looked at by the desk that answers for the place, public once
//! accepted, backed by neighbours, answered to everyone concerned.
//!
//! Words: the *desk* is the liaison officer of the street, or the committee's general desk; *public* is what passers-by
//! can read. Invariants, held by the database: only declared moves (`moves`, `topic_moves`); one support per person, none
//! for one's own, none once it is answered; history, originals and answers are only ever added to.

mod accept;
mod ask_more;
mod bring_in;
mod clocks;
mod cluster;
mod consulted;
mod erase;
mod export;
mod flag;
mod handed;
mod lists;
mod loaders;
mod mask;
mod model;
pub mod moves;
mod mutations;
mod no;
mod outcome;
mod pass;
pub mod raise_for;
mod redirect;
mod refusal;
mod reject;
mod shortlist;
mod step;
mod store;
mod submit;
mod supply_more;
mod support;
mod take;
mod take_down;
mod tell;
mod withdraw;
mod withdraw_support;
pub mod words;

use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, Object};
pub use bring_in::{Imported, bring_in, take_over};
use chrono::{DateTime, Utc};
pub use cluster::{ClusterMutation, MergeProposal, TopicMerge};
pub use consulted::{Concern, became_consultation, can_be_consulted_about, concern_in, consultation_ended, consultation_went_on, raisers_of};
pub use erase::{erase, erased};
pub use export::export;
pub use handed::{handed_over, lock, unit_replied, unit_returned};
pub use lists::{TriageCount, of_campaign, outcomes, overdue_in, waiting_for_desk};
pub use loaders::Loaders;
pub use model::{Blocker, Topic, TopicAnswer, TopicContact, TopicEvent, TopicOriginal};
pub use mutations::TopicsMutation;
pub use outcome::{KeptPromises, OutcomeMutation, SecondLook, TopicAdoption, TopicConfirmation, ask_authors, lapse};
pub use refusal::{Refuse, TopicPayload, TopicRefusalReason, TopicRefused, TopicResult};
use shangyi_entities::topic::TopicState;
use shangyi_entities::{MergeProposalId, OrganisationId, TopicAdoptionId, TopicAnswerId, TopicId};
pub use store::{backers_at, concerned, count, raised_in_cluster, visible_among};
pub use submit::SubmitTopicInput;
pub use words::{FoundTopics, Highlights, SimilarTopic};
pub use {
    accept::AcceptTopicInput, ask_more::AskMoreAboutTopicInput, flag::FlagTopicInput, mask::MaskTopicInput, pass::PassTopicInput,
    redirect::RedirectTopicInput, reject::RejectTopicInput, shortlist::ShortlistTopicInput, shortlist::UnshortlistTopicInput,
    supply_more::SupplyMoreForTopicInput, support::SupportTopicInput, take::HandBackTopicInput, take::TakeTopicInput, take_down::TakeDownTopicInput,
    withdraw::WithdrawTopicInput, withdraw_support::WithdrawSupportInput,
};

/// The topic of that id, if the viewer may know of it.
pub async fn find(cx: &Cx, id: TopicId) -> Result<Option<Topic>, ApiError> {
    lists::find(cx, id).await
}

/// [`find`], read together with the others the request asks for.
pub async fn load(ctx: &Context<'_>, id: TopicId) -> Result<Option<Topic>, ApiError> {
    loaders::of(ctx).topic(id).await
}

/// Those topics, in the order asked for, as far as the viewer may know of them.
pub async fn load_many(ctx: &Context<'_>, ids: &[TopicId]) -> Result<Vec<Topic>, ApiError> {
    loaders::of(ctx).topics(ids).await
}

/// The topics merged into that one that everyone can read, oldest first.
pub async fn merged_into(ctx: &Context<'_>, canonical: TopicId) -> Result<Vec<Topic>, ApiError> {
    loaders::of(ctx).clusters.merged(canonical).await
}

/// The topic that an answer is of, if the viewer may know of it.
pub async fn of_answer(ctx: &Context<'_>, id: TopicAnswerId) -> Result<Option<Topic>, ApiError> {
    match store::topic_of_answer(ctx.data_unchecked::<Cx>(), id).await? {
        Some(topic) => load(ctx, topic).await,
        None => Ok(None),
    }
}

/// The topic that became this, if the viewer may know of both: what is inside the committee is not there for the public.
pub async fn of_adoption(ctx: &Context<'_>, id: TopicAdoptionId) -> Result<Option<Topic>, ApiError> {
    let Some(topic) = outcome::topic_of_adoption(ctx.data_unchecked::<Cx>(), id).await? else { return Ok(None) };
    let Some(topic) = load(ctx, topic).await? else { return Ok(None) };
    let is_seen = topic.adoptions_seen(ctx).await?.iter().any(|one| one.id == Some(Gid(id)));
    Ok(is_seen.then_some(topic))
}

/// The proposal to merge of that id, if the viewer may know of it.
pub async fn load_proposal(ctx: &Context<'_>, id: MergeProposalId) -> Result<Option<MergeProposal>, ApiError> {
    loaders::of(ctx).clusters.proposal(id).await
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
    /// Public topics in the subtree of a division; without arguments, the newest anywhere. Topics merged into another one are
    /// found through that one. With `text`, those whose title, text or answer has all of its words, the most relevant first,
    /// then the latest; each edge says where the words stand.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1 + if text.is_some() { 100 } else { 0 }")]
    #[allow(clippy::too_many_arguments, reason = "each is a filter of the list")]
    async fn topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Only in this state; those that are not public are not found.")] state: Option<TopicState>,
        #[graphql(desc = "The order; NEWEST when left out. Must be left out with `text`.")] order_by: Option<TopicOrder>,
        #[graphql(desc = "Words to look for, 1 to 100 characters.")] text: Option<String>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<FoundTopics, ApiError> {
        let (cx, division) = (ctx.data_unchecked::<Cx>(), division_code.as_deref());
        let page = |list: String| Page::read(list, cx.app().keys.derived("cursor"), first, after.as_deref());
        match text {
            None => {
                let order = order_by.unwrap_or_default();
                let page = page(format!("topics {division:?} {state:?} {order:?}"))?;
                lists::public(cx, division, state, order, wants_text(ctx), &page).await
            }
            Some(text) => {
                let page = page(format!("topics {division:?} {state:?} {text:?}"))?;
                words::search(cx, &text, division, state, order_by, &page).await
            }
        }
    }

    /// Public topics, and one's own, that may speak of the same matter as a draft: offered while writing, so that one can back
    /// one of them instead. The draft is neither stored nor logged. Best first; nothing where none is alike enough.
    #[graphql(complexity = "200 + 5 * child_complexity")]
    async fn similar_topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The division the draft is about.")] division_code: String,
        #[graphql(desc = "The draft's title, at most 100 characters.")] title: String,
        #[graphql(desc = "The draft's text, at most 5000 characters; may be empty.")] text: String,
        #[graphql(desc = "How many at most, 1 to 10; 5 when left out.")] first: Option<i32>,
    ) -> Result<Vec<SimilarTopic>, ApiError> {
        words::similar(ctx.data_unchecked::<Cx>(), &division_code, &title, &text, first).await
    }

    /// A topic. Public ones for everyone; before acceptance, and when redirected or rejected, for its author, its backers and
    /// its desk alone. Null where there is none, or none for the viewer to know of; `BAD_INPUT` for what is no topic's id.
    async fn topic(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<TopicId>) -> Result<Option<Topic>, ApiError> {
        load(ctx, id.0).await
    }

    /// What waits for the viewer's desk, oldest first, in its own subtree. `FORBIDDEN` without a desk.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    #[allow(clippy::too_many_arguments, reason = "each is a filter of the list")]
    async fn triage_topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this state; when left out: all that are at work.")] state: Option<TopicState>,
        #[graphql(desc = "Only those whose title, text or answer has all of these words, 1 to 100 characters.")] text: Option<String>,
        #[graphql(desc = "Only those whose first look or decision is due by then.")] due_before: Option<DateTime<Utc>>,
        #[graphql(desc = "Only those whose first look or decision is overdue.")] overdue: Option<bool>,
        #[graphql(desc = "Only those the viewer has taken on.")] taken_by_me: Option<bool>,
        #[graphql(desc = "Only those whose author asks for a second look that is not decided yet.")] second_look: Option<bool>,
        #[graphql(desc = "Only public ones that somebody has flagged.")] flagged: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let due_before = due_before.map(Into::into).into_iter().chain(overdue.unwrap_or(false).then(|| cx.now())).min();
        let wanted = lists::Wanted {
            state,
            text,
            due_before,
            taken_by_me: taken_by_me.unwrap_or(false),
            second_look: second_look.unwrap_or(false),
            flagged: flagged.unwrap_or(false),
        };
        lists::triage(cx, wanted, first, after.as_deref()).await
    }

    /// How many topics the viewer's desk has in each state that is at work, and how many of them are overdue. `FORBIDDEN`
    /// without a desk.
    #[graphql(complexity = 50)]
    async fn triage_counts(&self, ctx: &Context<'_>) -> Result<Vec<TriageCount>, ApiError> {
        lists::triage_counts(ctx.data_unchecked::<Cx>()).await
    }

    /// Proposals to merge, oldest first: those of the viewer's general desk, and those the viewer has made. Needs a sign-in.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn merge_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those not decided yet.")] open: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, MergeProposal>, ApiError> {
        lists::proposals(ctx.data_unchecked::<Cx>(), open.unwrap_or(false), first, after.as_deref()).await
    }

    /// How many answers were kept in a year, by the word of those who had raised the matter; of a division's subtree, or of a
    /// unit. Public; numbers are told from five replies on.
    #[graphql(complexity = 50)]
    async fn kept_promises(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A division, with what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Or a unit.")] unit_id: Option<Gid<OrganisationId>>,
        #[graphql(desc = "The year (Asia/Shanghai) in which they gave their word.")] year: i32,
    ) -> Result<KeptPromises, ApiError> {
        outcome::kept_promises(ctx.data_unchecked::<Cx>(), division_code.as_deref(), unit_id.map(|id| id.0), year).await
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
