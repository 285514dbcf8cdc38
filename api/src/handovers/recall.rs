use super::moves::{self, Move};
use super::step::{self, tell_unit};
use super::store;
use crate::kernel::{ApiError, Cx, WriteTx};
use shangyi_entities::hand_over;
use shangyi_entities::hand_over_event::HandOverEventKind;
use shangyi_entities::notice::NoticeKind;
use uuid::Uuid;

/// Ends the open hand-over of a thing that its desk has answered itself, by the role of whoever did; its unit is told.
/// Nothing where none is open. The caller has locked the thing.
pub async fn recall(tx: &WriteTx, cx: &Cx, operation: &'static str, subject: Uuid, role: &str) -> Result<(), ApiError> {
    let Some(row) = store::open_of(tx, subject).await? else { return Ok(()) };
    let Some(to) = moves::by_itself(Move::Recall, row.state) else { return Ok(()) };
    let event = step::event(cx, &row, to, HandOverEventKind::Recalled, role.to_owned(), None);
    if !step::write(tx, cx, operation, &row, &event, hand_over::ActiveModel::default()).await? {
        return Err(ApiError::broken("a locked hand-over was moved by another"));
    }
    tell_unit(tx, cx, NoticeKind::HandOverRecalled, row.unit_id, &event).await
}
