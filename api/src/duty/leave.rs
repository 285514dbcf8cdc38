//! Days on which a member takes no duty. A plan passes over them; slots published already are swapped or declined.
use super::store;
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, Cx, Gid, replay, say};
use async_graphql::{InputObject, SimpleObject};
use chrono::{Days, NaiveDate};
use shangyi_entities::{DutyLeaveId, duty_leave};
use uuid::Uuid;

/// Days to be left out.
#[derive(InputObject)]
pub struct DeclareDutyLeaveInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; at most a year later.
    pub until: NaiveDate,
}

/// Leave to take back.
#[derive(InputObject)]
pub struct CancelDutyLeaveInput {
    /// One's own leave.
    pub leave_id: Gid<DutyLeaveId>,
}

/// Days on which the viewer takes no duty.
#[derive(SimpleObject)]
pub struct DutyLeave {
    /// Its id.
    pub id: Gid<DutyLeaveId>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// One's leave to come.
#[derive(SimpleObject)]
pub struct DutyLeavePayload {
    /// All leave that is not over, by time.
    pub leaves: Vec<DutyLeave>,
}

pub(super) async fn mine(cx: &Cx) -> Result<Vec<DutyLeave>, ApiError> {
    use crate::kernel::clock::local_day;
    let rows = store::own_leaves(cx).await?;
    let last = |row: &duty_leave::Model| local_day(shangyi_entities::Timestamp(row.until_at.0 - 1));
    Ok(rows.iter().map(|row| DutyLeave { id: Gid(row.id), from: local_day(row.from_at), until: last(row) }).collect())
}

pub(super) async fn declare(cx: &Cx, input: DeclareDutyLeaveInput) -> Result<DutyLeavePayload, ApiError> {
    let account = cx.account()?;
    let after = input
        .until
        .succ_opt()
        .filter(|_| input.from <= input.until && input.from.checked_add_days(Days::new(366)).is_some_and(|last| input.until <= last));
    let Some(after) = after.filter(|after| day_begins(*after) > cx.now()) else {
        return Err(ApiError::bad_input("until", say("请选择今天以后、不超过一年的日期。", "Please choose days to come, of at most a year.")));
    };
    let input = &input;
    cx.app()
        .db
        .write_plain(|tx| async move {
            if replay::remember(&tx, cx, "declareDutyLeave", input.request_id, input, None).await?.is_some() {
                return Ok(());
            }
            let row = duty_leave::Model {
                id: cx.new_id(),
                account_id: account,
                from_at: day_begins(input.from),
                until_at: day_begins(after),
                declared_at: cx.now(),
                cancelled_at: None,
            };
            Ok(store::insert_leave(&tx, row).await?)
        })
        .await?;
    Ok(DutyLeavePayload { leaves: mine(cx).await? })
}

pub(super) async fn cancel(cx: &Cx, input: CancelDutyLeaveInput) -> Result<DutyLeavePayload, ApiError> {
    let account = cx.account()?;
    let id = input.leave_id.0;
    cx.app().db.write_plain(|tx| async move { Ok(store::cancel_leave(&tx, cx, account, id).await?) }).await?;
    Ok(DutyLeavePayload { leaves: mine(cx).await? })
}
