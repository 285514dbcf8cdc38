use super::{NOTE, loaders};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Member};
use crate::studios::Studio;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use shangyi_entities::duty_slot::SlotState;
use shangyi_entities::duty_slot_event::{self, SlotEventKind};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::{DutySlotId, MemberId, SlotSwapId, duty_slot, slot_swap};

/// One member's duty in a studio.
#[derive(Clone)]
pub struct DutySlot(pub(crate) duty_slot::Model);

async fn member(ctx: &Context<'_>, id: Option<MemberId>) -> Result<Option<Member>, ApiError> {
    match id {
        Some(id) => organisation::loaders_of(ctx).member(id).await,
        None => Ok(None),
    }
}

impl DutySlot {
    async fn is_run_by(&self, ctx: &Context<'_>, viewer: &Viewer) -> Result<bool, ApiError> {
        let venue = organisation::loaders_of(ctx).venue(self.0.venue_id).await?;
        Ok(venue.is_some_and(|venue| crate::studios::rights::runs(viewer, &venue.0).is_some()))
    }
}

/// One member's duty in a studio (值班): a time, and who has it. For the internal side of the studio's committee.
#[Object]
impl DutySlot {
    /// Its id.
    pub async fn id(&self) -> Gid<DutySlotId> {
        Gid(self.0.id)
    }

    /// The studio.
    async fn studio(&self, ctx: &Context<'_>) -> Result<Option<Studio>, ApiError> {
        Ok(organisation::loaders_of(ctx).venue(self.0.venue_id).await?.map(|venue| Studio(venue.0)))
    }

    /// Who has it; null where it is vacant or handed back.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        member(ctx, self.0.member_id).await
    }

    /// Whether it is the viewer's own.
    async fn mine(&self, ctx: &Context<'_>) -> bool {
        self.0.account_id.is_some() && self.0.account_id == ctx.data_unchecked::<Cx>().account_if_any()
    }

    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// When it ends.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until_at.utc()
    }

    /// Where it stands.
    async fn state(&self) -> SlotState {
        self.0.state
    }

    /// Grows by one with every change; who assigns it says the one they saw.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Whether its member came: a visit of theirs belongs to it and does not wait for a conflict to be settled.
    async fn kept(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        loaders::of(ctx).kept(self.0.id).await
    }

    /// The open offer to swap it; null where there is none, or one between others.
    async fn offer(&self, ctx: &Context<'_>) -> Result<Option<SlotSwap>, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(None) };
        let Some(offer) = loaders::of(ctx).offer(self.0.id).await? else { return Ok(None) };
        let to = member(ctx, offer.to_member_id).await?;
        let concerned = offer.offered_by == viewer.account || to.is_none_or(|to| to.0.account_id == viewer.account);
        if concerned || self.is_run_by(ctx, viewer).await? { Ok(Some(SlotSwap(offer))) } else { Ok(None) }
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<DutySlotEvent>, ApiError> {
        let events = loaders::of(ctx).events(self.0.id).await?;
        Ok(events.into_iter().map(|row| DutySlotEvent { row, slot: self.0.clone() }).collect())
    }
}

/// What happened to a duty slot.
pub struct DutySlotEvent {
    row: duty_slot_event::Model,
    slot: duty_slot::Model,
}

/// What happened to a duty slot.
#[Object]
impl DutySlotEvent {
    /// What it was.
    async fn what(&self) -> SlotEventKind {
        self.row.what
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at.utc()
    }

    /// Who had it afterwards.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        member(ctx, self.row.member_id).await
    }

    /// Why it was declined; for whoever declined it and those who run the studio, null for others.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(sealed) = &self.row.note_enc else { return Ok(None) };
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(None) };
        if self.row.by_account != viewer.account && !DutySlot(self.slot.clone()).is_run_by(ctx, viewer).await? {
            return Ok(None);
        }
        let key = organisation::loaders_of(ctx).person_key(self.row.by_account).await?;
        Ok(key.and_then(|key| key.open(NOTE, sealed)))
    }
}

/// An offer to swap duty.
#[derive(Clone)]
pub struct SlotSwap(pub(crate) slot_swap::Model);

/// An offer to swap duty (换班). Reached through a slot, or the offers made to oneself.
#[Object]
impl SlotSwap {
    /// Its id.
    async fn id(&self) -> Gid<SlotSwapId> {
        Gid(self.0.id)
    }

    /// The slot that is offered.
    async fn slot(&self, ctx: &Context<'_>) -> Result<Option<DutySlot>, ApiError> {
        loaders::of(ctx).slot(self.0.slot_id).await
    }

    /// The slot that is wanted in return; null where nothing is.
    async fn in_return(&self, ctx: &Context<'_>) -> Result<Option<DutySlot>, ApiError> {
        match self.0.in_return_slot_id {
            Some(id) => loaders::of(ctx).slot(id).await,
            None => Ok(None),
        }
    }

    /// Whom it is offered to; null: to every member of the studio.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        member(ctx, self.0.to_member_id).await
    }

    /// When it was offered.
    async fn offered_at(&self) -> DateTime<Utc> {
        self.0.offered_at.utc()
    }

    /// Whether it can still be accepted.
    async fn open(&self) -> bool {
        self.0.closed_at.is_none()
    }

    /// Whether somebody accepted it.
    async fn accepted(&self) -> bool {
        self.0.accepted_by.is_some()
    }
}

/// A duty as the public may know of it.
pub struct PublicDuty {
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) members: Vec<MemberId>,
}

/// A duty as everyone may know of it: when, and who by name and sector. Nothing else.
#[Object]
impl PublicDuty {
    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// When it ends.
    async fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Who is there.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn members(&self) -> Vec<PublicDutyMember> {
        self.members.iter().map(|id| PublicDutyMember(*id)).collect()
    }
}

/// A member on duty, as everyone may know of them.
pub struct PublicDutyMember(MemberId);

/// A member on duty, as everyone may know of them.
#[Object]
impl PublicDutyMember {
    /// Their name; null once they have erased themselves.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match member(ctx, Some(self.0)).await? {
            Some(member) => organisation::loaders_of(ctx).member_name(&member.0).await,
            None => Ok(None),
        }
    }

    /// Their sectors (界别).
    async fn sectors(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        let organisations = organisation::loaders_of(ctx).memberships(self.0).await?;
        Ok(organisations.into_iter().filter(|found| found.0.kind == OrganisationKind::Sector).map(|found| found.0.name).collect())
    }
}
