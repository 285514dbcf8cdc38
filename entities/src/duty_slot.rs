use crate::*;
use sea_orm::entity::prelude::*;

/// Where a duty slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SlotState {
    /// 已排: a member has it.
    Assigned,
    /// 待补: declined, or nobody was free; the convenor finds somebody.
    Vacant,
    /// 已退回: the studio closed before it.
    HandedBack,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_slots")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutySlotId,
    pub occasion_id: OccasionId,
    pub venue_id: VenueId,
    pub member_id: Option<MemberId>,
    pub account_id: Option<AccountId>,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub state: SlotState,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
