use crate::consultations::stage::ConsultationResult;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, nothing_more, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::consultation_event::ConsultationEventKind as What;
use shangyi_entities::{ConsultationId, consultation};
use uuid::Uuid;

/// Which consultation to close.
#[derive(InputObject)]
pub struct CloseConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, evaluated.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Which consultation to take up again.
#[derive(InputObject)]
pub struct ReopenConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, closed.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; public. What is to be done now is agreed on with a further version of the minutes (`amendMinutes`).
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("重新启动的原因", "The reason"), most: 200 };

pub(in crate::consultations) async fn close(cx: &Cx, input: CloseConsultationInput) -> Result<ConsultationResult, ApiError> {
    let (request_id, consultation, expected_version) = (input.request_id, input.consultation_id.0, Some(input.expected_version));
    let step = Step { operation: "closeConsultation", request_id, consultation, expected_version, kind: Move::Close, what: What::Closed };
    take(cx, &input, &step, None, nothing_more).await
}

pub(in crate::consultations) async fn reopen(cx: &Cx, input: ReopenConsultationInput) -> Result<ConsultationResult, ApiError> {
    let reason = text::clean(&REASON, &input.reason)?;
    let (request_id, consultation, expected_version) = (input.request_id, input.consultation_id.0, Some(input.expected_version));
    let step = Step { operation: "reopenConsultation", request_id, consultation, expected_version, kind: Move::Reopen, what: What::Reopened };
    take(
        cx,
        &input,
        &step,
        Some(&reason),
        |_, row, _| async move { Ok(consultation::ActiveModel { round: Set(row.round + 1), ..Default::default() }) },
    )
    .await
}
