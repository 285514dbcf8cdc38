use super::{checked_time, first_after_notice, hall, in_the_way, store};
use crate::calendar::occupy::{self, Subject};
use crate::consultations::programme;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, look, take};
use crate::consultations::stage::{ConsultationResult, Refuse, finish, store as stages};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{ConsultationId, OrganisationId, SittingId, Timestamp, TypedId, VenueId};
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
}

pub(in crate::consultations) async fn run(cx: &Cx, input: ChangeSittingInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "changeSitting",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: input.expected_version,
        kind: Move::ChangeSitting,
        what: ConsultationEventKind::SittingChanged,
    };
    let Some(seen) = look(cx, &input, &step).await? else { return finish(cx, Ok((step.consultation, true))).await };
    let version = programme::store::version(cx.read(), seen.programme_id, seen.programme_number).await?;
    let first = first_after_notice(cx, version.map_or(0, |version| version.notice_days)).await?;
    let mut committees = stages::co_hosts_of(cx, &[seen.id]).await?.remove(&seen.id).unwrap_or_default();
    committees.push(seen.committee_id);
    let (given, committees) = (&input, committees.as_slice());
    take(cx, &input, &step, None, |tx, row, _| async move {
        change(&tx, cx, &row, given, (first, committees)).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}

async fn change(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    given: &ChangeSittingInput,
    (first, committees): (Timestamp, &[OrganisationId]),
) -> Result<(), Stop<Refuse>> {
    let sitting = store::of(tx, row.id).await?.into_iter().find(|one| one.id == given.sitting_id.0 && one.state == SittingState::Announced);
    let sitting = sitting.ok_or_else(|| ApiError::not_found("这次会议", "This sitting"))?;
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
    let to = match given.hall_id {
        Some(id) => hall(tx, id.0, committees).await?.id,
        None => sitting.hall_id,
    };
    move_to(tx, cx, row, &sitting, to, (from, until)).await
}

async fn move_to(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    sitting: &consultation_sitting::Model,
    to: VenueId,
    (from, until): (Timestamp, Timestamp),
) -> Result<(), Stop<Refuse>> {
    let convenor = stages::convenor_account(tx, row).await?.ok_or_else(|| ApiError::broken("a sitting without a convenor"))?;
    occupy::lock(tx, vec![sitting.hall_id.uuid(), to.uuid(), convenor.uuid()]).await?;
    if let Some(refuse) = in_the_way(tx, (to, convenor), (from, until), Some(sitting.occasion_id)).await? {
        return Err(Stop::Refused(refuse));
    }
    for subject in [sitting.hall_id.uuid(), convenor.uuid()] {
        occupy::release(tx, cx, sitting.occasion_id, subject).await?;
    }
    occupy::reshape(tx, sitting.occasion_id, from, until).await?;
    let taken = || Refuse::HallTaken { kind: shangyi_entities::occasion::OccasionKind::Sitting, from, until };
    let (hall, person) = (Subject { kind: SubjectKind::Venue, id: to.uuid() }, Subject { kind: SubjectKind::Member, id: convenor.uuid() });
    occupy::take(tx, cx, sitting.occasion_id, hall, (from, until), taken).await?;
    occupy::take(tx, cx, sitting.occasion_id, person, (from, until), taken).await?;
    Ok(store::change(tx, sitting.id, to, (from, until), cx.now()).await?)
}
