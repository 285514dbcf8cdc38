use serde_json::json;
use shangyi_tests::{Column, TestApp};
use std::time::{Duration, Instant};

const ME: &str = "{ viewer { account { id } } }";
const PUBLIC: &str = "{ division(code: \"99\") { name } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_redis_away_public_fields_are_answered_and_the_rest_says_so_within_a_second() {
    let app = TestApp::start_with(Column::Served, &[("REDIS_URL", "redis://127.0.0.1:1/")]).await;
    let session = shangyi::live::Session {
        id: shangyi::kernel::ids::new(&app.app.clock),
        account: app.people[0].account,
        request_id: uuid::Uuid::nil(),
        device: String::new(),
        created_at: 0,
        refreshed_at: 0,
        expires_at: i64::MAX,
        generation: 0,
    };
    let mut person = app.nobody();
    person.token = Some(shangyi::auth::tokens::access(&app.app, &session).unwrap().0);
    for _ in 0..3 {
        let began = Instant::now();
        person.expect_error(ME, json!({}), "UNAVAILABLE").await;
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!(person.ok(PUBLIC, json!({})).await["division"]["name"], "示例省");
    }
    let (_, headers, _) = app.raw(person.request(&json!({ "query": ME }))).await;
    assert_eq!(headers["retry-after"], "2");
    let (ready, _, answer) = app.raw(app.client.get(format!("{}/readyz", app.url))).await;
    assert_eq!((ready, answer["sessions"].as_str()), (200, Some("unavailable")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_away_every_request_is_told_quickly_and_it_heals_by_itself() {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "300")]).await;
    let name = app.database_url.rsplit('/').next().unwrap().to_owned();
    let admin = app.database_url.replace(&name, "postgres");
    let admin = sea_orm::Database::connect(admin).await.unwrap();
    let run = async |sql: String| sea_orm::ConnectionTrait::execute_unprepared(&admin, &sql).await.unwrap();
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    // Nobody new comes in, and those inside are shown out: what a server that restarts does.
    run(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    run(cut).await;
    for _ in 0..3 {
        let began = Instant::now();
        let error = app.nobody().expect_error(PUBLIC, json!({}), "UNAVAILABLE").await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert!(!error.to_string().to_lowercase().contains("postgres"), "{error}");
    }
    run(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    assert_eq!(app.nobody().ok(PUBLIC, json!({})).await["division"]["name"], "示例省");
}
