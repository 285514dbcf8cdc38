//! Who and where: divisions and named places, committees with their organisations, members, venues, and the
//! appointments that make somebody an officer.
//!
//! Words: a *committee* covers a division; what lies in a division belongs to the smallest committee that covers it. One
//! member identity has time-bounded memberships in a special committee, a sector, a liaison committee. A role is an
//! appointment. Invariants: nobody appoints themself; a chair, staff or auditor needs a second person; two memberships of
//! one member in one organisation never overlap. All three are held by the database.

mod confirm_appointment;
mod divisions;
mod end_appointment;
mod grant_appointment;
mod granting;
mod loaders;
mod model;
mod refusal;
mod store;

use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use confirm_appointment::ConfirmAppointmentInput;
pub use divisions::{Division, Place, require_code};
pub use end_appointment::{EndAppointmentInput, EndAppointmentPayload, EndAppointmentResult, OpenDuty, OpenStudioDuty, OpenStudioDutyKind};
pub use grant_appointment::GrantAppointmentInput;
pub use granting::{Scope, fits_operator};
pub use loaders::{Loaders, of as loaders_of};
pub use model::{Appointment, AppointmentScope, Member, Organisation, Venue};
pub use refusal::{AppointmentPayload, AppointmentRefusalReason, AppointmentRefused, AppointmentResult};
use shangyi_entities::OrganisationId;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::venue::VenueKind;
pub use store::{
    Post, PostScope, add_assignment, add_division, add_member, add_membership, add_organisation, add_place, add_term, add_venue, all_venues,
    appointments_of, are_committees, at_desk, change_venue, codes_above_villages, committee_covering, committee_of_division, committees_of,
    committees_outside, convenors, covers, desk_accounts, end_pending, export, find_appointment, find_member, find_organisation, find_place,
    find_venue, grant_by_operator, holder_of, holders_among, holds_any, in_subtree, is_member_in, liaison_committee_of, member_numbered,
    member_of_account, members_by_id, members_near, members_of_accounts, of_kinds, open_venue, organisation_by_name, organisation_now, place_in,
    put_divisions, require_division, role_id, seal_member_name, serving_account, serving_in, standing_members, term_at, townships_in, venue_locked,
    venue_now, venues_of, who_looks_after,
};

/// The division of that code, read together with the others the request asks for.
pub async fn load_division(ctx: &Context<'_>, code: &str) -> Result<Option<Division>, ApiError> {
    loaders::of(ctx).division(code).await
}

/// The organisation of that id, read together with the others the request asks for.
pub async fn load_organisation(ctx: &Context<'_>, id: OrganisationId) -> Result<Option<Organisation>, ApiError> {
    loaders::of(ctx).organisation(id).await
}

/// Divisions, committees, members and venues; public.
#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// The divisions directly under one, by code; without an argument the provinces.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn divisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The parent's official code (2, 4, 6 or 9 digits).")] parent_code: Option<String>,
    ) -> Result<Vec<Division>, ApiError> {
        divisions::children(ctx.data_unchecked::<Cx>(), parent_code.as_deref()).await
    }

    /// The division of an official code; null where there is none.
    async fn division(&self, ctx: &Context<'_>, #[graphql(desc = "Its official code.")] code: String) -> Result<Option<Division>, ApiError> {
        load_division(ctx, &code).await
    }

    /// A committee by its id, or the smallest one that covers a division; without an argument the only one there is, if it
    /// is the only one. Null where there is none.
    async fn committee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<Gid<OrganisationId>>,
        #[graphql(desc = "A division it covers.")] division_code: Option<String>,
    ) -> Result<Option<Organisation>, ApiError> {
        store::committee(ctx.data_unchecked::<Cx>(), id.map(|id| id.0), division_code.as_deref()).await
    }

    /// Members in office now, by their number; of one organisation, or of one committee, or of all.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only members of this committee, or of this organisation of one.")] organisation_id: Option<Gid<OrganisationId>>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Member>, ApiError> {
        store::members(ctx.data_unchecked::<Cx>(), organisation_id.map(|id| id.0), first, after.as_deref()).await
    }

    /// Venues that are open, in the subtree of a division.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn venues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Only of this kind.")] kind: Option<VenueKind>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Venue>, ApiError> {
        store::venues(ctx.data_unchecked::<Cx>(), division_code.as_deref(), kind, first, after.as_deref()).await
    }

    /// Organisations of a committee, by kind and name: a small closed set.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] committee_id: Gid<OrganisationId>,
        #[graphql(desc = "Only of this kind.")] kind: Option<OrganisationKind>,
    ) -> Result<Vec<Organisation>, ApiError> {
        store::organisations(ctx.data_unchecked::<Cx>(), committee_id.0, kind).await
    }

    /// Appointments that wait for a second person, for those who may confirm them. `FORBIDDEN` for everybody else.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn appointments_to_confirm(&self, ctx: &Context<'_>) -> Result<Vec<Appointment>, ApiError> {
        confirm_appointment::waiting(ctx.data_unchecked::<Cx>()).await
    }
}

/// Appointments.
#[derive(Default)]
pub struct OrganisationMutation;

#[Object]
impl OrganisationMutation {
    /// Appoints a person. For staff of member affairs and the chair, within their committee, never to themselves. A chair, a
    /// member of staff or an auditor waits for a second person (`confirmAppointment`). The person is told.
    #[graphql(complexity = "30 + child_complexity")]
    async fn grant_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to what.")] input: GrantAppointmentInput,
    ) -> Result<AppointmentResult, ApiError> {
        grant_appointment::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Confirms an appointment that another person granted.
    #[graphql(complexity = "30 + child_complexity")]
    async fn confirm_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ConfirmAppointmentInput,
    ) -> Result<AppointmentResult, ApiError> {
        confirm_appointment::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Ends an appointment now, by those who may grant it or by its holder; answers the duties left open, to be taken over
    /// by somebody else. The person is told.
    #[graphql(complexity = "30 + child_complexity")]
    async fn end_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: EndAppointmentInput,
    ) -> Result<EndAppointmentResult, ApiError> {
        end_appointment::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
