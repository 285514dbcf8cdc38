//! What one request asks for hand-over by hand-over is read in batches.
use super::model::HandOver;
use super::{lists, store};
use crate::calendar::{Deadline, deadlines};
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::{HandOverId, TypedId, hand_over_event};
use std::collections::HashMap;
use uuid::Uuid;

/// The room's loaders of one request.
pub struct Loaders {
    hand_overs: DataLoader<HandOvers, HashMapCache>,
    of_subjects: DataLoader<OfSubjects, HashMapCache>,
    history: DataLoader<History, HashMapCache>,
    ratings: DataLoader<Ratings, HashMapCache>,
    own_ratings: DataLoader<OwnRatings, HashMapCache>,
    answers_due: DataLoader<Due, HashMapCache>,
    replies_due: DataLoader<Due, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            hand_overs: DataLoader::with_cache(HandOvers(cx.clone()), spawn, cache()),
            of_subjects: DataLoader::with_cache(OfSubjects(cx.clone()), spawn, cache()),
            history: DataLoader::with_cache(History(cx.clone()), spawn, cache()),
            ratings: DataLoader::with_cache(Ratings(cx.clone()), spawn, cache()),
            own_ratings: DataLoader::with_cache(OwnRatings(cx.clone()), spawn, cache()),
            answers_due: DataLoader::with_cache(Due(cx.clone(), DeadlineKind::HandOverAnswer), spawn, cache()),
            replies_due: DataLoader::with_cache(Due(cx.clone(), DeadlineKind::HandOverReply), spawn, cache()),
        }
    }

    pub(super) async fn hand_over(&self, id: HandOverId) -> Result<Option<HandOver>, ApiError> {
        self.hand_overs.load_one(id).await
    }

    pub(super) async fn of_subject(&self, subject: Uuid) -> Result<Vec<HandOver>, ApiError> {
        Ok(self.of_subjects.load_one(subject).await?.unwrap_or_default())
    }

    pub(super) async fn history(&self, id: HandOverId) -> Result<Vec<hand_over_event::Model>, ApiError> {
        Ok(self.history.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn ratings(&self, id: HandOverId) -> Result<Vec<i64>, ApiError> {
        Ok(self.ratings.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn own_rating(&self, id: HandOverId) -> Result<Option<i64>, ApiError> {
        self.own_ratings.load_one(id).await
    }

    pub(super) async fn answer_due(&self, id: HandOverId) -> Result<Option<Deadline>, ApiError> {
        self.answers_due.load_one(id.uuid()).await
    }

    pub(super) async fn reply_due(&self, id: HandOverId) -> Result<Option<Deadline>, ApiError> {
        self.replies_due.load_one(id.uuid()).await
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct HandOvers(Cx);

impl Loader<HandOverId> for HandOvers {
    type Value = HandOver;
    type Error = ApiError;

    async fn load(&self, keys: &[HandOverId]) -> Result<HashMap<HandOverId, HandOver>, ApiError> {
        Ok(lists::visible(&self.0, keys).await?.into_iter().map(|row| (row.id, HandOver(row))).collect())
    }
}

struct OfSubjects(Cx);

impl Loader<Uuid> for OfSubjects {
    type Value = Vec<HandOver>;
    type Error = ApiError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, ApiError> {
        let found = store::of_subjects(&self.0, keys).await?;
        Ok(found.into_iter().map(|(subject, rows)| (subject, rows.into_iter().map(HandOver).collect())).collect())
    }
}

struct History(Cx);

impl Loader<HandOverId> for History {
    type Value = Vec<hand_over_event::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[HandOverId]) -> Result<HashMap<HandOverId, Self::Value>, ApiError> {
        store::history_of(&self.0, keys).await
    }
}

struct Ratings(Cx);

impl Loader<HandOverId> for Ratings {
    type Value = Vec<i64>;
    type Error = ApiError;

    async fn load(&self, keys: &[HandOverId]) -> Result<HashMap<HandOverId, Self::Value>, ApiError> {
        store::ratings_of(&self.0, keys).await
    }
}

struct OwnRatings(Cx);

impl Loader<HandOverId> for OwnRatings {
    type Value = i64;
    type Error = ApiError;

    async fn load(&self, keys: &[HandOverId]) -> Result<HashMap<HandOverId, i64>, ApiError> {
        let Some(account) = self.0.account_if_any() else { return Ok(HashMap::new()) };
        store::own_ratings(&self.0, account, keys).await
    }
}

struct Due(Cx, DeadlineKind);

impl Loader<Uuid> for Due {
    type Value = Deadline;
    type Error = ApiError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Deadline>, ApiError> {
        deadlines::of(&self.0, self.1, keys).await
    }
}
