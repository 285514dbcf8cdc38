use serde_json::json;
use shangyi::kernel::crypto;
use shangyi_tests::on_both_columns;

const JSON: &str = "application/json";
const RESPONSE: &str = "application/graphql-response+json";

on_both_columns! {
    async fn what_was_not_understood_has_a_status_for_those_who_read_it(app) {
        let url = format!("{}/graphql", app.url);
        let post = |accept: &str, body: serde_json::Value| app.client.post(&url).header("accept", accept).json(&body);
        for (body, json_status, response_status) in [
            (json!({ "query": "{ __typename }" }), 200, 200),
            (json!({ "query": "{ viewer { account { id } } }" }), 200, 200),
            (json!({ "query": "{" }), 200, 400),
            (json!({ "query": "{ nothing }" }), 200, 400),
            (json!({ "query": "{ topics(first: \"x\") { nodes { id } } }" }), 200, 400),
            (json!({}), 400, 400),
            (json!([]), 400, 400),
            (json!({ "query": 7 }), 400, 400),
            (json!({ "query": "{ __typename }", "variables": "x" }), 400, 400),
            (json!({ "query": "{ __typename }", "operationName": 7 }), 400, 400),
        ] {
            for (accept, status) in [(JSON, json_status), (RESPONSE, response_status)] {
                let (seen, headers, answer) = app.raw(post(accept, body.clone())).await;
                assert_eq!(seen, status, "{body} as {accept}: {answer}");
                assert!(headers["content-type"].to_str().unwrap().starts_with(accept));
                if seen >= 400 {
                    assert!(answer["data"].is_null() && answer.get("data").is_none() && !answer["errors"][0]["extensions"]["code"].is_null(), "{answer}");
                }
            }
        }
    }

    async fn above_execution_too_every_refusal_has_a_graphql_body(app) {
        let url = format!("{}/graphql", app.url);
        let client = &app.client;
        let cases = [
            (client.put(&url).body("x"), 405),
            (client.delete(&url), 405),
            (client.get(format!("{url}?query=mutation%7BsignOut%7BsessionId%7D%7D")), 405),
            (client.post(&url).body("{}"), 415),
            (client.post(&url).header("content-type", "text/plain").body("{\"query\":\"{__typename}\"}"), 415),
            (client.post(&url).header("content-type", "application/json; charset=latin1").body("{\"query\":\"{__typename}\"}"), 415),
            (client.post(&url).header("content-type", JSON).body("{\"query\": nothing"), 400),
            (client.post(&url).header("content-type", JSON).body(vec![b'{', 0xff]), 400),
            (client.post(&url).header("content-type", JSON).body("x".repeat(70_000)), 413),
            (client.get(format!("{url}?query=%7B__typename%7D")).header("accept", "text/html"), 406),
            (client.get(&url), 400),
        ];
        for (request, status) in cases {
            let (seen, headers, answer) = app.raw(request).await;
            assert_eq!(seen, status, "{answer}");
            assert!(answer["errors"][0]["message"].is_string() && !headers["x-request-id"].is_empty(), "{status}: {answer}");
        }
        let (status, _, answer) = app.raw(client.get(format!("{url}?query=query($c:String!)%7Bdivision(code:$c)%7Bname%7D%7D&variables=%7B%22c%22:%2299%22%7D"))).await;
        assert_eq!((status, answer["data"]["division"]["name"].as_str()), (200, Some("示例省")));
    }

    async fn messages_are_chinese_unless_english_is_asked_for(app) {
        let mut nobody = app.nobody();
        let error = |answer: serde_json::Value| answer["errors"][0]["message"].as_str().unwrap().to_owned();
        assert_eq!(error(nobody.call("{ viewer { account { id } } }", json!({})).await), "Please sign in first.");
        nobody.english = false;
        assert_eq!(error(nobody.call("{ viewer { account { id } } }", json!({})).await), "请先登录。");
        assert_eq!(error(nobody.call("{ topics(first: 99) { nodes { id } } }", json!({})).await), "每页可取1到50条。");
    }

    async fn an_operation_can_be_sent_by_its_hash_once_it_is_known(app) {
        let text = "{ division(code: \"9901\") { name } }";
        let hash: String = crypto::sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let send = |query: Option<&str>, hash: &str| app.client.post(format!("{}/graphql", app.url)).json(&json!({ "query": query, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } }));
        let code = |answer: serde_json::Value| answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned();
        assert_eq!(code(app.raw(send(None, &hash)).await.2), "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(code(app.raw(send(Some("{ __typename }"), &hash)).await.2), "BAD_INPUT", "nobody puts another text under a hash");
        assert_eq!(app.raw(send(Some(text), &hash)).await.2["data"]["division"]["name"], "示例市");
        assert_eq!(app.raw(send(None, &hash)).await.2["data"]["division"]["name"], "示例市");
        assert_eq!(code(app.raw(send(None, "x")).await.2), "BAD_INPUT");
    }

    async fn a_failed_field_is_null_and_its_siblings_stay(app) {
        let answer = app.nobody().call("{ a: topic(id: \"topic_x\") { id } division(code: \"99\") { name } }", json!({})).await;
        assert_eq!((&answer["data"]["a"], answer["data"]["division"]["name"].as_str()), (&serde_json::Value::Null, Some("示例省")));
        assert!(answer["data"].as_object().unwrap().contains_key("a"), "{answer}");
        let answer = app.nobody().call("{ division(code: \"99\") { name } notices { nodes { id } } }", json!({})).await;
        assert_eq!((&answer["data"], answer["errors"][0]["path"].clone()), (&serde_json::Value::Null, json!(["notices"])), "what cannot be null takes its parent along");
    }

    async fn health_is_told_without_causes(app) {
        let (alive, _, _) = app.raw(app.client.get(format!("{}/healthz", app.url))).await;
        let (ready, _, answer) = app.raw(app.client.get(format!("{}/readyz", app.url))).await;
        assert_eq!((alive, ready, answer), (200, 200, json!({ "database": "ok", "sessions": "ok" })));
    }
}
