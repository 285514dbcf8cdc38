use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    pub committee_id: OrganisationId,
    pub name: String,
    pub theme: String,
    pub opens_at: Timestamp,
    pub closes_at: Option<Timestamp>,
    pub title_limit: i64,
    pub text_limit: i64,
    pub level: account::VerificationLevel,
    pub is_default: bool,
    pub opened_by: AccountId,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
