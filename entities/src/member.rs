use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberId,
    pub account_id: AccountId,
    pub committee_id: OrganisationId,
    pub term_id: TermId,
    pub number: String,
    pub name_enc: Vec<u8>,
    pub standing: bool,
    pub from_at: Timestamp,
    pub until_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
