use crate::*;
use sea_orm::entity::prelude::*;

/// Where an agreed item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreedItemState {
    /// 待承办: its unit has not answered.
    Open,
    /// 已接收.
    Accepted,
    /// 已退回: another unit is to be named.
    Returned,
    /// 办理中.
    InProgress,
    /// 已办结: those who asked say whether it is so.
    Done,
    /// 无法办理; ended once the liaison committee acknowledges it.
    Cannot,
    /// 已确认.
    Confirmed,
    /// 有异议: it goes on.
    Disputed,
    /// 未获回应, closed after 28 days.
    ClosedUnconfirmed,
    /// 已被纪要修订取代.
    Superseded,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreed_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgreedItemId,
    pub consultation_id: ConsultationId,
    pub committee_id: OrganisationId,
    pub division_code: String,
    pub number: i64,
    pub task: String,
    pub unit_id: OrganisationId,
    pub due_at: Timestamp,
    pub state: AgreedItemState,
    pub version: i64,
    pub opened_at: Timestamp,
    pub given_at: Option<Timestamp>,
    pub round: i64,
    pub done_at: Option<Timestamp>,
    pub evidence: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub changed_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
