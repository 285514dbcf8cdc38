use crate::*;
use sea_orm::entity::prelude::*;

/// What the general desk said to a proposal to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MergeDecision {
    /// 已合并.
    Merged,
    /// 不合并.
    Declined,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merge_proposals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MergeProposalId,
    pub committee_id: OrganisationId,
    pub canonical_id: TopicId,
    pub reason: String,
    pub proposed_at: Timestamp,
    pub proposed_by: AccountId,
    pub decision: Option<MergeDecision>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<AccountId>,
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
