use super::grant_appointment::word;
use super::granting;
use super::refusal::{AppointmentRefusalReason as Reason, AppointmentRefused};
use super::{Appointment, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use crate::notices::outbox;
use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::appointment::Role;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::TopicState;
use shangyi_entities::{AppointmentId, TopicId, TypedId, appointment};
use uuid::Uuid;

/// Which appointment to end.
#[derive(InputObject)]
pub struct EndAppointmentInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The appointment.
    pub appointment_id: Gid<AppointmentId>,
}

/// A topic that waits for the desk the person leaves, for somebody else to take over. Without its text: who appoints
/// need not be of the desk.
#[derive(SimpleObject)]
pub struct OpenDuty {
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// Where it stands.
    pub state: TopicState,
    /// The code of the division it is about.
    pub division_code: String,
    /// Since when it waits for the desk.
    pub since: DateTime<Utc>,
}

/// What of a studio waits for whoever runs it.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenStudioDutyKind {
    /// A duty slot that nobody has.
    VacantSlot,
    /// A visit whose log is to be confirmed.
    LogToConfirm,
    /// A late entry to be decided.
    LateEntry,
    /// A conflict of check-ins to be settled.
    Conflict,
}

/// Something of a studio that waits, for somebody else to take over. Without its texts.
#[derive(SimpleObject)]
pub struct OpenStudioDuty {
    /// What it is.
    pub kind: OpenStudioDutyKind,
    /// The id of the slot, the visit, the late entry or the conflict.
    pub subject_id: ID,
    /// When it began, was asked for, or is to be.
    pub at: DateTime<Utc>,
}

/// The appointment has ended.
#[derive(SimpleObject)]
pub struct EndAppointmentPayload {
    /// The appointment.
    pub appointment: Appointment,
    /// What nobody looks after now: the oldest 50 topics of the desk, where it has no other officer.
    pub open_duties: Vec<OpenDuty>,
    /// What of a studio nobody convenes any more waits: the oldest 50 of each kind. Until it has a convenor again, the desk of
    /// its division looks after it.
    pub open_studio_duties: Vec<OpenStudioDuty>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// Ended, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum EndAppointmentResult {
    /// Done.
    Done(EndAppointmentPayload),
    /// Refused.
    Refused(AppointmentRefused),
}

pub(super) async fn run(cx: &Cx, input: EndAppointmentInput) -> Result<EndAppointmentResult, ApiError> {
    let viewer = cx.viewer().await?;
    let id = input.appointment_id.0;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "endAppointment", input.request_id, input, None).await?.is_some() {
                return Ok(true);
            }
            let row = store::appointment_for_update(&tx, id).await?;
            let own = row.as_ref().filter(|row| row.account_id == viewer.account).map(|row| word(row.role));
            let granter = row.as_ref().and_then(|row| granting::may_grant(viewer, row.committee_id)).map(str::to_owned);
            let Some((row, role)) = row.zip(granter.or(own)) else {
                return Err(ApiError::not_found("这项任职", "This appointment").into());
            };
            if row.role == Role::Member {
                let text = say("委员身份随委员名册变更，请通过导入名册办理。", "Membership ends on the roll of members, not here.");
                return Err(ApiError::bad_input("appointmentId", text).into());
            }
            if !store::end(&tx, id, viewer.account, cx.now()).await? {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..audit::Entry::new("endAppointment", &role, id) }).await?;
            crate::feeds::end_all(&tx, row.account_id, cx.now()).await?;
            // A person who was never told of it need not be told of its end.
            if row.confirmed_at.is_some() {
                outbox::tell_person(&tx, cx, NoticeKind::AppointmentEnded, cx.new_event(), id.uuid(), row.account_id).await?;
            }
            Ok(false)
        })
        .await;
    let replayed = match done {
        Ok(replayed) => replayed,
        Err(Stop::Refused(reason)) => return Ok(EndAppointmentResult::Refused(AppointmentRefused::new(cx, reason))),
        Err(Stop::Failed(error)) => return Err(error),
    };
    let appointment = store::any_appointment(cx, id).await?.ok_or_else(|| ApiError::not_found("这项任职", "This appointment"))?;
    let open_duties = match store::desk_left_empty(cx, &appointment.0).await? {
        Some(division) => crate::topics::waiting_for_desk(cx, appointment.0.committee_id, &division).await?,
        None => Vec::new(),
    };
    let open_studio_duties = studio_duties(cx, &appointment.0).await?;
    Ok(EndAppointmentResult::Done(EndAppointmentPayload { appointment, open_duties, open_studio_duties, replayed }))
}

async fn studio_duties(cx: &Cx, ended: &appointment::Model) -> Result<Vec<OpenStudioDuty>, ApiError> {
    let Some(studio) = ended.venue_id.filter(|_| ended.role == Role::StudioConvenor) else { return Ok(Vec::new()) };
    if !store::convenors(cx.read(), &[studio], cx.now()).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut waiting = crate::duty::vacant_at(cx, studio).await?;
    waiting.extend(crate::check_ins::waiting_at(cx, studio).await?);
    Ok(waiting)
}
