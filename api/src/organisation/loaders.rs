//! What one request asks for piece by piece is read in batches: one statement a kind, however long the page.
use super::divisions::{Division, Place, above, is_code};
use super::model::{Appointment, Member, Organisation, Venue};
use super::store;
use crate::kernel::cx::spawn;
use crate::kernel::personal::PersonKey;
use crate::kernel::{ApiError, Cx};
use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use shangyi_entities::{AccountId, AppointmentId, MemberId, OrganisationId, PlaceId, VenueId, member};
use std::collections::HashMap;
use std::sync::Arc;

/// The room's loaders of one request.
pub struct Loaders {
    divisions: DataLoader<Divisions, HashMapCache>,
    children: DataLoader<Children, HashMapCache>,
    places: DataLoader<Places, HashMapCache>,
    organisations: DataLoader<Organisations, HashMapCache>,
    covering: DataLoader<Covering, HashMapCache>,
    names: DataLoader<Names, HashMapCache>,
    memberships: DataLoader<Memberships, HashMapCache>,
    keys: DataLoader<Keys, HashMapCache>,
    place: DataLoader<PlaceById, HashMapCache>,
    venues: DataLoader<Venues, HashMapCache>,
    appointments: DataLoader<Appointments, HashMapCache>,
    members: DataLoader<Members, HashMapCache>,
}

impl Loaders {
    /// The loaders of a request.
    pub fn new(cx: &Cx) -> Self {
        let cache = HashMapCache::default;
        Self {
            divisions: DataLoader::with_cache(Divisions(cx.clone()), spawn, cache()),
            children: DataLoader::with_cache(Children(cx.clone()), spawn, cache()),
            places: DataLoader::with_cache(Places(cx.clone()), spawn, cache()),
            organisations: DataLoader::with_cache(Organisations(cx.clone()), spawn, cache()),
            covering: DataLoader::with_cache(Covering(cx.clone()), spawn, cache()),
            names: DataLoader::with_cache(Names(cx.clone()), spawn, cache()),
            memberships: DataLoader::with_cache(Memberships(cx.clone()), spawn, cache()),
            keys: DataLoader::with_cache(Keys(cx.clone()), spawn, cache()),
            place: DataLoader::with_cache(PlaceById(cx.clone()), spawn, cache()),
            venues: DataLoader::with_cache(Venues(cx.clone()), spawn, cache()),
            appointments: DataLoader::with_cache(Appointments(cx.clone()), spawn, cache()),
            members: DataLoader::with_cache(Members(cx.clone()), spawn, cache()),
        }
    }

    pub(super) async fn division(&self, code: &str) -> Result<Option<Division>, ApiError> {
        if !is_code(code) {
            return Ok(None);
        }
        self.divisions.load_one(code.to_owned()).await
    }

    pub(super) async fn ancestors(&self, code: &str) -> Result<Vec<Division>, ApiError> {
        let codes: Vec<String> = above(code).map(str::to_owned).collect();
        let mut found = self.divisions.load_many(codes.clone()).await?;
        Ok(codes.iter().filter_map(|code| found.remove(code)).collect())
    }

    pub(super) async fn children(&self, code: &str) -> Result<Vec<Division>, ApiError> {
        Ok(self.children.load_one(code.to_owned()).await?.unwrap_or_default())
    }

    pub(super) async fn places(&self, code: &str) -> Result<Vec<Place>, ApiError> {
        Ok(self.places.load_one(code.to_owned()).await?.unwrap_or_default())
    }

    pub(super) async fn organisation(&self, id: OrganisationId) -> Result<Option<Organisation>, ApiError> {
        self.organisations.load_one(id).await
    }

    pub(super) async fn committee_covering(&self, code: &str) -> Result<Option<Organisation>, ApiError> {
        self.covering.load_one(code.to_owned()).await
    }

    pub(super) async fn name(&self, account: AccountId) -> Result<Option<String>, ApiError> {
        self.names.load_one(account).await
    }

    /// The place of that id.
    pub async fn place(&self, id: PlaceId) -> Result<Option<Place>, ApiError> {
        self.place.load_one(id).await
    }

    /// The member of that id.
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>, ApiError> {
        self.members.load_one(id).await
    }

    /// The venue of that id.
    pub async fn venue(&self, id: VenueId) -> Result<Option<Venue>, ApiError> {
        self.venues.load_one(id).await
    }

    /// The appointment of that id, if the viewer may know of it.
    pub async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, ApiError> {
        self.appointments.load_one(id).await
    }

    /// The name on the roll of members, while the person's key still opens it.
    pub async fn member_name(&self, member: &member::Model) -> Result<Option<String>, ApiError> {
        let key = self.keys.load_one(member.account_id).await?;
        Ok(key.and_then(|key| key.open(store::MEMBER_NAME, &member.name_enc)))
    }

    /// The key of a person's fields, while they have one.
    pub async fn person_key(&self, account: AccountId) -> Result<Option<Arc<PersonKey>>, ApiError> {
        self.keys.load_one(account).await
    }

    /// The organisations that a member belongs to now.
    pub async fn memberships(&self, member: MemberId) -> Result<Vec<Organisation>, ApiError> {
        Ok(self.memberships.load_one(member).await?.unwrap_or_default())
    }
}

/// The room's loaders of the request.
pub fn of<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}

macro_rules! loader {
    ($name:ident, $key:ty, $value:ty, $find:path) => {
        struct $name(Cx);

        impl Loader<$key> for $name {
            type Value = $value;
            type Error = ApiError;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, ApiError> {
                $find(&self.0, keys).await
            }
        }
    };
}

loader!(Divisions, String, Division, store::divisions_by_code);
loader!(Children, String, Vec<Division>, store::children_of);
loader!(Places, String, Vec<Place>, store::places_of);
loader!(Organisations, OrganisationId, Organisation, store::organisations_by_id);
loader!(Covering, String, Organisation, store::committees_covering);
loader!(Names, AccountId, String, store::names_of);
loader!(PlaceById, PlaceId, Place, store::places_by_id);
loader!(Venues, VenueId, Venue, store::venues_by_id);
loader!(Appointments, AppointmentId, Appointment, store::appointments_by_id);
loader!(Members, MemberId, Member, store::members_by_id);
loader!(Keys, AccountId, Arc<PersonKey>, store::keys_of);
loader!(Memberships, MemberId, Vec<Organisation>, store::memberships_of);
