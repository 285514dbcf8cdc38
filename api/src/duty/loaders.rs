//! What one request asks of duty slots piece by piece, read in batches.
use super::store::SlotsOf;
use super::{DutySlot, store};
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{DutySlotId, Timestamp, VenueId, duty_slot_event, slot_swap};
use std::collections::HashMap;

/// The room's loaders of one request.
pub struct Loaders {
    slots: DataLoader<Slots, HashMapCache>,
    events: DataLoader<Events, HashMapCache>,
    offers: DataLoader<Offers, HashMapCache>,
    kept: DataLoader<Kept, HashMapCache>,
    rosters: DataLoader<Rosters, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            slots: DataLoader::with_cache(Slots(cx.clone()), spawn, cache()),
            events: DataLoader::with_cache(Events(cx.clone()), spawn, cache()),
            offers: DataLoader::with_cache(Offers(cx.clone()), spawn, cache()),
            kept: DataLoader::with_cache(Kept(cx.clone()), spawn, cache()),
            rosters: DataLoader::with_cache(Rosters(cx.clone()), spawn, cache()),
        }
    }

    pub(super) async fn slot(&self, id: DutySlotId) -> Result<Option<DutySlot>, ApiError> {
        self.slots.load_one(id).await
    }

    pub(super) async fn roster(&self, studio: VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<DutySlot>, ApiError> {
        Ok(self.rosters.load_one((studio, from, until)).await?.unwrap_or_default())
    }

    pub(super) async fn events(&self, id: DutySlotId) -> Result<Vec<duty_slot_event::Model>, ApiError> {
        Ok(self.events.load_one(id).await?.unwrap_or_default())
    }

    pub(super) async fn offer(&self, id: DutySlotId) -> Result<Option<slot_swap::Model>, ApiError> {
        self.offers.load_one(id).await
    }

    pub(super) async fn kept(&self, id: DutySlotId) -> Result<bool, ApiError> {
        Ok(self.kept.load_one(id).await?.is_some())
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Slots(Cx);

impl Loader<DutySlotId> for Slots {
    type Value = DutySlot;
    type Error = ApiError;

    async fn load(&self, keys: &[DutySlotId]) -> Result<HashMap<DutySlotId, DutySlot>, ApiError> {
        Ok(store::slots_by_id(&self.0, keys).await?.into_iter().map(|row| (row.id, DutySlot(row))).collect())
    }
}

struct Events(Cx);

impl Loader<DutySlotId> for Events {
    type Value = Vec<duty_slot_event::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[DutySlotId]) -> Result<HashMap<DutySlotId, Self::Value>, ApiError> {
        let mut found: HashMap<DutySlotId, Vec<duty_slot_event::Model>> = HashMap::new();
        for row in store::events_of(&self.0, keys).await? {
            found.entry(row.slot_id).or_default().push(row);
        }
        Ok(found)
    }
}

struct Offers(Cx);

impl Loader<DutySlotId> for Offers {
    type Value = slot_swap::Model;
    type Error = ApiError;

    async fn load(&self, keys: &[DutySlotId]) -> Result<HashMap<DutySlotId, Self::Value>, ApiError> {
        Ok(store::offers_of(&self.0, keys).await?.into_iter().map(|row| (row.slot_id, row)).collect())
    }
}

struct Kept(Cx);

impl Loader<DutySlotId> for Kept {
    type Value = ();
    type Error = ApiError;

    async fn load(&self, keys: &[DutySlotId]) -> Result<HashMap<DutySlotId, ()>, ApiError> {
        Ok(crate::check_ins::kept_among(&self.0, keys).await?.into_iter().map(|id| (id, ())).collect())
    }
}

struct Rosters(Cx);

impl Loader<(VenueId, Timestamp, Timestamp)> for Rosters {
    type Value = Vec<DutySlot>;
    type Error = ApiError;

    /// One statement for each span asked for: a page of studios asks for one.
    async fn load(&self, keys: &[(VenueId, Timestamp, Timestamp)]) -> Result<HashMap<(VenueId, Timestamp, Timestamp), Self::Value>, ApiError> {
        let mut spans: HashMap<(Timestamp, Timestamp), Vec<VenueId>> = HashMap::new();
        for (studio, from, until) in keys {
            spans.entry((*from, *until)).or_default().push(*studio);
        }
        let mut found: HashMap<(VenueId, Timestamp, Timestamp), Vec<DutySlot>> = HashMap::new();
        for ((from, until), studios) in spans {
            for row in store::slots_between(&self.0, SlotsOf::Studios(&studios), from, until).await? {
                found.entry((row.venue_id, from, until)).or_default().push(DutySlot(row));
            }
        }
        Ok(found)
    }
}
