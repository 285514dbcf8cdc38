use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "minutes_signatures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub minutes_id: MinutesId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    pub convenor: bool,
    pub objects: bool,
    pub note_enc: Option<Vec<u8>>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
