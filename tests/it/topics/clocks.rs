//! The clocks of topics, in working days: a topic raised on Tuesday, 29 September 2026 has the National Day before it
//! (1 to 7 October), and the Saturday that is worked for it (10 October).
use serde_json::{Value, json};
use shangyi::import;
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const GENERAL: &str = "13800000002";

/// When the next step about a topic is due, as somebody reads it.
async fn due(person: &Person<'_>, topic: &Value) -> Value {
    let query = "query($id: ID!) { topic(id: $id) { due { at overdue provisional } } }";
    person.ok(query, json!({ "id": topic["id"] })).await["topic"]["due"].clone()
}

/// The end of that day (Asia/Shanghai), not passed yet.
fn by(day: &str) -> Value {
    json!({ "at": format!("{day}T16:00:00+00:00"), "overdue": false, "provisional": false })
}

/// What a desk's list holds, oldest first.
async fn triage(person: &Person<'_>, arguments: &str) -> Vec<Value> {
    let data = person.ok(&format!("{{ triageTopics{arguments} {{ nodes {{ id }} }} }}"), json!({})).await;
    data["triageTopics"]["nodes"].as_array().unwrap().iter().map(|topic| topic["id"].clone()).collect()
}

async fn counts(person: &Person<'_>) -> Value {
    person.ok("{ triageCounts { state count overdue } }", json!({})).await["triageCounts"].clone()
}

fn ids(topics: &[&Value]) -> Vec<Value> {
    topics.iter().map(|topic| topic["id"].clone()).collect()
}

async fn ask_more(officer: &Person<'_>, topic: &Value) -> Value {
    officer.step("askMoreAboutTopic", topic, json!({ "question": "是哪几盏？" })).await.done()["topic"].clone()
}

async fn stepped(officer: &Person<'_>, name: &str, topic: &Value) -> Value {
    officer.step(name, topic, json!({})).await.done()["topic"].clone()
}

/// The input of an author's move.
fn about(topic: &Value, more: Value) -> Value {
    let mut input = more;
    (input["requestId"], input["topicId"]) = (json!(new_request()), topic["id"].clone());
    input
}

async fn supply(author: &Person<'_>, topic: &Value) -> Value {
    author.mutate("supplyMoreForTopic", about(topic, json!({ "text": "大门口的三盏。" }))).await.done()["topic"].clone()
}

async fn says(author: &Person<'_>, topic: &Value, kept: bool) -> Value {
    let more = if kept { json!({ "kept": true }) } else { json!({ "kept": false, "reason": "又不亮了" }) };
    author.mutate("confirmAnswer", about(topic, more)).await.done()["topic"].clone()
}

/// How often somebody was told of a kind of thing.
async fn told(person: &Person<'_>, kind: &str) -> usize {
    person.notices().await.iter().filter(|notice| *notice == kind).count()
}

async fn author_and_officer(app: &TestApp) -> (Person<'_>, Person<'_>) {
    (app.resident(0).await, app.officer(SPRING).await)
}

on_both_columns! {
    async fn the_first_look_has_three_working_days_and_the_decision_ten_with_the_national_day_between(app) {
        app.set_time("2026-09-29", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        let topic = author.submit_topic("路灯不亮").await;
        for concerned in [&author, &officer] {
            assert_eq!(due(concerned, &topic).await, by("2026-10-09"), "30 September, 8 and 9 October");
        }
        app.set_time("2026-10-09", 23, 30);
        let officer = app.officer(SPRING).await;
        assert_eq!(triage(&officer, "(overdue: true)").await, ids(&[]), "its last day is not over");
        assert_eq!(counts(&officer).await, json!([{ "state": "SUBMITTED", "count": 1, "overdue": 0 }]));
        app.set_time("2026-10-10", 0, 1);
        let officer = app.officer(SPRING).await;
        assert_eq!(due(&officer, &topic).await, json!({ "at": "2026-10-09T16:00:00+00:00", "overdue": true, "provisional": false }));
        assert_eq!(triage(&officer, "(overdue: true)").await, ids(&[&topic]));
        assert_eq!(counts(&officer).await, json!([{ "state": "SUBMITTED", "count": 1, "overdue": 1 }]));
        // Whoever takes it on has looked at it; what is left is the decision.
        let taken = stepped(&officer, "takeTopic", &topic).await;
        assert_eq!(due(&officer, &topic).await, by("2026-10-19"), "with the Saturday that is worked");
        assert_eq!((triage(&officer, "(overdue: true)").await, counts(&officer).await[0]["overdue"].as_i64()), (ids(&[]), Some(0)));
        // Handed back, it has still been looked at.
        let back = stepped(&officer, "handBackTopic", &taken).await;
        assert_eq!(due(&officer, &topic).await, by("2026-10-19"));
        app.set_time("2026-10-20", 0, 1);
        let officer = app.officer(SPRING).await;
        assert_eq!(due(&officer, &topic).await["overdue"], true);
        assert_eq!((triage(&officer, "(overdue: true)").await, counts(&officer).await[0]["overdue"].as_i64()), (ids(&[&topic]), Some(1)));
        officer.accept(&back).await;
        assert_eq!((due(&officer, &topic).await, triage(&officer, "(overdue: true)").await), (Value::Null, ids(&[])), "late is better than never");
        assert_eq!(counts(&officer).await, json!([{ "state": "ACCEPTED", "count": 1, "overdue": 0 }]));
    }

    async fn the_decision_waits_while_the_author_is_asked_and_goes_on_with_what_was_left(app) {
        app.set_time("2026-09-29", 10, 0);
        let topic = app.resident(0).await.submit_topic("路灯不亮").await;
        app.set_time("2026-09-30", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        ask_more(&officer, &topic).await;
        for concerned in [&author, &officer] {
            assert_eq!(due(concerned, &topic).await, by("2026-10-20"), "10 working days for the supplement");
        }
        app.set_time("2026-10-12", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        assert_eq!(triage(&officer, "(overdue: true)").await, ids(&[]), "the desk need do nothing meanwhile");
        let supplied = supply(&author, &topic).await;
        assert_eq!(due(&officer, &topic).await, by("2026-10-23"), "9 of the 10 days were left; it has been looked at");
        ask_more(&officer, &supplied).await;
        assert_eq!(due(&author, &topic).await, by("2026-10-26"), "10 days anew for the author");
        app.set_time("2026-10-13", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        supply(&author, &topic).await;
        assert_eq!(due(&officer, &topic).await, by("2026-10-26"), "the same 9 days, counted from here");
        app.set_time("2026-10-27", 0, 1);
        assert_eq!(triage(&app.officer(SPRING).await, "(overdue: true)").await, ids(&[&topic]));
    }

    async fn what_is_not_supplied_in_ten_working_days_lapses_the_author_is_told_once_and_can_go_on(app) {
        app.set_time("2026-09-29", 10, 0);
        let topic = app.resident(0).await.submit_topic("路灯不亮").await;
        app.set_time("2026-10-08", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        ask_more(&officer, &topic).await;
        assert_eq!(due(&author, &topic).await, by("2026-10-21"));
        app.set_time("2026-10-21", 23, 30);
        app.deliver().await;
        assert_eq!(app.resident(0).await.topic(&topic["id"]).await["state"], "NEEDS_MORE");
        app.set_time("2026-10-22", 0, 1);
        app.deliver().await;
        app.deliver().await;
        let (author, officer) = author_and_officer(&app).await;
        assert_eq!((author.topic(&topic["id"]).await["state"].as_str(), due(&author, &topic).await), (Some("LAPSED"), Value::Null));
        assert_eq!(author.notices().await, ["TOPIC_LAPSED", "TOPIC_NEEDS_MORE"]);
        assert_eq!((triage(&officer, "").await, triage(&officer, "(state: LAPSED)").await), (ids(&[]), ids(&[&topic])), "it waits for nobody");
        app.set_time("2026-10-22", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        assert_eq!(supply(&author, &topic).await["state"], "SUBMITTED");
        assert_eq!(due(&officer, &topic).await, by("2026-11-03"), "30 September and 8 October were used up: 8 of the 10 were left");
        app.deliver().await;
        assert_eq!((told(&author, "TOPIC_LAPSED").await, triage(&officer, "").await), (1, ids(&[&topic])));
        app.set_time("2026-12-01", 10, 0);
        app.deliver().await;
        let (author, officer) = author_and_officer(&app).await;
        assert_eq!(author.topic(&topic["id"]).await["state"], "SUBMITTED", "it lapses by no other clock");
        assert_eq!((told(&author, "TOPIC_LAPSED").await, triage(&officer, "(overdue: true)").await), (1, ids(&[&topic])));
    }

    async fn what_is_reopened_is_decided_about_anew_in_ten_working_days(app) {
        app.set_time("2026-09-29", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        let topic = author.submit_topic("路灯不亮").await;
        officer.answer(&officer.accept(&topic).await, "已修好").await;
        assert_eq!(due(&author, &topic).await, Value::Null);
        let reopened = says(&author, &topic, false).await;
        for concerned in [&author, &officer] {
            assert_eq!(due(concerned, &topic).await, by("2026-10-19"));
        }
        for other in [&app.nobody(), &app.resident(1).await] {
            assert_eq!(due(other, &topic).await, Value::Null, "that is between author and desk");
        }
        assert_eq!(counts(&officer).await, json!([{ "state": "REOPENED", "count": 1, "overdue": 0 }]));
        stepped(&officer, "shortlistTopic", &reopened).await;
        assert_eq!(due(&officer, &topic).await, Value::Null);
        app.set_time("2026-10-08", 10, 0);
        let officer = app.officer(SPRING).await;
        let back = stepped(&officer, "unshortlistTopic", &officer.topic(&topic["id"]).await).await;
        assert_eq!((back["state"].as_str(), due(&officer, &topic).await), (Some("REOPENED"), by("2026-10-21")), "it came back: anew");
        app.set_time("2026-10-22", 0, 1);
        let officer = app.officer(SPRING).await;
        assert_eq!(counts(&officer).await, json!([{ "state": "REOPENED", "count": 1, "overdue": 1 }]));
        officer.answer(&back, "这次修好了").await;
        assert_eq!((due(&officer, &topic).await, triage(&officer, "(overdue: true)").await, counts(&officer).await), (Value::Null, ids(&[]), json!([])));
    }

    async fn what_is_decided_has_no_clock(app) {
        app.set_time("2026-09-29", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        let mut topics = Vec::new();
        for name in ["acceptTopic", "redirectTopic", "rejectTopic", "withdrawTopic"] {
            for asked in [false, true] {
                app.execute("DELETE FROM daily_counts").await.unwrap();
                let topic = author.submit_topic(name).await;
                let seen = if asked && name != "acceptTopic" { ask_more(&officer, &topic).await } else { topic.clone() };
                assert!(!due(&author, &topic).await.is_null());
                let done = match name {
                    "acceptTopic" => officer.step(name, &seen, json!({})).await,
                    "redirectTopic" => officer.step(name, &seen, json!({ "reason": "PETITION", "where": "信访办" })).await,
                    "rejectTopic" => officer.step(name, &seen, json!({ "reason": "OUT_OF_SCOPE" })).await,
                    _ => author.mutate(name, about(&topic, json!({}))).await,
                };
                done.done();
                assert_eq!(due(&author, &topic).await, Value::Null, "{name}");
                topics.push(topic);
            }
        }
        app.set_time("2026-11-30", 10, 0);
        app.deliver().await;
        let (author, officer) = author_and_officer(&app).await;
        assert_eq!((triage(&officer, "(overdue: true)").await, told(&author, "TOPIC_LAPSED").await), (ids(&[]), 0));
        assert_eq!(triage(&officer, "").await, ids(&[&topics[0], &topics[1]]), "those that are accepted go on");
    }

    async fn a_desk_finds_its_topics_by_time_words_state_taker_and_second_look(app) {
        let first = app.resident(0).await.submit_topic("路灯不亮").await;
        app.set_time("2026-09-02", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        let (general, elsewhere) = (app.person(GENERAL).await, app.officer("石桥街道联络委").await);
        let second = author.submit_topic("井盖松动").await;
        assert_eq!((due(&officer, &first).await, due(&officer, &second).await), (by("2026-09-04"), by("2026-09-07")));
        for (arguments, found) in [
            ("", ids(&[&first, &second])),
            ("(dueBefore: \"2026-09-04T15:59:59Z\")", ids(&[])),
            ("(dueBefore: \"2026-09-04T16:00:00Z\")", ids(&[&first])),
            ("(dueBefore: \"2026-09-07T16:00:00Z\")", ids(&[&first, &second])),
            ("(dueBefore: \"2026-09-07T16:00:00Z\", overdue: true)", ids(&[])),
            ("(text: \"路灯\")", ids(&[&first])),
            ("(text: \"路灯\", dueBefore: \"2026-09-04T15:59:59Z\")", ids(&[])),
            ("(text: \"停车\")", ids(&[])),
            ("(state: SUBMITTED)", ids(&[&first, &second])),
            ("(state: ACCEPTED)", ids(&[])),
            ("(takenByMe: true)", ids(&[])),
            ("(secondLook: true)", ids(&[])),
        ] {
            assert_eq!(triage(&officer, arguments).await, found, "{arguments}");
            assert_eq!(triage(&general, arguments).await, found, "{arguments}");
            assert_eq!(triage(&elsewhere, arguments).await, ids(&[]), "{arguments}");
        }
        let taken = stepped(&officer, "takeTopic", &first).await;
        assert_eq!((triage(&officer, "(takenByMe: true)").await, triage(&general, "(takenByMe: true)").await), (ids(&[&first]), ids(&[])));
        assert_eq!(triage(&officer, "(dueBefore: \"2026-09-07T16:00:00Z\")").await, ids(&[&second]), "it has been looked at");
        stepped(&officer, "handBackTopic", &taken).await;
        assert_eq!(triage(&officer, "(takenByMe: true)").await, ids(&[]));
        officer.step("rejectTopic", &second, json!({ "reason": "OUT_OF_SCOPE" })).await.done();
        assert_eq!((triage(&officer, "").await, triage(&officer, "(secondLook: true)").await), (ids(&[&first]), ids(&[])));
        author.mutate("requestSecondLook", about(&second, json!({ "statement": "请再看看" }))).await.done();
        assert_eq!((triage(&general, "(secondLook: true)").await, triage(&general, "(state: REJECTED)").await), (ids(&[&second]), ids(&[&second])));
        general.step("decideSecondLook", &general.topic(&second["id"]).await, json!({ "takeUp": true, "note": "受理" })).await.done();
        assert_eq!((triage(&general, "(secondLook: true)").await, triage(&general, "").await), (ids(&[]), ids(&[&first, &second])));
        let both = json!([{ "state": "ACCEPTED", "count": 1, "overdue": 0 }, { "state": "SUBMITTED", "count": 1, "overdue": 0 }]);
        assert_eq!((counts(&officer).await, counts(&general).await, counts(&elsewhere).await), (both.clone(), both, json!([])));
        for query in ["{ triageTopics(overdue: true) { nodes { id } } }", "{ triageCounts { count } }"] {
            author.expect_error(query, json!({}), "FORBIDDEN").await;
            app.nobody().expect_error(query, json!({}), "UNAUTHENTICATED").await;
        }
    }

    async fn a_year_that_is_announced_moves_the_open_clocks_of_topics(app) {
        app.set_time("2026-12-29", 10, 0);
        let (author, officer) = author_and_officer(&app).await;
        let (looked, taken, asked) = (author.submit_topic("路灯不亮").await, author.submit_topic("井盖松动").await, author.submit_topic("树枝遮挡").await);
        stepped(&officer, "takeTopic", &taken).await;
        ask_more(&officer, &asked).await;
        let provisional = |day: &str| json!({ "at": format!("{day}T16:00:00+00:00"), "overdue": false, "provisional": true });
        for (topic, day) in [(&looked, "2027-01-01"), (&taken, "2027-01-12"), (&asked, "2027-01-12")] {
            assert_eq!(due(&author, topic).await, provisional(day), "nobody has said yet that New Year's Day is off");
        }
        let file = app.folder().join("holidays.csv");
        std::fs::write(&file, "day,kind,name\n2027-01-01,HOLIDAY,元旦\n2027-01-02,HOLIDAY,元旦\n2027-01-03,HOLIDAY,元旦\n").unwrap();
        let report = import::holidays(&app.app, &file).await.unwrap();
        assert_eq!((report.changed, report.bad, report.notes.len()), (3, 0, 4), "two clocks of the first, one of each other: {:?}", report.notes);
        for (kind, day, before) in [("TopicFirstLook", "2027-01-04", "2027-01-01"), ("TopicDecision", "2027-01-13", "2027-01-12"), ("TopicSupplement", "2027-01-13", "2027-01-12")] {
            let end = format!("due at the end of {day} instead of {before}");
            assert!(report.notes.iter().any(|note| note.starts_with(kind) && note.ends_with(&end)), "{kind}: {:?}", report.notes);
        }
        for (topic, day) in [(&looked, "2027-01-04"), (&taken, "2027-01-13"), (&asked, "2027-01-13")] {
            assert_eq!(due(&author, topic).await, by(day));
        }
        supply(&author, &asked).await;
        assert_eq!(due(&officer, &asked).await, by("2027-01-13"), "what stood still goes on by the new year too");
        app.set_time("2027-01-04", 23, 0);
        assert_eq!(triage(&app.officer(SPRING).await, "(overdue: true)").await, ids(&[]));
        app.set_time("2027-01-05", 0, 1);
        assert_eq!(triage(&app.officer(SPRING).await, "(overdue: true)").await, ids(&[&looked]));
    }

    async fn after_28_days_each_author_who_has_not_said_yes_is_asked_once_about_an_answer(app) {
        let (author, officer) = author_and_officer(&app).await;
        let (other, content) = (app.resident(1).await, app.resident(2).await);
        let head = officer.accept(&author.submit_topic("路灯不亮").await).await;
        let merged = officer.accept(&other.submit_topic("路灯又坏了").await).await;
        let input = json!({ "requestId": new_request(), "canonicalId": head["id"], "expectedVersion": head["version"], "topicIds": [merged["id"]], "reason": "同一件事" });
        officer.mutate("mergeTopics", input).await.done();
        officer.answer(&officer.topic(&head["id"]).await, "已修好").await;
        let confirmed = officer.answer(&officer.accept(&content.submit_topic("井盖松动").await).await, "已换新").await;
        assert_eq!(says(&content, &confirmed, true).await["state"], "CONFIRMED");
        assert_eq!(says(&author, &head, true).await["state"], "ANSWERED", "the other is still to be heard");
        // A moment before the 28th day is over; holidays do not count.
        app.set_time("2026-09-29", 10, 0);
        app.deliver().await;
        assert_eq!(told(&app.resident(1).await, "TOPIC_CONFIRM_ASKED").await, 0);
        app.set_time("2026-09-29", 12, 0);
        app.deliver().await;
        app.deliver().await;
        app.set_time("2026-11-30", 10, 0);
        app.deliver().await;
        let (author, officer) = author_and_officer(&app).await;
        let (other, content) = (app.resident(1).await, app.resident(2).await);
        for (person, times) in [(&author, 0), (&other, 1), (&content, 0)] {
            assert_eq!(told(person, "TOPIC_CONFIRM_ASKED").await, times);
        }
        // Another answer is another promise: whoever said yes to the first one is asked about the second too.
        assert_eq!(says(&other, &merged, false).await["state"], "REOPENED");
        officer.answer(&officer.topic(&head["id"]).await, "换了新灯").await;
        app.set_time("2026-12-30", 10, 0);
        app.deliver().await;
        let (author, other, content) = (app.resident(0).await, app.resident(1).await, app.resident(2).await);
        for (person, times) in [(&author, 1), (&other, 2), (&content, 0)] {
            assert_eq!(told(person, "TOPIC_CONFIRM_ASKED").await, times);
        }
    }
}
