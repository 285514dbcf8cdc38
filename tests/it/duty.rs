use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";
const PLAN: &str = "query($id: ID!, $rule: RosterRuleInput!, $from: NaiveDate!, $until: NaiveDate!) {
    planRoster(studioId: $id, rule: $rule, from: $from, until: $until) { fingerprint turns { from until shiftedFrom provisional taken vacant members { id name } } } }";

fn rule(more: Value) -> Value {
    let mut rule = json!({ "repeat": { "weekdays": ["TUESDAY"] }, "begins": "09:00", "ends": "11:00" });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

async fn plan(person: &Person<'_>, studio: &Value, rule: &Value, from: &str, until: &str) -> Value {
    person.ok(PLAN, json!({ "id": studio, "rule": rule, "from": from, "until": until })).await["planRoster"].clone()
}

/// Whoever of the demo has that name.
async fn named<'a>(app: &'a TestApp, slot: &Value) -> Person<'a> {
    let name = slot["member"]["name"].as_str().unwrap();
    app.person(app.people.iter().find(|person| person.name == name).unwrap().phone).await
}

/// A member of the spring studio other than these.
async fn somebody_else<'a>(app: &'a TestApp, not: &[&str]) -> Person<'a> {
    let place = [0, 2, 4, 6].into_iter().find(|n| !not.contains(&app.phone_of("MEMBER", *n))).unwrap();
    app.member(place).await
}

on_both_columns! {
    async fn a_plan_asked_twice_is_the_same_and_is_published_as_it_was_seen(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let rule = rule(json!({ "membersPerSlot": 2 }));
        let first = plan(&convenor, &studio, &rule, "2026-09-08", "2026-10-06").await;
        assert_eq!(first, plan(&convenor, &studio, &rule, "2026-09-08", "2026-10-06").await);
        assert_eq!(first["turns"].as_array().unwrap().len(), 5, "four Tuesdays, and the one of the holiday on the first working day");
        assert_eq!(first["turns"][4]["shiftedFrom"], "2026-10-06");
        let input = json!({ "requestId": new_request(), "studioId": studio, "rule": rule, "from": "2026-09-08", "until": "2026-10-06", "fingerprint": first["fingerprint"] });
        let mut other = input.clone();
        other["fingerprint"] = json!("other");
        convenor.mutate("publishRoster", other).await.expect_refusal("STATE_CHANGED");
        let slots = convenor.mutate("publishRoster", input.clone()).await.done()["slots"].clone();
        assert_eq!(slots.as_array().unwrap().len(), 10);
        let planned: Vec<&Value> = first["turns"].as_array().unwrap().iter().flat_map(|turn| turn["members"].as_array().unwrap()).map(|member| &member["id"]).collect();
        let mut published: Vec<&Value> = slots.as_array().unwrap().iter().map(|slot| &slot["member"]["id"]).collect();
        assert_eq!(planned.len(), published.len());
        published.sort_by_key(|id| id.to_string());
        let mut sorted = planned.clone();
        sorted.sort_by_key(|id| id.to_string());
        assert_eq!(sorted, published);
        let again = convenor.mutate("publishRoster", input).await.done();
        assert_eq!((again["replayed"].as_bool(), again["slots"].as_array().unwrap().len()), (Some(true), 10));
        let next = plan(&convenor, &studio, &rule, "2026-09-08", "2026-10-06").await;
        assert!(next["turns"].as_array().unwrap().iter().all(|turn| turn["taken"] == true));
        let more = json!({ "requestId": new_request(), "studioId": studio, "rule": rule, "from": "2026-09-08", "until": "2026-10-06", "fingerprint": next["fingerprint"] });
        convenor.mutate("publishRoster", more).await.expect_refusal("NOTHING_TO_PUBLISH");
        app.deliver().await;
        assert_eq!(app.count("SELECT count(*) FROM notices WHERE kind = 'DUTY_PUBLISHED'").await, 4, "one a member");
        app.member(2).await.expect_error(PLAN, json!({ "id": studio, "rule": rule, "from": "2026-09-08", "until": "2026-10-06" }), "FORBIDDEN").await;
    }

    async fn a_rule_that_makes_no_sense_is_told(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        for (bad, from, until) in [
            (json!({ "begins": "11:00", "ends": "09:00" }), "2026-09-08", "2026-09-09"),
            (json!({ "begins": "nine" }), "2026-09-08", "2026-09-09"),
            (json!({ "membersPerSlot": 6 }), "2026-09-08", "2026-09-09"),
            (json!({ "repeat": { "weekdays": [] } }), "2026-09-08", "2026-09-09"),
            (json!({ "repeat": { "daysOfMonth": [32] } }), "2026-09-08", "2026-09-09"),
            (json!({}), "2026-09-08", "2026-09-07"),
            (json!({}), "2026-09-08", "2027-09-07"),
        ] {
            convenor.expect_error(PLAN, json!({ "id": studio, "rule": rule(bad), "from": from, "until": until }), "BAD_INPUT").await;
        }
    }

    async fn leave_is_respected(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let rule = rule(json!({}));
        let first = plan(&convenor, &studio, &rule, "2026-09-08", "2026-09-08").await["turns"][0]["members"][0].clone();
        let away = app.person(app.people.iter().find(|person| person.name == first["name"].as_str().unwrap()).unwrap().phone).await;
        let leave = away.mutate("declareDutyLeave", json!({ "requestId": new_request(), "from": "2026-09-08", "until": "2026-09-09" })).await.0;
        assert_eq!(leave["leaves"][0]["until"], "2026-09-09");
        assert_ne!(plan(&convenor, &studio, &rule, "2026-09-08", "2026-09-08").await["turns"][0]["members"][0], first);
        away.mutate("cancelDutyLeave", json!({ "leaveId": leave["leaves"][0]["id"] })).await;
        assert_eq!(plan(&convenor, &studio, &rule, "2026-09-08", "2026-09-08").await["turns"][0]["members"][0], first);
        for (from, until) in [("2026-09-09", "2026-09-08"), ("2026-08-01", "2026-08-02"), ("2026-09-08", "2028-09-08")] {
            away.mutate_error("declareDutyLeave", json!({ "requestId": new_request(), "from": from, "until": until }), "BAD_INPUT").await;
        }
    }

    async fn a_slot_is_swapped_with_whoever_accepts_first(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-08").await;
        let owner = named(&app, &slots[0]).await;
        let offer = json!({ "requestId": new_request(), "slotId": slots[0]["id"] });
        let swap = owner.mutate("offerSlotSwap", offer.clone()).await.done()["swap"].clone();
        assert_eq!(owner.mutate("offerSlotSwap", offer).await.done()["replayed"], true);
        owner.mutate("offerSlotSwap", json!({ "requestId": new_request(), "slotId": slots[0]["id"] })).await.expect_refusal("ALREADY_OFFERED");
        let one = somebody_else(&app, &[owner.phone]).await;
        let other = somebody_else(&app, &[owner.phone, one.phone]).await;
        one.mutate_error("offerSlotSwap", json!({ "requestId": new_request(), "slotId": slots[0]["id"] }), "FORBIDDEN").await;
        let offers = one.ok("{ slotSwapOffers { id slot { from } } }", json!({})).await;
        assert_eq!(offers["slotSwapOffers"][0]["id"], swap["id"]);
        let accept = || json!({ "requestId": new_request(), "swapId": swap["id"] });
        owner.mutate_error("acceptSlotSwap", accept(), "NOT_FOUND").await;
        app.member(1).await.mutate_error("acceptSlotSwap", accept(), "NOT_FOUND").await;
        let (a, b) = tokio::join!(one.mutate("acceptSlotSwap", accept()), other.mutate("acceptSlotSwap", accept()));
        let refused: Vec<_> = [&a, &b].into_iter().filter(|done| done.0["code"] == "STATE_CHANGED").collect();
        assert_eq!(refused.len(), 1, "{a:?} {b:?}");
        app.deliver().await;
        assert!(owner.notices().await.contains(&"SLOT_SWAP_ACCEPTED".to_owned()));
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL").await, 2, "the studio's and the new member's");
        assert_eq!(app.count("SELECT version FROM duty_slots").await, 2);
    }

    async fn two_slots_change_hands_at_once_or_not_at_all(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-15").await;
        let (mine, theirs) = (named(&app, &slots[0]).await, named(&app, &slots[1]).await);
        let offer = |more: Value| {
            let mut input = json!({ "requestId": new_request(), "slotId": slots[0]["id"], "toMemberId": slots[1]["member"]["id"] });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        mine.mutate_error("offerSlotSwap", offer(json!({ "inReturnSlotId": slots[0]["id"] })), "BAD_INPUT").await;
        mine.mutate_error("offerSlotSwap", offer(json!({ "toMemberId": slots[0]["member"]["id"] })), "BAD_INPUT").await;
        let swap = mine.mutate("offerSlotSwap", offer(json!({ "inReturnSlotId": slots[1]["id"] }))).await.done()["swap"].clone();
        let third = somebody_else(&app, &[mine.phone, theirs.phone]).await;
        third.mutate_error("acceptSlotSwap", json!({ "requestId": new_request(), "swapId": swap["id"] }), "NOT_FOUND").await;
        let accept = json!({ "requestId": new_request(), "swapId": swap["id"] });
        let got = theirs.mutate("acceptSlotSwap", accept.clone()).await.done()["slot"].clone();
        assert_eq!((got["id"] == slots[0]["id"], got["mine"].as_bool()), (true, Some(true)));
        assert_eq!(theirs.mutate("acceptSlotSwap", accept).await.done()["replayed"], true);
        let duty = mine.ok("{ myDuty(from: \"2026-09-01\", until: \"2026-09-30\") { id history { what member { name } } } }", json!({})).await;
        assert_eq!((duty["myDuty"][0]["id"] == slots[1]["id"], duty["myDuty"][0]["history"][1]["what"].as_str()), (true, Some("SWAPPED")));
        let swap = theirs.mutate("offerSlotSwap", json!({ "requestId": new_request(), "slotId": slots[0]["id"] })).await.done()["swap"].clone();
        assert_eq!(theirs.mutate("withdrawSlotSwap", json!({ "swapId": swap["id"] })).await.0["swap"]["open"], false);
        mine.mutate("acceptSlotSwap", json!({ "requestId": new_request(), "swapId": swap["id"] })).await.expect_refusal("STATE_CHANGED");
    }

    async fn who_is_taken_at_that_time_cannot_take_the_slot_over(app) {
        let (convenor, officer, studio) = (app.member(0).await, app.officer("听泉街道联络委").await, app.studio(SPRING).await);
        let harbour = app.studio("老码头委员工作室").await;
        let slots = convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-08").await;
        let there = officer.publish_roster(&harbour, "TUESDAY", "2026-09-08", "2026-09-08").await;
        let busy = named(&app, &there[0]).await;
        let owner = named(&app, &slots[0]).await;
        assert_ne!(busy.phone, owner.phone, "a plan gives nobody two things at a time");
        let roster = json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": 1, "memberIds": [slots[0]["member"]["id"], there[0]["member"]["id"]] });
        officer.mutate("setStudioMembers", roster).await.done();
        let swap = owner.mutate("offerSlotSwap", json!({ "requestId": new_request(), "slotId": slots[0]["id"] })).await.done()["swap"].clone();
        busy.mutate("acceptSlotSwap", json!({ "requestId": new_request(), "swapId": swap["id"] })).await.expect_refusal("PERSON_TAKEN");
        assert_eq!(owner.ok("{ myDuty(from: \"2026-09-08\", until: \"2026-09-08\") { mine } }", json!({})).await["myDuty"], json!([{ "mine": true }]));
    }

    async fn a_declined_slot_is_vacant_until_the_convenor_finds_somebody(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-08").await;
        let owner = named(&app, &slots[0]).await;
        let decline = |reason: &str| json!({ "requestId": new_request(), "slotId": slots[0]["id"], "reason": reason });
        owner.mutate_error("declineSlot", decline(" "), "BAD_INPUT").await;
        assert_eq!(owner.mutate("declineSlot", decline("出差")).await.done()["slot"]["state"], "VACANT");
        app.deliver().await;
        // The convenor is told; the officer, where it is the convenor who declines.
        let told = if owner.phone == convenor.phone { app.officer("听泉街道联络委").await } else { app.person(convenor.phone).await };
        assert!(told.notices().await.contains(&"DUTY_SLOT_VACANT".to_owned()));
        let history = "query($id: ID!) { node(id: $id) { ... on DutySlot { history { what reason } } } }";
        let told = convenor.ok(history, json!({ "id": slots[0]["id"] })).await;
        assert_eq!(told["node"]["history"][1], json!({ "what": "DECLINED", "reason": "出差" }));
        let other = somebody_else(&app, &[owner.phone, convenor.phone]).await;
        assert!(other.ok(history, json!({ "id": slots[0]["id"] })).await["node"]["history"][1]["reason"].is_null());
        let assign = |version: i64, member: Value| json!({ "requestId": new_request(), "slotId": slots[0]["id"], "expectedVersion": version, "memberId": member });
        let id = other.member_id().await;
        convenor.mutate("assignSlot", assign(1, id.clone())).await.expect_refusal("STATE_CHANGED");
        convenor.mutate("assignSlot", assign(2, app.member(1).await.member_id().await)).await.expect_refusal("NOT_A_MEMBER_HERE");
        assert_eq!(convenor.mutate("assignSlot", assign(2, id)).await.done()["slot"]["version"], 3);
        let again = other.mutate("declineSlot", decline("也出差")).await.done();
        assert_eq!(again["slot"]["state"], "VACANT");
        let affairs = app.person("13800000003").await;
        let held = convenor.ok("{ viewer { appointments { id role } } }", json!({})).await;
        let held = held["viewer"]["appointments"].as_array().unwrap().iter().find(|held| held["role"] == "STUDIO_CONVENOR").unwrap()["id"].clone();
        let ended = affairs.mutate("endAppointment", json!({ "requestId": new_request(), "appointmentId": held })).await.done();
        assert_eq!(ended["openStudioDuties"], json!([{ "kind": "VACANT_SLOT", "subjectId": slots[0]["id"] }]), "what nobody convenes any more");
        app.set_time("2026-09-08", 10, 0);
        let other = app.person(other.phone).await;
        app.officer("听泉街道联络委").await.mutate("assignSlot", assign(4, other.member_id().await)).await.expect_refusal("TOO_LATE");
    }
}
