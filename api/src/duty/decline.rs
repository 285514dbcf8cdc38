use super::NOTE;
use super::change::{self, own_slot_to_come};
use super::refusal::{DutySlotResult, finish};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, personal, replay};
use crate::notices::outbox;
use async_graphql::InputObject;
use shangyi_entities::duty_slot_event::SlotEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{DutySlotId, TypedId};
use uuid::Uuid;

/// A slot one cannot have.
#[derive(InputObject)]
pub struct DeclineSlotInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// One's own slot, not begun.
    pub slot_id: Gid<DutySlotId>,
    /// Why, at most 100 characters; for the convenor.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("原因", "The reason"), most: 100 };

pub(super) async fn run(cx: &Cx, input: DeclineSlotInput) -> Result<DutySlotResult, ApiError> {
    let account = cx.viewer().await?.account;
    let reason = &text::clean(&REASON, &input.reason)?;
    let (input, id) = (&input, input.slot_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "declineSlot", input.request_id, input, None).await?.is_some() {
                return Ok((id, true));
            }
            let row = own_slot_to_come(&tx, cx, id).await?;
            let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(|| ApiError::broken("a person without a key"))?;
            let event = change::give(&tx, cx, &[(&row, None)], SlotEventKind::Declined, Some(key.seal(NOTE, reason)?)).await?;
            if let Some(venue) = crate::organisation::venue_now(&tx, row.venue_id).await? {
                let entry = audit::Entry::new("declineSlot", "MEMBER", id);
                audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), ..entry }).await?;
                for other in crate::organisation::who_looks_after(&tx, &venue, &[account], cx.now()).await? {
                    outbox::tell_person(&tx, cx, NoticeKind::DutySlotVacant, event, id.uuid(), other).await?;
                }
            }
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
