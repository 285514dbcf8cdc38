use super::devices::{self, StudioDevice};
use super::{loaders, rights, store};
use crate::check_ins::{SharedCode, StudioLedger, Visit};
use crate::duty::{DutySlot, PublicDuty};
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{Member, Venue};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::{VenueId, venue};

/// A member studio.
#[derive(Clone)]
pub struct Studio(pub(crate) venue::Model);

/// A member studio (委员工作室): where members have duty and residents find them. Its place and members are public; what
/// happens in it is for the internal side of its committee. Its visits, ledger, screens and shared codes are read studio by
/// studio and cost so much that no page of studios can ask for them.
#[Object]
impl Studio {
    /// Its id: that of the venue.
    async fn id(&self) -> Gid<VenueId> {
        Gid(self.0.id)
    }

    /// Name, address, theme, fence: the venue it is.
    async fn venue(&self) -> Venue {
        Venue(self.0.clone())
    }

    /// Grows by one with every change; who changes it says the one they saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it closed; null while it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at.map(|at| at.utc())
    }

    /// The members on its roster, in the order they joined; at most 100.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<Member>, ApiError> {
        loaders::of(ctx).members(self.0.id).await
    }

    /// Those of its convenors (召集人) who are members.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn convenors(&self, ctx: &Context<'_>) -> Result<Vec<Member>, ApiError> {
        loaders::of(ctx).convenors(self.0.id).await
    }

    /// Who has duty when, from one day to another (both included; at most 92 days; the next 30 when left out): name and
    /// sector only. Public.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn public_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
    ) -> Result<Vec<PublicDuty>, ApiError> {
        crate::duty::public_roster(ctx, self.0.id, from, until).await
    }

    /// Duty slots, from one day to another (both included; at most 92 days; the next 30 when left out), by time. Null for
    /// the public side.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "The last day.")] until: Option<NaiveDate>,
    ) -> Result<Option<Vec<DutySlot>>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        match cx.viewer_if_any().await? {
            Some(viewer) if rights::sees(viewer, &self.0) => crate::duty::roster(ctx, self.0.id, from, until).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Visits to it, the latest first. Null for all but those who run it and its committee's member affairs and chair.
    #[graphql(complexity = "300 + crate::kernel::pages::rows(first) * child_complexity")]
    async fn check_ins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Option<Connection<String, Visit>>, ApiError> {
        crate::check_ins::of_studio(ctx.data_unchecked::<Cx>(), &self.0, first, after.as_deref()).await
    }

    /// What the studio did in a year, by month. Null for the public side.
    #[graphql(complexity = "300 + 12 * child_complexity")]
    async fn ledger(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The calendar year; this one when left out.")] year: Option<i32>,
    ) -> Result<Option<StudioLedger>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        match cx.viewer_if_any().await? {
            Some(viewer) if rights::sees(viewer, &self.0) => crate::check_ins::ledger(cx, &self.0, year).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Screens that may show its code. Null for all but those who run it.
    #[graphql(complexity = "300 + 4 * child_complexity")]
    async fn devices(&self, ctx: &Context<'_>) -> Result<Option<Vec<StudioDevice>>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        match cx.viewer_if_any().await? {
            Some(viewer) if rights::runs(viewer, &self.0).is_some() => {
                Ok(Some(store::devices_of(cx, self.0.id).await?.into_iter().map(devices::seen).collect()))
            }
            _ => Ok(None),
        }
    }

    /// Codes of the last 30 days that three or more devices used from one address: to look into, nothing was refused. Null
    /// for all but those who run it.
    #[graphql(complexity = "300 + 10 * child_complexity")]
    async fn shared_codes(&self, ctx: &Context<'_>) -> Result<Option<Vec<SharedCode>>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        match cx.viewer_if_any().await? {
            Some(viewer) if rights::runs(viewer, &self.0).is_some() => crate::check_ins::shared_codes(cx, self.0.id).await.map(Some),
            _ => Ok(None),
        }
    }
}
