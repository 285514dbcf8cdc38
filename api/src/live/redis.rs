use super::gcra::{Rate, Turn};
use super::session::{LIFETIME_SECONDS, Refresh, Session};
use super::{Away, Gate, Live, sessions_key, window};
use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, RedisError, Script};
use shangyi_entities::{AccountId, SessionId, Timestamp};
use std::future::Future;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// A request waits no longer than this for Redis.
const PATIENCE: Duration = Duration::from_millis(500);
/// After a failure nobody asks for so long, so that a dead Redis does not cost every request its patience.
const REST: Duration = Duration::from_millis(250);

/// Sessions, limits and counts in Redis, under keys that begin with `prefix`. One script is one round trip.
pub struct RedisLive {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    prefix: String,
    began: Instant,
    resting_until: AtomicI64,
    /// Round trips made, for tests and metrics.
    pub round_trips: AtomicU64,
    scripts: Scripts,
}

struct Scripts {
    gate: Script,
    charge: Script,
    open: Script,
    refresh: Script,
    count: Script,
}

/// KEYS: sessions hash, bucket. ARGV: session id or "", interval (0: no limit), tolerance, now.
const GATE: &str = "
local session = false
if ARGV[1] ~= '' then session = redis.call('HGET', KEYS[1], ARGV[1]) end
local interval, tolerance, now = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if interval == 0 then return {session, 1, -1, 0} end
local empty_at = tonumber(redis.call('GET', KEYS[2]) or '0')
local next = math.max(empty_at, now) + interval
local ahead = next - now
if ahead > tolerance then return {session, 0, 0, ahead - tolerance} end
redis.call('SET', KEYS[2], string.format('%.0f', next), 'PX', math.ceil(ahead / 1000) + 1000)
return {session, 1, math.floor((tolerance - ahead) / interval), 0}";

/// KEYS: bucket. ARGV: interval, tolerance, now, units.
const CHARGE: &str = "
local interval, tolerance, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty_at = tonumber(redis.call('GET', KEYS[1]) or '0')
local charged = math.min(math.max(empty_at, now) + interval * tonumber(ARGV[4]), now + 2 * tolerance)
redis.call('SET', KEYS[1], string.format('%.0f', charged), 'PX', math.ceil((charged - now) / 1000) + 1000)";

/// KEYS: sessions hash. ARGV: session id, session, request id, now, lifetime in seconds.
const OPEN: &str = "
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local other = cjson.decode(all[i + 1])
  if other.request_id == ARGV[3] or other.expires_at <= tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], all[i]) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])";

/// KEYS: sessions hash. ARGV: session id, the session as read, the session renewed or '' (ends it), lifetime.
/// Compare and set: 0 when another request came between.
const REFRESH: &str = "
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return 1";

/// KEYS: window. ARGV: seconds.
const COUNT: &str = "
local counted = redis.call('INCR', KEYS[1])
if counted == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return counted";

impl RedisLive {
    /// Uses the Redis at `url`; connects when first asked, so a Redis that is away does not stop the start.
    pub fn new(url: &str, prefix: &str) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(url)?,
            connection: OnceCell::new(),
            prefix: prefix.to_owned(),
            began: Instant::now(),
            resting_until: AtomicI64::new(-1),
            round_trips: AtomicU64::new(0),
            scripts: Scripts {
                gate: Script::new(GATE),
                charge: Script::new(CHARGE),
                open: Script::new(OPEN),
                refresh: Script::new(REFRESH),
                count: Script::new(COUNT),
            },
        })
    }

    async fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let connect = || {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE))
                .set_number_of_retries(1)
                .set_min_delay(Duration::from_millis(20))
                .set_max_delay(Duration::from_millis(200));
            ConnectionManager::new_with_config(self.client.clone(), config)
        };
        self.connection.get_or_try_init(connect).await.cloned()
    }

    /// Asks Redis, within our patience; after a failure nobody asks for a moment.
    async fn ask<T, F: Future<Output = Result<T, RedisError>>>(
        &self,
        doing: &'static str,
        work: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, Away> {
        let elapsed = || i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        if elapsed() < self.resting_until.load(Ordering::Relaxed) {
            return Err(Away);
        }
        self.round_trips.fetch_add(1, Ordering::Relaxed);
        let asked = tokio::time::timeout(PATIENCE, async { work(self.connection().await?).await }).await;
        match asked {
            Ok(Ok(answer)) => Ok(answer),
            failed => {
                let kind = failed.map_or("timed out".to_owned(), |error| error.err().map_or_else(String::new, |e| format!("{:?}", e.kind())));
                tracing::warn!(doing, kind, "redis unavailable");
                self.resting_until.store(elapsed() + i64::try_from(REST.as_millis()).unwrap_or(0), Ordering::Relaxed);
                Err(Away)
            }
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn sessions_key(&self, account: AccountId) -> String {
        self.key(&sessions_key(account))
    }
}

fn read(text: &str) -> Option<Session> {
    serde_json::from_str(text).ok()
}

fn written(session: &Session) -> Result<String, Away> {
    serde_json::to_string(session).map_err(|_| Away)
}

#[async_trait::async_trait]
impl Live for RedisLive {
    async fn gate(&self, session: Option<(AccountId, SessionId)>, bucket: &str, rate: Rate, now: Timestamp) -> Result<Gate, Away> {
        let (key, field) = match session {
            Some((account, id)) => (self.sessions_key(account), id.0.simple().to_string()),
            None => (self.key("-"), String::new()),
        };
        let interval = if rate.per_minute == 0 { 0 } else { rate.interval() };
        let (found, allowed, remaining, wait): (Option<String>, i64, i64, i64) = self
            .ask("gate", |mut connection| async move {
                let mut call = self.scripts.gate.key(key);
                call.key(self.key(bucket)).arg(field).arg(interval).arg(Rate::TOLERANCE).arg(now.0);
                call.invoke_async(&mut connection).await
            })
            .await?;
        let turn = if interval == 0 { Turn::FREE } else { Turn { allowed: allowed == 1, remaining, wait } };
        Ok(Gate { session: found.as_deref().and_then(read).filter(|session| !session.is_over(now)), turn })
    }

    async fn charge(&self, bucket: &str, rate: Rate, units: u32, now: Timestamp) {
        if rate.per_minute == 0 {
            return;
        }
        // Nobody waits for it: a charge that is lost is lost.
        let _: Result<(), Away> = self
            .ask("charge", |mut connection| async move {
                let mut call = self.scripts.charge.key(self.key(bucket));
                call.arg(rate.interval()).arg(Rate::TOLERANCE).arg(now.0).arg(units);
                call.invoke_async(&mut connection).await
            })
            .await;
    }

    async fn open(&self, session: Session) -> Result<(), Away> {
        let text = written(&session)?;
        self.ask("open", |mut connection| async move {
            let mut call = self.scripts.open.key(self.sessions_key(session.account));
            call.arg(session.id.0.simple().to_string()).arg(text).arg(session.request_id.to_string());
            call.arg(session.created_at).arg(LIFETIME_SECONDS);
            call.invoke_async(&mut connection).await
        })
        .await
    }

    async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Away> {
        let key = self.sessions_key(account);
        let all: Vec<String> =
            self.ask("sessions", |mut connection| async move { ::redis::cmd("HVALS").arg(key).query_async(&mut connection).await }).await?;
        let mut own: Vec<Session> = all.iter().filter_map(|text| read(text)).filter(|session| !session.is_over(now)).collect();
        own.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Ok(own)
    }

    async fn close(&self, account: AccountId, session: SessionId) -> Result<bool, Away> {
        let (key, field) = (self.sessions_key(account), session.0.simple().to_string());
        self.ask("close", |mut connection| async move { ::redis::cmd("HDEL").arg(key).arg(field).query_async(&mut connection).await }).await
    }

    async fn close_all(&self, account: AccountId) -> Result<(), Away> {
        let key = self.sessions_key(account);
        self.ask("close all", |mut connection| async move { ::redis::cmd("DEL").arg(key).query_async(&mut connection).await }).await
    }

    async fn refresh(&self, account: AccountId, session: SessionId, generation: u32, now: Timestamp) -> Result<Refresh, Away> {
        let (key, field) = (self.sessions_key(account), session.0.simple().to_string());
        // Twice at the same moment: the second sees what the first made of it.
        for _ in 0..3 {
            let (k, f) = (key.clone(), field.clone());
            let held: Option<String> =
                self.ask("refresh", |mut connection| async move { ::redis::cmd("HGET").arg(k).arg(f).query_async(&mut connection).await }).await?;
            let Some(text) = held else { return Ok(Refresh::Gone) };
            let Some(current) = read(&text).filter(|session| !session.is_over(now)) else { return Ok(Refresh::Gone) };
            let before = current.generation;
            let renewed = current.renewed(generation, now);
            if renewed.as_ref().is_some_and(|renewed| renewed.generation == before) {
                return Ok(renewed.map_or(Refresh::Gone, Refresh::Renewed));
            }
            let next = renewed.as_ref().map(written).transpose()?.unwrap_or_default();
            let (k, f) = (key.clone(), field.clone());
            let set: i64 = self
                .ask("refresh", |mut connection| async move {
                    let mut call = self.scripts.refresh.key(k);
                    call.arg(f).arg(text).arg(next).arg(LIFETIME_SECONDS);
                    call.invoke_async(&mut connection).await
                })
                .await?;
            if set == 1 {
                return Ok(renewed.map_or(Refresh::Reused, Refresh::Renewed));
            }
        }
        Err(Away)
    }

    async fn count(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        let key = self.key(&window(key, seconds, now));
        let counted: u32 = self
            .ask("count", |mut connection| async move {
                let mut call = self.scripts.count.key(key);
                call.arg(seconds).invoke_async(&mut connection).await
            })
            .await?;
        Ok(counted <= most)
    }

    async fn is_full(&self, key: &str, most: u32, seconds: i64, now: Timestamp) -> Result<bool, Away> {
        let key = self.key(&window(key, seconds, now));
        let counted: Option<u32> =
            self.ask("count", |mut connection| async move { ::redis::cmd("GET").arg(key).query_async(&mut connection).await }).await?;
        Ok(counted.unwrap_or(0) >= most)
    }

    async fn ping(&self) -> Result<(), Away> {
        self.ask("ping", |mut connection| async move { ::redis::cmd("PING").query_async::<()>(&mut connection).await }).await
    }
}
