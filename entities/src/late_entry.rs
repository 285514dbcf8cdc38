use crate::*;
use sea_orm::entity::prelude::*;

/// What became of a late entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LateEntryDecision {
    /// 已批准.
    Approved,
    /// 未批准.
    Declined,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "late_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LateEntryId,
    pub account_id: AccountId,
    pub member_id: MemberId,
    pub venue_id: VenueId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub residents: Option<i64>,
    pub matters: Option<i64>,
    pub log_enc: Option<Vec<u8>>,
    pub reason_enc: Vec<u8>,
    pub asked_at: Timestamp,
    pub decision: Option<LateEntryDecision>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
