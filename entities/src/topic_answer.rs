use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicAnswerId,
    pub topic_id: TopicId,
    pub body: String,
    pub at: Timestamp,
    pub answered_by: Option<AccountId>,
    pub imported: bool,
    pub hand_over_id: Option<HandOverId>,
    pub unit_id: Option<OrganisationId>,
}

impl ActiveModelBehavior for ActiveModel {}
