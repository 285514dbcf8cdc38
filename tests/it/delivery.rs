//! Killed between commit and delivery: the program itself, as a process, on both columns.
use serde_json::{Value, json};
use shangyi_tests::{Column, Program, TestApp, new_request};

async fn raise_accept_back_answer(app: &TestApp) -> Value {
    let (author, officer, backer) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
    let topic = author.submit_topic("路灯").await;
    let accepted = officer.accept(&topic).await;
    backer.support(&topic).await.done();
    accepted
}

/// Answers through a process that is then killed, before or while it delivers.
async fn answer_and_kill(column: Column, deliver: &str) {
    let app = TestApp::start(column).await;
    let accepted = raise_accept_back_answer(&app).await;
    let mut program = Program::serve(&app, &[("DELIVER", deliver)]).await;
    let officer = program.sign_in(&app, "13800000011").await;
    let input = json!({ "requestId": new_request(), "topicId": accepted["id"], "expectedVersion": 2, "text": "修好了" });
    let answered = officer.mutate("answerTopic", input).await.done();
    assert_eq!(answered["topic"]["state"], "ANSWERED");
    program.kill();
    // The killed one may have taken the delivery; it comes back when its lease is over.
    app.catch_up();
    let (author, backer) = (app.resident(0).await, app.resident(1).await);
    app.deliver().await;
    for person in [&author, &backer] {
        let answers = person.notices().await.into_iter().filter(|kind| kind == "TOPIC_ANSWERED").count();
        assert_eq!(answers, 1, "told once, {column:?}, deliver {deliver}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_reaches_everyone_once_though_its_process_was_killed_before_delivery() {
    for column in [Column::Embedded, Column::Served] {
        answer_and_kill(column, "off").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_reaches_everyone_once_though_its_process_was_killed_while_delivering() {
    for column in [Column::Embedded, Column::Served] {
        answer_and_kill(column, "on").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_told_to_stop_finishes_and_leaves_within_ten_seconds() {
    let app = TestApp::start(Column::Served).await;
    let mut program = Program::serve(&app, &[]).await;
    let resident = program.sign_in(&app, "13800000201").await;
    resident.submit_topic("最后一件").await;
    assert!(program.terminate(), "it left by itself, with success");
}
