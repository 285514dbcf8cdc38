//! The integration tests: real servers, over HTTP, on both columns.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod auth;
mod coverage;
mod delivery;
mod docs;
mod http;
mod import;
mod organisation;
mod schema;
mod statements;
mod story;
mod topics;
