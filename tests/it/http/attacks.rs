use serde_json::json;
use shangyi_tests::{Column, TestApp, on_both_columns};
use std::time::{Duration, Instant};

on_both_columns! {
    async fn every_attack_is_refused_quickly_and_clearly(app) {
        let many = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<String>();
        let fragments = many(40, &|n| format!("fragment F{n} on Topic {{ id ...F{m} ...F{m} }} ", m = n + 1));
        let attacks = [
            ("thousands of aliases", format!("{{ {} }}", many(3000, &|n| format!("a{n}:__typename "))), "TOO_COMPLEX"),
            ("10 000 aliases", format!("{{ {} }}", many(10_000, &|n| format!("a{n}:__typename "))), "BAD_INPUT"),
            ("aliases inside", format!("{{ division(code: \"99\") {{ {} }} }}", many(16, &|n| format!("a{n}: name "))), "TOO_COMPLEX"),
            ("nested fragments", format!("{{ topics {{ nodes {{ ...F0 }} }} }} {fragments} fragment F40 on Topic {{ id }}"), "TOO_COMPLEX"),
            ("fragments in a ring", "{ topics { nodes { ...A } } } fragment A on Topic { division { id } ...B } fragment B on Topic { ...A }".into(), "BAD_INPUT"),
            ("deep", format!("{{ division(code: \"99\") {{ {}name{} }} }}", "parent { ".repeat(15), " }".repeat(15)), "TOO_COMPLEX"),
            ("wide pages in pages", "{ topics(first: 50) { nodes { committee { members(first: 50) { nodes { organisations { members(first: 50) { nodes { name } } } } } } } } }".into(), "TOO_COMPLEX"),
            ("directives", format!("{{ division(code: \"99\") {{ name {} }} }}", "@skip(if: false) ".repeat(30)), "TOO_COMPLEX"),
            ("open brackets", "{".repeat(30_000), "TOO_COMPLEX"),
            ("two mutations under one name", "mutation { signOut { sessionId } signOut { __typename } }".into(), "BAD_INPUT"),
        ];
        for (name, query, code) in attacks {
            let began = Instant::now();
            app.nobody().expect_error(&query, json!({}), code).await;
            assert!(began.elapsed() < Duration::from_secs(2), "{name} took {:?}", began.elapsed());
        }
    }

    async fn json_nested_thirty_thousand_deep_and_bodies_too_large_are_refused(app) {
        let post = |body: String| app.client.post(format!("{}/graphql", app.url)).header("content-type", "application/json").body(body);
        let deep = format!("{{\"query\":\"{{__typename}}\",\"variables\":{}{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        let (status, _, answer) = app.raw(post(deep)).await;
        assert_eq!((status, answer["errors"][0]["extensions"]["code"].as_str()), (400, Some("BAD_INPUT")));
        // A server that has heard enough may close while the rest is still being sent.
        if let Ok(answer) = post("x".repeat(100 << 20)).send().await {
            assert_eq!(answer.status(), 413);
        }
        app.nobody().ok("{ __typename }", json!({})).await;
    }

    async fn operations_of_the_documentation_cost_less_than_the_limit(app) {
        let answer = app.nobody().call("{ topics { nodes { id title state supportCount alias division { name } answer { text } } pageInfo { endCursor hasNextPage } } }", json!({})).await;
        let cost = answer["extensions"]["cost"].as_i64().unwrap();
        assert!((100..1000).contains(&cost), "{cost}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_much_is_told_how_long_to_wait() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start_with(column, &[("RATE_ADDRESS", "30")]).await;
        let ask = || app.raw(app.nobody().request(&json!({ "query": "{ __typename }" })));
        for _ in 0..30 {
            assert_eq!(ask().await.0, 200);
        }
        let (status, headers, answer) = ask().await;
        assert_eq!((status, answer["errors"][0]["extensions"]["code"].as_str()), (429, Some("RATE_LIMITED")), "{column:?}");
        let wait: i64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
        app.advance(wait);
        assert_eq!(ask().await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_introspection_the_schema_is_not_told() {
    let app = TestApp::start_with(Column::Embedded, &[("INTROSPECTION", "off"), ("SUGGESTIONS", "off")]).await;
    app.nobody().expect_error("{ __schema { types { name } } }", json!({}), "BAD_INPUT").await;
    let error = app.nobody().expect_error("{ topicz { nodes { id } } }", json!({}), "BAD_INPUT").await;
    assert!(!error["message"].as_str().unwrap().contains("topics"), "{error}");
}
