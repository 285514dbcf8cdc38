use super::change::{self, slot_to_come};
use super::refusal::{DutyRefusalReason as Reason, DutySlotResult, finish};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use crate::notices::outbox;
use crate::studios::rights;
use async_graphql::InputObject;
use shangyi_entities::duty_slot::SlotState;
use shangyi_entities::duty_slot_event::SlotEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{DutySlotId, MemberId, TypedId};
use uuid::Uuid;

/// A vacant slot, and who is to have it.
#[derive(InputObject)]
pub struct AssignSlotInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The slot, vacant and not begun.
    pub slot_id: Gid<DutySlotId>,
    /// The version the caller saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// A member on the studio's roster.
    pub member_id: Gid<MemberId>,
}

/// Finds somebody for a vacant slot.
pub(super) async fn run(cx: &Cx, input: AssignSlotInput) -> Result<DutySlotResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.slot_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "assignSlot", input.request_id, input, None).await?.is_some() {
                return Ok((id, true));
            }
            let missing = || ApiError::not_found("这个班次", "This slot");
            let seen = store::slot_now(&tx, id).await?.ok_or_else(missing)?;
            let venue = crate::organisation::venue_now(&tx, seen.venue_id).await?.ok_or_else(missing)?;
            let role = rights::runs(viewer, &venue).ok_or_else(missing)?;
            let row = slot_to_come(&tx, cx, id).await?;
            if row.state != SlotState::Vacant || row.version != input.expected_version {
                return Err(Stop::Refused(Reason::StateChanged));
            }
            let to = change::holder(&tx, &row, input.member_id.0).await?;
            let event = change::give(&tx, cx, &[(&row, Some(to))], SlotEventKind::Assigned, None).await?;
            let entry = audit::Entry::new("assignSlot", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), ..entry }).await?;
            outbox::tell_person(&tx, cx, NoticeKind::DutySlotAssigned, event, id.uuid(), to.1).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
