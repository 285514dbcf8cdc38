use crate::*;
use sea_orm::entity::prelude::*;

/// What happened to a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingEventKind {
    /// 预约.
    Booked,
    /// 现场登记.
    WalkedIn,
    /// 候补.
    JoinedWaitingList,
    /// 名额空出，待接受.
    Offered,
    /// 有名额空出，因当日已有预约而未保留.
    PassedOver,
    /// 接受名额.
    OfferAccepted,
    /// 放弃名额.
    OfferDeclined,
    /// 名额过期.
    OfferExpired,
    /// 候补结束: the slot began.
    Lapsed,
    /// 改期，待确认.
    MoveProposed,
    /// 接受改期.
    MoveAccepted,
    /// 未在新时间前确认.
    MoveUnanswered,
    /// 取消.
    Cancelled,
    /// 改约其他时段: the booking of the other slot is another one.
    SlotChanged,
    /// 接待日取消.
    DayCancelled,
    /// 注销: the person has erased themself.
    PersonErased,
    /// 到场.
    CheckedIn,
    /// 未到.
    NoShow,
    /// 离开.
    Left,
    /// 接待完成.
    Served,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "booking_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub booking_id: BookingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: BookingEventId,
    pub slot_id: ReceptionSlotId,
    pub seq: i64,
    pub at: Timestamp,
    pub what: BookingEventKind,
    pub to_state: booking::BookingState,
    pub number: Option<i64>,
    pub taken: i64,
    pub capacity: i64,
    pub role: String,
    pub account_id: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
