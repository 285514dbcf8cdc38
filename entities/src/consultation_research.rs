use crate::*;
use sea_orm::entity::prelude::*;

/// How something was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResearchKind {
    /// 走访、实地察看.
    Visit,
    /// 座谈.
    Meeting,
    /// 问卷.
    Survey,
    /// 查阅资料.
    Documents,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_research")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResearchId,
    pub consultation_id: ConsultationId,
    pub kind: ResearchKind,
    pub day: String,
    pub text_enc: Vec<u8>,
    pub people: i64,
    pub at: Timestamp,
    pub role: String,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
