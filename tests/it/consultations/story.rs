//! No gas for twelve years: from a voice to the confirmation that it was heard.
use serde_json::{Value, json};
use shangyi_tests::{new_request, on_both_columns};

const GENERAL: &str = "13800000002";
const GAS: &str = "13800000015";
const CITY: &str = "13800000013";
const WATER: &str = "13800000014";

on_both_columns! {
    async fn no_gas_for_twelve_years(app) {
        // Raised, backed by three neighbours, put on the short list by the street's officer.
        let author = app.resident(0).await;
        let topic = author.submit_topic("十二年没有通天然气").await;
        let officer = app.fresh_officer().await;
        let topic = officer.accept(&topic).await;
        for n in 1..4 {
            app.resident(n).await.support(&topic).await.done();
        }
        let topic = app.fresh_officer().await.topic(&topic["id"]).await;
        let topic = app.fresh_officer().await.step("shortlistTopic", &topic, json!({})).await.done()["topic"].clone();
        let programme = app.fresh(GENERAL).await.programme("YOU_SHI_LAI_XIE_SHANG").await;
        let officer = app.fresh_officer().await;
        let proposal = officer.propose(&programme, "天然气入户", json!({ "topicId": topic["id"] })).await.done()["consultation"].clone();
        let decision = json!({ "consultationId": proposal["id"], "expectedVersion": 1, "verdict": "APPROVED" });
        app.fresh("13800000001").await.meeting(1, json!([decision])).await.done();
        // Three months of research with ten visits.
        for visit in 0..10 {
            app.advance(9 * 86_400);
            app.fresh_officer().await.research(&proposal, &format!("第{}次走访", visit + 1)).await.done();
        }
        let at = |day: &str| json!({ "hallId": null, "from": format!("{day}T09:00:00+08:00"), "until": format!("{day}T11:00:00+08:00"), "capacity": 30 });
        let hall = app.fresh_officer().await.venue("听泉街道协商议事厅").await;
        let convenor = app.fresh("13800000101").await.member_id().await;
        let sits = |day: &str| { let mut input = at(day); input["hallId"] = hall.clone(); input["convenorId"] = convenor.clone(); input };
        app.fresh_officer().await.consult("announceConsultation", &proposal, sits("2026-12-15")).await.done();
        let seen = app.fresh_officer().await.consultation(&proposal).await;
        assert_eq!(seen["researchCount"], json!({ "records": 10, "people": 80 }));
        // Three departments are invited; author and backers come as stakeholders.
        let units: Vec<Value> = vec![app.organisation("区燃气管理中心").await, app.organisation("区城市管理局").await, app.organisation("区水务局").await];
        let invitees: Vec<Value> = units.iter().map(|unit| json!({ "unit": unit })).collect();
        app.fresh_officer().await.mutate("invite", json!({ "requestId": new_request(), "consultationId": proposal["id"], "invitees": invitees })).await.done();
        let first = seen["sittings"][0].clone();
        for phone in [GAS, CITY, WATER] {
            app.fresh(phone).await.reply(&first, "DELEGATE", json!({ "delegate": "科室负责人" })).await.done();
        }
        for n in 0..4 {
            app.fresh(app.phone_of("RESIDENT", n)).await.ask(&first, json!({})).await.done();
        }
        // Two sittings.
        app.set_time("2026-12-15", 8, 45);
        let officer = app.fresh_officer().await;
        officer.consult("startSitting", &proposal, json!({})).await.done();
        officer.attended(&proposal, &first).await.done();
        let speaker = officer.conduct(&proposal).await["participants"][4]["id"].clone();
        let said = json!({ "requestId": new_request(), "consultationId": proposal["id"], "sittingId": first["id"], "participantId": speaker, "text": "管线离小区只有三百米。" });
        officer.mutate("recordContribution", said).await.done();
        officer.consult("addSitting", &proposal, sits("2026-12-24")).await.done();
        app.set_time("2026-12-24", 9, 0);
        let officer = app.fresh_officer().await;
        officer.consult("startSitting", &proposal, json!({})).await.done();
        let second = officer.consultation(&proposal).await["sittings"][1].clone();
        officer.attended(&proposal, &second).await.done();
        let items = json!([
            { "task": "敷设主管线三百米", "unitId": units[0], "dueOn": "2027-03-31" },
            { "task": "恢复破损路面", "unitId": units[1], "dueOn": "2027-04-15" },
            { "task": "迁改给水管", "unitId": units[1], "dueOn": "2027-02-28" },
        ]);
        officer.drafts("draftMinutes", &proposal, items).await.done();
        app.fresh("13800000101").await.sign(&proposal).await.done();
        app.fresh_officer().await.publishes(&proposal).await.done();
        let public = app.nobody().conduct(&proposal).await;
        assert_eq!((&public["shareNotMet"], &public["turnout"][2]["present"], &public["contributions"]), (&json!(false), &json!(3), &json!(null)));
        app.fresh(GENERAL).await.consult("reportConsultation", &proposal, json!({ "recipients": ["区政府"] })).await.done();
        // The city returns what is the water office's; everything is done; the road is disputed once.
        app.fresh(CITY).await.handles("returnHandOver", &proposal, 3, json!({ "reason": "给水管归水务局" })).await.done();
        let officer = app.fresh_officer().await;
        let returned = officer.item(&proposal, 3).await;
        officer.mutate("handOver", json!({ "requestId": new_request(), "subjectId": returned["id"], "expectedVersion": returned["version"], "unitId": units[2] })).await.done();
        app.set_time("2027-02-20", 9, 0);
        for (phone, number, text) in [(GAS, 1, "已通气"), (CITY, 2, "已恢复"), (WATER, 3, "已迁改")] {
            let unit = app.fresh(phone).await;
            unit.handles("acceptHandOver", &proposal, number, json!({})).await.done();
            unit.handles("replyToHandOver", &proposal, number, json!({ "text": text })).await.done();
        }
        let author = app.fresh(app.phone_of("RESIDENT", 0)).await;
        author.on_item("confirmItem", &proposal, 2, json!({ "kept": false, "reason": "三栋门口还有坑" })).await.done();
        app.fresh(CITY).await.handles("replyToHandOver", &proposal, 2, json!({ "text": "三栋门口已补好" })).await.done();
        let author = app.fresh(app.phone_of("RESIDENT", 0)).await;
        for number in 1..4 {
            author.on_item("confirmItem", &proposal, number, json!({ "kept": true })).await.done();
        }
        // The topic is answered by itself, and the consultation evaluated by one who was there.
        let answered = app.nobody().topic(&topic["id"]).await;
        assert_eq!(answered["state"], "ANSWERED");
        author.rates(&proposal, 5).await.done();
        app.fresh_officer().await.consult("closeConsultation", &proposal, json!({})).await.done();
        app.deliver().await;
        app.deliver().await;
        // Every backer was told each step once.
        for n in 1..4 {
            let told = app.fresh(app.phone_of("RESIDENT", n)).await.notices().await;
            let count = |kind: &str| told.iter().filter(|one| *one == kind).count();
            let steps = ["TOPIC_ADOPTED", "TOPIC_CONSULTATION_MINUTED", "TOPIC_ANSWERED"];
            assert!(steps.iter().all(|kind| count(kind) == 1), "{told:?}");
            assert_eq!((count("TOPIC_CONSULTATION_ANNOUNCED"), count("TOPIC_ITEM_ENDED")), (2, 3), "each sitting and each item once: {told:?}");
        }
        // From the voice one can follow to the confirmation.
        let query = "query($id: ID!) { lineage(id: $id) { nodes { kind title state } edges { kind } } }";
        let graph = app.nobody().ok(query, json!({ "id": topic["id"] })).await["lineage"].clone();
        let kinds: Vec<&str> = graph["nodes"].as_array().unwrap().iter().map(|node| node["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "CONFIRMATION").count(), 3, "{graph}");
        assert!(["TOPIC", "CONSULTATION", "AGREED_ITEM", "HAND_OVER", "ANSWER"].iter().all(|kind| kinds.contains(kind)), "{graph}");
    }
}
