use super::errors::{ApiError, OrInternal};
use super::says::say;
use sea_orm::{ColumnTrait, Condition, DatabaseConnection, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef};
use shangyi_entities::appointment::{self, Desk, Role};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::{AccountId, AppointmentId, OrganisationId, Timestamp, VenueId, organisation};

/// An appointment in force, with the division its scope covers.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// What it makes of the person.
    pub role: Role,
    /// The desk, for staff.
    pub desk: Option<Desk>,
    /// The committee it belongs to.
    pub committee_id: OrganisationId,
    /// The organisation it is for.
    pub organisation_id: Option<OrganisationId>,
    /// The venue it is for.
    pub venue_id: Option<VenueId>,
    /// What that organisation is.
    pub kind: Option<OrganisationKind>,
    /// The division of that organisation: its whole subtree.
    pub division_code: Option<String>,
}

impl Appointment {
    /// The division a liaison officer answers for; officers of units answer for none.
    pub fn street(&self) -> Option<&str> {
        let of_street = self.role == Role::LiaisonOfficer && self.kind == Some(OrganisationKind::LiaisonCommittee);
        self.division_code.as_deref().filter(|_| of_street)
    }
}

/// The account that asks, with the appointments it holds at this moment.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account.
    pub account: AccountId,
    /// Its appointments in force.
    pub appointments: Vec<Appointment>,
}

/// The condition that an appointment is in force at `now`: granted, confirmed where needed, begun and not over.
pub fn in_force(now: Timestamp) -> Condition {
    use appointment::Column as C;
    Condition::all()
        .add(C::ConfirmedAt.is_not_null())
        .add(C::FromAt.lte(now))
        .add(Condition::any().add(C::UntilAt.is_null()).add(C::UntilAt.gt(now)))
        .add(C::EndedAt.is_null())
}

fn to_organisation() -> RelationDef {
    appointment::Entity::belongs_to(organisation::Entity).from(appointment::Column::OrganisationId).to(organisation::Column::Id).into()
}

impl Viewer {
    /// Reads the appointments of `account` in force at `now`: one statement.
    pub async fn load(db: &DatabaseConnection, account: AccountId, now: Timestamp) -> Result<Self, ApiError> {
        use appointment::Column as C;
        let appointments = appointment::Entity::find()
            .select_only()
            .columns([C::Id, C::Role, C::Desk, C::CommitteeId, C::OrganisationId, C::VenueId])
            .columns([organisation::Column::DivisionCode, organisation::Column::Kind])
            .join(JoinType::LeftJoin, to_organisation())
            .filter(C::AccountId.eq(account))
            .filter(in_force(now))
            // What has been closed gives no right any more.
            .filter(organisation::Column::ClosedAt.is_null())
            .into_model::<Appointment>()
            .all(db)
            .await
            .internal("reading appointments")?;
        Ok(Self { account, appointments })
    }

    /// The appointment by which this viewer answers for what lies in `division` of `committee`: its liaison officer,
    /// or the committee's general desk.
    pub fn desk_of(&self, committee: OrganisationId, division: &str) -> Option<&Appointment> {
        let officer =
            self.appointments.iter().find(|held| held.committee_id == committee && held.street().is_some_and(|own| division.starts_with(own)));
        officer.or_else(|| self.staff(committee, Desk::General))
    }

    /// Staff of the committee at that desk.
    pub fn staff(&self, committee: OrganisationId, desk: Desk) -> Option<&Appointment> {
        self.appointments.iter().find(|held| held.committee_id == committee && held.role == Role::CommitteeStaff && held.desk == Some(desk))
    }

    /// Holds that role in the committee.
    pub fn holds(&self, committee: OrganisationId, role: Role) -> Option<&Appointment> {
        self.appointments.iter().find(|held| held.committee_id == committee && held.role == role)
    }

    /// Of the internal side of the committee: a member, an officer, staff; not a unit, an evaluator or an auditor.
    pub fn is_internal(&self, committee: OrganisationId) -> bool {
        use Role::{Chair, CommitteeStaff, LiaisonOfficer, Member, OrgConvenor, StudioConvenor};
        let internal = [Chair, CommitteeStaff, LiaisonOfficer, Member, OrgConvenor, StudioConvenor];
        self.appointments.iter().any(|held| held.committee_id == committee && internal.contains(&held.role))
    }

    /// Answers for any place: a liaison officer of a division, or a general desk.
    pub fn has_desk(&self) -> bool {
        self.appointments.iter().any(|held| (held.street().is_some()) || held.desk == Some(Desk::General))
    }

    /// The appointment with that id, if it is this viewer's and in force.
    pub fn appointment(&self, id: AppointmentId) -> Result<&Appointment, ApiError> {
        self.appointments
            .iter()
            .find(|held| held.id == id)
            .ok_or_else(|| ApiError::forbidden(say("这项任职不是您的，或已不在任期内。", "This appointment is not yours, or no longer in force.")))
    }
}
