use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";

/// The convenor of the spring studio, a member on duty next Wednesday morning at half past eight, the studio.
async fn morning(app: &TestApp) -> (Person<'_>, Person<'_>, Value) {
    let convenor = app.member(0).await;
    let studio = app.studio(SPRING).await;
    let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-02").await;
    let name = slots[0]["member"]["name"].as_str().unwrap().to_owned();
    app.set_time("2026-09-02", 8, 30);
    let on_duty = app.people.iter().find(|person| person.name == name).unwrap().phone;
    (app.member(0).await, app.person(on_duty).await, studio)
}

on_both_columns! {
    async fn a_member_on_duty_checks_in_and_out_and_the_convenor_confirms_the_log(app) {
        let (officer, member, studio) = morning(&app).await;
        let officer = if officer.account_id().await == member.account_id().await { app.officer("听泉街道联络委").await } else { officer };
        let code = officer.display(&studio).await["payload"].clone();
        let visit = member.check_in(&studio, &code).await.done()["visit"].clone();
        assert_eq!((visit["state"].as_str(), visit["waits"].as_bool(), visit["way"].as_str()), (Some("OPEN"), Some(false), Some("CODE")));
        assert!(!visit["slot"]["id"].is_null(), "{visit}");
        app.advance(600);
        let out = member.check_out(&studio, json!({ "residents": 12, "matters": ["路灯不亮", "停车难"] })).await.done();
        assert_eq!((out["visit"]["state"].as_str(), out["visit"]["log"]["matterCount"].as_i64()), (Some("ENDED"), Some(2)));
        let waiting = officer.ok("{ logsToConfirm { nodes { id log { id residents matters } } } }", json!({})).await;
        assert_eq!(waiting["logsToConfirm"]["nodes"][0]["log"]["matters"], json!(["路灯不亮", "停车难"]));
        let log = &waiting["logsToConfirm"]["nodes"][0]["log"]["id"];
        let other = json!({ "requestId": new_request(), "visitId": visit["id"], "logId": "entry_00000000000000000000000000000000" });
        officer.mutate("confirmStudioLog", other).await.expect_refusal("STATE_CHANGED");
        let confirm = json!({ "requestId": new_request(), "visitId": visit["id"], "logId": log });
        assert!(!officer.mutate("confirmStudioLog", confirm.clone()).await.done()["visit"]["log"]["confirmedAt"].is_null());
        assert_eq!(officer.mutate("confirmStudioLog", confirm).await.done()["replayed"], true);
        officer.mutate("confirmStudioLog", json!({ "requestId": new_request(), "visitId": visit["id"], "logId": log })).await.expect_refusal("STATE_CHANGED");
        let duty = member.ok("{ myDuty(from: \"2026-09-01\", until: \"2026-09-10\") { kept state mine } }", json!({})).await;
        assert_eq!(duty["myDuty"][0]["kept"], true);
    }

    async fn a_check_in_whose_answer_was_lost_is_answered_again_after_its_code_is_over(app) {
        let (convenor, _, studio) = morning(&app).await;
        let member = app.member(2).await;
        let code = convenor.display(&studio).await["payload"].clone();
        let input = member.check_in_input(&studio, &code);
        let first = member.mutate("checkIn", input.clone()).await.done();
        app.advance(300);
        let again = member.mutate("checkIn", input.clone()).await.done();
        assert_eq!((first["visit"]["id"].clone(), again["replayed"].as_bool()), (again["visit"]["id"].clone(), Some(true)));
        let mut other = input;
        other["by"]["code"] = json!("123456");
        member.mutate_error("checkIn", other, "REPLAY_MISMATCH").await;
        assert_eq!(app.count("SELECT count(*) FROM check_in_facts").await, 1);
    }

    async fn who_is_in_checks_out_before_they_check_in_again(app) {
        let (convenor, _, studio) = morning(&app).await;
        let (member, officer) = (app.member(2).await, app.officer("石桥街道联络委").await);
        let code = convenor.display(&studio).await["payload"].clone();
        member.check_out(&studio, json!(null)).await.expect_refusal("NOT_IN");
        member.check_in(&studio, &code).await.done();
        app.advance(20);
        let code = convenor.display(&studio).await["payload"].clone();
        let refused = member.check_in(&studio, &code).await.expect_refusal("ALREADY_IN");
        assert_eq!(refused["where"], studio);
        let bridge = app.studio("石桥委员工作室").await;
        let there = officer.display(&bridge).await["payload"].clone();
        assert_eq!(member.check_in(&bridge, &there).await.expect_refusal("ALREADY_IN")["where"], studio);
        assert_eq!(app.count("SELECT count(*) FROM check_in_facts").await, 1, "what was refused is not stored");
        member.check_out(&studio, json!(null)).await.done();
        member.check_out(&studio, json!(null)).await.expect_refusal("NOT_IN");
        let there = officer.display(&bridge).await["payload"].clone();
        member.check_in(&bridge, &there).await.done();
    }

    async fn a_check_in_is_taken_back_and_its_history_stays(app) {
        let (convenor, _, studio) = morning(&app).await;
        let member = app.member(2).await;
        let code = convenor.display(&studio).await["payload"].clone();
        let input = member.check_in_input(&studio, &code);
        member.mutate("checkIn", input.clone()).await.done();
        let undo = json!({ "requestId": new_request(), "studioId": studio, "entryRequestId": input["requestId"], "clock": app.clock() });
        assert!(member.mutate("undoCheckIn", undo.clone()).await.done()["visit"].is_null());
        assert_eq!(member.mutate("undoCheckIn", undo).await.done()["replayed"], true);
        assert_eq!(member.visits().await.len(), 0);
        assert_eq!(app.count("SELECT count(*) FROM check_in_facts").await, 2);
        let unknown = json!({ "requestId": new_request(), "studioId": studio, "entryRequestId": new_request(), "clock": app.clock() });
        member.mutate("undoCheckIn", unknown).await.expect_refusal("NOT_IN");
    }

    async fn a_staff_entry_counts_the_same_is_told_and_may_be_objected_to(app) {
        let (convenor, _, studio) = morning(&app).await;
        let (member, officer) = (app.member(2).await, app.officer("听泉街道联络委").await);
        let id = member.member_id().await;
        let visit = convenor.enter_for(&studio, &id).await.done()["visit"].clone();
        assert_eq!((visit["way"].as_str(), visit["waits"].as_bool()), (Some("STAFF"), Some(false)));
        convenor.enter_for(&studio, &convenor.member_id().await).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        app.member(4).await.mutate_error("checkIn", json!({ "requestId": new_request(), "studioId": studio, "clock": app.clock(),
            "by": { "staffEntry": { "memberId": id, "reason": "试试" } } }), "FORBIDDEN").await;
        app.deliver().await;
        assert_eq!(member.notices().await, ["STAFF_ENTRY_MADE"]);
        let object = json!({ "requestId": new_request(), "visitId": visit["id"], "reason": "我没有来" });
        assert_eq!(member.mutate("objectToCheckIn", object).await.done()["visit"]["waits"], true);
        let open = "{ checkInConflicts { nodes { id kind objection due { provisional overdue } } } }";
        let conflict = officer.ok(open, json!({})).await["checkInConflicts"]["nodes"][0].clone();
        assert_eq!((conflict["kind"].as_str(), conflict["due"]["overdue"].as_bool()), (Some("OBJECTION"), Some(false)));
        assert_eq!(conflict["objection"], "我没有来");
        let settle = |decision: &str| json!({ "requestId": new_request(), "conflictId": conflict["id"], "decision": decision });
        convenor.mutate("settleConflict", settle("KEEP")).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        member.mutate_error("settleConflict", settle("VOID"), "FORBIDDEN").await;
        assert_eq!(officer.mutate("settleConflict", settle("VOID")).await.done()["conflict"]["decision"], "VOID");
        officer.mutate("settleConflict", settle("KEEP")).await.expect_refusal("STATE_CHANGED");
        assert_eq!(member.visits().await.len(), 0, "a void visit is no visit");
        app.deliver().await;
        assert_eq!(member.notices().await, ["CHECK_IN_SETTLED", "STAFF_ENTRY_MADE"]);
        assert_eq!(officer.ok(open, json!({})).await["checkInConflicts"]["nodes"], json!([]));
    }

    async fn a_late_entry_is_decided_by_another_and_counts_like_any_other(app) {
        let (convenor, _, studio) = morning(&app).await;
        let member = app.member(2).await;
        let ask = |from: &str, until: &str| json!({ "requestId": new_request(), "studioId": studio, "from": from, "until": until, "reason": "忘了带手机",
            "log": { "residents": 3, "matters": ["公交改线"] } });
        let input = ask("2026-09-01T01:00:00Z", "2026-09-01T03:00:00Z");
        let late = member.mutate("requestLateEntry", input.clone()).await.done()["lateEntry"].clone();
        assert_eq!(member.mutate("requestLateEntry", input).await.done()["replayed"], true);
        assert_eq!((late["due"]["at"].as_str(), late["reason"].as_str()), (Some("2026-09-07T16:00:00+00:00"), Some("忘了带手机")), "three working days after Wednesday");
        for (from, until) in [("2026-09-01T03:00:00Z", "2026-09-01T01:00:00Z"), ("2026-09-01T03:00:00Z", "2026-09-01T17:00:00Z"), ("2026-09-02T00:00:00Z", "2026-09-02T09:00:00Z")] {
            member.mutate_error("requestLateEntry", ask(from, until), "BAD_INPUT").await;
        }
        member.mutate("requestLateEntry", ask("2026-08-01T01:00:00Z", "2026-08-01T03:00:00Z")).await.expect_refusal("TOO_OLD");
        app.deliver().await;
        assert_eq!(convenor.notices().await[0], "LATE_ENTRY_ASKED");
        let list = convenor.ok("{ lateEntriesToApprove { nodes { id member { name } log { residents } } } }", json!({})).await;
        assert_eq!(list["lateEntriesToApprove"]["nodes"][0]["id"], late["id"]);
        let word = |decision: &str| json!({ "requestId": new_request(), "lateEntryId": late["id"], "decision": decision });
        assert_eq!(convenor.mutate("approveLateEntry", word("APPROVED")).await.done()["lateEntry"]["decision"], "APPROVED");
        convenor.mutate("approveLateEntry", word("DECLINED")).await.expect_refusal("STATE_CHANGED");
        let visits = member.visits().await;
        assert_eq!((visits.len(), visits[0]["way"].as_str(), visits[0]["log"]["residents"].as_i64()), (1, Some("LATE_ENTRY"), Some(3)));
        app.deliver().await;
        assert_eq!(member.notices().await, ["LATE_ENTRY_DECIDED"]);
    }

    async fn what_a_member_says_of_their_visit_goes_before_what_staff_say(app) {
        let (convenor, _, studio) = morning(&app).await;
        let member = app.member(2).await;
        let code = convenor.display(&studio).await["payload"].clone();
        member.check_in(&studio, &code).await.done();
        app.advance(60);
        let out = member.check_out(&studio, json!({ "residents": 2, "matters": ["自己听到的"] })).await.done()["visit"].clone();
        let staff = json!({ "requestId": new_request(), "studioId": studio, "memberId": member.member_id().await, "clock": app.clock(), "log": { "residents": 300, "matters": [] } });
        convenor.mutate("checkOut", staff).await.expect_refusal("NOT_IN");
        member.check_out(&studio, json!({ "residents": 9, "matters": [] })).await.expect_refusal("NOT_IN");
        let later = json!({ "requestId": new_request(), "studioId": studio, "visitId": out["id"], "clock": app.clock(), "log": { "residents": 3, "matters": [] } });
        assert_eq!(member.mutate("checkOut", later).await.done()["visit"]["log"]["residents"], 3);
    }

    async fn of_two_check_ins_at_once_one_is_told_that_the_other_was_faster(app) {
        let (convenor, other, studio) = (app.member(0).await, app.member(1).await, app.studio(SPRING).await);
        let (bridge, member) = (app.studio("石桥委员工作室").await, app.member(8).await);
        for round in 0..6 {
            let (here, there) = (convenor.display(&studio).await["payload"].clone(), other.display(&bridge).await["payload"].clone());
            let second = if round % 2 == 0 { member.check_in_input(&bridge, &there) } else { member.check_in_input(&studio, &here) };
            let first = member.check_in_input(&studio, &here);
            let (a, b) = tokio::join!(member.mutate("checkIn", first), member.mutate("checkIn", second));
            let refused = [&a, &b].into_iter().filter(|done| done.0["code"] == "ALREADY_IN").count();
            assert_eq!(refused, 1, "{a:?} {b:?}");
            let at = if a.0["code"].is_null() || round % 2 == 1 { &studio } else { &bridge };
            app.advance(5);
            member.check_out(at, json!(null)).await.done();
        }
        assert_eq!(app.count("SELECT count(*) FROM check_in_conflicts").await, 0);
    }

    async fn a_check_in_takes_one_round_trip_to_the_live_store(app) {
        let (convenor, _, studio) = morning(&app).await;
        let member = app.member(2).await;
        let shown = convenor.display(&studio).await;
        for (code, wrong) in [(&shown["digits"], false), (&json!("SY1.x"), true)] {
            let before = app.live_calls.load(std::sync::atomic::Ordering::SeqCst);
            let done = member.check_in(&studio, code).await;
            if wrong { done.expect_refusal("CODE_INVALID"); } else { done.done(); }
            assert_eq!(app.live_calls.load(std::sync::atomic::Ordering::SeqCst) - before, 1);
        }
    }

    async fn where_a_phone_was_answers_the_fence_and_is_kept_nowhere(app) {
        let (convenor, _, studio) = morning(&app).await;
        for (n, position, expected) in [
            (2, json!({ "latitude": 29.551, "longitude": 106.562, "datum": "GCJ02", "accuracyMetres": 20.0 }), json!("INSIDE")),
            (4, json!({ "latitude": 29.651, "longitude": 106.562, "datum": "GCJ02" }), json!("OUTSIDE")),
            (6, json!({ "latitude": 29.5537319, "longitude": 106.558271, "accuracyMetres": 3000.0 }), json!("UNKNOWN")),
            (8, json!(null), json!(null)),
        ] {
            let member = app.member(n).await;
            let code = convenor.display(&studio).await["payload"].clone();
            let mut input = member.check_in_input(&studio, &code);
            input["position"] = position;
            assert_eq!(member.mutate("checkIn", input).await.done()["visit"]["insideFence"], expected);
        }
        let member = app.member(10).await;
        let mut input = member.check_in_input(&studio, &json!("000000"));
        input["position"] = json!({ "latitude": 91.0, "longitude": 0.0 });
        member.mutate("checkIn", input).await.expect_refusal("CODE_INVALID");
    }
}
