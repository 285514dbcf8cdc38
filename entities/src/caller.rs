use crate::*;
use sea_orm::entity::prelude::*;

/// How somebody without a phone reached the officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallerChannel {
    /// 来电: called.
    Phone,
    /// 来访: came in person.
    Visit,
    /// 来信: wrote a letter.
    Letter,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "callers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CallerId,
    pub contact_hash: Option<Vec<u8>>,
    pub name_enc: Option<Vec<u8>>,
    pub contact_enc: Option<Vec<u8>>,
    pub channel: CallerChannel,
    pub entered_by: AccountId,
    pub created_at: Timestamp,
    pub erased_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
