//! Reminding those who receive: a day and two hours before, in waking hours, a batch a transaction that also notes the next one.
use super::{store, tell};
use crate::app::App;
use crate::calendar::hours;
use crate::kernel::{ApiError, Cx, WriteTx};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_day::DayStage;

/// Reminders of one turn.
const BATCH: u64 = 50;

/// Reminds those whose reminder is due; whether there may be more.
pub(in crate::receptions) async fn run(app: &App, cx: &Cx) -> Result<bool, ApiError> {
    let many = app.db.write_plain(|tx| async move { Ok(batch(&tx, cx).await?) }).await?;
    Ok(many as u64 == BATCH)
}

async fn batch(tx: &WriteTx, cx: &Cx) -> Result<usize, ApiError> {
    let rows = store::receivers_to_remind(tx, cx.now(), BATCH).await?;
    for row in &rows {
        let Some(day) = store::now(tx, row.day_id).await? else { continue };
        store::note_reminder(tx, row.id, hours::remind_at(cx.now(), day.from_at)).await?;
        // A worker that was away does not remind of what has begun.
        if day.state != DayStage::Cancelled && cx.now() < day.from_at {
            let event = cx.new_event();
            tell::receivers(tx, cx, NoticeKind::ReceptionDutyReminder, &[(event, &day, row.account_id)]).await?;
        }
    }
    Ok(rows.len())
}
