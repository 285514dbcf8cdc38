//! The cases that systems in the field get wrong, each by name.
use serde_json::{Value, json};
use shangyi_tests::{TestApp, new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";

async fn late(app: &TestApp, n: usize, studio: &Value) -> Value {
    let input =
        json!({ "requestId": new_request(), "studioId": studio, "from": "2026-09-01T00:00:00Z", "until": "2026-09-01T01:00:00Z", "reason": "忘了" });
    app.member(n).await.mutate("requestLateEntry", input).await.done()["lateEntry"]["id"].clone()
}

on_both_columns! {
    async fn a_member_whose_term_ended_yesterday_cannot_check_in_but_what_they_kept_before_counts(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let before = app.clock();
        let shown = convenor.display(&studio).await["payload"].clone();
        let account = member.account_id().await.replace("account_", "");
        let literal = match app.column { shangyi_tests::Column::Embedded => format!("x'{account}'"), shangyi_tests::Column::Served => format!("'{account}'::uuid") };
        app.set_time("2026-09-02", 0, 0);
        let midnight = app.app.clock.now().0;
        app.execute(&format!("UPDATE members SET until_at = {midnight} WHERE account_id = {literal}")).await.unwrap();
        app.set_time("2026-09-02", 10, 0);
        let (convenor, member) = (app.member(0).await, app.member(2).await);
        let code = convenor.display(&studio).await["payload"].clone();
        member.check_in(&studio, &code).await.expect_refusal("TERM_ENDED");
        let kept = member.sync("手机", 0, "boot", &[shangyi_tests::kept_in(&studio, &shown, before), shangyi_tests::kept_in(&studio, &code, app.clock())]).await;
        assert_eq!((kept[0]["__typename"].as_str(), kept[1]["code"].as_str()), (Some("CheckInPayload"), Some("TERM_ENDED")));
    }

    async fn a_slot_on_the_first_of_october_moves_to_the_first_working_day(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "THURSDAY", "2026-10-01", "2026-10-01").await;
        assert_eq!((slots.len(), slots[0]["from"].as_str()), (1, Some("2026-10-08T01:00:00+00:00")));
        let public = app.nobody().ok("query($id: ID!) { publicRoster(studioId: $id, from: \"2026-10-01\", until: \"2026-10-31\") { from members { name sectors } } }", json!({ "id": studio })).await;
        assert_eq!(public["publicRoster"][0]["members"][0]["sectors"].as_array().unwrap().len(), 1);
    }

    async fn a_make_up_saturday_has_duty_and_an_ordinary_one_has_not(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "SATURDAY", "2026-10-05", "2026-10-11").await;
        assert_eq!(slots[0]["from"], "2026-10-10T01:00:00+00:00");
        let days = app.nobody().ok("{ calendarDays(from: \"2026-10-09\", until: \"2026-10-11\") { day working festival provisional } }", json!({})).await;
        assert_eq!(days["calendarDays"][1], json!({ "day": "2026-10-10", "working": true, "festival": "国庆节", "provisional": false }));
        assert_eq!(days["calendarDays"][2]["working"], false);
    }

    async fn a_studio_closed_this_morning_lets_whoever_is_inside_check_out(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-09").await;
        assert_eq!(slots.len(), 2);
        let (member, other, officer) = (app.member(2).await, app.member(4).await, app.officer("听泉街道联络委").await);
        let (code, kept_at) = (convenor.display(&studio).await["payload"].clone(), app.clock());
        member.check_in(&studio, &code).await.done();
        app.advance(60);
        let late_code = convenor.display(&studio).await["payload"].clone();
        let close = json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": 1 });
        assert!(!officer.mutate("closeStudio", close.clone()).await.done()["studio"]["closedAt"].is_null());
        assert_eq!(officer.mutate("closeStudio", close).await.done()["replayed"], true);
        other.check_in(&studio, &late_code).await.expect_refusal("STUDIO_CLOSED");
        let kept = other.sync("手机", 0, "boot", &[shangyi_tests::kept_in(&studio, &code, kept_at)]).await;
        assert_eq!(kept[0]["__typename"], "CheckInPayload", "made before it closed");
        assert_eq!(member.check_out(&studio, json!(null)).await.done()["visit"]["state"], "ENDED");
        convenor.expect_error("query($id: ID!) { studioDisplay(studioId: $id) { digits } }", json!({ "id": studio }), "FORBIDDEN").await;
        assert_eq!(app.count("SELECT count(*) FROM duty_slots WHERE state = 'HANDED_BACK'").await, 2);
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL").await, 0, "everybody has their time back");
        app.deliver().await;
        assert_eq!(app.count("SELECT count(*) FROM notices WHERE kind = 'DUTY_SLOT_HANDED_BACK'").await, 2);
    }

    async fn a_convenors_own_late_entry_is_approved_by_an_officer(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let id = late(&app, 0, &studio).await;
        let word = || json!({ "requestId": new_request(), "lateEntryId": id, "decision": "APPROVED" });
        convenor.mutate("approveLateEntry", word()).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        assert_eq!(convenor.ok("{ lateEntriesToApprove { nodes { id } } }", json!({})).await["lateEntriesToApprove"]["nodes"], json!([]));
        app.officer("石桥街道联络委").await.mutate_error("approveLateEntry", word(), "NOT_FOUND").await;
        app.officer("听泉街道联络委").await.mutate("approveLateEntry", word()).await.done();
        assert_eq!(convenor.visits().await.len(), 1);
        app.deliver().await;
        assert!(app.officer("听泉街道联络委").await.notices().await.contains(&"LATE_ENTRY_ASKED".to_owned()), "the officer is told, since the convenor cannot decide");
    }

    async fn the_database_lets_nobody_enter_or_approve_for_themself(app) {
        let studio = app.studio(SPRING).await;
        late(&app, 0, &studio).await;
        let (member, officer) = (app.member(2).await, app.officer("听泉街道联络委").await);
        let entered = officer.enter_for(&studio, &member.member_id().await).await.done()["visit"]["id"].as_str().unwrap().replace("visit_", "");
        let fact = match app.column { shangyi_tests::Column::Embedded => format!("x'{entered}'"), shangyi_tests::Column::Served => format!("'{entered}'::uuid") };
        let own = "SELECT id, account_id, member_id, venue_id, what, 'STAFF', at, recorded_at, account_id, venue_id, 0, input_hash, offline, unsure";
        for (rule, sql) in [
            ("decided_by_another", "UPDATE late_entries SET decision = 'APPROVED', decided_at = 1, decided_by = account_id".to_owned()),
            ("needs_another_person", format!("INSERT INTO check_in_facts (id, account_id, member_id, venue_id, what, how, at, recorded_at, entered_by, request_id, part,
                input_hash, offline, unsure) {} FROM check_in_facts WHERE id = {fact}", own.replacen("SELECT id", "SELECT member_id", 1))),
            ("settled_by_another", format!("INSERT INTO check_in_settlements (conflict_id, account_id, day_begins, decision, at, decided_by) SELECT id, account_id, 1, 'KEEP', 1, account_id FROM check_in_facts WHERE id = {fact}")),
            ("confirmed_by_another", format!("INSERT INTO log_confirmations (fact_id, account_id, at, confirmed_by) SELECT id, account_id, 1, account_id FROM check_in_facts WHERE id = {fact}")),
            ("append_only", format!("UPDATE check_in_facts SET at = 1 WHERE id = {fact}")),
            ("append_only", format!("DELETE FROM check_in_facts WHERE id = {fact}")),
        ] {
            let error = app.execute(&sql).await.unwrap_err().to_string();
            assert!(error.contains(rule), "{rule}: {error}");
        }
    }

    async fn a_visit_nobody_ended_ends_by_itself_and_its_log_is_asked_for_once(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        let visit = member.check_in(&studio, &code).await.done()["visit"].clone();
        app.deliver().await;
        app.advance(4 * 3600 + 60);
        app.deliver().await;
        app.deliver().await;
        let member = app.member(2).await;
        assert_eq!(member.notices().await, ["STUDIO_LOG_ASKED"]);
        let seen = member.visits().await;
        assert_eq!((seen[0]["state"].as_str(), seen[0]["outAt"] == visit["endsBy"]), (Some("ENDED_BY_ITSELF"), true), "{seen:?}");
        let input = json!({ "requestId": new_request(), "studioId": studio, "visitId": visit["id"], "clock": app.clock(), "log": { "residents": 4, "matters": [] } });
        let later = member.mutate("checkOut", input.clone()).await.done();
        assert_eq!((later["visit"]["id"] == visit["id"], later["visit"]["log"]["residents"].as_i64()), (true, Some(4)));
        assert_eq!(member.mutate("checkOut", input).await.done()["replayed"], true);
    }

    async fn who_has_no_seat_in_this_committee_is_no_member_here(app) {
        let (convenor, resident, studio) = (app.member(0).await, app.resident(0).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        resident.check_in(&studio, &code).await.expect_refusal("NOT_A_MEMBER_HERE");
        let nowhere = json!("venue_00000000000000000000000000000000");
        app.member(2).await.check_in(&nowhere, &code).await.expect_refusal("UNKNOWN_STUDIO");
        app.nobody().mutate_error("checkIn", resident.check_in_input(&studio, &code), "UNAUTHENTICATED").await;
    }
}
