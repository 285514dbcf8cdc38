use super::DutySlot;
use super::plan::{self, Planned, RosterRuleInput};
use super::refusal::{DutyRefusalReason as Reason, DutyRefused, refused};
use super::store;
use crate::audit;
use crate::calendar::occupy::{self, NewOccasion, Subject};
use crate::kernel::clock::local_day;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use crate::notices::outbox;
use async_graphql::{InputObject, SimpleObject, Union};
use chrono::NaiveDate;
use shangyi_entities::duty_slot::{self, SlotState};
use shangyi_entities::duty_slot_event::{self, SlotEventKind};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{AccountId, Timestamp, TypedId, VenueId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which plan to publish: what `planRoster` was asked, and what it answered.
#[derive(InputObject)]
pub struct PublishRosterInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// The rule.
    pub rule: RosterRuleInput,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The plan's fingerprint; where another plan would be published by now, it is `STATE_CHANGED`.
    pub fingerprint: String,
}

/// The roster is published.
#[derive(SimpleObject)]
pub struct PublishRosterPayload {
    /// Its slots, by time; at most the first 500.
    pub slots: Vec<DutySlot>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// Published, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum PublishRosterResult {
    /// Done.
    Done(PublishRosterPayload),
    /// Refused.
    Refused(DutyRefused),
}

pub(super) async fn run(cx: &Cx, input: PublishRosterInput) -> Result<PublishRosterResult, ApiError> {
    cx.viewer().await?;
    // The slots of one publication have its id in their first event.
    let publication = cx.new_event();
    if let Some(earlier) = replay::earlier(cx, "publishRoster", input.request_id, &input).await? {
        return answer(cx, Ok((Uuid::try_parse(&earlier).unwrap_or_default(), true))).await;
    }
    let planned = plan::make(cx, input.studio_id.0, &input.rule, input.from, input.until).await?;
    if let Some(reason) = reason(&planned, &input.fingerprint) {
        return answer(cx, Err(Stop::Refused(reason))).await;
    }
    let (input, planned) = (&input, &planned);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(publication.to_string());
            if let Some(earlier) = replay::remember(&tx, cx, "publishRoster", input.request_id, input, made).await? {
                return Ok((Uuid::try_parse(&earlier).unwrap_or_default(), true));
            }
            // Planned before this transaction: the studio must be as it was then, and stays so until it is done.
            let venue = crate::organisation::venue_locked(&tx, planned.venue.id).await?;
            if venue.is_none_or(|venue| venue.version != planned.venue.version || venue.closed_at.is_some()) {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            write(&tx, cx, planned, publication).await?;
            let target = planned.venue.id;
            let entry = audit::Entry::new("publishRoster", &planned.role, target);
            let entry = audit::Entry { committee: Some(planned.venue.committee_id), after: Some(&planned.fingerprint), ..entry };
            audit::record(&tx, cx, entry).await?;
            Ok((publication, false))
        })
        .await;
    answer(cx, done).await
}

fn reason(planned: &Planned, fingerprint: &str) -> Option<Reason> {
    if planned.venue.closed_at.is_some() {
        return Some(Reason::StudioClosed);
    }
    if planned.fingerprint != fingerprint {
        return Some(Reason::StateChanged);
    }
    if planned.candidates.is_empty() {
        return Some(Reason::NoMembers);
    }
    planned.turns.iter().all(|(_, taken)| *taken).then_some(Reason::NothingToPublish)
}

async fn write(tx: &WriteTx, cx: &Cx, planned: &Planned, publication: Uuid) -> Result<(), Stop<Reason>> {
    let (mut occasions, mut slots, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let mut told: BTreeMap<AccountId, Uuid> = BTreeMap::new();
    let mut today: BTreeMap<AccountId, Timestamp> = BTreeMap::new();
    for (turn, _) in planned.turns.iter().filter(|(_, taken)| !taken) {
        let occasion = cx.new_id();
        let mut subjects = vec![Subject { kind: SubjectKind::Venue, id: planned.venue.id.uuid() }];
        for place in &turn.members {
            let assigned = place.map(|place| planned.candidates[place]);
            let slot = duty_slot::Model {
                id: cx.new_id(),
                occasion_id: occasion,
                venue_id: planned.venue.id,
                member_id: assigned.map(|(member, _)| member),
                account_id: assigned.map(|(_, account)| account),
                from_at: turn.from,
                until_at: turn.until,
                state: if assigned.is_some() { SlotState::Assigned } else { SlotState::Vacant },
                version: 1,
            };
            if let Some((_, account)) = assigned {
                subjects.push(Subject { kind: SubjectKind::Member, id: account.uuid() });
                told.entry(account).or_insert(slot.id.uuid());
                // Who came early today has checked in already.
                if local_day(slot.from_at) == local_day(cx.now()) {
                    today.insert(account, slot.from_at);
                }
            }
            events.push(duty_slot_event::Model {
                slot_id: slot.id,
                version: 1,
                id: publication,
                at: cx.now(),
                what: SlotEventKind::Published,
                by_account: cx.account()?,
                member_id: slot.member_id,
                note_enc: None,
            });
            slots.push(slot);
        }
        let committee = planned.venue.committee_id;
        occasions.push(NewOccasion { id: occasion, committee, kind: OccasionKind::DutySlot, from: turn.from, until: turn.until, subjects });
    }
    // The plan knew everything that was taken: what is taken now, somebody has just taken.
    occupy::open(tx, cx, &occasions, || Reason::StateChanged).await?;
    store::insert_slots(tx, slots).await?;
    store::insert_events(tx, events).await?;
    for (account, at) in today {
        crate::check_ins::slots_changed(tx, cx, account, at).await?;
    }
    for (account, first) in told {
        outbox::tell_person(tx, cx, NoticeKind::DutyPublished, publication, first, account).await?;
    }
    Ok(())
}

async fn answer(cx: &Cx, done: Result<(Uuid, bool), Stop<Reason>>) -> Result<PublishRosterResult, ApiError> {
    match done {
        Ok((publication, replayed)) => {
            let ids: Vec<_> = store::of_publication(cx, publication).await?.into_iter().map(|row| row.id).collect();
            let mut rows = store::slots_by_id(cx, &ids).await?;
            rows.sort_by_key(|row| (row.from_at, row.id));
            let slots = rows.into_iter().map(DutySlot).collect();
            Ok(PublishRosterResult::Done(PublishRosterPayload { slots, replayed }))
        }
        Err(Stop::Refused(reason)) => Ok(PublishRosterResult::Refused(refused(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
