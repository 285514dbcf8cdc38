//! What one request asks of consultations from their sittings on, read in batches.
use super::certificate::Counts;
use super::ending::store::{self as ending, Rating};
use super::items::{AgreedItem, askers_of, store as items};
use super::minutes::store::{self as minutes, Draft};
use super::people::store as people;
use super::sitting::store as sittings;
use super::stage::facts::{self, Known};
use super::stage::store as stages;
use super::voices::store as voices;
use crate::kernel::cx::spawn;
use crate::kernel::personal::{self, PersonKey};
use crate::kernel::{ApiError, Cx};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::consultation_vote::VoteChoice;
use shangyi_entities::{
    AccountId, AgreedItemId, CallerId, ConsultationId, ParticipantId, SittingId, StatementId, agreed_item, agreed_item_event, agreed_item_word,
    consultation_contribution, consultation_instruction, consultation_participant, consultation_reply, consultation_seats, consultation_statement,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Somebody who has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// An account, by the name that was given or checked.
    Account(AccountId),
    /// Somebody whom an officer entered.
    Caller(CallerId),
}

/// The loaders of what comes after the announcement.
pub struct Later {
    known: DataLoader<FactsOf, HashMapCache>,
    participants: DataLoader<Participants, HashMapCache>,
    replies: DataLoader<Replies, HashMapCache>,
    presence: DataLoader<Presence, HashMapCache>,
    contributions: DataLoader<Contributions, HashMapCache>,
    statements: DataLoader<Statements, HashMapCache>,
    counts: DataLoader<CountsOf, HashMapCache>,
    minutes: DataLoader<MinutesOf, HashMapCache>,
    agreed: DataLoader<ItemsOf, HashMapCache>,
    item_history: DataLoader<ItemHistory, HashMapCache>,
    words: DataLoader<Words, HashMapCache>,
    recipients: DataLoader<Recipients, HashMapCache>,
    instructions: DataLoader<Instructions, HashMapCache>,
    ratings: DataLoader<Ratings, HashMapCache>,
    seats: DataLoader<Seats, HashMapCache>,
    agreed_item: DataLoader<ItemById, HashMapCache>,
    own_vote: DataLoader<OwnVotes, HashMapCache>,
    name: DataLoader<Names, HashMapCache>,
    key_of: DataLoader<KeysOf, HashMapCache>,
    asker: DataLoader<Askers, HashMapCache>,
    evaluator: DataLoader<Evaluators, HashMapCache>,
}

impl Later {
    pub(super) fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            known: DataLoader::with_cache(FactsOf(cx.clone()), spawn, cache()),
            participants: DataLoader::with_cache(Participants(cx.clone()), spawn, cache()),
            replies: DataLoader::with_cache(Replies(cx.clone()), spawn, cache()),
            presence: DataLoader::with_cache(Presence(cx.clone()), spawn, cache()),
            contributions: DataLoader::with_cache(Contributions(cx.clone()), spawn, cache()),
            statements: DataLoader::with_cache(Statements(cx.clone()), spawn, cache()),
            counts: DataLoader::with_cache(CountsOf(cx.clone()), spawn, cache()),
            minutes: DataLoader::with_cache(MinutesOf(cx.clone()), spawn, cache()),
            agreed: DataLoader::with_cache(ItemsOf(cx.clone()), spawn, cache()),
            item_history: DataLoader::with_cache(ItemHistory(cx.clone()), spawn, cache()),
            words: DataLoader::with_cache(Words(cx.clone()), spawn, cache()),
            recipients: DataLoader::with_cache(Recipients(cx.clone()), spawn, cache()),
            instructions: DataLoader::with_cache(Instructions(cx.clone()), spawn, cache()),
            ratings: DataLoader::with_cache(Ratings(cx.clone()), spawn, cache()),
            seats: DataLoader::with_cache(Seats(cx.clone()), spawn, cache()),
            agreed_item: DataLoader::with_cache(ItemById(cx.clone()), spawn, cache()),
            own_vote: DataLoader::with_cache(OwnVotes(cx.clone()), spawn, cache()),
            name: DataLoader::with_cache(Names(cx.clone()), spawn, cache()),
            key_of: DataLoader::with_cache(KeysOf(cx.clone()), spawn, cache()),
            asker: DataLoader::with_cache(Askers(cx.clone()), spawn, cache()),
            evaluator: DataLoader::with_cache(Evaluators(cx.clone()), spawn, cache()),
        }
    }

    /// What has been done of a consultation.
    pub(super) async fn known(&self, id: ConsultationId) -> Result<Known, ApiError> {
        Ok(self.known.load_one(id).await?.unwrap_or_default())
    }

    /// Who takes part, in the order in which they came to it.
    pub(super) async fn participants(&self, id: ConsultationId) -> Result<Vec<consultation_participant::Model>, ApiError> {
        Ok(self.participants.load_one(id).await?.unwrap_or_default())
    }

    /// What everybody replies to its sittings.
    pub(super) async fn replies(&self, id: ConsultationId) -> Result<Arc<Vec<consultation_reply::Model>>, ApiError> {
        Ok(self.replies.load_one(id).await?.unwrap_or_default())
    }

    /// Who was at which sitting.
    pub(super) async fn presence(&self, id: ConsultationId) -> Result<HashSet<(SittingId, ParticipantId)>, ApiError> {
        Ok(self.presence.load_one(id).await?.unwrap_or_default())
    }

    /// What was said.
    pub(super) async fn contributions(&self, id: ConsultationId) -> Result<Vec<consultation_contribution::Model>, ApiError> {
        Ok(self.contributions.load_one(id).await?.unwrap_or_default())
    }

    /// Its statements, by number.
    pub(super) async fn statements(&self, id: ConsultationId) -> Result<Vec<consultation_statement::Model>, ApiError> {
        Ok(self.statements.load_one(id).await?.unwrap_or_default())
    }

    /// The votes on a statement.
    pub(super) async fn counts(&self, id: StatementId) -> Result<Vec<Counts>, ApiError> {
        Ok(self.counts.load_one(id).await?.unwrap_or_default())
    }

    /// Its minutes, by number.
    pub(super) async fn minutes(&self, id: ConsultationId) -> Result<Vec<Draft>, ApiError> {
        Ok(self.minutes.load_one(id).await?.unwrap_or_default())
    }

    /// What was agreed on, by number.
    pub(super) async fn agreed(&self, id: ConsultationId) -> Result<Vec<agreed_item::Model>, ApiError> {
        Ok(self.agreed.load_one(id).await?.unwrap_or_default())
    }

    /// What happened to an item.
    pub(super) async fn item_history(&self, id: AgreedItemId) -> Result<Vec<agreed_item_event::Model>, ApiError> {
        Ok(self.item_history.load_one(id).await?.unwrap_or_default())
    }

    /// What those who asked say to an item.
    pub(super) async fn words(&self, id: AgreedItemId) -> Result<Vec<agreed_item_word::Model>, ApiError> {
        Ok(self.words.load_one(id).await?.unwrap_or_default())
    }

    /// To whom it was reported.
    pub(super) async fn recipients(&self, id: ConsultationId) -> Result<Vec<String>, ApiError> {
        Ok(self.recipients.load_one(id).await?.unwrap_or_default())
    }

    /// What leaders wrote on it.
    pub(super) async fn instructions(&self, id: ConsultationId) -> Result<Vec<consultation_instruction::Model>, ApiError> {
        Ok(self.instructions.load_one(id).await?.unwrap_or_default())
    }

    /// How it was rated.
    pub(super) async fn ratings(&self, id: ConsultationId) -> Result<Vec<Rating>, ApiError> {
        Ok(self.ratings.load_one(id).await?.unwrap_or_default())
    }

    /// The seats of a sitting.
    pub(super) async fn seats(&self, id: SittingId) -> Result<Option<consultation_seats::Model>, ApiError> {
        self.seats.load_one(id).await
    }

    /// The item of that id.
    pub(super) async fn agreed_item(&self, id: AgreedItemId) -> Result<Option<AgreedItem>, ApiError> {
        self.agreed_item.load_one(id).await
    }

    /// What the viewer votes on a statement.
    pub(super) async fn own_vote(&self, id: StatementId) -> Result<Option<VoteChoice>, ApiError> {
        self.own_vote.load_one(id).await
    }

    /// What somebody is called, as far as they or an officer said.
    pub(super) async fn name(&self, id: Named) -> Result<Option<String>, ApiError> {
        self.name.load_one(id).await
    }

    /// The key under which somebody's texts are kept, account or caller.
    pub(super) async fn key_of(&self, id: Uuid) -> Result<Option<Arc<PersonKey>>, ApiError> {
        self.key_of.load_one(id).await
    }

    /// Whether the viewer is among those who asked.
    pub(super) async fn is_asker(&self, id: ConsultationId) -> Result<bool, ApiError> {
        Ok(self.asker.load_one(id).await?.unwrap_or_default())
    }

    /// Whether the viewer evaluates it by name.
    pub(super) async fn is_evaluator(&self, id: ConsultationId) -> Result<bool, ApiError> {
        Ok(self.evaluator.load_one(id).await?.unwrap_or_default())
    }
}

struct FactsOf(Cx);

impl Loader<ConsultationId> for FactsOf {
    type Value = Known;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Known>, ApiError> {
        let rows = stages::by_ids(&self.0, keys).await?;
        facts::of(self.0.read(), self.0.now(), &rows).await
    }
}

struct Participants(Cx);

impl Loader<ConsultationId> for Participants {
    type Value = Vec<consultation_participant::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<consultation_participant::Model>>, ApiError> {
        people::of_many(self.0.read(), keys).await
    }
}

struct Replies(Cx);

impl Loader<ConsultationId> for Replies {
    type Value = Arc<Vec<consultation_reply::Model>>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Arc<Vec<consultation_reply::Model>>>, ApiError> {
        let sittings = sittings::of_many(self.0.read(), keys).await?;
        let of: HashMap<SittingId, ConsultationId> = sittings.into_values().flatten().map(|row| (row.id, row.consultation_id)).collect();
        let mut found: HashMap<ConsultationId, Vec<consultation_reply::Model>> = HashMap::new();
        for row in people::replies_of(&self.0, keys).await? {
            if let Some(id) = of.get(&row.sitting_id) {
                found.entry(*id).or_default().push(row);
            }
        }
        Ok(found.into_iter().map(|(id, rows)| (id, Arc::new(rows))).collect())
    }
}

struct Presence(Cx);

impl Loader<ConsultationId> for Presence {
    type Value = HashSet<(SittingId, ParticipantId)>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, HashSet<(SittingId, ParticipantId)>>, ApiError> {
        people::presence(self.0.read(), keys).await
    }
}

struct Contributions(Cx);

impl Loader<ConsultationId> for Contributions {
    type Value = Vec<consultation_contribution::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<consultation_contribution::Model>>, ApiError> {
        people::contributions_of(&self.0, keys).await
    }
}

struct Statements(Cx);

impl Loader<ConsultationId> for Statements {
    type Value = Vec<consultation_statement::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<consultation_statement::Model>>, ApiError> {
        voices::statements_of(&self.0, keys).await
    }
}

struct CountsOf(Cx);

impl Loader<StatementId> for CountsOf {
    type Value = Vec<Counts>;
    type Error = ApiError;

    async fn load(&self, keys: &[StatementId]) -> Result<HashMap<StatementId, Vec<Counts>>, ApiError> {
        voices::counts_of(&self.0, keys).await
    }
}

struct MinutesOf(Cx);

impl Loader<ConsultationId> for MinutesOf {
    type Value = Vec<Draft>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<Draft>>, ApiError> {
        minutes::all_of(&self.0, keys).await
    }
}

struct ItemsOf(Cx);

impl Loader<ConsultationId> for ItemsOf {
    type Value = Vec<agreed_item::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<agreed_item::Model>>, ApiError> {
        items::of_many(&self.0, keys).await
    }
}

struct ItemHistory(Cx);

impl Loader<AgreedItemId> for ItemHistory {
    type Value = Vec<agreed_item_event::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[AgreedItemId]) -> Result<HashMap<AgreedItemId, Vec<agreed_item_event::Model>>, ApiError> {
        items::history_of(&self.0, keys).await
    }
}

struct Words(Cx);

impl Loader<AgreedItemId> for Words {
    type Value = Vec<agreed_item_word::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[AgreedItemId]) -> Result<HashMap<AgreedItemId, Vec<agreed_item_word::Model>>, ApiError> {
        items::words_of(self.0.read(), keys).await
    }
}

struct Recipients(Cx);

impl Loader<ConsultationId> for Recipients {
    type Value = Vec<String>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<String>>, ApiError> {
        ending::recipients_of(&self.0, keys).await
    }
}

struct Instructions(Cx);

impl Loader<ConsultationId> for Instructions {
    type Value = Vec<consultation_instruction::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<consultation_instruction::Model>>, ApiError> {
        ending::instructions_of(&self.0, keys).await
    }
}

struct Ratings(Cx);

impl Loader<ConsultationId> for Ratings {
    type Value = Vec<Rating>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Vec<Rating>>, ApiError> {
        ending::ratings_of(&self.0, keys).await
    }
}

struct Seats(Cx);

impl Loader<SittingId> for Seats {
    type Value = consultation_seats::Model;
    type Error = ApiError;

    async fn load(&self, keys: &[SittingId]) -> Result<HashMap<SittingId, consultation_seats::Model>, ApiError> {
        Ok(people::seats_of(&self.0, keys).await?.into_iter().map(|row| (row.sitting_id, row)).collect())
    }
}

struct ItemById(Cx);

impl Loader<AgreedItemId> for ItemById {
    type Value = AgreedItem;
    type Error = ApiError;

    async fn load(&self, keys: &[AgreedItemId]) -> Result<HashMap<AgreedItemId, AgreedItem>, ApiError> {
        Ok(items::by_ids(self.0.read(), keys).await?.into_iter().map(|row| (row.id, AgreedItem(row))).collect())
    }
}

struct OwnVotes(Cx);

impl Loader<StatementId> for OwnVotes {
    type Value = VoteChoice;
    type Error = ApiError;

    async fn load(&self, keys: &[StatementId]) -> Result<HashMap<StatementId, VoteChoice>, ApiError> {
        match self.0.account_if_any() {
            Some(account) => voices::own(&self.0, account, keys).await,
            None => Ok(HashMap::new()),
        }
    }
}

struct Names(Cx);

impl Loader<Named> for Names {
    type Value = String;
    type Error = ApiError;

    async fn load(&self, keys: &[Named]) -> Result<HashMap<Named, String>, ApiError> {
        let callers: Vec<CallerId> = keys.iter().filter_map(|key| if let Named::Caller(id) = key { Some(*id) } else { None }).collect();
        let accounts: Vec<AccountId> = keys.iter().filter_map(|key| if let Named::Account(id) = key { Some(*id) } else { None }).collect();
        let mut found = HashMap::new();
        for (id, (name, ..)) in crate::auth::callers::of(self.0.read(), &self.0, &callers).await? {
            found.insert(Named::Caller(id), name);
        }
        for (id, (name, _)) in crate::auth::contacts_of(&self.0, &accounts).await? {
            found.extend(name.map(|name| (Named::Account(id), name)));
        }
        Ok(found)
    }
}

struct KeysOf(Cx);

impl Loader<Uuid> for KeysOf {
    type Value = Arc<PersonKey>;
    type Error = ApiError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Arc<PersonKey>>, ApiError> {
        Ok(personal::of_many(self.0.read(), &self.0.app().keys, keys).await?.into_iter().map(|(id, key)| (id, Arc::new(key))).collect())
    }
}

struct Askers(Cx);

impl Loader<ConsultationId> for Askers {
    type Value = bool;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, bool>, ApiError> {
        let Some(account) = self.0.account_if_any() else { return Ok(HashMap::new()) };
        let asked = askers_of(self.0.read(), keys).await?;
        Ok(asked.into_iter().map(|(id, people)| (id, people.contains(&account))).collect())
    }
}

struct Evaluators(Cx);

impl Loader<ConsultationId> for Evaluators {
    type Value = bool;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, bool>, ApiError> {
        let Some(account) = self.0.account_if_any() else { return Ok(HashMap::new()) };
        Ok(ending::evaluated_by(self.0.read(), keys, account).await?.into_iter().map(|id| (id, true)).collect())
    }
}
