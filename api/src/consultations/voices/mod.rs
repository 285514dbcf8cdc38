//! Statements that people can agree or disagree with, their votes, and the consensus certificate.

mod model;
mod state;
pub(super) mod store;
mod vote;

pub use model::{ConsultationStatement, StatementCertificate};
pub(super) use model::certificates;
pub use state::AddStatementInput;
pub(super) use state::run as add_statement;
pub use vote::{VotePayload, VoteResult, VoteStatementInput};
pub(super) use vote::run as vote;
