use super::store;
use crate::auth::callers::{self, Behalf, NewCaller};
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, add};
use crate::consultations::stage::{ConsultationResult, Refuse, store as stages};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, WriteTx, say};
use async_graphql::InputObject;
use shangyi_entities::consultation;
use shangyi_entities::consultation_attendance::{self, AttendanceHow};
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_participant::{self, ParticipantBasis};
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{ConsultationId, ParticipantId, SittingId};
use std::collections::HashMap;
use uuid::Uuid;

/// Who was at a sitting.
#[derive(InputObject)]
pub struct RecordAttendanceInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The sitting, which was started.
    pub sitting_id: Gid<SittingId>,
    /// Participants who were there; at most 500.
    #[graphql(default)]
    pub present: Vec<Gid<ParticipantId>>,
    /// Participants who were not, though it says so: a correction, which is added to the list.
    #[graphql(default)]
    pub absent: Vec<Gid<ParticipantId>>,
    /// People who came without being on the list; at most 100. They are residents, or observers where residents do not take part: as what
    /// others take part is fixed before the start.
    #[graphql(default)]
    pub guests: Vec<DoorGuest>,
}

/// Somebody who came without being on the list.
#[derive(InputObject)]
pub struct DoorGuest {
    /// Who.
    pub who: Behalf,
    /// To look on only.
    #[graphql(default)]
    pub observe: bool,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: RecordAttendanceInput) -> Result<ConsultationResult, ApiError> {
    if input.present.len() > 500 || input.absent.len() > 500 || input.guests.len() > 100 {
        return Err(ApiError::bad_input(
            "present",
            say("一次最多登记500位参加人、100位现场来宾。", "At most 500 participants and 100 guests at once."),
        ));
    }
    if input.present.iter().any(|id| input.absent.contains(id)) {
        return Err(ApiError::bad_input("absent", say("同一人不能既到会又缺席。", "Nobody is there and not there.")));
    }
    let guests = input.guests.iter().map(|guest| Ok((NewCaller::read(cx, &guest.who)?, guest.observe))).collect::<Result<Vec<_>, ApiError>>()?;
    let step = Step {
        operation: "recordAttendance",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: None,
        kind: Move::RecordAttendance,
        what: ConsultationEventKind::SittingStarted,
    };
    let parties = stages::parties_of(cx, &[step.consultation]).await?.remove(&step.consultation).unwrap_or_default();
    let (given, guests, residents) = (&input, guests.as_slice(), parties.contains(&Party::Resident));
    add(cx, &input, &step, |tx, row, _| async move { record(&tx, cx, &row, given, (guests, residents)).await }).await
}

async fn record(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    given: &RecordAttendanceInput,
    (guests, residents): (&[(NewCaller, bool)], bool),
) -> Result<(), Stop<Refuse>> {
    let sitting = sittings::of(tx, row.id).await?.into_iter().find(|one| one.id == given.sitting_id.0 && one.state == SittingState::Held);
    let sitting = sitting.ok_or_else(|| ApiError::not_found("这次会议", "This sitting"))?;
    store::seats_locked(tx, sitting.id).await?;
    let ids: Vec<ParticipantId> = given.present.iter().chain(&given.absent).map(|id| id.0).collect();
    let known = store::by_ids(&**tx, &ids).await?;
    if ids.iter().any(|id| !known.iter().any(|part| part.id == *id && part.consultation_id == row.id)) {
        return Err(ApiError::bad_input(
            "present",
            say("名单里有不属于这场协商的人。", "Somebody on the list does not take part in this consultation."),
        )
        .into());
    }
    let words = store::present_at(tx, sitting.id).await?;
    for (ids, present) in [(&given.present, true), (&given.absent, false)] {
        // Each once, however often they were named.
        let once: std::collections::BTreeSet<ParticipantId> = ids.iter().map(|id| id.0).collect();
        for id in once {
            enter(tx, cx, sitting.id, id, present, &words, AttendanceHow::Secretary).await?;
        }
    }
    for (caller, observe) in guests {
        callers::add(tx, cx, caller).await?;
        let part = consultation_participant::Model {
            id: cx.new_id(),
            consultation_id: row.id,
            party: if residents && !observe { Party::Resident } else { Party::Observer },
            basis: ParticipantBasis::Door,
            account_id: None,
            caller_id: Some(caller.id),
            unit_id: None,
            member_id: None,
            at: cx.now(),
            added_by: cx.account_if_any(),
        };
        store::insert(tx, part.clone()).await.internal("adding a guest")?;
        enter(tx, cx, sitting.id, part.id, true, &words, AttendanceHow::Secretary).await?;
    }
    Ok(())
}

/// Enters whether somebody was there, unless that is what was said last. The seats of the sitting are locked.
pub(super) async fn enter(
    tx: &WriteTx,
    cx: &Cx,
    sitting: SittingId,
    part: ParticipantId,
    present: bool,
    words: &HashMap<ParticipantId, (i64, bool)>,
    how: AttendanceHow,
) -> Result<(), ApiError> {
    let number = match words.get(&part) {
        Some((_, before)) if *before == present => return Ok(()),
        Some((number, _)) => number + 1,
        None => 1,
    };
    let (at, account_id) = (cx.now(), cx.account()?);
    store::attend(tx, consultation_attendance::Model { sitting_id: sitting, participant_id: part, number, present, how, at, account_id }).await
}
