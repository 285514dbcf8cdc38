use super::{Chosen, loaders};
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Division, Organisation};
use crate::topics::{self, Topic};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::topic::TopicState;
use shangyi_entities::{CampaignId, Timestamp, campaign};

/// Whether a campaign takes topics at that moment; the same rule as the database's.
pub(super) fn is_open(row: &campaign::Model, now: Timestamp) -> bool {
    row.closed_at.is_none() && row.opens_at <= now && row.closes_at.is_none_or(|closes| closes > now)
}

/// What the campaign asks of a topic raised at that moment.
pub(super) fn chosen(row: &campaign::Model, now: Timestamp) -> Chosen {
    Chosen {
        id: row.id,
        title_limit: usize::try_from(row.title_limit).unwrap_or_default(),
        text_limit: usize::try_from(row.text_limit).unwrap_or_default(),
        level: row.level,
        open: is_open(row, now),
    }
}

/// A campaign.
#[derive(Clone)]
pub struct Campaign(pub(super) campaign::Model);

impl Campaign {
    /// Its id.
    pub fn campaign_id(&self) -> CampaignId {
        self.0.id
    }

    /// When it begins to take topics.
    pub fn began(&self) -> DateTime<Utc> {
        self.0.opens_at.utc()
    }
}

/// A campaign (征集): a committee asks for topics on a theme, in some divisions, for a time. Public. Its topics are read
/// campaign by campaign and cost so much that no page of usual length can ask for them.
#[Object]
impl Campaign {
    /// Its id.
    pub async fn id(&self) -> Gid<CampaignId> {
        Gid(self.0.id)
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What is asked, and why.
    async fn theme(&self) -> &str {
        &self.0.theme
    }

    /// The committee that asks.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.committee_id).await
    }

    /// The divisions in which it asks, by code, at most 50; each with its whole subtree.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn divisions(&self, ctx: &Context<'_>) -> Result<Vec<Division>, ApiError> {
        let codes = loaders::of(ctx).codes(self.0.id).await?;
        // All at once, so that they are read in one batch.
        let divisions = codes.into_iter().map(|code| async move { organisation::load_division(ctx, &code).await });
        Ok(futures_util::future::try_join_all(divisions).await?.into_iter().flatten().collect())
    }

    /// From when on it takes topics.
    async fn opens_at(&self) -> DateTime<Utc> {
        self.0.opens_at.utc()
    }

    /// Until when it takes topics, that moment not included; null: until it is closed.
    async fn closes_at(&self) -> Option<DateTime<Utc>> {
        self.0.closes_at.map(Timestamp::utc)
    }

    /// When somebody closed it; null while nobody has, though its time may be over.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at.map(Timestamp::utc)
    }

    /// Whether it takes topics now.
    async fn open(&self, ctx: &Context<'_>) -> bool {
        is_open(&self.0, ctx.data_unchecked::<Cx>().now())
    }

    /// Most characters of a topic's title.
    async fn title_limit(&self) -> i64 {
        self.0.title_limit
    }

    /// Most characters of a topic's text.
    async fn text_limit(&self) -> i64 {
        self.0.text_limit
    }

    /// How far authors must have shown who they are.
    async fn level(&self) -> VerificationLevel {
        self.0.level
    }

    /// Whether it takes the topics of its committee that name no campaign.
    async fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// Where its topics stand, as numbers only and the same for everybody: all of them, those that are not public too. A
    /// merged topic counts once, by its own state. States without a topic are left out.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn outcomes(&self, ctx: &Context<'_>) -> Result<Vec<CampaignOutcome>, ApiError> {
        let mut counted = loaders::of(ctx).outcomes(self.0.id).await?;
        // As a topic goes through them.
        counted.sort_unstable_by_key(|(state, _)| *state as u8);
        Ok(counted.into_iter().map(|(state, count)| CampaignOutcome { state, count }).collect())
    }

    /// What became of each of its topics, as far as the viewer may know of them: public ones, one's own and those one
    /// backs, those of one's desk.
    #[graphql(complexity = "300 + crate::kernel::pages::rows(first) * child_complexity")]
    async fn topics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Topic>, ApiError> {
        topics::of_campaign(ctx.data_unchecked::<Cx>(), self.0.id, first, after.as_deref()).await
    }
}

/// How many topics of a campaign stand at one state.
#[derive(SimpleObject, Clone, Copy)]
pub struct CampaignOutcome {
    /// The state.
    pub state: TopicState,
    /// How many topics.
    pub count: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use shangyi_entities::{AccountId, OrganisationId};
    use uuid::Uuid;

    fn campaign(opens: i64, closes: Option<i64>, closed: Option<i64>) -> campaign::Model {
        campaign::Model {
            id: CampaignId(Uuid::nil()),
            committee_id: OrganisationId(Uuid::nil()),
            name: String::new(),
            theme: String::new(),
            opens_at: Timestamp(opens),
            closes_at: closes.map(Timestamp),
            title_limit: 50,
            text_limit: 300,
            level: VerificationLevel::Phone,
            is_default: false,
            opened_by: AccountId(Uuid::nil()),
            created_at: Timestamp(0),
            closed_at: closed.map(Timestamp),
            closed_by: closed.map(|_| AccountId(Uuid::nil())),
        }
    }

    #[test]
    fn a_campaign_is_open_from_its_beginning_to_the_moment_before_its_end() {
        for (closes, closed, now, open) in [
            (Some(20), None, 9, false),
            (Some(20), None, 10, true),
            (Some(20), None, 19, true),
            (Some(20), None, 20, false),
            (None, None, 9, false),
            (None, None, i64::MAX, true),
            (Some(20), Some(15), 16, false),
            (None, Some(5), 16, false),
        ] {
            let row = campaign(10, closes, closed);
            assert_eq!(is_open(&row, Timestamp(now)), open, "{closes:?} {closed:?} {now}");
            assert_eq!(chosen(&row, Timestamp(now)).open, open);
        }
        let limits = chosen(&campaign(0, None, None), Timestamp(0));
        assert_eq!((limits.title_limit, limits.text_limit), (50, 300));
    }
}
