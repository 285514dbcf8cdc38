use crate::*;
use sea_orm::entity::prelude::*;

/// Whose time is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubjectKind {
    /// 委员, by account.
    Member,
    /// 场所.
    Venue,
    /// 居民, by account or caller.
    Resident,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "occupancies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OccupancyId,
    pub occasion_id: OccasionId,
    pub subject_kind: SubjectKind,
    pub subject_id: Uuid,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub released_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
