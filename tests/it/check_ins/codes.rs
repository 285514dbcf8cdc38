use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, kept_in, new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";
const BRIDGE: &str = "石桥委员工作室";

async fn undo_all(app: &TestApp, member: &Person<'_>, studio: &Value, input: &Value) {
    let undo = json!({ "requestId": new_request(), "studioId": studio, "entryRequestId": input["requestId"], "clock": app.clock() });
    member.mutate("undoCheckIn", undo).await.done();
}

/// Puts the clock to the beginning of a step.
fn to_step(app: &TestApp) {
    let now = app.app.clock.now().0;
    app.app.clock.set(shangyi_entities::Timestamp((now / 30_000_000 + 1) * 30_000_000));
}

on_both_columns! {
    async fn the_step_before_and_after_are_accepted_and_an_older_one_is_refused(app) {
        let studio = app.studio(SPRING).await;
        for (seconds, what, refused) in [
            (0, "payload", None),
            (31, "payload", None),
            (31, "digits", None),
            (61, "payload", Some("CODE_EXPIRED")),
            (61, "digits", Some("CODE_INVALID")),
            (86_400, "payload", Some("CODE_EXPIRED")),
            (86_400, "digits", Some("CODE_INVALID")),
        ] {
            let convenor = app.member(0).await;
            to_step(&app);
            let shown = convenor.display(&studio).await;
            assert!(shown["svg"].as_str().unwrap().contains("<svg"));
            // Signing in takes a minute on this clock; then it is put to the moment in question.
            let moment = app.app.clock.now().plus_seconds(seconds);
            app.advance(seconds);
            let member = app.member(2).await;
            app.app.clock.set(moment);
            let input = member.check_in_input(&studio, &shown[what]);
            let done = member.mutate("checkIn", input.clone()).await;
            match refused {
                Some(code) => {
                    done.expect_refusal(code);
                }
                None => {
                    done.done();
                    undo_all(&app, &member, &studio, &input).await;
                }
            }
            app.advance(3600);
        }
        // What is yet to be shown, from a screen whose clock is ahead.
        app.advance(200_000);
        let (convenor, member) = (app.member(0).await, app.member(2).await);
        let query = "query($id: ID!) { studioDisplay(studioId: $id, hoursAhead: 1) { ahead { from payload } } }";
        to_step(&app);
        let ahead = convenor.ok(query, json!({ "id": studio })).await["studioDisplay"]["ahead"].clone();
        assert_eq!(ahead.as_array().unwrap().len(), 120);
        let input = member.check_in_input(&studio, &ahead[0]["payload"]);
        member.mutate("checkIn", input.clone()).await.done();
        undo_all(&app, &member, &studio, &input).await;
        member.check_in(&studio, &ahead[5]["payload"]).await.expect_refusal("CODE_EXPIRED");
        let early = member.sync("手机", 0, "boot", &[kept_in(&studio, &ahead[100]["payload"], app.clock())]).await;
        assert_eq!(early[0]["code"], "CODE_EXPIRED", "nothing is taken on credit");
    }

    async fn another_studios_code_and_a_renewed_secrets_are_refused(app) {
        let (convenor, other, member) = (app.member(0).await, app.member(1).await, app.member(2).await);
        let (studio, bridge) = (app.studio(SPRING).await, app.studio(BRIDGE).await);
        let theirs = other.display(&bridge).await;
        for what in ["payload", "digits"] {
            member.check_in(&studio, &theirs[what]).await.expect_refusal("CODE_INVALID");
        }
        let before = convenor.display(&studio).await["payload"].clone();
        let clock = app.clock();
        app.advance(31);
        convenor.mutate("rotateStudioSecret", json!({ "requestId": new_request(), "studioId": studio })).await.done();
        member.check_in(&studio, &before).await.expect_refusal("CODE_INVALID");
        // What was scanned before the renewal and uploaded after it is checked with the secret of its time.
        let kept = member.sync("手机", 0, "boot", &[kept_in(&studio, &before, clock)]).await;
        assert_eq!(kept[0]["__typename"], "CheckInPayload", "{kept:?}");
        let third = app.member(4).await;
        let now = convenor.display(&studio).await["payload"].clone();
        third.check_in(&studio, &now).await.done();
        convenor.mutate_error("rotateStudioSecret", json!({ "requestId": new_request(), "studioId": bridge }), "FORBIDDEN").await;
    }

    async fn guessed_digits_are_counted_one_by_one_however_many_come_at_once(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let right = convenor.display(&studio).await;
        let wrong: Vec<Value> = (0..30).map(|n| json!(format!("{:06}", (right["digits"].as_str().unwrap().parse::<u32>().unwrap() + 7 * (n + 1)) % 1_000_000))).collect();
        let answers = join_all(wrong.iter().map(|code| member.check_in(&studio, code))).await;
        let judged = answers.iter().filter(|done| done.0["code"] == "CODE_INVALID").count();
        assert_eq!(judged, 10, "ten are judged, the others are not looked at");
        assert!(answers.iter().all(|done| ["CODE_INVALID", "LIMIT_REACHED"].contains(&done.0["code"].as_str().unwrap())));
        let refused = member.check_in(&studio, &right["digits"]).await.expect_refusal("LIMIT_REACHED");
        assert_eq!(refused["resetsAt"], "2026-09-01T03:00:00+00:00");
        // The studio's own ten are used up as well: nobody's digits are taken there, everybody's scan is.
        let other = app.member(4).await;
        let shown = convenor.display(&studio).await;
        other.check_in(&studio, &shown["digits"]).await.expect_refusal("LIMIT_REACHED");
        other.check_in(&studio, &shown["payload"]).await.done();
        member.check_in(&studio, &convenor.display(&studio).await["payload"]).await.done();
        app.advance(3600);
        let member = app.member(6).await;
        let shown = app.member(0).await.display(&studio).await;
        member.check_in(&studio, &shown["digits"]).await.done();
    }

    async fn a_right_code_costs_no_guess(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let mut members = Vec::new();
        for n in [2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11] {
            members.push(app.member(n).await);
        }
        // More at once than there are guesses, and each of them twice.
        let shown = convenor.display(&studio).await;
        for done in join_all(members.iter().map(|member| member.check_in(&studio, &shown["digits"]))).await {
            done.done();
        }
        for done in join_all(members.iter().map(|member| member.check_in(&studio, &shown["digits"]))).await {
            done.expect_refusal("ALREADY_IN");
        }
        assert_eq!(app.count("SELECT CAST(coalesce(sum(counted), 0) AS BIGINT) FROM code_failures").await, 0);
    }

    async fn two_hundred_guesses_in_one_batch_each_count_and_none_passes(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let right = convenor.display(&studio).await["payload"].clone();
        let text = right.as_str().unwrap();
        let mut entries: Vec<Value> = (0..199)
            .map(|n| {
                let code = if n % 2 == 0 { format!("{:06}", n * 37) } else { format!("{}{:04}", &text[..text.len() - 4], n) };
                kept_in(&studio, &json!(code), app.clock())
            })
            .collect();
        entries.push(kept_in(&studio, &right, app.clock()));
        let results = member.sync("手机", 0, "boot", &entries).await;
        assert!(results[..199].iter().all(|result| result["code"] == "CODE_INVALID"), "a result of an upload does not depend on what came before it");
        assert_eq!(results[199]["__typename"], "CheckInPayload");
        assert_eq!(app.count("SELECT max(counted) FROM code_failures").await, 10);
        member.check_in(&studio, &json!("000000")).await.expect_refusal("LIMIT_REACHED");
    }

    async fn a_photo_of_the_screen_sent_to_a_friend_waits_for_the_convenor(app) {
        let (convenor, friend, studio) = (app.member(0).await, app.member(8).await, app.studio(SPRING).await);
        let photo = convenor.display(&studio).await["payload"].clone();
        let then = app.clock();
        app.advance(3 * 3600);
        let friend_again = app.member(8).await;
        let entry = kept_in(&studio, &photo, then);
        let result = friend_again.sync("手机", 0, "boot", std::slice::from_ref(&entry)).await;
        assert_eq!(result[0]["visit"]["waits"], true, "{result:?}");
        assert_eq!(friend.phone, friend_again.phone);
        let convenor = app.member(0).await;
        let conflicts = convenor.ok("{ checkInConflicts { nodes { id kind entry { what offline } } } }", json!({})).await;
        let conflict = &conflicts["checkInConflicts"]["nodes"][0];
        assert_eq!((conflict["kind"].as_str(), conflict["entry"]["offline"].as_bool()), (Some("OUTSIDE_SLOT"), Some(true)));
        let ledger = convenor.ok("query($id: ID!) { studioLedger(studioId: $id) { total { visits } } }", json!({ "id": studio })).await;
        assert_eq!(ledger["studioLedger"]["total"]["visits"], 0, "it does not count while it waits");
        convenor.mutate("settleConflict", json!({ "requestId": new_request(), "conflictId": conflict["id"], "decision": "KEEP" })).await.done();
        let ledger = convenor.ok("query($id: ID!) { studioLedger(studioId: $id) { total { visits } } }", json!({ "id": studio })).await;
        assert_eq!(ledger["studioLedger"]["total"]["visits"], 1);
        assert_eq!(friend_again.sync("手机", 0, "boot", &[entry]).await[0]["replayed"], true);
    }

    async fn one_code_on_many_devices_of_one_address_is_shown_to_the_convenor_and_refused_to_nobody(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let mut members = Vec::new();
        for n in [2, 4, 6, 8] {
            members.push(app.member(n).await);
        }
        let code = convenor.display(&studio).await["payload"].clone();
        for member in &members {
            member.check_in(&studio, &code).await.done();
        }
        let query = "query($id: ID!) { studio(id: $id) { sharedCodes { shownAt devices members } } }";
        let shared = convenor.ok(query, json!({ "id": studio })).await;
        assert_eq!((shared["studio"]["sharedCodes"][0]["devices"].as_i64(), shared["studio"]["sharedCodes"][0]["members"].as_i64()), (Some(4), Some(4)));
        assert!(members[0].ok(query, json!({ "id": studio })).await["studio"]["sharedCodes"].is_null());
    }

    async fn a_screen_shows_the_code_while_whoever_bound_it_holds_the_appointment(app) {
        let (convenor, affairs, studio) = (app.member(0).await, app.person("13800000003").await, app.studio(SPRING).await);
        let input = json!({ "requestId": new_request(), "studioId": studio, "name": "门口平板" });
        let bound = convenor.mutate("bindStudioDevice", input.clone()).await.done();
        let again = convenor.mutate("bindStudioDevice", input).await.done();
        assert_eq!((again["replayed"].as_bool(), again["deviceToken"].is_null()), (Some(true), true), "the token is told once");
        let query = "query($id: ID!, $token: String!, $hours: Int) { studioDisplay(studioId: $id, deviceToken: $token, hoursAhead: $hours) { payload ahead { payload } } }";
        let ask = |token: &Value, hours: i32| json!({ "id": studio, "token": token, "hours": hours });
        let screen = app.nobody();
        let shown = screen.ok(query, ask(&bound["deviceToken"], 12)).await;
        assert_eq!(shown["studioDisplay"]["ahead"].as_array().unwrap().len(), 1440, "twelve hours of codes");
        app.member(2).await.check_in(&studio, &screen.ok(query, ask(&bound["deviceToken"], 0)).await["studioDisplay"]["payload"]).await.done();
        screen.expect_error(query, ask(&json!("screen_x"), 0), "FORBIDDEN").await;
        screen.expect_error(query, ask(&bound["deviceToken"], 13), "BAD_INPUT").await;
        let mut elsewhere = ask(&bound["deviceToken"], 0);
        elsewhere["id"] = app.studio(BRIDGE).await;
        screen.expect_error(query, elsewhere, "FORBIDDEN").await;
        app.nobody().expect_error("query($id: ID!) { studioDisplay(studioId: $id) { digits } }", json!({ "id": studio }), "UNAUTHENTICATED").await;
        let held = convenor.ok("{ viewer { appointments { id role } } }", json!({})).await;
        let id = held["viewer"]["appointments"].as_array().unwrap().iter().find(|held| held["role"] == "STUDIO_CONVENOR").unwrap()["id"].clone();
        affairs.mutate("endAppointment", json!({ "requestId": new_request(), "appointmentId": id })).await.done();
        screen.expect_error(query, ask(&bound["deviceToken"], 0), "FORBIDDEN").await;
        assert_eq!(app.count("SELECT count(*) FROM studio_devices WHERE unbound_at IS NULL").await, 1, "its token died with the appointment");
        let officer = app.officer("听泉街道联络委").await;
        let bound = officer.mutate("bindStudioDevice", json!({ "requestId": new_request(), "studioId": studio, "name": "平板" })).await.done();
        screen.ok(query, ask(&bound["deviceToken"], 0)).await;
        officer.mutate("unbindStudioDevice", json!({ "deviceId": bound["device"]["id"] })).await;
        screen.expect_error(query, ask(&bound["deviceToken"], 0), "FORBIDDEN").await;
    }
}
