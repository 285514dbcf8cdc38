//! A consultation from proposal on: one table of moves, one shape of a move, one file a verb.

mod add_research;
mod co_host;
mod end;
pub(super) mod facts;
mod history;
mod host;
pub(super) mod lists;
mod model;
pub mod moves;
mod propose;
mod refusal;
mod select;
pub(super) mod step;
pub(super) mod store;
mod words;

pub use add_research::AddResearchInput;
pub(super) use add_research::run as add_research;
pub use co_host::RespondToCoHostingInput;
pub(super) use co_host::run as respond_to_co_hosting;
pub use end::{CancelConsultationInput, PostponeConsultationInput, ResumeConsultationInput};
pub(super) use end::{cancel, postpone, resume};
pub use history::{ConsultationEvent, Research, ResearchCount};
pub use host::CoHost;
pub use model::{Consultation, ConsultationMove};
pub use propose::ProposeConsultationInput;
pub(super) use propose::run as propose;
pub use refusal::{ConsultationPayload, ConsultationRefusalReason, ConsultationRefused, ConsultationResult};
pub(super) use refusal::{Refuse, changed, finish, local, missing};
pub use select::SelectConsultationInput;
pub(super) use select::run as select;
