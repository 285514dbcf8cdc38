//! What of a topic a viewer sees: where its matter stands, what they are to it, which words they may read.
use super::super::moves::{self, Standing};
use super::super::outcome::{self, TopicAdoption};
use super::super::{loaders, step};
use super::{Topic, TopicAnswer};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::Context;
use chrono::{DateTime, Utc};
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{CampaignId, TopicId, topic_answer};
use std::borrow::Cow;

/// Shown where the author's texts were erased with their account.
const ERASED: &str = "（提出人已注销，内容已删除）";

/// Shown to backers of a topic that is not public any more.
const NOT_PUBLIC: &str = "（该议题已不再公开）";

impl Topic {
    /// Its id.
    pub fn topic_id(&self) -> TopicId {
        self.0.id
    }

    /// The topic it is merged into.
    pub fn canonical_id(&self) -> Option<TopicId> {
        self.0.canonical_id
    }

    /// The campaign it was raised in.
    pub fn campaign_id(&self) -> Option<CampaignId> {
        self.0.campaign_id
    }

    /// Where the matter stands, and when the topic was raised.
    pub async fn stands(&self, ctx: &Context<'_>) -> Result<(TopicState, DateTime<Utc>), ApiError> {
        Ok((self.whole(ctx).await?.state, self.0.submitted_at.utc()))
    }

    /// What it became, as the viewer may know of it.
    pub async fn adoptions_seen(&self, ctx: &Context<'_>) -> Result<Vec<TopicAdoption>, ApiError> {
        let whole = self.whole(ctx).await?.id;
        let rows = loaders::of(ctx).outcomes.adoptions(whole).await?;
        Ok(outcome::seen_adoptions(&rows, self.is_internal(ctx).await?))
    }

    pub(super) async fn viewer<'a>(&self, ctx: &Context<'a>) -> Result<Option<&'a Viewer>, ApiError> {
        ctx.data_unchecked::<Cx>().viewer_if_any().await
    }

    pub(super) async fn standing(&self, ctx: &Context<'_>) -> Result<Standing, ApiError> {
        Ok(self.viewer(ctx).await?.map(|viewer| step::standing(viewer, &self.0)).unwrap_or_default())
    }

    /// Title or text, for whoever may read it: backers of what is not public any more learn what became of it, no more.
    pub(super) async fn words<'a>(&'a self, ctx: &Context<'_>, words: Option<&'a str>) -> Result<&'a str, ApiError> {
        if self.0.public_since.is_none() && !self.is_concerned(ctx).await? {
            return Ok(NOT_PUBLIC);
        }
        Ok(words.unwrap_or(ERASED))
    }

    /// The row that says where the matter stands: of a merged topic, its canonical one.
    pub(super) async fn whole(&self, ctx: &Context<'_>) -> Result<Cow<'_, topic::Model>, ApiError> {
        match self.0.canonical_id.filter(|_| self.0.state != TopicState::Withdrawn) {
            Some(canonical) => Ok(loaders::of(ctx).row(canonical).await?.map_or(Cow::Borrowed(&self.0), Cow::Owned)),
            None => Ok(Cow::Borrowed(&self.0)),
        }
    }

    /// Whether the viewer is of the committee's internal side.
    pub(super) async fn is_internal(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let viewer = self.viewer(ctx).await?;
        Ok(viewer.zip(self.0.committee_id).is_some_and(|(viewer, committee)| viewer.is_internal(committee)))
    }

    /// What the viewer is to the topic, with what stands elsewhere than in its row.
    pub(super) async fn full_standing(&self, ctx: &Context<'_>) -> Result<Standing, ApiError> {
        let mut standing = self.standing(ctx).await?;
        let whole = self.whole(ctx).await?;
        if matches!(whole.state, TopicState::Redirected | TopicState::Rejected) {
            standing.second_look = match loaders::of(ctx).outcomes.second_look(whole.id).await?.map(|look| look.decision) {
                None => moves::SecondLook::NotAsked,
                Some(None) => moves::SecondLook::Open,
                Some(Some(_)) => moves::SecondLook::Decided,
            };
            if standing.general {
                let first = loaders::of(ctx).history(whole.id).await?.into_iter().rev().map(|(event, _)| event);
                let first = first.into_iter().find(|event| matches!(event.what, TopicEventKind::Rejected | TopicEventKind::Redirected));
                let viewer = self.viewer(ctx).await?.map(|viewer| viewer.account);
                standing.looked_first = first.is_some_and(|event| event.account_id.is_some() && event.account_id == viewer);
            }
        }
        standing.reopened = whole.reopened;
        if whole.state == TopicState::Answered && (standing.raised || standing.caller) {
            let answers = loaders::of(ctx).answers(whole.id).await?;
            if let Some(answer) = answers.last() {
                let said = loaders::of(ctx).outcomes.confirmations(answer.id).await?;
                standing.confirmed = said.iter().any(|(row, _)| row.topic_id == self.0.id);
            }
        }
        Ok(standing)
    }

    /// Its answers, oldest first; of a merged topic, its canonical one's.
    pub async fn answers_seen(&self, ctx: &Context<'_>) -> Result<Vec<TopicAnswer>, ApiError> {
        let whole = self.whole(ctx).await?;
        let (settled, asked_of) = (whole.state == TopicState::Settled, Box::new(self.clone()));
        let rows = loaders::of(ctx).answers(whole.id).await?;
        let seen = |row: topic_answer::Model| TopicAnswer {
            id: Gid(row.id),
            text: row.body,
            at: row.at.utc(),
            imported: row.imported,
            unit: row.unit_id,
            hand_over: row.hand_over_id,
            settled,
            asked_of: asked_of.clone(),
        };
        Ok(rows.into_iter().map(seen).collect())
    }

    /// Author or desk: those between whom questions and reasons pass.
    pub(super) async fn is_concerned(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let standing = self.standing(ctx).await?;
        Ok(standing.raised || standing.desk)
    }
}
