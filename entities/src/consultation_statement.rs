use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_statements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StatementId,
    pub consultation_id: ConsultationId,
    pub number: i64,
    pub text: String,
    pub at: Timestamp,
    pub role: String,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
