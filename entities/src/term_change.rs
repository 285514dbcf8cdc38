use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "term_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TermChangeId,
    pub terms: Vec<u8>,
    pub step: i64,
}

impl ActiveModelBehavior for ActiveModel {}
