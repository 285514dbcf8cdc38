//! What comes after the minutes: the report and what leaders write on it, ratings, the end, and a new beginning.

mod close;
mod evaluate;
mod instruct;
mod model;
mod name_evaluator;
mod report;
pub(super) mod store;

pub use close::{CloseConsultationInput, ReopenConsultationInput};
pub(super) use close::{close, reopen};
pub use evaluate::EvaluateConsultationInput;
pub(super) use evaluate::run as evaluate;
pub use instruct::RecordInstructionInput;
pub(super) use instruct::run as instruct;
pub(super) use model::evaluation;
pub use model::{Evaluation, Instruction, QuestionRating};
pub use name_evaluator::NameEvaluatorInput;
pub(super) use name_evaluator::run as name_evaluator;
pub use report::ReportConsultationInput;
pub(super) use report::run as report;
