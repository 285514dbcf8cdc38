use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_topics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: ReceptionRecordId,
    pub topic_id: TopicId,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
