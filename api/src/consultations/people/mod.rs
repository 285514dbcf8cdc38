//! Who takes part: invited, or come of their own accord; what they reply to each sitting, seats and waiting lists, who was there, what was
//! said.
//!
//! Words: a *participant* is a person or a unit with a *party*, fixed with the first word and never changed; a *reply* is to one sitting;
//! a *seat* is taken by whoever attends, sends somebody, or was offered one. Locks go from the consultation to the seats of its sittings
//! by id, from there to persons.

mod ask;
mod attend;
mod contribute;
mod door;
mod erase;
mod invite;
mod model;
mod respond;
mod seats;
pub(super) mod store;

pub use ask::AskToAttendInput;
pub(super) use ask::run as ask;
pub(super) use attend::run as attend;
pub use attend::{DoorGuest, RecordAttendanceInput};
pub use contribute::RecordContributionInput;
pub(super) use contribute::run as contribute;
pub use door::{CheckInToSittingInput, DoorCode};
pub(super) use door::{code as door_code, run as check_in};
pub use erase::erase;
pub(super) use invite::run as invite;
pub use invite::{InviteInput, Invitee};
pub use model::{Contribution, Participant, PartyTurnout, SittingReply};
pub(super) use model::{Everybody, stakeholder_share, turnout};
pub(super) use respond::run as respond;
pub use respond::{RespondToInvitationInput, SittingAnswer};
pub(super) use seats::{all_asked, ask_again, give_back, leads, run_by_the_clock, tell};
