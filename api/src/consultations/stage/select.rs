use super::moves::Move;
use super::refusal::ConsultationResult;
use super::step::{Step, nothing_more, take};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::ConsultationId;
use shangyi_entities::consultation_event::ConsultationEventKind;
use uuid::Uuid;

/// Which proposal to select.
#[derive(InputObject)]
pub struct SelectConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The proposal.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: SelectConsultationInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "selectConsultation",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::SelectLocally,
        what: ConsultationEventKind::Selected,
    };
    take(cx, &input, &step, None, nothing_more).await
}
