use super::loaders;
use super::{LATE_LOG, LATE_REASON, LOG, OBJECTION, REASON};
use crate::calendar::Deadline;
use crate::duty::DutySlot;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Member};
use crate::studios::Studio;
use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::check_in_conflict::{self, ConflictKind};
use shangyi_entities::check_in_fact::{self, CheckInKind, EntryWay, FenceAnswer};
use shangyi_entities::check_in_settlement::Settlement;
use shangyi_entities::late_entry::{self, LateEntryDecision};
use shangyi_entities::{AccountId, CheckInConflictId, CheckInFactId, LateEntryId, VenueId, VisitId, visit};

/// A stay of a member in a studio.
#[derive(Clone)]
pub struct Visit(pub(crate) visit::Model);

/// Where a visit stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum VisitState {
    /// The member is in the studio.
    Open,
    /// The member checked out.
    Ended,
    /// It ended by itself, since nobody checked out.
    EndedByItself,
}

async fn studio(ctx: &Context<'_>, id: VenueId) -> Result<Option<Studio>, ApiError> {
    Ok(organisation::loaders_of(ctx).venue(id).await?.map(|venue| Studio(venue.0)))
}

/// A text that belongs to a member, while the member's key still opens it.
async fn opened(ctx: &Context<'_>, account: AccountId, place: &str, sealed: Option<&[u8]>) -> Result<Option<String>, ApiError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let key = organisation::loaders_of(ctx).person_key(account).await?;
    Ok(key.and_then(|key| key.open(place, sealed)))
}

/// A stay of a member in a studio, derived from entries. Seen by the member, those who run the studio, member affairs and
/// the chair. Its id changes where an earlier check-in of the same stay arrives later.
#[Object]
impl Visit {
    /// Its id.
    pub async fn id(&self) -> Gid<VisitId> {
        Gid(self.0.id)
    }

    /// The studio.
    async fn studio(&self, ctx: &Context<'_>) -> Result<Option<Studio>, ApiError> {
        studio(ctx, self.0.venue_id).await
    }

    /// The member.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        organisation::loaders_of(ctx).member(self.0.member_id).await
    }

    /// The duty slot it belongs to; null for a walk-in.
    async fn slot(&self, ctx: &Context<'_>) -> Result<Option<DutySlot>, ApiError> {
        match self.0.slot_id {
            Some(id) => crate::duty::load(ctx, id).await,
            None => Ok(None),
        }
    }

    /// How it began. All ways count the same.
    async fn way(&self) -> EntryWay {
        self.0.how
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> VisitState {
        match self.0.out_at {
            Some(at) if at < self.0.ends_by => VisitState::Ended,
            Some(_) => VisitState::EndedByItself,
            None if self.0.ends_by <= ctx.data_unchecked::<Cx>().now() => VisitState::EndedByItself,
            None => VisitState::Open,
        }
    }

    /// When it began.
    async fn in_at(&self) -> DateTime<Utc> {
        self.0.in_at.utc()
    }

    /// When it ended; null while it is open.
    async fn out_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        let over = self.0.out_at.or((self.0.ends_by <= ctx.data_unchecked::<Cx>().now()).then_some(self.0.ends_by));
        over.map(|at| at.utc())
    }

    /// When it ends by itself: half an hour after the slot, four hours after a walk-in began, at midnight at the latest.
    async fn ends_by(&self) -> DateTime<Utc> {
        self.0.ends_by.utc()
    }

    /// Whether it began with an entry uploaded afterwards.
    async fn offline(&self) -> bool {
        self.0.offline
    }

    /// Whether the phone was inside the studio's fence; null where it did not say. Where it was is kept nowhere.
    async fn inside_fence(&self) -> Option<FenceAnswer> {
        self.0.fence
    }

    /// Waits for a conflict to be settled, and does not count until then.
    async fn waits(&self) -> bool {
        self.0.waits
    }

    /// What was heard; null where there is no log yet.
    async fn log(&self, ctx: &Context<'_>) -> Result<Option<StudioLog>, ApiError> {
        let Some(id) = self.0.log_fact_id else { return Ok(None) };
        let Some(fact) = loaders::of(ctx).fact(id).await? else { return Ok(None) };
        let text = opened(ctx, self.0.account_id, LOG, fact.log_enc.as_deref()).await?;
        Ok(Some(StudioLog {
            id: Some(Gid(id)),
            residents: fact.residents.unwrap_or(0),
            matters: text.map(|text| text.lines().map(str::to_owned).collect()),
            matter_count: fact.matters.unwrap_or(0),
            confirmed_at: self.0.confirmed_at.map(|at| at.utc()),
        }))
    }

    /// Why staff entered it, or why it was entered late; null for others.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(fact) = loaders::of(ctx).fact(CheckInFactId(self.0.id.0)).await? else { return Ok(None) };
        opened(ctx, self.0.account_id, REASON, fact.reason_enc.as_deref()).await
    }
}

/// What was heard during a visit.
#[derive(SimpleObject)]
pub struct StudioLog {
    /// Its id, which `confirmStudioLog` wants, so that nothing else is confirmed than was read; null in a late entry.
    pub id: Option<Gid<CheckInFactId>>,
    /// How many residents were received.
    pub residents: i64,
    /// The matters heard; null once the member has erased themself.
    pub matters: Option<Vec<String>>,
    /// How many matters were heard.
    pub matter_count: i64,
    /// When the convenor confirmed it; null until then.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// An entry as it was made.
#[derive(SimpleObject)]
pub struct CheckInEntry {
    /// IN or OUT.
    pub what: CheckInKind,
    /// How it came.
    pub way: EntryWay,
    /// When it happened, as the server put the phone's time right.
    pub at: DateTime<Utc>,
    /// When it reached the server.
    pub recorded_at: DateTime<Utc>,
    /// Whether it was uploaded afterwards.
    pub offline: bool,
    /// The studio.
    pub studio_id: Gid<VenueId>,
}

fn entry(fact: check_in_fact::Model) -> CheckInEntry {
    CheckInEntry {
        what: fact.what,
        way: fact.how,
        at: fact.at.utc(),
        recorded_at: fact.recorded_at.utc(),
        offline: fact.offline,
        studio_id: Gid(fact.venue_id),
    }
}

/// What cannot be true, or waits for a word.
#[derive(Clone)]
pub struct CheckInConflict(pub(crate) check_in_conflict::Model);

/// Entries that cannot all be true, or one that waits for somebody's word. Seen by the member, those who run the studio,
/// member affairs and the chair.
#[Object]
impl CheckInConflict {
    /// Its id.
    pub async fn id(&self) -> Gid<CheckInConflictId> {
        Gid(self.0.id)
    }

    /// What it is.
    async fn kind(&self) -> ConflictKind {
        self.0.kind
    }

    /// Whose entries.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        organisation::loaders_of(ctx).member(self.0.member_id).await
    }

    /// The studio of the entry in question.
    async fn studio(&self, ctx: &Context<'_>) -> Result<Option<Studio>, ApiError> {
        studio(ctx, self.0.venue_id).await
    }

    /// The entry in question.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<CheckInEntry>, ApiError> {
        Ok(loaders::of(ctx).fact(self.0.fact_id).await?.map(entry))
    }

    /// The entry it cannot be true together with; null where it waits for another reason.
    async fn against(&self, ctx: &Context<'_>) -> Result<Option<CheckInEntry>, ApiError> {
        match self.0.against_id {
            Some(id) => Ok(loaders::of(ctx).fact(id).await?.map(entry)),
            None => Ok(None),
        }
    }

    /// When the entry in question happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// What the member objects; null for conflicts of another kind, and once the member has erased themself.
    async fn objection(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        if self.0.kind != ConflictKind::Objection {
            return Ok(None);
        }
        let sealed = loaders::of(ctx).objection(self.0.fact_id).await?;
        opened(ctx, self.0.account_id, OBJECTION, sealed.as_deref()).await
    }

    /// By when it is to be settled: three working days. Null once it is.
    async fn due(&self, ctx: &Context<'_>) -> Result<Option<Deadline>, ApiError> {
        loaders::of(ctx).due_conflict(self.0.id).await
    }

    /// What was decided; null while it waits.
    async fn decision(&self) -> Option<Settlement> {
        self.0.decision
    }
}

/// A visit that nobody entered at its time.
#[derive(Clone)]
pub struct LateEntry(pub(crate) late_entry::Model);

/// A visit that nobody entered at its time (补签): asked for by the member, decided by another. Seen by the member, those
/// who run the studio, member affairs and the chair.
#[Object]
impl LateEntry {
    /// Its id.
    pub async fn id(&self) -> Gid<LateEntryId> {
        Gid(self.0.id)
    }

    /// The member.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        organisation::loaders_of(ctx).member(self.0.member_id).await
    }

    /// The studio.
    async fn studio(&self, ctx: &Context<'_>) -> Result<Option<Studio>, ApiError> {
        studio(ctx, self.0.venue_id).await
    }

    /// When the visit began.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at.utc()
    }

    /// When it ended.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until_at.utc()
    }

    /// Why it was not entered then; null once the member has erased themself.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        opened(ctx, self.0.account_id, LATE_REASON, Some(&self.0.reason_enc)).await
    }

    /// What was heard; null where nothing was said of it.
    async fn log(&self, ctx: &Context<'_>) -> Result<Option<StudioLog>, ApiError> {
        let (Some(residents), Some(matter_count)) = (self.0.residents, self.0.matters) else { return Ok(None) };
        let text = opened(ctx, self.0.account_id, LATE_LOG, self.0.log_enc.as_deref()).await?;
        let matters = text.map(|text| text.lines().map(str::to_owned).collect());
        Ok(Some(StudioLog { id: None, residents, matters, matter_count, confirmed_at: None }))
    }

    /// When it was asked for.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at.utc()
    }

    /// By when it is to be decided: three working days. Null once it is.
    async fn due(&self, ctx: &Context<'_>) -> Result<Option<Deadline>, ApiError> {
        loaders::of(ctx).due_late(self.0.id).await
    }

    /// What was decided; null while it waits.
    async fn decision(&self) -> Option<LateEntryDecision> {
        self.0.decision
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at.map(|at| at.utc())
    }
}

/// One code that several devices used from one address.
#[derive(SimpleObject)]
pub struct SharedCode {
    /// When the code was shown.
    pub shown_at: DateTime<Utc>,
    /// How many devices used it.
    pub devices: i64,
    /// For how many members.
    pub members: i64,
}
