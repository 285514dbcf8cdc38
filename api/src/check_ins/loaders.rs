//! What one request asks of check-ins piece by piece, read in batches.
use super::{CheckInConflict, LateEntry, Visit, store};
use crate::calendar::{Deadline, deadlines};
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::{CheckInConflictId, CheckInFactId, LateEntryId, TypedId, VisitId, check_in_fact};
use std::collections::HashMap;
use uuid::Uuid;

/// The room's loaders of one request.
pub struct Loaders {
    facts: DataLoader<Facts, HashMapCache>,
    visits: DataLoader<Visits, HashMapCache>,
    late: DataLoader<Late, HashMapCache>,
    conflicts: DataLoader<Conflicts, HashMapCache>,
    objections: DataLoader<Objections, HashMapCache>,
    due_late: DataLoader<Due, HashMapCache>,
    due_conflicts: DataLoader<Due, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            facts: DataLoader::with_cache(Facts(cx.clone()), spawn, cache()),
            visits: DataLoader::with_cache(Visits(cx.clone()), spawn, cache()),
            late: DataLoader::with_cache(Late(cx.clone()), spawn, cache()),
            conflicts: DataLoader::with_cache(Conflicts(cx.clone()), spawn, cache()),
            objections: DataLoader::with_cache(Objections(cx.clone()), spawn, cache()),
            due_late: DataLoader::with_cache(Due(cx.clone(), DeadlineKind::LateEntry), spawn, cache()),
            due_conflicts: DataLoader::with_cache(Due(cx.clone(), DeadlineKind::Conflict), spawn, cache()),
        }
    }

    pub(super) async fn fact(&self, id: CheckInFactId) -> Result<Option<check_in_fact::Model>, ApiError> {
        self.facts.load_one(id).await
    }

    pub(super) async fn visit(&self, id: VisitId) -> Result<Option<Visit>, ApiError> {
        self.visits.load_one(id).await
    }

    pub(super) async fn late(&self, id: LateEntryId) -> Result<Option<LateEntry>, ApiError> {
        self.late.load_one(id).await
    }

    pub(super) async fn conflict(&self, id: CheckInConflictId) -> Result<Option<CheckInConflict>, ApiError> {
        self.conflicts.load_one(id).await
    }

    pub(super) async fn objection(&self, id: CheckInFactId) -> Result<Option<Vec<u8>>, ApiError> {
        self.objections.load_one(id).await
    }

    pub(super) async fn due_late(&self, id: LateEntryId) -> Result<Option<Deadline>, ApiError> {
        self.due_late.load_one(id.uuid()).await
    }

    pub(super) async fn due_conflict(&self, id: CheckInConflictId) -> Result<Option<Deadline>, ApiError> {
        self.due_conflicts.load_one(id.uuid()).await
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Facts(Cx);

impl Loader<CheckInFactId> for Facts {
    type Value = check_in_fact::Model;
    type Error = ApiError;

    async fn load(&self, keys: &[CheckInFactId]) -> Result<HashMap<CheckInFactId, Self::Value>, ApiError> {
        store::facts_by_id(&self.0, keys).await
    }
}

struct Visits(Cx);

impl Loader<VisitId> for Visits {
    type Value = Visit;
    type Error = ApiError;

    async fn load(&self, keys: &[VisitId]) -> Result<HashMap<VisitId, Visit>, ApiError> {
        Ok(store::visits_by_id(&self.0, keys).await?.into_iter().map(|row| (row.id, Visit(row))).collect())
    }
}

struct Late(Cx);

impl Loader<LateEntryId> for Late {
    type Value = LateEntry;
    type Error = ApiError;

    async fn load(&self, keys: &[LateEntryId]) -> Result<HashMap<LateEntryId, LateEntry>, ApiError> {
        Ok(store::late_by_id(&self.0, keys).await?.into_iter().map(|row| (row.id, LateEntry(row))).collect())
    }
}

struct Conflicts(Cx);

impl Loader<CheckInConflictId> for Conflicts {
    type Value = CheckInConflict;
    type Error = ApiError;

    async fn load(&self, keys: &[CheckInConflictId]) -> Result<HashMap<CheckInConflictId, CheckInConflict>, ApiError> {
        Ok(store::conflicts_by_id(&self.0, keys).await?.into_iter().map(|row| (row.id, CheckInConflict(row))).collect())
    }
}

struct Objections(Cx);

impl Loader<CheckInFactId> for Objections {
    type Value = Vec<u8>;
    type Error = ApiError;

    async fn load(&self, keys: &[CheckInFactId]) -> Result<HashMap<CheckInFactId, Vec<u8>>, ApiError> {
        store::objections_to(&self.0, keys).await
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
