use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_supports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicSupportId,
    pub topic_id: TopicId,
    pub account_id: AccountId,
    pub supported_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    pub declined: bool,
}

impl ActiveModelBehavior for ActiveModel {}
