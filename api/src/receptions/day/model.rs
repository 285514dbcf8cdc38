use super::REASON;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Division, Member, Venue};
use crate::receptions::booking::{self as bookings, Booking};
use crate::receptions::loaders;
use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::booking::BookingState;
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::reception_day::{self, DayStage, ReceptionKind};
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{ReceptionDayId, ReceptionReceiverId, ReceptionSlotId, reception_slot};

/// How far a reception day has come.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceptionDayState {
    /// 计划中: known to its desk and to those who are asked to receive.
    Planned,
    /// 已发布: places can be booked.
    Published,
    /// 已举行: by the clock; some visits are not marked yet.
    Held,
    /// 已记录: held, and nothing unmarked is left.
    Recorded,
    /// 已取消.
    Cancelled,
}

/// A day on which members receive residents, or leaders members.
#[derive(Clone)]
pub struct ReceptionDay(pub(crate) reception_day::Model);

impl ReceptionDay {
    async fn is_desk(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let viewer = ctx.data_unchecked::<Cx>().viewer_if_any().await?;
        Ok(viewer.is_some_and(|viewer| viewer.desk_of(self.0.committee_id, &self.0.division_code).is_some()))
    }

    async fn is_internal(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let viewer = ctx.data_unchecked::<Cx>().viewer_if_any().await?;
        Ok(viewer.is_some_and(|viewer| viewer.is_internal(self.0.committee_id)))
    }
}

/// A day on which members receive residents (委员接待日), or leaders receive members. The former is public once it is published; the
/// latter is for the internal side of its committee. What is planned is known to its desk and to those who are asked to receive.
#[Object]
impl ReceptionDay {
    /// Its id.
    pub async fn id(&self) -> Gid<ReceptionDayId> {
        Gid(self.0.id)
    }

    /// Who receives whom.
    async fn kind(&self) -> ReceptionKind {
        self.0.kind
    }

    /// How far it has come.
    async fn state(&self, ctx: &Context<'_>) -> Result<ReceptionDayState, ApiError> {
        Ok(match self.0.state {
            DayStage::Planned => ReceptionDayState::Planned,
            DayStage::Cancelled => ReceptionDayState::Cancelled,
            DayStage::Published if self.0.until_at > ctx.data_unchecked::<Cx>().now() => ReceptionDayState::Published,
            DayStage::Published if loaders::of(ctx).unmarked(self.0.id).await? > 0 => ReceptionDayState::Held,
            DayStage::Published => ReceptionDayState::Recorded,
        })
    }

    /// Grows by one with every change; whoever changes it says the one they saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The calendar day (Asia/Shanghai).
    async fn day(&self) -> NaiveDate {
        crate::kernel::clock::local_day(self.0.from_at)
    }

    /// When its first slot begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// When its last slot ends.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until_at.utc()
    }

    /// Where.
    async fn venue(&self, ctx: &Context<'_>) -> Result<Option<Venue>, ApiError> {
        organisation::loaders_of(ctx).venue(self.0.venue_id).await
    }

    /// The division it lies in.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        organisation::load_division(ctx, &self.0.division_code).await
    }

    /// What it is about; null where nothing is said.
    async fn theme(&self) -> Option<&str> {
        self.0.theme.as_deref()
    }

    /// What whoever books online must have shown.
    async fn level(&self) -> VerificationLevel {
        self.0.level
    }

    /// From when on places can be booked; null: from its publication.
    async fn opens_at(&self) -> Option<DateTime<Utc>> {
        self.0.opens_at.map(|at| at.utc())
    }

    /// When it was published; null while it is planned.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at.map(|at| at.utc())
    }

    /// Why it was cancelled; null: it was not.
    async fn cancel_reason(&self) -> Option<&str> {
        self.0.cancel_reason.as_deref()
    }

    /// Whether it falls into a duty in that studio and is part of it: it counts once.
    async fn duty_time(&self) -> bool {
        self.0.duty_occasion_id.is_some()
    }

    /// Its slots, by time; at most 20.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn slots(&self, ctx: &Context<'_>) -> Result<Vec<ReceptionSlot>, ApiError> {
        Ok(loaders::of(ctx).slots_of(self.0.id).await?.into_iter().map(ReceptionSlot).collect())
    }

    /// Who receives: to everyone those who have accepted; to the internal side also those who are asked, have declined, or were replaced.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn receivers(&self, ctx: &Context<'_>) -> Result<Vec<ReceptionReceiver>, ApiError> {
        let internal = self.is_internal(ctx).await?;
        let rows = loaders::of(ctx).receivers(self.0.id).await?;
        let shown = rows.into_iter().filter(|row| internal || row.state == ReceiverState::Accepted);
        Ok(shown.map(|row| ReceptionReceiver { row, day: self.0.clone() }).collect())
    }

    /// Whether the viewer receives on it, and what they have said; null where they are not asked.
    async fn my_response(&self, ctx: &Context<'_>) -> Result<Option<ReceiverState>, ApiError> {
        let Some(account) = ctx.data_unchecked::<Cx>().account_if_any() else { return Ok(None) };
        let rows = loaders::of(ctx).receivers(self.0.id).await?;
        Ok(rows.iter().rev().find(|row| row.account_id == account && row.state != ReceiverState::Replaced).map(|row| row.state))
    }

    /// All bookings and waits, as they came. For its desk and those who have said that they receive; null for everybody else.
    #[graphql(complexity = "100 + crate::kernel::pages::rows(first) * child_complexity")]
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of that slot alone.")] slot_id: Option<Gid<ReceptionSlotId>>,
        #[graphql(desc = "Those in one of these states alone, as they were written down last.")] states: Option<Vec<BookingState>>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Option<Connection<String, Booking>>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let Some(viewer) = cx.viewer_if_any().await? else { return Ok(None) };
        let receives = super::receives_by(viewer, &loaders::of(ctx).receivers(self.0.id).await?);
        if !receives && !self.is_desk(ctx).await? {
            return Ok(None);
        }
        let which = bookings::lists::Which { slot: slot_id.map(|id| id.0), states };
        bookings::lists::of_day(cx, self.0.id, &which, first, after.as_deref()).await.map(Some)
    }

    /// What happened to it, oldest first. For the internal side; null for everybody else.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Option<Vec<ReceptionDayEvent>>, ApiError> {
        if !self.is_internal(ctx).await? {
            return Ok(None);
        }
        let rows = loaders::of(ctx).day_history(self.0.id).await?;
        Ok(Some(rows.into_iter().map(|row| ReceptionDayEvent { at: row.at.utc(), what: row.what, role: row.role }).collect()))
    }

    /// Visits about which nobody has said what became of them, once it is over. For the internal side; null for everybody else.
    async fn unmarked(&self, ctx: &Context<'_>) -> Result<Option<i64>, ApiError> {
        let over = self.0.until_at <= ctx.data_unchecked::<Cx>().now();
        if !over || !self.is_internal(ctx).await? {
            return Ok(None);
        }
        loaders::of(ctx).unmarked(self.0.id).await.map(Some)
    }
}

/// A part of a day with so many places.
#[derive(Clone)]
pub struct ReceptionSlot(pub(crate) reception_slot::Model);

/// A part of a reception day with so many places. A visit is one place, however many come.
#[Object]
impl ReceptionSlot {
    /// Its id.
    async fn id(&self) -> Gid<ReceptionSlotId> {
        Gid(self.0.id)
    }

    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// When it ends.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until_at.utc()
    }

    /// How many places it has.
    async fn capacity(&self) -> i64 {
        self.0.capacity
    }

    /// Places that are taken: booked, offered to somebody, there already, or moved and not answered.
    async fn taken(&self) -> i64 {
        self.0.taken
    }

    /// How many wait.
    async fn waiting(&self) -> i64 {
        self.0.waiting
    }

    /// Visits beyond the places, since there are fewer places than before; nobody is thrown out, and
    /// nothing is offered until `taken` is below `capacity`.
    async fn over(&self) -> i64 {
        (self.0.taken - self.0.capacity).max(0)
    }

    /// The viewer's latest booking of it that was not cancelled, also once it is over; null where there is none.
    async fn my_booking(&self, ctx: &Context<'_>) -> Result<Option<Booking>, ApiError> {
        loaders::of(ctx).own(self.0.id).await
    }
}

/// A member who receives, or is asked to.
#[derive(Clone)]
pub struct ReceptionReceiver {
    row: reception_receiver::Model,
    day: reception_day::Model,
}

/// A member who receives on a reception day, or is asked to.
#[Object]
impl ReceptionReceiver {
    /// Its id.
    async fn id(&self) -> Gid<ReceptionReceiverId> {
        Gid(self.row.id)
    }

    /// The member; null on the public side, which knows name and sector.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        let viewer = ctx.data_unchecked::<Cx>().viewer_if_any().await?;
        if !viewer.is_some_and(|viewer| viewer.is_internal(self.day.committee_id)) {
            return Ok(None);
        }
        organisation::loaders_of(ctx).member(self.row.member_id).await
    }

    /// Their name; null once they have erased themself.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match organisation::loaders_of(ctx).member(self.row.member_id).await? {
            Some(member) => organisation::loaders_of(ctx).member_name(&member.0).await,
            None => Ok(None),
        }
    }

    /// Their sectors (界别).
    async fn sectors(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        let organisations = organisation::loaders_of(ctx).memberships(self.row.member_id).await?;
        Ok(organisations.into_iter().filter(|found| found.0.kind == OrganisationKind::Sector).map(|found| found.0.name).collect())
    }

    /// What they have said.
    async fn state(&self) -> ReceiverState {
        self.row.state
    }

    /// When they said so; null while they have not.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at.map(|at| at.utc())
    }

    /// Why they cannot come; for themself and the day's desk, null for everybody else.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(sealed) = &self.row.reason_enc else { return Ok(None) };
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(None) };
        let desk = viewer.desk_of(self.day.committee_id, &self.day.division_code).is_some();
        if !desk && viewer.account != self.row.account_id {
            return Ok(None);
        }
        let key = organisation::loaders_of(ctx).person_key(self.row.account_id).await?;
        Ok(key.and_then(|key| key.open(REASON, sealed)))
    }
}

/// One thing that happened to a reception day.
#[derive(SimpleObject, Clone)]
pub struct ReceptionDayEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: ReceptionDayEventKind,
    /// Which role did it.
    pub role: String,
}
