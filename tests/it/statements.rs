//! SQL statements per root field (BEGIN and COMMIT not counted), the same however long the page.
use serde_json::{Value, json};
use shangyi_tests::{Column, TestApp, new_request};

const FEED: &str = "title state supportCount alias division { name } committee { name } answer { text } supported";

/// Label, who asks, the operation; `$first` is the page.
fn reads() -> Vec<(&'static str, Option<&'static str>, String)> {
    let page = |field: &str, inner: &str| format!("query($first: Int!) {{ {field}(first: $first) {{ nodes {{ {inner} }} }} }}");
    vec![
        ("topics, titles only", None, page("topics", "id title state supportCount alias")),
        ("topics, a whole page", None, page("topics", FEED)),
        ("topics, a whole page, signed in", Some("13800000202"), page("topics", FEED)),
        ("topics with history and moves", Some("13800000011"), page("topics", "history { what note } allowedMoves { kind }")),
        ("triageTopics", Some("13800000011"), page("triageTopics", FEED)),
        ("myTopics", Some("13800000201"), page("myTopics", FEED)),
        ("mySupports", Some("13800000202"), page("mySupports", FEED)),
        ("notices", Some("13800000201"), page("notices", "kind message topic { title }")),
        ("auditTrail", Some("13800000005"), page("auditTrail", "operation target")),
        ("members", None, page("members", "name standing committee { name } organisations { name }")),
        ("venues", None, page("venues", "name division { name } place { name }")),
    ]
}

fn account(app: &TestApp, phone: &str) -> String {
    let person = app.people.iter().find(|person| person.phone == phone).unwrap();
    shangyi::kernel::Gid(person.account).to_string()
}

async fn world(app: &TestApp) -> Value {
    let (officer, author, neighbour) = (app.officer("听泉街道联络委").await, app.resident(0).await, app.resident(1).await);
    let mut last = json!(null);
    for n in 0..12 {
        app.execute("DELETE FROM daily_counts").await.unwrap();
        let topic = author.submit_topic(&format!("第{n}件")).await;
        let accepted = officer.accept(&topic).await;
        neighbour.support(&topic).await.done();
        if n % 2 == 0 {
            officer.answer(&accepted, "好了").await;
        }
        last = author.submit_topic("等着").await;
    }
    app.deliver().await;
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_per_root_field_do_not_grow_with_the_page() {
    let mut tables = Vec::new();
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        let waiting = world(&app).await;
        let mut lines = Vec::new();
        for (label, phone, query) in reads() {
            let account = phone.map(|phone| account(&app, phone));
            let one = app.statements(account.as_deref(), &query, json!({ "first": 1 })).await;
            let ten = app.statements(account.as_deref(), &query, json!({ "first": 10 })).await;
            assert!(ten <= one + 1, "{label}: {one} for one row, {ten} for ten");
            lines.push(format!("{label}: {ten}"));
        }
        let (author, officer, neighbour) = (account(&app, "13800000201"), account(&app, "13800000011"), account(&app, "13800000203"));
        app.execute("DELETE FROM daily_counts").await.unwrap();
        let result = "{ ... on TopicPayload { topic { id state } } ... on Refusal { code } }";
        let input = json!({ "input": { "requestId": new_request(), "divisionCode": "990101001001", "title": "新的", "text": "新的" } });
        let submit = format!("mutation($input: SubmitTopicInput!) {{ submitTopic(input: $input) {result} }}");
        lines.push(format!("submitTopic: {}", app.statements(Some(&author), &submit, input).await));
        let input = json!({ "input": { "requestId": new_request(), "topicId": waiting["id"], "expectedVersion": 1 } });
        let accept = format!("mutation($input: AcceptTopicInput!) {{ acceptTopic(input: $input) {result} }}");
        lines.push(format!("acceptTopic: {}", app.statements(Some(&officer), &accept, input.clone()).await));
        lines.push(format!("acceptTopic, replayed: {}", app.statements(Some(&officer), &accept, input).await));
        let input = json!({ "input": { "requestId": new_request(), "topicId": waiting["id"] } });
        let support = format!("mutation($input: SupportTopicInput!) {{ supportTopic(input: $input) {result} }}");
        lines.push(format!("supportTopic: {}", app.statements(Some(&neighbour), &support, input).await));
        tables.push(lines.join("\n"));
    }
    assert_eq!(tables[0], tables[1], "both columns make the same statements");
    insta::assert_snapshot!("statements", tables[0]);
}
