//! Campaigns (征集): what a committee asks its residents about, where and how long, and what became of every topic it brought.
//!
//! Words: a campaign *asks* in its divisions, each with its whole subtree; it is *open* from `opensAt` until `closesAt` or
//! until somebody closes it; the *default* one takes the topics of its committee that name none. Invariants, held by the
//! database: one standing default per committee; a topic begins only in an open campaign of its own committee and never
//! goes over to another; where a campaign asks is never changed.

mod close;
mod lists;
mod loaders;
mod model;
mod open;
mod refusal;
mod store;

use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use close::CloseCampaignInput;
pub use loaders::Loaders;
pub use model::{Campaign, CampaignOutcome};
pub use open::OpenCampaignInput;
pub use refusal::{CampaignPayload, CampaignRefusalReason, CampaignRefused, CampaignResult};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::{CampaignId, OrganisationId};

/// What a campaign asks of a topic that is to be raised in it.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The campaign.
    pub id: CampaignId,
    /// Most characters of a title.
    pub title_limit: usize,
    /// Most characters of a text.
    pub text_limit: usize,
    /// How far the author must have shown who they are.
    pub level: VerificationLevel,
    /// Whether it takes topics now.
    pub open: bool,
}

/// The campaign that a new topic of a committee belongs to: the one wanted, open or not (`NOT_FOUND`; `BAD_INPUT` where it
/// does not ask there), else the committee's default one while that is open. One statement.
pub async fn for_topic(cx: &Cx, committee: OrganisationId, division_code: &str, wanted: Option<CampaignId>) -> Result<Option<Chosen>, ApiError> {
    let Some(wanted) = wanted else {
        let standing = store::default_of(cx, committee).await?;
        return Ok(standing.map(|row| model::chosen(&row, cx.now())).filter(|chosen| chosen.open));
    };
    let (row, codes) = store::with_divisions(cx.read(), wanted).await?.ok_or_else(none_such)?;
    if row.committee_id != committee || !codes.iter().any(|code| division_code.starts_with(code.as_str())) {
        return Err(ApiError::bad_input(
            "campaignId",
            say(
                "这次征集不面向所选地区，请换一个征集，或不选征集直接提出。",
                "This campaign does not ask in the chosen division; please choose another one, or none.",
            ),
        ));
    }
    Ok(Some(model::chosen(&row, cx.now())))
}

/// The campaign of that id, read together with the others the request asks for.
pub async fn load(ctx: &Context<'_>, id: CampaignId) -> Result<Option<Campaign>, ApiError> {
    loaders::of(ctx).campaign(id).await
}

fn none_such() -> ApiError {
    ApiError::not_found("这次征集", "This campaign")
}

/// Reading campaigns.
#[derive(Default)]
pub struct CampaignsQuery;

#[Object]
impl CampaignsQuery {
    /// Campaigns, the newest first; without arguments all of them, open or not. Public. `BAD_INPUT` for what is no code.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that ask in this division, somewhere under it, or all around it.")] division_code: Option<String>,
        #[graphql(desc = "Whether they take topics now; all when left out.")] open: Option<bool>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Campaign>, ApiError> {
        lists::all(ctx.data_unchecked::<Cx>(), division_code.as_deref(), open, first, after.as_deref()).await
    }

    /// A campaign, open or not. Null where there is none; `BAD_INPUT` for what is no campaign's id. Public.
    async fn campaign(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: Gid<CampaignId>) -> Result<Option<Campaign>, ApiError> {
        load(ctx, id.0).await
    }
}

/// Keeping campaigns.
#[derive(Default)]
pub struct CampaignsMutation;

#[Object]
impl CampaignsMutation {
    /// Opens a campaign, at once or from a moment to come. For the general desk of the committee; liaison officers open
    /// campaigns in their own street. Refused: `DEFAULT_EXISTS`, `NO_COMMITTEE_HERE`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn open_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked, where and how long.")] input: OpenCampaignInput,
    ) -> Result<CampaignResult, ApiError> {
        open::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Closes a campaign before its time, or one that has none; the topics it brought go on. One whose time is over may be
    /// closed too. For those who may open it. Refused: `ALREADY_CLOSED`.
    #[graphql(complexity = "30 + child_complexity")]
    async fn close_campaign(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: CloseCampaignInput) -> Result<CampaignResult, ApiError> {
        close::run(ctx.data_unchecked::<Cx>(), input).await
    }
}
