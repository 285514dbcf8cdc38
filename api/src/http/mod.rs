//! The wire: GraphQL over HTTP, health, metrics, and the limits above execution.

mod answer;
mod calendar;
mod endpoint;
mod files;
mod gate;
pub mod guard;
mod health;
mod limits;
mod metrics;
mod negotiate;
mod persisted;
mod server;

pub use metrics::serve_metrics;
pub use server::{Running, start};
