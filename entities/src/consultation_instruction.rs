use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_instructions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InstructionId,
    pub consultation_id: ConsultationId,
    pub given_by: String,
    pub day: String,
    pub text: String,
    pub at: Timestamp,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
