use super::refusal::ReceptionDayResult;
use super::step::{self, Step};
use super::store;
use crate::calendar::occupy;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid};
use crate::receptions::booking as bookings;
use crate::receptions::booking::moves::OPEN;
use crate::receptions::booking::tell::{self, Told};
use crate::receptions::booking::write::{self, Mover, Write};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::ReceptionDayId;
use shangyi_entities::booking::BookingState;
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use uuid::Uuid;

/// Which day to cancel.
#[derive(InputObject)]
pub struct CancelReceptionDayInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The day.
    pub day_id: Gid<ReceptionDayId>,
    /// The version of the day that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 100 characters. Everyone who booked, waits or receives is told.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("取消原因", "The reason"), most: 100 };

pub(in crate::receptions) async fn run(cx: &Cx, input: CancelReceptionDayInput) -> Result<ReceptionDayResult, ApiError> {
    let reason = text::clean(&REASON, &input.reason)?;
    let step = Step {
        operation: "cancelReceptionDay",
        request_id: input.request_id,
        day: input.day_id.0,
        expected_version: input.expected_version,
        what: ReceptionDayEventKind::Cancelled,
    };
    let reason = reason.as_str();
    step::take(cx, &input, &step, |tx, row| async move {
        for mut slot in store::slots_locked(&tx, row.id).await? {
            let open = bookings::store::of_slot(&tx, slot.id, OPEN).await?;
            let write = Write::new(BookingState::Cancelled, BookingEventKind::DayCancelled);
            let events = write::plainly(&tx, cx, &mut slot, &open, &Mover::itself(), write).await?;
            tell::people_because(&tx, cx, NoticeKind::BookingCancelled, &Told::of(&open, &events), Some(reason)).await?;
        }
        occupy::cancel(&tx, cx, &[row.occasion_id]).await?;
        let event = cx.new_event();
        let asked = store::receivers_now(&tx, row.id).await?;
        let told: Vec<_> = asked.iter().filter(|one| super::is_active(one.state)).map(|one| (event, &row, one.account_id)).collect();
        super::tell::receivers(&tx, cx, NoticeKind::ReceptionDutyEnded, &told).await?;
        Ok(reception_day::ActiveModel { state: Set(DayStage::Cancelled), cancel_reason: Set(Some(reason.to_owned())), ..Default::default() })
    })
    .await
}
