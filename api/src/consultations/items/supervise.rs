use super::moves::Move;
use super::refusal::{AgreedItemResult, Refuse};
use super::step::{Step, advance, take};
use super::store;
use crate::handovers;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop};
use async_graphql::{Enum, InputObject};
use shangyi_entities::AgreedItemId;
use shangyi_entities::agreed_item_event::AgreedItemEventKind as What;
use shangyi_entities::notice::NoticeKind;
use uuid::Uuid;

/// How an overdue item is pressed for; one after the other.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupervisionKind {
    /// 催办.
    Reminder,
    /// 函询; after a reminder.
    LetterOfInquiry,
    /// 监督性视察; after a letter.
    Inspection,
}

/// What was done about an overdue item.
#[derive(InputObject)]
pub struct SuperviseItemInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The item, overdue.
    pub item_id: Gid<AgreedItemId>,
    /// What.
    pub kind: SupervisionKind,
    /// What was said or seen, at most 500 characters; for the internal side and the unit.
    pub text: String,
}

const TEXT: Rule = Rule { field: "text", name: ("督办情况", "The text"), most: 500 };

pub(in crate::consultations) async fn run(cx: &Cx, input: SuperviseItemInput) -> Result<AgreedItemResult, ApiError> {
    let text = text::clean(&TEXT, &input.text)?;
    let step =
        Step { operation: "superviseItem", request_id: input.request_id, item: input.item_id.0, expected_version: None, kind: Move::Supervise };
    let (what, after) = match input.kind {
        SupervisionKind::Reminder => (What::Reminded, None),
        SupervisionKind::LetterOfInquiry => (What::Inquired, Some(What::Reminded)),
        SupervisionKind::Inspection => (What::Inspected, Some(What::Inquired)),
    };
    let text = text.as_str();
    take(cx, &input, &step, |tx, scene, _| async move {
        // Of this unit: what another one was reminded of does not count against it.
        let events = store::events(&tx, scene.item.id).await?;
        let of_unit = events.iter().rposition(|event| event.what == What::Given).map_or(0, |at| at + 1);
        if after.is_some_and(|after| !events[of_unit..].iter().any(|event| event.what == after)) {
            return Err(Stop::Refused(Refuse::StepSkipped));
        }
        handovers::tell_staff(&tx, cx, NoticeKind::AgreedItemPressed, scene.item.unit_id, scene.item.id).await?;
        let is = scene.item.clone();
        Ok(advance(&tx, cx, &scene.item, is, (what, scene.role, Some(text))).await?)
    })
    .await
}
