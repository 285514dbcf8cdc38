//! What the building provides to every room.
use crate::kernel::db::Pool;
use crate::kernel::keys::Keys;
use crate::kernel::{Clock, Db};
use crate::live::memory::MemoryLive;
use crate::live::redis::RedisLive;
use crate::live::{Away, Live, Rate, Turn};
use crate::settings::Settings;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The building: database, live store, clock, keys, settings. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Sessions, limits and short counts.
    pub live: Arc<dyn Live>,
    /// Limits of this process, while the live store is away.
    pub fallback: Arc<MemoryLive>,
    /// The time.
    pub clock: Clock,
    /// The deployment's keys.
    pub keys: Arc<Keys>,
    /// The settings.
    pub settings: Arc<Settings>,
}

impl App {
    /// Opens what the settings name. The error is a sentence for the operator.
    pub async fn open(settings: Settings, keys: Keys, clock: Clock) -> Result<Self, String> {
        let live: Arc<dyn Live> = match &settings.redis_url {
            Some(url) => {
                let redis = RedisLive::new(url, &settings.redis_prefix).map_err(|_| "SHANGYI_REDIS_URL: not an address of a Redis".to_owned())?;
                Arc::new(redis)
            }
            None => Arc::new(MemoryLive::default()),
        };
        let db = open_db(&settings, Arc::new(Notify::new())).await?;
        Ok(Self { db, live, fallback: Arc::new(MemoryLive::default()), clock, keys: Arc::new(keys), settings: Arc::new(settings) })
    }

    /// The same building with connections of its own. Every serving thread has a small pool: a shared one wakes
    /// across threads for each connection it hands over.
    pub async fn with_own_connections(&self) -> Result<Self, String> {
        if self.db.is_sqlite() {
            return Ok(self.clone());
        }
        let db = open_db(&self.settings, Arc::clone(&self.db.outbox_filled)).await?;
        Ok(Self { db, ..self.clone() })
    }

    /// Takes a unit of a rate, from the process's own limits while the live store is away.
    pub fn take_here(&self, bucket: &str, rate: Rate) -> Turn {
        self.fallback.take(bucket, rate, self.clock.now())
    }

    /// Counts under `key` in the live store, or here while that is away.
    pub async fn count(&self, key: &str, most: u32, seconds: i64) -> bool {
        let now = self.clock.now();
        match self.live.count(key, most, seconds, now).await {
            Ok(within) => within,
            Err(Away) => self.fallback.count(key, most, seconds, now).await.unwrap_or(true),
        }
    }

    /// Whether the window of `key` is full, asked where [`App::count`] counts.
    pub async fn is_full(&self, key: &str, most: u32, seconds: i64) -> bool {
        let now = self.clock.now();
        match self.live.is_full(key, most, seconds, now).await {
            Ok(full) => full,
            Err(Away) => self.fallback.is_full(key, most, seconds, now).await.unwrap_or(false),
        }
    }
}

async fn open_db(settings: &Settings, outbox_filled: Arc<Notify>) -> Result<Db, String> {
    if let Some(file) = settings.database_url.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = std::path::Path::new(file).parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("SHANGYI_DATABASE_URL: {}: {error}", folder.display()))?;
        }
    }
    let pool = Pool { connections: settings.db_connections, acquire: Duration::from_millis(settings.db_wait_ms) };
    Db::open(&settings.database_url, pool, outbox_filled).await.map_err(|_| "SHANGYI_DATABASE_URL: the database cannot be opened".to_owned())
}
