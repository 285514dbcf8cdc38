use crate::*;
use sea_orm::entity::prelude::*;

/// What cannot be true, or waits for somebody to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConflictKind {
    /// 同时在两处: the member was in two studios at once.
    TwoPlaces,
    /// 非值班时段: uploaded later, outside any slot of the member.
    OutsideSlot,
    /// 时间存疑: the phone's clocks cannot say when it was.
    ClockUnsure,
    /// 有签退无签到: a check-out without a check-in.
    OutWithoutIn,
    /// 本人有异议: the member objects to what staff entered.
    Objection,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in_conflicts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CheckInConflictId,
    pub kind: ConflictKind,
    pub account_id: AccountId,
    pub member_id: MemberId,
    pub venue_id: VenueId,
    pub fact_id: CheckInFactId,
    pub against_id: Option<CheckInFactId>,
    pub day_begins: Timestamp,
    pub at: Timestamp,
    pub decision: Option<check_in_settlement::Settlement>,
}

impl ActiveModelBehavior for ActiveModel {}
