use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_sitting_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sitting_id: SittingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub at: Timestamp,
    pub state: consultation_sitting::SittingState,
    pub hall_id: VenueId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub convenor_id: MemberId,
    pub capacity: i64,
}

impl ActiveModelBehavior for ActiveModel {}
