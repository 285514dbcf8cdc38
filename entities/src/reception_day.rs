use crate::*;
use sea_orm::entity::prelude::*;

/// Who receives whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReceptionKind {
    /// 委员接待日: members receive residents. Public.
    MembersReceiveResidents,
    /// 领导接待委员日: leaders receive members of their committee. For the internal side.
    LeadersReceiveMembers,
}

/// How far a reception day has come, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayStage {
    Planned,
    Published,
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceptionDayId,
    pub committee_id: OrganisationId,
    pub kind: ReceptionKind,
    pub venue_id: VenueId,
    pub division_code: String,
    pub day: String,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub state: DayStage,
    pub version: i64,
    pub theme: Option<String>,
    pub opens_at: Option<Timestamp>,
    pub level: account::VerificationLevel,
    pub occasion_id: OccasionId,
    pub duty_occasion_id: Option<OccasionId>,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    pub cancel_reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
