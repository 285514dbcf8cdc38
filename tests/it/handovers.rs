mod lists;
mod races;

use sea_orm::{ActiveEnum, Iterable};
use serde_json::{Value, json};
use shangyi::handovers::moves::{Move, RULES};
use shangyi_entities::hand_over::HandOverState;
use shangyi_tests::{Done, Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BUREAU: &str = "区城市管理局";
const FEDERATION: &str = "区工商联";
/// Who works for the bureau.
const CLERK: &str = "13800000013";

async fn organisation(app: &TestApp, name: &str) -> Value {
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id } }", json!({})).await["committee"]["id"].clone();
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c) { id name } }", json!({ "c": committee })).await;
    all["organisations"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}"))["id"].clone()
}

/// A topic of the first community, accepted.
async fn topic(app: &TestApp, author: &Person<'_>, officer: &Person<'_>, title: &str) -> Value {
    app.execute("DELETE FROM daily_counts").await.unwrap();
    officer.accept(&author.submit_topic(title).await).await
}

fn giving(topic: &Value, unit: &Value) -> Value {
    json!({ "requestId": new_request(), "subjectId": topic["id"], "expectedVersion": topic["version"], "unitId": unit, "task": "请到现场核实" })
}

async fn give(officer: &Person<'_>, topic: &Value, unit: &Value) -> Value {
    officer.mutate("handOver", giving(topic, unit)).await.done()["handOver"].clone()
}

/// The input of a unit's move on a hand-over as it was seen.
fn moving(name: &str, given: &Value) -> Value {
    let mut input = json!({ "requestId": new_request(), "handOverId": given["id"], "expectedVersion": given["version"] });
    let more = match name {
        "returnHandOver" => json!({ "reason": "不属我局职责，建议转工商联" }),
        "extendHandOver" => json!({ "workingDays": 5, "reason": "等待配件" }),
        "replyToHandOver" => json!({ "text": "路灯已修复" }),
        _ => json!({}),
    };
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn act(person: &Person<'_>, name: &str, given: &Value) -> Done {
    person.mutate(name, moving(name, given)).await
}

async fn acted(person: &Person<'_>, name: &str, given: &Value) -> Value {
    act(person, name, given).await.done()["handOver"].clone()
}

fn rating(given: &Value, stars: i64) -> Value {
    json!({ "requestId": new_request(), "handOverId": given["id"], "stars": stars, "comment": "修得快" })
}

/// A hand-over as this person may see it, with what is between unit and desk.
async fn seen(person: &Person<'_>, id: &Value) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on HandOver { id state version subjectKind unit { name } topic { id state } givenAt endedAt
        acceptBy { at overdue } replyBy { at overdue } extended reply ratings averageRating myRating task
        history { what toState role note } allowedMoves { kind to blockedBy { code message } } } } }";
    person.ok(query, json!({ "id": id })).await["node"].clone()
}

/// What is on somebody's board, oldest first.
async fn board(person: &Person<'_>, arguments: &str) -> Vec<Value> {
    let data = person.ok(&format!("{{ unitBoard{arguments} {{ nodes {{ id state }} }} }}"), json!({})).await;
    data["unitBoard"]["nodes"].as_array().unwrap().clone()
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// Somebody who works for the federation from now on.
async fn clerk_of_federation(app: &TestApp) -> Person<'_> {
    let (affairs, clerk) = (app.person("13800000003").await, app.resident(11).await);
    let unit = organisation(app, FEDERATION).await;
    let grant = json!({ "requestId": new_request(), "to": { "phone": clerk.phone }, "role": "LIAISON_OFFICER", "organisationId": unit });
    affairs.mutate("grantAppointment", grant).await.done();
    clerk
}

fn times(notices: &[String], kind: &str) -> usize {
    notices.iter().filter(|notice| *notice == kind).count()
}

/// The mutations of a unit, each with its move.
const OF_UNIT: [(&str, Move); 4] =
    [("acceptHandOver", Move::Accept), ("returnHandOver", Move::Return), ("extendHandOver", Move::Extend), ("replyToHandOver", Move::Reply)];

/// A hand-over brought to that state, with its topic as it is then.
async fn brought_to(app: &TestApp, state: HandOverState, people: [&Person<'_>; 3], unit: &Value) -> Value {
    let [author, officer, clerk] = people;
    let given = give(officer, &topic(app, author, officer, "路灯不亮").await, unit).await;
    let brought = match state {
        HandOverState::Given => given,
        HandOverState::Accepted => acted(clerk, "acceptHandOver", &given).await,
        HandOverState::Returned => acted(clerk, "returnHandOver", &given).await,
        HandOverState::Replied => acted(clerk, "replyToHandOver", &given).await,
        HandOverState::Recalled => {
            officer.answer(&given["topic"], "街道已自行处理").await;
            seen(clerk, &given["id"]).await
        }
    };
    assert_eq!(brought["state"], state.to_value());
    brought
}

on_both_columns! {
    async fn the_moves_of_hand_overs_are_those_of_the_database(app) {
        let mut kept = app.sql("SELECT from_state || ' ' || to_state FROM hand_over_moves").await;
        let mut coded: Vec<String> = RULES.iter().filter_map(|rule| Some((rule, rule.to?)))
            .flat_map(|(rule, to)| rule.from.iter().map(move |from| format!("{} {}", from.to_value(), to.to_value()))).collect();
        kept.sort();
        coded.sort();
        assert_eq!(kept, coded);
    }

    async fn a_topic_goes_to_a_unit_and_its_reply_is_the_answer_everyone_is_told_once(app) {
        let (author, backer, officer, clerk) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let accepted = topic(&app, &author, &officer, "路灯不亮").await;
        backer.support(&accepted).await.done();
        let given = give(&officer, &accepted, &unit).await;
        assert_eq!((given["state"].as_str(), given["version"].as_i64(), given["topic"]["state"].as_str()), (Some("GIVEN"), Some(1), Some("HANDED_OVER")));
        assert_eq!(given["acceptBy"], json!({ "at": "2026-09-04T16:00:00+00:00", "overdue": false }), "3 working days");
        assert_eq!(given["replyBy"], json!({ "at": "2026-09-21T16:00:00+00:00", "overdue": false }), "15, with the make-up Sunday");
        app.deliver().await;
        assert_eq!(clerk.notices().await, ["HAND_OVER_GIVEN"]);
        let taken = acted(&clerk, "acceptHandOver", &given).await;
        assert_eq!((taken["state"].as_str(), taken["version"].as_i64(), taken["acceptBy"].is_null()), (Some("ACCEPTED"), Some(2), true));
        assert_eq!(taken["replyBy"]["at"], "2026-09-21T16:00:00+00:00");
        let mut reply = moving("replyToHandOver", &taken);
        reply["text"] = json!("路灯已修复，再有问题请打13812345678");
        let replied = clerk.mutate("replyToHandOver", reply).await.done()["handOver"].clone();
        let text = "路灯已修复，再有问题请打138****5678";
        assert_eq!((replied["state"].as_str(), replied["reply"].as_str(), replied["replyBy"].is_null()), (Some("REPLIED"), Some(text), true));
        let answered = app.nobody().ok("query($id: ID!) { topic(id: $id) { state answers { text } } }", json!({ "id": accepted["id"] })).await["topic"].clone();
        assert_eq!(answered, json!({ "state": "ANSWERED", "answers": [{ "text": text }] }));
        app.deliver().await;
        for told in [&author, &backer] {
            assert_eq!(times(&told.notices().await, "TOPIC_ANSWERED"), 1);
        }
    }

    async fn those_who_asked_rate_the_reply_once_and_the_unit_never(app) {
        let (author, backer, officer, clerk) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let given = give(&officer, &topic(&app, &author, &officer, "路灯不亮").await, &unit).await;
        let early = author.mutate("rateHandOver", rating(&given, 4)).await.expect_refusal("STATE_CHANGED");
        assert_eq!((early["now"].as_str(), early["byRole"].as_str()), (Some("GIVEN"), Some("LIAISON_OFFICER")));
        let replied = acted(&clerk, "replyToHandOver", &given).await;
        for stars in [0, 6] {
            author.mutate_error("rateHandOver", rating(&given, stars), "BAD_INPUT").await;
        }
        for other in [&backer, &officer] {
            other.mutate_error("rateHandOver", rating(&given, 5), "FORBIDDEN").await;
        }
        clerk.mutate("rateHandOver", rating(&given, 5)).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        let input = rating(&given, 4);
        let rated = author.mutate("rateHandOver", input.clone()).await.done();
        assert_eq!((rated["replayed"].as_bool(), &rated["handOver"]["version"]), (Some(false), &replied["version"]), "a rating moves nothing");
        assert_eq!(author.mutate("rateHandOver", input).await.done()["replayed"], true);
        author.mutate("rateHandOver", rating(&given, 1)).await.expect_refusal("RATED_ALREADY");
        let own = seen(&author, &given["id"]).await;
        assert_eq!((own["ratings"].as_i64(), own["averageRating"].is_null(), own["myRating"].as_i64()), (Some(1), true, Some(4)), "too few for an average");
        assert!(seen(&clerk, &given["id"]).await["myRating"].is_null());
        assert!(app.execute("UPDATE hand_over_ratings SET stars = 5").await.is_err());
    }

    async fn what_a_unit_returns_is_the_desks_again_and_another_unit_can_be_asked(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let (bureau, federation) = (organisation(&app, BUREAU).await, organisation(&app, FEDERATION).await);
        let given = give(&officer, &topic(&app, &author, &officer, "商铺占道").await, &bureau).await;
        clerk.mutate_error("returnHandOver", json!({ "requestId": new_request(), "handOverId": given["id"], "expectedVersion": 1, "reason": " " }), "BAD_INPUT").await;
        let taken = acted(&clerk, "acceptHandOver", &given).await;
        let returned = acted(&clerk, "returnHandOver", &taken).await;
        assert_eq!((returned["state"].as_str(), returned["topic"]["state"].as_str()), (Some("RETURNED"), Some("ACCEPTED")));
        assert!(returned["acceptBy"].is_null() && returned["replyBy"].is_null(), "nothing is due any more");
        app.deliver().await;
        assert_eq!(times(&officer.notices().await, "HAND_OVER_RETURNED"), 1);
        let history = seen(&officer, &given["id"]).await["history"].clone();
        assert_eq!(history, json!([
            { "what": "GIVEN", "toState": "GIVEN", "role": "LIAISON_OFFICER", "note": null },
            { "what": "ACCEPTED", "toState": "ACCEPTED", "role": "HANDLING_UNIT", "note": null },
            { "what": "RETURNED", "toState": "RETURNED", "role": "HANDLING_UNIT", "note": "不属我局职责，建议转工商联" },
        ]));
        let again = give(&officer, &returned["topic"], &federation).await;
        assert_eq!((again["state"].as_str(), again["topic"]["state"].as_str()), (Some("GIVEN"), Some("HANDED_OVER")));
        assert_eq!(ids(&board(&officer, "").await), [given["id"].clone(), again["id"].clone()], "both, the oldest first");
        assert_eq!(ids(&board(&clerk, "").await), [given["id"].clone()], "its own");
    }

    async fn a_desk_that_answers_itself_recalls_what_it_gave_and_the_unit_is_told(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let given = give(&officer, &topic(&app, &author, &officer, "路灯不亮").await, &unit).await;
        let taken = acted(&clerk, "acceptHandOver", &given).await;
        assert_eq!(officer.answer(&taken["topic"], "街道已自行处理").await["state"], "ANSWERED");
        let recalled = seen(&clerk, &given["id"]).await;
        assert_eq!((recalled["state"].as_str(), recalled["version"].as_i64()), (Some("RECALLED"), Some(3)));
        assert!(recalled["replyBy"].is_null() && recalled["reply"].is_null() && !recalled["endedAt"].is_null());
        app.deliver().await;
        assert_eq!(times(&clerk.notices().await, "HAND_OVER_RECALLED"), 1);
        let refused = act(&clerk, "replyToHandOver", &taken).await.expect_refusal("STATE_CHANGED");
        assert_eq!((refused["now"].as_str(), refused["byRole"].as_str(), refused["version"].as_i64()), (Some("RECALLED"), Some("LIAISON_OFFICER"), Some(3)));
        author.mutate("rateHandOver", rating(&given, 3)).await.expect_refusal("STATE_CHANGED");
    }

    async fn more_time_is_had_once_and_the_desk_is_told(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let given = give(&officer, &topic(&app, &author, &officer, "路灯不亮").await, &unit).await;
        act(&clerk, "extendHandOver", &given).await.expect_refusal("STATE_CHANGED");
        let taken = acted(&clerk, "acceptHandOver", &given).await;
        for days in [0, 16] {
            let mut input = moving("extendHandOver", &taken);
            input["workingDays"] = json!(days);
            clerk.mutate_error("extendHandOver", input, "BAD_INPUT").await;
        }
        let extended = acted(&clerk, "extendHandOver", &taken).await;
        assert_eq!((extended["state"].as_str(), extended["version"].as_i64(), extended["extended"].as_bool()), (Some("ACCEPTED"), Some(3), Some(true)));
        assert_eq!(extended["replyBy"]["at"], "2026-09-29T16:00:00+00:00", "20 working days, with the Mid-Autumn days between");
        act(&clerk, "extendHandOver", &extended).await.expect_refusal("EXTENDED_ALREADY");
        let allowed = seen(&clerk, &given["id"]).await["allowedMoves"].clone();
        let blocked = allowed.as_array().unwrap().iter().find(|one| one["kind"] == "EXTEND").unwrap();
        assert_eq!(blocked["blockedBy"][0]["code"], "EXTENDED_ALREADY");
        app.deliver().await;
        assert_eq!(times(&officer.notices().await, "HAND_OVER_EXTENDED"), 1);
        acted(&clerk, "replyToHandOver", &extended).await;
    }

    async fn from_every_state_the_unit_can_do_what_the_table_says_and_nothing_else(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        for state in HandOverState::iter() {
            for (name, kind) in OF_UNIT {
                let before = brought_to(&app, state, [&author, &officer, &clerk], &unit).await;
                let listed = seen(&clerk, &before["id"]).await["allowedMoves"].clone();
                let listed: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
                let rule = RULES.iter().find(|rule| rule.kind == kind && rule.from.contains(&state));
                let word = name.split(|c: char| c.is_uppercase()).next().unwrap().to_uppercase();
                assert_eq!(listed.contains(&word.as_str()), rule.is_some(), "{name} from {state:?}: {listed:?}");
                match rule {
                    Some(rule) => {
                        let after = acted(&clerk, name, &before).await;
                        assert_eq!(after["state"], rule.to.unwrap_or(state).to_value(), "{name} from {state:?}");
                        assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
                    }
                    None => {
                        let refused = act(&clerk, name, &before).await.expect_refusal("STATE_CHANGED");
                        assert_eq!((refused["now"].clone(), refused["version"].clone()), (json!(state.to_value()), before["version"].clone()), "{name}");
                    }
                }
            }
        }
    }

    async fn strangers_move_nothing_and_learn_nothing(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let (stranger, elsewhere, other, general) =
            (app.resident(1).await, app.officer("石桥街道联络委").await, clerk_of_federation(&app).await, app.person("13800000002").await);
        let unit = organisation(&app, BUREAU).await;
        let accepted = topic(&app, &author, &officer, "路灯不亮").await;
        for who in [&author, &stranger, &elsewhere, &other, &clerk] {
            who.mutate_error("handOver", giving(&accepted, &unit), "FORBIDDEN").await;
        }
        app.nobody().mutate_error("handOver", giving(&accepted, &unit), "UNAUTHENTICATED").await;
        let given = give(&officer, &accepted, &unit).await;
        // The topic is public, so everyone may know that a unit has it; what passes between unit and desk they may not.
        for who in [&author, &stranger, &elsewhere, &other] {
            let known = seen(who, &given["id"]).await;
            assert_eq!((known["state"].as_str(), known["unit"]["name"].as_str()), (Some("GIVEN"), Some(BUREAU)));
            assert_eq!((known["task"].is_null(), known["history"].clone(), known["allowedMoves"].clone()), (true, json!([]), json!([])));
        }
        for who in [&officer, &clerk, &general] {
            assert_eq!(seen(who, &given["id"]).await["task"], "请到现场核实");
        }
        for (name, _) in OF_UNIT {
            for who in [&author, &stranger, &elsewhere, &other, &officer, &general] {
                who.mutate_error(name, moving(name, &given), "FORBIDDEN").await;
            }
        }
        for who in [&author, &stranger] {
            who.expect_error("{ unitBoard { nodes { id } } }", json!({}), "FORBIDDEN").await;
        }
        other.expect_error("query($u: ID!) { unitBoard(unitId: $u) { nodes { id } } }", json!({ "u": unit }), "FORBIDDEN").await;
        assert_eq!((board(&other, "").await, board(&elsewhere, "").await), (vec![], vec![]));
        for who in [&officer, &clerk, &general] {
            assert_eq!(ids(&board(who, "").await), [given["id"].clone()]);
        }
        let now = officer.topic(&accepted["id"]).await;
        general.step("takeDownTopic", &now, json!({ "reason": "含他人姓名" })).await.done();
        for (name, _) in OF_UNIT {
            for who in [&stranger, &elsewhere, &other] {
                who.mutate_error(name, moving(name, &given), "NOT_FOUND").await;
            }
        }
        for who in [&stranger, &elsewhere, &other] {
            assert!(seen(who, &given["id"]).await.is_null());
            who.mutate_error("rateHandOver", rating(&given, 1), "NOT_FOUND").await;
        }
        assert_eq!(acted(&clerk, "acceptHandOver", &given).await["state"], "ACCEPTED", "the unit goes on");
    }

    async fn only_open_units_of_the_committee_are_given_anything_and_only_topics_are_given(app) {
        let (author, officer) = (app.resident(0).await, app.officer(SPRING).await);
        let accepted = topic(&app, &author, &officer, "路灯不亮").await;
        let unit = organisation(&app, BUREAU).await;
        let nothing = json!("organisation_00000000000000000000000000000000");
        for wrong in [organisation(&app, SPRING).await, organisation(&app, "委员会办公室").await, nothing] {
            officer.mutate("handOver", giving(&accepted, &wrong)).await.expect_refusal("NOT_A_UNIT_HERE");
        }
        let still = officer.topic(&accepted["id"]).await;
        assert_eq!((&still["state"], &still["version"]), (&accepted["state"], &accepted["version"]), "what was refused left nothing");
        for wrong in [unit.clone(), json!("topic_1"), json!("")] {
            let mut input = giving(&accepted, &unit);
            input["subjectId"] = wrong;
            officer.mutate_error("handOver", input, "BAD_INPUT").await;
        }
        let mut late = giving(&accepted, &unit);
        late["expectedVersion"] = json!(1);
        officer.mutate("handOver", late).await.expect_refusal("STATE_CHANGED");
        app.execute("UPDATE organisations SET closed_at = 1 WHERE name = '区城市管理局'").await.unwrap();
        officer.mutate("handOver", giving(&accepted, &unit)).await.expect_refusal("NOT_A_UNIT_HERE");
        let mut plain = giving(&accepted, &organisation(&app, FEDERATION).await);
        plain.as_object_mut().unwrap().remove("task");
        let given = officer.mutate("handOver", plain).await.done()["handOver"].clone();
        assert!(seen(&officer, &given["id"]).await["task"].is_null());
        let now = officer.topic(&accepted["id"]).await;
        officer.mutate("handOver", giving(&now, &organisation(&app, FEDERATION).await)).await.expect_refusal("STATE_CHANGED");
    }

    async fn history_and_ends_cannot_be_rewritten(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        brought_to(&app, HandOverState::Replied, [&author, &officer, &clerk], &organisation(&app, BUREAU).await).await;
        for sql in [
            "UPDATE hand_over_events SET note = 'x'", "DELETE FROM hand_over_events", "DELETE FROM hand_overs",
            "UPDATE hand_overs SET version = version + 2", "UPDATE hand_overs SET state = 'GIVEN', reply = NULL, ended_at = NULL, version = version + 1",
            "UPDATE hand_overs SET reply = NULL, version = version + 1",
        ] {
            assert!(app.execute(sql).await.is_err(), "{sql}");
        }
    }
}
