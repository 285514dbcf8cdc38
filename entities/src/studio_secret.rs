use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "studio_secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub venue_id: VenueId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub secret_enc: Vec<u8>,
    pub from_at: Timestamp,
    pub made_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
