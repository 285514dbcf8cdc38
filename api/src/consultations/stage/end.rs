//! Laid aside, taken up again, ended before its minutes.
use super::moves::Move;
use super::refusal::ConsultationResult;
use super::step::{Step, nothing_more, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::ConsultationId;
use shangyi_entities::consultation_event::ConsultationEventKind as What;
use uuid::Uuid;

/// Which consultation to postpone.
#[derive(InputObject)]
pub struct PostponeConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; public.
    pub reason: String,
}

/// Which consultation to go on with.
#[derive(InputObject)]
pub struct ResumeConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// Which consultation to cancel.
#[derive(InputObject)]
pub struct CancelConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; public once it was selected. A topic that became it is answered with it.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("原因", "The reason"), most: 200 };

pub(in crate::consultations) async fn postpone(cx: &Cx, input: PostponeConsultationInput) -> Result<ConsultationResult, ApiError> {
    let reason = text::clean(&REASON, &input.reason)?;
    let (request_id, consultation, expected_version) = (input.request_id, input.consultation_id.0, Some(input.expected_version));
    let step = Step { operation: "postponeConsultation", request_id, consultation, expected_version, kind: Move::Postpone, what: What::Postponed };
    take(cx, &input, &step, Some(&reason), nothing_more).await
}

pub(in crate::consultations) async fn resume(cx: &Cx, input: ResumeConsultationInput) -> Result<ConsultationResult, ApiError> {
    let (request_id, consultation, expected_version) = (input.request_id, input.consultation_id.0, Some(input.expected_version));
    let step = Step { operation: "resumeConsultation", request_id, consultation, expected_version, kind: Move::Resume, what: What::Resumed };
    take(cx, &input, &step, None, nothing_more).await
}

pub(in crate::consultations) async fn cancel(cx: &Cx, input: CancelConsultationInput) -> Result<ConsultationResult, ApiError> {
    let reason = text::clean(&REASON, &input.reason)?;
    let (request_id, consultation, expected_version) = (input.request_id, input.consultation_id.0, Some(input.expected_version));
    let step = Step { operation: "cancelConsultation", request_id, consultation, expected_version, kind: Move::Cancel, what: What::Cancelled };
    take(cx, &input, &step, Some(&reason), nothing_more).await
}
