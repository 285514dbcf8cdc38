use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log_confirmations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub fact_id: CheckInFactId,
    pub account_id: AccountId,
    pub at: Timestamp,
    pub confirmed_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
