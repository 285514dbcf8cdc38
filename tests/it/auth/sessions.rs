use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, on_both_columns};

const ME: &str = "{ viewer { account { id } } }";

fn with_token<'a>(app: &'a TestApp, token: &Value) -> Person<'a> {
    let mut person = app.nobody();
    person.token = token.as_str().map(str::to_owned);
    person
}

async fn refresh(app: &TestApp, token: &str) -> Value {
    app.nobody()
        .call(
            "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken refreshToken } }",
            json!({ "input": { "refreshToken": token } }),
        )
        .await
}

on_both_columns! {
    async fn a_refresh_token_used_twice_answers_the_same_successor_then_ends_the_session(app) {
        let person = app.resident(0).await;
        let first = person.refresh_token.clone().unwrap();
        let one = refresh(&app, &first).await["data"]["refreshSession"].clone();
        let lost = refresh(&app, &first).await["data"]["refreshSession"].clone();
        assert_eq!(one["refreshToken"], lost["refreshToken"], "the answer was lost: the same successor");
        let two = refresh(&app, one["refreshToken"].as_str().unwrap()).await["data"]["refreshSession"].clone();
        with_token(&app, &two["accessToken"]).ok(ME, json!({})).await;
        let reused = refresh(&app, &first).await;
        assert_eq!(reused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        with_token(&app, &two["accessToken"]).expect_error(ME, json!({}), "UNAUTHENTICATED").await;
        assert_eq!(refresh(&app, two["refreshToken"].as_str().unwrap()).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn a_stolen_token_used_after_half_a_minute_ends_the_session(app) {
        let person = app.resident(0).await;
        let first = person.refresh_token.clone().unwrap();
        refresh(&app, &first).await;
        app.advance(31);
        assert_eq!(refresh(&app, &first).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        person.expect_error(ME, json!({}), "UNAUTHENTICATED").await;
    }

    async fn two_refreshes_at_once_get_one_successor(app) {
        let person = app.resident(0).await;
        let token = person.refresh_token.clone().unwrap();
        let answers = futures_util::future::join_all((0..8).map(|_| refresh(&app, &token))).await;
        let tokens: std::collections::HashSet<String> = answers.iter().map(|answer| answer["data"]["refreshSession"]["refreshToken"].to_string()).collect();
        assert_eq!(tokens.len(), 1, "{answers:?}");
    }

    async fn an_access_token_ends_after_a_quarter_of_an_hour_and_the_phone_is_told_why(app) {
        let person = app.resident(0).await;
        app.advance(899);
        person.ok(ME, json!({})).await;
        app.advance(1);
        let answer = person.call("{ topics { nodes { id } } }", json!({})).await;
        assert!(answer["errors"].is_null(), "public fields are answered as to a passer-by: {answer}");
        assert_eq!(answer["extensions"]["signedOut"], "EXPIRED");
        person.expect_error(ME, json!({}), "UNAUTHENTICATED").await;
    }

    async fn signing_out_and_revoking_take_effect_on_the_next_request(app) {
        let (here, there) = (app.resident(0).await, app.resident(0).await);
        let sessions = here.ok("{ viewer { sessions { id current } } }", json!({})).await["viewer"]["sessions"].clone();
        let other = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap()["id"].clone();
        here.mutate("revokeSession", json!({ "sessionId": other })).await;
        there.expect_error(ME, json!({}), "UNAUTHENTICATED").await;
        here.mutate_error("revokeSession", json!({ "sessionId": other }), "NOT_FOUND").await;
        here.ok("mutation { signOut { sessionId } }", json!({})).await;
        assert_eq!(here.call(ME, json!({})).await["extensions"]["signedOut"], "SESSION_OVER");
    }

    async fn another_persons_session_cannot_be_revoked(app) {
        let (mine, theirs) = (app.resident(0).await, app.resident(1).await);
        let id = theirs.ok("{ viewer { sessions { id } } }", json!({})).await["viewer"]["sessions"][0]["id"].clone();
        mine.mutate_error("revokeSession", json!({ "sessionId": id }), "NOT_FOUND").await;
        theirs.ok(ME, json!({})).await;
    }

    async fn a_profile_changes_only_where_something_was_said(app) {
        let person = app.resident(0).await;
        let all = person.mutate("updateProfile", json!({ "name": "秦大姐", "contact": "家里电话", "homeDivision": "990101001001" })).await.done();
        assert_eq!(all["account"]["homeDivision"]["code"], "990101001001");
        let one = person.mutate("updateProfile", json!({ "contact": null })).await.done();
        assert_eq!((one["account"]["name"].as_str(), one["account"]["contact"].is_null()), (Some("秦大姐"), true));
        person.mutate_error("updateProfile", json!({ "homeDivision": "123456" }), "BAD_INPUT").await;
        person.mutate_error("updateProfile", json!({ "name": "名".repeat(31) }), "BAD_INPUT").await;
    }

    async fn tokens_of_strangers_are_no_tokens(app) {
        let person = app.resident(0).await;
        let good = person.token.clone().unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let forged = format!("{}.{}.{}", parts[0], parts[1], "A".repeat(parts[2].len()));
        let none = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
        for token in [forged, none, "x".into(), "x".repeat(5000), format!("{good}x")] {
            let stranger = with_token(&app, &json!(token));
            let answer = stranger.call(ME, json!({})).await;
            assert_eq!((&answer["errors"][0]["extensions"]["code"], &answer["extensions"]["signedOut"]), (&json!("UNAUTHENTICATED"), &json!("FOREIGN")));
        }
        for token in ["", "x", "AAAA", &"A".repeat(400)] {
            assert_eq!(refresh(&app, token).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        }
    }
}
