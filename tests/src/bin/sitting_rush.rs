//! 64 officers with overlapping sittings for 8 halls while 40 members accept and exchange at random, then 200 people voting on 30 statements:
//! `bench/consultations` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a command of the bench")]

use shangyi_tests::{Column, TestApp, sitting_rush, two, vote_rush};
use std::process::ExitCode;
use std::time::Instant;

const DEADLOCKS: &str = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

async fn halls(column: Column, guarded: bool) -> Vec<String> {
    let app = TestApp::start_with(column, &[("DB_WAIT_MS", "20000")]).await;
    if !guarded {
        app.without_the_guard_of_time().await;
    }
    let turns = if guarded { 6 } else { 1 };
    let programs = if column == Column::Served { Some(two(&app).await.0) } else { None };
    let urls: Vec<&str> = programs.as_ref().map_or_else(|| vec![app.url.as_str()], |all| all.iter().map(shangyi_tests::Program::url).collect());
    let began = Instant::now();
    let mut found = sitting_rush(&app, &urls, (64, 8, 40), turns).await;
    if let Some(programs) = &programs {
        found.others.extend(programs.iter().flat_map(shangyi_tests::Program::log).filter(|line| line.contains("ERROR")));
    }
    let control = if guarded { "" } else { ", NEGATIVE CONTROL without the guard" };
    println!("{column:?}, 64 officers, 8 halls, 40 members{control}, {:.0} s with setting up", began.elapsed().as_secs_f64());
    println!("  done {:?}\n  refused {:?}", found.done, found.refused);
    println!("  errors {}: {:?}; broken {:?}", found.others.len(), found.others.first(), found.broken);
    if column == Column::Served {
        println!("  deadlocks {}", app.count(DEADLOCKS).await);
    }
    if !guarded {
        // It has to go wrong here, or nothing was shown.
        return if found.broken.is_empty() { vec!["without the guard nobody had two things at once".to_owned()] } else { Vec::new() };
    }
    found.others.into_iter().chain(found.broken).collect()
}

async fn votes(column: Column) -> Vec<String> {
    let app = TestApp::start_with(column, &[("DB_WAIT_MS", "20000")]).await;
    let programs = if column == Column::Served { Some(two(&app).await.0) } else { None };
    let urls: Vec<&str> = programs.as_ref().map_or_else(|| vec![app.url.as_str()], |all| all.iter().map(shangyi_tests::Program::url).collect());
    let votes = vote_rush(&app, &urls, (200, 30), 64).await;
    let at = |share: usize| votes.took.get((votes.took.len() * share / 100).min(votes.took.len().saturating_sub(1))).copied().unwrap_or(0);
    println!(
        "{column:?}, 200 people, 30 statements: {} votes in {:.1} s, p50 {} ms, p99 {} ms, totals exact: {}, errors {}: {:?}",
        votes.cast,
        votes.seconds,
        at(50),
        at(99),
        votes.exact,
        votes.others.len(),
        votes.others.first()
    );
    let wrong = (!votes.exact).then(|| "totals are not those of the last votes".to_owned());
    votes.others.into_iter().chain(wrong).collect()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut wrong = Vec::new();
    for column in [Column::Embedded, Column::Served] {
        wrong.extend(halls(column, true).await);
        wrong.extend(votes(column).await);
    }
    wrong.extend(halls(Column::Served, false).await);
    if wrong.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("WRONG: {wrong:#?}");
    ExitCode::FAILURE
}
