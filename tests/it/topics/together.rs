//! Many at once on the same topics: small versions of `bench/clusters` and `bench/fan-out`.
use serde_json::json;
use shangyi_tests::{Column, TestApp, counts_against_facts, fan_out, new_request, notices_against_facts, rush};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_random_by_many_on_two_processes_counts_equal_the_facts_and_nobody_is_told_twice() {
    let app = TestApp::start(Column::Served).await;
    let done = rush(&app, 16, Duration::from_secs(4)).await;
    assert!(done.errors.is_empty(), "{:?}", done.errors);
    for name in ["supportTopic", "withdrawSupport", "mergeTopics", "splitTopic", "answerTopic"] {
        assert!(done.done.get(name).is_some_and(|times| *times > 0), "{name} was never done: {done:?}");
    }
    assert_eq!(counts_against_facts(&app).await, Vec::<String>::new());
    assert_eq!(notices_against_facts(&app).await, Vec::<String>::new());
}

// The negative control: without the rules the same rush counts and tells wrongly, and the comparison sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_rules_the_same_rush_counts_and_tells_wrongly() {
    let app = TestApp::start(Column::Served).await;
    app.without_cluster_rules().await;
    // A rush may be lucky: one person does by themself what many do at random.
    let (one, other, backer, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer("听泉街道联络委").await);
    let (head, too) = (officer.accept(&one.submit_topic("路灯不亮").await).await, officer.accept(&other.submit_topic("夜里很黑").await).await);
    backer.support(&too).await.done();
    let input = json!({ "requestId": new_request(), "canonicalId": head["id"], "expectedVersion": 2, "topicIds": [too["id"]], "reason": "同一件事" });
    let merged = officer.mutate("mergeTopics", input).await.done()["topic"].clone();
    backer.support(&head).await.done();
    officer.answer(&merged, "已换灯泡").await;
    rush(&app, 16, Duration::from_secs(2)).await;
    assert!(!counts_against_facts(&app).await.is_empty(), "counts are wrong without the rule");
    assert!(!notices_against_facts(&app).await.is_empty(), "notices are doubled without the rule");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_of_an_answer_once_though_the_delivering_process_is_killed_twice() {
    for column in [Column::Served, Column::Embedded] {
        let app = TestApp::start(column).await;
        let seen = fan_out(&app, 3000).await;
        assert_eq!((seen.notices, seen.told), (3001, 3001), "{column:?}: {seen:?}");
        assert!(seen.killed_at.iter().all(|told| *told < 3001), "{column:?}: killed on the way: {seen:?}");
    }
}
