use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "chair_meetings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChairMeetingId,
    pub committee_id: OrganisationId,
    pub term_id: TermId,
    pub day: String,
    pub number: i64,
    pub at: Timestamp,
    pub role: String,
    pub recorded_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
