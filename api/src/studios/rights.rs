//! Who may do what at a studio: pure rules on plain values.
use crate::kernel::viewer::{Appointment, Viewer};
use crate::kernel::{ApiError, say};
use sea_orm::ActiveEnum;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::{OrganisationId, VenueId, venue};

/// The role by which the viewer opens, changes and closes the studio: the desk of its division, or member affairs.
pub fn keeps(viewer: &Viewer, venue: &venue::Model) -> Option<String> {
    keeper(viewer, venue.committee_id, &venue.division_code).map(|held| held.role.to_value())
}

fn keeper<'a>(viewer: &'a Viewer, committee: OrganisationId, division: &str) -> Option<&'a Appointment> {
    viewer.desk_of(committee, division).or_else(|| viewer.staff(committee, Desk::MemberAffairs))
}

/// The appointment by which the viewer runs a studio: what they leave there lives as long.
pub fn by_appointment<'a>(viewer: &'a Viewer, studio: VenueId, committee: OrganisationId, division: &str) -> Option<&'a Appointment> {
    let convenor = viewer.appointments.iter().find(|held| held.role == Role::StudioConvenor && held.venue_id == Some(studio));
    convenor.or_else(|| keeper(viewer, committee, division))
}

/// The role by which the viewer runs the studio from day to day: its convenor, or whoever keeps it.
pub fn runs(viewer: &Viewer, venue: &venue::Model) -> Option<String> {
    by_appointment(viewer, venue.id, venue.committee_id, &venue.division_code).map(|held| held.role.to_value())
}

/// Whether the viewer may see what happens in the studio: the internal side of its committee, but for units and auditors.
pub fn sees(viewer: &Viewer, venue: &venue::Model) -> bool {
    let inside =
        |role| matches!(role, Role::Member | Role::StudioConvenor | Role::LiaisonOfficer | Role::CommitteeStaff | Role::Chair | Role::OrgConvenor);
    viewer.appointments.iter().any(|held| {
        let unit = held.role == Role::LiaisonOfficer && held.street().is_none();
        held.committee_id == venue.committee_id && inside(held.role) && !unit
    })
}

/// Nobody but those who run the studio.
pub fn not_yours() -> ApiError {
    ApiError::forbidden(say("这一步由工作室召集人或负责的联络员办理。", "This is for the studio's convenor or the liaison officer in charge."))
}
