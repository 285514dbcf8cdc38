//! The operations of docs/api.md, run in their order against a real server.
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request};
use std::collections::BTreeMap;

/// Fenced blocks of a language, with what follows them at once.
struct Operation {
    text: String,
    variables: Value,
    phone: String,
}

fn operations() -> Vec<Operation> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).expect("docs/api.md");
    let mut found: Vec<Operation> = Vec::new();
    for block in text.split("```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').expect("a block");
        match language {
            "graphql" => found.push(Operation { text: body.to_owned(), variables: json!({}), phone: String::new() }),
            "json" => found.last_mut().expect("an operation").variables = serde_json::from_str(body).expect(body),
            "as" => found.last_mut().expect("an operation").phone = body.trim().to_owned(),
            _ => {}
        }
    }
    found
}

/// What earlier answers gave, by the name under which later operations use it.
type Known = BTreeMap<&'static str, String>;

fn fill(value: &mut Value, known: &Known) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|inner| fill(inner, known)),
        Value::Array(items) => items.iter_mut().for_each(|inner| fill(inner, known)),
        Value::String(text) if text == "$NEW" => *text = new_request(),
        Value::String(text) => {
            if let Some(given) = known.get(text.as_str()) {
                text.clone_from(given);
            }
        }
        _ => {}
    }
}

fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            fields.get(name).and_then(Value::as_str).map(str::to_owned).or_else(|| fields.values().find_map(|inner| find(inner, name)))
        }
        Value::Array(items) => items.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

/// Operation, field of its answer, name for later.
const REMEMBERED: [(&str, &str, &str); 22] = [
    ("submitTopic", "id", "$TOPIC"),
    ("refreshToken", "refreshToken", "$REFRESH"),
    ("query Here", "id", "$COMMITTEE"),
    ("query Units", "id", "$UNIT"),
    ("mutation HandItOver", "id", "$HANDOVER"),
    ("query Studios", "id", "$STUDIO"),
    ("studioDisplay", "payload", "$PAYLOAD"),
    ("planRoster", "fingerprint", "$FINGERPRINT"),
    ("mutation CheckIn", "id", "$VISIT"),
    ("mutation CheckOut", "id", "$LOG"),
    ("query Halls", "id", "$HALL"),
    ("query Receiver", "id", "$MEMBER"),
    ("mutation PublishReception", "id", "$DAY"),
    ("mutation PublishReception", "slotId", "$SLOT"),
    ("mutation Book(", "id", "$BOOKING"),
    ("mutation Record(", "recordId", "$RECORD"),
    ("mutation CreateProgramme(", "id", "$PROGRAMME"),
    ("query Organisers(", "id", "$ORGANISER"),
    ("mutation DraftPlan(", "id", "$PLAN"),
    ("mutation Propose(", "id", "$CONSULTATION"),
    ("query Leader", "id", "$LEADER"),
    ("query Sitting(", "sittingId", "$SITTING"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_of_the_documentation_works_and_costs_less_than_the_limit() {
    let app = TestApp::start(Column::Embedded).await;
    let operations = operations();
    assert!(operations.len() >= 20);
    let mut resident = app.nobody();
    // Signed in before: what a screen shows is good for a minute, and a sign-in takes one on this clock.
    let mut people: BTreeMap<String, Person<'_>> = BTreeMap::new();
    for phone in operations.iter().map(|operation| &operation.phone).filter(|phone| !phone.is_empty()) {
        if !people.contains_key(phone) {
            people.insert(phone.clone(), app.person(phone).await);
        }
    }
    let mut known = Known::new();
    for operation in &operations {
        let mut variables = operation.variables.clone();
        fill(&mut variables, &known);
        let who = people.get(&operation.phone).unwrap_or(&resident);
        let answer = who.call(&operation.text, variables).await;
        assert!(answer["errors"].is_null() && find(&answer["data"], "message").is_none(), "{}\n{answer}", operation.text);
        let cost = answer["extensions"]["cost"].as_i64().expect("a cost");
        assert!(cost < 2000, "{cost}: {}", operation.text);
        if operation.text.contains("requestSignInCode") {
            app.deliver().await;
            let code = app.messages("13800000201").pop().expect("a code").text.chars().filter(char::is_ascii_digit).take(6).collect();
            known.insert("$CODE", code);
        }
        if let Some(token) = find(&answer["data"], "accessToken") {
            resident.token = Some(token);
        }
        for (text, field, name) in REMEMBERED {
            if operation.text.contains(text) {
                known.insert(name, find(&answer["data"], field).unwrap_or_else(|| panic!("{field} in {answer}")));
            }
        }
    }
}
