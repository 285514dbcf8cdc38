use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    pub member_id: MemberId,
    pub organisation_id: OrganisationId,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
