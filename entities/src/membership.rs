use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub member_id: MemberId,
    pub organisation_id: OrganisationId,
    pub head: bool,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
