use crate::*;
use sea_orm::entity::prelude::*;

/// How far a person has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationLevel {
    /// 手机验证: holds the phone.
    Phone,
    /// 实名: an officer has checked the name.
    RealName,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub phone_hash: Option<Vec<u8>>,
    pub phone_enc: Option<Vec<u8>>,
    pub name_enc: Option<Vec<u8>>,
    pub contact_enc: Option<Vec<u8>>,
    pub home_division: Option<String>,
    pub level: VerificationLevel,
    pub created_at: Timestamp,
    pub first_signed_in_at: Option<Timestamp>,
    pub erased_at: Option<Timestamp>,
    pub no_sms: bool,
}

impl ActiveModelBehavior for ActiveModel {}
