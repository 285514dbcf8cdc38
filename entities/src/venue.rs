use crate::*;
use sea_orm::entity::prelude::*;

/// What a venue is for (一室一厅一站 and relatives).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VenueKind {
    /// 委员工作室.
    MemberStudio,
    /// 协商议事厅/室.
    ConsultationHall,
    /// 委员工作站.
    LiaisonStation,
    /// 委员会客厅.
    MemberParlour,
    /// 联系点.
    OpinionLinkPoint,
}

/// The datum of a fence's centre: Chinese maps shift positions (GCJ-02), satellites do not (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Datum {
    /// GCJ-02, what Chinese map services show.
    #[sea_orm(string_value = "GCJ02")]
    #[graphql(name = "GCJ02")]
    Gcj02,
    /// WGS 84, what a phone's receiver gives.
    #[sea_orm(string_value = "WGS84")]
    #[graphql(name = "WGS84")]
    Wgs84,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "venues")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VenueId,
    pub committee_id: OrganisationId,
    pub kind: VenueKind,
    pub name: String,
    pub division_code: String,
    pub place_id: Option<PlaceId>,
    pub address: String,
    pub theme: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub radius_metres: Option<i64>,
    pub datum: Option<Datum>,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
