//! Ten thousand for a hundred places, then everything at random with killed processes, then a feed of 500 events: `bench/receptions` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a command of the bench")]

use serde_json::json;
use shangyi_tests::{Column, TestApp, a_day, bustle, log_against_rules, new_request, places, two};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const DEADLOCKS: &str = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

fn percentile(took: &mut [u128], share: usize) -> u128 {
    took.sort_unstable();
    took.get((took.len() * share / 100).min(took.len().saturating_sub(1))).copied().unwrap_or(0)
}

async fn rush(column: Column, residents: usize, guarded: bool) -> Vec<String> {
    let app = TestApp::start_with(column, &[("DB_WAIT_MS", "20000"), ("BOOKINGS_PER_DAY", "1000000"), ("HTTP_WORKERS", "2")]).await;
    if !guarded {
        app.without_the_guard_of_places().await;
    }
    let people = app.many_residents(residents).await;
    let began;
    let mut found = if column == Column::Embedded {
        let (_, slots) = a_day(&app.officer("听泉街道联络委").await, &[100]).await;
        began = Instant::now();
        places(&app, &people, &slots[0], &[&app.url], 64).await
    } else {
        let (programs, officer) = two(&app).await;
        let (_, slots) = a_day(&officer, &[100]).await;
        began = Instant::now();
        places(&app, &people, &slots[0], &[programs[0].url(), programs[1].url()], 128).await
    };
    let seconds = began.elapsed().as_secs_f64();
    let answers = found.took.len();
    println!(
        "{column:?}, {residents} residents for 100 places, each asking three times{}: {} booked ({} in the database), {} repeated, {} refused, {} waiting in order, {} errors",
        if guarded { "" } else { ", NEGATIVE CONTROL without the guard" },
        found.booked,
        app.count("SELECT count(*) FROM bookings WHERE state = 'BOOKED'").await,
        found.repeated,
        found.full,
        found.waiting,
        found.others.len(),
    );
    println!(
        "  {answers} answers in {seconds:.1} s, p50 {} ms, p99 {} ms, first error {:?}",
        percentile(&mut found.took, 50),
        percentile(&mut found.took, 99),
        found.others.first()
    );
    let mut wrong = log_against_rules(&app).await;
    println!("  against the log: {} wrong {:?}", wrong.len(), wrong.first());
    let numbers = app.count("SELECT count(*) FROM bookings WHERE number IS NOT NULL").await;
    let last = app.count("SELECT coalesce(max(number), 0) FROM bookings").await;
    println!("  numbers given {numbers}, the last is {last}");
    if column == Column::Served {
        let deadlocks = app.count(DEADLOCKS).await;
        println!("  deadlocks {deadlocks}");
        wrong.extend((deadlocks > 0).then(|| "deadlocks".to_owned()));
    }
    if !guarded {
        // It has to go wrong here, or nothing was shown.
        return if found.booked > 100 { Vec::new() } else { vec!["without the guard nobody was booked beyond the places".to_owned()] };
    }
    wrong.extend(found.others);
    wrong.extend((found.booked != 100).then(|| format!("{} booked", found.booked)));
    wrong.extend((numbers != last || usize::try_from(numbers) != Ok(residents - 100)).then(|| "numbers are missing or given twice".to_owned()));
    wrong
}

async fn random(kills: u32) -> Vec<String> {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "20000")]).await;
    let people = app.many_residents(120).await;
    let done = bustle(&app, &people, 64, Duration::from_secs(30), kills).await;
    println!("64 clients for 30 s at random, one of two processes killed {kills} times:\n  done {:?}\n  refused {:?}", done.done, done.refused);
    println!("  answers lost {}, errors {}: {:?}", done.lost, done.errors.len(), done.errors.first());
    let mut wrong = log_against_rules(&app).await;
    println!("  acknowledged {}, each asked for again; against the log: {wrong:?}", done.acknowledged.len());
    let deadlocks = app.count(DEADLOCKS).await;
    println!(
        "  events {}, offers {}, ended by their time {}, passed over {}, deadlocks {deadlocks}",
        app.count("SELECT count(*) FROM booking_events").await,
        app.count("SELECT count(*) FROM booking_events WHERE what = 'OFFERED'").await,
        done.expired,
        app.count("SELECT count(*) FROM booking_events WHERE what = 'PASSED_OVER'").await
    );
    wrong.extend(done.errors);
    wrong.extend((deadlocks > 0).then(|| "deadlocks".to_owned()));
    wrong.extend((done.expired == 0).then(|| "no offer ended by its time".to_owned()));
    wrong
}

async fn feed() -> Vec<String> {
    let mut wrong = Vec::new();
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        let person = app.resident(0).await;
        let officer = app.officer("听泉街道联络委").await;
        // Five hundred days with a booking each, as the import of another system would leave them.
        let (day, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 5).await;
        person.book(&slot).await.done();
        let _ = day;
        let number = if column == Column::Embedded { "randomblob(16)" } else { "gen_random_uuid()" };
        let series = if column == Column::Embedded {
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 499) SELECT"
        } else {
            "WITH n AS (SELECT generate_series(1, 499) AS n) SELECT"
        };
        let days = format!(
            "INSERT INTO occasions {series} {number}, o.committee_id, o.kind, o.from_at + n * 40000000000, o.until_at + n * 40000000000, o.created_at, NULL FROM n, (SELECT * FROM occasions LIMIT 1) o"
        );
        app.execute(&days).await.expect("occasions");
        let text = |moment: &str| {
            if column == Column::Embedded {
                format!("date({moment} / 1000000, 'unixepoch')")
            } else {
                format!("to_char(to_timestamp({moment} / 1000000), 'YYYY-MM-DD')")
            }
        };
        app.execute(&format!(
            "INSERT INTO reception_days SELECT {number}, d.committee_id, d.kind, d.venue_id, d.division_code, {}, o.from_at, o.until_at, d.state, 1, d.theme, NULL, d.level, o.id, NULL, d.created_at, d.published_at, d.changed_at, NULL
             FROM occasions o, (SELECT * FROM reception_days LIMIT 1) d WHERE o.id <> d.occasion_id",
            text("o.from_at")
        ))
        .await
        .expect("days");
        app.execute(&format!(
            "INSERT INTO reception_slots (id, day_id, from_at, until_at, capacity) SELECT {number}, d.id, d.from_at, d.until_at, 5 FROM reception_days d WHERE NOT EXISTS (SELECT 1 FROM reception_slots s WHERE s.day_id = d.id)"
        ))
        .await
        .expect("slots");
        app.execute(&format!(
            "INSERT INTO bookings SELECT {number}, d.committee_id, d.id, s.id, d.day, {person_key}, b.subject_id, b.account_id, NULL, NULL, b.channel, b.state, 1, NULL, b.category, NULL, 1, b.no_sms, b.booked_at, b.changed_at, NULL, NULL, NULL, NULL
             FROM reception_days d JOIN reception_slots s ON s.day_id = d.id, (SELECT * FROM bookings LIMIT 1) b WHERE d.id <> b.day_id",
            // A person of each day, so that many may lie on one.
            person_key = if column == Column::Embedded { "randomblob(16)" } else { "decode(md5(random()::text), 'hex')" }
        ))
        .await
        .expect("bookings");
        let path = person.mutate("openCalendarFeed", json!({ "requestId": new_request(), "name": "日历" })).await.done()["path"]
            .as_str()
            .expect("a path")
            .to_owned();
        let (mut took, mut again, mut size, mut events, mut status) = (Vec::new(), Vec::new(), 0, 0, 0);
        for _ in 0..20 {
            let began = Instant::now();
            let answer = app.client.get(format!("{}{path}", app.url)).send().await.expect("a feed");
            let etag = answer.headers()["etag"].clone();
            let text = answer.text().await.expect("a body");
            took.push(began.elapsed().as_millis());
            (size, events) = (text.len(), text.matches("BEGIN:VEVENT").count());
            let began = Instant::now();
            let answer = app.client.get(format!("{}{path}", app.url)).header("if-none-match", etag).send().await.expect("a feed");
            status = answer.status().as_u16();
            again.push(began.elapsed().as_millis());
        }
        println!(
            "{column:?}: a feed of {events} events, {size} bytes, p50 {} ms, p99 {} ms; read again: {status}, p50 {} ms",
            percentile(&mut took, 50),
            percentile(&mut took, 99),
            percentile(&mut again, 50)
        );
        wrong.extend((events != 500 || status != 304).then(|| format!("a feed of {events} events, {status} when read again")));
    }
    wrong
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut wrong = rush(Column::Served, 10_000, true).await;
    wrong.extend(rush(Column::Embedded, 1_000, true).await);
    wrong.extend(rush(Column::Served, 2_000, false).await);
    wrong.extend(random(0).await);
    wrong.extend(random(20).await);
    wrong.extend(feed().await);
    println!("{} wrong {:?}", wrong.len(), wrong.first());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
