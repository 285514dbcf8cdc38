use super::{ANSWER, COMMENT, SUMMARY};
use crate::handovers::{self, HandOver};
use crate::kernel::{ApiError, Gid};
use crate::receptions::booking::Booking;
use crate::receptions::day::ReceptionRefused;
use crate::receptions::loaders;
use crate::topics::Topic;
use async_graphql::{Context, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::booking::MatterCategory;
use shangyi_entities::reception_record::{self, ReceptionRecordState};
use shangyi_entities::{ReceptionRecordId, TypedId};

/// What came of a visit.
#[derive(Clone)]
pub struct ReceptionRecord(pub(crate) reception_record::Model);

impl ReceptionRecord {
    pub(crate) fn record_id(&self) -> ReceptionRecordId {
        self.0.id
    }

    pub(crate) fn stands(&self) -> ReceptionRecordState {
        self.0.state
    }

    pub(crate) fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    async fn open(&self, ctx: &Context<'_>, place: &str, sealed: Option<&[u8]>) -> Result<Option<String>, ApiError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let Some(row) = loaders::of(ctx).any_booking(self.0.booking_id).await? else { return Ok(None) };
        Ok(loaders::of(ctx).key_of(&row).await?.and_then(|key| key.open(place, sealed)))
    }

    pub(crate) async fn answer_seen(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.open(ctx, ANSWER, self.0.answer_enc.as_deref()).await
    }
}

/// What came of a visit on a reception day (接待记录). Known to the person who was received, to the desk of the day, to those who
/// received on it, and to the unit it was handed over to. What was said goes with the person's key.
#[Object]
impl ReceptionRecord {
    /// Its id.
    pub async fn id(&self) -> Gid<ReceptionRecordId> {
        Gid(self.0.id)
    }

    /// The visit; null for the unit, which knows the matter and not the person.
    async fn booking(&self, ctx: &Context<'_>) -> Result<Option<Booking>, ApiError> {
        loaders::of(ctx).booking(self.0.booking_id).await
    }

    /// What the matter was about.
    async fn class(&self) -> MatterCategory {
        self.0.class
    }

    /// Where it stands.
    async fn state(&self) -> ReceptionRecordState {
        self.0.state
    }

    /// Grows by one with every move; who moves it says the one they saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// What was said; null once the person has erased themself.
    async fn summary(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.open(ctx, SUMMARY, self.0.summary_enc.as_deref()).await
    }

    /// What was answered, on the spot or by the unit; null before there is an answer, and once the person has erased themself.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.answer_seen(ctx).await
    }

    /// To which units it was handed over, oldest first.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn hand_overs(&self, ctx: &Context<'_>) -> Result<Vec<HandOver>, ApiError> {
        handovers::of_subject(ctx, self.0.id.uuid()).await
    }

    /// What the person thinks of it, 1 to 5: for the person and the desk of the day; null for everybody else, and where they have not
    /// said so.
    async fn rating(&self, ctx: &Context<'_>) -> Result<Option<i64>, ApiError> {
        let Some(row) = loaders::of(ctx).any_booking(self.0.booking_id).await? else { return Ok(None) };
        let eyes = Booking(row).eyes(ctx).await?;
        let rating = if eyes.own || eyes.desk { loaders::of(ctx).rated(self.0.id).await? } else { None };
        Ok(rating.map(|rating| rating.stars))
    }

    /// What the person wrote with their rating: for the person and the desk of the day; null for everybody else, where nothing was
    /// written, and once they have erased themself.
    async fn rating_comment(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(row) = loaders::of(ctx).any_booking(self.0.booking_id).await? else { return Ok(None) };
        let eyes = Booking(row).eyes(ctx).await?;
        let rating = if eyes.own || eyes.desk { loaders::of(ctx).rated(self.0.id).await? } else { None };
        let Some((account, sealed)) = rating.and_then(|rating| rating.comment_enc.map(|sealed| (rating.account_id, sealed))) else { return Ok(None) };
        Ok(loaders::of(ctx).key_of_person(account.uuid()).await?.and_then(|key| key.open(COMMENT, &sealed)))
    }

    /// The topic it became; null where it became none, and where the viewer may not see it.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<Topic>, ApiError> {
        match loaders::of(ctx).topic_of(self.0.id).await? {
            Some(topic) => crate::topics::load(ctx, topic).await,
            None => Ok(None),
        }
    }
}

/// The record as it is now.
#[derive(SimpleObject)]
pub struct ReceptionRecordPayload {
    /// The record.
    pub record: ReceptionRecord,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The record, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum ReceptionRecordResult {
    /// Done.
    Done(ReceptionRecordPayload),
    /// Refused.
    Refused(ReceptionRefused),
}
