use crate::*;
use sea_orm::entity::prelude::*;

/// How a conflict of check-ins is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Settlement {
    /// 保留: the entry in question stands.
    Keep,
    /// 作废: the entry in question does not count.
    Void,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in_settlements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conflict_id: CheckInConflictId,
    pub account_id: AccountId,
    pub day_begins: Timestamp,
    pub decision: Settlement,
    pub at: Timestamp,
    pub decided_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
