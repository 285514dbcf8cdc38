//! Who may appoint whom to what: pure rules on plain values. Source: domain, "Who and where".
use crate::kernel::viewer::Viewer;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::{OrganisationId, VenueId};

/// What a new appointment is to be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A committee or one of its organisations.
    Organisation {
        /// Its id.
        id: OrganisationId,
        /// What it is.
        kind: OrganisationKind,
        /// The committee it belongs to.
        committee: OrganisationId,
    },
    /// A venue.
    Venue {
        /// Its id.
        id: VenueId,
        /// The committee it belongs to.
        committee: OrganisationId,
    },
}

impl Scope {
    /// The committee it belongs to.
    pub fn committee(self) -> OrganisationId {
        match self {
            Self::Organisation { committee, .. } | Self::Venue { committee, .. } => committee,
        }
    }
}

/// Whether a role can be held for such a scope.
pub(super) fn fits(role: Role, desk: Option<Desk>, scope: Scope) -> bool {
    if (role == Role::CommitteeStaff) != desk.is_some() {
        return false;
    }
    use OrganisationKind as K;
    match (role, scope) {
        (Role::StudioConvenor, Scope::Venue { .. }) => true,
        (Role::StudioConvenor, _) | (_, Scope::Venue { .. }) => false,
        (Role::LiaisonOfficer, Scope::Organisation { kind, .. }) => matches!(kind, K::LiaisonCommittee | K::ParticipatingUnit | K::HandlingUnit),
        (Role::Member | Role::CommitteeStaff | Role::Chair | Role::Auditor | Role::Evaluator, Scope::Organisation { kind, .. }) => {
            kind == K::Committee
        }
        (Role::OrgConvenor, Scope::Organisation { kind, .. }) => !matches!(kind, K::Committee | K::HandlingUnit),
        (Role::HandlingUnit, Scope::Organisation { kind, .. }) => kind == K::HandlingUnit,
    }
}

/// Whether the operator named what a role wants: a desk for staff alone, an organisation for those who serve one.
pub fn fits_operator(role: Role, desk: Option<Desk>, organisation: bool) -> bool {
    let of_organisation = matches!(role, Role::LiaisonOfficer | Role::OrgConvenor | Role::HandlingUnit);
    (role == Role::CommitteeStaff) == desk.is_some() && of_organisation == organisation
}

/// Whether the viewer may grant and end appointments in that committee.
pub(super) fn may_grant(viewer: &Viewer, committee: OrganisationId) -> Option<&'static str> {
    if viewer.holds(committee, Role::Chair).is_some() {
        return Some("CHAIR");
    }
    viewer.staff(committee, Desk::MemberAffairs).map(|_| "COMMITTEE_STAFF")
}

/// Whether a second person must confirm it.
pub(super) fn needs_second_person(role: Role) -> bool {
    matches!(role, Role::Chair | Role::CommitteeStaff | Role::Auditor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::viewer::Appointment;
    use sea_orm::Iterable;
    use shangyi_entities::{AccountId, AppointmentId};
    use uuid::Uuid;

    const HERE: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const ELSEWHERE: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn viewer(role: Role, desk: Option<Desk>) -> Viewer {
        let appointment = Appointment {
            id: AppointmentId(Uuid::nil()),
            role,
            desk,
            committee_id: HERE,
            organisation_id: Some(HERE),
            venue_id: None,
            kind: Some(OrganisationKind::Committee),
            division_code: Some("990101".into()),
        };
        Viewer { account: AccountId(Uuid::nil()), appointments: vec![appointment] }
    }

    #[test]
    fn only_the_chair_and_member_affairs_grant_and_only_at_home() {
        for role in Role::iter() {
            let desks: Vec<Option<Desk>> = if role == Role::CommitteeStaff { Desk::iter().map(Some).collect() } else { vec![None] };
            for desk in desks {
                let expected = role == Role::Chair || desk == Some(Desk::MemberAffairs);
                assert_eq!(may_grant(&viewer(role, desk), HERE).is_some(), expected, "{role:?} {desk:?}");
                assert!(may_grant(&viewer(role, desk), ELSEWHERE).is_none(), "{role:?} {desk:?}");
            }
        }
    }

    #[test]
    fn every_role_fits_some_scope_and_staff_alone_have_desks() {
        let venue = Scope::Venue { id: VenueId(Uuid::nil()), committee: HERE };
        for role in Role::iter() {
            let scopes = OrganisationKind::iter().map(|kind| Scope::Organisation { id: HERE, kind, committee: HERE }).chain([venue]);
            let desk = (role == Role::CommitteeStaff).then_some(Desk::General);
            let fitting = scopes.clone().filter(|scope| fits(role, desk, *scope)).count();
            assert!(fitting > 0, "{role:?}");
            let wrong = if desk.is_some() { None } else { Some(Desk::General) };
            assert_eq!(scopes.filter(|scope| fits(role, wrong, *scope)).count(), 0, "{role:?}");
        }
    }
}
