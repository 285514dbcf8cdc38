use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_confirmations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicConfirmationId,
    pub answer_id: TopicAnswerId,
    pub topic_id: TopicId,
    pub kept: bool,
    pub statement_enc: Option<Vec<u8>>,
    pub statement_subject: Option<Uuid>,
    pub entered_by: Option<AccountId>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
