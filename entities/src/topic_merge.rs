use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_merges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicMergeId,
    pub topic_id: TopicId,
    pub canonical_id: TopicId,
    pub from_version: i64,
    pub until_version: Option<i64>,
    pub reason: String,
    pub at: Timestamp,
    pub role: String,
    pub account_id: AccountId,
    pub ended_at: Option<Timestamp>,
    pub ended_role: Option<String>,
    pub ended_reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
