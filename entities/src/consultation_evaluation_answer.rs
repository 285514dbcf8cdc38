use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_evaluation_answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_id: EvaluationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub stars: i64,
}

impl ActiveModelBehavior for ActiveModel {}
