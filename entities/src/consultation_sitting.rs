use crate::*;
use sea_orm::entity::prelude::*;

/// Where a sitting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SittingState {
    /// 已公告.
    Announced,
    /// 已开: it has begun.
    Held,
    /// 已退还场地: the consultation was postponed or cancelled; hall and people are free again.
    GivenBack,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_sittings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SittingId,
    pub consultation_id: ConsultationId,
    pub number: i64,
    pub hall_id: VenueId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub occasion_id: OccasionId,
    pub state: SittingState,
    pub version: i64,
    pub convenor_id: MemberId,
    pub convenor_account_id: AccountId,
    pub secretary_account_id: AccountId,
    pub capacity: i64,
    pub announced_at: Timestamp,
    pub changed_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
