//! What becomes of topics: the word of their authors, what they were adopted as, kept promises, the second look.
use serde_json::{Value, json};
use shangyi::import;
use shangyi_tests::{Done, Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";
const HOME: &str = "990101001001";
const GENERAL: &str = "13800000002";
const CLERK: &str = "13800000013";
const DAY: i64 = 86_400;

/// Said with every no, and as others read it.
const WHY: &str = "还有一盏不亮，请打13812345678";
const READ: &str = "还有一盏不亮，请打138****5678";

fn word(topic: &Value, kept: bool) -> Value {
    json!({ "requestId": new_request(), "topicId": topic["id"], "kept": kept, "reason": (!kept).then_some(WHY) })
}

async fn says(person: &Person<'_>, topic: &Value, kept: bool) -> Done {
    person.mutate("confirmAnswer", word(topic, kept)).await
}

async fn said(person: &Person<'_>, topic: &Value, kept: bool) -> Value {
    says(person, topic, kept).await.done()["topic"].clone()
}

async fn accepted(app: &TestApp, author: &Person<'_>, officer: &Person<'_>, title: &str) -> Value {
    app.execute("DELETE FROM daily_counts").await.unwrap();
    officer.accept(&author.submit_topic(title).await).await
}

async fn answered(app: &TestApp, author: &Person<'_>, officer: &Person<'_>, title: &str) -> Value {
    officer.answer(&accepted(app, author, officer, title).await, "已经修好").await
}

/// Merges topics into the first, which is answered then.
async fn answered_together(officer: &Person<'_>, topics: &[&Value]) -> Value {
    let merged: Vec<&Value> = topics[1..].iter().map(|topic| &topic["id"]).collect();
    let input = json!({ "requestId": new_request(), "canonicalId": topics[0]["id"], "expectedVersion": topics[0]["version"],
        "topicIds": merged, "reason": "同一件事" });
    let canonical = officer.mutate("mergeTopics", input).await.done()["topic"].clone();
    officer.answer(&canonical, "已经修好").await
}

/// A topic that became these things.
async fn adopted(app: &TestApp, author: &Person<'_>, officer: &Person<'_>, things: &[&str]) -> Value {
    let mut topic = officer.step("shortlistTopic", &accepted(app, author, officer, "路灯不亮").await, json!({})).await.done()["topic"].clone();
    for (n, thing) in things.iter().enumerate() {
        let more = json!({ "as": thing, "reference": format!("编号{n}"), "text": format!("去向{n}") });
        topic = officer.step("adoptTopic", &topic, more).await.done()["topic"].clone();
    }
    topic
}

const ADOPTIONS: &str = "query($id: ID!) { topic(id: $id) { adoptions { id as reference text at result endedAt } history { what } } }";

async fn adoptions(person: &Person<'_>, topic: &Value) -> Vec<Value> {
    person.ok(ADOPTIONS, json!({ "id": topic["id"] })).await["topic"]["adoptions"].as_array().unwrap().clone()
}

fn outcome(adoption: &Value, result: &str) -> Value {
    json!({ "requestId": new_request(), "adoptionId": adoption["id"], "result": result })
}

/// The answers of a topic with what was said to them, as this person may know it.
async fn answers(person: &Person<'_>, topic: &Value) -> Value {
    let query = "query($id: ID!) { topic(id: $id) { answers { text confirmations { kept statement enteredByOfficer } } } }";
    person.ok(query, json!({ "id": topic["id"] })).await["topic"]["answers"].clone()
}

async fn committee(app: &TestApp) -> Value {
    app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id } }", json!({})).await["committee"]["id"].clone()
}

async fn unit(app: &TestApp) -> Value {
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c) { id name } }", json!({ "c": committee(app).await })).await;
    all["organisations"].as_array().unwrap().iter().find(|one| one["name"] == "区城市管理局").unwrap()["id"].clone()
}

/// Somebody more at the general desk.
async fn another_general(app: &TestApp) -> Person<'_> {
    let (affairs, chair, person) = (app.person("13800000003").await, app.person("13800000001").await, app.resident(11).await);
    let grant = json!({ "requestId": new_request(), "to": { "phone": person.phone }, "role": "COMMITTEE_STAFF",
        "organisationId": committee(app).await, "desk": "GENERAL" });
    let granted = affairs.mutate("grantAppointment", grant).await.done()["appointment"].clone();
    chair.mutate("confirmAppointment", json!({ "requestId": new_request(), "appointmentId": granted["id"] })).await.done();
    person
}

fn asking(topic: &Value) -> Value {
    json!({ "requestId": new_request(), "topicId": topic["id"], "statement": "这件事属于街道" })
}

async fn decide(person: &Person<'_>, topic: &Value, take_up: bool) -> Done {
    person.step("decideSecondLook", topic, json!({ "takeUp": take_up, "note": "已经复核" })).await
}

fn times(notices: &[String], kind: &str) -> usize {
    notices.iter().filter(|notice| *notice == kind).count()
}

/// Sends a write, the same again, and another one under the same request id; gives the topic.
async fn thrice(person: &Person<'_>, name: &str, input: Value, field: &str, other: Value) -> Value {
    let first = person.mutate(name, input.clone()).await.done();
    let again = person.mutate(name, input.clone()).await.done();
    assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)), "{name}");
    assert_eq!(first["topic"], again["topic"], "{name}");
    let mut changed = input;
    changed[field] = other;
    person.mutate_error(name, changed, "REPLAY_MISMATCH").await;
    first["topic"].clone()
}

on_both_columns! {
    async fn an_author_says_yes_or_no_any_time_after_the_answer_and_nobody_else_may(app) {
        let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let waiting = accepted(&app, &author, &officer, "路灯不亮").await;
        backer.support(&waiting).await.done();
        says(&author, &waiting, true).await.expect_refusal("STATE_CHANGED");
        let topic = officer.answer(&waiting, "已经修好").await;
        for (other, kept) in [(&backer, true), (&backer, false), (&officer, true)] {
            other.mutate_error("confirmAnswer", word(&topic, kept), "FORBIDDEN").await;
        }
        app.nobody().mutate_error("confirmAnswer", word(&topic, true), "UNAUTHENTICATED").await;
        for reason in [Value::Null, json!(" \n")] {
            let mut input = word(&topic, false);
            input["reason"] = reason;
            assert_eq!(author.mutate_error("confirmAnswer", input, "BAD_INPUT").await["extensions"]["field"], "reason");
        }
        assert_eq!(author.topic(&topic["id"]).await["state"], "ANSWERED");
        assert_eq!(said(&author, &answered(&app, &author, &officer, "井盖松动").await, true).await["state"], "CONFIRMED");

        app.advance(100 * DAY);
        app.deliver().await;
        let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let reopened = said(&author, &topic, false).await;
        assert_eq!((&reopened["state"], &reopened["reopened"]), (&json!("REOPENED"), &json!(1)));
        says(&author, &topic, true).await.expect_refusal("STATE_CHANGED");
        let desk = officer.ok("{ triageTopics(state: REOPENED) { nodes { id } } }", json!({})).await;
        assert_eq!(desk["triageTopics"]["nodes"], json!([{ "id": topic["id"] }]), "it waits for the desk again");
        app.deliver().await;
        assert_eq!(times(&backer.notices().await, "TOPIC_REOPENED"), 1);
    }

    async fn a_matter_of_several_is_confirmed_when_all_say_yes_and_one_no_reopens_it(app) {
        let authors = [app.resident(0).await, app.resident(1).await, app.resident(2).await];
        let officer = app.officer(SPRING).await;
        let mut topics = Vec::new();
        for author in &authors {
            topics.push(accepted(&app, author, &officer, "路灯不亮").await);
        }
        let all: Vec<&Value> = topics.iter().collect();
        let canonical = answered_together(&officer, &all).await;
        assert_eq!(said(&authors[1], &topics[1], true).await["state"], "ANSWERED", "two are still to be heard");
        for kept in [true, false] {
            says(&authors[1], &topics[1], kept).await.expect_refusal("CONFIRMED_ALREADY");
        }
        authors[2].mutate_error("confirmAnswer", word(&topics[1], true), "FORBIDDEN").await;
        assert_eq!(said(&authors[0], &canonical, true).await["state"], "ANSWERED");
        assert_eq!(said(&authors[2], &topics[2], false).await["state"], "REOPENED");
        app.deliver().await;
        for author in &authors {
            assert_eq!(times(&author.notices().await, "TOPIC_REOPENED"), 1);
        }
        // Another answer: everyone says so anew.
        let again = officer.topic(&canonical["id"]).await;
        assert_eq!(officer.answer(&again, "又修了一次").await["state"], "ANSWERED");
        for (n, state) in [(2, "ANSWERED"), (0, "ANSWERED"), (1, "CONFIRMED")] {
            assert_eq!(said(&authors[n], &topics[n], true).await["state"], state);
        }
        assert_eq!(app.nobody().topic(&canonical["id"]).await["state"], "CONFIRMED");
    }

    async fn an_author_who_has_erased_themself_is_not_waited_for(app) {
        let (author, gone, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let topics = [accepted(&app, &author, &officer, "路灯不亮").await, accepted(&app, &gone, &officer, "路灯全黑").await];
        let canonical = answered_together(&officer, &[&topics[0], &topics[1]]).await;
        gone.mutate("eraseMe", json!({ "confirm": true })).await.done();
        assert_eq!(said(&author, &canonical, true).await["state"], "CONFIRMED");
    }

    async fn a_matter_only_erased_authors_were_waited_for_is_confirmed_at_once(app) {
        let people = [app.resident(0).await, app.resident(1).await, app.resident(2).await];
        let officer = app.officer(SPRING).await;
        let mut topics = Vec::new();
        for person in &people {
            topics.push(accepted(&app, person, &officer, "路灯不亮").await);
        }
        let all: Vec<&Value> = topics.iter().collect();
        let canonical = answered_together(&officer, &all).await;
        assert_eq!(said(&people[0], &canonical, true).await["state"], "ANSWERED");
        for (person, state) in [(&people[1], "ANSWERED"), (&people[2], "CONFIRMED")] {
            person.mutate("eraseMe", json!({ "confirm": true })).await.done();
            assert_eq!(app.nobody().topic(&canonical["id"]).await["state"], state);
        }
    }

    async fn after_two_reopenings_the_answer_settles_and_everyone_reads_both_statements(app) {
        let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (elsewhere, nobody) = (app.officer(BRIDGE).await, app.nobody());
        let mut topic = accepted(&app, &author, &officer, "路灯不亮").await;
        backer.support(&topic).await.done();
        topic = officer.answer(&topic, "第一次答复").await;
        for (times, text, state) in [(1, "第二次答复", "ANSWERED"), (2, "第三次答复", "SETTLED")] {
            let reopened = said(&author, &topic, false).await;
            assert_eq!((&reopened["state"], &reopened["reopened"]), (&json!("REOPENED"), &json!(times)));
            let expected = |statement: Option<&str>| {
                let no = json!({ "kept": false, "statement": statement, "enteredByOfficer": false });
                ["第一次答复", "第二次答复"].iter().take(times).map(|text| json!({ "text": text, "confirmations": [no] })).collect::<Vec<_>>()
            };
            for (who, statement) in [(&author, Some(READ)), (&officer, Some(READ)), (&backer, None), (&elsewhere, None), (&nobody, None)] {
                assert_eq!(answers(who, &topic).await, json!(expected(statement)), "for author and desk alone");
            }
            topic = officer.answer(&reopened, text).await;
            assert_eq!(topic["state"], state);
        }
        let no = json!([{ "kept": false, "statement": READ, "enteredByOfficer": false }]);
        let both = json!([{ "text": "第一次答复", "confirmations": no }, { "text": "第二次答复", "confirmations": no }, { "text": "第三次答复", "confirmations": [] }]);
        for everyone in [&author, &backer, &officer, &elsewhere, &nobody] {
            assert_eq!(answers(everyone, &topic).await, both);
        }
        for kept in [true, false] {
            assert_eq!(says(&author, &topic, kept).await.expect_refusal("STATE_CHANGED")["now"], "SETTLED");
        }
    }

    async fn for_a_caller_the_desk_says_so(app) {
        let (author, officer, elsewhere) = (app.resident(0).await, app.officer(SPRING).await, app.officer(BRIDGE).await);
        let caller = json!({ "requestId": new_request(), "divisionCode": HOME, "title": "缺少坡道", "text": "轮椅进不去", "onBehalfOf": { "name": "赵奶奶", "contact": "13800009999", "channel": "PHONE" } });
        let called = officer.accept(&officer.mutate("submitTopic", caller).await.done()["topic"].clone()).await;
        let written = accepted(&app, &author, &officer, "轮椅进不去").await;
        let canonical = answered_together(&officer, &[&written, &called]).await;
        for other in [&author, &elsewhere] {
            other.mutate_error("confirmAnswer", word(&called, true), "FORBIDDEN").await;
        }
        officer.mutate_error("confirmAnswer", word(&canonical, true), "FORBIDDEN").await;
        assert_eq!(said(&author, &canonical, true).await["state"], "ANSWERED", "the caller is still to be heard");
        assert_eq!(said(&officer, &called, true).await["state"], "CONFIRMED");
        let yes = |by_officer: bool| json!({ "kept": true, "statement": null, "enteredByOfficer": by_officer });
        assert_eq!(answers(&app.nobody(), &canonical).await, json!([{ "text": "已经修好", "confirmations": [yes(false), yes(true)] }]));
    }

    async fn of_imported_topics_nobody_is_asked_and_nobody_can_say_so(app) {
        let folder = tempfile::tempdir().unwrap();
        let [file, map] = ["m.jsonl", "map.csv"].map(|name| folder.path().join(name));
        std::fs::write(&map, "place,division\n*,990101001001\n").unwrap();
        let replied = json!({ "id": 1, "title": "积水", "content": "积水", "time": "2026-08-01T09:00:00+08:00", "reply": "已疏通", "reply_time": "2026-08-02T09:00:00+08:00" });
        let open = json!({ "id": 2, "title": "路灯", "content": "路灯", "time": "2026-08-01T09:00:00+08:00" });
        std::fs::write(&file, format!("{replied}\n{open}\n")).unwrap();
        assert_eq!(import::topics(&app.app, &file, &map, "test").await.unwrap().changed, 2);
        let (officer, general, resident) = (app.officer(SPRING).await, app.person(GENERAL).await, app.resident(0).await);
        let all = officer.ok("{ topics { nodes { id version state } } }", json!({})).await["topics"]["nodes"].as_array().unwrap().clone();
        officer.answer(all.iter().find(|topic| topic["state"] == "ACCEPTED").unwrap(), "已经修好").await;
        for (topic, kept) in all.iter().flat_map(|topic| [(topic, true), (topic, false)]) {
            for person in [&officer, &general, &resident] {
                person.mutate_error("confirmAnswer", word(topic, kept), "FORBIDDEN").await;
            }
        }
        app.advance(29 * DAY);
        app.deliver().await;
        assert_eq!(app.count("SELECT count(*) FROM notices").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM topics WHERE state = 'ANSWERED'").await, 2);
    }

    async fn an_adopted_topic_is_answered_by_itself_when_everything_it_became_has_ended(app) {
        let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        officer.step("adoptTopic", &accepted(&app, &author, &officer, "井盖松动").await, json!({ "as": "INSIDE", "text": "提案线索" })).await.expect_refusal("STATE_CHANGED");
        let topic = adopted(&app, &author, &officer, &["CONSULTATION", "INSIDE"]).await;
        assert_eq!(topic["state"], "ADOPTED");
        backer.support(&topic).await.done();
        let things = adoptions(&officer, &topic).await;
        for other in [&author, &backer] {
            let input = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"], "as": "INSIDE", "text": "提案线索" });
            other.mutate_error("adoptTopic", input, "FORBIDDEN").await;
            other.mutate_error("recordOutcome", outcome(&things[1], "偷看"), "NOT_FOUND").await;
        }
        let after_one = officer.mutate("recordOutcome", outcome(&things[1], "提案已立案")).await.done()["topic"].clone();
        assert_eq!((&after_one["state"], answers(&officer, &topic).await), (&json!("ADOPTED"), json!([])));
        officer.mutate("recordOutcome", outcome(&things[1], "再记一次")).await.expect_refusal("STATE_CHANGED");
        app.deliver().await;
        assert_eq!(times(&author.notices().await, "TOPIC_ANSWERED"), 0);
        let after_both = officer.mutate("recordOutcome", outcome(&things[0], "协商达成一致")).await.done()["topic"].clone();
        assert_eq!(after_both["state"], "ANSWERED");
        assert_eq!(answers(&app.nobody(), &topic).await, json!([{ "text": "协商达成一致\n\n提案已立案", "confirmations": [] }]));
        app.deliver().await;
        app.deliver().await;
        assert_eq!([times(&author.notices().await, "TOPIC_ANSWERED"), times(&backer.notices().await, "TOPIC_ANSWERED")], [1, 1]);
        assert_eq!(said(&author, &topic, true).await["state"], "CONFIRMED");
    }

    async fn of_what_is_inside_the_public_sees_one_word_and_the_internal_side_everything(app) {
        let (author, backer, officer, member) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.member(0).await);
        let (unit, nobody) = (app.person(CLERK).await, app.nobody());
        let topic = adopted(&app, &author, &officer, &["INSIDE", "CONSULTATION", "INSIDE"]).await;
        backer.support(&topic).await.done();
        let things = adoptions(&officer, &topic).await;
        officer.mutate("recordOutcome", outcome(&things[0], "提案已立案")).await.done();
        let things = adoptions(&officer, &topic).await;
        assert_eq!((things.len(), &things[0]["result"], &things[2]["reference"]), (3, &json!("提案已立案"), &json!("编号2")));
        let nothing = json!({ "id": null, "as": "INSIDE", "reference": null, "text": null, "at": null, "result": null, "endedAt": null });
        for outside in [&nobody, &author, &backer, &unit] {
            let seen = outside.ok(ADOPTIONS, json!({ "id": topic["id"] })).await["topic"].clone();
            assert_eq!(seen["adoptions"], json!([things[1], nothing]));
            assert_eq!(seen["history"], json!([{ "what": "SUBMITTED" }, { "what": "ACCEPTED" }, { "what": "SHORTLISTED" }, { "what": "ADOPTED" }]));
        }
        for inside in [&officer, &member] {
            let seen = inside.ok(ADOPTIONS, json!({ "id": topic["id"] })).await["topic"].clone();
            assert_eq!(seen["adoptions"], json!(things));
            let history: Vec<&str> = seen["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
            assert_eq!(history[3..], ["ADOPTED", "ADOPTED", "ADOPTED", "OUTCOME_RECORDED"]);
        }
    }

    // A second notice would say how many things there are.
    async fn that_a_topic_is_taken_up_inside_is_told_outside_once(app) {
        let (author, officer) = (app.resident(0).await, app.officer(SPRING).await);
        adopted(&app, &author, &officer, &["INSIDE", "INSIDE"]).await;
        app.deliver().await;
        assert_eq!(times(&author.notices().await, "TOPIC_ADOPTED"), 1);
    }

    async fn kept_promises_are_told_from_five_replies_on_by_division_unit_and_year(app) {
        let (officer, clerk, unit) = (app.officer(SPRING).await, app.person(CLERK).await, unit(&app).await);
        let query = "query($d: String, $u: ID, $y: Int!) { keptPromises(divisionCode: $d, unitId: $u, year: $y) { year replied confirmed rate } }";
        let nobody = app.nobody();
        let places = ["99", "990101001", HOME].map(|code| json!({ "d": code })).into_iter().chain([json!({ "u": unit })]).collect::<Vec<_>>();
        let rate = |place: &Value, year: i64| {
            nobody.ok(query, json!({ "d": place["d"], "u": place["u"], "y": year }))
        };
        let too_few = |year: i64| json!({ "year": year, "replied": null, "confirmed": null, "rate": null });
        let mut last = Value::Null;
        for n in 0..6 {
            let author = app.resident(n).await;
            let topic = accepted(&app, &author, &officer, &format!("第{n}件")).await;
            let given = officer.mutate("handOver", json!({ "requestId": new_request(), "subjectId": topic["id"], "expectedVersion": topic["version"], "unitId": unit })).await.done()["handOver"].clone();
            clerk.mutate("replyToHandOver", json!({ "requestId": new_request(), "handOverId": given["id"], "expectedVersion": given["version"], "text": "已经办好" })).await.done();
            last = topic;
            if n == 5 { break; }
            for place in &places {
                assert_eq!(rate(place, 2026).await["keptPromises"], too_few(2026), "{n} replies");
            }
            said(&author, &last, n % 2 == 0).await;
        }
        let told = json!({ "year": 2026, "replied": 5, "confirmed": 3, "rate": 0.6 });
        for place in &places {
            assert_eq!(rate(place, 2026).await["keptPromises"], told);
            assert_eq!(rate(place, 2025).await["keptPromises"], too_few(2025));
        }
        assert_eq!(rate(&json!({ "d": "990101001002" }), 2026).await["keptPromises"], too_few(2026), "another community");
        for wrong in [json!({ "y": 2026 }), json!({ "y": 2026, "d": HOME, "u": unit })] {
            nobody.expect_error(query, wrong, "BAD_INPUT").await;
        }
        // The sixth says so when the year is over in China.
        app.advance(121 * DAY + 14 * 3600);
        said(&app.resident(5).await, &last, true).await;
        assert_eq!((rate(&places[0], 2026).await["keptPromises"].clone(), rate(&places[0], 2027).await["keptPromises"].clone()), (told, too_few(2027)));
    }

    async fn a_second_look_is_had_once_and_what_is_upheld_stays(app) {
        let (author, stranger, officer, general) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.person(GENERAL).await);
        let rejected = officer.step("rejectTopic", &author.submit_topic("路灯不亮").await, json!({ "reason": "OUT_OF_SCOPE" })).await.done()["topic"].clone();
        decide(&general, &rejected, true).await.expect_refusal("SECOND_LOOK_NOT_ASKED");
        stranger.mutate_error("requestSecondLook", asking(&rejected), "NOT_FOUND").await;
        officer.mutate_error("requestSecondLook", asking(&rejected), "FORBIDDEN").await;
        let asked = author.mutate("requestSecondLook", asking(&rejected)).await.done()["topic"].clone();
        author.mutate("requestSecondLook", asking(&rejected)).await.expect_refusal("SECOND_LOOK_USED");
        officer.mutate_error("decideSecondLook", json!({ "requestId": new_request(), "topicId": asked["id"], "expectedVersion": asked["version"], "takeUp": true, "note": "自己改" }), "FORBIDDEN").await;
        decide(&general, &rejected, false).await.expect_refusal("STATE_CHANGED");
        let upheld = decide(&general, &asked, false).await.done()["topic"].clone();
        assert_eq!((&upheld["state"], app.nobody().topic(&asked["id"]).await), (&json!("REJECTED"), Value::Null));
        let look = author.ok("query($id: ID!) { topic(id: $id) { secondLook { statement decision } } }", json!({ "id": asked["id"] })).await;
        assert_eq!(look["topic"]["secondLook"], json!({ "statement": "这件事属于街道", "decision": "UPHELD" }));
        author.mutate("requestSecondLook", asking(&rejected)).await.expect_refusal("SECOND_LOOK_USED");
        decide(&general, &upheld, true).await.expect_refusal("SECOND_LOOK_NOT_ASKED");
        app.deliver().await;
        assert_eq!((times(&general.notices().await, "SECOND_LOOK_ASKED"), times(&author.notices().await, "SECOND_LOOK_DECIDED")), (1, 1));
    }

    async fn another_than_whoever_looked_first_decides_and_what_is_taken_up_is_public(app) {
        let (author, general, other) = (app.resident(0).await, app.person(GENERAL).await, another_general(&app).await);
        for (name, more) in [("rejectTopic", json!({ "reason": "OUT_OF_SCOPE" })), ("redirectTopic", json!({ "reason": "PETITION", "where": "信访办" }))] {
            general.step(name, &author.submit_topic(name).await, more).await.done();
            let own = author.ok("{ myTopics(first: 1) { nodes { id version } } }", json!({})).await["myTopics"]["nodes"][0].clone();
            let asked = author.mutate("requestSecondLook", asking(&own)).await.done()["topic"].clone();
            for take_up in [true, false] {
                decide(&general, &asked, take_up).await.expect_refusal("NEEDS_ANOTHER_PERSON");
            }
            assert_eq!(decide(&other, &asked, true).await.done()["topic"]["state"], "ACCEPTED");
            let public = app.nobody().ok("query($id: ID!) { topic(id: $id) { state reason redirectedTo secondLook { decision } } }", json!({ "id": own["id"] })).await;
            assert_eq!(public["topic"], json!({ "state": "ACCEPTED", "reason": null, "redirectedTo": null, "secondLook": null }));
        }
    }

    async fn a_word_an_adoption_an_outcome_and_a_second_look_are_each_done_once_however_often_they_are_sent(app) {
        let (author, officer, general) = (app.resident(0).await, app.officer(SPRING).await, app.person(GENERAL).await);
        let rejected = officer.step("rejectTopic", &author.submit_topic("停车难").await, json!({ "reason": "OUT_OF_SCOPE" })).await.done()["topic"].clone();
        let asked = thrice(&author, "requestSecondLook", asking(&rejected), "statement", json!("另一个理由")).await;
        let decision = json!({ "requestId": new_request(), "topicId": asked["id"], "expectedVersion": asked["version"], "takeUp": true, "note": "受理" });
        assert_eq!(thrice(&general, "decideSecondLook", decision, "takeUp", json!(false)).await["state"], "ACCEPTED");
        let topic = adopted(&app, &author, &officer, &["INSIDE"]).await;
        let adoption = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"], "as": "CONSULTATION", "text": "微协商" });
        thrice(&officer, "adoptTopic", adoption, "as", json!("INSIDE")).await;
        let things = adoptions(&officer, &topic).await;
        assert_eq!(things.len(), 2);
        for (thing, state) in things.iter().zip(["ADOPTED", "ANSWERED"]) {
            assert_eq!(thrice(&officer, "recordOutcome", outcome(thing, "办结"), "result", json!("没有办结")).await["state"], state);
        }
        assert_eq!(thrice(&author, "confirmAnswer", word(&topic, true), "reason", json!("另一句话")).await["state"], "CONFIRMED");
        for (table, rows) in [("topic_adoptions", 2), ("topic_answers", 1), ("topic_confirmations", 1), ("second_looks", 1)] {
            assert_eq!(app.count(&format!("SELECT count(*) FROM {table}")).await, rows, "{table}");
        }
    }
}
