use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_moves")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_state: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub to_state: String,
}

impl ActiveModelBehavior for ActiveModel {}
