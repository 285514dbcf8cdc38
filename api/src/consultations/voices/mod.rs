//! Statements that people can agree or disagree with, their votes, and the consensus certificate.

mod model;
mod state;
pub(super) mod store;
mod vote;

pub(super) use model::certificates;
pub use model::{ConsultationStatement, StatementCertificate};
pub use state::AddStatementInput;
pub(super) use state::run as add_statement;
pub(super) use vote::run as vote;
pub use vote::{VotePayload, VoteResult, VoteStatementInput};
