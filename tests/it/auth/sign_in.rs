use serde_json::json;
use shangyi_tests::{Column, TestApp, new_request, on_both_columns};

const PHONE: &str = "13900000001";
const ASK: &str = "mutation($input: RequestSignInCodeInput!) { requestSignInCode(input: $input) { phone expiresAt nextAt replayed } }";

fn ask(phone: &str, request: &str) -> serde_json::Value {
    json!({ "input": { "phone": phone, "requestId": request } })
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

on_both_columns! {
    async fn the_first_sign_in_of_a_phone_makes_its_account_and_the_next_finds_it(app) {
        let first = app.person(PHONE).await.account_id().await;
        let second = app.person("+86 139-0000-0001").await.account_id().await;
        assert_eq!(first, second);
    }

    async fn the_answer_does_not_tell_whether_a_phone_is_known(app) {
        let known = app.nobody().ok(ASK, ask(app.phone_of("MEMBER", 0), &new_request())).await;
        let unknown = app.nobody().ok(ASK, ask("13900000002", &new_request())).await;
        let shape = |answer: &serde_json::Value| answer["requestSignInCode"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(shape(&known), shape(&unknown));
        assert_eq!(known["requestSignInCode"]["phone"], "138****0101");
    }

    async fn the_same_request_sends_one_code_and_another_must_wait_a_minute(app) {
        let request = new_request();
        let first = app.nobody().ok(ASK, ask(PHONE, &request)).await;
        let again = app.nobody().ok(ASK, ask(PHONE, &request)).await;
        assert_eq!((first["requestSignInCode"]["replayed"].as_bool(), again["requestSignInCode"]["replayed"].as_bool()), (Some(false), Some(true)));
        let early = app.nobody().expect_error(ASK, ask(PHONE, &new_request()), "RATE_LIMITED").await;
        assert!((55..=60).contains(&early["extensions"]["retryAfterSeconds"].as_i64().unwrap()), "{early}");
        app.deliver().await;
        assert_eq!(app.messages(PHONE).len(), 1);
    }

    async fn five_codes_an_hour_and_phone_are_enough(app) {
        for _ in 0..5 {
            app.nobody().ok(ASK, ask(PHONE, &new_request())).await;
            app.advance(61);
        }
        app.nobody().expect_error(ASK, ask(PHONE, &new_request()), "RATE_LIMITED").await;
        app.advance(3600 - 5 * 61);
        app.nobody().ok(ASK, ask(PHONE, &new_request())).await;
    }

    async fn a_code_is_good_for_five_tries_five_minutes_and_its_own_phone(app) {
        let nobody = app.nobody();
        let code = nobody.ask_for_code(PHONE).await;
        let try_it = |phone: &'static str, code: String| { let nobody = &nobody; async move {
            nobody.mutate("signIn", json!({ "phone": phone, "code": code, "requestId": new_request() })).await
        }};
        try_it("13900000003", code.clone()).await.expect_refusal("CODE_EXPIRED");
        for left in (1..5).rev() {
            assert_eq!(try_it(PHONE, wrong(&code)).await.expect_refusal("CODE_WRONG")["triesLeft"], left);
        }
        try_it(PHONE, wrong(&code)).await.expect_refusal("TOO_MANY_TRIES");
        try_it(PHONE, code).await.expect_refusal("TOO_MANY_TRIES");
        let late = nobody.ask_for_code(PHONE).await;
        app.advance(301);
        try_it(PHONE, late).await.expect_refusal("CODE_EXPIRED");
    }

    async fn a_sign_in_sent_twice_ends_the_earlier_session(app) {
        let nobody = app.nobody();
        let code = nobody.ask_for_code(PHONE).await;
        let input = json!({ "phone": PHONE, "code": code, "requestId": new_request() });
        let first = nobody.mutate("signIn", input.clone()).await.done();
        let second = nobody.mutate("signIn", input).await.done();
        let viewer = |token: &serde_json::Value| { let mut person = app.nobody(); person.token = token.as_str().map(str::to_owned); person };
        viewer(&first["accessToken"]).expect_error("{ viewer { account { id } } }", json!({}), "UNAUTHENTICATED").await;
        let sessions = viewer(&second["accessToken"]).ok("{ viewer { sessions { id current } } }", json!({})).await;
        assert_eq!(sessions["viewer"]["sessions"].as_array().unwrap().len(), 1);
        nobody.mutate("signIn", json!({ "phone": PHONE, "code": code, "requestId": new_request() })).await.expect_refusal("CODE_EXPIRED");
    }

    async fn a_message_the_gateway_refused_is_sent_again_under_the_same_id(app) {
        app.gateway_fails(2);
        app.nobody().ok(ASK, ask(PHONE, &new_request())).await;
        app.deliver().await;
        assert_eq!(app.messages(PHONE), []);
        app.advance(3);
        app.deliver().await;
        app.advance(5);
        app.deliver().await;
        assert_eq!(app.messages(PHONE).len(), 1);
        assert_eq!(app.count("SELECT count(*) FROM outbox WHERE secret IS NOT NULL").await, 0, "nothing secret stays behind");
    }

    async fn no_phone_and_no_code_lies_readable_in_the_database(app) {
        let code = app.nobody().ask_for_code(PHONE).await;
        for table in ["accounts", "sign_in_codes", "outbox", "audit"] {
            let cast = if app.column == Column::Served { format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t") } else { continue };
            for row in app.sql(&cast).await {
                assert!(!row.contains(PHONE) && !row.contains(&format!("\"{code}\"")), "{table}: {row}");
            }
        }
        if app.column == Column::Embedded {
            let file = app.database_url.trim_start_matches("sqlite:").to_owned();
            let bytes = [std::fs::read(&file).unwrap(), std::fs::read(format!("{file}-wal")).unwrap()].concat();
            assert!(!bytes.windows(PHONE.len()).any(|window| window == PHONE.as_bytes()));
        }
    }

    async fn wrong_phones_and_codes_are_told_kindly(app) {
        for phone in ["", "1380000000", "12800000000", "phone", "138000000000000000000000000000000000000"] {
            app.nobody().expect_error(ASK, ask(phone, &new_request()), "BAD_INPUT").await;
        }
        app.nobody().mutate_error("signIn", json!({ "phone": PHONE, "code": "12345", "requestId": new_request() }), "BAD_INPUT").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_with_too_many_new_phones_waits_known_or_not() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start_with(column, &[("NEW_PHONES_PER_HOUR", "3")]).await;
        for n in 0..3 {
            app.nobody().ok(ASK, ask(&format!("1390000010{n}"), &new_request())).await;
        }
        app.nobody().expect_error(ASK, ask("13900000104", &new_request()), "RATE_LIMITED").await;
        app.nobody().expect_error(ASK, ask(app.phone_of("MEMBER", 0), &new_request()), "RATE_LIMITED").await;
        app.advance(3600);
        app.nobody().ok(ASK, ask("13900000104", &new_request())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hall_of_known_members_is_not_held_up() {
    let app = TestApp::start_with(Column::Embedded, &[("NEW_PHONES_PER_HOUR", "1"), ("FAILURES_PER_HOUR", "1")]).await;
    for n in 0..12 {
        app.member(n).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hours_budget_of_messages_cannot_be_burnt_beyond() {
    let app = TestApp::start_with(Column::Served, &[("SMS_PER_HOUR", "2")]).await;
    for n in 0..2 {
        app.nobody().ok(ASK, ask(&format!("1390000020{n}"), &new_request())).await;
    }
    app.nobody().expect_error(ASK, ask("13900000203", &new_request()), "RATE_LIMITED").await;
}
