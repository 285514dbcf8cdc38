use super::super::Topic;
use super::loaders;
use crate::kernel::{ApiError, Gid};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::merge_proposal::{self, MergeDecision};
use shangyi_entities::{MergeProposalId, TopicMergeId, topic_merge};

/// A topic that was merged into another one, and perhaps split from it again.
#[derive(Clone)]
pub struct TopicMerge(pub(in super::super) topic_merge::Model);

/// One line of the log of merges: which topic, into which, when, why, and whether it was undone. Nobody is named.
#[Object]
impl TopicMerge {
    /// Its id.
    async fn id(&self) -> Gid<TopicMergeId> {
        Gid(self.0.id)
    }

    /// The topic that was merged; null where the viewer may not know of it.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        super::super::load(ctx, self.0.topic_id).await
    }

    /// The topic it was merged into; null where the viewer may not know of it.
    async fn canonical(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        super::super::load(ctx, self.0.canonical_id).await
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// By which role.
    async fn role(&self) -> &str {
        &self.0.role
    }

    /// When it was undone; null: it holds.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.map(|at| at.utc())
    }

    /// Why it was undone; null: it holds.
    async fn ended_reason(&self) -> Option<&str> {
        self.0.ended_reason.as_deref()
    }
}

/// A wish of one desk to merge topics that are not all its own.
#[derive(Clone)]
pub struct MergeProposal(pub(in super::super) merge_proposal::Model);

/// A wish of one desk to merge topics that are not all its own; for whoever proposed it and the general desk.
#[Object]
impl MergeProposal {
    /// Its id.
    pub async fn id(&self) -> Gid<MergeProposalId> {
        Gid(self.0.id)
    }

    /// The topic that would stand for the matter; null where the viewer may not know of it any more.
    async fn canonical(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        super::super::load(ctx, self.0.canonical_id).await
    }

    /// The topics that would be merged into it, as far as the viewer may know of them.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn topics(&self, ctx: &Context<'_>) -> Result<Vec<Topic>, ApiError> {
        loaders::of(ctx).proposed(ctx, self.0.id).await
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.0.proposed_at.utc()
    }

    /// What the general desk decided; null: it is open.
    async fn decision(&self) -> Option<MergeDecision> {
        self.0.decision
    }

    /// When it was decided; null: it is open.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at.map(|at| at.utc())
    }

    /// The general desk's word on it; null where it gave none.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}
