use serde_json::{Value, json};
use shangyi_tests::{new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";

fn open(name: &str, division: &str) -> Value {
    json!({ "requestId": new_request(), "name": name, "divisionCode": division, "address": "听泉街道新路1号", "theme": "养老",
        "fence": { "latitude": 29.55, "longitude": 106.56, "radiusMetres": 100, "datum": "GCJ02" } })
}

on_both_columns! {
    async fn a_studio_is_opened_changed_and_closed_by_those_who_keep_it(app) {
        let officer = app.officer("听泉街道联络委").await;
        let input = open("松林委员工作室", "990101001002");
        let studio = officer.mutate("openStudio", input.clone()).await.done()["studio"].clone();
        assert_eq!(officer.mutate("openStudio", input).await.done()["replayed"], true);
        officer.mutate("openStudio", open("松林委员工作室", "990101001002")).await.expect_refusal("NAME_TAKEN");
        for (who, code) in [(app.officer("石桥街道联络委").await, "FORBIDDEN"), (app.member(0).await, "FORBIDDEN"), (app.resident(0).await, "FORBIDDEN"), (app.nobody(), "UNAUTHENTICATED")] {
            who.mutate_error("openStudio", open("别处", "990101001002"), code).await;
        }
        let seen = |version: i64, more: Value| {
            let mut input = json!({ "requestId": new_request(), "studioId": studio["id"], "expectedVersion": version });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let renamed = officer.mutate("updateStudio", seen(1, json!({ "name": "松林居民之家", "theme": null, "fence": null }))).await.done();
        assert_eq!((renamed["studio"]["version"].as_i64(), renamed["studio"]["venue"]["theme"].is_null(), renamed["studio"]["venue"]["fence"].is_null()), (Some(2), true, true));
        officer.mutate("updateStudio", seen(1, json!({ "name": "旧版本" }))).await.expect_refusal("STATE_CHANGED");
        officer.mutate("updateStudio", seen(2, json!({ "name": SPRING }))).await.expect_refusal("NAME_TAKEN");
        for bad in [json!({ "name": " " }), json!({ "fence": { "latitude": 91.0, "longitude": 0.0, "radiusMetres": 100, "datum": "WGS84" } })] {
            officer.mutate_error("updateStudio", seen(2, bad), "BAD_INPUT").await;
        }
        officer.mutate("closeStudio", seen(2, json!({}))).await.done();
        officer.mutate("updateStudio", seen(3, json!({ "name": "再改" }))).await.expect_refusal("STUDIO_CLOSED");
        let list = app.nobody().ok("{ studios(divisionCode: \"990101001\") { nodes { venue { name } closedAt } } }", json!({})).await;
        assert_eq!(list["studios"]["nodes"].as_array().unwrap().len(), 2, "closed ones are not on the list");
        let closed = app.nobody().ok("query($id: ID!) { studio(id: $id) { closedAt } }", json!({ "id": studio["id"] })).await;
        assert!(!closed["studio"]["closedAt"].is_null());
    }

    async fn studios_are_listed_the_nearest_first_and_page_by_page(app) {
        let near = "query($after: String) { studios(divisionCode: \"990101\", near: { latitude: 29.556, longitude: 106.571, datum: GCJ02 }, first: 2, after: $after) {
            nodes { venue { name } } pageInfo { hasNextPage endCursor } } }";
        let first = app.nobody().ok(near, json!({})).await["studios"].clone();
        assert_eq!(first["nodes"], json!([{ "venue": { "name": "老码头委员工作室" } }, { "venue": { "name": SPRING } }]));
        let rest = app.nobody().ok(near, json!({ "after": first["pageInfo"]["endCursor"] })).await["studios"].clone();
        assert_eq!((rest["nodes"][0]["venue"]["name"].as_str(), rest["pageInfo"]["hasNextPage"].as_bool()), (Some("石桥委员工作室"), Some(false)));
        app.nobody().expect_error("{ studios(near: { latitude: 200, longitude: 0 }) { nodes { id } } }", json!({}), "BAD_INPUT").await;
        app.nobody().expect_error("{ studios(first: 51) { nodes { id } } }", json!({}), "BAD_INPUT").await;
    }

    async fn who_leaves_a_studio_leaves_their_slots_to_come(app) {
        let (convenor, officer, studio) = (app.member(0).await, app.officer("听泉街道联络委").await, app.studio(SPRING).await);
        let slots = convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-29").await;
        let gone = slots[0]["member"]["id"].clone();
        let members = app.nobody().ok("query($id: ID!) { studio(id: $id) { members { id } convenors { name } } }", json!({ "id": studio })).await["studio"].clone();
        assert_eq!((members["members"].as_array().unwrap().len(), members["convenors"].clone()), (4, json!([{ "name": "白常委" }])));
        let stay: Vec<&Value> = members["members"].as_array().unwrap().iter().map(|member| &member["id"]).filter(|id| **id != gone).collect();
        let set = |version: i64, members: Value| json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": version, "memberIds": members });
        assert_eq!(officer.mutate("setStudioMembers", set(1, json!(stay))).await.done()["studio"]["members"].as_array().unwrap().len(), 3);
        assert_eq!(app.count("SELECT count(*) FROM duty_slots WHERE state = 'VACANT'").await, 1);
        officer.mutate("setStudioMembers", set(1, json!(stay))).await.expect_refusal("STATE_CHANGED");
        let stranger = json!(["member_00000000000000000000000000000000"]);
        officer.mutate("setStudioMembers", set(2, stranger)).await.expect_refusal("NOT_A_MEMBER_HERE");
        // Back again: the same member, a new place on the roster.
        officer.mutate("setStudioMembers", set(2, json!([gone]))).await.done();
        convenor.mutate_error("setStudioMembers", set(3, json!([])), "FORBIDDEN").await;
    }

    async fn what_happens_in_a_studio_is_for_the_inside(app) {
        let (convenor, studio) = (app.member(0).await, app.studio(SPRING).await);
        convenor.publish_roster(&studio, "TUESDAY", "2026-09-08", "2026-09-08").await;
        let query = "query($id: ID!) { studio(id: $id) { publicRoster { from members { name sectors } } roster { id } checkIns { nodes { id } } ledger { year } devices { id } } }";
        for (who, inside, runs) in [(app.nobody(), false, false), (app.resident(0).await, false, false), (app.member(2).await, true, false), (app.person("13800000013").await, false, false), (convenor, true, true)] {
            let seen = who.ok(query, json!({ "id": studio })).await["studio"].clone();
            assert_eq!(seen["publicRoster"].as_array().unwrap().len(), 1);
            assert_eq!((!seen["roster"].is_null(), !seen["ledger"].is_null()), (inside, inside), "{seen}");
            assert_eq!((!seen["checkIns"].is_null(), !seen["devices"].is_null()), (runs, runs), "{seen}");
        }
    }
}
