//! What the room of hand-overs does to a topic, in that room's transaction.
use super::moves::{self, Move};
use super::outcome;
use super::refusal::Refuse;
use super::step::{self, Mover, Note, Step};
use super::store;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
use crate::notices::outbox::Audience;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{HandOverId, OrganisationId, TopicId, topic};
use uuid::Uuid;

const fn step(operation: &'static str, topic: TopicId, kind: Move, what: TopicEventKind, tell: Option<(NoticeKind, Audience)>) -> Step {
    Step { operation, request_id: Uuid::nil(), topic, expected_version: None, kind, what, reason: None, note: Note::None, tell }
}

/// Locks the topic before anything that is handed over of it.
pub async fn lock(tx: &WriteTx, topic: TopicId) -> Result<(), ApiError> {
    store::locked(tx, topic).await.map(|_| ())
}

/// The desk hands the topic over; answers its row as it was before.
pub async fn handed_over(tx: &WriteTx, cx: &Cx, viewer: &Viewer, id: TopicId, expected_version: i64) -> Result<topic::Model, Stop<Refuse>> {
    let row = step::find(tx, viewer, id).await?;
    let to = step::judge(tx, Move::HandOver, viewer, &row).await?;
    step::expect(tx, Some(expected_version), &row).await?;
    let told = Some((NoticeKind::TopicHandedOver, Audience::Everyone));
    let step = step("handOver", id, Move::HandOver, TopicEventKind::HandedOver, told);
    step::make(tx, cx, &Mover::viewer(viewer, &row, Move::HandOver), &step, &row, to, topic::ActiveModel::default()).await?;
    Ok(row)
}

/// The unit has returned it: the desk decides anew.
pub async fn unit_returned(tx: &WriteTx, cx: &Cx, id: TopicId) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await? else { return Ok(()) };
    let Some(to) = moves::by_itself(Move::UnitReturn, row.state, row.reopened) else { return Ok(()) };
    let step = step("returnHandOver", id, Move::UnitReturn, TopicEventKind::UnitReturned, None);
    plainly(step::make(tx, cx, &by_unit(cx), &step, &row, Some(to), topic::ActiveModel::default()).await).map(|_| ())
}

/// The unit's reply is the topic's answer.
pub async fn unit_replied(tx: &WriteTx, cx: &Cx, id: TopicId, text: &str, hand_over: HandOverId, unit: OrganisationId) -> Result<(), ApiError> {
    let Some(row) = store::locked(tx, id).await? else { return Ok(()) };
    let Some(to) = moves::by_itself(Move::UnitReply, row.state, row.reopened) else { return Ok(()) };
    let tell = Some((NoticeKind::TopicAnswered, Audience::Everyone));
    let mut step = step("replyToHandOver", id, Move::UnitReply, TopicEventKind::Answered, tell);
    step.note = Note::Desk(text.to_owned());
    plainly(step::make(tx, cx, &by_unit(cx), &step, &row, Some(to), outcome::ask_later(cx, to)).await)?;
    outcome::write_answer(tx, cx, &row, text, Some((hand_over, unit))).await
}

fn by_unit(cx: &Cx) -> Mover {
    Mover { role: "HANDLING_UNIT".to_owned(), account: cx.account_if_any() }
}

/// What happens by itself is refused by no rule: the row is locked and judged.
pub(super) fn plainly<T>(done: Result<T, Stop<Refuse>>) -> Result<T, ApiError> {
    done.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) => ApiError::broken("a move by itself was refused"),
    })
}
