//! The operations of docs/api.md, run in their order against a real server.
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request};

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

fn fill(value: &mut Value, code: &str, refresh: &str, topic: &str) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|inner| fill(inner, code, refresh, topic)),
        Value::String(text) => match text.as_str() {
            "$NEW" => *text = new_request(),
            "$CODE" => *text = code.to_owned(),
            "$REFRESH" => *text = refresh.to_owned(),
            "$TOPIC" => *text = topic.to_owned(),
            _ => {}
        },
        _ => {}
    }
}

fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            fields.get(name).and_then(Value::as_str).map(str::to_owned).or_else(|| fields.values().find_map(|inner| find(inner, name)))
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_of_the_documentation_works_and_costs_less_than_the_limit() {
    let app = TestApp::start(Column::Embedded).await;
    let (mut code, mut refresh, mut topic) = (String::new(), String::new(), String::new());
    let mut resident = app.nobody();
    let operations = operations();
    assert!(operations.len() >= 9);
    for operation in operations {
        let mut variables = operation.variables.clone();
        fill(&mut variables, &code, &refresh, &topic);
        let other: Person<'_>;
        let who = if operation.phone.is_empty() {
            &resident
        } else {
            other = app.person(&operation.phone).await;
            &other
        };
        let answer = who.call(&operation.text, variables).await;
        assert!(
            answer["errors"].is_null() && find(&answer["data"], "reason").is_none() && find(&answer["data"], "message").is_none(),
            "{}\n{answer}",
            operation.text
        );
        let cost = answer["extensions"]["cost"].as_i64().expect("a cost");
        assert!(cost < 2000, "{cost}: {}", operation.text);
        if operation.text.contains("requestSignInCode") {
            app.deliver().await;
            code = app.messages("13800000201").pop().expect("a code").text.chars().filter(char::is_ascii_digit).take(6).collect();
        }
        if let Some(token) = find(&answer["data"], "accessToken") {
            resident.token = Some(token);
            refresh = find(&answer["data"], "refreshToken").expect("a refresh token");
        }
        if operation.text.contains("submitTopic") {
            topic = find(&answer["data"], "id").expect("a topic");
        }
    }
}
