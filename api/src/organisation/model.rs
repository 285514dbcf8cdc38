use super::divisions::{Division, Place};
use super::{loaders, store};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::venue::{Datum, VenueKind};
use shangyi_entities::{AppointmentId, MemberId, OrganisationId, VenueId, appointment, member, organisation, venue};

/// A committee or one of its organisations.
#[derive(Clone)]
pub struct Organisation(pub(crate) organisation::Model);

/// A committee or one of its organisations. Public.
#[Object]
impl Organisation {
    /// Its id.
    pub async fn id(&self) -> Gid<OrganisationId> {
        Gid(self.0.id)
    }

    /// What it is.
    async fn kind(&self) -> OrganisationKind {
        self.0.kind
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The division it covers, with its whole subtree; null where it covers none of its own.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        match &self.0.division_code {
            Some(code) => loaders::of(ctx).division(code).await,
            None => Ok(None),
        }
    }

    /// The committee it belongs to; a committee belongs to itself.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        loaders::of(ctx).organisation(self.0.committee_id).await
    }

    /// The organisation it is part of (a sector's group, a cluster's liaison committee); null where none.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.0.parent_id {
            Some(id) => loaders::of(ctx).organisation(id).await,
            None => Ok(None),
        }
    }

    /// Its members in office now, by number.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Member>, ApiError> {
        store::members(ctx.data_unchecked::<Cx>(), Some(self.0.id), first, after.as_deref()).await
    }
}

/// A member (委员) of a committee in one term.
#[derive(Clone)]
pub struct Member(pub(crate) member::Model);

/// A member (委员) of a committee in one term. What the public may know of them: name, office, organisations.
#[Object]
impl Member {
    /// Their id as a member: another in every term, and not their account's.
    pub async fn id(&self) -> Gid<MemberId> {
        Gid(self.0.id)
    }

    /// Their name. Two members may share one. Null once they have erased themselves.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        loaders::of(ctx).member_name(&self.0).await
    }

    /// Whether they are a standing member (常委).
    async fn standing(&self) -> bool {
        self.0.standing
    }

    /// Their home committee.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        loaders::of(ctx).organisation(self.0.committee_id).await
    }

    /// The organisations they belong to now: special committee, sector, liaison committee, and those they are assigned to.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn organisations(&self, ctx: &Context<'_>) -> Result<Vec<Organisation>, ApiError> {
        loaders::of(ctx).memberships(self.0.id).await
    }
}

/// A room where members and residents meet.
#[derive(Clone)]
pub struct Venue(pub(crate) venue::Model);

/// A room where members and residents meet (一室一厅一站 and relatives). Public.
#[Object]
impl Venue {
    /// Its id.
    pub async fn id(&self) -> Gid<VenueId> {
        Gid(self.0.id)
    }

    /// What it is for.
    async fn kind(&self) -> VenueKind {
        self.0.kind
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Street and number.
    async fn address(&self) -> &str {
        &self.0.address
    }

    /// What it is devoted to.
    async fn theme(&self) -> Option<&str> {
        self.0.theme.as_deref()
    }

    /// The division it lies in.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        loaders::of(ctx).division(&self.0.division_code).await
    }

    /// The named place it lies in; null where none.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>, ApiError> {
        let places = loaders::of(ctx).places(&self.0.division_code).await?;
        Ok(self.0.place_id.and_then(|id| places.into_iter().find(|place| place.0.id == id)))
    }

    /// The committee it belongs to.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        loaders::of(ctx).organisation(self.0.committee_id).await
    }

    /// The circle around it in which a phone counts as being there; null where it has none.
    async fn fence(&self) -> Option<Fence> {
        let venue = &self.0;
        Some(Fence { latitude: venue.latitude?, longitude: venue.longitude?, radius_metres: venue.radius_metres?, datum: venue.datum? })
    }
}

/// A circle around a venue.
#[derive(async_graphql::SimpleObject)]
pub struct Fence {
    /// Degrees north of the centre, in the datum.
    pub latitude: f64,
    /// Degrees east of the centre, in the datum.
    pub longitude: f64,
    /// The radius in metres.
    pub radius_metres: i64,
    /// The datum of the two.
    pub datum: Datum,
}

/// What an appointment is for.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per field")]
pub enum AppointmentScope {
    /// A committee or one of its organisations.
    Organisation(Organisation),
    /// A venue.
    Venue(Venue),
}

/// A role for a time.
#[derive(Clone)]
pub struct Appointment(pub(super) appointment::Model);

/// A role for a time. Seen by its holder, and by member affairs and the chair of its committee.
#[Object]
impl Appointment {
    /// Its id.
    pub async fn id(&self) -> Gid<AppointmentId> {
        Gid(self.0.id)
    }

    /// What it makes of the person.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// The desk, for a member of staff.
    async fn desk(&self) -> Option<Desk> {
        self.0.desk
    }

    /// What it is for; null where that has been closed.
    async fn scope(&self, ctx: &Context<'_>) -> Result<Option<AppointmentScope>, ApiError> {
        if let Some(id) = self.0.organisation_id {
            return Ok(loaders::of(ctx).organisation(id).await?.map(AppointmentScope::Organisation));
        }
        match self.0.venue_id {
            Some(id) => Ok(loaders::of(ctx).venue(id).await?.map(AppointmentScope::Venue)),
            None => Ok(None),
        }
    }

    /// The name of the person it is given to; null once they have erased themselves.
    async fn holder_name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        loaders::of(ctx).name(self.0.account_id).await
    }

    /// From when on it holds.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// Until when it holds; null: without an end.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.0.until_at.map(|at| at.utc())
    }

    /// Whether it still waits for a second person.
    async fn awaits_confirmation(&self) -> bool {
        self.0.confirmed_at.is_none() && self.0.ended_at.is_none()
    }

    /// When it was ended before its time; null: it was not.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.map(|at| at.utc())
    }
}
