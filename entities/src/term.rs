use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TermId,
    pub committee_id: OrganisationId,
    pub number: i64,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
