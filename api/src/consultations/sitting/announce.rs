use super::{checked_time, convenor, first_after_notice, hall, in_the_way, serving, store, tell_people};
use crate::calendar::occupy::{self, NewOccasion, Subject};
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, look, take};
use crate::consultations::stage::{ConsultationResult, Refuse, finish, store as stages};
use crate::consultations::{people, programme};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use sea_orm::Iterable;
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, ConsultationId, MemberId, OrganisationId, Timestamp, TypedId, VenueId, member};
use uuid::Uuid;

/// What is announced.
#[derive(InputObject)]
pub struct AnnounceConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Where: an open venue of the committee, or of a co-host that has agreed.
    pub hall_id: Gid<VenueId>,
    /// When it begins: on the n-th working day after today at the earliest, for the programme's n working days of notice; at most a year
    /// ahead.
    pub from: DateTime<Utc>,
    /// When it ends, on the same day; 15 minutes to 12 hours later. The moment itself is free again.
    pub until: DateTime<Utc>,
    /// Who leads it: a member in office then; under some programmes a standing member or the chair.
    pub convenor_id: Gid<MemberId>,
    /// Who keeps its minutes; the viewer when left out.
    pub secretary_id: Option<Gid<MemberId>>,
    /// As what people are to take part; those of the programme when left out. Members always.
    pub parties: Option<Vec<Party>>,
    /// How many can come, 3 to 1000.
    pub capacity: i64,
}

/// When, where and by whom a sitting is to be.
pub(super) struct Wanted {
    pub(super) hall: VenueId,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) convenor: MemberId,
    pub(super) secretary: Option<MemberId>,
    pub(super) capacity: i64,
}

/// Checked before anything is written.
pub(super) struct Ready {
    convenor: member::Model,
    secretary: AccountId,
    first: Timestamp,
    committees: Vec<OrganisationId>,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: AnnounceConsultationInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "announceConsultation",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Announce,
        what: ConsultationEventKind::Announced,
    };
    let Some(seen) = look(cx, &input, &step).await? else { return finish(cx, Ok((step.consultation, true))).await };
    let wanted = &Wanted {
        hall: input.hall_id.0,
        from: input.from.into(),
        until: input.until.into(),
        convenor: input.convenor_id.0,
        secretary: input.secretary_id.map(|id| id.0),
        capacity: input.capacity,
    };
    let ready = &ready(cx, &seen, wanted).await?;
    let parties = &parties(cx, &seen, input.parties.as_deref()).await?;
    take(cx, &input, &step, None, |tx, row, _| async move {
        sit(&tx, cx, &row, wanted, ready).await?;
        stages::insert_parties(&tx, row.id, row.version + 1, parties).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}

/// As what people take part: what is named, or what the programme names; members always.
async fn parties(cx: &Cx, seen: &consultation::Model, given: Option<&[Party]>) -> Result<Vec<Party>, ApiError> {
    if let Some(given) = given {
        return Ok(Party::iter().filter(|party| *party == Party::Member || given.contains(party)).collect());
    }
    let version = programme::store::version(cx.read(), seen.programme_id, seen.programme_number).await?;
    programme::store::parties_of(cx, version.ok_or_else(|| ApiError::broken("a version of a programme is gone"))?.id).await
}

pub(super) async fn ready(cx: &Cx, seen: &consultation::Model, wanted: &Wanted) -> Result<Ready, ApiError> {
    if !(3..=1000).contains(&wanted.capacity) {
        return Err(ApiError::bad_input("capacity", say("参会人数请填3到1000。", "Please say how many can come, 3 to 1000.")));
    }
    let committees = stages::hosts_of(cx, seen).await?;
    let version = programme::store::version(cx.read(), seen.programme_id, seen.programme_number).await?;
    let version = version.ok_or_else(|| ApiError::broken("a version of a programme is gone"))?;
    let convenor = convenor(cx, version.led_by, &committees, wanted.convenor, wanted.from).await?;
    let secretary = match wanted.secretary {
        None => cx.account()?,
        Some(id) => {
            let found = serving(cx, &committees, id, wanted.from).await?;
            let wrong = || ApiError::bad_input("secretaryId", say("请选择届时在任的委员记录。", "Please choose a member who is in office then."));
            found.ok_or_else(wrong)?.account_id
        }
    };
    Ok(Ready { convenor, secretary, first: first_after_notice(cx, version.notice_days).await?, committees })
}

/// Takes the hall and the convenor for a sitting, or says what is in the way. Who takes part already is asked to it.
pub(super) async fn sit(tx: &WriteTx, cx: &Cx, row: &consultation::Model, wanted: &Wanted, ready: &Ready) -> Result<(), Stop<Refuse>> {
    let (from, until) = (wanted.from, wanted.until);
    checked_time(cx, from, until)?;
    if from < ready.first {
        return Err(Stop::Refused(Refuse::NoticeTooShort(ready.first)));
    }
    let hall = hall(tx, wanted.hall, &ready.committees).await?;
    let person = ready.convenor.account_id;
    occupy::lock(tx, vec![hall.id.uuid(), person.uuid()]).await?;
    if let Some(refuse) = in_the_way(tx, (hall.id, person), (from, until), None).await? {
        return Err(Stop::Refused(refuse));
    }
    let occasion = NewOccasion {
        id: cx.new_id(),
        committee: row.committee_id,
        kind: OccasionKind::Sitting,
        from,
        until,
        subjects: vec![Subject { kind: SubjectKind::Venue, id: hall.id.uuid() }, Subject { kind: SubjectKind::Member, id: person.uuid() }],
    };
    let occasion_id = occasion.id;
    occupy::open(tx, cx, &[occasion], || Refuse::HallTaken { kind: OccasionKind::Sitting, from, until }).await?;
    let number = i64::try_from(store::of(tx, row.id).await?.len()).unwrap_or(i64::MAX) + 1;
    let sitting = consultation_sitting::Model {
        id: cx.new_id(),
        consultation_id: row.id,
        number,
        hall_id: hall.id,
        from_at: from,
        until_at: until,
        occasion_id,
        state: SittingState::Announced,
        version: 1,
        convenor_id: ready.convenor.id,
        convenor_account_id: person,
        secretary_account_id: ready.secretary,
        capacity: wanted.capacity,
        announced_at: cx.now(),
        changed_at: cx.now(),
    };
    store::insert(tx, sitting.clone()).await?;
    people::leads(tx, cx, &sitting, None).await?;
    people::all_asked(tx, cx, &sitting).await?;
    Ok(tell_people(tx, cx, NoticeKind::SittingYours, sitting.id.uuid(), &sitting).await?)
}
