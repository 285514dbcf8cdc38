use crate::*;
use sea_orm::entity::prelude::*;

/// What came of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReceptionRecordState {
    /// 当场答复, or answered by the desk later.
    Answered,
    /// 已转办: a unit is to reply within 3 working days.
    HandedOver,
    /// 承办单位退回: the desk answers or hands it over anew.
    Returned,
    /// 承办单位已答复.
    Replied,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reception_records")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceptionRecordId,
    pub booking_id: BookingId,
    pub day_id: ReceptionDayId,
    pub committee_id: OrganisationId,
    pub division_code: String,
    pub class: booking::MatterCategory,
    pub state: ReceptionRecordState,
    pub version: i64,
    pub summary_enc: Option<Vec<u8>>,
    pub answer_enc: Option<Vec<u8>>,
    pub recorded_by: AccountId,
    pub at: Timestamp,
    pub changed_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
