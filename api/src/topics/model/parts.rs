//! What hangs on a topic: answers, history, moves, originals, contacts, flags.
use super::super::loaders;
use super::super::moves::Move;
use super::super::outcome::TopicConfirmation;
use super::Topic;
use crate::kernel::{ApiError, Gid};
use crate::organisation::Organisation;
use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::caller::CallerChannel;
use shangyi_entities::topic::{TopicReason, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::topic_flag::FlagReason;
use shangyi_entities::{HandOverId, OrganisationId, TopicAnswerId, TopicEventId, TopicId, topic_confirmation};

/// An answer to a topic. Public with its topic.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct TopicAnswer {
    /// Its id.
    pub id: Gid<TopicAnswerId>,
    /// What became of the matter.
    pub text: String,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// Whether it was brought in from another system.
    pub imported: bool,
    #[graphql(skip)]
    pub(super) unit: Option<OrganisationId>,
    /// The hand-over whose reply it is.
    #[graphql(skip)]
    pub hand_over: Option<HandOverId>,
    #[graphql(skip)]
    pub(super) settled: bool,
    /// The topic through which it is read.
    #[graphql(skip)]
    pub(super) asked_of: Box<Topic>,
}

#[ComplexObject]
impl TopicAnswer {
    /// The unit whose answer it is; null: the desk's.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.unit {
            Some(id) => crate::organisation::load_organisation(ctx, id).await,
            None => Ok(None),
        }
    }

    /// What the authors say to it, oldest first. Nobody is named.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn confirmations(&self, ctx: &Context<'_>) -> Result<Vec<TopicConfirmation>, ApiError> {
        let said = loaders::of(ctx).outcomes.confirmations(self.id.0).await?;
        let standing = self.asked_of.standing(ctx).await?;
        let is_seen = |topic: TopicId| self.settled || standing.desk || (standing.raised && topic == self.asked_of.0.id);
        let seen = |(row, statement): (topic_confirmation::Model, Option<String>)| TopicConfirmation {
            id: Gid(row.id),
            kept: row.kept,
            at: row.at.utc(),
            entered_by_officer: row.entered_by.is_some(),
            statement: statement.filter(|_| is_seen(row.topic_id)),
        };
        Ok(said.into_iter().map(seen).collect())
    }
}

/// Since when an officer has a topic in hand.
#[derive(SimpleObject)]
pub struct TopicTaken {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Whether it is the viewer.
    pub by_viewer: bool,
}

/// One thing that happened to a topic.
#[derive(SimpleObject, Clone)]
pub struct TopicEvent {
    /// Its id.
    pub id: Gid<TopicEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: TopicEventKind,
    /// Where the topic stood before; null at its beginning.
    pub from_state: Option<TopicState>,
    /// Where it stood after.
    pub to_state: TopicState,
    /// Which role did it: AUTHOR, RESIDENT, or that of an appointment.
    pub role: String,
    /// The reason of the closed list, where one was given.
    pub reason: Option<TopicReason>,
    /// The words that went with it; for author and desk, null for everybody else.
    pub note: Option<String>,
}

/// Something the viewer could do with a topic.
#[derive(SimpleObject)]
pub struct TopicMove {
    /// Which mutation.
    pub kind: Move,
    /// Where it leads.
    pub to: TopicState,
    /// What is in the way; empty: nothing.
    pub blocked_by: Vec<Blocker>,
}

/// What is in the way of a move.
#[derive(SimpleObject)]
pub struct Blocker {
    /// As a word.
    pub code: String,
    /// The sentence to show.
    pub message: String,
}

/// Title and texts as they were typed.
#[derive(SimpleObject)]
pub struct TopicOriginal {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// What was supplied later, oldest first.
    pub supplements: Vec<String>,
}

/// How the desk reaches whoever raised a topic.
#[derive(SimpleObject)]
pub struct TopicContact {
    /// The name they gave.
    pub name: Option<String>,
    /// Phone or other contact.
    pub contact: String,
    /// How a caller came; null for somebody with an account.
    pub channel: Option<CallerChannel>,
}

/// How often a topic was flagged for one thing.
#[derive(SimpleObject)]
pub struct TopicFlagCount {
    /// What is wrong.
    pub why: FlagReason,
    /// How many people say so.
    pub count: i64,
    /// What they wrote to the general desk; those who have erased themselves say nothing any more.
    pub notes: Vec<String>,
}
