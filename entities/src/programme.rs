use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "programmes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeId,
    pub committee_id: OrganisationId,
    pub name: String,
    pub number: i64,
    pub created_at: Timestamp,
    pub created_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
