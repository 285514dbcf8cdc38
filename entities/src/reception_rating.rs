use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_ratings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceptionRatingId,
    pub record_id: ReceptionRecordId,
    pub account_id: AccountId,
    pub stars: i64,
    pub comment_enc: Option<Vec<u8>>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
