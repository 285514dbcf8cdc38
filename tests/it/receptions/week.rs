//! The desk's week: everything in one request, in few statements.
use serde_json::{Value, json};
use shangyi::kernel::Gid;
use shangyi_tests::{TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";

/// The whole screen.
const WEEK: &str = "query($from: NaiveDate) { officeWeek(divisionCode: \"990101001\", from: $from) {
    from
    receptionDays { id state day venue { name } slots { from capacity taken waiting over } unmarked }
    dutySlots { id from until state studio { venue { name } } }
    unmarkedBookings { id category heads bookedAt }
    overdueHandOvers { id state givenAt }
    overdueTopics { id title state }
} }";

async fn world(app: &TestApp, how_many: usize) {
    let (officer, convenor, author) = (app.officer(SPRING).await, app.member(0).await, app.resident(0).await);
    let studio = app.studio("泉水委员工作室").await;
    convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-10-30").await;
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101\") { id } }", json!({})).await["committee"]["id"].clone();
    let unit = officer.ok("query($id: ID!) { organisations(committeeId: $id, kind: HANDLING_UNIT) { id } }", json!({ "id": committee })).await;
    for n in 0..how_many {
        app.execute("DELETE FROM daily_counts").await.unwrap();
        let day = format!("2026-09-{:02}", 3 + n % 5);
        let times = [("08:00", "09:00"), ("10:00", "11:00"), ("12:00", "13:00")][n / 5];
        let (_, slot) = officer.one_slot(&day, times.0, times.1, 3).await;
        let caller = json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER", "onBehalfOf": { "name": "来电人", "contact": format!("1360000{n:04}"), "channel": "PHONE" } });
        officer.mutate("bookForCaller", caller).await.done();
        author.submit_topic(&format!("等着看的第{n}件")).await;
        let topic = officer.accept(&author.submit_topic(&format!("转办的第{n}件")).await).await;
        let input = json!({ "requestId": new_request(), "subjectId": topic["id"], "expectedVersion": 2, "unitId": unit["organisations"][0]["id"] });
        officer.mutate("handOver", input).await.done();
    }
}

async fn count(app: &TestApp) -> u32 {
    let officer = app.people.iter().find(|person| person.role == "LIAISON_OFFICER").unwrap();
    app.statements(Some(&Gid(officer.account).to_string()), WEEK, json!({ "from": "2026-09-03" })).await
}

on_both_columns! {
    async fn the_week_is_one_request_and_at_most_eight_statements(app) {
        world(&app, 2).await;
        let few = { app.set_time("2026-09-09", 9, 0); count(&app).await };
        app.set_time("2026-09-01", 12, 0);
        app.execute("DELETE FROM sign_in_codes").await.unwrap();
        let officer = app.officer(SPRING).await;
        for n in 0..6 {
            officer.one_slot(&format!("2026-09-{:02}", 3 + n), "20:00", "21:00", 3).await;
        }
        app.set_time("2026-09-09", 9, 0);
        let week = officer.ok(WEEK, json!({ "from": "2026-09-03" })).await["officeWeek"].clone();
        let many = |name: &str| week[name].as_array().unwrap().len();
        assert_eq!((many("receptionDays"), many("dutySlots"), many("unmarkedBookings")), (8, 1, 2));
        assert_eq!((many("overdueHandOvers"), many("overdueTopics")), (2, 2));
        let statements = count(&app).await;
        assert_eq!(few, statements, "it does not grow with the rows");
        assert!(statements <= 8, "{statements}");
    }

    async fn the_week_is_for_the_desk_and_for_its_own_division(app) {
        world(&app, 1).await;
        app.set_time("2026-09-09", 9, 0);
        let general = app.person("13800000002").await;
        assert_eq!(general.ok(WEEK, json!({ "from": "2026-09-03" })).await["officeWeek"]["unmarkedBookings"].as_array().unwrap().len(), 1);
        for other in [app.officer("石桥街道联络委").await, app.member(2).await, app.resident(0).await, app.person("13800000013").await] {
            other.expect_error(WEEK, json!({}), "FORBIDDEN").await;
        }
        app.nobody().expect_error(WEEK, json!({}), "UNAUTHENTICATED").await;
        let none: Value = app.officer("石桥街道联络委").await.ok(&WEEK.replace("990101001", "990101002"), json!({ "from": "2026-09-03" })).await;
        assert_eq!(none["officeWeek"]["unmarkedBookings"], json!([]));
    }
}
