//! What an operator does from the command line: migrate, serve, grant the first appointment.
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::keys::{self, Keys};
use crate::kernel::phone::Phone;
use crate::kernel::{Clock, Cx, Db, Locale};
use crate::notices::outbox;
use crate::settings::{LogFormat, Settings, Sms};
use crate::{auth, http, organisation};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use shangyi_entities::TypedId;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::notice::NoticeKind;
use shangyi_migration::{Migrator, MigratorTrait};
use std::io::IsTerminal;
use std::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Begins to log, to standard error.
pub fn log(settings: &Settings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|_| "SHANGYI_LOG: not a filter such as info or info,shangyi=debug".to_owned())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

/// Opens the building as the settings say. With an SQLite file keys are made where there are none; a database that is
/// shared may hold what other keys sealed.
pub async fn open(settings: Settings, make_keys: bool) -> Result<App, String> {
    let path = settings.keys_file.clone();
    if make_keys && !path.exists() {
        keys::create(&path)?;
    }
    if !path.exists() {
        return Err(format!("SHANGYI_KEYS_FILE: {} is missing; `shangyi keys new` makes it (keep a copy in a safe place)", path.display()));
    }
    App::open(settings, Keys::load(&path)?, Clock::System).await
}

/// Brings the database to the newest shape; says how many changes it lacked. Two processes that start together do it once.
pub async fn migrate(app: &App) -> Result<usize, String> {
    let db = &Db::open_for_migration(&app.settings.database_url).await.map_err(|_| "the database cannot be reached".to_owned())?;
    let done = if app.db.is_sqlite() { up(db).await } else { up_alone(db).await };
    let _ = db.close_by_ref().await;
    let made = done?;
    check_keys(app).await?;
    Ok(made)
}

/// Refuses a database that other keys have sealed: everybody would seem erased, and sign in anew.
async fn check_keys(app: &App) -> Result<(), String> {
    let (db, away) = (app.db.writer(), |_| "the database cannot be reached".to_owned());
    let own = app.keys.derived("fingerprint").to_vec();
    let statement = |sql: &str, values: Vec<sea_orm::Value>| Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let insert = statement("INSERT INTO deployment (one, keys_fingerprint) VALUES (1, $1) ON CONFLICT DO NOTHING", vec![own.clone().into()]);
    db.execute_raw(insert).await.map_err(away)?;
    let row = db.query_one_raw(statement("SELECT keys_fingerprint FROM deployment", Vec::new())).await.map_err(away)?;
    let kept: Option<Vec<u8>> = row.and_then(|row| row.try_get_by_index(0).ok());
    if kept.as_deref() == Some(own.as_slice()) {
        return Ok(());
    }
    Err(format!("SHANGYI_KEYS_FILE: {} holds other keys than those this database was sealed with", app.settings.keys_file.display()))
}

/// Under a lock that a connection of its own holds while the changes are made on another.
async fn up_alone(db: &DatabaseConnection) -> Result<usize, String> {
    let away = |_| "the database cannot be reached".to_owned();
    let mut lock = db.get_postgres_connection_pool().acquire().await.map_err(away)?;
    sqlx::query("SELECT pg_advisory_lock(747001)").execute(&mut *lock).await.map_err(away)?;
    let done = up(db).await;
    let _ = sqlx::query("SELECT pg_advisory_unlock(747001)").execute(&mut *lock).await;
    done
}

async fn up(db: &DatabaseConnection) -> Result<usize, String> {
    let pending = Migrator::get_pending_migrations(db).await.map_err(explain)?.len();
    if pending > 0
        && let Err(cause) = Migrator::up(db, None).await
    {
        // On SQLite another process may have been faster: then nothing is left to do.
        if !Migrator::get_pending_migrations(db).await.map_err(explain)?.is_empty() {
            return Err(explain(cause));
        }
    }
    Ok(pending)
}

fn explain(cause: sea_orm::DbErr) -> String {
    format!("the database cannot be migrated: {cause}")
}

/// Serves until told to stop by SIGTERM or Ctrl-C.
pub async fn serve(app: &App) -> Result<(), String> {
    if app.settings.sms == Sms::None {
        return Err("SHANGYI_SMS: sign-in codes have nowhere to go; name a gateway (https://…), or `console` to see them in the log".to_owned());
    }
    check_database(app).await?;
    let listener = TcpListener::bind(app.settings.listen).map_err(|error| format!("SHANGYI_LISTEN: {}: {error}", app.settings.listen))?;
    let metrics = match app.settings.metrics_listen {
        Some(address) => Some(http::serve_metrics(address).await?),
        None => None,
    };
    let running = http::start(app, listener).await?;
    tracing::info!(address = %running.address, "serving");
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: finishing what has begun");
    running.stop().await;
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    app.db.settle().await;
    tracing::info!("stopped");
    Ok(())
}

fn listen(kind: SignalKind) -> Result<tokio::signal::unix::Signal, String> {
    signal(kind).map_err(|error| format!("signals cannot be received: {error}"))
}

/// A database that is away may come back; one that is not migrated, or has another isolation, may not be served.
async fn check_database(app: &App) -> Result<(), String> {
    let db = app.db.read();
    match Migrator::get_pending_migrations_read_only(db).await {
        Ok(pending) if pending.is_empty() => check_keys(app).await?,
        Ok(pending) => return Err(format!("the database lacks {} changes; run `shangyi migrate`", pending.len())),
        Err(_) => {
            tracing::warn!("the database cannot be reached yet; requests will be answered with UNAVAILABLE");
            return Ok(());
        }
    }
    if !app.db.is_sqlite() {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, "SHOW transaction_isolation")).await;
        let level: Option<String> = row.ok().flatten().and_then(|row| row.try_get_by_index(0).ok());
        if level.as_deref() != Some("read committed") {
            return Err("SHANGYI_DATABASE_URL: connections must begin in READ COMMITTED (is a pooler changing it?)".to_owned());
        }
    }
    Ok(())
}

/// An appointment granted by the operator, who is asked by nobody: how a new committee gets its first staff.
pub struct Grant {
    /// The person's phone; an account is made where there is none.
    pub phone: String,
    /// The role.
    pub role: Role,
    /// The desk, for staff.
    pub desk: Option<Desk>,
    /// The division of the committee.
    pub committee: String,
    /// The name of the organisation of that committee it is for; left out: the committee itself.
    pub organisation: Option<String>,
    /// The name of the person, for a new account.
    pub name: Option<String>,
}

/// Grants an appointment as the operator. The trail says so, and the person sees it.
pub async fn grant(app: &App, grant: Grant) -> Result<(), String> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "account grant".to_owned());
    if !organisation::fits_operator(grant.role, grant.desk, grant.organisation.is_some()) {
        return Err("this role wants --desk (committee-staff alone), or --organisation (liaison-officer, org-convenor, handling-unit)".to_owned());
    }
    let phone = &Phone::parse(&grant.phone).ok_or("the phone is not a mainland mobile number of eleven digits")?;
    let hash = &phone.hash(&app.keys.derived("phone"));
    let grant = &grant;
    let done = app
        .db
        .write_plain(|tx| async move {
            let committee = organisation::committee_of_division(&tx, &grant.committee).await?;
            let committee = committee.ok_or_else(|| crate::kernel::ApiError::not_found("委员会", "A committee of this division"))?;
            let scope = match &grant.organisation {
                Some(name) => organisation::organisation_by_name(&tx, committee.id, name).await?.map(|found| found.id),
                None => Some(committee.id),
            };
            let scope = scope.ok_or_else(|| crate::kernel::ApiError::not_found("组织", "An organisation of this name"))?;
            let account = match auth::store::account_of_phone(&*tx, hash).await? {
                Some(account) => account.id,
                None => auth::store::add_account(&*tx, &cx.app().keys, cx.new_id(), Some(phone), grant.name.as_deref(), cx.now()).await?.id,
            };
            let post = organisation::Post {
                account,
                role: grant.role,
                desk: grant.desk,
                committee: committee.id,
                scope: organisation::PostScope::Organisation(scope),
                from: cx.now(),
                until: None,
            };
            if let Some(id) = organisation::grant_by_operator(&tx, cx, post).await? {
                outbox::tell_person(&tx, cx, NoticeKind::AppointmentGranted, id.uuid(), id.uuid(), account).await?;
            }
            Ok(())
        })
        .await;
    done.map_err(|error| error.text(Locale::En))
}
