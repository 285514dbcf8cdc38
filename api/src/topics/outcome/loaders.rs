//! What one request asks for topic by topic, or answer by answer, is read in batches.
use super::store;
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{TopicAnswerId, TopicId, second_look, topic_adoption};
use std::collections::HashMap;

/// The loaders of outcomes of one request.
pub struct Loaders {
    adoptions: DataLoader<Adoptions, HashMapCache>,
    confirmations: DataLoader<Confirmations, HashMapCache>,
    second_looks: DataLoader<SecondLooks, HashMapCache>,
}

impl Loaders {
    pub(in super::super) fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            adoptions: DataLoader::with_cache(Adoptions(cx.clone()), spawn, cache()),
            confirmations: DataLoader::with_cache(Confirmations(cx.clone()), spawn, cache()),
            second_looks: DataLoader::with_cache(SecondLooks(cx.clone()), spawn, cache()),
        }
    }

    pub(in super::super) async fn adoptions(&self, topic: TopicId) -> Result<Vec<topic_adoption::Model>, ApiError> {
        Ok(self.adoptions.load_one(topic).await?.unwrap_or_default())
    }

    pub(in super::super) async fn confirmations(&self, answer: TopicAnswerId) -> Result<Vec<store::Said>, ApiError> {
        Ok(self.confirmations.load_one(answer).await?.unwrap_or_default())
    }

    pub(in super::super) async fn second_look(&self, topic: TopicId) -> Result<Option<second_look::Model>, ApiError> {
        self.second_looks.load_one(topic).await
    }
}

struct Adoptions(Cx);

impl Loader<TopicId> for Adoptions {
    type Value = Vec<topic_adoption::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        store::adoptions_of(self.0.read(), keys).await
    }
}

struct Confirmations(Cx);

impl Loader<TopicAnswerId> for Confirmations {
    type Value = Vec<store::Said>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicAnswerId]) -> Result<HashMap<TopicAnswerId, Self::Value>, ApiError> {
        store::confirmations_of(&self.0, keys).await
    }
}

struct SecondLooks(Cx);

impl Loader<TopicId> for SecondLooks {
    type Value = second_look::Model;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, second_look::Model>, ApiError> {
        store::second_look_of(self.0.read(), keys).await
    }
}
