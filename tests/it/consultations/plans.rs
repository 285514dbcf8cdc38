//! The year's plan and the chair's meeting.
use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request, on_both_columns};

const CHAIR: &str = "13800000001";
const GENERAL: &str = "13800000002";
const SPRING: &str = "听泉街道联络委";

fn about(plan: &Value, verdict: &str, note: Option<&str>) -> Value {
    json!({ "planId": plan["id"], "expectedVersion": plan["version"], "verdict": verdict, "note": note })
}

async fn waiting(person: &Person<'_>) -> Value {
    let query = "query($id: ID!) { decisionsWaiting(committeeId: $id) { plans { id year state } proposals { id title allowedMoves { kind to blockedBy { code } } } } }";
    person.ok(query, json!({ "id": person.app.committee().await })).await["decisionsWaiting"].clone()
}

/// Eight drafts of one year at once; how many plans there are then, and how many were refused.
async fn rush(app: &TestApp) -> (i64, usize) {
    let general = app.person(GENERAL).await;
    let programme = general.programme("YUAN_BA_XIE_SHANG").await;
    let answers = join_all((0..8).map(|_| general.draft_plan(&programme, "电梯", json!({})))).await;
    let refused = answers.iter().filter(|done| done.0["code"] == "STATE_CHANGED").count();
    (app.count("SELECT count(*) FROM year_plans").await, refused)
}

on_both_columns! {
    async fn a_plan_is_drafted_commented_on_and_approved(app) {
        let (general, chair, member) = (app.person(GENERAL).await, app.person(CHAIR).await, app.member(2).await);
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        let plan = general.draft_plan(&programme, "老楼加装电梯", json!({})).await.done()["plan"].clone();
        assert_eq!((&plan["state"], &plan["version"]), (&json!("DRAFT"), &json!(1)));
        // Nobody could say anything yet.
        assert_eq!(waiting(&chair).await["plans"], json!([]));
        let refused = chair.meeting(1, json!([about(&plan, "APPROVED", None)])).await.expect_refusal("PLAN_NOT_COMMENTED");
        assert_eq!(refused["planId"], plan["id"]);
        assert_eq!(app.count("SELECT count(*) FROM chair_meetings").await, 0, "all of a meeting or nothing");
        let commented = member.comment("建议先做三单元").await.done()["plan"].clone();
        assert_eq!((&commented["state"], &commented["comments"][0]["member"]["name"]), (&json!("COMMENTED"), &json!("高委员")));
        assert_eq!(waiting(&chair).await["plans"][0]["id"], plan["id"]);
        let meeting = chair.meeting(1, json!([about(&plan, "APPROVED", None)])).await.done()["meeting"].clone();
        assert_eq!((&meeting["number"], &meeting["decisions"][0]["verdict"], &meeting["decisions"][0]["plan"]["id"]), (&json!(1), &json!("APPROVED"), &plan["id"]));
        let seen = member.plan().await;
        assert_eq!((&seen["state"], &seen["version"], &seen["items"][0]["approved"]), (&json!("APPROVED"), &json!(2), &json!(true)));
        assert_eq!(seen["items"][0]["organiser"]["name"], SPRING);
        assert_eq!(waiting(&chair).await["plans"], json!([]));
        // Changed, it is a draft again; what was approved stays in force.
        let again = general.draft_plan(&programme, "增设快递柜", json!({ "expectedVersion": 2 })).await.done()["plan"].clone();
        let approved: Vec<&Value> = again["items"].as_array().unwrap().iter().map(|item| &item["approved"]).collect();
        assert_eq!((&again["state"], approved), (&json!("DRAFT"), vec![&json!(true), &json!(false)]));
        chair.meeting(1, json!([about(&again, "APPROVED", None)])).await.expect_refusal("HELD_ALREADY");
        // When the time is over, silence is an answer too.
        app.set_time("2026-09-20", 8, 0);
        assert_eq!(member.plan().await["state"], "COMMENTED");
        let late = json!({ "requestId": new_request(), "planId": again["id"], "expectedVersion": again["version"], "text": "晚了" });
        assert_eq!(member.mutate("commentOnPlan", late).await.expect_refusal("COMMENTS_CLOSED")["plan"]["version"], again["version"]);
        general.meeting(2, json!([about(&again, "DEFERRED", Some("再议"))])).await.done();
        assert_eq!(member.plan().await["state"], "COMMENTED");
        general.meeting(3, json!([about(&again, "APPROVED", None)])).await.done();
        assert_eq!(member.plan().await["state"], "APPROVED");
    }

    async fn items_are_dropped_by_a_further_draft_and_stay_until_that_is_approved(app) {
        let (general, member) = (app.person(GENERAL).await, app.member(2).await);
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        let plan = general.draft_plan(&programme, "老楼加装电梯", json!({})).await.done()["plan"].clone();
        member.comment("同意").await.done();
        general.meeting(1, json!([about(&plan, "APPROVED", None)])).await.done();
        let item = &plan["items"][0]["id"];
        let dropped = json!({ "expectedVersion": 2, "addItems": [], "dropItemIds": [item] });
        let plan = general.draft_plan(&programme, "", dropped.clone()).await.done()["plan"].clone();
        assert_eq!(plan["items"], json!([]));
        // It is in force until then.
        let proposal = app.officer(SPRING).await.propose(&programme, "加装电梯", json!({ "planItemId": item })).await.done()["consultation"].clone();
        assert_eq!(proposal["special"], false);
        member.comment("也好").await.done();
        general.meeting(2, json!([about(&plan, "APPROVED", None)])).await.done();
        let moves = app.person(CHAIR).await.consultation(&proposal).await["allowedMoves"].clone();
        let select = moves.as_array().unwrap().iter().find(|one| one["kind"] == "SELECT").unwrap().clone();
        assert_eq!(select["blockedBy"][0]["code"], "NOT_IN_PLAN");
        let mut gone = dropped;
        gone["expectedVersion"] = json!(4);
        gone["requestId"] = json!(new_request());
        let input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "year": 2026, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [], "dropItemIds": [item], "expectedVersion": 4 });
        general.mutate_error("draftPlan", input, "NOT_FOUND").await;
    }

    async fn plans_are_the_desks_to_draft_the_members_to_comment_and_nobody_elses_to_see(app) {
        let (general, officer, member, resident) = (app.person(GENERAL).await, app.officer(SPRING).await, app.member(2).await, app.resident(0).await);
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        let input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "year": 2026, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [] });
        for person in [&officer, &member, &resident] {
            person.mutate_error("draftPlan", input.clone(), "FORBIDDEN").await;
        }
        let plan = general.draft_plan(&programme, "电梯", json!({})).await.done()["plan"].clone();
        for outside in [app.nobody(), resident] {
            assert!(outside.plan().await.is_null());
            let node = outside.ok("query($id: ID!) { node(id: $id) { id } }", json!({ "id": plan["id"] })).await;
            assert!(node["node"].is_null());
        }
        let comment = json!({ "requestId": new_request(), "planId": plan["id"], "expectedVersion": 1, "text": "好" });
        officer.mutate_error("commentOnPlan", comment.clone(), "FORBIDDEN").await;
        app.resident(0).await.mutate_error("commentOnPlan", comment.clone(), "NOT_FOUND").await;
        assert_eq!(member.mutate("commentOnPlan", comment.clone()).await.done()["replayed"], false);
        assert_eq!(member.mutate("commentOnPlan", comment).await.done()["replayed"], true);
        let stale = json!({ "requestId": new_request(), "planId": plan["id"], "expectedVersion": 9, "text": "好" });
        assert_eq!(member.mutate("commentOnPlan", stale).await.expect_refusal("STATE_CHANGED")["plan"]["version"], 1);
        general.draft_plan(&programme, "又一件", json!({})).await.expect_refusal("STATE_CHANGED");
        let meeting = json!({ "requestId": new_request(), "committeeId": app.committee().await, "date": app.today(), "number": 1, "decisions": [about(&plan, "APPROVED", None)] });
        for person in [&officer, &member] {
            person.mutate_error("holdChairMeeting", meeting.clone(), "FORBIDDEN").await;
        }
    }

    async fn what_is_wrong_with_a_plan_or_a_meeting_is_told_by_its_field(app) {
        let general = app.person(GENERAL).await;
        let (town, county) = (general.programme("YUAN_BA_XIE_SHANG").await, general.programme("YU_SHI_HAO_SHANG_LIANG").await);
        let organiser = app.organisation(SPRING).await;
        let item = |more: Value| {
            let mut item = json!({ "programmeId": town, "title": "电梯", "divisionCode": "990101001", "organiserId": organiser, "quarter": 1 });
            more.as_object().unwrap().iter().for_each(|(key, value)| item[key] = value.clone());
            item
        };
        let unit = app.organisation("区城市管理局").await;
        for (field, more) in [
            ("programmeId", json!({ "programmeId": "programme_00000000000000000000000000000000" })),
            ("title", json!({ "title": " " })),
            ("organiserId", json!({ "organiserId": unit })),
            ("divisionCode", json!({ "divisionCode": "990101" })),
            ("divisionCode", json!({ "divisionCode": "990102001" })),
            ("divisionCode", json!({ "divisionCode": "990101099" })),
            ("divisionCode", json!({ "divisionCode": "x" })),
            ("quarter", json!({ "quarter": 5 })),
        ] {
            let input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "year": 2026, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [item(more.clone())] });
            let error = general.mutate_error("draftPlan", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{more}");
        }
        for (field, more) in [("year", json!({ "year": 1999 })), ("commentsUntil", json!({ "commentsUntil": "2026-09-01T12:00:00Z" }))] {
            let mut input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "year": 2026, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [] });
            more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
            let error = general.mutate_error("draftPlan", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field);
        }
        // One of a county may be about the whole district.
        let input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "year": 2027, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [item(json!({ "programmeId": county, "divisionCode": "990101" }))] });
        let plan = general.mutate("draftPlan", input).await.done()["plan"].clone();
        let decision = about(&plan, "APPROVED", None);
        for (field, more) in [
            ("number", json!({ "number": 0 })),
            ("date", json!({ "date": "2027-01-01" })),
            ("date", json!({ "date": "1999-01-01" })),
            ("decisions", json!({ "decisions": [] })),
            ("decisions", json!({ "decisions": [decision, decision] })),
            ("decisions", json!({ "decisions": [{ "expectedVersion": 1, "verdict": "APPROVED" }] })),
            ("note", json!({ "decisions": [about(&plan, "DECLINED", None)] })),
        ] {
            let mut input = json!({ "requestId": new_request(), "committeeId": app.committee().await, "date": app.today(), "number": 1, "decisions": [decision] });
            more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
            let error = general.mutate_error("holdChairMeeting", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{more}");
        }
    }

    async fn what_the_database_holds_of_plans(app) {
        let general = app.person(GENERAL).await;
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        general.draft_plan(&programme, "电梯", json!({})).await.done();
        for (changed, rule) in [
            ("UPDATE year_plans SET version = version + 1, approved_version = version, approved_at = 1", "plan_is_commented"),
            ("UPDATE year_plans SET comments_until = 1", "version_grows_by_one"),
            ("UPDATE year_plans SET version = version + 1, year = 2027", "a_plan_keeps_its_year"),
            ("UPDATE plan_items SET title = 'x'", "items_are_only_dropped"),
            ("DELETE FROM plan_items", "history_stays"),
        ] {
            let cause = app.execute(changed).await.unwrap_err();
            assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some(rule), "{changed}");
        }
    }

    async fn of_eight_drafts_of_one_year_at_once_one_is_made(app) {
        assert_eq!(rush(&app).await, (1, 7));
    }
}

/// A second plan of the same year, as a racing writer would make it.
async fn twice(app: &TestApp) -> Result<(), sea_orm::DbErr> {
    let fresh = if app.column == Column::Served { "gen_random_uuid()" } else { "randomblob(16)" };
    app.execute(&format!(
        "INSERT INTO year_plans (id, committee_id, year, version, comments_until, drafted_at, drafted_by)
         SELECT {fresh}, committee_id, year, 1, comments_until, drafted_at, drafted_by FROM year_plans"
    ))
    .await
}

// With its negative control.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_has_one_plan_a_year_and_without_the_rule_has_two() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        let general = app.person(GENERAL).await;
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        general.draft_plan(&programme, "电梯", json!({})).await.done();
        let cause = twice(&app).await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("one_plan_per_year"));
        match column {
            Column::Served => app.execute("ALTER TABLE year_plans DROP CONSTRAINT one_plan_per_year").await.unwrap(),
            // SQLite keeps the constraint as an index of its own beneath the named rule.
            Column::Embedded => continue,
        }
        twice(&app).await.unwrap();
    }
}
