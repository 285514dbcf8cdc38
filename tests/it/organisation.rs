use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

async fn organisation(app: &TestApp, name: &str) -> Value {
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id name } }", json!({})).await["committee"]["id"].clone();
    if name.is_empty() {
        return committee;
    }
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c) { id name } }", json!({ "c": committee })).await;
    all["organisations"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}"))["id"].clone()
}

fn grant(phone: &str, role: &str, organisation: &Value, desk: Option<&str>) -> Value {
    json!({ "requestId": new_request(), "to": { "phone": phone }, "role": role, "organisationId": organisation, "desk": desk })
}

async fn roles(person: &Person<'_>) -> Vec<String> {
    let held = person.ok("{ viewer { appointments { role awaitsConfirmation } } }", json!({})).await;
    let held = held["viewer"]["appointments"].as_array().unwrap().iter();
    held.filter(|one| one["awaitsConfirmation"] == false).map(|one| one["role"].as_str().unwrap().to_owned()).collect()
}

on_both_columns! {
    async fn member_affairs_appoints_an_officer_who_can_work_at_once_and_is_told(app) {
        let (affairs, person) = (app.person("13800000003").await, app.resident(5).await);
        let scope = organisation(&app, "听泉街道联络委").await;
        affairs.mutate("grantAppointment", grant(person.phone, "LIAISON_OFFICER", &scope, None)).await.done();
        app.deliver().await;
        assert_eq!(person.notices().await, ["APPOINTMENT_GRANTED"]);
        person.ok("{ triageTopics { nodes { id } } }", json!({})).await;
        affairs.mutate("grantAppointment", grant(person.phone, "LIAISON_OFFICER", &scope, None)).await.expect_refusal("ALREADY_HELD");
        affairs.mutate("grantAppointment", grant("13999999999", "LIAISON_OFFICER", &scope, None)).await.expect_refusal("NO_ACCOUNT");
    }

    async fn a_chair_staff_or_auditor_needs_a_second_person(app) {
        let (affairs, chair, person) = (app.person("13800000003").await, app.person("13800000001").await, app.resident(5).await);
        let here = organisation(&app, "").await;
        for (role, desk) in [("COMMITTEE_STAFF", Some("PROPOSALS")), ("AUDITOR", None), ("CHAIR", None)] {
            let granted = affairs.mutate("grantAppointment", grant(person.phone, role, &here, desk)).await.done()["appointment"].clone();
            assert_eq!(granted["awaitsConfirmation"], true);
            assert!(!roles(&person).await.contains(&role.to_owned()), "not yet");
            let confirm = || json!({ "requestId": new_request(), "appointmentId": granted["id"] });
            affairs.mutate("confirmAppointment", confirm()).await.expect_refusal("NEEDS_ANOTHER_PERSON");
            person.mutate_error("confirmAppointment", confirm(), "NOT_FOUND").await;
            let waiting = chair.ok("{ appointmentsToConfirm { id } }", json!({})).await;
            assert_eq!(waiting["appointmentsToConfirm"], json!([{ "id": granted["id"] }]));
            chair.mutate("confirmAppointment", confirm()).await.done();
            assert!(roles(&person).await.contains(&role.to_owned()));
            chair.mutate("confirmAppointment", confirm()).await.expect_refusal("STATE_CHANGED");
        }
    }

    async fn nobody_appoints_themself_or_above_their_scope(app) {
        let (affairs, officer) = (app.person("13800000003").await, app.officer("听泉街道联络委").await);
        let (here, scope) = (organisation(&app, "").await, organisation(&app, "听泉街道联络委").await);
        affairs.mutate("grantAppointment", grant("13800000003", "LIAISON_OFFICER", &scope, None)).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        for input in [grant("13800000201", "LIAISON_OFFICER", &scope, None), grant("13800000201", "CHAIR", &here, None)] {
            officer.mutate_error("grantAppointment", input, "FORBIDDEN").await;
        }
        for input in [grant("13800000201", "MEMBER", &here, None), grant("13800000201", "CHAIR", &scope, None), grant("13800000201", "COMMITTEE_STAFF", &here, None)] {
            affairs.mutate_error("grantAppointment", input, "BAD_INPUT").await;
        }
        for sql in [
            "INSERT INTO appointments (id, account_id, role, committee_id, organisation_id, from_at, granted_at, granted_by, confirmed_at)
             SELECT a.id, a.id, 'LIAISON_OFFICER', o.id, o.id, 1, 1, a.id, 1 FROM accounts a, organisations o WHERE o.kind = 'COMMITTEE' LIMIT 1",
            "INSERT INTO appointments (id, account_id, role, committee_id, organisation_id, from_at, granted_at, granted_by, confirmed_at)
             SELECT a.id, a.id, 'CHAIR', o.id, o.id, 1, 1, b.id, 1 FROM accounts a, accounts b, organisations o WHERE o.kind = 'COMMITTEE' AND a.id <> b.id LIMIT 1",
        ] {
            assert!(app.execute(sql).await.is_err(), "held by the database too");
        }
    }

    async fn ending_an_appointment_takes_the_right_at_once_and_lists_what_is_left_open(app) {
        let (affairs, officer, author) = (app.person("13800000003").await, app.officer("听泉街道联络委").await, app.resident(0).await);
        let topic = author.submit_topic("路灯").await;
        let held = officer.ok("{ viewer { appointments { id } } }", json!({})).await["viewer"]["appointments"][0]["id"].clone();
        let input = json!({ "requestId": new_request(), "appointmentId": held });
        let ended = affairs.mutate("endAppointment", input.clone()).await.done();
        assert_eq!(ended["openDuties"], json!([{ "topicId": topic["id"], "state": "SUBMITTED" }]));
        officer.expect_error("{ triageTopics { nodes { id } } }", json!({}), "FORBIDDEN").await;
        let mut accept = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": 1 });
        officer.mutate_error("acceptTopic", accept.clone(), "NOT_FOUND").await;
        assert_eq!(affairs.mutate("endAppointment", input).await.done()["replayed"], true);
        accept["requestId"] = json!(new_request());
        app.person("13800000002").await.mutate("acceptTopic", accept).await.done();
        app.deliver().await;
        assert_eq!(officer.notices().await, ["APPOINTMENT_ENDED"]);
    }

    async fn an_appointment_holds_only_in_its_time(app) {
        let (affairs, person) = (app.person("13800000003").await, app.resident(5).await);
        let scope = organisation(&app, "石桥街道联络委").await;
        let mut input = grant(person.phone, "LIAISON_OFFICER", &scope, None);
        input["from"] = json!("2026-09-02T00:00:00Z");
        input["until"] = json!("2026-09-03T00:00:00Z");
        affairs.mutate("grantAppointment", input.clone()).await.done();
        let triage = "{ triageTopics { nodes { id } } }";
        person.expect_error(triage, json!({}), "FORBIDDEN").await;
        app.advance(86_400);
        app.person(person.phone).await.ok(triage, json!({})).await;
        app.advance(86_400);
        app.person(person.phone).await.expect_error(triage, json!({}), "FORBIDDEN").await;
        input["requestId"] = json!(new_request());
        input["until"] = json!("2026-09-01T00:00:00Z");
        let affairs = app.person("13800000003").await;
        affairs.mutate_error("grantAppointment", input, "BAD_INPUT").await;
    }

    async fn divisions_and_their_ancestors_are_public(app) {
        let seen = app.nobody().ok("{ division(code: \"990101001001\") { name level ancestors { code } committee { name } places { name kind } } divisions { code } none: division(code: \"123\") { code } }", json!({})).await;
        assert_eq!(seen["division"]["ancestors"], json!([{ "code": "99" }, { "code": "9901" }, { "code": "990101" }, { "code": "990101001" }]));
        assert_eq!((&seen["divisions"], &seen["none"], &seen["division"]["committee"]["name"]), (&json!([{ "code": "99" }]), &Value::Null, &json!("云溪区委员会")));
        app.nobody().expect_error("{ divisions(parentCode: \"x\") { code } }", json!({}), "BAD_INPUT").await;
        let members = app.nobody().ok("{ members(first: 50) { nodes { name standing organisations { name } } } venues(kind: MEMBER_STUDIO) { nodes { name fence { radiusMetres } } } }", json!({})).await;
        assert_eq!((members["members"]["nodes"].as_array().unwrap().len(), members["venues"]["nodes"].as_array().unwrap().len()), (12, 3));
    }

    async fn two_memberships_of_one_member_in_one_organisation_never_overlap(app) {
        let insert = |from: i64, until: &str| format!("INSERT INTO memberships (id, member_id, organisation_id, head, from_at, until_at)
            SELECT o.id, m.member_id, m.organisation_id, m.head, {from}, {until} FROM memberships m, organisations o
            WHERE o.id NOT IN (SELECT id FROM memberships) LIMIT 1");
        let began: i64 = app.count("SELECT from_at FROM memberships LIMIT 1").await;
        assert!(app.execute(&insert(began + 5, "NULL")).await.is_err());
        assert!(app.execute(&insert(began - 5, &(began + 1).to_string())).await.is_err());
        app.execute(&insert(began - 5, &began.to_string())).await.unwrap();
    }
}
