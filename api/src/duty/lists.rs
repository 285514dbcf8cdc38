use super::store::{self, SlotsOf};
use super::{DutySlot, PublicDuty, SlotSwap};
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::{ApiError, Cx, say};
use chrono::{Days, NaiveDate};
use shangyi_entities::{MemberId, OccasionId, Timestamp};

/// From the beginning of one day to the end of another: today and the 30 days after, where nothing is said.
pub(super) fn span(cx: &Cx, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<(Timestamp, Timestamp), ApiError> {
    let from = from.unwrap_or_else(|| local_day(cx.now()));
    let until = until.or_else(|| from.checked_add_days(Days::new(30)));
    let last = until.filter(|until| from <= *until && from.checked_add_days(Days::new(91)).is_some_and(|last| *until <= last));
    match last.and_then(|last| last.succ_opt()) {
        Some(after) => Ok((day_begins(from), day_begins(after))),
        None => {
            Err(ApiError::bad_input("until", say("一次最多查询92天，且结束不早于开始。", "Ask for 1 to 92 days, the last not before the first.")))
        }
    }
}

pub(super) async fn mine(cx: &Cx, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Vec<DutySlot>, ApiError> {
    let account = cx.account()?;
    let (from, until) = span(cx, from, until)?;
    Ok(store::slots_between(cx, SlotsOf::Account(account), from, until).await?.into_iter().map(DutySlot).collect())
}

/// Duty of a studio as everyone may know of it.
pub(super) fn public(rows: &[DutySlot]) -> Vec<PublicDuty> {
    let mut duties: Vec<(OccasionId, PublicDuty)> = Vec::new();
    for DutySlot(row) in rows {
        let members: Vec<MemberId> = row.member_id.into_iter().collect();
        match duties.iter_mut().find(|(occasion, _)| *occasion == row.occasion_id) {
            Some((_, duty)) => duty.members.extend(members),
            None => duties.push((row.occasion_id, PublicDuty { from: row.from_at.utc(), until: row.until_at.utc(), members })),
        }
    }
    // A duty nobody has yet is nothing to come for.
    duties.into_iter().map(|(_, duty)| duty).filter(|duty| !duty.members.is_empty()).collect()
}

pub(super) async fn offers(cx: &Cx) -> Result<Vec<SlotSwap>, ApiError> {
    Ok(store::offers_to_me(cx).await?.into_iter().map(SlotSwap).collect())
}
