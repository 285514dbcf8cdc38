use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merge_proposal_topics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub proposal_id: MergeProposalId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic_id: TopicId,
}

impl ActiveModelBehavior for ActiveModel {}
