use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_over_ratings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HandOverRatingId,
    pub hand_over_id: HandOverId,
    pub account_id: AccountId,
    pub stars: i64,
    pub comment_enc: Option<Vec<u8>>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
