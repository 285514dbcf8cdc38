use super::{Campaign, store};
use crate::kernel::{ApiError, Cx, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use shangyi_entities::{CampaignId, OrganisationId};

/// Why a write on a campaign was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum CampaignRefusalReason {
    /// The committee has a default campaign that nobody has closed: close it first. `campaign` is that one.
    DefaultExists,
    /// No committee covers one of the divisions yet.
    NoCommitteeHere,
    /// Somebody has closed the campaign. `campaign` says when.
    AlreadyClosed,
}

/// A write on a campaign was refused by the rules.
#[derive(SimpleObject)]
pub struct CampaignRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: CampaignRefusalReason,
    /// `DEFAULT_EXISTS`: the campaign to close first. `ALREADY_CLOSED`: the campaign as it is now. Null otherwise.
    pub campaign: Option<Campaign>,
}

/// The campaign as it is now.
#[derive(SimpleObject)]
pub struct CampaignPayload {
    /// The campaign.
    pub campaign: Campaign,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The campaign, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum CampaignResult {
    /// Done.
    Done(CampaignPayload),
    /// Refused.
    Refused(CampaignRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// This committee has a default campaign.
    DefaultExists(OrganisationId),
    /// No committee covers a division.
    NoCommitteeHere,
    /// This campaign is closed.
    AlreadyClosed(CampaignId),
}

impl Refuse {
    async fn say(self, cx: &Cx) -> Result<CampaignRefused, ApiError> {
        use CampaignRefusalReason as R;
        let (reason, code, text) = match self {
            Self::DefaultExists(_) => (
                R::DefaultExists,
                "DEFAULT_EXISTS",
                say(
                    "本委员会已有一个常设征集，请先结束它（到期的也要结束），再开设新的。",
                    "The committee has a default campaign; please close that one first, even if its time is over.",
                ),
            ),
            Self::NoCommitteeHere => (
                R::NoCommitteeHere,
                "NO_COMMITTEE_HERE",
                say("所选地区中有的还没有开通，请去掉后再提交。", "No committee is open yet in one of these divisions; please leave it out."),
            ),
            Self::AlreadyClosed(_) => (
                R::AlreadyClosed,
                "ALREADY_CLOSED",
                say(
                    "这次征集已经结束，收到的议题照常办理，无需再操作。",
                    "This campaign has been closed already; its topics go on, and nothing is left to do.",
                ),
            ),
        };
        let row = match self {
            Self::DefaultExists(committee) => store::default_of(cx, committee).await?,
            Self::NoCommitteeHere => None,
            Self::AlreadyClosed(id) => store::by_ids(cx, &[id]).await?.pop(),
        };
        Ok(CampaignRefused { code: code.to_owned(), message: cx.tell(&text), reason, campaign: row.map(Campaign) })
    }
}

/// The payload or the refusal of a write on a campaign.
pub(super) async fn finish(cx: &Cx, done: Result<(CampaignId, bool), Stop<Refuse>>) -> Result<CampaignResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let row = store::by_ids(cx, &[id]).await?.pop().ok_or_else(super::none_such)?;
            Ok(CampaignResult::Done(CampaignPayload { campaign: Campaign(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(CampaignResult::Refused(refuse.say(cx).await?)),
        Err(Stop::Failed(error)) => Err(error),
    }
}
