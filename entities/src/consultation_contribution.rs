use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_contributions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContributionId,
    pub consultation_id: ConsultationId,
    pub sitting_id: SittingId,
    pub participant_id: ParticipantId,
    pub subject_id: Uuid,
    pub text_enc: Vec<u8>,
    pub at: Timestamp,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
