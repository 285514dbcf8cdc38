//! The test kit: a real server on a free port, over HTTP, on both columns — SQLite and in process, or a private
//! PostgreSQL and Redis — with people named after what they do.
//!
//! A test is written once and runs on both:
//! ```text
//! on_both_columns! {
//!     async fn a_resident_can_raise_a_topic(app) {
//!         let resident = app.resident(0).await;
//!         resident.submit_topic("路灯不亮").await;
//!     }
//! }
//! ```
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "this is a test kit")]

mod cluster_rush;
mod consultation;
mod counting;
mod crowd;
mod fan_out;
mod gateway;
mod person;
mod postgres;
mod program;
mod reception;
mod reception_log;
mod reception_rush;
mod redis;
mod sitting;
mod sitting_rush;
mod studio;
mod test_app;

pub use cluster_rush::{Rush, counts_against_facts, notices_against_facts, rush};
pub use fan_out::{FanOut, fan_out};
pub use gateway::Message;
pub use person::{Done, Person, new_request};
pub use program::{Program, run_program};
pub use reception_log::log_against_rules;
pub use reception_rush::{Bustle, Places, a_day, bustle, places, two};
pub use sitting_rush::{SittingRush, Votes, sitting_rush, vote_rush};
pub use studio::{kept_in, kept_out, kept_undo};
pub use test_app::{Column, TestApp};

/// Runs each test on both columns.
#[macro_export]
macro_rules! on_both_columns {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($app: $crate::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() {
                body($crate::TestApp::start($crate::Column::Embedded).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn served() {
                body($crate::TestApp::start($crate::Column::Served).await).await;
            }
        }
    )*};
}
