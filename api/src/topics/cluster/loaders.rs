//! What one request asks for cluster by cluster is read in batches.
use super::super::Topic;
use super::model::{MergeProposal, TopicMerge};
use super::store;
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{MergeProposalId, TopicId};
use std::collections::HashMap;

/// The loaders of clusters of one request.
pub struct Loaders {
    merges: DataLoader<Merges, HashMapCache>,
    merged: DataLoader<Merged, HashMapCache>,
    proposals: DataLoader<Proposals, HashMapCache>,
    proposed: DataLoader<Proposed, HashMapCache>,
}

impl Loaders {
    pub(in super::super) fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            merges: DataLoader::with_cache(Merges(cx.clone()), spawn, cache()),
            merged: DataLoader::with_cache(Merged(cx.clone()), spawn, cache()),
            proposals: DataLoader::with_cache(Proposals(cx.clone()), spawn, cache()),
            proposed: DataLoader::with_cache(Proposed(cx.clone()), spawn, cache()),
        }
    }

    pub(in super::super) async fn merges(&self, topic: TopicId) -> Result<Vec<TopicMerge>, ApiError> {
        Ok(self.merges.load_one(topic).await?.unwrap_or_default())
    }

    pub(in super::super) async fn merged(&self, canonical: TopicId) -> Result<Vec<Topic>, ApiError> {
        Ok(self.merged.load_one(canonical).await?.unwrap_or_default())
    }

    pub(in super::super) async fn proposal(&self, id: MergeProposalId) -> Result<Option<MergeProposal>, ApiError> {
        self.proposals.load_one(id).await
    }

    /// The topics of a proposal, as far as the viewer may know of them.
    pub(super) async fn proposed(&self, ctx: &Context<'_>, id: MergeProposalId) -> Result<Vec<Topic>, ApiError> {
        let ids = self.proposed.load_one(id).await?.unwrap_or_default();
        super::super::load_many(ctx, &ids).await
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    &super::super::loaders::of(ctx).clusters
}

struct Merges(Cx);

impl Loader<TopicId> for Merges {
    type Value = Vec<TopicMerge>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        let found = store::merges_of(&self.0, keys).await?;
        Ok(found.into_iter().map(|(topic, rows)| (topic, rows.into_iter().map(TopicMerge).collect())).collect())
    }
}

struct Merged(Cx);

impl Loader<TopicId> for Merged {
    type Value = Vec<Topic>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        let found = store::public_merged(&self.0, keys).await?;
        Ok(found.into_iter().map(|(topic, rows)| (topic, rows.into_iter().map(Topic).collect())).collect())
    }
}

struct Proposals(Cx);

impl Loader<MergeProposalId> for Proposals {
    type Value = MergeProposal;
    type Error = ApiError;

    async fn load(&self, keys: &[MergeProposalId]) -> Result<HashMap<MergeProposalId, MergeProposal>, ApiError> {
        Ok(store::proposals_by_id(&self.0, keys).await?.into_iter().map(|row| (row.id, MergeProposal(row))).collect())
    }
}

struct Proposed(Cx);

impl Loader<MergeProposalId> for Proposed {
    type Value = Vec<TopicId>;
    type Error = ApiError;

    async fn load(&self, keys: &[MergeProposalId]) -> Result<HashMap<MergeProposalId, Self::Value>, ApiError> {
        store::proposed(self.0.read(), keys).await
    }
}
