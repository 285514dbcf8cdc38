//! An answer to very many backers, with the process that delivers it killed in between. Used by a test, and with more by
//! `bench/fan-out`.
use crate::{Column, Program, TestApp, new_request};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What was seen.
#[derive(Debug)]
pub struct FanOut {
    /// Notices of the answer, and how many accounts have one.
    pub notices: i64,
    pub told: i64,
    /// Of the request that answered a topic of one backer, and of so many: medians, in milliseconds.
    pub one: f64,
    pub many: f64,
    /// How many had been told when the process was killed.
    pub killed_at: Vec<i64>,
    /// From the start of the last process to the last notice.
    pub seconds: f64,
}

const DONE: &str = "SELECT count(*) FROM outbox WHERE lane = 'INBOX' AND done_at IS NULL AND gave_up_at IS NULL";

/// Answers topics of one backer and one of `backers`; kills the process that delivers twice on the way.
pub async fn fan_out(app: &TestApp, backers: usize) -> FanOut {
    let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
    let mut topics = Vec::new();
    for n in 0..6 {
        app.execute("DELETE FROM daily_counts").await.unwrap();
        topics.push(officer.accept(&author.submit_topic(&format!("第{n}件")).await).await);
    }
    back(app, &topics[0], backers).await;
    for topic in &topics[1..] {
        app.resident(1).await.support(topic).await.done();
    }
    app.deliver().await;
    let answering = Program::serve(app, &[("DELIVER", "off"), ("LOG", "warn,shangyi::operate=info")]).await;
    let officer = answering.sign_in(app, "13800000011").await;
    let answer = async |topic: &Value| {
        let input = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"], "text": "已经办好" });
        let began = Instant::now();
        officer.mutate("answerTopic", input).await.done();
        began.elapsed().as_secs_f64() * 1e3
    };
    let mut times = Vec::new();
    for topic in &topics[1..] {
        times.push(answer(topic).await);
    }
    times.sort_by(f64::total_cmp);
    let (one, many) = (times[times.len() / 2], answer(&topics[0]).await);
    drop(answering);
    let event = told_of(app, &topics[0]);
    let mut killed_at = Vec::new();
    for part in 1..=2 {
        let mut delivering = Program::serve(app, &[("LOG", "warn,shangyi::operate=info")]).await;
        let wanted = (backers * part / 3) as i64;
        wait(async || app.count(&event).await >= wanted).await;
        delivering.kill();
        killed_at.push(app.count(&event).await);
    }
    let began = Instant::now();
    let delivering = Program::serve(app, &[("LOG", "warn,shangyi::operate=info")]).await;
    wait(async || app.count(DONE).await == 0).await;
    let seconds = began.elapsed().as_secs_f64();
    drop(delivering);
    let told = app.count(&event.replace("count(*)", "count(DISTINCT account_id)")).await;
    FanOut { notices: app.count(&event).await, told, one, many, killed_at, seconds }
}

fn told_of(app: &TestApp, topic: &Value) -> String {
    let id = topic["id"].as_str().expect("an id").trim_start_matches("topic_").to_owned();
    let id = if app.column == Column::Embedded { format!("x'{id}'") } else { format!("'{id}'::uuid") };
    format!("SELECT count(*) FROM notices WHERE kind = 'TOPIC_ANSWERED' AND subject_id = {id}")
}

/// Looks until it is so; two minutes are enough for anything.
async fn wait(so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not come to an end");
        tokio::task::yield_now().await;
    }
}

/// So many accounts back the topic: rows as the rooms write them, by way of the rules of the database.
async fn back(app: &TestApp, topic: &Value, backers: usize) {
    let id = topic["id"].as_str().expect("an id").trim_start_matches("topic_");
    let blob = |hex: &str| if app.column == Column::Embedded { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
    let uuid = |hex: &str| if app.column == Column::Embedded { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    for from in (0..backers).step_by(500) {
        let numbers: Vec<usize> = (from..backers.min(from + 500)).collect();
        let account = |n: &usize| format!("ac{n:030x}");
        let accounts: Vec<String> = numbers.iter().map(|n| format!("({}, {}, 'PHONE', 1)", uuid(&account(n)), blob(&format!("{n:064x}")))).collect();
        let supports: Vec<String> =
            numbers.iter().map(|n| format!("({}, {}, {}, 1)", uuid(&format!("5a{n:030x}")), uuid(id), uuid(&account(n)))).collect();
        app.execute(&format!("INSERT INTO accounts (id, phone_hash, level, created_at) VALUES {}", accounts.join(", "))).await.unwrap();
        app.execute(&format!("INSERT INTO topic_supports (id, topic_id, account_id, supported_at) VALUES {}", supports.join(", "))).await.unwrap();
    }
}
