//! What one request asks of campaigns piece by piece, read in batches.
use super::model::Campaign;
use super::store;
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::CampaignId;
use shangyi_entities::topic::TopicState;
use std::collections::HashMap;

/// The room's loaders of one request.
pub struct Loaders {
    campaigns: DataLoader<Campaigns, HashMapCache>,
    codes: DataLoader<Codes, HashMapCache>,
    outcomes: DataLoader<Outcomes, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        Self {
            campaigns: DataLoader::with_cache(Campaigns(cx.clone()), spawn, HashMapCache::default()),
            codes: DataLoader::with_cache(Codes(cx.clone()), spawn, HashMapCache::default()),
            outcomes: DataLoader::with_cache(Outcomes(cx.clone()), spawn, HashMapCache::default()),
        }
    }

    pub(super) async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, ApiError> {
        self.campaigns.load_one(id).await
    }

    pub(super) async fn codes(&self, id: CampaignId) -> Result<Vec<String>, ApiError> {
        Ok(self.codes.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn outcomes(&self, id: CampaignId) -> Result<Vec<(TopicState, i64)>, ApiError> {
        Ok(self.outcomes.load_one(id).await?.unwrap_or_default())
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Campaigns(Cx);

impl Loader<CampaignId> for Campaigns {
    type Value = Campaign;
    type Error = ApiError;

    async fn load(&self, keys: &[CampaignId]) -> Result<HashMap<CampaignId, Campaign>, ApiError> {
        Ok(store::by_ids(&self.0, keys).await?.into_iter().map(|row| (row.id, Campaign(row))).collect())
    }
}

struct Codes(Cx);

impl Loader<CampaignId> for Codes {
    type Value = Vec<String>;
    type Error = ApiError;

    async fn load(&self, keys: &[CampaignId]) -> Result<HashMap<CampaignId, Self::Value>, ApiError> {
        store::codes_of(&self.0, keys).await
    }
}

struct Outcomes(Cx);

impl Loader<CampaignId> for Outcomes {
    type Value = Vec<(TopicState, i64)>;
    type Error = ApiError;

    async fn load(&self, keys: &[CampaignId]) -> Result<HashMap<CampaignId, Self::Value>, ApiError> {
        crate::topics::outcomes(&self.0, keys).await
    }
}
