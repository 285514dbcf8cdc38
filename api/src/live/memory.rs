use super::gcra::{self, Rate, Turn};
use super::session::{Refresh, Session};
use super::{Away, Gate, Live, same_request, window};
use shangyi_entities::{AccountId, SessionId, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sessions, limits and counts of this process.
pub struct MemoryLive {
    sessions: Mutex<HashMap<AccountId, Vec<Session>>>,
    /// Bounded, so that a flood of addresses costs no more memory than this.
    buckets: moka::sync::Cache<String, i64>,
    counts: moka::sync::Cache<String, u32>,
}

const BUCKETS: u64 = 100_000;

impl Default for MemoryLive {
    fn default() -> Self {
        Self { sessions: Mutex::default(), buckets: moka::sync::Cache::new(BUCKETS), counts: moka::sync::Cache::new(BUCKETS) }
    }
}

impl MemoryLive {
    fn sessions(&self) -> MutexGuard<'_, HashMap<AccountId, Vec<Session>>> {
        // A panic elsewhere leaves the map whole: every change to it is one step.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, bucket: &str, change: impl FnOnce(i64) -> i64) {
        self.buckets.entry_by_ref(bucket).and_upsert_with(|held| change(held.map_or(0, moka::Entry::into_value)));
    }

    /// One unit of the bucket's rate.
    pub fn take(&self, bucket: &str, rate: Rate, now: Timestamp) -> Turn {
        if rate.per_minute == 0 {
            return Turn::FREE;
        }
        let mut turn = Turn::FREE;
        self.change(bucket, |held| {
            let (taken, next) = gcra::take(held, rate, now.0);
            turn = taken;
            next
        });
        turn
    }
}

#[async_trait::async_trait]
impl Live for MemoryLive {
    async fn gate(&self, session: Option<(AccountId, SessionId)>, bucket: &str, rate: Rate, now: Timestamp) -> Result<Gate, Away> {
        let found = session
            .and_then(|(account, id)| self.sessions().get(&account)?.iter().find(|session| session.id == id && !session.is_over(now)).cloned());
        Ok(Gate { session: found, turn: self.take(bucket, rate, now) })
    }

    async fn charge(&self, bucket: &str, rate: Rate, units: u32, now: Timestamp) {
        if rate.per_minute > 0 {
            self.change(bucket, |held| gcra::charge(held, rate, units, now.0));
        }
    }

    async fn open(&self, session: Session) -> Result<(), Away> {
        let mut sessions = self.sessions();
        let own = sessions.entry(session.account).or_default();
        own.retain(|other| !same_request(other, session.request_id) && !other.is_over(Timestamp(session.created_at)));
        own.push(session);
        Ok(())
    }

    async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Away> {
        let mut own = self.sessions().get(&account).cloned().unwrap_or_default();
        own.retain(|session| !session.is_over(now));
        own.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Ok(own)
    }

    async fn close(&self, account: AccountId, session: SessionId) -> Result<bool, Away> {
        let mut sessions = self.sessions();
        let Some(own) = sessions.get_mut(&account) else { return Ok(false) };
        let before = own.len();
        own.retain(|other| other.id != session);
        let closed = own.len() < before;
        if own.is_empty() {
            sessions.remove(&account);
        }
        Ok(closed)
    }

    async fn close_all(&self, account: AccountId) -> Result<(), Away> {
        self.sessions().remove(&account);
        Ok(())
    }

    async fn refresh(&self, account: AccountId, session: SessionId, generation: u32, now: Timestamp) -> Result<Refresh, Away> {
        let mut sessions = self.sessions();
        let Some(own) = sessions.get_mut(&account) else { return Ok(Refresh::Gone) };
        let Some(place) = own.iter().position(|other| other.id == session && !other.is_over(now)) else { return Ok(Refresh::Gone) };
        if let Some(renewed) = own[place].clone().renewed(generation, now) {
            own[place] = renewed.clone();
            return Ok(Refresh::Renewed(renewed));
        }
        own.remove(place);
        Ok(Refresh::Reused)
    }

    async fn count(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        let counted = self
            .counts
            .entry(window(key, seconds, now))
            .and_upsert_with(|held| held.map_or(0, moka::Entry::into_value).saturating_add(1))
            .into_value();
        Ok(counted <= most)
    }

    async fn is_full(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        Ok(self.counts.get(&window(key, seconds, now)).unwrap_or(0) >= most)
    }

    async fn ping(&self) -> Result<(), Away> {
        Ok(())
    }
}
