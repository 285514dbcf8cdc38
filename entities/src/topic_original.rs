use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_originals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic_id: TopicId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub subject_id: Uuid,
    pub title_enc: Vec<u8>,
    pub body_enc: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
