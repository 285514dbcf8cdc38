use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a reception day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReceptionDayEventKind {
    /// 列入计划.
    Planned,
    /// 发布.
    Published,
    /// 调整: venue, time, places or conditions.
    Changed,
    /// 更换接待委员.
    MemberReplaced,
    /// 取消.
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_day_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day_id: ReceptionDayId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: Uuid,
    pub at: Timestamp,
    pub what: ReceptionDayEventKind,
    pub role: String,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
