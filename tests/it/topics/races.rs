use futures_util::future::join_all;
use serde_json::json;
use shangyi_tests::{Column, on_both_columns};

on_both_columns! {
    async fn a_person_who_backs_a_topic_ten_times_at_once_counts_once(app) {
        let (author, officer, neighbour) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
        let topic = author.submit_topic("路灯").await;
        officer.accept(&topic).await;
        for done in join_all((0..10).map(|_| neighbour.support(&topic))).await {
            done.done();
        }
        assert_eq!(app.nobody().topic(&topic["id"]).await["supportCount"], 1);
        assert_eq!(app.count("SELECT count(*) FROM topic_supports").await, 1);
    }

    // The negative control: without the rule, the same ten count more than once.
    async fn without_the_rule_ten_supports_at_once_would_count_more(app) {
        app.execute(match app.column {
            Column::Served => "DROP INDEX one_support_per_person",
            Column::Embedded => "DROP INDEX one_support_per_person; DROP TRIGGER topic_support_given",
        }).await.unwrap();
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let topic = author.submit_topic("路灯").await;
        officer.accept(&topic).await;
        let sql = "INSERT INTO topic_supports (id, topic_id, account_id, supported_at) SELECT a.id, t.id, x.id, 1 FROM topics t, accounts a, (SELECT id FROM accounts WHERE id NOT IN (SELECT author_id FROM topics) ORDER BY id LIMIT 1) x
                   LIMIT 3";
        app.execute(sql).await.unwrap();
        assert!(app.count("SELECT support_count FROM topics").await > 1);
    }

    async fn a_support_that_meets_the_answer_is_told_or_refused_never_forgotten(app) {
        let (author, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let mut neighbours = Vec::new();
        for n in 1..9 {
            neighbours.push(app.resident(n).await);
        }
        let topic = author.submit_topic("路灯").await;
        let accepted = officer.accept(&topic).await;
        let (supports, _) = tokio::join!(join_all(neighbours.iter().map(|neighbour| neighbour.support(&topic))), officer.answer(&accepted, "好了"));
        app.deliver().await;
        for (neighbour, support) in neighbours.iter().zip(supports) {
            let told = neighbour.notices().await.len();
            assert_eq!(told, usize::from(support.0["code"].is_null()), "{support:?}");
        }
    }

    async fn of_two_officers_at_once_one_decides(app) {
        let (author, officer, general) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.person("13800000002").await);
        for n in 0..4 {
            let topic = author.submit_topic(&format!("第{n}件")).await;
            let (one, other) = tokio::join!(officer.step("acceptTopic", &topic, json!({})), general.step("rejectTopic", &topic, json!({ "reason": "OUT_OF_SCOPE" })));
            let refused = [&one, &other].into_iter().filter(|done| done.0["code"] == "STATE_CHANGED").count();
            assert_eq!(refused, 1, "{one:?} {other:?}");
        }
    }

    async fn two_processes_deliver_an_answer_once(app) {
        let (author, officer, backer) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
        let topic = author.submit_topic("路灯").await;
        let accepted = officer.accept(&topic).await;
        backer.support(&topic).await.done();
        officer.answer(&accepted, "好了").await;
        let (second, _running) = app.second().await;
        let drain = |app: shangyi::app::App| async move { shangyi::notices::worker::drain(&app).await.unwrap() };
        tokio::join!(drain(app.app.clone()), drain(second), app.deliver());
        assert_eq!(backer.notices().await, ["TOPIC_ANSWERED"]);
        assert_eq!(app.count("SELECT count(*) FROM notices").await, 3);
    }
}
