use crate::*;
use sea_orm::entity::prelude::*;

/// How it is known that somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttendanceHow {
    /// 扫码签到: by the code at the door.
    Code,
    /// 会议记录人登记.
    Secretary,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation_attendance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sitting_id: SittingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub participant_id: ParticipantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub present: bool,
    pub how: AttendanceHow,
    pub at: Timestamp,
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
