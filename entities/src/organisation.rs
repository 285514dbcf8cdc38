use crate::*;
use sea_orm::entity::prelude::*;

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationKind {
    /// 政协委员会: the committee itself.
    Committee,
    /// 专门委员会.
    SpecialCommittee,
    /// 机关办公室.
    Office,
    /// 界别.
    Sector,
    /// 界别联组: several sectors together.
    SectorGroup,
    /// 镇街联络委: the committee's arm in a township or street.
    LiaisonCommittee,
    /// 片区: a cluster of a liaison committee's members.
    Cluster,
    /// 协商议事会.
    Council,
    /// 参加单位: a party or people's organisation.
    ParticipatingUnit,
    /// 承办单位: a unit that handles what is handed over.
    HandlingUnit,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    pub committee_id: OrganisationId,
    pub parent_id: Option<OrganisationId>,
    pub kind: OrganisationKind,
    pub name: String,
    pub division_code: Option<String>,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
