//! A thousand members at once, each request sent twice, two processes.
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, Program, TestApp, new_request};

const MEMBERS: usize = 1000;
const STUDIOS: usize = 50;

/// A thousand members with tokens, and the codes of fifty studios as their screens show them now.
struct Rush {
    tokens: Vec<String>,
    studios: Vec<Value>,
}

async fn prepare(app: &TestApp) -> Rush {
    let officer = app.officer("听泉街道联络委").await;
    let mut studios = Vec::new();
    for n in 0..STUDIOS {
        let input = json!({ "requestId": new_request(), "name": format!("工作室{n}"), "divisionCode": "990101001001", "address": "某路1号" });
        studios.push(officer.mutate("openStudio", input).await.done()["studio"]["id"].clone());
    }
    Rush { tokens: app.many_members(MEMBERS).await, studios }
}

/// Everybody sends twice, one to each process; gives how many were first, repeated, anything else.
async fn go(app: &TestApp, officer: &Person<'_>, urls: [&str; 2], rush: &Rush) -> (usize, usize, Vec<Value>) {
    let query = "mutation($input: CheckInInput!) { checkIn(input: $input) { ... on CheckInPayload { replayed visit { id } } ... on CheckInRefused { code } } }";
    let mut answers: Vec<Value> = Vec::new();
    // A code is good for a minute, on a slow machine too: everybody in four crowds.
    for (crowd, tokens) in rush.tokens.chunks(MEMBERS / 4).enumerate() {
        let mut codes = Vec::new();
        for studio in &rush.studios {
            codes.push(officer.display(studio).await["payload"].clone());
        }
        let mut calls = Vec::new();
        for (n, token) in tokens.iter().enumerate() {
            let place = (crowd + n) % STUDIOS;
            let input = json!({ "requestId": new_request(), "studioId": rush.studios[place], "by": { "code": codes[place] }, "clock": app.clock() });
            for url in urls {
                let body = json!({ "query": query, "variables": { "input": input } });
                let request = app.client.post(format!("{url}/graphql")).bearer_auth(token).json(&body);
                calls.push(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
            }
        }
        answers.extend(stream::iter(calls).buffer_unordered(100).collect::<Vec<_>>().await);
    }
    let of = |replayed: bool| answers.iter().filter(|answer| answer["data"]["checkIn"]["replayed"] == replayed).count();
    let others = answers.iter().filter(|answer| answer["data"]["checkIn"]["replayed"].is_null()).cloned().collect();
    (of(false), of(true), others)
}

async fn rush(app: &TestApp) -> (usize, usize, Vec<Value>, i64) {
    let settings = [("RATE_ACCOUNT", "0"), ("RATE_ADDRESS", "0"), ("DB_WAIT_MS", "20000"), ("REDIS_PREFIX", app.app.settings.redis_prefix.as_str())];
    let rush = prepare(app).await;
    let one = Program::serve(app, &settings).await;
    // While there is one that delivers: the code is read in its log.
    let officer = one.sign_in(app, "13800000011").await;
    let other = Program::serve(app, &settings).await;
    let (first, repeated, others) = go(app, &officer, [one.url(), other.url()], &rush).await;
    (first, repeated, others, app.count("SELECT count(*) FROM check_in_facts").await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_members_check_in_at_once_at_fifty_studios_each_twice_and_once_each_counts() {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "20000")]).await;
    let (first, repeated, others, facts) = rush(&app).await;
    assert_eq!(others, [] as [Value; 0]);
    assert_eq!((first, repeated, facts), (MEMBERS, MEMBERS, MEMBERS as i64));
    assert_eq!(app.count("SELECT count(*) FROM visits").await, MEMBERS as i64);
}

// The negative control: with the memory of what was sent taken away, a thousand sent twice are more than a thousand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_memory_of_what_was_sent_they_would_count_more_often() {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "20000")]).await;
    app.execute(
        "ALTER TABLE check_in_facts DROP CONSTRAINT entered_once;
         CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.request_id = gen_random_uuid(); RETURN NEW; END $$;
         CREATE TRIGGER forget BEFORE INSERT ON check_in_facts FOR EACH ROW EXECUTE FUNCTION forget();
         ALTER TABLE check_in_facts ADD CONSTRAINT entered_once UNIQUE (entered_by, request_id, part);",
    )
    .await
    .unwrap();
    let (first, repeated, ..) = rush(&app).await;
    assert!((first, repeated) != (MEMBERS, MEMBERS), "the test would pass without its guard");
}
