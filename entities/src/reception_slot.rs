use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_slots")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceptionSlotId,
    pub day_id: ReceptionDayId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub capacity: i64,
    pub taken: i64,
    pub waiting: i64,
    pub last_number: i64,
    pub seq: i64,
}

impl ActiveModelBehavior for ActiveModel {}
