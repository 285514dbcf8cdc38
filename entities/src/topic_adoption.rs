use crate::*;
use sea_orm::entity::prelude::*;

/// What a topic was adopted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AdoptedAs {
    /// 协商: a consultation, which is public.
    Consultation,
    /// 转内部办理: taken up inside the committee; no more is said to the public.
    Inside,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_adoptions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicAdoptionId,
    pub topic_id: TopicId,
    pub what: AdoptedAs,
    pub reference: Option<String>,
    pub body: String,
    pub at: Timestamp,
    pub adopted_by: AccountId,
    pub result: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
    pub consultation_id: Option<ConsultationId>,
}

impl ActiveModelBehavior for ActiveModel {}
