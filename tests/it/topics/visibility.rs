use serde_json::json;
use shangyi_tests::{new_request, on_both_columns};

on_both_columns! {
    async fn lists_page_by_keyset_and_hold_only_what_is_public_in_the_subtree(app) {
        let officer = app.officer("听泉街道联络委").await;
        for n in 0..7 {
            let author = app.resident(n % 3).await;
            let topic = author.submit_topic_in(if n % 2 == 0 { "990101001001" } else { "990101001002" }, &format!("第{n}件")).await;
            if n != 6 {
                officer.accept(&topic).await;
            }
        }
        let query = "query($d: String, $o: TopicOrder, $a: String) { topics(divisionCode: $d, orderBy: $o, first: 2, after: $a) { nodes { title } pageInfo { endCursor hasNextPage } } }";
        for order in ["NEWEST", "MOST_SUPPORTED"] {
            let (mut after, mut titles) = (json!(null), Vec::new());
            loop {
                let page = app.nobody().ok(query, json!({ "d": "990101", "o": order, "a": after })).await["topics"].clone();
                titles.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap().to_owned()));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false { break; }
            }
            assert_eq!(titles, ["第5件", "第4件", "第3件", "第2件", "第1件", "第0件"], "{order}");
        }
        let street = app.nobody().ok(query, json!({ "d": "990101001002", "o": "NEWEST" })).await;
        assert_eq!(street["topics"]["nodes"].as_array().unwrap().len(), 2);
        assert_eq!(app.nobody().ok(query, json!({ "d": "990101002" })).await["topics"]["nodes"], json!([]));
        let cursor = street["topics"]["pageInfo"]["endCursor"].clone();
        app.nobody().expect_error(query, json!({ "d": "990101001002", "o": "MOST_SUPPORTED", "a": cursor }), "BAD_INPUT").await;
        for first in [-1, 0, 51] {
            app.nobody().expect_error(&format!("{{ topics(first: {first}) {{ nodes {{ id }} }} }}"), json!({}), "BAD_INPUT").await;
        }
    }

    async fn before_acceptance_only_author_and_desk_know_of_a_topic(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let general = app.person("13800000002").await;
        let topic = author.submit_topic("路灯").await;
        for knows in [&author, &officer, &general] {
            assert!(!knows.topic(&topic["id"]).await.is_null());
        }
        for phone in ["13800000001", "13800000003", "13800000004", "13800000005", "13800000012", "13800000013", "13800000101", "13800000202"] {
            let other = app.person(phone).await;
            assert!(other.topic(&topic["id"]).await.is_null(), "{phone}");
            other.mutate_error("supportTopic", json!({ "requestId": new_request(), "topicId": topic["id"] }), "NOT_FOUND").await;
        }
    }

    async fn the_source_follows_from_the_appointment_used(app) {
        let member = app.member(0).await;
        let held = member.ok("{ viewer { appointments { id role } member { name standing organisations { name } } } }", json!({})).await;
        let id = held["viewer"]["appointments"][0]["id"].clone();
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "委员荐题", "text": "建议", "asAppointmentId": id });
        let topic = member.mutate("submitTopic", input.clone()).await.done()["topic"].clone();
        let seen = member.ok("query($id: ID!) { topic(id: $id) { source mine } }", json!({ "id": topic["id"] })).await;
        assert_eq!(seen["topic"], json!({ "source": "MEMBER", "mine": true }));
        let mut stolen = input;
        stolen["requestId"] = json!(new_request());
        app.resident(0).await.mutate_error("submitTopic", stolen, "FORBIDDEN").await;
    }
}
