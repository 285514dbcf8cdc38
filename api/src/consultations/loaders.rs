//! What one request asks of consultations piece by piece, read in batches.
use super::later::Later;
pub(super) use super::later::Named;
use super::meeting::store as meetings;
use super::plan::{YearPlan, store as plans};
use super::programme::Programme;
use super::programme::store::{self as programmes, Whole};
use super::sitting::store as sittings;
use super::stage::{Consultation, store as stages};
use crate::kernel::cx::spawn;
use crate::kernel::personal::PersonKey;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::programme_version::Party;
use shangyi_entities::{
    AccountId, ChairMeetingId, ConsultationId, PlanItemId, ProgrammeId, TypedId, YearPlanId, chair_decision, consultation_co_host,
    consultation_event, consultation_research, consultation_sitting, plan_comment, plan_item, year_plan,
};
use std::collections::HashMap;
use std::sync::Arc;

/// The room's loaders of one request.
pub struct Loaders {
    programmes: DataLoader<Programmes, HashMapCache>,
    versions: DataLoader<Versions, HashMapCache>,
    plans: DataLoader<Plans, HashMapCache>,
    items: DataLoader<Items, HashMapCache>,
    item: DataLoader<Item, HashMapCache>,
    comments: DataLoader<Comments, HashMapCache>,
    decisions: DataLoader<Decisions, HashMapCache>,
    consultations: DataLoader<Consultations, HashMapCache>,
    history: DataLoader<History, HashMapCache>,
    research: DataLoader<Researches, HashMapCache>,
    co_hosts: DataLoader<CoHosts, HashMapCache>,
    parties: DataLoader<Parties, HashMapCache>,
    decisions_about: DataLoader<DecisionsAbout, HashMapCache>,
    sittings: DataLoader<Sittings, HashMapCache>,
    later: Later,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            programmes: DataLoader::with_cache(Programmes(cx.clone()), spawn, cache()),
            versions: DataLoader::with_cache(Versions(cx.clone()), spawn, cache()),
            plans: DataLoader::with_cache(Plans(cx.clone()), spawn, cache()),
            items: DataLoader::with_cache(Items(cx.clone()), spawn, cache()),
            item: DataLoader::with_cache(Item(cx.clone()), spawn, cache()),
            comments: DataLoader::with_cache(Comments(cx.clone()), spawn, cache()),
            decisions: DataLoader::with_cache(Decisions(cx.clone()), spawn, cache()),
            consultations: DataLoader::with_cache(Consultations(cx.clone()), spawn, cache()),
            history: DataLoader::with_cache(History(cx.clone()), spawn, cache()),
            research: DataLoader::with_cache(Researches(cx.clone()), spawn, cache()),
            co_hosts: DataLoader::with_cache(CoHosts(cx.clone()), spawn, cache()),
            parties: DataLoader::with_cache(Parties(cx.clone()), spawn, cache()),
            decisions_about: DataLoader::with_cache(DecisionsAbout(cx.clone()), spawn, cache()),
            sittings: DataLoader::with_cache(Sittings(cx.clone()), spawn, cache()),
            later: Later::new(cx),
        }
    }

    pub(super) async fn programme(&self, id: ProgrammeId) -> Result<Option<Programme>, ApiError> {
        self.programmes.load_one(id).await
    }

    /// All versions of a programme, by number.
    pub(super) async fn versions(&self, id: ProgrammeId) -> Result<Vec<Whole>, ApiError> {
        Ok(self.versions.load_one(id).await?.unwrap_or_default())
    }

    /// The plan, for the internal side of its committee.
    pub(super) async fn plan(&self, id: YearPlanId) -> Result<Option<YearPlan>, ApiError> {
        self.plans.load_one(id).await
    }

    /// All items that were ever in a plan.
    pub(super) async fn items(&self, id: YearPlanId) -> Result<Vec<plan_item::Model>, ApiError> {
        Ok(self.items.load_one(id).await?.unwrap_or_default())
    }

    /// An item with its plan.
    pub(super) async fn item(&self, id: PlanItemId) -> Result<Option<(plan_item::Model, year_plan::Model)>, ApiError> {
        self.item.load_one(id).await
    }

    pub(super) async fn comments(&self, id: YearPlanId) -> Result<Vec<plan_comment::Model>, ApiError> {
        Ok(self.comments.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn decisions(&self, id: ChairMeetingId) -> Result<Vec<chair_decision::Model>, ApiError> {
        Ok(self.decisions.load_one(id).await?.unwrap_or_default())
    }

    /// The consultation, if the viewer may know of it.
    pub(super) async fn consultation(&self, id: ConsultationId) -> Result<Option<Consultation>, ApiError> {
        self.consultations.load_one(id).await
    }

    pub(super) async fn history(&self, id: ConsultationId) -> Result<Vec<consultation_event::Model>, ApiError> {
        Ok(self.history.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn research(&self, id: ConsultationId) -> Result<Vec<consultation_research::Model>, ApiError> {
        Ok(self.research.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn co_hosts(&self, id: ConsultationId) -> Result<Vec<consultation_co_host::Model>, ApiError> {
        Ok(self.co_hosts.load_one(id).await?.unwrap_or_default())
    }

    /// The key under which somebody's texts are kept; nothing once they are erased.
    pub(super) async fn key(&self, account: AccountId) -> Result<Option<Arc<PersonKey>>, ApiError> {
        self.later.key_of(account.uuid()).await
    }

    pub(super) async fn decisions_about(&self, id: ConsultationId) -> Result<Vec<chair_decision::Model>, ApiError> {
        Ok(self.decisions_about.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn parties(&self, id: ConsultationId) -> Result<Vec<Party>, ApiError> {
        Ok(self.parties.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn sittings(&self, id: ConsultationId) -> Result<Vec<consultation_sitting::Model>, ApiError> {
        Ok(self.sittings.load_one(id).await?.unwrap_or_default())
    }
}

impl std::ops::Deref for Loaders {
    type Target = Later;

    fn deref(&self) -> &Later {
        &self.later
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Programmes(Cx);

impl Loader<ProgrammeId> for Programmes {
    type Value = Programme;
    type Error = ApiError;

    async fn load(&self, keys: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, Programme>, ApiError> {
        Ok(programmes::by_ids(&self.0, keys).await?.into_iter().map(|row| (row.id, Programme(row))).collect())
    }
}

struct Versions(Cx);

impl Loader<ProgrammeId> for Versions {
    type Value = Vec<Whole>;
    type Error = ApiError;

    async fn load(&self, keys: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, Vec<Whole>>, ApiError> {
        programmes::versions_of(&self.0, keys).await
    }
}

struct Plans(Cx);

impl Loader<YearPlanId> for Plans {
    type Value = YearPlan;
    type Error = ApiError;

    async fn load(&self, keys: &[YearPlanId]) -> Result<HashMap<YearPlanId, Self::Value>, ApiError> {
        Ok(plans::visible(&self.0, keys).await?.into_iter().map(|row| (row.id, YearPlan(row))).collect())
    }
}

struct Items(Cx);

impl Loader<YearPlanId> for Items {
    type Value = Vec<plan_item::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[YearPlanId]) -> Result<HashMap<YearPlanId, Self::Value>, ApiError> {
        plans::items_of(&self.0, keys).await
    }
}

struct Item(Cx);

impl Loader<PlanItemId> for Item {
    type Value = (plan_item::Model, year_plan::Model);
    type Error = ApiError;

    async fn load(&self, keys: &[PlanItemId]) -> Result<HashMap<PlanItemId, Self::Value>, ApiError> {
        plans::items_by_id(&self.0, keys).await
    }
}

struct Comments(Cx);

impl Loader<YearPlanId> for Comments {
    type Value = Vec<plan_comment::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[YearPlanId]) -> Result<HashMap<YearPlanId, Self::Value>, ApiError> {
        plans::comments_of(&self.0, keys).await
    }
}

struct Decisions(Cx);

impl Loader<ChairMeetingId> for Decisions {
    type Value = Vec<chair_decision::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ChairMeetingId]) -> Result<HashMap<ChairMeetingId, Self::Value>, ApiError> {
        meetings::decisions_of(&self.0, keys).await
    }
}

struct Consultations(Cx);

impl Loader<ConsultationId> for Consultations {
    type Value = Consultation;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        Ok(stages::visible(&self.0, keys).await?.into_iter().map(|row| (row.id, Consultation(row))).collect())
    }
}

struct History(Cx);

impl Loader<ConsultationId> for History {
    type Value = Vec<consultation_event::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        stages::history_of(&self.0, keys).await
    }
}

struct Researches(Cx);

impl Loader<ConsultationId> for Researches {
    type Value = Vec<consultation_research::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        stages::research_of(&self.0, keys).await
    }
}

struct CoHosts(Cx);

impl Loader<ConsultationId> for CoHosts {
    type Value = Vec<consultation_co_host::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        stages::co_hosts_of(&self.0, keys).await
    }
}

struct Parties(Cx);

impl Loader<ConsultationId> for Parties {
    type Value = Vec<Party>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        stages::parties_of(&self.0, keys).await
    }
}

struct Sittings(Cx);

impl Loader<ConsultationId> for Sittings {
    type Value = Vec<consultation_sitting::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        sittings::of_many(self.0.read(), keys).await
    }
}

struct DecisionsAbout(Cx);

impl Loader<ConsultationId> for DecisionsAbout {
    type Value = Vec<chair_decision::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, ApiError> {
        meetings::decisions_about(&self.0, keys).await
    }
}
