use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    pub at: Timestamp,
    pub account_id: Option<AccountId>,
    pub role: String,
    pub operation: String,
    pub target: String,
    pub committee_id: Option<OrganisationId>,
    pub digest_before: Option<Vec<u8>>,
    pub digest_after: Option<Vec<u8>>,
    pub request_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
