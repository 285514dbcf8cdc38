//! The demo: a small committee of the project's own making, loaded through the same verbs that the API calls, so that
//! history, notices and counts are real. Loading it again goes on where it was.

mod cast;
mod consultations;
mod duty;
mod land;
mod life;
mod outcomes;
mod page;
mod receptions;
mod stage;
mod studios;

pub use cast::Person;

use crate::app::App;
use crate::kernel::{ApiError, Locale};
use crate::operate;
use crate::organisation;
use crate::settings::{Settings, Sms};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The division of the demo's committee; no official code begins with 99.
pub const DISTRICT: &str = "990101";

/// Loads the demo unless it is there, and serves it.
pub async fn run(mut settings: Settings, reset: bool, load_only: bool) -> Result<(), String> {
    if settings.sms == Sms::None {
        settings.sms = Sms::Console;
    }
    let record = record_file(&settings);
    if !load_only {
        // A demo that is running has the data open: it is neither thrown away nor shared.
        std::net::TcpListener::bind(settings.listen)
            .map_err(|error| format!("SHANGYI_LISTEN: {}: {error}; is a demo running already?", settings.listen))?;
    }
    if reset {
        throw_away(&settings, &record).await?;
    }
    let app = operate::open(settings, true).await?;
    operate::migrate(&app).await?;
    refuse_on_real_data(&app).await?;
    let people = load(&app).await.map_err(|error| error.text(Locale::En))?;
    page::write_record(&record, &people)?;
    if load_only {
        return Ok(());
    }
    let _ = writeln!(std::io::stdout(), "{}", page::text(&people, app.settings.listen));
    operate::serve(&app).await
}

/// Loads the demo's land and people; who is there already stays.
pub async fn load_people(app: &App) -> Result<Vec<Person>, ApiError> {
    let land = land::load(app).await?;
    let people = cast::load(app, &land).await?;
    studios::load(app, &land, &people).await?;
    Ok(people)
}

/// Loads the demo's land, people and life; what is there already stays.
pub async fn load(app: &App) -> Result<Vec<Person>, ApiError> {
    let people = load_people(app).await?;
    life::load(app, &people).await?;
    duty::load(app, &people).await?;
    receptions::load(app, &people).await?;
    consultations::load(app, &people).await?;
    Ok(people)
}

fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    let file = settings.database_url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(file.trim_start_matches("//").split('?').next().unwrap_or_default()))
}

/// `demo.json`, beside the database.
fn record_file(settings: &Settings) -> PathBuf {
    let folder = sqlite_file(settings).and_then(|file| file.parent().map(Path::to_owned)).unwrap_or_else(|| PathBuf::from("var"));
    folder.join("demo.json")
}

async fn throw_away(settings: &Settings, record: &Path) -> Result<(), String> {
    let Some(file) = sqlite_file(settings) else {
        return Err("--reset throws an SQLite file away; on PostgreSQL, drop and create the database yourself".to_owned());
    };
    if !file.exists() {
        return Ok(());
    }
    // What is not a demo is not thrown away.
    let app = operate::open(settings.clone(), true).await?;
    if operate::migrate(&app).await.is_ok() {
        refuse_on_real_data(&app).await?;
    }
    drop(app);
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    if record.exists() {
        std::fs::remove_file(record).map_err(|error| format!("{}: {error}", record.display()))?;
    }
    Ok(())
}

async fn refuse_on_real_data(app: &App) -> Result<(), String> {
    let others = organisation::committees_outside(app.db.read(), DISTRICT).await.map_err(|error| error.text(Locale::En))?;
    if others {
        return Err("SHANGYI_DATABASE_URL: this database holds a real committee; the demo wants one of its own".to_owned());
    }
    Ok(())
}
