//! Planning, publishing, who may know of what; leaders who receive members.
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const HALL: &str = "听泉街道协商议事厅";

async fn rule(officer: &Person<'_>, more: Value) -> Value {
    let mut rule = json!({ "venueId": officer.venue(HALL).await, "kind": "MEMBERS_RECEIVE_RESIDENTS", "repeat": { "weeksOfMonth": { "weeks": [2, 4], "weekday": "THURSDAY" } },
        "begins": "09:00", "ends": "11:10", "slotMinutes": 30, "capacity": 4 });
    for (key, value) in more.as_object().into_iter().flatten() {
        rule[key] = value.clone();
    }
    rule
}

async fn plan(officer: &Person<'_>, rule: &Value, from: &str, until: &str) -> Value {
    let query =
        "query($rule: ReceptionRuleInput!, $from: NaiveDate!, $until: NaiveDate!) { planReceptionDays(rule: $rule, from: $from, until: $until) {
        fingerprint days { day slots taken dutyTime vacant shiftedFrom members { id name } } } }";
    officer.ok(query, json!({ "rule": rule, "from": from, "until": until })).await["planReceptionDays"].clone()
}

fn days(plan: &Value) -> Vec<String> {
    let members = |day: &Value| {
        day["members"].as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("、")
    };
    plan["days"].as_array().unwrap().iter().map(|day| format!("{} {} {}", day["day"].as_str().unwrap(), day["slots"], members(day))).collect()
}

async fn state_of(app: &TestApp, day: &Value) -> Value {
    app.officer(SPRING).await.reception(day).await["state"].clone()
}

on_both_columns! {
    async fn a_plan_is_the_same_twice_and_kept_as_it_was_shown(app) {
        let officer = app.officer(SPRING).await;
        let rule = rule(&officer, json!({ "membersPerDay": 2 })).await;
        let shown = plan(&officer, &rule, "2026-09-01", "2026-11-30").await;
        assert_eq!(shown, plan(&officer, &rule, "2026-09-01", "2026-11-30").await);
        // Everyone of the street's liaison committee in turn; what does not fill half an hour is left out.
        assert_eq!(days(&shown), [
            "2026-09-10 4 白常委、高委员", "2026-09-24 4 黄委员、康委员", "2026-10-08 4 马委员、欧委员", "2026-10-22 4 白常委、高委员", "2026-11-12 4 黄委员、康委员", "2026-11-26 4 马委员、欧委员",
        ]);
        let save = |fingerprint: &Value| json!({ "requestId": new_request(), "rule": rule, "from": "2026-09-01", "until": "2026-11-30", "fingerprint": fingerprint });
        officer.mutate("saveReceptionPlan", save(&json!("00"))).await.expect_refusal("PLAN_CHANGED");
        let kept = save(&shown["fingerprint"]);
        let saved = officer.mutate("saveReceptionPlan", kept.clone()).await.done()["receptionDays"].clone();
        assert_eq!(saved.as_array().unwrap().len(), 6);
        assert_eq!(officer.mutate("saveReceptionPlan", kept).await.done()["replayed"], true);
        assert_eq!(days(&plan(&officer, &rule, "2026-09-01", "2026-11-30").await).len(), 6);
        let taken = plan(&officer, &rule, "2026-09-01", "2026-11-30").await;
        assert!(taken["days"].as_array().unwrap().iter().all(|day| day["taken"] == true));
        let fingerprint = taken["fingerprint"].clone();
        officer.mutate("saveReceptionPlan", save(&fingerprint)).await.expect_refusal("NOTHING_TO_PUBLISH");
        // Planned days are known to the desk and to those who are asked, and to nobody else.
        let first = &saved[0];
        assert!(app.nobody().reception(first).await.is_null() && app.member(4).await.reception(first).await.is_null());
        assert_eq!(app.member(2).await.reception(first).await["state"], "PLANNED");
        app.resident(0).await.mutate_error("bookSlot", json!({ "requestId": new_request(), "slotId": first["slots"][0]["id"], "category": "OTHER" }), "NOT_FOUND").await;
        let publish = json!({ "requestId": new_request(), "dayId": first["id"], "expectedVersion": 1 });
        assert_eq!(officer.mutate("publishReceptionDay", publish).await.done()["receptionDay"]["state"], "PUBLISHED");
        officer.mutate("publishReceptionDay", json!({ "requestId": new_request(), "dayId": first["id"], "expectedVersion": 1 })).await.expect_refusal("STATE_CHANGED");
        app.resident(0).await.book(&first["slots"][0]["id"]).await.done();
    }

    async fn who_has_received_least_is_asked_first_and_leave_is_respected(app) {
        let (officer, away) = (app.officer(SPRING).await, app.member(2).await);
        away.mutate_plain("declareDutyLeave", json!({ "requestId": new_request(), "from": "2026-10-20", "until": "2026-10-25" })).await;
        let first = app.member(0).await.member_id().await;
        officer.publish_reception(HALL, "2026-09-03", &[("09:00", "10:00", 1)], json!({ "memberIds": [first] })).await.done();
        let rule = rule(&officer, json!({})).await;
        let shown = plan(&officer, &rule, "2026-09-04", "2026-10-31").await;
        assert_eq!(days(&shown), ["2026-09-10 4 高委员", "2026-09-24 4 黄委员", "2026-10-08 4 康委员", "2026-10-22 4 马委员"]);
    }

    async fn reception_days_are_public_by_division_and_time(app) {
        let officer = app.officer(SPRING).await;
        for day in ["2026-09-10", "2026-09-11", "2026-09-30"] {
            officer.one_slot(day, "09:00", "10:00", 1).await;
        }
        let list = |division: &'static str, more: &'static str| format!("{{ receptionDays(divisionCode: \"{division}\" {more}) {{ nodes {{ day venue {{ name address }} slots {{ capacity taken waiting over }} }} pageInfo {{ hasNextPage endCursor }} }} }}");
        let nobody = app.nobody();
        let count = async |division: &'static str, more: &'static str| nobody.ok(&list(division, more), json!({})).await["receptionDays"]["nodes"].as_array().unwrap().len();
        assert_eq!((count("990101001", "").await, count("990101", "").await, count("990101002", "").await), (3, 3, 0));
        assert_eq!((count("990101001", ", from: \"2026-09-11\", until: \"2026-09-11\"").await, count("990101001", ", until: \"2026-09-10\"").await), (1, 1));
        let page = nobody.ok(&list("990101001", ", first: 2"), json!({})).await["receptionDays"].clone();
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        let rest = nobody.ok("query($after: String) { receptionDays(divisionCode: \"990101001\", first: 2, after: $after) { nodes { day } } }", json!({ "after": page["pageInfo"]["endCursor"] })).await;
        assert_eq!(rest["receptionDays"]["nodes"][0]["day"], "2026-09-30");
        nobody.expect_error(&list("990101001", ", from: \"2026-09-01\", until: \"2027-09-01\""), json!({}), "BAD_INPUT").await;
    }

    async fn leaders_receive_members_and_residents_know_nothing_of_it(app) {
        let general = app.person("13800000002").await;
        let (leader, member, resident) = (app.member(0).await, app.member(4).await, app.resident(0).await);
        let no_leader = member.member_id().await;
        let slots = [("09:00", "10:00", 1)];
        let more = |id: &Value| json!({ "kind": "LEADERS_RECEIVE_MEMBERS", "memberIds": [id] });
        general.publish_reception(HALL, "2026-09-10", &slots, more(&no_leader)).await.expect_refusal("NOT_A_MEMBER_HERE");
        let day = general.publish_reception(HALL, "2026-09-10", &slots, more(&leader.member_id().await)).await.done()["receptionDay"].clone();
        let slot = &day["slots"][0]["id"];
        assert!(resident.reception(&day).await.is_null() && app.person("13800000013").await.reception(&day).await.is_null());
        resident.mutate_error("bookSlot", json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER" }), "NOT_FOUND").await;
        app.officer(SPRING).await.mutate_error("bookSlot", json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER" }), "FORBIDDEN").await;
        let booking = member.book(slot).await.done()["booking"].clone();
        assert!(leader.booking(&booking).await.is_null(), "who is only asked reads nothing yet");
        leader.answers_duty(&day, true).await.done();
        assert_eq!(leader.booking(&booking).await["matter"], "电梯问题");
    }

    async fn staff_enter_members_for_leaders_days_by_their_phone_and_nobody_else(app) {
        let (general, leader) = (app.person("13800000002").await, app.member(0).await);
        let more = json!({ "kind": "LEADERS_RECEIVE_MEMBERS", "memberIds": [leader.member_id().await] });
        let day = general.publish_reception(HALL, "2026-09-10", &[("09:00", "10:00", 2)], more).await.done()["receptionDay"].clone();
        let caller = |phone: &str| json!({ "requestId": new_request(), "slotId": day["slots"][0]["id"], "category": "OTHER",
            "onBehalfOf": { "name": "来电", "contact": phone, "channel": "PHONE" } });
        let phone = app.phone_of("MEMBER", 4).to_owned();
        assert_eq!(general.mutate("bookForCaller", caller(&phone)).await.done()["booking"]["state"], "BOOKED");
        general.mutate_error("bookForCaller", caller("13600000009"), "FORBIDDEN").await;
    }

    async fn a_day_is_held_by_the_clock_and_recorded_when_nothing_is_left_unmarked(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 2).await;
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        let (came, not) = (first.book(&slot).await.done()["booking"].clone(), second.book(&slot).await.done()["booking"].clone());
        assert_eq!(state_of(&app, &day).await, "PUBLISHED");
        app.set_time("2026-09-10", 9, 30);
        officer.mark("checkInBooking", &came).await.done();
        app.set_time("2026-09-10", 10, 0);
        let held = officer.reception(&day).await;
        assert_eq!((&held["state"], &held["unmarked"]), (&json!("HELD"), &json!(2)));
        app.set_time("2026-09-11", 9, 0);
        let week = officer.ok("{ officeWeek(divisionCode: \"990101001\", from: \"2026-09-07\") { receptionDays { id state } unmarkedBookings { id state name } } }", json!({})).await["officeWeek"].clone();
        assert_eq!((week["receptionDays"].as_array().unwrap().len(), week["unmarkedBookings"].as_array().unwrap().len()), (1, 2));
        officer.record(&came).await.done();
        officer.mark("markNoShow", &not).await.done();
        assert_eq!(state_of(&app, &day).await, "RECORDED");
        assert!(officer.reception(&day).await["bookings"]["nodes"].as_array().unwrap().len() == 2);
        officer.change_reception("cancelReceptionDay", &day, json!({ "reason": "太晚了" })).await.expect_refusal("DAY_CLOSED");
    }

    async fn the_second_of_two_who_change_a_day_is_told(app) {
        let (officer, general) = (app.officer(SPRING).await, app.person("13800000002").await);
        let (day, _) = officer.one_slot("2026-09-10", "09:00", "10:00", 2).await;
        let change = |theme: &str| json!({ "requestId": new_request(), "dayId": day["id"], "expectedVersion": 1, "theme": theme });
        let (one, other) = tokio::join!(officer.mutate("changeReceptionDay", change("甲")), general.mutate("changeReceptionDay", change("乙")));
        let refused: Vec<&Value> = [&one.0, &other.0].into_iter().filter(|done| done["code"] == "STATE_CHANGED").collect();
        assert_eq!(refused.len(), 1, "{one:?} {other:?}");
        assert_eq!(refused[0]["version"], 2);
        app.member(4).await.mutate_error("changeReceptionDay", change("丙"), "FORBIDDEN").await;
        app.officer("石桥街道联络委").await.mutate_error("changeReceptionDay", change("丁"), "FORBIDDEN").await;
    }
}
