//! Who sees what: every root field called, and every field of one row of every type read, by everybody there is. The
//! result is a reviewed snapshot (`snapshots/`): a new field changes it, and somebody must look at the change.
mod inputs;

use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};
use inputs::{consultation_mutations, later_mutations, mutations, reception_mutations, studio_mutations};
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request};
use std::collections::BTreeMap;

const MEMBERS: &str = "committee_division,committee,term,term_from,term_until,number,name,phone,standing,special_committee,sector,sector_group,liaison_committee,liaison_division,cluster,from,until
990102,望山区委员会,5,2024-01-01,2029-01-01,05001,外委员,13700000001,no,,农业界,,,,,,
";

struct Schema(BTreeMap<String, Vec<FieldDefinition>>);

impl Schema {
    fn read() -> Self {
        let document = async_graphql::parser::parse_schema(shangyi::graphql::sdl()).unwrap();
        let mut types = BTreeMap::new();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition
                && let TypeKind::Object(object) = definition.node.kind
            {
                types.insert(definition.node.name.node.to_string(), object.fields.into_iter().map(|field| field.node).collect());
            }
        }
        Self(types)
    }

    /// Every field of a type that needs no argument; of things inside, every plain field.
    fn selection(&self, name: &str, depth: usize) -> String {
        let mut text = String::new();
        for field in &self.0[name] {
            if field.arguments.iter().any(|argument| !argument.node.ty.node.nullable) {
                continue;
            }
            let inner = base(&field.ty.node);
            match (self.0.contains_key(inner), depth) {
                (false, _) if inner == "AppointmentScope" => text.push_str(&format!("{} {{ __typename }} ", field.name.node)),
                (false, _) => text.push_str(&format!("{} ", field.name.node)),
                (true, 0) => {}
                (true, _) => text.push_str(&format!("{} {{ __typename {} }} ", field.name.node, self.selection(inner, depth - 1))),
            }
        }
        text
    }
}

fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base(inner),
    }
}

struct Everybody<'a>(Vec<(&'static str, Person<'a>)>);

async fn everybody(app: &TestApp) -> Everybody<'_> {
    let began = app.app.clock.now();
    let everybody = Everybody(vec![
        ("nobody", app.nobody()),
        ("author", app.resident(0).await),
        ("backer", app.resident(1).await),
        ("resident", app.resident(2).await),
        ("member", app.member(2).await),
        ("member on duty", app.member(4).await),
        ("convenor", app.member(0).await),
        ("convenor elsewhere", app.member(1).await),
        ("member elsewhere", app.person("13700000001").await),
        ("officer", app.officer("听泉街道联络委").await),
        ("officer elsewhere", app.officer("石桥街道联络委").await),
        ("unit", app.person("13800000013").await),
        ("general desk", app.person("13800000002").await),
        ("member affairs", app.person("13800000003").await),
        ("proposals desk", app.person("13800000004").await),
        ("chair", app.person("13800000001").await),
        ("auditor", app.person("13800000005").await),
    ]);
    // Each sign-in takes a minute on this clock: nobody's token is to run out meanwhile.
    app.app.clock.set(began.plus_seconds(120));
    everybody
}

/// Where a value is: every path that is not null.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "__typename").for_each(|(name, inner)| paths(inner, &format!("{path}.{name}"), found))
        }
        Value::Array(items) => items.iter().for_each(|inner| paths(inner, path, found)),
        Value::Null => {}
        _ if found.iter().any(|known| known == path) => {}
        _ => found.push(path.to_owned()),
    }
}

async fn committee_id(app: &TestApp) -> Value {
    app.nobody().ok("{ committee(divisionCode: \"990101\") { id } }", json!({})).await["committee"]["id"].clone()
}

async fn world(app: &TestApp) -> Vec<(&'static str, String, Value)> {
    let file = std::env::temp_dir().join(format!("shangyi-members-{}.csv", new_request()));
    std::fs::write(&file, MEMBERS).unwrap();
    let report = shangyi::import::members(&app.app, &file).await.unwrap();
    assert_eq!((report.bad, report.changed), (0, 1), "{:?}", report.problems);
    std::fs::remove_file(&file).unwrap();
    let (author, backer, officer) = (app.resident(0).await, app.resident(1).await, app.officer("听泉街道联络委").await);
    let waiting = author.submit_topic("等待中的议题").await;
    let public = author.submit_topic("公开的议题").await;
    let public = officer.accept(&officer.step("maskTopic", &public, json!({ "words": ["尽快"] })).await.done()["topic"].clone()).await;
    backer.support(&public).await.done();
    backer.mutate("flagTopic", json!({ "requestId": new_request(), "topicId": public["id"], "why": "FALSE", "note": "不实" })).await.done();
    let public = officer.answer(&public, "已经解决").await;
    let gone = author.submit_topic("被转交的议题").await;
    let gone = officer.step("redirectTopic", &gone, json!({ "reason": "PETITION", "where": "信访办" })).await.done()["topic"].clone();
    let studio = app.studio("泉水委员工作室").await;
    let (convenor, on_duty) = (app.member(0).await, app.member(4).await);
    let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
    let own = on_duty.member_id().await;
    let slot = slots.iter().find(|slot| slot["member"]["id"] == own).unwrap()["id"].clone();
    let visit = convenor.enter_for(&studio, &own).await.done()["visit"]["id"].clone();
    let log = on_duty.check_out(&studio, json!({ "residents": 3, "matters": ["路灯"] })).await.done()["visit"]["log"]["id"].clone();
    let ask = json!({ "requestId": new_request(), "studioId": studio, "from": "2026-08-31T01:00:00Z", "until": "2026-08-31T02:00:00Z", "reason": "忘了", "log": { "residents": 1, "matters": ["停车"] } });
    let late = on_duty.mutate("requestLateEntry", ask).await.done()["lateEntry"]["id"].clone();
    on_duty.mutate("objectToCheckIn", json!({ "requestId": new_request(), "visitId": visit, "reason": "没有来" })).await.done();
    let conflict = convenor.ok("{ checkInConflicts { nodes { id } } }", json!({})).await["checkInConflicts"]["nodes"][0]["id"].clone();
    let unit =
        officer.ok("query($id: ID!) { organisations(committeeId: $id, kind: HANDLING_UNIT) { id } }", json!({ "id": committee_id(app).await })).await;
    let handed = author.submit_topic("转办的议题").await;
    let handed = officer.accept(&handed).await;
    let input = json!({ "requestId": new_request(), "subjectId": handed["id"], "expectedVersion": 2, "unitId": unit["organisations"][0]["id"], "task": "请核实" });
    let hand_over = officer.mutate("handOver", input).await.done()["handOver"]["id"].clone();
    let general = app.person("13800000002").await;
    let input = json!({ "requestId": new_request(), "name": "邻里环境征集", "theme": "身边的环境", "divisionCodes": ["990101"] });
    let campaign = general.mutate("openCampaign", input).await.done()["campaign"]["id"].clone();
    let becomes = officer.accept(&author.submit_topic("内部采用的议题").await).await;
    app.execute("DELETE FROM daily_counts").await.unwrap();
    let becomes = officer.step("shortlistTopic", &becomes, json!({})).await.done()["topic"].clone();
    let inside = json!({ "as": "INSIDE", "reference": "提案7号", "text": "拟成提案" });
    let becomes = officer.step("adoptTopic", &becomes, inside).await.done()["topic"].clone();
    let (one, other) = (author.submit_topic("要合并的议题").await, backer.submit_topic("也要合并的议题").await);
    officer.accept(&one).await;
    officer.accept(&other).await;
    let input = json!({ "requestId": new_request(), "canonicalId": one["id"], "topicIds": [other["id"]], "reason": "同一件事" });
    let proposal = officer.mutate("proposeMerge", input).await.done()["proposal"]["id"].clone();
    // Later today: whoever comes can be received already.
    let receiver = on_duty.member_id().await;
    let day = officer
        .publish_reception("听泉街道协商议事厅", "2026-09-01", &[("23:00", "23:30", 3), ("23:30", "23:50", 1)], json!({ "memberIds": [receiver] }))
        .await;
    let day = day.done()["receptionDay"].clone();
    on_duty.answers_duty(&day, true).await.done();
    let booking = author.book(&day["slots"][0]["id"]).await.done()["booking"].clone();
    officer.mark("checkInBooking", &booking).await.done();
    let record = officer.record(&booking).await.done()["booking"]["record"]["id"].clone();
    author.mutate("rateReception", json!({ "requestId": new_request(), "recordId": record, "stars": 4 })).await.done();
    app.deliver().await;
    let input = json!({ "requestId": new_request(), "committeeId": committee_id(app).await, "seed": "YOU_SHI_LAI_XIE_SHANG" });
    let programme = general.mutate("createProgramme", input).await.done()["programme"]["id"].clone();
    let plan = general.draft_plan(&programme, "老楼加装电梯", json!({})).await.done()["plan"]["id"].clone();
    app.member(2).await.comment("建议先做三单元").await.done();
    let consultation = officer.propose(&programme, "老楼加装电梯", json!({})).await.done()["consultation"].clone();
    let decision = json!({ "consultationId": consultation["id"], "expectedVersion": 1, "verdict": "APPROVED" });
    general.meeting(1, json!([decision])).await.done();
    officer.research(&consultation, "走访十户").await.done();
    officer.announce(&consultation, 20, ("09:00", "11:00"), json!({})).await.done();
    let waits = officer.propose(&programme, "还没有选题", json!({})).await.done()["consultation"]["id"].clone();
    let organiser = app.organisation("听泉街道联络委").await;
    let (followed, sitting) = followed(app, &programme).await;
    let agreed = app.nobody().item(&followed, 1).await["id"].clone();
    let minutes = officer.conduct(&followed).await["minutes"][0]["id"].clone();
    let statement = app.nobody().conduct(&followed).await["statements"][0]["id"].clone();
    let notices = author.ok("{ notices(first: 50) { nodes { id topic { id } } } }", json!({})).await["notices"]["nodes"].clone();
    let notice = notices.as_array().expect("notices").iter().find(|notice| notice["topic"].is_object()).expect("one of a topic")["id"].clone();
    let auditor = app.person("13800000005").await;
    let audit = auditor.ok("{ auditTrail(first: 1) { nodes { id } } }", json!({})).await["auditTrail"]["nodes"][0]["id"].clone();
    let nobody = app.nobody();
    let found = nobody
        .ok("{ committee(divisionCode: \"990101\") { id } members(first: 1) { nodes { id } } venues(first: 1) { nodes { id } } division(code: \"990101001001\") { places { id } } }", json!({}))
        .await;
    let appointment = officer.ok("{ viewer { appointments { id } } }", json!({})).await["viewer"]["appointments"][0]["id"].clone();
    vec![
        ("Topic", "Topic (waiting)".into(), waiting["id"].clone()),
        ("Topic", "Topic (public)".into(), public["id"].clone()),
        ("Topic", "Topic (redirected)".into(), gone["id"].clone()),
        ("Organisation", "Organisation".into(), found["committee"]["id"].clone()),
        ("Member", "Member".into(), found["members"]["nodes"][0]["id"].clone()),
        ("Venue", "Venue".into(), found["venues"]["nodes"][0]["id"].clone()),
        ("Place", "Place".into(), found["division"]["places"][0]["id"].clone()),
        ("Division", "Division".into(), json!("division_990101001001")),
        ("Appointment", "Appointment (of the officer)".into(), appointment),
        ("Notice", "Notice (of the author)".into(), notice),
        ("AuditRow", "AuditRow".into(), audit),
        ("Studio", "Studio".into(), studio),
        ("DutySlot", "DutySlot".into(), slot),
        ("Visit", "Visit".into(), visit),
        ("LateEntry", "LateEntry".into(), late),
        ("CheckInConflict", "CheckInConflict".into(), conflict),
        ("Topic", "Topic (adopted inside)".into(), becomes["id"].clone()),
        ("HandOver", "HandOver".into(), hand_over),
        ("Campaign", "Campaign".into(), campaign),
        ("MergeProposal", "MergeProposal".into(), proposal),
        // No row of its own: the id of the visit's log.
        ("", String::new(), log),
        ("ReceptionDay", "ReceptionDay".into(), day["id"].clone()),
        ("Booking", "Booking (of the author)".into(), booking["id"].clone()),
        ("ReceptionRecord", "ReceptionRecord".into(), record),
        // Nor these: a slot of the day.
        ("", String::new(), day["slots"][1]["id"].clone()),
        ("Programme", "Programme".into(), programme),
        ("YearPlan", "YearPlan".into(), plan),
        ("Consultation", "Consultation (announced)".into(), consultation["id"].clone()),
        ("", String::new(), organiser),
        ("Consultation", "Consultation (proposed)".into(), waits),
        ("Consultation", "Consultation (tracked)".into(), followed["id"].clone()),
        ("AgreedItem", "AgreedItem".into(), agreed),
        // Nor these: its sitting, its minutes, a statement.
        ("", String::new(), sitting),
        ("", String::new(), minutes),
        ("", String::new(), statement),
    ]
}

/// A consultation that has come as far as its units; the day of its sitting is brought forward to now. Gives it, and its sitting.
async fn followed(app: &TestApp, programme: &Value) -> (Value, Value) {
    let began = app.app.clock.now();
    let consultation = app.fresh_officer().await.researched(programme, "天然气入户", 2).await;
    app.fresh_officer().await.announce(&consultation, 21, ("09:00", "11:00"), json!({})).await.done();
    let sitting = app.nobody().consultation(&consultation).await["sittings"][0].clone();
    app.forget_codes().await;
    let resident = app.resident(0).await;
    resident.ask(&sitting, json!({})).await.done();
    let now = app.app.clock.now();
    let (from, until) = (now.plus_seconds(60).0, now.plus_seconds(3600).0);
    let forward =
        format!("UPDATE consultation_sittings SET from_at = {from}, until_at = {until}, version = version + 1 WHERE from_at > 1789900000000000");
    app.execute(&forward).await.unwrap();
    let officer = app.fresh_officer().await;
    officer.consult("startSitting", &consultation, json!({})).await.done();
    officer.attended(&consultation, &sitting).await.done();
    officer
        .mutate("addStatement", json!({ "requestId": new_request(), "consultationId": consultation["id"], "text": "先通气，再修路" }))
        .await
        .done();
    let seen = officer.conduct(&consultation).await;
    let (speaker, statement) = (seen["participants"][1]["id"].clone(), seen["statements"][0]["id"].clone());
    let said = json!({ "requestId": new_request(), "consultationId": consultation["id"], "sittingId": sitting["id"], "participantId": speaker, "text": "等了十二年。" });
    officer.mutate("recordContribution", said).await.done();
    resident.mutate("voteStatement", json!({ "requestId": new_request(), "statementId": statement, "choice": "AGREE" })).await.done();
    let items = json!([{ "task": "敷设管线", "unitId": app.organisation("区城市管理局").await, "dueOn": "2026-12-31" }]);
    officer.drafts("draftMinutes", &consultation, items).await.done();
    app.fresh("13800000101").await.sign(&consultation).await.done();
    app.fresh_officer().await.publishes(&consultation).await.done();
    let general = app.fresh("13800000002").await;
    general.consult("reportConsultation", &consultation, json!({ "recipients": ["区政府"] })).await.done();
    let instruction =
        json!({ "requestId": new_request(), "consultationId": consultation["id"], "givenBy": "区长", "day": app.today(), "text": "抓紧" });
    general.mutate("recordInstruction", instruction).await.done();
    // Each sign-in took a minute: the tokens of before are good again.
    app.app.clock.set(began.plus_seconds(1));
    (consultation, sitting["id"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_which_field_of_every_type() {
    let mut tables = Vec::new();
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start_with(column, &[("MAX_COMPLEXITY", "100000")]).await;
        let (schema, rows, everybody) = (Schema::read(), world(&app).await, everybody(&app).await);
        let nodes: Vec<&str> = rows.iter().map(|row| row.0).collect();
        for (name, fields) in &schema.0 {
            let is_node =
                fields.iter().any(|field| field.name.node == "id") && shangyi::graphql::sdl().contains(&format!("type {name} implements Node"));
            assert!(!is_node || nodes.contains(&name.as_str()), "{name} has no row here");
        }
        // Path → who reads it. Those who read the same stand on one line.
        let mut readers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (kind, label, id) in rows.iter().filter(|row| !row.0.is_empty()) {
            let fields = schema.selection(kind, 1);
            let query = match *kind {
                // A studio is the venue of its id, and has a field of its own.
                "Studio" => format!("query($id: ID!) {{ node: studio(id: $id) {{ {fields} }} }}"),
                _ => format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields} }} }} }}"),
            };
            for (who, person) in &everybody.0 {
                let answer = person.call(&query, json!({ "id": id })).await;
                assert!(answer["errors"].is_null(), "{label} by {who}: {answer}");
                let mut found = Vec::new();
                paths(&answer["data"]["node"], label, &mut found);
                found.into_iter().for_each(|path| readers.entry(path).or_default().push(who));
            }
        }
        let mut by_readers: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (path, who) in readers {
            let (label, field) = path.split_once('.').unwrap();
            let who = if who.len() == everybody.0.len() { "everybody".to_owned() } else { who.join(", ") };
            by_readers.entry((label.to_owned(), who)).or_default().push(field.to_owned());
        }
        let lines: Vec<String> = by_readers.into_iter().map(|((label, who), fields)| format!("{label} — {who}:\n    {}", fields.join(" "))).collect();
        tables.push(lines.join("\n"));
    }
    assert_eq!(tables[0], tables[1], "both columns show the same");
    insta::assert_snapshot!("who_reads_what", tables[0]);
}

fn outcome(answer: &Value, name: &str) -> String {
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    answer["data"][name]["code"].as_str().unwrap_or("done").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_every_root_field_answers_to_everybody() {
    let app = TestApp::start(Column::Served).await;
    let (schema, rows) = (Schema::read(), world(&app).await);
    let everybody = everybody(&app).await;
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in &schema.0["Query"] {
        let name = field.name.node.as_str();
        let arguments = match name {
            "node" | "topic" => format!("(id: {})", rows[0].2),
            "division" => "(code: \"990101\")".to_owned(),
            "studio" => format!("(id: {})", rows[11].2),
            "studioDisplay" | "publicRoster" | "studioLedger" => format!("(studioId: {})", rows[11].2),
            "planRoster" => format!(
                "(studioId: {}, rule: {{ repeat: {{ weekdays: [MONDAY] }}, begins: \"09:00\", ends: \"11:00\" }}, from: \"2026-09-01\", until: \"2026-09-30\")",
                rows[11].2
            ),
            "visit" => format!("(id: {})", rows[13].2),
            "calendarDays" => "(from: \"2026-10-01\", until: \"2026-10-07\")".to_owned(),
            "campaign" => format!("(id: {})", rows[18].2),
            "lineage" => format!("(id: {})", rows[16].2),
            "keptPromises" => "(divisionCode: \"990101\", year: 2026)".to_owned(),
            "similarTopics" => "(divisionCode: \"990101001001\", title: \"路灯不亮\", text: \"\")".to_owned(),
            "organisations" => format!("(committeeId: {})", rows[3].2),
            "receptionDays" => "(divisionCode: \"990101\")".to_owned(),
            "programmes" => format!("(committeeId: {})", rows[3].2),
            "findTimes" => format!("(hallId: {}, inviteeIds: [], durationMinutes: 90, from: \"2026-09-21\", until: \"2026-09-25\")", rows[5].2),
            "yearPlan" => format!("(committeeId: {}, year: 2026)", rows[3].2),
            "decisionsWaiting" | "chairMeetings" => format!("(committeeId: {})", rows[3].2),
            "consultation" => format!("(id: {})", rows[29].2),
            "programme" => format!("(id: {})", rows[25].2),
            "certificate" => format!("(consultationId: {})", rows[30].2),
            "doorCode" => format!("(sittingId: {})", rows[32].2),
            "quotaBoard" => "(year: 2026, divisionCode: \"990101\")".to_owned(),
            "verifyCertificate" => "(counts: [{ party: MEMBER, agree: 8, disagree: 1, pass: 1 }])".to_owned(),
            "officeWeek" => "(divisionCode: \"990101001\")".to_owned(),
            "receptionDay" => format!("(id: {})", rows[21].2),
            "booking" => format!("(id: {})", rows[22].2),
            "planReceptionDays" => format!(
                "(rule: {{ venueId: {}, kind: MEMBERS_RECEIVE_RESIDENTS, repeat: {{ weekdays: [MONDAY] }}, begins: \"09:00\", ends: \"11:00\", slotMinutes: 30, capacity: 2 }}, from: \"2026-09-01\", until: \"2026-09-30\")",
                rows[5].2
            ),
            _ => String::new(),
        };
        let inner = match base(&field.ty.node) {
            inner if schema.0.contains_key(inner) || inner == "Node" => "{ __typename }",
            _ => "",
        };
        for (who, person) in &everybody.0 {
            let answer = person.call(&format!("{{ {name}{arguments} {inner} }}"), json!({})).await;
            let what = if answer["errors"].is_null() && answer["data"][name].is_null() { "null".to_owned() } else { outcome(&answer, name) };
            lines.entry(format!("query {name}: {what}")).or_default().push((*who).to_owned());
        }
    }
    let author = &everybody.0[1].1;
    for field in &schema.0["Mutation"] {
        let name = field.name.node.as_str();
        for (who, person) in &everybody.0 {
            app.execute("DELETE FROM daily_counts").await.unwrap();
            let topic = author.submit_topic("谁能做什么").await;
            if name == "signOut" {
                continue;
            }
            let mut inputs = mutations(&topic["id"], 1);
            inputs.extend(studio_mutations(&rows));
            inputs.extend(later_mutations(&topic["id"], &rows));
            inputs.extend(reception_mutations(&rows));
            inputs.extend(consultation_mutations(&rows));
            let mut input = inputs.get(name).unwrap_or_else(|| panic!("{name} has no input here")).clone();
            if name == "requestSignInCode" {
                input["phone"] = json!(format!("136000000{:02}", everybody.0.iter().position(|(other, _)| other == who).unwrap()));
            }
            let answer = raw_mutation(person, name, input).await;
            lines.entry(format!("mutation {name}: {}", outcome(&answer, name))).or_default().push((*who).to_owned());
        }
    }
    let table: Vec<String> = lines
        .into_iter()
        .map(|(what, who)| format!("{what} — {}", if who.len() == everybody.0.len() { "everybody".to_owned() } else { who.join(", ") }))
        .collect();
    insta::assert_snapshot!("root_fields", table.join("\n"));
}

async fn raw_mutation(person: &Person<'_>, name: &str, input: Value) -> Value {
    // A further version is drafted like the first.
    let of = if name == "amendMinutes" { "draftMinutes" } else { name };
    let kind = format!("{}{}Input", of[..1].to_uppercase(), &of[1..]);
    let fields = match name {
        "updateProfile" | "markNoticesRead" | "studioLedgerFile" | "unbindStudioDevice" | "withdrawSlotSwap" | "declareDutyLeave"
        | "cancelDutyLeave" | "openCalendarFeed" | "revokeCalendarFeed" | "confirmRealName" | "syncCheckIns" | "revokeSession" | "refreshSession"
        | "requestSignInCode" => "__typename",
        _ => "__typename ... on Refusal { code }",
    };
    person.call(&format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {fields} }} }}"), json!({ "input": input })).await
}
