use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "year_plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: YearPlanId,
    pub committee_id: OrganisationId,
    pub year: i64,
    pub version: i64,
    pub comments_until: Timestamp,
    pub drafted_at: Timestamp,
    pub drafted_by: AccountId,
    pub approved_version: Option<i64>,
    pub approved_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
