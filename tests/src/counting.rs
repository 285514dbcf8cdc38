//! The live store, with its calls counted: each is one round trip where it is Redis.
use shangyi::live::{Away, Gate, Live, Rate, Refresh, Session};
use shangyi_entities::{AccountId, SessionId, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Counting {
    pub(crate) inner: Arc<dyn Live>,
    pub(crate) calls: Arc<AtomicU32>,
}

impl Counting {
    fn counted(&self) -> &dyn Live {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.inner.as_ref()
    }
}

#[async_trait::async_trait]
impl Live for Counting {
    async fn gate(&self, session: Option<(AccountId, SessionId)>, bucket: &str, rate: Rate, now: Timestamp) -> Result<Gate, Away> {
        self.counted().gate(session, bucket, rate, now).await
    }

    async fn charge(&self, bucket: &str, rate: Rate, units: u32, now: Timestamp) {
        self.counted().charge(bucket, rate, units, now).await;
    }

    async fn open(&self, session: Session) -> Result<(), Away> {
        self.counted().open(session).await
    }

    async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Away> {
        self.counted().sessions(account, now).await
    }

    async fn close(&self, account: AccountId, session: SessionId) -> Result<bool, Away> {
        self.counted().close(account, session).await
    }

    async fn close_all(&self, account: AccountId) -> Result<(), Away> {
        self.counted().close_all(account).await
    }

    async fn refresh(&self, account: AccountId, session: SessionId, generation: u32, now: Timestamp) -> Result<Refresh, Away> {
        self.counted().refresh(account, session, generation, now).await
    }

    async fn count(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        self.counted().count(key, most, seconds, now).await
    }

    async fn is_full(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        self.counted().is_full(key, most, seconds, now).await
    }

    async fn ping(&self) -> Result<(), Away> {
        self.counted().ping().await
    }
}
