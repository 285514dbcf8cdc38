use crate::*;
use sea_orm::entity::prelude::*;

/// From what somebody's party follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipantBasis {
    /// 受邀.
    Invited,
    /// 议题提出人: raised the topic it comes of.
    Authorship,
    /// 议题支持人: backed it.
    Backing,
    /// 本地居民: at home where it is about.
    Place,
    /// 自行报名.
    Asked,
    /// 现场参加.
    Door,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ParticipantId,
    pub consultation_id: ConsultationId,
    pub party: programme_version::Party,
    pub basis: ParticipantBasis,
    pub account_id: Option<AccountId>,
    pub caller_id: Option<CallerId>,
    pub unit_id: Option<OrganisationId>,
    pub member_id: Option<MemberId>,
    pub at: Timestamp,
    pub added_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
