use crate::*;
use sea_orm::entity::prelude::*;

/// What a named place under a division is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlaceKind {
    /// 园区: an industrial or office park.
    Park,
    /// 小区/院坝: a residential compound or courtyard.
    Compound,
    /// 商圈: a shopping district.
    District,
    /// 楼栋: one building.
    Building,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "places")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlaceId,
    pub division_code: String,
    pub kind: PlaceKind,
    pub name: String,
    pub created_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
