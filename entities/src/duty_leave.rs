use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_leaves")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyLeaveId,
    pub account_id: AccountId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub declared_at: Timestamp,
    pub cancelled_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
