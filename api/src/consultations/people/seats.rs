//! Seats of a sitting: what a reply takes and frees, and what follows by itself in the same transaction: offers that are over end, free
//! seats are offered to the first who wait. The seats are locked.
use super::store;
use crate::app::App;
use crate::calendar::hours::{self, Stands};
use crate::calendar::occupy;
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::Refuse;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale, OnRule, OrInternal, Stop, WriteTx};
use crate::notices::outbox;
use shangyi_entities::consultation_attendance::{self, AttendanceHow};
use shangyi_entities::consultation_participant::{self, ParticipantBasis};
use shangyi_entities::consultation_reply::{self, ReplyState as S};
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, ConsultationId, ParticipantId, SittingId, TypedId};
use std::collections::HashMap;
use uuid::Uuid;

/// Sittings of one turn of the clock.
const BATCH: u64 = 50;
/// States that take a seat.
pub(super) const SEATED: [S; 3] = [S::Attending, S::Delegated, S::Offered];

/// What changes of a reply, besides its state.
#[derive(Default, Clone)]
pub(super) struct Said {
    pub(super) holds: Option<Uuid>,
    pub(super) number: Option<i64>,
    pub(super) until: Option<shangyi_entities::Timestamp>,
    pub(super) by: Option<AccountId>,
    pub(super) reason: Option<Vec<u8>>,
    pub(super) delegate: Option<Vec<u8>>,
}

/// Writes what a participant says to a sitting, after what they said before.
pub(super) async fn put(
    tx: &WriteTx,
    cx: &Cx,
    before: Option<&consultation_reply::Model>,
    (part, sitting): (ParticipantId, SittingId),
    state: S,
    said: Said,
) -> Result<(), Stop<Refuse>> {
    let row = consultation_reply::Model {
        participant_id: part,
        sitting_id: sitting,
        state,
        version: before.map_or(1, |row| row.version + 1),
        holds_subject: said.holds,
        number: said.number,
        offer_expires_at: said.until,
        said_by: said.by,
        reason_enc: said.reason,
        delegate_enc: said.delegate,
        changed_at: cx.now(),
    };
    store::put(tx, row, cx.account_if_any()).await.on_rule("sitting_is_full", || Refuse::Full(1))?.internal("writing a reply")?;
    Ok(())
}

fn plainly(done: Result<(), Stop<Refuse>>) -> Result<(), ApiError> {
    done.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) => ApiError::broken("a seat that was free is taken"),
    })
}

/// Tells each of these participants, through their account or their unit's staff; callers are told by their officer.
pub(in crate::consultations) async fn tell(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    event: Uuid,
    consultation: ConsultationId,
    parts: &[consultation_participant::Model],
) -> Result<(), ApiError> {
    let mut told = Vec::new();
    for part in parts {
        match (part.account_id, part.unit_id) {
            (Some(account), _) => told.push((event, consultation.uuid(), account)),
            (None, Some(unit)) => {
                let staff = crate::handovers::staff_of(tx, unit, cx.now()).await?;
                told.extend(staff.into_iter().map(|account| (event, consultation.uuid(), account)));
            }
            (None, None) => {}
        }
    }
    told.retain(|(_, _, account)| Some(*account) != cx.account_if_any());
    outbox::tell_each(tx, cx, kind, &told).await
}

async fn parts(tx: &WriteTx, rows: &[consultation_reply::Model]) -> Result<HashMap<ParticipantId, consultation_participant::Model>, ApiError> {
    let ids: Vec<ParticipantId> = rows.iter().map(|row| row.participant_id).collect();
    Ok(store::by_ids(&**tx, &ids).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// Ends offers whose time is over, and offers what is free to the first who wait. Nothing once the sitting is not to come any more.
pub(super) async fn settle(tx: &WriteTx, cx: &Cx, sitting: &consultation_sitting::Model) -> Result<(), ApiError> {
    let over: Vec<_> = store::replies_to(tx, sitting.id, &[S::Offered]).await?;
    let over: Vec<_> = over.into_iter().filter(|row| row.offer_expires_at.is_some_and(|until| until <= cx.now())).collect();
    for row in &over {
        plainly(put(tx, cx, Some(row), (row.participant_id, sitting.id), S::Expired, Said::default()).await)?;
    }
    let known: Vec<_> = parts(tx, &over).await?.into_values().collect();
    tell(tx, cx, NoticeKind::SittingOfferExpired, cx.new_event(), sitting.consultation_id, &known).await?;
    let seats = store::seats_locked(tx, sitting.id).await?;
    let free = u64::try_from(sitting.capacity - seats.taken).unwrap_or(0);
    if free == 0 || seats.waiting == 0 || sitting.state != SittingState::Announced {
        return Ok(());
    }
    let stands = Stands { before: cx.settings().offer_minutes, today: cx.settings().offer_minutes_today };
    let Some(until) = hours::offer_until(cx.now(), sitting.from_at, stands) else { return Ok(()) };
    let next = store::first_waiting(tx, sitting.id, free).await?;
    for row in &next {
        let said = Said { number: row.number, until: Some(until), ..Said::default() };
        plainly(put(tx, cx, Some(row), (row.participant_id, sitting.id), S::Offered, said).await)?;
    }
    let known: Vec<_> = parts(tx, &next).await?.into_values().collect();
    tell(tx, cx, NoticeKind::SittingSeatOffered, cx.new_event(), sitting.consultation_id, &known).await
}

/// Ends offers by the clock; whether there may be more.
pub(in crate::consultations) async fn run_by_the_clock(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "clockwork".to_owned());
    let due = store::offers_over(cx, BATCH).await?;
    for id in &due {
        let id = *id;
        app.db
            .write_plain(|tx| async move {
                store::seats_locked(&tx, id).await?;
                if let Some(sitting) = sittings::by_id(&*tx, id).await? {
                    settle(&tx, cx, &sitting).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(due.len() as u64 == BATCH)
}

/// Everybody who takes part is asked to a sitting that was added or announced anew, but for who leads it.
pub(in crate::consultations) async fn all_asked(tx: &WriteTx, cx: &Cx, sitting: &consultation_sitting::Model) -> Result<(), ApiError> {
    let all = store::of_many(&**tx, &[sitting.consultation_id]).await?.remove(&sitting.consultation_id).unwrap_or_default();
    let replied: Vec<ParticipantId> = store::replies_to(tx, sitting.id, &[S::Attending]).await?.into_iter().map(|row| row.participant_id).collect();
    // Who only came to one door is not asked to the next.
    let asked: Vec<_> = all.into_iter().filter(|part| part.basis != ParticipantBasis::Door && !replied.contains(&part.id)).collect();
    store::ask(tx, cx, sitting.id, &asked).await?;
    tell(tx, cx, NoticeKind::SittingInvited, sitting.id.uuid(), sitting.consultation_id, &asked).await
}

/// A sitting was changed: another hall keeps replies, another time asks again. Time that was taken for the old one is free.
pub(in crate::consultations) async fn ask_again(
    tx: &WriteTx,
    cx: &Cx,
    (was, is): (&consultation_sitting::Model, &consultation_sitting::Model),
) -> Result<(), ApiError> {
    let moved = (was.from_at, was.until_at) != (is.from_at, is.until_at);
    store::seats_locked(tx, is.id).await?;
    let live = store::replies_to(tx, is.id, &[S::Asked, S::Attending, S::Delegated, S::Waiting, S::Offered]).await?;
    let known = parts(tx, &live).await?;
    for row in live.iter().filter(|row| moved && row.state != S::Asked) {
        // Of who leads it now, the time has been taken anew.
        if let Some(subject) = row.holds_subject.filter(|subject| *subject != is.convenor_account_id.uuid()) {
            occupy::release(tx, cx, was.occasion_id, subject).await?;
        }
        plainly(put(tx, cx, Some(row), (row.participant_id, is.id), S::Asked, Said::default()).await)?;
    }
    if moved {
        // Who has checked in already was not at what is to come.
        for (part, (number, _)) in store::present_at(tx, is.id).await?.into_iter().filter(|(_, (_, present))| *present) {
            let (at, account_id) = (cx.now(), cx.account()?);
            let (sitting_id, participant_id, number) = (is.id, part, number + 1);
            let how = AttendanceHow::Secretary;
            store::attend(tx, consultation_attendance::Model { sitting_id, participant_id, number, present: false, how, at, account_id }).await?;
        }
    }
    let told: Vec<_> = known.into_values().filter(|part| part.account_id != Some(is.convenor_account_id)).collect();
    if moved || was.hall_id != is.hall_id {
        let kind = if moved { NoticeKind::SittingMoved } else { NoticeKind::SittingHallChanged };
        tell(tx, cx, kind, cx.new_event(), is.consultation_id, &told).await?;
    }
    leads(tx, cx, is, (was.convenor_account_id != is.convenor_account_id).then_some(was.convenor_account_id)).await?;
    settle(tx, cx, is).await
}

/// A sitting does not take place as it was announced: nobody's time is taken any more, and everybody is told.
pub(in crate::consultations) async fn give_back(tx: &WriteTx, cx: &Cx, sitting: &consultation_sitting::Model) -> Result<(), ApiError> {
    store::seats_locked(tx, sitting.id).await?;
    let live = store::replies_to(tx, sitting.id, &[S::Asked, S::Attending, S::Delegated, S::Waiting, S::Offered]).await?;
    for row in &live {
        plainly(put(tx, cx, Some(row), (row.participant_id, sitting.id), S::GivenBack, Said::default()).await)?;
    }
    let known: Vec<_> = parts(tx, &live).await?.into_values().filter(|part| part.account_id != Some(sitting.convenor_account_id)).collect();
    tell(tx, cx, NoticeKind::SittingGivenBack, cx.new_event(), sitting.consultation_id, &known).await
}

/// Who leads a sitting takes part and attends; its time is taken of them with the hall's. Who led it before is asked like everybody.
pub(in crate::consultations) async fn leads(
    tx: &WriteTx,
    cx: &Cx,
    sitting: &consultation_sitting::Model,
    before: Option<AccountId>,
) -> Result<(), ApiError> {
    store::seats_locked(tx, sitting.id).await?;
    if let Some(part) = part_by(tx, sitting.consultation_id, before).await?
        && let Some(row) = store::reply(tx, part.id, sitting.id).await?.filter(|row| SEATED.contains(&row.state))
    {
        plainly(put(tx, cx, Some(&row), (part.id, sitting.id), S::Asked, Said::default()).await)?;
    }
    let part = match part_by(tx, sitting.consultation_id, Some(sitting.convenor_account_id)).await? {
        Some(part) => part,
        None => {
            let part = consultation_participant::Model {
                id: cx.new_id(),
                consultation_id: sitting.consultation_id,
                party: Party::Member,
                basis: ParticipantBasis::Invited,
                account_id: Some(sitting.convenor_account_id),
                caller_id: None,
                unit_id: None,
                member_id: Some(sitting.convenor_id),
                at: cx.now(),
                added_by: cx.account_if_any(),
            };
            store::insert(tx, part.clone()).await.internal("adding who leads")?;
            part
        }
    };
    let row = store::reply(tx, part.id, sitting.id).await?;
    if row.as_ref().is_some_and(|row| row.state == S::Attending && row.holds_subject.is_none()) {
        return Ok(());
    }
    // Where every seat is taken, who leads needs none.
    let seats = store::seats_locked(tx, sitting.id).await?;
    if seats.taken < sitting.capacity || row.as_ref().is_some_and(|row| SEATED.contains(&row.state)) {
        plainly(put(tx, cx, row.as_ref(), (part.id, sitting.id), S::Attending, Said::default()).await)?;
    }
    Ok(())
}

async fn part_by(tx: &WriteTx, id: ConsultationId, account: Option<AccountId>) -> Result<Option<consultation_participant::Model>, ApiError> {
    match account {
        Some(account) => store::part_of(&**tx, id, account, &[]).await,
        None => Ok(None),
    }
}
