//! What was agreed on (议定事项): who does what until when, handed over to a unit, done, and confirmed by those who asked.
//!
//! Words: an item is *given* with the report; its *unit* accepts or returns it through the hand-over, and says what it did, or why it
//! cannot; those who *asked* raised the topic, or came as stakeholders or residents; *supervising* (督办) is reminding, then a letter of
//! inquiry, then an inspection. The consultation is locked before its items, an item before its hand-over.

mod acknowledge;
mod board;
mod clockwork;
mod confirm;
mod handed;
mod model;
pub mod moves;
mod progress;
mod put;
mod refusal;
mod step;
pub(super) mod store;
mod supervise;

pub use acknowledge::AcknowledgeCannotInput;
pub(super) use acknowledge::run as acknowledge;
pub(super) use board::run as board;
pub(super) use clockwork::run as run_by_the_clock;
pub use confirm::ConfirmItemInput;
pub(super) use confirm::run as confirm;
pub use handed::{asked_by, handed_over, lock, unit_accepted, unit_replied, unit_returned};
pub use model::{AgreedItem, AgreedItemEvent, AgreedItemMove};
pub use progress::ProgressItemInput;
pub(super) use progress::run as progress;
pub(super) use put::{Running, any, give_all, put, running};
pub use refusal::{AgreedItemPayload, AgreedItemRefusalReason, AgreedItemRefused, AgreedItemResult};
pub(super) use step::{askers_of, conclude};
pub(super) use supervise::run as supervise;
pub use supervise::{SuperviseItemInput, SupervisionKind};
