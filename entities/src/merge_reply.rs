use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merge_replies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MergeReplyId,
    pub merge_id: TopicMergeId,
    pub account_id: AccountId,
    pub carry: bool,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
