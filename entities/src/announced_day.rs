use sea_orm::entity::prelude::*;

/// What the State Council announced a day to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayKind {
    /// 放假: a day off, whatever weekday it is.
    Holiday,
    /// 调休上班: a make-up workday.
    Workday,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "announced_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    pub kind: DayKind,
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
