//! A consultation from proposal to research, laid aside, ended; and what its topic's people are told.
use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Column, TestApp, new_request, on_both_columns};

const CHAIR: &str = "13800000001";
const GENERAL: &str = "13800000002";
const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";

fn about(consultation: &Value, version: i64, verdict: &str, note: Option<&str>) -> Value {
    json!({ "consultationId": consultation["id"], "expectedVersion": version, "verdict": verdict, "note": note })
}

/// A programme whose proposals the chair's meeting selects.
async fn programme(app: &TestApp) -> Value {
    app.person(GENERAL).await.programme("YOU_SHI_LAI_XIE_SHANG").await
}

/// The item of an approved plan of that programme.
async fn planned(app: &TestApp, programme: &Value) -> Value {
    let general = app.person(GENERAL).await;
    let plan = general.draft_plan(programme, "老楼加装电梯", json!({})).await.done()["plan"].clone();
    app.member(2).await.comment("同意").await.done();
    let decision = json!({ "planId": plan["id"], "expectedVersion": 1, "verdict": "APPROVED" });
    general.meeting(1, json!([decision])).await.done();
    plan["items"][0]["id"].clone()
}

/// A further item of the plan, of that programme and the first street.
async fn planned_of(app: &TestApp, programme: &Value) -> Value {
    let general = app.person(GENERAL).await;
    let version = general.plan().await["version"].clone();
    let plan = general.draft_plan(programme, "又一件", json!({ "expectedVersion": version })).await.done()["plan"].clone();
    plan["items"].as_array().unwrap().iter().find(|item| item["title"] == "又一件").unwrap()["id"].clone()
}

fn kinds(seen: &Value) -> Vec<&str> {
    seen["allowedMoves"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

/// Eight proposals about one item at once; how many there are then, and how many were refused.
async fn rush(app: &TestApp) -> (i64, usize) {
    let programme = programme(app).await;
    let (item, officer) = (planned(app, &programme).await, app.officer(SPRING).await);
    let answers = join_all((0..8).map(|_| officer.propose(&programme, "电梯", json!({ "planItemId": item })))).await;
    let refused = answers.iter().filter(|done| done.0["code"] == "CONSULTED_ALREADY").count();
    (app.count("SELECT count(*) FROM consultations").await, refused)
}

on_both_columns! {
    async fn what_is_planned_is_proposed_selected_and_looked_into(app) {
        let (officer, chair, resident) = (app.officer(SPRING).await, app.person(CHAIR).await, app.resident(0).await);
        let programme = programme(&app).await;
        let item = planned(&app, &programme).await;
        let proposal = officer.propose(&programme, "老楼加装电梯", json!({ "planItemId": item })).await.done()["consultation"].clone();
        assert_eq!((&proposal["state"], &proposal["source"], &proposal["special"]), (&json!("PROPOSED"), &json!("LIAISON_COMMITTEE"), &json!(false)));
        // Until it is selected it is not there for the public.
        assert!(resident.consultation(&proposal).await.is_null());
        assert!(app.nobody().ok("query($id: ID!) { node(id: $id) { id } }", json!({ "id": proposal["id"] })).await["node"].is_null());
        assert_eq!(app.member(4).await.consultation(&proposal).await["planItem"]["id"], item);
        assert_eq!(kinds(&officer.consultation(&proposal).await), ["CANCEL"], "the chair's meeting selects");
        officer.consult("selectConsultation", &proposal, json!({})).await.expect_refusal("NOT_DELEGATED");
        officer.consult("addResearch", &proposal, json!({ "kind": "VISIT", "day": app.today(), "text": "看了" })).await.expect_refusal("STATE_CHANGED");
        chair.meeting(2, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        app.deliver().await;
        assert_eq!(officer.notices().await, ["CONSULTATION_SELECTED"]);
        let public = resident.consultation(&proposal).await;
        assert_eq!((&public["state"], &public["research"], &public["planItem"], kinds(&public).len()), (&json!("SELECTED"), &json!(null), &json!(null), 0));
        // Several who were out enter what they found without waiting for each other.
        let free = json!({ "requestId": new_request(), "consultationId": proposal["id"], "kind": "VISIT", "day": app.today(), "text": "走访十户，六户老人上下楼困难", "people": 8 });
        officer.mutate("addResearch", free).await.done();
        let seen = officer.research(&proposal, "走访底楼住户，担心采光").await.done()["consultation"].clone();
        assert_eq!((&seen["state"], &seen["version"]), (&json!("RESEARCHING"), &json!(4)));
        let public = resident.consultation(&proposal).await;
        assert_eq!((&public["researchCount"], &public["research"]), (&json!({ "records": 2, "people": 16 }), &json!(null)));
        let inside = app.member(4).await.consultation(&proposal).await;
        assert_eq!(inside["research"][1]["text"], "走访底楼住户，担心采光");
        let history: Vec<&str> = inside["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
        assert_eq!(history, ["PROPOSED", "SELECTED", "RESEARCH_ADDED", "RESEARCH_ADDED"]);
        // Members of the public list it.
        let listed = app.nobody().ok("{ consultations(divisionCode: \"990101\") { nodes { title state } } }", json!({})).await;
        assert_eq!(listed["consultations"]["nodes"], json!([{ "title": "老楼加装电梯", "state": "RESEARCHING" }]));
    }

    async fn the_second_of_two_is_told_what_happened(app) {
        let (officer, general, chair) = (app.officer(SPRING).await, app.person(GENERAL).await, app.person(CHAIR).await);
        let programme = programme(&app).await;
        let proposal = officer.propose(&programme, "噪声", json!({})).await.done()["consultation"].clone();
        assert_eq!(proposal["special"], true);
        general.consult("cancelConsultation", &proposal, json!({ "reason": "已另行解决" })).await.done();
        let refused = officer.consult("cancelConsultation", &proposal, json!({ "reason": "撤回" })).await.expect_refusal("STATE_CHANGED");
        assert_eq!((&refused["now"], &refused["byRole"]), (&json!("CANCELLED"), &json!("COMMITTEE_STAFF")));
        let refused = chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.expect_refusal("STATE_CHANGED");
        assert_eq!(refused["consultationId"], proposal["id"]);
        let other = officer.propose(&programme, "停车", json!({})).await.done()["consultation"].clone();
        let stale = json!({ "requestId": new_request(), "consultationId": other["id"], "expectedVersion": 9, "reason": "撤回" });
        assert_eq!(officer.mutate("cancelConsultation", stale).await.expect_refusal("STATE_CHANGED")["version"], 1);
        let input = json!({ "requestId": new_request(), "consultationId": other["id"], "expectedVersion": 1, "reason": "撤回" });
        assert_eq!(officer.mutate("cancelConsultation", input.clone()).await.done()["replayed"], false);
        assert_eq!(officer.mutate("cancelConsultation", input).await.done()["replayed"], true);
        app.deliver().await;
        assert_eq!(officer.notices().await, ["CONSULTATION_CANCELLED"], "what one did oneself is no news");
    }

    async fn a_meeting_decides_in_one_batch_or_not_at_all(app) {
        let (officer, chair) = (app.officer(SPRING).await, app.person(CHAIR).await);
        let programme = programme(&app).await;
        let mut three = Vec::new();
        for title in ["甲", "乙", "丙"] {
            three.push(officer.propose(&programme, title, json!({})).await.done()["consultation"].clone());
        }
        let wrong = json!([about(&three[0], 1, "APPROVED", None), about(&three[1], 7, "APPROVED", None)]);
        assert_eq!(chair.meeting(1, wrong).await.expect_refusal("STATE_CHANGED")["consultationId"], three[1]["id"]);
        assert_eq!(officer.consultation(&three[0]).await["state"], "PROPOSED");
        let right = json!([about(&three[2], 1, "DECLINED", Some("已在办理")), about(&three[0], 1, "APPROVED", None), about(&three[1], 1, "DEFERRED", Some("下次再议"))]);
        let meeting = chair.meeting(1, right).await.done()["meeting"].clone();
        let verdicts: Vec<&Value> = meeting["decisions"].as_array().unwrap().iter().map(|one| &one["verdict"]).collect();
        assert_eq!(verdicts, ["DECLINED", "APPROVED", "DEFERRED"], "in the order of the meeting");
        let mut states = Vec::new();
        for one in &three {
            states.push(officer.consultation(one).await["state"].clone());
        }
        assert_eq!(states, ["SELECTED", "PROPOSED", "CANCELLED"]);
        assert_eq!(officer.consultation(&three[2]).await["reason"], "已在办理");
        app.deliver().await;
        let mut told = officer.notices().await;
        told.sort();
        assert_eq!(told, ["CONSULTATION_DECLINED", "CONSULTATION_SELECTED"]);
        let meetings = officer.ok("query($id: ID!) { chairMeetings(committeeId: $id) { number decisions { note consultation { title } } } }", json!({ "id": app.committee().await })).await;
        assert_eq!(meetings["chairMeetings"][0]["decisions"][2], json!({ "note": "下次再议", "consultation": { "title": "乙" } }));
        let outside = app.resident(0).await.ok("query($id: ID!) { chairMeetings(committeeId: $id) { number } }", json!({ "id": app.committee().await })).await;
        assert_eq!(outside["chairMeetings"], json!([]));
    }

    async fn a_liaison_committee_selects_what_is_planned_where_the_programme_says_so(app) {
        let (general, officer) = (app.person(GENERAL).await, app.officer(SPRING).await);
        let programme = general.programme("YUAN_BA_XIE_SHANG").await;
        let item = planned(&app, &programme).await;
        let own = officer.propose(&programme, "老楼加装电梯", json!({ "planItemId": item })).await.done()["consultation"].clone();
        officer.consult("selectConsultation", &own, json!({})).await.expect_refusal("NEEDS_ANOTHER_PERSON");
        officer.consult("cancelConsultation", &own, json!({ "reason": "改由综合部门提出" })).await.done();
        let theirs = general.propose(&programme, "老楼加装电梯", json!({ "planItemId": item })).await.done()["consultation"].clone();
        app.officer(BRIDGE).await.mutate_error("selectConsultation", json!({ "requestId": new_request(), "consultationId": theirs["id"], "expectedVersion": 1 }), "FORBIDDEN").await;
        assert_eq!(officer.consult("selectConsultation", &theirs, json!({})).await.done()["consultation"]["state"], "SELECTED");
        // A special matter is for the chair's meeting all the same.
        let special = general.propose(&programme, "急事", json!({})).await.done()["consultation"].clone();
        officer.consult("selectConsultation", &special, json!({})).await.expect_refusal("NOT_DELEGATED");
        app.person(CHAIR).await.meeting(2, json!([about(&special, 1, "APPROVED", None)])).await.done();
    }

    async fn members_propose_special_matters_and_look_into_them(app) {
        let (member, chair, other) = (app.member(2).await, app.person(CHAIR).await, app.member(4).await);
        let programme = programme(&app).await;
        let input = json!({ "requestId": new_request(), "programmeId": programme, "title": "一老一小", "question": "社区托育怎么办", "divisionCode": "990101001" });
        app.resident(0).await.mutate_error("proposeConsultation", input.clone(), "FORBIDDEN").await;
        let proposal = member.mutate("proposeConsultation", input.clone()).await.done()["consultation"].clone();
        assert_eq!((&proposal["source"], &proposal["special"]), (&json!("MEMBERS"), &json!(true)));
        assert_eq!(member.mutate("proposeConsultation", input).await.done()["replayed"], true);
        chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        other.mutate_error("addResearch", json!({ "requestId": new_request(), "consultationId": proposal["id"], "expectedVersion": 2, "kind": "MEETING", "day": app.today(), "text": "座谈" }), "FORBIDDEN").await;
        member.research(&proposal, "走访两家托育园").await.done();
        assert_eq!(member.consultation(&proposal).await["history"][2]["role"], "MEMBER");
        member.mutate_error("cancelConsultation", json!({ "requestId": new_request(), "consultationId": proposal["id"], "expectedVersion": 3, "reason": "不办了" }), "FORBIDDEN").await;
    }

    async fn what_is_postponed_goes_on_and_what_is_cancelled_does_not(app) {
        let (officer, chair, resident) = (app.officer(SPRING).await, app.person(CHAIR).await, app.resident(0).await);
        let programme = programme(&app).await;
        let proposal = officer.propose(&programme, "夜市", json!({})).await.done()["consultation"].clone();
        officer.consult("postponeConsultation", &proposal, json!({ "reason": "太早" })).await.expect_refusal("STATE_CHANGED");
        chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        officer.consult("postponeConsultation", &proposal, json!({ "reason": "等新规出台" })).await.done();
        assert_eq!(resident.consultation(&proposal).await["reason"], "等新规出台");
        officer.consult("addResearch", &proposal, json!({ "kind": "SURVEY", "day": app.today(), "text": "问卷" })).await.expect_refusal("STATE_CHANGED");
        assert_eq!(officer.consult("resumeConsultation", &proposal, json!({})).await.done()["consultation"]["state"], "RESEARCHING");
        officer.consult("cancelConsultation", &proposal, json!({ "reason": "已有专项整治" })).await.done();
        officer.consult("resumeConsultation", &proposal, json!({})).await.expect_refusal("STATE_CHANGED");
        let events = officer.consultation(&proposal).await["history"].clone();
        let why: Vec<&Value> = events.as_array().unwrap().iter().map(|event| &event["reason"]).filter(|reason| !reason.is_null()).collect();
        assert_eq!(why, ["等新规出台", "已有专项整治"], "each reason stays with what it was for");
        assert_eq!(kinds(&officer.consultation(&proposal).await).len(), 0);
        // What was public stays so.
        assert_eq!(resident.consultation(&proposal).await["state"], "CANCELLED");
    }

    async fn a_consultation_keeps_the_version_of_its_programme(app) {
        let (general, officer) = (app.person(GENERAL).await, app.officer(SPRING).await);
        let programme = programme(&app).await;
        let proposal = officer.propose(&programme, "夜市", json!({})).await.done()["consultation"].clone();
        let content = json!({ "name": "有事来协商", "level": "TOWNSHIP", "noticeWorkingDays": 9, "stakeholderSharePercent": 50, "parties": ["RESIDENT"], "evaluationQuestions": [] });
        general.mutate("publishProgrammeVersion", json!({ "requestId": new_request(), "programmeId": programme, "expectedNumber": 1, "content": content })).await.done();
        let later = officer.propose(&programme, "停车", json!({})).await.done()["consultation"].clone();
        let numbers = [officer.consultation(&proposal).await, officer.consultation(&later).await].map(|seen| seen["programmeVersion"]["number"].clone());
        assert_eq!(numbers, [json!(1), json!(2)]);
        let cause = app.execute("UPDATE consultations SET version = version + 1, programme_number = 3 - programme_number").await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("a_consultation_keeps_its_version"));
    }

    // Every voice gets an answer: what became of the topic is told to those who raised and backed it, once a step.
    async fn whoever_raised_or_backed_a_topic_is_told_when_it_becomes_a_consultation_and_what_comes_of_it(app) {
        let (officer, chair, author, backer) = (app.officer(SPRING).await, app.person(CHAIR).await, app.resident(0).await, app.resident(1).await);
        let programme = programme(&app).await;
        let topic = author.submit_topic("十二年没有通气").await;
        let accepted = officer.accept(&topic).await;
        backer.support(&topic).await.done();
        officer.propose(&programme, "通天然气", json!({ "topicId": topic["id"] })).await.expect_refusal("TOPIC_NOT_READY");
        let listed = officer.step("shortlistTopic", &accepted, json!({})).await.done()["topic"].clone();
        let proposal = officer.propose(&programme, "通天然气", json!({ "topicId": topic["id"] })).await.done()["consultation"].clone();
        assert_eq!(proposal["source"], "TOPIC");
        let refused = officer.propose(&programme, "又一次", json!({ "topicId": topic["id"] })).await.expect_refusal("CONSULTED_ALREADY");
        assert_eq!(refused["other"], proposal["id"]);
        app.deliver().await;
        let before = (author.notices().await.len(), backer.notices().await.len());
        chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        app.deliver().await;
        let told = |all: Vec<String>, before: usize| all[..all.len() - before].to_vec();
        assert_eq!(told(author.notices().await, before.0), ["TOPIC_ADOPTED"]);
        assert_eq!(told(backer.notices().await, before.1), ["TOPIC_ADOPTED"]);
        let query = "query($id: ID!) { topic(id: $id) { state version adoptions { id as text consultation { id title state } } } }";
        let seen = backer.ok(query, json!({ "id": topic["id"] })).await["topic"].clone();
        assert_eq!((&seen["state"], &seen["adoptions"][0]["as"], &seen["adoptions"][0]["consultation"]["id"]), (&json!("ADOPTED"), &json!("CONSULTATION"), &proposal["id"]));
        assert!(seen["version"].as_i64() > listed["version"].as_i64());
        assert_eq!(app.nobody().consultation(&proposal).await["topic"]["state"], "ADOPTED");
        // Its end is told by itself, not by hand.
        let by_hand = json!({ "requestId": new_request(), "adoptionId": seen["adoptions"][0]["id"], "result": "好了" });
        officer.mutate_error("recordOutcome", by_hand, "BAD_INPUT").await;
        officer.consult("cancelConsultation", &proposal, json!({ "reason": "燃气公司已进场施工" })).await.done();
        app.deliver().await;
        assert_eq!(told(author.notices().await, before.0)[0], "TOPIC_ANSWERED");
        assert_eq!(told(backer.notices().await, before.1), ["TOPIC_ANSWERED", "TOPIC_ADOPTED"]);
        let answered = app.nobody().ok("query($id: ID!) { topic(id: $id) { state answer { text } } }", json!({ "id": topic["id"] })).await["topic"].clone();
        assert_eq!((&answered["state"], &answered["answer"]["text"]), (&json!("ANSWERED"), &json!("这次协商已取消：燃气公司已进场施工")));
        let lineage = app.nobody().ok("query($id: ID!) { lineage(id: $id) { nodes { kind title state thing { ... on Consultation { id } } } } }", json!({ "id": proposal["id"] })).await;
        let nodes = lineage["lineage"]["nodes"].as_array().unwrap().clone();
        let own = nodes.iter().find(|node| node["kind"] == "CONSULTATION").unwrap();
        assert_eq!((&own["thing"]["id"], &own["state"], &own["title"]), (&proposal["id"], &json!("CANCELLED"), &json!("通天然气")));
    }

    async fn a_topic_that_went_another_way_meanwhile_is_consulted_about_no_more(app) {
        let (officer, chair, author) = (app.officer(SPRING).await, app.person(CHAIR).await, app.resident(0).await);
        let programme = programme(&app).await;
        let accepted = officer.accept(&author.submit_topic("路灯").await).await;
        let listed = officer.step("shortlistTopic", &accepted, json!({})).await.done()["topic"].clone();
        let proposal = officer.propose(&programme, "路灯", json!({ "topicId": listed["id"] })).await.done()["consultation"].clone();
        officer.answer(&listed, "已修好").await;
        let refused = chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.expect_refusal("TOPIC_NOT_READY");
        assert_eq!(refused["consultationId"], proposal["id"]);
        let seen = author.ok("query($id: ID!) { topic(id: $id) { state adoptions { id } } }", json!({ "id": listed["id"] })).await["topic"].clone();
        assert_eq!(seen, json!({ "state": "ANSWERED", "adoptions": [] }));
        officer.consult("cancelConsultation", &proposal, json!({ "reason": "已修好" })).await.done();
    }

    async fn of_a_topic_that_was_merged_meanwhile_the_whole_cluster_becomes_it(app) {
        let (officer, chair, author, other) = (app.officer(SPRING).await, app.person(CHAIR).await, app.resident(0).await, app.resident(1).await);
        let programme = programme(&app).await;
        let one = officer.accept(&author.submit_topic("路灯不亮").await).await;
        let head = officer.accept(&other.submit_topic("路灯坏了").await).await;
        let one = officer.step("shortlistTopic", &one, json!({})).await.done()["topic"].clone();
        let head = officer.step("shortlistTopic", &head, json!({})).await.done()["topic"].clone();
        let proposal = officer.propose(&programme, "路灯", json!({ "topicId": one["id"] })).await.done()["consultation"].clone();
        let merge = json!({ "requestId": new_request(), "canonicalId": head["id"], "topicIds": [one["id"]], "expectedVersion": head["version"], "reason": "同一件事" });
        officer.mutate("mergeTopics", merge).await.done();
        chair.meeting(1, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        app.deliver().await;
        assert_eq!((&author.notices().await[0], &other.notices().await[0]), (&"TOPIC_ADOPTED".to_owned(), &"TOPIC_ADOPTED".to_owned()));
        let seen = other.ok("query($id: ID!) { topic(id: $id) { state adoptions { consultation { id } } } }", json!({ "id": head["id"] })).await["topic"].clone();
        assert_eq!(seen, json!({ "state": "ADOPTED", "adoptions": [{ "consultation": { "id": proposal["id"] } }] }));
        officer.consult("cancelConsultation", &proposal, json!({ "reason": "已修好" })).await.done();
        app.deliver().await;
        assert_eq!((&author.notices().await[0], &other.notices().await[0]), (&"TOPIC_ANSWERED".to_owned(), &"TOPIC_ANSWERED".to_owned()));
    }

    async fn what_is_wrong_with_a_proposal_is_told_by_its_field(app) {
        let (officer, general) = (app.officer(SPRING).await, app.person(GENERAL).await);
        let programme = programme(&app).await;
        let other = general.programme("SHE_QU_XIE_SHANG").await;
        let item = planned(&app, &other).await;
        let unit = app.organisation("区城市管理局").await;
        for (field, more) in [
            ("title", json!({ "title": "字".repeat(51) })),
            ("question", json!({ "question": "字".repeat(1001) })),
            ("divisionCode", json!({ "divisionCode": "990102" })),
            ("organiserId", json!({ "organiserId": unit })),
            ("planItemId", json!({ "planItemId": item })),
            ("planItemId", json!({ "planItemId": "planitem_00000000000000000000000000000000" })),
            ("coHostIds", json!({ "coHostIds": [unit] })),
        ] {
            let mut input = json!({ "requestId": new_request(), "programmeId": programme, "title": "电梯", "question": "怎么办", "divisionCode": "990101001", "organiserId": app.organisation(SPRING).await });
            more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
            let error = officer.mutate_error("proposeConsultation", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{more}");
        }
        // Another street's item, and another street's place.
        let theirs = planned_of(&app, &programme).await;
        let bridge = app.organisation(BRIDGE).await;
        let taken = json!({ "requestId": new_request(), "programmeId": programme, "title": "电梯", "question": "怎么办", "divisionCode": "990101002", "organiserId": bridge, "planItemId": theirs });
        let error = app.officer(BRIDGE).await.mutate_error("proposeConsultation", taken, "BAD_INPUT").await;
        assert_eq!(error["extensions"]["field"], "planItemId");
        let away = json!({ "requestId": new_request(), "programmeId": programme, "title": "电梯", "question": "怎么办", "divisionCode": "990101002", "organiserId": app.organisation(SPRING).await });
        let error = officer.mutate_error("proposeConsultation", away, "BAD_INPUT").await;
        assert_eq!(error["extensions"]["field"], "divisionCode");
        let elsewhere = json!({ "requestId": new_request(), "programmeId": programme, "title": "电梯", "question": "怎么办", "divisionCode": "990101002", "organiserId": app.organisation(BRIDGE).await });
        officer.mutate_error("proposeConsultation", elsewhere, "FORBIDDEN").await;
        let proposal = officer.propose(&programme, "电梯", json!({})).await.done()["consultation"].clone();
        app.person(CHAIR).await.meeting(2, json!([about(&proposal, 1, "APPROVED", None)])).await.done();
        for (field, more) in [("day", json!({ "day": "2099-01-01" })), ("people", json!({ "people": -1 })), ("text", json!({ "text": "" }))] {
            let mut input = json!({ "requestId": new_request(), "consultationId": proposal["id"], "expectedVersion": 2, "kind": "VISIT", "day": app.today(), "text": "看了", "people": 1 });
            more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
            let error = officer.mutate_error("addResearch", input, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field);
        }
    }

    async fn a_committee_that_holds_it_too_sees_it_from_the_beginning(app) {
        let (officer, outside) = (app.officer(SPRING).await, app.resident(5).await);
        app.execute("INSERT INTO organisations (id, committee_id, kind, name, division_code, created_at) SELECT id, id, 'COMMITTEE', '望山区委员会', '990102', 1 FROM accounts ORDER BY id LIMIT 1").await.unwrap();
        let found = app.nobody().ok("{ committee(divisionCode: \"990102\") { id } }", json!({})).await["committee"]["id"].clone();
        let programme = programme(&app).await;
        let proposal = officer.propose(&programme, "界河治理", json!({ "coHostIds": [found] })).await.done()["consultation"].clone();
        assert!(outside.consultation(&proposal).await.is_null());
        app.execute("UPDATE appointments SET committee_id = (SELECT id FROM organisations WHERE name = '望山区委员会'), organisation_id = CASE WHEN organisation_id IS NULL THEN NULL ELSE (SELECT id FROM organisations WHERE name = '望山区委员会') END WHERE role = 'CHAIR'").await.unwrap();
        let theirs = app.person(CHAIR).await.consultation(&proposal).await;
        assert_eq!((&theirs["coHosts"][0]["committee"]["name"], &theirs["coHosts"][0]["state"], kinds(&theirs).len()), (&json!("望山区委员会"), &json!("ASKED"), 0), "they see it; it is the other's to move");
        let says = json!({ "requestId": new_request(), "consultationId": proposal["id"], "committeeId": found, "agree": true });
        officer.mutate_error("respondToCoHosting", says.clone(), "FORBIDDEN").await;
        let desk = app.person(GENERAL).await;
        desk.mutate_error("respondToCoHosting", says.clone(), "FORBIDDEN").await;
        app.execute("UPDATE appointments SET committee_id = (SELECT id FROM organisations WHERE name = '望山区委员会'), organisation_id = CASE WHEN organisation_id IS NULL THEN NULL ELSE (SELECT id FROM organisations WHERE name = '望山区委员会') END WHERE desk = 'GENERAL'").await.unwrap();
        app.execute("DELETE FROM sign_in_codes").await.unwrap();
        let desk = app.person(GENERAL).await;
        assert_eq!(desk.mutate("respondToCoHosting", says.clone()).await.done()["replayed"], false);
        assert_eq!(desk.mutate("respondToCoHosting", says).await.done()["replayed"], true);
        let again = json!({ "requestId": new_request(), "consultationId": proposal["id"], "committeeId": found, "agree": false });
        desk.mutate("respondToCoHosting", again).await.expect_refusal("NOT_ASKED");
        assert_eq!(officer.consultation(&proposal).await["coHosts"][0]["state"], "AGREED");
        app.deliver().await;
        assert_eq!(officer.notices().await, ["CO_HOSTING_ANSWERED"]);
    }

    async fn of_eight_proposals_about_one_item_at_once_one_is_made(app) {
        assert_eq!(rush(&app).await, (1, 7));
    }

    async fn what_the_database_holds_of_consultations(app) {
        let programme = programme(&app).await;
        app.officer(SPRING).await.propose(&programme, "电梯", json!({})).await.done();
        for (changed, rule) in [
            ("UPDATE consultations SET version = version + 1, state = 'RESEARCHING'", "undeclared_move"),
            ("UPDATE consultations SET state = 'SELECTED', selected_at = 1", "version_grows_by_one"),
            ("DELETE FROM consultations", "history_stays"),
            ("DELETE FROM consultation_events", "append_only"),
        ] {
            let cause = app.execute(changed).await.unwrap_err();
            assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some(rule), "{changed}");
        }
    }
}

// The negative control.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_rule_there_would_be_more_than_one() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        app.execute("DROP INDEX one_consultation_per_item").await.unwrap();
        if column == Column::Embedded {
            app.execute("DROP TRIGGER consultation_made").await.unwrap();
        }
        assert_eq!(rush(&app).await, (8, 0));
    }
}
