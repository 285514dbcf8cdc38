use super::store;
use crate::consultations::loaders::{self, Named};
use crate::kernel::{ApiError, Gid};
use crate::organisation::{self, Member, Organisation};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::Iterable;
use shangyi_entities::consultation_participant::{self, ParticipantBasis};
use shangyi_entities::consultation_reply::{self, ReplyState};
use shangyi_entities::programme_version::Party;
use shangyi_entities::{ContributionId, ParticipantId, SittingId, Timestamp, consultation_contribution};
use std::collections::HashSet;

/// A participant.
#[derive(Clone)]
pub struct Participant(pub(in crate::consultations) consultation_participant::Model);

/// Who takes part in a consultation, and as what. For the internal side of its committees, and the person or unit itself.
#[Object(name = "ConsultationParticipant")]
impl Participant {
    /// Their id in this consultation: nobody's account.
    async fn id(&self) -> Gid<ParticipantId> {
        Gid(self.0.id)
    }

    /// As what; never changed.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// From what that follows.
    async fn basis(&self) -> ParticipantBasis {
        self.0.basis
    }

    /// The name: of a member, of the unit, as an officer entered it, or as the person gave it; null where none is known, and once they
    /// have erased themselves.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let organisations = organisation::loaders_of(ctx);
        if let Some(id) = self.0.member_id {
            return match organisations.member(id).await? {
                Some(member) => organisations.member_name(&member.0).await,
                None => Ok(None),
            };
        }
        if let Some(unit) = self.0.unit_id {
            return Ok(organisation::load_organisation(ctx, unit).await?.map(|unit| unit.0.name));
        }
        match (self.0.caller_id, self.0.account_id) {
            (Some(caller), _) => loaders::of(ctx).name(Named::Caller(caller)).await,
            (None, Some(account)) => loaders::of(ctx).name(Named::Account(account)).await,
            (None, None) => Ok(None),
        }
    }

    /// The member; null for others.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        match self.0.member_id {
            Some(id) => organisation::loaders_of(ctx).member(id).await,
            None => Ok(None),
        }
    }

    /// The unit; null for people.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        match self.0.unit_id {
            Some(id) => organisation::load_organisation(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Since when they are on the list.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }

    /// What they reply to each sitting.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn replies(&self, ctx: &Context<'_>) -> Result<Vec<SittingReply>, ApiError> {
        let all = loaders::of(ctx).replies(self.0.consultation_id).await?;
        let place = |row: &consultation_reply::Model| {
            let before =
                |one: &&consultation_reply::Model| one.sitting_id == row.sitting_id && one.state == ReplyState::Waiting && one.number < row.number;
            (row.state == ReplyState::Waiting).then(|| i64::try_from(all.iter().filter(before).count()).unwrap_or(i64::MAX) + 1)
        };
        let own = all.iter().filter(|row| row.participant_id == self.0.id);
        Ok(own.map(|row| SittingReply { row: row.clone(), place: place(row) }).collect())
    }

    /// The sittings at which they were.
    async fn present_at(&self, ctx: &Context<'_>) -> Result<Vec<Gid<SittingId>>, ApiError> {
        let there = loaders::of(ctx).presence(self.0.consultation_id).await?;
        let mut found: Vec<SittingId> = there.into_iter().filter(|(_, part)| *part == self.0.id).map(|(sitting, _)| sitting).collect();
        found.sort_unstable();
        Ok(found.into_iter().map(Gid).collect())
    }
}

/// A reply to a sitting.
pub struct SittingReply {
    row: consultation_reply::Model,
    place: Option<i64>,
}

/// What a participant replies to a sitting.
#[Object]
impl SittingReply {
    /// The sitting.
    async fn sitting_id(&self) -> Gid<SittingId> {
        Gid(self.row.sitting_id)
    }

    /// The reply.
    async fn state(&self) -> ReplyState {
        self.row.state
    }

    /// The place on the waiting list, the first is 1; null for who does not wait.
    async fn place(&self) -> Option<i64> {
        self.place
    }

    /// Until when a seat is kept that was offered; null for other states.
    async fn offer_expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.offer_expires_at.map(Timestamp::utc)
    }

    /// Why not; null where nothing was said, and once whoever said it has erased themself.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.opened(ctx, store::REASON, self.row.reason_enc.as_deref()).await
    }

    /// Who comes instead; null as the reason is.
    async fn delegate(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.opened(ctx, store::DELEGATE, self.row.delegate_enc.as_deref()).await
    }

    /// When it was said.
    async fn changed_at(&self) -> DateTime<Utc> {
        self.row.changed_at.utc()
    }
}

impl SittingReply {
    async fn opened(&self, ctx: &Context<'_>, place: &str, sealed: Option<&[u8]>) -> Result<Option<String>, ApiError> {
        let (Some(by), Some(sealed)) = (self.row.said_by, sealed) else { return Ok(None) };
        Ok(loaders::of(ctx).key(by).await?.and_then(|key| key.open(place, sealed)))
    }
}

/// What somebody said.
pub struct Contribution(pub(in crate::consultations) consultation_contribution::Model);

/// What somebody said at a sitting; for the internal side.
#[Object(name = "ConsultationContribution")]
impl Contribution {
    /// Its id.
    async fn id(&self) -> Gid<ContributionId> {
        Gid(self.0.id)
    }

    /// At which sitting.
    async fn sitting_id(&self) -> Gid<SittingId> {
        Gid(self.0.sitting_id)
    }

    /// Who.
    async fn participant(&self, ctx: &Context<'_>) -> Result<Option<Participant>, ApiError> {
        let all = loaders::of(ctx).participants(self.0.consultation_id).await?;
        Ok(all.into_iter().find(|row| row.id == self.0.participant_id).map(Participant))
    }

    /// What; null once the speaker has erased themself.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let key = loaders::of(ctx).key_of(self.0.subject_id).await?;
        Ok(key.and_then(|key| key.open(store::CONTRIBUTION, &self.0.text_enc)))
    }

    /// When it was entered.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at.utc()
    }
}

/// How many of a party take part. Public: no names.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartyTurnout {
    /// Which party.
    pub party: Party,
    /// How many are on the list.
    pub listed: i64,
    /// How many have said that they come to the sitting that is next, or was last.
    pub coming: i64,
    /// How many were at a sitting at least.
    pub present: i64,
}

/// What is known of who takes part in one consultation.
pub(in crate::consultations) struct Everybody<'a> {
    pub(in crate::consultations) parts: &'a [consultation_participant::Model],
    pub(in crate::consultations) replies: &'a [consultation_reply::Model],
    pub(in crate::consultations) presence: &'a HashSet<(SittingId, ParticipantId)>,
    pub(in crate::consultations) sitting: Option<SittingId>,
}

/// How many of each party take part; parties of which there is nobody are left out.
pub(in crate::consultations) fn turnout(all: &Everybody<'_>) -> Vec<PartyTurnout> {
    let there: HashSet<ParticipantId> = all.presence.iter().map(|(_, part)| *part).collect();
    let comes = |part: ParticipantId| {
        let coming = [ReplyState::Attending, ReplyState::Delegated];
        all.replies.iter().any(|row| row.participant_id == part && Some(row.sitting_id) == all.sitting && coming.contains(&row.state))
    };
    let count = |rows: &[&consultation_participant::Model], counts: &dyn Fn(ParticipantId) -> bool| {
        i64::try_from(rows.iter().filter(|row| counts(row.id)).count()).unwrap_or(i64::MAX)
    };
    let of = |party: Party| {
        let rows: Vec<_> = all.parts.iter().filter(|row| row.party == party).collect();
        let present = count(&rows, &|part| there.contains(&part));
        (!rows.is_empty()).then(|| PartyTurnout { party, listed: count(&rows, &|_| true), coming: count(&rows, &comes), present })
    };
    Party::iter().filter_map(of).collect()
}

/// Of a hundred who were there and did not only look on, how many are stakeholders; none where nobody was there.
pub(in crate::consultations) fn stakeholder_share(turnout: &[PartyTurnout]) -> Option<i64> {
    let all: i64 = turnout.iter().filter(|one| one.party != Party::Observer).map(|one| one.present).sum();
    let stakeholders: i64 = turnout.iter().filter(|one| one.party == Party::Stakeholder).map(|one| one.present).sum();
    (all > 0).then(|| stakeholders * 100 / all)
}
