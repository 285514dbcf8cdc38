use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    pub lane: String,
    pub subject_id: Uuid,
    pub payload: String,
    pub secret: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub attempts: i64,
    pub progress: Option<Uuid>,
    pub done_at: Option<Timestamp>,
    pub gave_up_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
