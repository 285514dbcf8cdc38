use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanCommentId,
    pub plan_id: YearPlanId,
    pub plan_version: i64,
    pub member_id: MemberId,
    pub account_id: AccountId,
    pub text_enc: Vec<u8>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
