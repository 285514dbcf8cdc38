//! Programmes: seven to begin with, and versions that are never changed.
use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request, on_both_columns};

const GENERAL: &str = "13800000002";
const SPRING: &str = "听泉街道联络委";

async fn committee(app: &TestApp) -> Value {
    app.nobody().ok("{ committee(divisionCode: \"990101\") { id } }", json!({})).await["committee"]["id"].clone()
}

fn content(name: &str, notice: i64) -> Value {
    json!({ "name": name, "level": "TOWNSHIP", "selectedBy": "LIAISON_COMMITTEE", "noticeWorkingDays": notice, "stakeholderSharePercent": 40,
        "parties": ["STAKEHOLDER", "RESIDENT"], "quota": { "count": 2, "period": "QUARTER" }, "evaluationQuestions": ["满意吗"],
        "consensusThreshold": { "numerator": 2, "denominator": 3 }, "note": "每季度两次" })
}

async fn create(person: &Person<'_>, more: Value) -> shangyi_tests::Done {
    let mut input = json!({ "requestId": new_request(), "committeeId": committee(person.app).await });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    person.mutate("createProgramme", input).await
}

fn version(programme: &Value, number: i64, content: Value) -> Value {
    json!({ "requestId": new_request(), "programmeId": programme["id"], "expectedNumber": number, "content": content })
}

async fn seen(app: &TestApp, programme: &Value) -> Value {
    let query = "query($id: ID!) { programme(id: $id) { name committee { name } current { number } versions { number name level selectedBy ledBy noticeWorkingDays
        stakeholderSharePercent parties quota { count period } evaluationQuestions consensusThreshold { numerator denominator } note publishedAt } } }";
    app.nobody().ok(query, json!({ "id": programme["id"] })).await["programme"].clone()
}

/// Eight programmes of one name at once; how many there are then, and how many were refused.
async fn rush(app: &TestApp) -> (i64, usize) {
    let general = app.person(GENERAL).await;
    let answers = join_all((0..8).map(|_| create(&general, json!({ "seed": "SHE_QU_XIE_SHANG" })))).await;
    let refused = answers.iter().filter(|done| done.0["code"] == "NAME_TAKEN").count();
    (app.count("SELECT count(*) FROM programmes").await, refused)
}

on_both_columns! {
    async fn seven_programmes_are_offered_and_each_becomes_a_committees_own(app) {
        let general = app.person(GENERAL).await;
        let offers = app.nobody().ok("{ programmeSeeds { seed name level selectedBy ledBy noticeWorkingDays stakeholderSharePercent parties quota { count period } evaluationQuestions consensusThreshold { numerator denominator } } }", json!({})).await;
        let offers = offers["programmeSeeds"].as_array().unwrap().clone();
        assert_eq!(offers.len(), 7);
        for offer in &offers {
            let made = create(&general, json!({ "seed": offer["seed"] })).await.done()["programme"].clone();
            let own = seen(&app, &made).await;
            assert_eq!((&own["name"], &own["current"]["number"], &own["committee"]["name"]), (&offer["name"], &json!(1), &json!("云溪区委员会")));
            for field in offer.as_object().unwrap().keys().filter(|field| *field != "seed") {
                assert_eq!(own["versions"][0][field], offer[field], "{field}");
            }
        }
        let listed = app.nobody().ok("query($id: ID!) { programmes(committeeId: $id) { name current { quota { count } } } }", json!({ "id": committee(&app).await })).await;
        assert_eq!(listed["programmes"].as_array().unwrap().len(), 7);
        create(&general, json!({ "seed": "SHE_QU_XIE_SHANG" })).await.expect_refusal("NAME_TAKEN");
    }

    async fn what_is_changed_is_a_further_version_and_the_old_one_stays(app) {
        let general = app.person(GENERAL).await;
        let input = json!({ "requestId": new_request(), "committeeId": committee(&app).await, "content": content("院坝夜话", 3) });
        let first = general.mutate("createProgramme", input.clone()).await.done();
        let again = general.mutate("createProgramme", input).await.done();
        assert_eq!((&first["replayed"], &again["replayed"], &again["programme"]["id"]), (&json!(false), &json!(true), &first["programme"]["id"]));
        let programme = first["programme"].clone();
        let sent = version(&programme, 1, content("院坝夜谈", 5));
        let second = general.mutate("publishProgrammeVersion", sent.clone()).await.done();
        assert_eq!((&second["programme"]["name"], &second["programme"]["current"]["number"]), (&json!("院坝夜谈"), &json!(2)));
        assert_eq!(general.mutate("publishProgrammeVersion", sent).await.done()["replayed"], true);
        let refused = general.mutate("publishProgrammeVersion", version(&programme, 1, content("院坝夜谈", 9))).await.expect_refusal("STATE_CHANGED");
        assert_eq!(refused["programme"]["current"]["number"], 2, "the second of two is told what it is now");
        let own = seen(&app, &programme).await;
        let days: Vec<&Value> = own["versions"].as_array().unwrap().iter().map(|version| &version["noticeWorkingDays"]).collect();
        assert_eq!(days, [3, 5]);
        assert_eq!(own["versions"][0]["parties"], json!(["MEMBER", "RESIDENT", "STAKEHOLDER"]), "members always, each once, in order");
        // Its own name is free again, and no other's is.
        create(&general, json!({ "content": content("院坝夜话", 3) })).await.done();
        general.mutate("publishProgrammeVersion", version(&programme, 2, content("院坝夜话", 3))).await.expect_refusal("NAME_TAKEN");
        assert_eq!(app.count("SELECT count(*) FROM audit WHERE operation IN ('createProgramme', 'publishProgrammeVersion')").await, 3);
        for changed in ["UPDATE programme_versions SET notice_days = 1", "DELETE FROM programme_parties", "UPDATE programme_questions SET text = 'x'", "DELETE FROM programmes"] {
            app.execute(changed).await.unwrap_err();
        }
        app.execute("UPDATE programmes SET number = number + 2").await.unwrap_err();
    }

    async fn programmes_are_kept_by_the_general_desk_alone(app) {
        let general = app.person(GENERAL).await;
        let programme = create(&general, json!({ "seed": "YUAN_BA_XIE_SHANG" })).await.done()["programme"].clone();
        for person in [app.officer(SPRING).await, app.member(0).await, app.resident(0).await] {
            let input = json!({ "requestId": new_request(), "committeeId": committee(&app).await, "seed": "SHE_QU_XIE_SHANG" });
            person.mutate_error("createProgramme", input, "FORBIDDEN").await;
            person.mutate_error("publishProgrammeVersion", version(&programme, 1, content("院坝", 3)), "FORBIDDEN").await;
        }
        app.nobody().mutate_error("publishProgrammeVersion", version(&programme, 1, content("院坝", 3)), "UNAUTHENTICATED").await;
        general.mutate_error("publishProgrammeVersion", version(&json!({ "id": "programme_00000000000000000000000000000000" }), 1, content("院坝", 3)), "NOT_FOUND").await;
    }

    async fn what_is_wrong_with_a_programme_is_told_by_its_field(app) {
        let general = app.person(GENERAL).await;
        for (field, value) in [
            ("name", json!("")), ("name", json!("字".repeat(31))), ("selectedBy", json!("LIAISON_COMMITTEE")), ("noticeWorkingDays", json!(61)),
            ("stakeholderSharePercent", json!(101)), ("quota", json!({ "count": 0, "period": "YEAR" })), ("evaluationQuestions", json!(["问", "问", "问", "问", "问", "问", "问", "问", "问", "问", "问"])),
            ("consensusThreshold", json!({ "numerator": 0, "denominator": 5 })), ("note", json!("字".repeat(501))),
        ] {
            let mut wrong = content("院坝", 3);
            wrong["level"] = json!(if field == "selectedBy" { "COUNTY" } else { "TOWNSHIP" });
            wrong[field] = value;
            let input = json!({ "requestId": new_request(), "committeeId": committee(&app).await, "content": wrong });
            let error = general.mutate_error("createProgramme", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field);
        }
        let both = json!({ "requestId": new_request(), "committeeId": committee(&app).await, "seed": "SHE_QU_XIE_SHANG", "content": content("院坝", 3) });
        general.mutate_error("createProgramme", both, "BAD_INPUT").await;
        assert_eq!(app.count("SELECT count(*) FROM programmes").await, 0);
    }

    async fn of_eight_programmes_of_one_name_at_once_one_is_made(app) {
        assert_eq!(rush(&app).await, (1, 7));
    }

    // The negative control.
    async fn without_the_rule_there_would_be_more(app) {
        app.execute(match app.column {
            Column::Served => "DROP INDEX one_programme_per_name",
            Column::Embedded => "DROP TRIGGER programme_made",
        }).await.unwrap();
        assert_eq!(rush(&app).await, (8, 0));
    }
}
