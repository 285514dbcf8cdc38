use serde_json::json;
use shangyi_tests::{new_request, on_both_columns};

on_both_columns! {
    async fn five_topics_a_day_and_the_refusal_says_when_the_next_day_begins(app) {
        let person = app.resident(0).await;
        for n in 0..5 {
            person.submit_topic(&format!("第{n}件事")).await;
        }
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "第六件", "text": "太多" });
        let refused = person.mutate("submitTopic", input.clone()).await.expect_refusal("LIMIT_REACHED");
        assert_eq!(refused["resetsAt"], "2026-09-01T16:00:00+00:00", "midnight in China");
        app.advance(14 * 3600);
        let person = app.resident(0).await;
        person.mutate("submitTopic", input).await.done();
    }

    async fn ten_at_once_are_still_five(app) {
        let person = app.resident(0).await;
        let raise = |n: usize| { let person = &person; async move {
            person.mutate("submitTopic", json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": format!("第{n}件"), "text": "一起" })).await
        }};
        let answers = futures_util::future::join_all((0..10).map(raise)).await;
        assert_eq!(answers.iter().filter(|done| done.0["code"].is_null()).count(), 5);
        assert_eq!(app.count("SELECT count(*) FROM topics").await, 5);
    }

    async fn texts_are_measured_in_characters_and_wrong_ones_are_told_kindly(app) {
        let person = app.resident(0).await;
        let input = |title: &str, text: &str, division: &str| json!({ "requestId": new_request(), "divisionCode": division, "title": title, "text": text });
        let home = "990101001001";
        person.mutate("submitTopic", input(&"字".repeat(50), &"文".repeat(300), home)).await.done();
        for (wrong, field) in [
            (input(&"字".repeat(51), "文", home), "title"),
            (input("  \u{3000}\u{200b}", "文", home), "title"),
            (input("字", &"文".repeat(301), home), "text"),
            (input("字", "一\0二", home), "text"),
            (input("字", "文", "999999"), "divisionCode"),
            (input("字", "文", "' OR 1=1 --"), "divisionCode"),
        ] {
            let error = person.mutate_error("submitTopic", wrong, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{error}");
        }
        person.mutate("submitTopic", input("字", "文", "99")).await.expect_refusal("NO_COMMITTEE_HERE");
        person.mutate("submitTopic", input("字", "文", "990102")).await.expect_refusal("NO_COMMITTEE_HERE");
    }

    async fn supports_have_a_daily_number_too(app) {
        app.execute("INSERT INTO daily_counts (account_id, what, day, counted) SELECT id, 'support', '2026-09-01', 60 FROM accounts").await.unwrap();
        let (author, officer, neighbour) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
        let topic = author.submit_topic("路灯").await;
        officer.accept(&topic).await;
        neighbour.support(&topic).await.expect_refusal("LIMIT_REACHED");
        assert_eq!(app.nobody().topic(&topic["id"]).await["supportCount"], 0);
    }
}
