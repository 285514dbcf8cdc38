//! What every room needs and nothing else: errors, texts in two languages, clock, ids, database, request context,
//! viewer, pages, replay, and the keys of personal data. Nothing here knows a room.

/// Where the time comes from.
pub mod clock;
pub mod counts;
pub mod crypto;
/// The context of one request.
pub mod cx;
pub mod db;
pub mod errors;
/// Ids: typed inside, opaque outside.
pub mod ids;
pub mod keys;
/// Pages of lists by keyset cursors.
pub mod pages;
pub mod personal;
/// Mobile numbers, never shown whole.
pub mod phone;
pub mod replay;
/// Sentences in two languages.
pub mod says;
pub mod text;
pub mod tickets;
/// The account that asks, with its appointments.
pub mod viewer;

pub use clock::Clock;
pub use cx::Cx;
pub use db::{Db, WriteTx};
pub use errors::{ApiError, Code, OnRule, OrInternal, Stop};
pub use ids::Gid;
pub use says::{Locale, Text, say};
