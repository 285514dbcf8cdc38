use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitId,
    pub account_id: AccountId,
    pub member_id: MemberId,
    pub venue_id: VenueId,
    pub slot_id: Option<DutySlotId>,
    pub how: check_in_fact::EntryWay,
    pub offline: bool,
    pub fence: Option<check_in_fact::FenceAnswer>,
    pub in_at: Timestamp,
    pub out_at: Option<Timestamp>,
    pub ends_by: Timestamp,
    pub waits: bool,
    pub residents: Option<i64>,
    pub matters: Option<i64>,
    pub log_fact_id: Option<CheckInFactId>,
    pub confirmed_at: Option<Timestamp>,
    pub log_asked: bool,
}

impl ActiveModelBehavior for ActiveModel {}
