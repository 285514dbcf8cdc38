use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "studio_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StudioMemberId,
    pub venue_id: VenueId,
    pub member_id: MemberId,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
