use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub phone_hash: Vec<u8>,
    pub request_id: Uuid,
    pub code_hash: Vec<u8>,
    pub tries: i64,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub hour_began_at: Timestamp,
    pub sent_in_hour: i64,
    pub used_by_request: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
