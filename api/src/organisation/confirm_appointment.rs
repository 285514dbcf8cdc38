use super::grant_appointment::finish;
use super::granting;
use super::refusal::{AppointmentRefusalReason as Reason, AppointmentResult};
use super::{Appointment, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AppointmentId, OrganisationId, TypedId};
use uuid::Uuid;

/// Which appointment to confirm.
#[derive(InputObject)]
pub struct ConfirmAppointmentInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// An appointment that another person granted.
    pub appointment_id: Gid<AppointmentId>,
}

pub(super) async fn waiting(cx: &Cx) -> Result<Vec<Appointment>, ApiError> {
    let viewer = cx.viewer().await?;
    let committees: Vec<OrganisationId> =
        viewer.appointments.iter().map(|held| held.committee_id).filter(|committee| granting::may_grant(viewer, *committee).is_some()).collect();
    if committees.is_empty() {
        return Err(ApiError::forbidden(say("只有委员工作部门或主席可以确认任职。", "Only member affairs or the chair confirm appointments.")));
    }
    store::unconfirmed(cx, &committees, viewer.account).await
}

pub(super) async fn run(cx: &Cx, input: ConfirmAppointmentInput) -> Result<AppointmentResult, ApiError> {
    let viewer = cx.viewer().await?;
    let id = input.appointment_id.0;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "confirmAppointment", input.request_id, input, None).await?.is_some() {
                return Ok((Some(id), true));
            }
            let row = store::appointment_for_update(&tx, id).await?;
            let role = row.as_ref().and_then(|row| granting::may_grant(viewer, row.committee_id));
            let Some((row, role)) = row.zip(role) else {
                return Err(ApiError::not_found("这项任职", "This appointment").into());
            };
            if row.account_id == viewer.account || row.granted_by == Some(viewer.account) {
                return Err(Stop::Refused(Reason::NeedsAnotherPerson));
            }
            let confirmed = store::confirm(&tx, id, viewer.account, cx.now()).await;
            if !confirmed.on_rule("second_person", || Reason::NeedsAnotherPerson)?.internal("confirming an appointment")? {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..audit::Entry::new("confirmAppointment", role, id) }).await?;
            outbox::tell_person(&tx, cx, NoticeKind::AppointmentGranted, id.uuid(), id.uuid(), row.account_id).await?;
            Ok((Some(id), false))
        })
        .await;
    finish(cx, done).await
}
