//! What may be lost: sessions, rate limits and short counts. One trait, two stores that behave alike: in this process
//! (`memory`) or in Redis (`redis`). Losing them signs people out and never loses a booking, a check-in or a count.

mod gcra;
/// In this process.
pub mod memory;
/// In Redis.
pub mod redis;
/// Sign-ins.
pub mod session;

pub use gcra::{Rate, Turn};
pub use session::{Refresh, Session};

use shangyi_entities::{AccountId, SessionId, Timestamp};
use std::net::{IpAddr, Ipv6Addr};
use uuid::Uuid;

/// The store cannot be asked right now.
#[derive(Clone, Copy, Debug)]
pub struct Away;

/// What the gate says of a request before it is executed.
#[derive(Debug)]
pub struct Gate {
    /// The session that was asked for, if it lives.
    pub session: Option<Session>,
    /// Whether the request has its turn, and what is left.
    pub turn: Turn,
}

/// Sessions, rate limits and short counts.
#[async_trait::async_trait]
pub trait Live: Send + Sync {
    /// Reads the session and takes one unit of `bucket`'s rate, in one round trip.
    async fn gate(&self, session: Option<(AccountId, SessionId)>, bucket: &str, rate: Rate, now: Timestamp) -> Result<Gate, Away>;

    /// Charges units that turned out to be needed, even into debt.
    async fn charge(&self, bucket: &str, rate: Rate, units: u32, now: Timestamp);

    /// Stores a new session and ends those of the account that began by the same request.
    async fn open(&self, session: Session) -> Result<(), Away>;

    /// Sessions of the account that have not run out, newest first.
    async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Away>;

    /// Ends one session; whether there was one.
    async fn close(&self, account: AccountId, session: SessionId) -> Result<bool, Away>;

    /// Ends all sessions of the account.
    async fn close_all(&self, account: AccountId) -> Result<(), Away>;

    /// Takes the refresh token of `generation` in exchange for the next one.
    async fn refresh(&self, account: AccountId, session: SessionId, generation: u32, now: Timestamp) -> Result<Refresh, Away>;

    /// Counts one of `most` per `seconds` under `key`; `false` when the window is full.
    async fn count(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away>;

    /// Whether the window of `key` is full, without counting.
    async fn is_full(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away>;

    /// Answers when the store does.
    async fn ping(&self) -> Result<(), Away>;
}

/// What an address is limited by: itself, or the /64 of IPv6, which is one household.
pub fn neighbourhood(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        None => "-".to_owned(),
    }
}

/// The key of the window that `now` lies in.
fn window(key: &str, seconds: i64, now: Timestamp) -> String {
    format!("{key}:{}", now.0.div_euclid(seconds.max(1) * 1_000_000))
}

/// A session is found by its account, so that all of one person's lie together.
fn sessions_key(account: AccountId) -> String {
    format!("s:{{{}}}", account.0.simple())
}

/// Whether two sessions began by the same request.
fn same_request(a: &Session, request: Uuid) -> bool {
    a.request_id == request
}
