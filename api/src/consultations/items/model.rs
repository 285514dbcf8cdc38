use super::moves::{self, Move, Standing};
use super::step;
use crate::consultations::{Consultation, loaders};
use crate::handovers::{self, HandOver};
use crate::kernel::clock::local_day;
use crate::kernel::{ApiError, Cx, Gid};
use crate::organisation::{self, Organisation};
use crate::topics::Blocker;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use shangyi_entities::agreed_item::{self, AgreedItemState};
use shangyi_entities::agreed_item_event::AgreedItemEventKind as What;
use shangyi_entities::{AgreedItemEventId, AgreedItemId, ConsultationId, Timestamp, TypedId};

/// An agreed item.
#[derive(Clone)]
pub struct AgreedItem(pub(in crate::consultations) agreed_item::Model);

impl AgreedItem {
    /// Its id.
    pub fn item_id(&self) -> AgreedItemId {
        self.0.id
    }

    /// The consultation it was agreed on in.
    pub fn consultation_id(&self) -> ConsultationId {
        self.0.consultation_id
    }

    /// What is to be done, where that stands, and since when.
    pub fn stands(&self) -> (&str, AgreedItemState, DateTime<Utc>) {
        (&self.0.task, self.0.state, self.0.opened_at.utc())
    }

    /// When those who asked confirmed it.
    pub fn confirmed(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.filter(|_| self.0.state == AgreedItemState::Confirmed).map(Timestamp::utc)
    }

    async fn is_inside(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let Some(viewer) = ctx.data_unchecked::<Cx>().viewer_if_any().await? else { return Ok(false) };
        Ok(viewer.is_internal(self.0.committee_id) || handovers::units_of(viewer).contains(&self.0.unit_id))
    }

    async fn standing(&self, ctx: &Context<'_>) -> Result<Option<Standing>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let Some(viewer) = cx.viewer_if_any().await? else { return Ok(None) };
        let sittings = loaders::of(ctx).sittings(self.0.consultation_id).await?;
        let words = loaders::of(ctx).words(self.0.id).await?;
        Ok(Some(Standing {
            secretary: sittings.iter().any(|one| one.secretary_account_id == viewer.account),
            asker: loaders::of(ctx).is_asker(self.0.consultation_id).await?,
            has_said: words.iter().any(|word| word.round == self.0.round && word.account_id == viewer.account),
            ..step::standing_by_row(viewer, &self.0, cx)
        }))
    }
}

/// What was agreed on in a consultation (议定事项): who does what until when. Public.
#[Object]
impl AgreedItem {
    /// Its id.
    pub async fn id(&self) -> Gid<AgreedItemId> {
        Gid(self.0.id)
    }

    /// Its number in the consultation, from 1.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The consultation.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<Consultation>, ApiError> {
        loaders::of(ctx).consultation(self.0.consultation_id).await
    }

    /// What is to be done.
    async fn task(&self) -> &str {
        &self.0.task
    }

    /// Who does it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        organisation::load_organisation(ctx, self.0.unit_id).await
    }

    /// Until the end of which day, in Asia/Shanghai.
    async fn due_on(&self) -> NaiveDate {
        local_day(self.0.due_at.plus_seconds(-1))
    }

    /// Whether that has passed, and it is not done.
    async fn overdue(&self, ctx: &Context<'_>) -> bool {
        let done = matches!(self.0.state, AgreedItemState::Done | AgreedItemState::Cannot) || self.0.ended_at.is_some();
        !done && self.0.due_at <= ctx.data_unchecked::<Cx>().now()
    }

    /// Where it stands.
    async fn state(&self) -> AgreedItemState {
        self.0.state
    }

    /// Its version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was agreed on: the minutes were published.
    async fn agreed_at(&self) -> DateTime<Utc> {
        self.0.opened_at.utc()
    }

    /// When its unit was given it last; null: the consultation is not reported yet.
    async fn given_at(&self) -> Option<DateTime<Utc>> {
        self.0.given_at.map(Timestamp::utc)
    }

    /// When it ended; null: it has not.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.map(Timestamp::utc)
    }

    /// What its unit did, or why it cannot; null before.
    async fn evidence(&self) -> Option<&str> {
        self.0.evidence.as_deref()
    }

    /// How many of those who asked say that it is done, since its unit said so last.
    async fn confirmations(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        let words = loaders::of(ctx).words(self.0.id).await?;
        let kept = words.iter().filter(|word| word.round == self.0.round && word.kept).count();
        Ok(i64::try_from(kept).unwrap_or(i64::MAX))
    }

    /// How often it was disputed.
    async fn disputes(&self) -> i64 {
        self.0.round - 1
    }

    /// Why it was disputed, the first time first; for the internal side and its unit, empty for others. What somebody said who has erased
    /// themself is gone.
    async fn dispute_reasons(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        if !self.is_inside(ctx).await? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for word in loaders::of(ctx).words(self.0.id).await? {
            let key = loaders::of(ctx).key(word.account_id).await?;
            found.extend(key.zip(word.reason_enc.as_deref()).and_then(|(key, sealed)| key.open(super::store::REASON, sealed)));
        }
        Ok(found)
    }

    /// What happened to it, oldest first. What was said in supervising it, the internal side and its unit read.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<AgreedItemEvent>, ApiError> {
        let inside = self.is_inside(ctx).await?;
        let events = loaders::of(ctx).item_history(self.0.id).await?;
        let public = |what: What| matches!(what, What::Progressed | What::Done | What::Cannot);
        let seen = |row: shangyi_entities::agreed_item_event::Model| AgreedItemEvent {
            id: Gid(row.id),
            at: row.at.utc(),
            what: row.what,
            to_state: row.to_state,
            role: row.role,
            note: row.note.filter(|_| inside || public(row.what)),
        };
        Ok(events.into_iter().map(seen).collect())
    }

    /// The hand-overs to its units, the first one first.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn hand_overs(&self, ctx: &Context<'_>) -> Result<Vec<HandOver>, ApiError> {
        handovers::of_subject(ctx, self.0.id.uuid()).await
    }

    /// What the viewer could do with it now, and what is in the way.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn allowed_moves(&self, ctx: &Context<'_>) -> Result<Vec<AgreedItemMove>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let Some(standing) = self.standing(ctx).await? else { return Ok(Vec::new()) };
        let blocker = |no: moves::No| Blocker { code: no.code().to_owned(), message: cx.tell(&no.text()) };
        Ok(moves::allowed(self.0.state, standing)
            .map(|(kind, to, no)| AgreedItemMove { kind, to, blocked_by: no.map(blocker).into_iter().collect() })
            .collect())
    }
}

/// One thing that happened to an agreed item.
#[derive(SimpleObject, Clone)]
pub struct AgreedItemEvent {
    /// Its id.
    pub id: Gid<AgreedItemEventId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
    /// Where it stood after it.
    pub to_state: AgreedItemState,
    /// By which role.
    pub role: String,
    /// What was said with it; null where nothing was, and where it is not the viewer's to read.
    pub note: Option<String>,
}

/// A move that the viewer could make.
#[derive(SimpleObject)]
pub struct AgreedItemMove {
    /// Which one.
    pub kind: Move,
    /// Where it leads.
    pub to: AgreedItemState,
    /// What is in the way; empty: it can be made now.
    pub blocked_by: Vec<Blocker>,
}
