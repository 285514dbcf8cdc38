use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "programme_questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: ProgrammeVersionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub text: String,
}

impl ActiveModelBehavior for ActiveModel {}
