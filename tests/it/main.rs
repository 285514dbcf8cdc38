//! The integration tests: real servers, over HTTP, on both columns.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod auth;
mod calendar;
mod campaigns;
mod check_ins;
mod consultations;
mod coverage;
mod delivery;
mod docs;
mod duty;
mod formalism;
mod handovers;
mod http;
mod import;
mod lineage;
mod organisation;
mod receptions;
mod schema;
mod statements;
mod story;
mod studios;
mod topics;
