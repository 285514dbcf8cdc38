use serde_json::json;
use shangyi_tests::{new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";

on_both_columns! {
    async fn the_ledger_counts_facts_and_its_address_gives_the_table_once(app) {
        let (convenor, officer, studio) = (app.member(0).await, app.officer("听泉街道联络委").await, app.studio(SPRING).await);
        let rename = json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": 1, "name": "=1+1,\"泉\"" });
        officer.mutate("updateStudio", rename).await.done();
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
        let kept = slots[0]["member"]["name"].as_str().unwrap();
        let phone = app.people.iter().find(|person| person.name == kept).unwrap().phone;
        app.set_time("2026-09-02", 8, 50);
        let (on_duty, convenor, walk_in) = (app.person(phone).await, app.officer("听泉街道联络委").await, app.member(9).await);
        for (member, residents, matters) in [(&on_duty, 5, json!(["a", "b"])), (&walk_in, 2, json!(["c"]))] {
            let code = convenor.display(&studio).await["payload"].clone();
            member.check_in(&studio, &code).await.done();
            member.check_out(&studio, json!({ "residents": residents, "matters": matters })).await.done();
        }
        let query = "query($id: ID!, $year: Int) { studioLedger(studioId: $id, year: $year) { year total { slots slotsKept visits residents matters } months { month counts { visits } } } }";
        let ledger = walk_in.ok(query, json!({ "id": studio })).await["studioLedger"].clone();
        assert_eq!(ledger["total"], json!({ "slots": 5, "slotsKept": 1, "visits": 2, "residents": 7, "matters": 3 }));
        assert_eq!((ledger["months"].as_array().unwrap().len(), ledger["months"][8]["counts"]["visits"].as_i64()), (12, Some(2)));
        assert_eq!(walk_in.ok(query, json!({ "id": studio, "year": 2025 })).await["studioLedger"]["total"]["visits"], 0);
        app.resident(0).await.expect_error(query, json!({ "id": studio }), "FORBIDDEN").await;
        let file = convenor.mutate("studioLedgerFile", json!({ "studioId": studio })).await.0;
        let url = format!("{}{}", app.url, file["path"].as_str().unwrap());
        let answer = app.client.get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"ledger.csv\"; filename*=UTF-8''"));
        let bytes = answer.bytes().await.unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.starts_with('\u{feff}'), "a byte order mark");
        let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 13);
        assert_eq!(rows[8].iter().collect::<Vec<_>>(), ["'=1+1,\"泉\"", "2026", "9", "5", "1", "2", "7", "3", "0"]);
        assert_eq!(app.client.get(&url).send().await.unwrap().status(), 404, "an address works once");
        let over = convenor.mutate("studioLedgerFile", json!({ "studioId": studio })).await.0;
        let over = format!("{}{}", app.url, over["path"].as_str().unwrap());
        let mut forged = over.clone().into_bytes();
        let last = forged.len() - 4;
        forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
        assert_eq!(app.client.get(String::from_utf8(forged).unwrap()).send().await.unwrap().status(), 404);
        app.advance(301);
        assert_eq!(app.client.get(&over).send().await.unwrap().status(), 404, "and for five minutes");
    }
}
