use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a duty slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SlotEventKind {
    /// 发布.
    Published,
    /// 不能到岗: declined with a reason.
    Declined,
    /// 补派: given to a member.
    Assigned,
    /// 换班.
    Swapped,
    /// 退回: the studio closed.
    HandedBack,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_slot_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot_id: DutySlotId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: Uuid,
    pub at: Timestamp,
    pub what: SlotEventKind,
    pub by_account: AccountId,
    pub member_id: Option<MemberId>,
    pub note_enc: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
