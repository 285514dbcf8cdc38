use crate::*;
use sea_orm::entity::prelude::*;

/// What people and rooms spend time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OccasionKind {
    /// 值班.
    DutySlot,
    /// 接待日.
    ReceptionDay,
    /// 协商会.
    Sitting,
    /// 活动.
    Activity,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "occasions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OccasionId,
    pub committee_id: OrganisationId,
    pub kind: OccasionKind,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub created_at: Timestamp,
    pub cancelled_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
