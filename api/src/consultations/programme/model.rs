use super::content::{ConsensusThreshold, ProgrammeQuota};
use super::seeds::ProgrammeSeed;
use super::store::Whole;
use crate::consultations::loaders;
use crate::kernel::{ApiError, Gid};
use crate::organisation::{self, Organisation};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::programme_version::{LedBy, Party, ProgrammeLevel, SelectedBy};
use shangyi_entities::{ProgrammeId, programme};

/// A programme.
#[derive(Clone)]
pub struct Programme(pub(in crate::consultations) programme::Model);

/// A programme (名目) under which a committee consults. Public.
#[Object]
impl Programme {
    /// Its id.
    pub async fn id(&self) -> Gid<ProgrammeId> {
        Gid(self.0.id)
    }

    /// What it is called here.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The committee.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.committee_id).await
    }

    /// What it says now: consultations that begin keep this version.
    async fn current(&self, ctx: &Context<'_>) -> Result<ProgrammeVersion, ApiError> {
        let last = loaders::of(ctx).versions(self.0.id).await?.into_iter().next_back();
        last.map(ProgrammeVersion).ok_or_else(|| ApiError::broken("a programme without a version"))
    }

    /// All its versions, the first one first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<ProgrammeVersion>, ApiError> {
        Ok(loaders::of(ctx).versions(self.0.id).await?.into_iter().map(ProgrammeVersion).collect())
    }
}

/// A version of a programme.
pub struct ProgrammeVersion(pub(in crate::consultations) Whole);

/// What a programme says, or said, at a time. Never changed.
#[Object]
impl ProgrammeVersion {
    /// Its number, from 1.
    async fn number(&self) -> i64 {
        self.0.row.number
    }

    /// What the programme is called by it.
    async fn name(&self) -> &str {
        &self.0.row.name
    }

    /// Where its consultations are held.
    async fn level(&self) -> ProgrammeLevel {
        self.0.row.level
    }

    /// Who takes proposals into the year's work.
    async fn selected_by(&self) -> SelectedBy {
        self.0.row.selected_by
    }

    /// Who leads its consultations.
    async fn led_by(&self) -> LedBy {
        self.0.row.led_by
    }

    /// Working days between the announcement and the first sitting.
    async fn notice_working_days(&self) -> i64 {
        self.0.row.notice_days
    }

    /// Of those present, how many of a hundred are stakeholders at least.
    async fn stakeholder_share_percent(&self) -> i64 {
        self.0.row.share_percent
    }

    /// Who is to take part.
    async fn parties(&self) -> &[Party] {
        &self.0.parties
    }

    /// How many consultations there are to be; null: no number is set.
    async fn quota(&self) -> Option<ProgrammeQuota> {
        self.0.row.quota.zip(self.0.row.quota_period).map(|(count, period)| ProgrammeQuota { count, period })
    }

    /// What participants and evaluators are asked afterwards, in order.
    async fn evaluation_questions(&self) -> &[String] {
        &self.0.questions
    }

    /// How much consensus a certificate asks for.
    async fn consensus_threshold(&self) -> ConsensusThreshold {
        ConsensusThreshold { numerator: self.0.row.threshold_numerator, denominator: self.0.row.threshold_denominator }
    }

    /// What else holds here.
    async fn note(&self) -> Option<&str> {
        self.0.row.note.as_deref()
    }

    /// From when on it holds.
    async fn published_at(&self) -> DateTime<Utc> {
        self.0.row.published_at.utc()
    }
}

/// A programme to begin with.
pub struct ProgrammeSeedOffer(pub(super) ProgrammeSeed);

/// A programme as committees in the field know it, offered to begin with; `createProgramme` makes it a committee's own.
#[Object]
impl ProgrammeSeedOffer {
    /// Which one.
    async fn seed(&self) -> ProgrammeSeed {
        self.0
    }

    /// What it is called.
    async fn name(&self) -> String {
        self.0.content().name
    }

    /// Where its consultations are held.
    async fn level(&self) -> ProgrammeLevel {
        self.0.content().level
    }

    /// Who takes proposals into the year's work.
    async fn selected_by(&self) -> SelectedBy {
        self.0.content().selected_by
    }

    /// Who leads its consultations.
    async fn led_by(&self) -> LedBy {
        self.0.content().led_by
    }

    /// Working days between the announcement and the first sitting.
    async fn notice_working_days(&self) -> i64 {
        self.0.content().notice_days
    }

    /// Of those present, how many of a hundred are stakeholders at least.
    async fn stakeholder_share_percent(&self) -> i64 {
        self.0.content().share_percent
    }

    /// Who is to take part.
    async fn parties(&self) -> Vec<Party> {
        self.0.content().parties
    }

    /// How many consultations there are to be.
    async fn quota(&self) -> Option<ProgrammeQuota> {
        self.0.content().quota
    }

    /// What is asked afterwards, in order.
    async fn evaluation_questions(&self) -> Vec<String> {
        self.0.content().questions
    }

    /// How much consensus a certificate asks for.
    async fn consensus_threshold(&self) -> ConsensusThreshold {
        self.0.content().threshold
    }
}
