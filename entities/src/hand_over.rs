use crate::*;
use sea_orm::entity::prelude::*;

/// What is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandOverSubject {
    /// 议题.
    Topic,
    /// 接待记录.
    ReceptionRecord,
    /// 议定事项.
    AgreedItem,
}

/// Where a hand-over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HandOverState {
    /// 已转办: waits for the unit.
    Given,
    /// 已接收: the unit works on it.
    Accepted,
    /// 已退回 by the unit, with a reason.
    Returned,
    /// 已答复.
    Replied,
    /// 已收回 by the desk, which answered itself.
    Recalled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_overs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HandOverId,
    pub committee_id: OrganisationId,
    pub subject_kind: HandOverSubject,
    pub subject_id: Uuid,
    pub division_code: String,
    pub unit_id: OrganisationId,
    pub state: HandOverState,
    pub version: i64,
    pub task: String,
    pub given_at: Timestamp,
    pub given_by: AccountId,
    pub due_at: Option<Timestamp>,
    pub extended: bool,
    pub reply: Option<String>,
    pub ended_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
