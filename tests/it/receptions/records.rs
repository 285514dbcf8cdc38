//! What comes of a visit: answered on the spot, handed over, returned, replied to; rated; raised as a topic; counted once; forgotten.
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const CLERK: &str = "13800000013";

async fn unit(app: &TestApp) -> Value {
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id } }", json!({})).await["committee"]["id"].clone();
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c, kind: HANDLING_UNIT) { id } }", json!({ "c": committee })).await;
    all["organisations"][0]["id"].clone()
}

/// Somebody who is there now, on a day of one slot.
async fn there<'a>(app: &'a TestApp, officer: &Person<'_>) -> (Person<'a>, Value) {
    let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 5).await;
    let resident = app.resident(0).await;
    let booking = resident.book(&slot).await.done()["booking"].clone();
    app.set_time("2026-09-10", 9, 5);
    officer.mark("checkInBooking", &booking).await.done();
    (resident, booking)
}

/// Recorded and handed over to the unit; gives the record and the hand-over as its clerk sees it.
async fn handed_over(app: &TestApp, officer: &Person<'_>, booking: &Value) -> (Value, Value) {
    let version = officer.booking(booking).await["version"].clone();
    let said = json!({ "expectedVersion": version, "class": "HOUSING", "summary": "楼顶漏水", "handOver": { "unitId": unit(app).await, "task": "请现场查看" } });
    let record = officer.with_booking("recordReception", booking, said).await.done()["booking"]["record"].clone();
    let board = app
        .person(CLERK)
        .await
        .ok("{ unitBoard { nodes { id version state subjectKind receptionRecord { id summary booking { id } } replyBy { at } } } }", json!({}))
        .await;
    (record, board["unitBoard"]["nodes"][0].clone())
}

async fn says(clerk: &Person<'_>, name: &str, given: &Value, more: Value) -> Value {
    let mut input = json!({ "requestId": new_request(), "handOverId": given["id"], "expectedVersion": given["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    clerk.mutate(name, input).await.done()["handOver"].clone()
}

on_both_columns! {
    async fn a_unit_replies_to_what_was_said_and_the_person_is_told(app) {
        let officer = app.officer(SPRING).await;
        let (resident, booking) = there(&app, &officer).await;
        let (record, given) = handed_over(&app, &officer, &booking).await;
        assert_eq!((&record["state"], &given["subjectKind"], &given["receptionRecord"]["summary"]), (&json!("HANDED_OVER"), &json!("RECEPTION_RECORD"), &json!("楼顶漏水")));
        // The unit knows the matter, not the person; three working days from a Thursday end with Tuesday.
        assert!(given["receptionRecord"]["booking"].is_null());
        assert_eq!(given["replyBy"]["at"], "2026-09-15T16:00:00+00:00");
        let clerk = app.person(CLERK).await;
        let accepted = says(&clerk, "acceptHandOver", &given, json!({})).await;
        says(&clerk, "replyToHandOver", &accepted, json!({ "text": "已安排维修，电话13812345678" })).await;
        app.deliver().await;
        assert_eq!(resident.notices().await[..2], ["RECEPTION_ANSWERED".to_owned(), "RECEPTION_HANDED_OVER".to_owned()]);
        let seen = resident.booking(&booking).await["record"].clone();
        assert_eq!((&seen["state"], &seen["answer"]), (&json!("REPLIED"), &json!("已安排维修，电话138****5678")));
        assert_eq!(app.count("SELECT count(*) FROM hand_overs WHERE reply = ''").await, 1, "what is one person's stands under their key alone");
        // Whoever asked rates the reply of the unit and how they were received.
        resident.mutate("rateHandOver", json!({ "requestId": new_request(), "handOverId": given["id"], "stars": 4 })).await.done();
        resident.mutate("rateReception", json!({ "requestId": new_request(), "recordId": record["id"], "stars": 5 })).await.done();
        let hidden = app.resident(1).await.ok("query($id: ID!) { node(id: $id) { id } }", json!({ "id": given["id"] })).await;
        assert!(hidden["node"].is_null());
    }

    async fn what_a_unit_returns_is_answered_by_the_desk_or_handed_over_anew(app) {
        let officer = app.officer(SPRING).await;
        let (resident, booking) = there(&app, &officer).await;
        let (record, given) = handed_over(&app, &officer, &booking).await;
        let clerk = app.person(CLERK).await;
        let rate = json!({ "requestId": new_request(), "recordId": record["id"], "stars": 5 });
        resident.mutate("rateReception", rate).await.expect_refusal("NOT_ANSWERED");
        says(&clerk, "returnHandOver", &given, json!({ "reason": "归住建委" })).await;
        assert_eq!(officer.booking(&booking).await["record"]["state"], "RETURNED");
        // Who has returned it knows no more of it.
        let gone = clerk.ok("query($id: ID!) { node(id: $id) { id } }", json!({ "id": record["id"] })).await;
        assert!(gone["node"].is_null());
        let again = json!({ "requestId": new_request(), "subjectId": record["id"], "expectedVersion": 2, "unitId": unit(&app).await, "task": "再看看" });
        officer.mutate("handOver", again.clone()).await.done();
        let mut twice = again;
        twice["requestId"] = json!(new_request());
        officer.mutate("handOver", twice).await.expect_refusal("STATE_CHANGED");
        let answer = json!({ "requestId": new_request(), "recordId": record["id"], "expectedVersion": 3, "answer": "本周五由社区维修" });
        assert_eq!(officer.mutate("answerReception", answer).await.done()["record"]["state"], "ANSWERED");
        app.deliver().await;
        assert_eq!(clerk.notices().await[0], "HAND_OVER_RECALLED");
        assert_eq!(resident.notices().await[0], "RECEPTION_ANSWERED");
    }

    async fn a_record_wants_one_of_the_two_and_a_unit_of_the_committee(app) {
        let officer = app.officer(SPRING).await;
        let (_, booking) = there(&app, &officer).await;
        let version = officer.booking(&booking).await["version"].clone();
        let said = |more: Value| {
            let mut input = json!({ "requestId": new_request(), "bookingId": booking["id"], "expectedVersion": version, "class": "HOUSING", "summary": "漏水" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        officer.mutate_error("recordReception", said(json!({})), "BAD_INPUT").await;
        let street = app.nobody().ok("{ committee(divisionCode: \"990101\") { id } }", json!({})).await["committee"]["id"].clone();
        officer.mutate("recordReception", said(json!({ "handOver": { "unitId": street } }))).await.expect_refusal("NOT_A_UNIT_HERE");
        assert_eq!(officer.booking(&booking).await["state"], "CHECKED_IN", "nothing was written");
        let stale = json!({ "answer": "好", "expectedVersion": 1 });
        officer.mutate("recordReception", said(stale)).await.expect_refusal("STATE_CHANGED");
    }

    async fn a_record_becomes_a_topic_of_the_person_linked_for_those_who_may_know(app) {
        let officer = app.officer(SPRING).await;
        let (resident, booking) = there(&app, &officer).await;
        let record = officer.record(&booking).await.done()["booking"]["record"].clone();
        let raise = |title: &str| json!({ "requestId": new_request(), "recordId": record["id"], "title": title, "text": "多栋楼的电梯常停", "divisionCode": "990101001001" });
        let topic = officer.mutate("raiseReceptionTopic", raise("电梯维保")).await.done()["record"].clone();
        officer.mutate("raiseReceptionTopic", raise("又一次")).await.expect_refusal("RAISED_ALREADY");
        assert_eq!(resident.ok("{ myTopics { nodes { title } } }", json!({})).await["myTopics"]["nodes"][0]["title"], "电梯维保");
        let id = topic["topic"]["id"].clone();
        let topic = officer.topic(&id).await;
        officer.accept(&topic).await;
        let lineage = "query($id: ID!) { lineage(id: $id) { nodes { key kind } edges { from to kind } } }";
        let seen = resident.ok(lineage, json!({ "id": id })).await["lineage"].clone();
        assert_eq!(seen["edges"], json!([{ "from": record["id"], "to": id, "kind": "RAISED_AS" }]));
        assert_eq!(officer.ok(lineage, json!({ "id": record["id"] })).await["lineage"]["edges"], seen["edges"]);
        // The public knows the topic and nothing of where it was said.
        let public = app.resident(1).await.ok(lineage, json!({ "id": id })).await["lineage"].clone();
        assert_eq!((public["nodes"].as_array().unwrap().len(), &public["edges"]), (1, &json!([])));
        assert!(app.resident(1).await.ok(lineage, json!({ "id": record["id"] })).await["lineage"].is_null());
    }

    async fn a_reception_within_duty_time_counts_once_in_the_ledger(app) {
        let (convenor, officer) = (app.member(0).await, app.officer(SPRING).await);
        let studio = app.studio("泉水委员工作室").await;
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
        let on_duty = slots[0]["member"]["name"].as_str().unwrap();
        let phone = app.people.iter().find(|person| person.name == on_duty).unwrap().phone;
        let query = "query($id: ID!) { studioLedger(studioId: $id) { total { visits residents receptions } } }";
        for (day, begins, ends, residents) in [("2026-09-02", "09:00", "10:00", 1), ("2026-09-03", "09:00", "10:00", 2)] {
            app.set_time("2026-09-01", 12, 0);
            let done = officer.publish_reception("泉水委员工作室", day, &[(begins, ends, 5)], json!({})).await.done()["receptionDay"].clone();
            app.execute("DELETE FROM sign_in_codes").await.unwrap();
            let resident = app.resident(0).await;
            let booking = resident.book(&done["slots"][0]["id"]).await.done()["booking"].clone();
            app.set_time(day, 9, 10);
            officer.mark("checkInBooking", &booking).await.done();
            officer.record(&booking).await.done();
            app.set_time(day, 10, 30);
            let ledger = officer.ok(query, json!({ "id": studio })).await["studioLedger"]["total"].clone();
            assert_eq!((&ledger["residents"], &ledger["receptions"]), (&json!(residents), &json!(residents)), "{day}");
        }
        // The member's log of the duty tells of the same people: it counts, and the reception in it does not again.
        app.set_time("2026-09-02", 10, 40);
        let member = app.person(phone).await;
        let code = convenor.display(&studio).await["payload"].clone();
        member.check_in(&studio, &code).await.done();
        member.check_out(&studio, json!({ "residents": 3, "matters": ["路灯"] })).await.done();
        app.set_time("2026-09-04", 9, 0);
        let ledger = officer.ok(query, json!({ "id": studio })).await["studioLedger"]["total"].clone();
        assert_eq!(ledger, json!({ "visits": 1, "residents": 4, "receptions": 2 }));
    }

    async fn what_was_said_is_forgotten_a_year_after_the_reply(app) {
        let officer = app.officer(SPRING).await;
        let (resident, booking) = there(&app, &officer).await;
        officer.record(&booking).await.done();
        for (days, left) in [(364, 1), (366, 0)] {
            app.set_time("2026-09-10", 9, 5);
            app.advance(days * 86_400);
            shangyi::notices::worker::forget(&app.app).await.unwrap();
            assert_eq!(app.count("SELECT count(*) FROM bookings WHERE matter_enc IS NOT NULL").await, left, "{days}");
        }
        drop(resident);
    }

    async fn after_an_erasure_bookings_are_nobodys_and_places_are_free(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let (person, next) = (app.resident(0).await, app.resident(1).await);
        let booking = person.book(&slot).await.done()["booking"].clone();
        let waits = next.wait(&slot).await.done()["booking"].clone();
        let export = person.ok("{ exportMyData }", json!({})).await["exportMyData"].to_string();
        assert!(export.contains("电梯问题"), "{export}");
        person.mutate("eraseMe", json!({ "confirm": true })).await.done();
        assert_eq!(next.booking(&waits).await["state"], "OFFERED");
        let seen = officer.booking(&booking).await;
        assert_eq!((&seen["state"], &seen["name"], &seen["contact"]), (&json!("CANCELLED"), &json!(null), &json!(null)));
        assert_eq!(app.count("SELECT count(*) FROM bookings WHERE matter_enc IS NOT NULL").await, 0);
        app.person(person.phone).await.book(&slot).await.expect_refusal("SLOT_FULL");
    }
}
