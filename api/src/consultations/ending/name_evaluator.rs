use super::store;
use crate::audit;
use crate::consultations::stage::moves::No;
use crate::consultations::stage::{ConsultationResult, finish, missing, step};
use crate::kernel::{ApiError, Cx, Gid, replay, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AppointmentId, ConsultationId, TypedId, consultation_evaluator};
use uuid::Uuid;

/// Who evaluates a consultation from outside.
#[derive(InputObject)]
pub struct NameEvaluatorInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// Their appointment as an EVALUATOR of the committee; it opens this consultation to them and no other.
    pub appointment_id: Gid<AppointmentId>,
}

/// For the committee's general desk.
pub(in crate::consultations) async fn run(cx: &Cx, input: NameEvaluatorInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let wrong = || ApiError::bad_input("appointmentId", say("请选择本委员会在任的评议人。", "Please choose an evaluator of the committee."));
    let (input, id) = (&input, input.consultation_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "nameEvaluator", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = step::find(&tx, viewer, id).await?;
            if viewer.staff(row.committee_id, Desk::General).is_none() || row.selected_at.is_none() {
                return Err(if row.selected_at.is_none() { missing() } else { ApiError::forbidden(No::NotYours.text()) }.into());
            }
            let held = crate::organisation::holder_of(&tx, input.appointment_id.0, cx.now()).await?;
            let (account, role, committee) = held.ok_or_else(wrong)?;
            if role != Role::Evaluator || committee != row.committee_id {
                return Err(wrong().into());
            }
            let evaluator = consultation_evaluator::Model { consultation_id: id, account_id: account, at: cx.now(), named_by: viewer.account };
            store::insert_evaluator(&tx, evaluator).await?;
            outbox::tell_person(&tx, cx, NoticeKind::EvaluationAsked, id.uuid(), id.uuid(), account).await?;
            let entry = audit::Entry::new("nameEvaluator", "COMMITTEE_STAFF", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
