use crate::*;
use sea_orm::entity::prelude::*;

/// What a check-in entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckInKind {
    /// 签到.
    In,
    /// 签退.
    Out,
    /// 撤销: takes back an entry of the same person.
    Undo,
}

/// How an entry came. All count the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryWay {
    /// 扫码 or typed: from the member's own phone.
    Code,
    /// 代录: entered by convenor or officer.
    Staff,
    /// 补签: asked for afterwards and approved by another.
    LateEntry,
}

/// Whether the phone was inside the studio's fence. Where it was is never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FenceAnswer {
    /// 在围栏内.
    Inside,
    /// 在围栏外.
    Outside,
    /// 无法判断.
    Unknown,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "check_in_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CheckInFactId,
    pub account_id: AccountId,
    pub member_id: MemberId,
    pub venue_id: VenueId,
    pub what: CheckInKind,
    pub how: EntryWay,
    pub at: Timestamp,
    pub recorded_at: Timestamp,
    pub entered_by: AccountId,
    pub request_id: Uuid,
    pub part: i64,
    pub input_hash: Vec<u8>,
    pub of_request: Option<Uuid>,
    pub offline: bool,
    pub unsure: bool,
    pub fence: Option<FenceAnswer>,
    pub device: Option<Vec<u8>>,
    pub code_step: Option<i64>,
    pub origin: Option<Vec<u8>>,
    pub residents: Option<i64>,
    pub matters: Option<i64>,
    pub log_enc: Option<Vec<u8>>,
    pub reason_enc: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
