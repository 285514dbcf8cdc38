use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FileTicketId,
    pub kind: String,
    pub subject_id: Uuid,
    pub detail: String,
    pub account_id: AccountId,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
