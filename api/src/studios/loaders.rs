//! What one request asks of studios piece by piece, read in batches.
use super::store;
use crate::kernel::cx::spawn;
use crate::kernel::{ApiError, Cx};
use crate::organisation::{self, Member};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{AccountId, MemberId, VenueId};
use std::collections::HashMap;

/// The room's loaders of one request.
pub struct Loaders {
    members: DataLoader<Members, HashMapCache>,
    convenors: DataLoader<Convenors, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        Self {
            members: DataLoader::with_cache(Members(cx.clone()), spawn, HashMapCache::default()),
            convenors: DataLoader::with_cache(Convenors(cx.clone()), spawn, HashMapCache::default()),
        }
    }

    pub(super) async fn members(&self, studio: VenueId) -> Result<Vec<Member>, ApiError> {
        Ok(self.members.load_one(studio).await?.unwrap_or_default())
    }

    pub(super) async fn convenors(&self, studio: VenueId) -> Result<Vec<Member>, ApiError> {
        Ok(self.convenors.load_one(studio).await?.unwrap_or_default())
    }
}

pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

struct Members(Cx);

impl Loader<VenueId> for Members {
    type Value = Vec<Member>;
    type Error = ApiError;

    async fn load(&self, keys: &[VenueId]) -> Result<HashMap<VenueId, Self::Value>, ApiError> {
        let places = store::members_of(&self.0, keys).await?;
        let ids: Vec<MemberId> = places.iter().map(|row| row.member_id).collect();
        let members = organisation::members_by_id(&self.0, &ids).await?;
        let mut found: HashMap<VenueId, Vec<Member>> = HashMap::new();
        for row in places {
            found.entry(row.venue_id).or_default().extend(members.get(&row.member_id).cloned());
        }
        Ok(found)
    }
}

struct Convenors(Cx);

impl Loader<VenueId> for Convenors {
    type Value = Vec<Member>;
    type Error = ApiError;

    async fn load(&self, keys: &[VenueId]) -> Result<HashMap<VenueId, Self::Value>, ApiError> {
        let pairs = organisation::convenors(self.0.read(), keys, self.0.now()).await?;
        let accounts: Vec<AccountId> = pairs.iter().map(|(_, account)| *account).collect();
        let members = organisation::members_of_accounts(&self.0, &accounts).await?;
        let mut found: HashMap<VenueId, Vec<Member>> = HashMap::new();
        for (studio, account) in pairs {
            found.entry(studio).or_default().extend(members.iter().find(|member| member.account_id == account).cloned().map(Member));
        }
        Ok(found)
    }
}
