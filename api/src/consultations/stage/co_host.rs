use super::refusal::{ConsultationResult, Refuse, finish, missing};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use sea_orm::ActiveEnum;
use shangyi_entities::appointment::Desk;
use shangyi_entities::consultation_co_host::CoHostState;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{ConsultationId, OrganisationId, TypedId};
use uuid::Uuid;

/// What a committee says to being asked to hold a consultation together with another one.
#[derive(InputObject)]
pub struct RespondToCoHostingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The committee that answers.
    pub committee_id: Gid<OrganisationId>,
    /// Whether it holds it, too: then its halls and members count.
    pub agree: bool,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: RespondToCoHostingInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (id, committee) = (input.consultation_id.0, input.committee_id.0);
    if replay::earlier(cx, "respondToCoHosting", input.request_id, &input).await?.is_some() {
        return finish(cx, Ok((id, true))).await;
    }
    let row = store::visible(cx, &[id]).await?.pop().ok_or_else(missing)?;
    let held = viewer.staff(committee, Desk::General).ok_or_else(|| {
        ApiError::forbidden(say("联合主办由被邀请委员会的综合部门答复。", "The general desk of the committee that is asked answers."))
    })?;
    let (input, role) = (&input, &held.role.to_value());
    let state = if input.agree { CoHostState::Agreed } else { CoHostState::Declined };
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "respondToCoHosting", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            if !store::answer_co_hosting(&tx, id, committee, state, (viewer.account, cx.now())).await? {
                return Err(Stop::Refused(Refuse::NotAsked));
            }
            let event = cx.new_event();
            outbox::tell_person(&tx, cx, NoticeKind::CoHostingAnswered, event, id.uuid(), row.proposed_by).await?;
            let after = state.to_value();
            let entry = audit::Entry::new("respondToCoHosting", role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(committee), after: Some(&after), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
