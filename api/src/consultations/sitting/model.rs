use crate::consultations::loaders;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Member, Venue};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::SittingId;
use shangyi_entities::consultation_sitting::{self, SittingState};

/// A sitting.
#[derive(Clone)]
pub struct ConsultationSitting(pub(in crate::consultations) consultation_sitting::Model);

/// A sitting (协商会) of a consultation: when and where.
#[Object]
impl ConsultationSitting {
    /// Its id.
    async fn id(&self) -> Gid<SittingId> {
        Gid(self.0.id)
    }

    /// Its number, from 1.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where.
    async fn hall(&self, ctx: &Context<'_>) -> Result<Option<Venue>, ApiError> {
        organisation::loaders_of(ctx).venue(self.0.hall_id).await
    }

    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// When it ends.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until_at.utc()
    }

    /// Who leads it.
    async fn convenor(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        organisation::loaders_of(ctx).member(self.0.convenor_id).await
    }

    /// How many can come.
    async fn capacity(&self) -> i64 {
        self.0.capacity
    }

    /// How many seats are taken: by who attends, sends somebody, or was offered one.
    async fn taken(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(loaders::of(ctx).seats(self.0.id).await?.map_or(0, |seats| seats.taken))
    }

    /// How many wait for a seat.
    async fn waiting(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(loaders::of(ctx).seats(self.0.id).await?.map_or(0, |seats| seats.waiting))
    }

    /// Whether the viewer leads it, or keeps its minutes; it then stands in their calendar feed.
    async fn mine(&self, ctx: &Context<'_>) -> bool {
        let own = ctx.data_unchecked::<Cx>().account_if_any();
        own == Some(self.0.convenor_account_id) || own == Some(self.0.secretary_account_id)
    }

    /// Whether it is to be, was held, or its hall was given back.
    async fn state(&self) -> SittingState {
        self.0.state
    }

    /// When it was announced.
    async fn announced_at(&self) -> DateTime<Utc> {
        self.0.announced_at.utc()
    }
}
