use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_divisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: CampaignId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub division_code: String,
}

impl ActiveModelBehavior for ActiveModel {}
