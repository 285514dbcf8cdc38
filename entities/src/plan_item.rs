use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanItemId,
    pub plan_id: YearPlanId,
    pub programme_id: ProgrammeId,
    pub title: String,
    pub division_code: String,
    pub organiser_id: OrganisationId,
    pub quarter: i64,
    pub added_in: i64,
    pub dropped_in: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
