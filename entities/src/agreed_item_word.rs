use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreed_item_words")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: AgreedItemId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    pub kept: bool,
    pub reason_enc: Option<Vec<u8>>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
