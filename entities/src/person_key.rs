use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    pub master_id: String,
    pub wrapped: Vec<u8>,
    pub created_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
