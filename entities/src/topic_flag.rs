use crate::*;
use sea_orm::entity::prelude::*;

/// What is wrong with a public topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlagReason {
    /// 泄露个人信息.
    PersonalData,
    /// 辱骂攻击.
    Abusive,
    /// 内容不实.
    False,
    /// 广告灌水.
    Spam,
    /// 其他.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_flags")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicFlagId,
    pub topic_id: TopicId,
    pub account_id: AccountId,
    pub why: FlagReason,
    pub note_enc: Option<Vec<u8>>,
    pub at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
