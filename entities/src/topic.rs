use crate::*;
use sea_orm::entity::prelude::*;

/// Who raised a topic; follows from the appointment used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TopicSource {
    /// 点题: party and government.
    PartyGov,
    /// 荐题: a member.
    Member,
    /// 出题: the public.
    Public,
}

/// Where a topic stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TopicState {
    /// 已提交: waits for the first look.
    Submitted,
    /// 待补充: the author was asked for more.
    NeedsMore,
    /// 已失效: what was asked for did not come in time; the author may supply it and go on.
    Lapsed,
    /// 已受理: public; neighbours can back it.
    Accepted,
    /// 拟采用: on the short list of what is to be adopted.
    Shortlisted,
    /// 已转办: a unit works on it.
    HandedOver,
    /// 已采用: became a consultation, or was taken up inside the committee.
    Adopted,
    /// 已答复.
    Answered,
    /// 已确认: every author says the answer was kept.
    Confirmed,
    /// 重新办理: an author says the answer was not kept.
    Reopened,
    /// 已办结: answered once more after its second reopening; both statements are shown.
    Settled,
    /// 已转交: belongs elsewhere; where is said.
    Redirected,
    /// 不予受理, with a reason.
    Rejected,
    /// 已撤回 by the author.
    Withdrawn,
}

/// Why a topic was redirected or rejected: a closed list. A duplicate is no reason: duplicates are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TopicReason {
    /// 个人事项: one person's own matter.
    PersonalMatter,
    /// 民事纠纷.
    CivilDispute,
    /// 涉诉: before a court.
    InLitigation,
    /// 投诉: a complaint about a service.
    Complaint,
    /// 检举控告.
    Accusation,
    /// 信访事项.
    Petition,
    /// 涉密.
    Classified,
    /// 一事一议: several matters in one.
    SeveralMatters,
    /// 超出协商范围.
    OutOfScope,
    /// 无法联系.
    NoContact,
    /// 辱骂攻击.
    Abusive,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "topics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicId,
    pub committee_id: Option<OrganisationId>,
    pub division_code: String,
    pub place_id: Option<PlaceId>,
    pub source: TopicSource,
    pub state: TopicState,
    pub version: i64,
    pub author_id: Option<AccountId>,
    pub caller_id: Option<CallerId>,
    pub entered_by: Option<AccountId>,
    pub imported_from: Option<String>,
    pub alias: String,
    pub title: Option<String>,
    pub body: Option<String>,
    pub support_count: i64,
    pub imported_support: i64,
    pub submitted_at: Timestamp,
    pub public_since: Option<Timestamp>,
    pub taken_down_at: Option<Timestamp>,
    pub reason: Option<TopicReason>,
    pub redirected_to: Option<String>,
    pub canonical_id: Option<TopicId>,
    pub merged_count: i64,
    pub voice_count: i64,
    pub reopened: i64,
    pub taken_by: Option<AccountId>,
    pub taken_at: Option<Timestamp>,
    pub ask_at: Option<Timestamp>,
    pub campaign_id: Option<CampaignId>,
    pub terms_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
