use crate::counting::Counting;
use crate::gateway::{self, Gateway, Message};
use crate::person::Person;
use crate::{postgres, redis};
use chrono::{TimeZone, Utc};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::Value;
use shangyi::app::App;
use shangyi::http::Running;
use shangyi::kernel::cx::Who;
use shangyi::kernel::keys::{self, Keys};
use shangyi::kernel::phone::Phone;
use shangyi::kernel::{Clock, Cx, Gid, Locale, crypto};
use shangyi::notices::worker;
use shangyi::settings::Settings;
use shangyi::{demo, graphql, operate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// What the program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// SQLite, sessions and limits in process.
    Embedded,
    /// PostgreSQL and Redis.
    Served,
}

/// A server of one test, with a database of its own that holds the demo's people and no topics.
pub struct TestApp {
    pub column: Column,
    pub app: App,
    pub url: String,
    pub people: Vec<demo::Person>,
    pub(crate) gateway: Gateway,
    pub client: reqwest::Client,
    pub database_url: String,
    /// Calls of the live store so far: round trips, where it is Redis.
    pub live_calls: Arc<AtomicU32>,
    running: Option<Running>,
    folder: TempDir,
    time_set: std::sync::atomic::AtomicBool,
}

/// Made once per process and column, then copied.
struct Template {
    folder: PathBuf,
    people: Vec<demo::Person>,
}

static TEMPLATES: [OnceLock<Template>; 2] = [OnceLock::new(), OnceLock::new()];
static NUMBER: AtomicU32 = AtomicU32::new(0);
const TEMPLATE: &str = "shangyi_template";

/// Tuesday, 1 September 2026, ten in the morning in China.
fn first_morning() -> Clock {
    Clock::manual(Utc.with_ymd_and_hms(2026, 9, 1, 2, 0, 0).unwrap())
}

fn folder() -> PathBuf {
    // Kept for the process: every test reads its keys.
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::Builder::new().prefix("shangyi-test-").tempdir().expect("a temporary folder")).path().to_owned()
}

fn keys_file() -> PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = folder().join("keys.toml");
        keys::create(&path).expect("keys");
        path
    })
    .clone()
}

fn settings(database: &str, more: &[(&str, &str)]) -> Settings {
    let mut given: BTreeMap<String, String> = [
        ("DATABASE_URL", database),
        ("HTTP_WORKERS", "1"),
        ("DELIVER", "off"),
        ("METRICS_LISTEN", ""),
        ("SMS_KEY", gateway::KEY),
        ("KEYS_FILE", keys_file().to_str().expect("a path")),
        ("RATE_ADDRESS", "0"),
        ("RATE_ACCOUNT", "0"),
        ("NEW_PHONES_PER_HOUR", "100000"),
        ("SMS_PER_HOUR", "100000"),
    ]
    .into_iter()
    .chain(more.iter().copied())
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    given.retain(|name, _| name != "CONFIG");
    Settings::read(given).expect("settings of the tests")
}

async fn open(database: &str, more: &[(&str, &str)], clock: Clock) -> App {
    App::open(settings(database, more), Keys::load(&keys_file()).expect("keys"), clock).await.expect("the building opens")
}

fn template(column: Column) -> &'static Template {
    TEMPLATES[column as usize].get_or_init(|| {
        // A thread of its own: tests run in runtimes of theirs, and this outlives them.
        std::thread::spawn(move || tokio::runtime::Runtime::new().expect("a runtime").block_on(make_template(column)))
            .join()
            .expect("the template is made")
    })
}

async fn make_template(column: Column) -> Template {
    let folder = folder();
    let database = match column {
        Column::Embedded => format!("sqlite:{}", folder.join("template.db").display()),
        Column::Served => {
            let admin = Database::connect(postgres::url("postgres")).await.expect("the private PostgreSQL");
            admin.execute_unprepared(&format!("CREATE DATABASE {TEMPLATE}")).await.expect("a template");
            postgres::url(TEMPLATE)
        }
    };
    let app = open(&database, &[], first_morning()).await;
    operate::migrate(&app).await.expect("the template is migrated");
    let people = demo::load_people(&app).await.expect("the people are loaded");
    app.db.settle().await;
    app.db.writer().close_by_ref().await.expect("closed");
    app.db.read().close_by_ref().await.expect("closed");
    Template { folder, people }
}

impl TestApp {
    /// A server on that column.
    pub async fn start(column: Column) -> Self {
        Self::start_with(column, &[]).await
    }

    /// A server on that column with some settings changed.
    pub async fn start_with(column: Column, more: &[(&str, &str)]) -> Self {
        let template = tokio::task::spawn_blocking(move || template(column)).await.expect("the template");
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let own = tempfile::Builder::new().prefix("shangyi-test-").tempdir().expect("a temporary folder");
        let database_url = copy(column, &template.folder, own.path(), number).await;
        let gateway = Gateway::default();
        let sms = gateway.start();
        let prefix = format!("test{}-{number}:", std::process::id());
        let redis_url = if column == Column::Served { tokio::task::spawn_blocking(redis::url).await.expect("redis") } else { String::new() };
        let mut all = vec![("SMS", sms.as_str()), ("REDIS_URL", redis_url.as_str()), ("REDIS_PREFIX", prefix.as_str())];
        all.extend_from_slice(more);
        let mut app = open(&database_url, &all, first_morning()).await;
        let live_calls = Arc::new(AtomicU32::new(0));
        app.live = Arc::new(Counting { inner: Arc::clone(&app.live), calls: Arc::clone(&live_calls) });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let running = shangyi::http::start(&app, listener).await.expect("the server starts");
        Self {
            column,
            url: format!("http://{}", running.address),
            app,
            people: template.people.clone(),
            gateway,
            // The server closes what lies idle for five seconds: what lay nearly so long is not used again.
            client: reqwest::Client::builder().pool_idle_timeout(std::time::Duration::from_secs(3)).build().expect("a client"),
            database_url,
            live_calls,
            running: Some(running),
            folder: own,
            time_set: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// A folder of this test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Delivers everything that is due.
    pub async fn deliver(&self) {
        worker::drain(&self.app).await.expect("everything is delivered");
    }

    /// Messages that reached the gateway for a phone.
    pub fn messages(&self, phone: &str) -> Vec<Message> {
        let phone = Phone::parse(phone).expect("a phone");
        self.gateway.messages.lock().unwrap().iter().filter(|message| message.phone == phone.reveal()).cloned().collect()
    }

    /// Makes the next calls of the gateway fail.
    pub fn gateway_fails(&self, times: u32) {
        self.gateway.failures.store(times, Ordering::SeqCst);
    }

    /// From now on phones get themselves new tokens when theirs have run out.
    pub fn note_time_set(&self) {
        self.time_set.store(true, Ordering::SeqCst);
    }

    pub(crate) fn time_was_set(&self) -> bool {
        self.time_set.load(Ordering::SeqCst)
    }

    /// Moves the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.app.clock.advance(seconds);
    }

    /// Sets the clock to the machine's, and a minute on: what another process did lies in the past.
    #[allow(clippy::disallowed_methods, reason = "a process of its own has the machine's clock")]
    pub fn catch_up(&self) {
        self.app.clock.set((Utc::now() + chrono::TimeDelta::minutes(1)).into());
    }

    /// The code that waits in the outbox, opened with the deployment's keys.
    pub async fn code_in_outbox(&self) -> String {
        let db = self.app.db.writer();
        let sql = "SELECT secret FROM outbox WHERE lane = 'CODE' AND done_at IS NULL ORDER BY created_at DESC LIMIT 1";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect(sql).expect("a code waits");
        let sealed: Vec<u8> = row.try_get_by_index(0).expect("a secret");
        let plain = crypto::open(&self.app.keys.derived("outbox"), b"outbox.secret", &sealed).expect("it opens");
        let message: Value = serde_json::from_slice(&plain).expect("a message");
        message["code"].as_str().expect("a code").to_owned()
    }

    /// Executes an operation as an account and counts its SQL statements.
    pub async fn statements(&self, account: Option<&str>, query: &str, variables: Value) -> u32 {
        let who = account.map_or(Who::Nobody, |id| Who::Person { account: Gid::parse(id).expect("an account").0, session: None });
        let app = self.app.clone();
        let query = query.to_owned();
        // On one thread, as a worker of the server has it: what the loaders gather does not depend on the machine's pace.
        let counted = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                // Connections belong to the runtime they were opened in.
                let app = app.with_own_connections().await.expect("connections of its own");
                let cx = Cx::new(app.clone(), who, Locale::En, None, "counted".to_owned());
                let request = async_graphql::Request::new(&query).variables(async_graphql::Variables::from_json(variables));
                let response = cx.scope(graphql::schema(&app).execute(graphql::prepare(request, &cx))).await;
                assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
                cx.statements()
            })
        });
        counted.await.expect("it is counted")
    }

    /// Rows of a statement, as JSON of their first column's text.
    pub async fn sql(&self, sql: &str) -> Vec<String> {
        let db = self.app.db.writer();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect(sql);
        rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).expect("a text column").unwrap_or_default()).collect()
    }

    /// A count.
    pub async fn count(&self, sql: &str) -> i64 {
        let db = self.app.db.writer();
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect(sql).expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Runs SQL that answers nothing.
    pub async fn execute(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.app.db.writer().execute_unprepared(sql).await.map(|_| ())
    }

    /// Somebody who has not signed in.
    pub fn nobody(&self) -> Person<'_> {
        Person::new(self, None, None)
    }

    /// The demo's person of that phone, signed in through the API.
    pub async fn person(&self, phone: &str) -> Person<'_> {
        Person::sign_in(self, phone).await
    }

    /// The `n`th resident of the demo.
    pub async fn resident(&self, n: usize) -> Person<'_> {
        self.person(self.phone_of("RESIDENT", n)).await
    }

    /// The `n`th member of the demo.
    pub async fn member(&self, n: usize) -> Person<'_> {
        self.person(self.phone_of("MEMBER", n)).await
    }

    /// The liaison officer of a liaison committee.
    pub async fn officer(&self, scope: &str) -> Person<'_> {
        let phone = self.people.iter().find(|person| person.role == "LIAISON_OFFICER" && person.scope == scope).expect(scope).phone;
        self.person(phone).await
    }

    /// The phone of the `n`th person of a role.
    pub fn phone_of(&self, role: &str, n: usize) -> &'static str {
        self.people.iter().filter(|person| person.role == role).nth(n).expect(role).phone
    }

    /// Sends a request as it is, and gives status and body.
    pub async fn raw(&self, request: reqwest::RequestBuilder) -> (u16, reqwest::header::HeaderMap, Value) {
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        (status, headers, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Stops the server as SIGTERM does.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Another process's worth of the program on the same data: its own connections, sessions and limits shared as the column does.
    pub async fn second(&self) -> (App, Running) {
        let app = self.app.with_own_connections().await.expect("a second one opens");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let running = shangyi::http::start(&app, listener).await.expect("a second server starts");
        (app, running)
    }
}

async fn copy(column: Column, template: &Path, own: &Path, number: u32) -> String {
    match column {
        Column::Embedded => {
            let file = own.join("test.db");
            std::fs::copy(template.join("template.db"), &file).expect("the template is copied");
            format!("sqlite:{}", file.display())
        }
        Column::Served => {
            let name = format!("shangyi_test_{number}");
            // PostgreSQL copies a template for one at a time.
            static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
            let _one = ONE.lock().await;
            let admin = Database::connect(postgres::url("postgres")).await.expect("the private PostgreSQL");
            admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await.expect("a copy");
            admin.close().await.expect("closed");
            postgres::url(&name)
        }
    }
}
