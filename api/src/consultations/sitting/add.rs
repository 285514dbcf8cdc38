use super::announce::{Wanted, ready, sit};
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, look, take};
use crate::consultations::stage::{ConsultationResult, finish};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::{ConsultationId, MemberId, VenueId};
use uuid::Uuid;

/// Another sitting of a consultation.
#[derive(InputObject)]
pub struct AddSittingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, in sitting.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Where: an open venue of the committee, or of a co-host that has agreed.
    pub hall_id: Gid<VenueId>,
    /// When it begins; the programme's working days of notice are kept.
    pub from: DateTime<Utc>,
    /// When it ends, on the same day; 15 minutes to 12 hours later.
    pub until: DateTime<Utc>,
    /// Who leads it: a member in office then; under some programmes a standing member or the chair.
    pub convenor_id: Gid<MemberId>,
    /// Who keeps its minutes; the viewer when left out.
    pub secretary_id: Option<Gid<MemberId>>,
    /// How many can come, 3 to 1000.
    pub capacity: i64,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: AddSittingInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "addSitting",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::AddSitting,
        what: ConsultationEventKind::SittingAdded,
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
    take(cx, &input, &step, None, |tx, row, _| async move {
        sit(&tx, cx, &row, wanted, ready).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}
