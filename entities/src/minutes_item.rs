use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "minutes_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub minutes_id: MinutesId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub item_id: Option<AgreedItemId>,
    pub task: String,
    pub unit_id: Option<OrganisationId>,
    pub due_at: Option<Timestamp>,
    pub superseded: bool,
    pub touched: bool,
}

impl ActiveModelBehavior for ActiveModel {}
