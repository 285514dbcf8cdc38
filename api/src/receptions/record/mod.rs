//! What comes of a visit: its record, answered on the spot or handed over to a unit; rated by the one received; raised as a
//! topic. What was said is the person's own, sealed under their key.
mod answer;
mod handed;
pub(super) mod lists;
mod model;
mod rate;
mod serve;
pub(super) mod store;
mod to_topic;

pub use answer::AnswerReceptionInput;
pub use handed::{asked_by, handed_over, lock, replied, returned};
pub use model::{ReceptionRecord, ReceptionRecordPayload, ReceptionRecordResult};
pub use rate::RateReceptionInput;
pub use serve::{RecordHandOverInput, RecordReceptionInput};
pub use to_topic::RaiseReceptionTopicInput;

pub(super) use answer::run as answer;
pub(super) use rate::run as rate;
pub(super) use serve::run as serve;
pub(super) use to_topic::run as to_topic;

/// Where texts are sealed, under the key of the person who was received.
pub(super) const SUMMARY: &str = "reception_records.summary";
pub(super) const ANSWER: &str = "reception_records.answer";
/// Under the rater's own key.
pub(super) const COMMENT: &str = "reception_ratings.comment";
