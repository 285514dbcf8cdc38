use crate::*;
use sea_orm::entity::prelude::*;

/// What the general desk decided at its second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SecondLookDecision {
    /// 改为受理: the topic is accepted after all.
    TakenUp,
    /// 维持原决定.
    Upheld,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "second_looks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic_id: TopicId,
    pub asked_at: Timestamp,
    pub statement_enc: Vec<u8>,
    pub statement_subject: Uuid,
    pub decision: Option<SecondLookDecision>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
