use crate::*;
use sea_orm::entity::prelude::*;

/// Whether a committee holds a consultation together with the one it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CoHostState {
    /// 已邀请联合主办.
    Asked,
    /// 同意联合主办: its halls and members count.
    Agreed,
    /// 不参加.
    Declined,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_co_hosts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: ConsultationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub committee_id: OrganisationId,
    pub state: CoHostState,
    pub answered_at: Option<Timestamp>,
    pub answered_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
