use crate::*;
use sea_orm::entity::prelude::*;

/// What somebody thinks of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VoteChoice {
    /// 赞成.
    Agree,
    /// 不赞成.
    Disagree,
    /// 略过.
    Pass,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_votes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VoteId,
    pub statement_id: StatementId,
    pub participant_id: ParticipantId,
    pub choice: VoteChoice,
    pub at: Timestamp,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
