use crate::*;
use sea_orm::entity::prelude::*;

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingState {
    /// 已预约.
    Booked,
    /// 已到场.
    CheckedIn,
    /// 已接待: with its record.
    Served,
    /// 已离开: came and left before being received.
    Left,
    /// 已取消: by the person, by the desk, with its day, with the person's erasure, or since a new time was left unanswered.
    Cancelled,
    /// 未到; costs nothing.
    NoShow,
    /// 改期待确认: the time moved. The place is kept until the slot ends, then the booking is CANCELLED; whoever comes has accepted.
    MoveProposed,
    /// 候补.
    Waitlisted,
    /// 名额待接受: a place is held for the person until `offerExpiresAt`.
    Offered,
    /// 已放弃名额.
    Declined,
    /// 名额已过期; may join the waiting list again, as the last.
    Expired,
    /// 候补结束: the slot began, with no place or with one that was kept until then; there is nothing to wait for again.
    Lapsed,
}

/// How the person came to book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingChannel {
    /// 线上.
    Online,
    /// 来电: an officer entered it.
    Phone,
    /// 现场: came without a booking.
    WalkIn,
}

/// What a matter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatterCategory {
    /// 住房与物业.
    Housing,
    /// 城建与交通.
    CityAndTraffic,
    /// 生态环境.
    Environment,
    /// 教育.
    Education,
    /// 医疗卫生.
    Health,
    /// 就业与社会保障.
    WorkAndWelfare,
    /// 养老助残托幼.
    Care,
    /// 公共安全.
    Safety,
    /// 营商环境.
    Business,
    /// 农业农村.
    Countryside,
    /// 文化体育.
    CultureAndSport,
    /// 委员履职.
    MemberDuty,
    /// 其他.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bookings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BookingId,
    pub committee_id: OrganisationId,
    pub day_id: ReceptionDayId,
    pub slot_id: ReceptionSlotId,
    pub day: String,
    pub person_key: Vec<u8>,
    pub subject_id: Uuid,
    pub account_id: Option<AccountId>,
    pub caller_id: Option<CallerId>,
    pub entered_by: Option<AccountId>,
    pub channel: BookingChannel,
    pub state: BookingState,
    pub version: i64,
    pub number: Option<i64>,
    pub category: MatterCategory,
    pub matter_enc: Option<Vec<u8>>,
    pub heads: i64,
    pub no_sms: bool,
    pub booked_at: Timestamp,
    pub changed_at: Timestamp,
    pub offer_expires_at: Option<Timestamp>,
    pub passed_over_at: Option<Timestamp>,
    pub asked_to_move_at: Option<Timestamp>,
    pub remind_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
