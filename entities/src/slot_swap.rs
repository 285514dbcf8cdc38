use crate::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "slot_swaps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SlotSwapId,
    pub slot_id: DutySlotId,
    pub slot_version: i64,
    pub offered_by: AccountId,
    pub to_member_id: Option<MemberId>,
    pub in_return_slot_id: Option<DutySlotId>,
    pub offered_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub accepted_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
