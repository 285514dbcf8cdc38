use super::clock::Clock;
use super::errors::ApiError;
use super::says::{Locale, Text};
use super::viewer::Viewer;
use crate::app::App;
use crate::settings::Settings;
use sea_orm::DatabaseConnection;
use shangyi_entities::{AccountId, SessionId, Timestamp, TypedId};
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;
use tracing::Instrument;

tokio::task_local! {
    /// The request being served, for what has no other way to it: texts of errors, the statement counter, logs.
    static CURRENT: Cx;
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A passer-by: no token, or one that is no longer good (then `signed_out` says why).
    Nobody,
    /// A person with a live session.
    Person {
        /// Their account.
        account: AccountId,
        /// The session of this device; none for the command line acting as somebody.
        session: Option<SessionId>,
    },
    /// Carries a good token, but sessions cannot be looked up right now.
    Unknown,
}

/// The request: who asks, when, in which language, and the building they ask in.
#[derive(Clone)]
pub struct Cx(Arc<Inner>);

struct Inner {
    app: App,
    who: Who,
    now: Timestamp,
    locale: Locale,
    address: Option<IpAddr>,
    request_id: String,
    viewer: OnceCell<Viewer>,
    statements: AtomicU32,
}

impl Cx {
    /// The context of one request that begins now.
    pub fn new(app: App, who: Who, locale: Locale, address: Option<IpAddr>, request_id: String) -> Self {
        let now = app.clock.now();
        Self(Arc::new(Inner { app, who, now, locale, address, request_id, viewer: OnceCell::new(), statements: AtomicU32::new(0) }))
    }

    /// The building.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.app.settings
    }

    /// The reading side of the database.
    pub fn read(&self) -> &DatabaseConnection {
        self.0.app.db.read()
    }

    /// When the request began: one moment for all of it.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// The language of the person.
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// The text in the person's language.
    pub fn tell(&self, text: &Text) -> String {
        text.to(self.0.locale)
    }

    /// Where the request came from, for limits; never stored with a person.
    pub fn address(&self) -> Option<IpAddr> {
        self.0.address
    }

    /// The id under which the log knows this request.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Who asks.
    pub fn who(&self) -> Who {
        self.0.who
    }

    /// The account that asks, for what passers-by may see too.
    pub fn account_if_any(&self) -> Option<AccountId> {
        match self.0.who {
            Who::Person { account, .. } => Some(account),
            Who::Nobody | Who::Unknown => None,
        }
    }

    /// The account that asks; `UNAUTHENTICATED` for a passer-by.
    pub fn account(&self) -> Result<AccountId, ApiError> {
        match self.0.who {
            Who::Person { account, .. } => Ok(account),
            Who::Nobody => Err(ApiError::unauthenticated()),
            Who::Unknown => Err(ApiError::unavailable()),
        }
    }

    /// The session that asks.
    pub fn session(&self) -> Result<SessionId, ApiError> {
        match self.0.who {
            Who::Person { session: Some(session), .. } => Ok(session),
            Who::Unknown => Err(ApiError::unavailable()),
            _ => Err(ApiError::unauthenticated()),
        }
    }

    /// The account with the appointments it holds now, read once per request.
    pub async fn viewer(&self) -> Result<&Viewer, ApiError> {
        let account = self.account()?;
        self.0.viewer.get_or_try_init(|| Viewer::load(self.read(), account, self.now())).await
    }

    /// The viewer, for what passers-by may see too.
    pub async fn viewer_if_any(&self) -> Result<Option<&Viewer>, ApiError> {
        match self.0.who {
            Who::Person { .. } => self.viewer().await.map(Some),
            Who::Nobody | Who::Unknown => Ok(None),
        }
    }

    /// A new id.
    pub fn new_id<T: TypedId>(&self) -> T {
        super::ids::new(&self.0.app.clock)
    }

    /// A name for something that happens and has no row of its own: by it people are told of it once.
    pub fn new_event(&self) -> uuid::Uuid {
        super::ids::at(self.now().0, super::crypto::random())
    }

    /// The clock, for what must be later than the request's beginning.
    pub fn clock(&self) -> &Clock {
        &self.0.app.clock
    }

    /// How many SQL statements the request has made so far.
    pub fn statements(&self) -> u32 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Runs `work` as part of this request.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }
}

/// Starts a loader's batch as part of the request that asked for it.
pub fn spawn<F>(work: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match CURRENT.try_with(Cx::clone) {
        Ok(cx) => tokio::spawn(CURRENT.scope(cx, work).in_current_span()),
        Err(_) => tokio::spawn(work.in_current_span()),
    }
}

/// The language of the request being served.
pub(crate) fn locale() -> Locale {
    CURRENT.try_with(Cx::locale).unwrap_or_default()
}

/// Counts a statement to the request being served.
pub(super) fn count_statement() {
    let _ = CURRENT.try_with(|cx| cx.0.statements.fetch_add(1, Ordering::Relaxed));
}
