//! What one request asks for topic by topic is read in batches.
use super::model::Topic;
use super::{clocks, cluster, outcome, store};
use crate::auth::callers;
use crate::calendar::{Deadline, deadlines};
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::topic_flag::FlagReason;
use shangyi_entities::{AccountId, CallerId, TopicId, TypedId, topic, topic_answer, topic_event};
use std::collections::HashMap;

type Happened = (topic_event::Model, Option<String>);

/// The room's loaders of one request.
pub struct Loaders {
    topics: DataLoader<Topics, HashMapCache>,
    answers: DataLoader<Answers, HashMapCache>,
    backed: DataLoader<Backed, HashMapCache>,
    history: DataLoader<History, HashMapCache>,
    flags: DataLoader<Flags, HashMapCache>,
    originals: DataLoader<Originals, HashMapCache>,
    callers: DataLoader<Callers, HashMapCache>,
    contacts: DataLoader<Contacts, HashMapCache>,
    rows: DataLoader<Rows, HashMapCache>,
    due: DataLoader<Clocks, HashMapCache>,
    pub(super) clusters: cluster::Loaders,
    pub(super) outcomes: outcome::Loaders,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            topics: DataLoader::with_cache(Topics(cx.clone()), spawn, cache()),
            answers: DataLoader::with_cache(Answers(cx.clone()), spawn, cache()),
            backed: DataLoader::with_cache(Backed(cx.clone()), spawn, cache()),
            history: DataLoader::with_cache(History(cx.clone()), spawn, cache()),
            flags: DataLoader::with_cache(Flags(cx.clone()), spawn, cache()),
            originals: DataLoader::with_cache(Originals(cx.clone()), spawn, cache()),
            callers: DataLoader::with_cache(Callers(cx.clone()), spawn, cache()),
            contacts: DataLoader::with_cache(Contacts(cx.clone()), spawn, cache()),
            rows: DataLoader::with_cache(Rows(cx.clone()), spawn, cache()),
            due: DataLoader::with_cache(Clocks(cx.clone()), spawn, cache()),
            clusters: cluster::Loaders::new(cx),
            outcomes: outcome::Loaders::new(cx),
        }
    }

    pub(super) async fn topic(&self, id: TopicId) -> Result<Option<Topic>, ApiError> {
        self.topics.load_one(id).await
    }

    /// Those of the topics that the viewer may know of, in the order asked for.
    pub(super) async fn topics(&self, ids: &[TopicId]) -> Result<Vec<Topic>, ApiError> {
        let mut found = self.topics.load_many(ids.iter().copied()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The row of a topic, whoever asks: for where the matter of a merged one stands.
    pub(super) async fn row(&self, id: TopicId) -> Result<Option<topic::Model>, ApiError> {
        self.rows.load_one(id).await
    }

    pub(super) async fn due(&self, id: TopicId) -> Result<Option<Deadline>, ApiError> {
        self.due.load_one(id).await
    }

    pub(super) async fn answers(&self, id: TopicId) -> Result<Vec<topic_answer::Model>, ApiError> {
        Ok(self.answers.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn backed(&self, id: TopicId) -> Result<bool, ApiError> {
        Ok(self.backed.load_one(id).await?.is_some())
    }

    pub(super) async fn history(&self, id: TopicId) -> Result<Vec<Happened>, ApiError> {
        Ok(self.history.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn flags(&self, id: TopicId) -> Result<Vec<(FlagReason, Option<String>)>, ApiError> {
        Ok(self.flags.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn originals(&self, id: TopicId) -> Result<Vec<(String, String)>, ApiError> {
        Ok(self.originals.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn caller(&self, id: CallerId) -> Result<Option<callers::Caller>, ApiError> {
        self.callers.load_one(id).await
    }

    pub(super) async fn author_contact(&self, id: AccountId) -> Result<Option<(Option<String>, String)>, ApiError> {
        self.contacts.load_one(id).await
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Topics(Cx);

impl Loader<TopicId> for Topics {
    type Value = Topic;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Topic>, ApiError> {
        Ok(store::by_ids(&self.0, keys).await?.into_iter().map(|row| (row.id, Topic(row))).collect())
    }
}

struct Answers(Cx);

impl Loader<TopicId> for Answers {
    type Value = Vec<topic_answer::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        store::answers_of(&self.0, keys).await
    }
}

struct Backed(Cx);

impl Loader<TopicId> for Backed {
    type Value = ();
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, ()>, ApiError> {
        let Some(account) = self.0.account_if_any() else { return Ok(HashMap::new()) };
        Ok(store::backed_among(&self.0, account, keys).await?.into_iter().map(|id| (id, ())).collect())
    }
}

struct History(Cx);

impl Loader<TopicId> for History {
    type Value = Vec<Happened>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        store::history_of(&self.0, keys).await
    }
}

struct Flags(Cx);

impl Loader<TopicId> for Flags {
    type Value = Vec<(FlagReason, Option<String>)>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        store::flags_of(&self.0, keys).await
    }
}

struct Originals(Cx);

impl Loader<TopicId> for Originals {
    type Value = Vec<(String, String)>;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Self::Value>, ApiError> {
        store::originals(&self.0, keys).await
    }
}

struct Callers(Cx);

impl Loader<CallerId> for Callers {
    type Value = callers::Caller;
    type Error = ApiError;

    async fn load(&self, keys: &[CallerId]) -> Result<HashMap<CallerId, callers::Caller>, ApiError> {
        callers::of(self.0.read(), &self.0, keys).await
    }
}

struct Contacts(Cx);

impl Loader<AccountId> for Contacts {
    type Value = (Option<String>, String);
    type Error = ApiError;

    async fn load(&self, keys: &[AccountId]) -> Result<HashMap<AccountId, Self::Value>, ApiError> {
        crate::auth::contacts_of(&self.0, keys).await
    }
}

struct Rows(Cx);

impl Loader<TopicId> for Rows {
    type Value = topic::Model;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, topic::Model>, ApiError> {
        Ok(store::rows(&self.0, keys).await?.into_iter().map(|row| (row.id, row)).collect())
    }
}

struct Clocks(Cx);

impl Loader<TopicId> for Clocks {
    type Value = Deadline;
    type Error = ApiError;

    async fn load(&self, keys: &[TopicId]) -> Result<HashMap<TopicId, Deadline>, ApiError> {
        let subjects: Vec<uuid::Uuid> = keys.iter().map(|id| id.uuid()).collect();
        let found = deadlines::soonest(&self.0, clocks::ALL, &subjects).await?;
        Ok(found.into_iter().map(|(subject, due)| (TopicId::of(subject), due)).collect())
    }
}
