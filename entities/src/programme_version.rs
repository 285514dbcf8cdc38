use crate::*;
use sea_orm::entity::prelude::*;

/// As what somebody takes part in a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Party {
    /// 委员.
    Member,
    /// 居民群众.
    Resident,
    /// 利益相关方: whom the matter concerns.
    Stakeholder,
    /// 职能部门: a unit that could act.
    Department,
    /// 村（社区）.
    Community,
    /// 专家.
    Expert,
    /// 旁听: listens, and does not vote.
    Observer,
}

/// Where consultations of a programme are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProgrammeLevel {
    /// 镇街级, with the communities, compounds and parks in it.
    Township,
    /// 区县级.
    County,
    /// 市级.
    City,
}

/// Who takes a proposal into the year's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SelectedBy {
    /// 主席会议.
    ChairMeeting,
    /// 镇街联络委, to which the chair's meeting has delegated it.
    LiaisonCommittee,
}

/// Who leads consultations of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LedBy {
    /// 委员: any member.
    Member,
    /// 主席、副主席或常委 alone.
    Leader,
}

/// For how long a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuotaPeriod {
    /// 每季度.
    Quarter,
    /// 每年.
    Year,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "programme_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeVersionId,
    pub programme_id: ProgrammeId,
    pub number: i64,
    pub name: String,
    pub level: ProgrammeLevel,
    pub selected_by: SelectedBy,
    pub led_by: LedBy,
    pub notice_days: i64,
    pub share_percent: i64,
    pub quota: Option<i64>,
    pub quota_period: Option<QuotaPeriod>,
    pub threshold_numerator: i64,
    pub threshold_denominator: i64,
    pub note: Option<String>,
    pub published_at: Timestamp,
    pub published_by: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
