use serde_json::{Value, json};
use shangyi::topics::moves::RULES;
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

/// Every mutation that moves a topic, with the rest of its input.
fn every_move() -> Vec<(&'static str, Value)> {
    vec![
        ("askMoreAboutTopic", json!({ "question": "哪里？" })),
        ("acceptTopic", json!({})),
        ("answerTopic", json!({ "text": "修好了" })),
        ("redirectTopic", json!({ "reason": "PETITION", "where": "信访办" })),
        ("rejectTopic", json!({ "reason": "OUT_OF_SCOPE" })),
        ("maskTopic", json!({ "words": ["尽快"] })),
        ("passTopic", json!({ "divisionCode": "990101001002" })),
        ("takeDownTopic", json!({ "reason": "含个人信息" })),
    ]
}

/// A topic brought to each state there is.
async fn in_every_state(app: &TestApp, author: &Person<'_>, officer: &Person<'_>) -> Vec<(&'static str, Value)> {
    app.execute("DELETE FROM daily_counts").await.unwrap();
    let mut topics = Vec::new();
    for state in ["SUBMITTED", "NEEDS_MORE", "ACCEPTED", "ANSWERED", "REDIRECTED", "REJECTED", "WITHDRAWN"] {
        app.execute("DELETE FROM daily_counts").await.unwrap();
        let topic = author.submit_topic(state).await;
        let moved = match state {
            "SUBMITTED" => topic,
            "NEEDS_MORE" => officer.step("askMoreAboutTopic", &topic, json!({ "question": "哪里？" })).await.done()["topic"].clone(),
            "ACCEPTED" => officer.accept(&topic).await,
            "ANSWERED" => officer.answer(&officer.accept(&topic).await, "好了").await,
            "REDIRECTED" => officer.step("redirectTopic", &topic, json!({ "reason": "COMPLAINT", "where": "12345" })).await.done()["topic"].clone(),
            "REJECTED" => officer.step("rejectTopic", &topic, json!({ "reason": "ABUSIVE" })).await.done()["topic"].clone(),
            _ => author.mutate("withdrawTopic", json!({ "requestId": new_request(), "topicId": topic["id"] })).await.done()["topic"].clone(),
        };
        assert_eq!(moved["state"], state);
        topics.push((state, moved));
    }
    topics
}

on_both_columns! {
    async fn the_moves_of_the_code_are_those_of_the_database(app) {
        use sea_orm::ActiveEnum;
        let mut kept = app.sql("SELECT from_state || ' ' || to_state FROM topic_moves").await;
        let mut coded: Vec<String> = RULES.iter().flat_map(|rule| rule.from.iter().map(move |from| (rule, from)))
            .flat_map(|(rule, from)| rule.to.states().into_iter().filter(move |to| to != from).map(move |to| format!("{} {}", from.to_value(), to.to_value()))).collect();
        kept.sort();
        coded.sort();
        coded.dedup();
        assert_eq!(kept, coded);
    }

    async fn from_every_state_the_desk_can_do_what_the_table_says_and_nothing_else(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        for (state, topic) in in_every_state(&app, &author, &officer).await {
            let allowed = officer.ok("query($id: ID!) { topic(id: $id) { allowedMoves { kind blockedBy { code } } } }", json!({ "id": topic["id"] })).await;
            let allowed: Vec<&str> = allowed["topic"]["allowedMoves"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
            for (name, more) in every_move() {
                let kind = match name { "askMoreAboutTopic" => "ASK_MORE", "takeDownTopic" => "TAKE_DOWN", "acceptTopic" => "ACCEPT", "answerTopic" => "ANSWER",
                    "redirectTopic" => "REDIRECT", "rejectTopic" => "REJECT", "maskTopic" => "MASK", _ => "PASS" };
                if allowed.contains(&kind) {
                    continue;
                }
                let mut input = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"] });
                input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                if name == "takeDownTopic" {
                    officer.mutate_error(name, input, "FORBIDDEN").await;
                } else {
                    let refused = officer.mutate(name, input).await.expect_refusal("STATE_CHANGED");
                    assert_eq!(refused["now"], state, "{name} from {state}");
                }
            }
        }
    }

    async fn strangers_move_nothing(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let (other, stranger) = (app.officer("石桥街道联络委").await, app.resident(1).await);
        for (_, topic) in in_every_state(&app, &author, &officer).await {
            let public = !app.nobody().topic(&topic["id"]).await.is_null();
            for (name, more) in every_move() {
                let mut input = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"] });
                input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                let code = if public { "FORBIDDEN" } else { "NOT_FOUND" };
                other.mutate_error(name, input.clone(), code).await;
                stranger.mutate_error(name, input, code).await;
            }
        }
    }

    async fn the_second_of_two_officers_is_told_what_happened(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let general = app.person("13800000002").await;
        let topic = author.submit_topic("路灯").await;
        officer.accept(&topic).await;
        let refused = general.step("rejectTopic", &topic, json!({ "reason": "OUT_OF_SCOPE" })).await.expect_refusal("STATE_CHANGED");
        assert_eq!((refused["now"].as_str(), refused["byRole"].as_str(), refused["version"].as_i64()), (Some("ACCEPTED"), Some("LIAISON_OFFICER"), Some(2)));
    }

    async fn nobody_decides_about_their_own_topic(app) {
        let (officer, general) = (app.officer("听泉街道联络委").await, app.person("13800000002").await);
        let topic = officer.submit_topic("联络员自己的事").await;
        officer.step("acceptTopic", &topic, json!({})).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        general.accept(&topic).await;
    }

    async fn a_passed_topic_is_the_other_desks(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let other = app.officer("石桥街道联络委").await;
        let topic = author.submit_topic("其实在石桥").await;
        // Passing it on takes it out of the officer's own sight: the answer says so plainly.
        let answer = officer.call("mutation($input: PassTopicInput!) { passTopic(input: $input) { __typename } }",
            json!({ "input": { "requestId": new_request(), "topicId": topic["id"], "expectedVersion": 1, "divisionCode": "990101002001" } })).await;
        assert!(answer["errors"][0]["extensions"]["code"] == "NOT_FOUND" || answer["data"]["passTopic"]["__typename"] == "TopicPayload", "{answer}");
        let seen = other.topic(&topic["id"]).await;
        assert_eq!(seen["version"], 2);
        other.accept(&seen).await;
    }

    async fn masked_words_are_gone_for_everyone_but_author_and_desk(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let topic = author.mutate("submitTopic", json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "张三乱停车", "text": "张三的渝A12345挡路" })).await.done()["topic"].clone();
        let masked = officer.step("maskTopic", &topic, json!({ "words": ["张三", "渝A12345"] })).await.done()["topic"].clone();
        assert_eq!((masked["title"].as_str(), masked["text"].as_str()), (Some("＊＊乱停车"), Some("＊＊的＊＊＊＊＊＊＊挡路")));
        officer.accept(&masked).await;
        let query = "query($id: ID!) { topic(id: $id) { title original { title text } history { note } } }";
        assert!(app.nobody().ok(query, json!({ "id": topic["id"] })).await.to_string().find("张三").is_none());
        assert_eq!(author.ok(query, json!({ "id": topic["id"] })).await["topic"]["original"]["title"], "张三乱停车");
    }

    async fn a_flagged_topic_is_taken_down_by_the_general_desk(app) {
        let (author, officer, backer) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
        let general = app.person("13800000002").await;
        let topic = author.submit_topic("路灯").await;
        let accepted = officer.accept(&topic).await;
        backer.support(&topic).await.done();
        let flag = json!({ "requestId": new_request(), "topicId": topic["id"], "why": "PERSONAL_DATA", "note": "有名字" });
        app.resident(2).await.mutate("flagTopic", flag).await.done();
        let flagged = general.ok("{ triageTopics(flagged: true) { nodes { id flags { why count notes } } } }", json!({})).await;
        assert_eq!(flagged["triageTopics"]["nodes"], json!([{ "id": topic["id"], "flags": [{ "why": "PERSONAL_DATA", "count": 1, "notes": ["有名字"] }] }]));
        general.step("takeDownTopic", &accepted, json!({ "reason": "含他人姓名" })).await.done();
        assert!(app.nobody().topic(&topic["id"]).await.is_null());
        assert!(!backer.topic(&topic["id"]).await.is_null(), "who backed it still sees it");
        app.deliver().await;
        assert_eq!((backer.notices().await, author.notices().await[0].clone()), (vec!["TOPIC_TAKEN_DOWN".into()], "TOPIC_TAKEN_DOWN".to_owned()));
    }

    async fn history_originals_and_answers_cannot_be_rewritten(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let topic = author.submit_topic("路灯").await;
        officer.answer(&officer.accept(&topic).await, "好了").await;
        for sql in [
            "UPDATE topic_events SET note = 'x'", "DELETE FROM topic_events", "UPDATE topic_answers SET body = 'x'", "DELETE FROM topic_answers",
            "UPDATE topic_originals SET version = 9", "DELETE FROM audit", "UPDATE audit SET role = 'x'",
            "UPDATE topics SET state = 'SUBMITTED', version = version + 1", "UPDATE topics SET version = 1",
            "DELETE FROM appointments",
            "UPDATE topics SET author_id = (SELECT id FROM accounts WHERE id NOT IN (SELECT author_id FROM topics) LIMIT 1)",
            "INSERT INTO topic_supports (id, topic_id, account_id, supported_at, withdrawn_at) SELECT a.id, t.id, a.id, 1, 2 FROM topics t, accounts a LIMIT 1",
        ] {
            assert!(app.execute(sql).await.is_err(), "{sql}");
        }
    }
}
