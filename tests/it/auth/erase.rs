use serde_json::{Value, json};
use shangyi_tests::{Column, TestApp, on_both_columns};

/// Every row of every table as text; blobs too.
async fn everything(app: &TestApp) -> String {
    let tables = match app.column {
        Column::Served => app.sql("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'").await,
        Column::Embedded => app.sql("SELECT name FROM sqlite_master WHERE type = 'table'").await,
    };
    let mut text = String::new();
    for table in tables {
        if app.column == Column::Served {
            text.push_str(&app.sql(&format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t")).await.join("\n"));
            continue;
        }
        let columns = app.sql(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
        for column in columns {
            text.push_str(&app.sql(&format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE typeof({column}) = 'text'")).await.join("\n"));
        }
    }
    text
}

on_both_columns! {
    async fn after_erasure_no_field_of_the_person_can_be_read_anywhere(app) {
        let (person, neighbour) = (app.resident(0).await, app.resident(1).await);
        let officer = app.officer("听泉街道联络委").await;
        person.mutate("updateProfile", json!({ "name": "独一无二的名字", "contact": "独一无二的联系" })).await.done();
        let public = person.submit_topic("独一无二的公开标题").await;
        officer.accept(&public).await;
        neighbour.support(&public).await.done();
        let waiting = person.submit_topic("独一无二的未看标题").await;
        let asked = person.submit_topic("独一无二的补充标题").await;
        officer.step("askMoreAboutTopic", &asked, json!({ "question": "独一无二的名字，请说明" })).await.done();
        neighbour.mutate("flagTopic", json!({ "requestId": shangyi_tests::new_request(), "topicId": public["id"], "why": "OTHER", "note": "邻居的话" })).await.done();
        // Entered by the officer for the same phone: theirs too.
        officer.mutate("submitTopic", json!({
            "requestId": shangyi_tests::new_request(), "divisionCode": "990101001001", "title": "独一无二的代办标题", "text": "代办",
            "onBehalfOf": { "name": "独一无二的名字", "contact": person.phone, "channel": "VISIT" },
        })).await.done();
        let export = person.ok("{ exportMyData }", json!({})).await["exportMyData"].to_string();
        assert!(export.contains("独一无二的公开标题") && export.contains("独一无二的名字"), "{export}");
        app.deliver().await;
        person.mutate("eraseMe", json!({ "confirm": true })).await.done();

        person.expect_error("{ viewer { account { id } } }", json!({}), "UNAUTHENTICATED").await;
        let left = everything(&app).await;
        assert!(!left.contains("独一无二"), "a text is left");
        assert!(!left.contains(person.phone), "the phone is left");
        let seen = officer.ok(
            "query($a: ID!, $b: ID!) { a: topic(id: $a) { title text state supportCount contact { name } original { title } } b: topic(id: $b) { title state } }",
            json!({ "a": public["id"], "b": waiting["id"] }),
        ).await;
        assert_eq!((seen["a"]["state"].as_str(), seen["a"]["supportCount"].as_i64()), (Some("ACCEPTED"), Some(1)), "history stays, without the person");
        assert_eq!((&seen["a"]["contact"], &seen["a"]["original"]), (&Value::Null, &Value::Null));
        assert_eq!(seen["b"]["state"], "WITHDRAWN", "what nobody had looked at is withdrawn");
        let again = app.person(person.phone).await;
        assert_eq!(again.ok("{ myTopics { nodes { id } } }", json!({})).await["myTopics"]["nodes"], json!([]), "the phone begins anew");
    }

    async fn what_is_public_stays_where_the_person_wants_it(app) {
        let person = app.resident(0).await;
        let officer = app.officer("听泉街道联络委").await;
        let topic = person.submit_topic("留下的标题").await;
        officer.accept(&topic).await;
        person.mutate("eraseMe", json!({ "confirm": true, "keepPublicTexts": true })).await.done();
        assert_eq!(app.nobody().topic(&topic["id"]).await["title"], "留下的标题");
    }

    async fn erasure_wants_a_fresh_sign_in_and_no_office(app) {
        let member = app.member(0).await;
        member.mutate("eraseMe", json!({ "confirm": true })).await.expect_refusal("HOLDS_APPOINTMENT");
        let person = app.resident(0).await;
        person.mutate_error("eraseMe", json!({ "confirm": false }), "BAD_INPUT").await;
        app.advance(890);
        let token = person.refresh_token.clone().unwrap();
        let answer = app.nobody().call("mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken } }", json!({ "input": { "refreshToken": token } })).await;
        app.advance(20);
        let mut later = app.nobody();
        later.token = answer["data"]["refreshSession"]["accessToken"].as_str().map(str::to_owned);
        later.mutate("eraseMe", json!({ "confirm": true })).await.expect_refusal("SIGN_IN_AGAIN");
    }
}
