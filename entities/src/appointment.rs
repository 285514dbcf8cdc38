use crate::*;
use sea_orm::entity::prelude::*;

/// What an appointment makes of a person. A resident is whoever has signed in and needs no appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// 委员.
    Member,
    /// 工作室召集人.
    StudioConvenor,
    /// 联络员.
    LiaisonOfficer,
    /// 委员会工作人员, with a desk.
    CommitteeStaff,
    /// 主席/副主席.
    Chair,
    /// 界别、联组、专委会召集人.
    OrgConvenor,
    /// 承办单位.
    HandlingUnit,
    /// 评议人, for one consultation.
    Evaluator,
    /// 审计.
    Auditor,
}

/// The desk of a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Desk {
    /// 综合: also what lies above townships.
    General,
    /// 委员工作: members and appointments.
    MemberAffairs,
    /// 提案.
    Proposals,
    /// 社情民意.
    Opinions,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    pub account_id: AccountId,
    pub role: Role,
    pub desk: Option<Desk>,
    pub committee_id: OrganisationId,
    pub organisation_id: Option<OrganisationId>,
    pub venue_id: Option<VenueId>,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
    pub granted_at: Timestamp,
    pub granted_by: Option<AccountId>,
    pub confirmed_at: Option<Timestamp>,
    pub confirmed_by: Option<AccountId>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
