use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "studio_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StudioDeviceId,
    pub venue_id: VenueId,
    pub name: String,
    pub token_hash: Vec<u8>,
    pub appointment_id: AppointmentId,
    pub bound_at: Timestamp,
    pub unbound_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
