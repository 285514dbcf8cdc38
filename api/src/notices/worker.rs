//! The worker: takes deliveries that are due, makes them, and sleeps until there are more. Any number of processes may
//! run it; a delivery is taken by one at a time, and comes back if that one dies.
use super::outbox::{Job, Message};
use super::sms::Sender;
use super::store::{self, After};
use super::tell;
use crate::app::App;
use crate::kernel::{ApiError, OrInternal, crypto};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use shangyi_entities::{Timestamp, code_failure, daily_count, file_ticket, outbox, replay, sign_in_code};
use std::time::Duration;
use tokio::sync::watch;

/// A worker that dies gives its delivery back after so many seconds.
const INBOX_LEASE: i64 = 5;
const SMS_LEASE: i64 = 20;
/// Something left by another process is found after so long at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long what happens by the clock may be late.
const CLOCKWORK: Duration = Duration::from_secs(5);
/// A message is given up after a day, a sign-in code after its five minutes.
const GIVE_UP_AFTER: i64 = 86_400;
const CODE_LIVES: i64 = 300;

/// Runs until `stop` says so, then finishes what it has begun.
pub async fn run(app: App, stop: watch::Receiver<bool>) -> Result<(), String> {
    let sender = Sender::new()?;
    tokio::join!(
        lane(&app, &sender, "INBOX", stop.clone()),
        // Several at a time: a gateway may take seconds for one.
        lane(&app, &sender, "CODE", stop.clone()),
        lane(&app, &sender, "CODE", stop.clone()),
        lane(&app, &sender, "SMS", stop.clone()),
        lane(&app, &sender, "SMS", stop.clone()),
        tidy(&app, stop.clone()),
        clockwork(&app, stop.clone()),
    );
    Ok(())
}

/// Delivers everything that is due now; for the command line and for tests.
pub async fn drain(app: &App) -> Result<(), String> {
    let sender = Sender::new()?;
    while by_the_clock(app).await.map_err(|error| error.text(crate::kernel::Locale::En))? {}
    loop {
        let inbox = inbox_once(app).await;
        let codes = sms_once(app, &sender, "CODE").await;
        let sms = sms_once(app, &sender, "SMS").await;
        match (inbox, codes, sms) {
            (Ok(false), Ok(false), Ok(false)) => return Ok(()),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => return Err(error.text(crate::kernel::Locale::En)),
            _ => {}
        }
    }
}

async fn lane(app: &App, sender: &Sender, name: &'static str, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let once = if name == "INBOX" { inbox_once(app).await } else { sms_once(app, sender, name).await };
        match once {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => tracing::warn!(lane = name, "delivery waits for the database"),
        }
        tokio::select! {
            () = app.db.outbox_filled.notified() => {
                // The bell rings once; the other lane wants to hear it too.
                app.db.outbox_filled.notify_waiters();
            }
            () = tokio::time::sleep(wait(app, name).await) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn wait(app: &App, lane: &str) -> Duration {
    let due = store::next_due(app.db.read(), lane).await.ok().flatten();
    let micros = due.map_or(i64::MAX, |due| due.0 - app.clock.now().0).clamp(0, 1_000_000);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(Duration::from_millis(20), LOOK_AGAIN)
}

async fn claim(app: &App, lane: &'static str, lease: i64) -> Result<Option<outbox::Model>, ApiError> {
    let now = app.clock.now();
    app.db.write_plain(|tx| async move { Ok(store::claim(&tx, lane, now, now.plus_seconds(lease)).await?) }).await
}

fn job_of(row: &outbox::Model) -> Result<Job, ApiError> {
    serde_json::from_str(&row.payload).map_err(|_| ApiError::broken("an outbox row that cannot be read"))
}

async fn settle(app: &App, row: &outbox::Model, after: fn(Timestamp, &outbox::Model) -> After) -> Result<(), ApiError> {
    let now = app.clock.now();
    app.db.write_plain(|tx| async move { Ok(store::settle(&tx, row.id, after(now, row), now).await?) }).await
}

/// Twice as long after each failure, at most ten minutes.
fn later(now: Timestamp, row: &outbox::Model) -> After {
    After::TryAgain(now.plus_seconds(Ord::min(1 << row.attempts.clamp(0, 10), 600)))
}

/// One batch of one delivery; whether there was any.
async fn inbox_once(app: &App) -> Result<bool, ApiError> {
    let Some(row) = claim(app, "INBOX", INBOX_LEASE).await? else { return Ok(false) };
    let row = &row;
    let job = match job_of(row) {
        Ok(job) => job,
        Err(_) => {
            settle(app, row, |_, _| After::GiveUp).await?;
            return Ok(true);
        }
    };
    let job = &job;
    let told = app
        .db
        .write_plain(|tx| async move {
            let after = tell::batch(&tx, app, row, job).await?;
            Ok(store::settle(&tx, row.id, after, app.clock.now()).await?)
        })
        .await;
    if told.is_err() {
        settle(app, row, later).await?;
    }
    metrics::counter!("shangyi_deliveries_total", "lane" => "inbox").increment(1);
    Ok(true)
}

/// One message; whether there was any.
async fn sms_once(app: &App, sender: &Sender, lane: &'static str) -> Result<bool, ApiError> {
    let Some(row) = claim(app, lane, SMS_LEASE).await? else { return Ok(false) };
    let age = app.clock.now().seconds_since(row.created_at);
    let most = if matches!(job_of(&row), Ok(Job::SignInCode)) { CODE_LIVES } else { GIVE_UP_AFTER };
    let opened = row.secret.as_deref().and_then(|sealed| crypto::open(&app.keys.derived("outbox"), b"outbox.secret", sealed));
    let message = opened.and_then(|plain| serde_json::from_slice::<Message>(&plain).ok());
    match message {
        Some(message) if age < most => match sender.send(app, row.id.0, &message).await {
            Ok(()) => settle(app, &row, |_, _| After::Done).await?,
            Err(_) => settle(app, &row, later).await?,
        },
        _ => settle(app, &row, |_, _| After::GiveUp).await?,
    }
    metrics::counter!("shangyi_deliveries_total", "lane" => "sms").increment(1);
    Ok(true)
}

/// What happens by the clock, a batch of each: logs of visits that have ended by themselves are asked for, topics lapse,
/// authors are asked about answers, words are written and counted, offers
/// of places end and reminders go out, agreed items and consultations end that nobody has a word for. Whether there may be more.
async fn by_the_clock(app: &App) -> Result<bool, ApiError> {
    let logs = crate::check_ins::ask_for_logs(app).await?;
    let lapsed = crate::topics::lapse(app).await?;
    let consulted = crate::consultations::by_the_clock(app).await?;
    let asked = crate::topics::ask_authors(app).await?;
    let written = crate::topics::words::write_missing(app).await?;
    let counted = crate::topics::words::count_terms(app).await?;
    let received = crate::receptions::by_the_clock(app).await?;
    Ok(logs || lapsed || consulted || asked || written || counted || received)
}

/// Every few seconds, does what happens by the clock.
async fn clockwork(app: &App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match by_the_clock(app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => tracing::warn!("what happens by the clock waits for the database"),
        }
        tokio::select! {
            () = tokio::time::sleep(CLOCKWORK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Once an hour, deletes what is kept for a time only.
async fn tidy(app: &App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if forget(app).await.is_err() {
            tracing::warn!("tidying waits for the database");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(3600)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Retention: sign-in codes, wrong codes and file addresses a day, remembered writes and deliveries thirty days, daily
/// counts a week, what was said of a booking a year.
pub async fn forget(app: &App) -> Result<(), ApiError> {
    crate::receptions::forget_matters(app).await?;
    let now = app.clock.now();
    let day = crate::kernel::clock::local_day(now.plus_seconds(-7 * 86_400)).to_string();
    let day = &day;
    app.db
        .write_plain(|tx| async move {
            let month_ago = now.plus_seconds(-30 * 86_400);
            store::forget(&tx, month_ago).await?;
            replay::Entity::delete_many().filter(replay::Column::CreatedAt.lt(month_ago)).exec(&*tx).await.internal("forgetting replays")?;
            sign_in_code::Entity::delete_many()
                .filter(sign_in_code::Column::ExpiresAt.lt(now.plus_seconds(-86_400)))
                .exec(&*tx)
                .await
                .internal("forgetting codes")?;
            let yesterday = now.plus_seconds(-86_400);
            code_failure::Entity::delete_many()
                .filter(code_failure::Column::Hour.lt(yesterday.0.div_euclid(3_600_000_000)))
                .exec(&*tx)
                .await
                .internal("forgetting wrong codes")?;
            file_ticket::Entity::delete_many()
                .filter(file_ticket::Column::ExpiresAt.lt(yesterday))
                .exec(&*tx)
                .await
                .internal("forgetting file addresses")?;
            daily_count::Entity::delete_many().filter(daily_count::Column::Day.lt(day.as_str())).exec(&*tx).await.internal("forgetting counts")?;
            Ok(())
        })
        .await
}
