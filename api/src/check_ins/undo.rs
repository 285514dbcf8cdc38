use super::enter::{self, Attempt, What, When};
use super::input::ClockInput;
use super::refusal::{CheckInResult, finish};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::VenueId;
use uuid::Uuid;

/// Taking back one's own check-in or check-out, within 14 days.
#[derive(InputObject)]
pub struct UndoCheckInInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio of the entry.
    pub studio_id: Gid<VenueId>,
    /// The `requestId` of the entry to take back.
    pub entry_request_id: Uuid,
    /// What the phone's clocks say now; the server's own time counts.
    pub clock: ClockInput,
}

pub(super) async fn run(cx: &Cx, input: UndoCheckInInput) -> Result<CheckInResult, ApiError> {
    input.clock.read()?;
    let attempt = Attempt {
        operation: "undoCheckIn",
        request: input.request_id,
        studio: input.studio_id.0,
        what: What::Undo(input.entry_request_id),
        when: When::Now,
        position: None,
        device: enter::device(cx, None),
    };
    finish(cx, enter::run(cx, &attempt).await)
}
