use super::enter::{self, Attempt, What, When};
use super::input::{CheckInBy, ClockInput, PositionInput};
use super::refusal::{CheckInResult, finish};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::VenueId;
use uuid::Uuid;

/// Checking in, now and with network. What was kept without network goes to `syncCheckIns`.
#[derive(InputObject)]
pub struct CheckInInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// By its code, or entered by staff.
    pub by: CheckInBy,
    /// What the phone's clocks say now; the server's own time counts.
    pub clock: ClockInput,
    /// Where the phone is, if the person lets it say so. Never needed.
    pub position: Option<PositionInput>,
}

pub(super) async fn run(cx: &Cx, input: CheckInInput) -> Result<CheckInResult, ApiError> {
    input.clock.read()?;
    let what = match &input.by {
        CheckInBy::Code(code) => What::In(code.trim().to_owned()),
        CheckInBy::StaffEntry(entry) => {
            let (member, reason) = entry.read()?;
            What::InByStaff { member, reason }
        }
    };
    let attempt = Attempt {
        operation: "checkIn",
        request: input.request_id,
        studio: input.studio_id.0,
        what,
        when: When::Now,
        position: input.position,
        device: enter::device(cx, None),
    };
    finish(cx, enter::run(cx, &attempt).await)
}
