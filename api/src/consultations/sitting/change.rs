use super::{checked_time, convenor, first_after_notice, hall, in_the_way, store, tell_people};
use crate::calendar::occupy::{self, Subject};
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, look, take};
use crate::consultations::stage::{ConsultationResult, Refuse, finish, store as stages};
use crate::consultations::{people, programme};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{ConsultationId, MemberId, OrganisationId, SittingId, Timestamp, TypedId, VenueId, member};
use uuid::Uuid;

/// What changes of a sitting.
#[derive(InputObject)]
pub struct ChangeSittingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The sitting, which is to come.
    pub sitting_id: Gid<SittingId>,
    /// Another hall; where it was when left out.
    pub hall_id: Option<Gid<VenueId>>,
    /// When it begins instead; as before when left out. Earlier than before only with the programme's working days of notice.
    pub from: Option<DateTime<Utc>>,
    /// When it ends instead; as long after its beginning as before when left out.
    pub until: Option<DateTime<Utc>>,
    /// Somebody else to lead it; who did when left out.
    pub convenor_id: Option<Gid<MemberId>>,
    /// How many can come, 3 to 1000; as before when left out.
    pub capacity: Option<i64>,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: ChangeSittingInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "changeSitting",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::ChangeSitting,
        what: ConsultationEventKind::SittingChanged,
    };
    let Some(seen) = look(cx, &input, &step).await? else { return finish(cx, Ok((step.consultation, true))).await };
    let version = programme::store::version(cx.read(), seen.programme_id, seen.programme_number).await?;
    let version = version.ok_or_else(|| ApiError::broken("a version of a programme is gone"))?;
    if input.capacity.is_some_and(|capacity| !(3..=1000).contains(&capacity)) {
        return Err(ApiError::bad_input("capacity", say("参会人数请填3到1000。", "Please say how many can come, 3 to 1000.")));
    }
    let changes = (input.hall_id.is_some(), input.from.is_some() || input.until.is_some(), input.convenor_id.is_some() || input.capacity.is_some());
    if changes == (false, false, false) {
        return Err(ApiError::bad_input("sittingId", say("请说明改什么。", "Please say what changes.")));
    }
    let first = first_after_notice(cx, version.notice_days).await?;
    let committees = stages::hosts_of(cx, &seen).await?;
    let now = store::of_many(cx.read(), &[seen.id]).await?.remove(&seen.id).unwrap_or_default().into_iter().find(|row| row.id == input.sitting_id.0);
    let now = now.ok_or_else(missing)?;
    // Whoever leads it is in office at the new time, too.
    let (leads, on) = (input.convenor_id.map_or(now.convenor_id, |id| id.0), input.from.map_or(now.from_at, Timestamp::from));
    let leader = &convenor(cx, version.led_by, &committees, leads, on).await?;
    let (given, allowed) = (&input, (first, committees.as_slice(), leader));
    take(cx, &input, &step, None, |tx, row, _| async move {
        change(&tx, cx, &row, given, allowed).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}

async fn change(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    given: &ChangeSittingInput,
    (first, committees, leader): (Timestamp, &[OrganisationId], &member::Model),
) -> Result<(), Stop<Refuse>> {
    let sitting = store::of(tx, row.id).await?.into_iter().find(|one| one.id == given.sitting_id.0 && one.state == SittingState::Announced);
    let sitting = sitting.ok_or_else(missing)?;
    // Before any time is touched: whoever replies comes the same way.
    people::store::seats_locked(tx, sitting.id).await?;
    if sitting.from_at <= cx.now() {
        return Err(Stop::Refused(Refuse::Begun(sitting.from_at)));
    }
    let from = given.from.map_or(sitting.from_at, Timestamp::from);
    let length = sitting.until_at.seconds_since(sitting.from_at);
    let until = given.until.map_or_else(|| from.plus_seconds(length), Timestamp::from);
    checked_time(cx, from, until)?;
    if from < sitting.from_at && from < first {
        return Err(Stop::Refused(Refuse::NoticeTooShort(first)));
    }
    // The hall it stays in may be closed by now.
    let to = hall(tx, given.hall_id.map_or(sitting.hall_id, |id| id.0), committees).await?.id;
    let changed = consultation_sitting::Model {
        hall_id: to,
        from_at: from,
        until_at: until,
        convenor_id: leader.id,
        convenor_account_id: leader.account_id,
        capacity: given.capacity.unwrap_or(sitting.capacity),
        ..sitting.clone()
    };
    retake(tx, cx, &sitting, &changed).await?;
    let event = cx.new_event();
    tell_people(tx, cx, NoticeKind::SittingYoursMoved, event, &changed).await?;
    if sitting.convenor_account_id != changed.convenor_account_id {
        outbox::tell_person(tx, cx, NoticeKind::SittingYoursGivenBack, event, row.id.uuid(), sitting.convenor_account_id).await?;
    }
    store::advance(tx, changed.clone(), cx.now()).await?;
    Ok(people::ask_again(tx, cx, (&sitting, &changed)).await?)
}

fn missing() -> ApiError {
    ApiError::not_found("这次会议", "This sitting")
}

/// Gives the time of the sitting as it was back, and takes that of the sitting as it is to be.
async fn retake(tx: &WriteTx, cx: &Cx, was: &consultation_sitting::Model, is: &consultation_sitting::Model) -> Result<(), Stop<Refuse>> {
    let (old, new) = ([was.hall_id.uuid(), was.convenor_account_id.uuid()], [is.hall_id.uuid(), is.convenor_account_id.uuid()]);
    occupy::lock(tx, old.into_iter().chain(new).collect()).await?;
    let span = (is.from_at, is.until_at);
    if let Some(refuse) = in_the_way(tx, (is.hall_id, is.convenor_account_id), span, Some(was.occasion_id)).await? {
        return Err(Stop::Refused(refuse));
    }
    // Who leads it now may have attended it before: its time is taken of them once.
    for subject in old.into_iter().chain([is.convenor_account_id.uuid()]) {
        occupy::release(tx, cx, was.occasion_id, subject).await?;
    }
    occupy::reshape(tx, was.occasion_id, span.0, span.1).await?;
    for (kind, id) in [SubjectKind::Venue, SubjectKind::Member].into_iter().zip(new) {
        let taken = || Refuse::HallTaken { kind: OccasionKind::Sitting, from: span.0, until: span.1 };
        occupy::take(tx, cx, was.occasion_id, Subject { kind, id }, span, taken).await?;
    }
    Ok(())
}
