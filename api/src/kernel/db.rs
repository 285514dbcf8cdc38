//! The database: one writing side, one reading side, and the only place where a transaction begins.
use super::cx;
use super::errors::{ApiError, OrInternal, Stop};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Connections of one process (or of one of its workers).
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Rung after a commit that left something to deliver.
    pub outbox_filled: Arc<Notify>,
}

/// How many connections, and how long to wait for one.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Connections of one worker to PostgreSQL; readers of one process on SQLite.
    pub connections: u32,
    /// How long a request waits for a connection before it is told to come back.
    pub acquire: Duration,
}

impl Db {
    /// A connection pair for migrations: they may take longer than any request.
    pub async fn open_for_migration(url: &str) -> Result<DatabaseConnection, DbErr> {
        let patience = Duration::from_secs(10);
        Database::connect(if url.starts_with("sqlite:") { sqlite(url, 1, patience) } else { quiet(url, 2, patience) }).await
    }

    /// Opens the database named by `url` (`sqlite:FILE` or `postgres://…`). PostgreSQL is opened lazily: a database
    /// that is away makes requests fail, not the process.
    pub async fn open(url: &str, pool: Pool, outbox_filled: Arc<Notify>) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = connect(sqlite(url, 1, pool.acquire)).await?;
            let read = connect(sqlite(url, pool.connections.max(2), pool.acquire)).await?;
            return Ok(Self { read, write, outbox_filled });
        }
        let both = connect(postgres(url, pool)).await?;
        Ok(Self { read: both.clone(), write: both, outbox_filled })
    }

    /// The reading side. On SQLite it is another connection than the writing one: never use it inside [`Db::write`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The writing side, for migrations; verbs write through [`Db::write`].
    pub fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Puts what was written into the file itself, so that what was overwritten is nowhere any more. PostgreSQL's own
    /// vacuum does that.
    pub async fn settle(&self) {
        use sea_orm::ConnectionTrait;
        if self.is_sqlite() && self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.is_err() {
            tracing::warn!("the write-ahead log could not be emptied");
        }
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }

    /// Runs `work` in one transaction. A refusal or an error undoes it; a collision with another transaction is tried
    /// again once, so `work` must have no effect but on the transaction.
    pub async fn write<T, R, F, Fut>(&self, work: F) -> Result<T, Stop<R>>
    where
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, Stop<R>>>,
    {
        match self.write_once(&work).await {
            Err(Stop::Failed(error)) if error.collided => self.write_once(&work).await,
            done => done,
        }
    }

    async fn write_once<T, R, F, Fut>(&self, work: &F) -> Result<T, Stop<R>>
    where
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, Stop<R>>>,
    {
        let tx = WriteTx(Arc::new(Held { tx: self.begin_somehow().await?, fills_outbox: AtomicBool::new(false) }));
        let done = work(tx.clone()).await?;
        let Ok(held) = Arc::try_unwrap(tx.0) else {
            return Err(ApiError::broken("a transaction outlived its work").into());
        };
        held.tx.commit().await.internal("committing")?;
        if held.fills_outbox.into_inner() {
            self.outbox_filled.notify_one();
        }
        Ok(done)
    }

    /// [`Db::write`] for work that no rule refuses.
    pub async fn write_plain<T, F, Fut>(&self, work: F) -> Result<T, ApiError>
    where
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, Stop<Never>>>,
    {
        self.write(work).await.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::Refused(never) => match never {},
        })
    }

    /// A connection that died while it lay idle shows it here, where nothing has been said yet: another one is tried.
    async fn begin_somehow(&self) -> Result<DatabaseTransaction, ApiError> {
        match self.begin().await {
            Err(DbErr::ConnectionAcquire(cause)) => Err(DbErr::ConnectionAcquire(cause)).internal("beginning"),
            Err(_) => self.begin().await.internal("beginning"),
            Ok(tx) => Ok(tx),
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the one place where a transaction begins")]
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = self.is_sqlite().then_some(SqliteTransactionMode::Immediate);
        self.write.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }
}

/// No refusal is possible.
#[derive(Debug)]
pub enum Never {}

/// A transaction in which a verb writes; a handle that can be passed on but not kept.
#[derive(Clone)]
pub struct WriteTx(Arc<Held>);

struct Held {
    tx: DatabaseTransaction,
    fills_outbox: AtomicBool,
}

impl WriteTx {
    /// Says that there will be something to deliver once this is committed.
    pub fn fills_outbox(&self) {
        self.0.fills_outbox.store(true, Ordering::Relaxed);
    }
}

impl Deref for WriteTx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0.tx
    }
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let mut connection = Database::connect(options).await?;
    connection.set_metric_callback(|info| {
        cx::count_statement();
        metrics::histogram!("shangyi_sql_seconds").record(info.elapsed.as_secs_f64());
    });
    Ok(connection)
}

fn quiet(url: &str, connections: u32, acquire: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    // The log never holds SQL text with values, nor does a span.
    options.max_connections(connections).acquire_timeout(acquire).sqlx_logging(false).record_stmt_in_spans(false);
    options
}

fn sqlite(url: &str, connections: u32, acquire: Duration) -> ConnectOptions {
    let mut options = quiet(url, connections, acquire);
    options.map_sqlx_sqlite_opts(|options| {
        options
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            // Without it INSERT OR REPLACE deletes rows past the append-only triggers.
            .pragma("recursive_triggers", "ON")
            // What is erased is overwritten.
            .pragma("secure_delete", "ON")
            .statement_cache_capacity(256)
    });
    options
}

fn postgres(url: &str, pool: Pool) -> ConnectOptions {
    let mut options = quiet(url, pool.connections, pool.acquire);
    options.connect_lazy(true).test_before_acquire_if_idle_for(Duration::from_secs(20)).map_sqlx_postgres_opts(|options| {
        options
            .application_name("shangyi")
            .statement_cache_capacity(256)
            // Set for every connection; the rules of the database are proved under this level.
            .options([("default_transaction_isolation", "read committed"), ("lock_timeout", "5000"), ("statement_timeout", "9000")])
    });
    options
}
