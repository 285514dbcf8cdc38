use super::*;
use futures_util::future::join_all;

on_both_columns! {
    async fn ten_ratings_of_one_person_at_once_are_one(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let given = brought_to(&app, HandOverState::Replied, [&author, &officer, &clerk], &organisation(&app, BUREAU).await).await;
        let answers = join_all((1..=10).map(|n| author.mutate("rateHandOver", rating(&given, n % 5 + 1)))).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.0["code"].is_null());
        assert_eq!((done.len(), app.count("SELECT count(*) FROM hand_over_ratings").await), (1, 1));
        refused.into_iter().for_each(|answer| drop(answer.expect_refusal("RATED_ALREADY")));
    }

    async fn a_write_whose_answer_was_lost_is_answered_again(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let input = giving(&topic(&app, &author, &officer, "路灯不亮").await, &unit);
        let twins = join_all((0..4).map(|_| officer.mutate("handOver", input.clone()))).await;
        let payloads: Vec<Value> = twins.into_iter().map(Done::done).collect();
        assert_eq!(payloads.iter().filter(|payload| payload["replayed"] == false).count(), 1);
        assert!(payloads.iter().all(|payload| payload["handOver"]["id"] == payloads[0]["handOver"]["id"]));
        let given = &payloads[0]["handOver"];
        for name in ["acceptHandOver", "extendHandOver", "replyToHandOver"] {
            let input = moving(name, &seen(&clerk, &given["id"]).await);
            assert_eq!(clerk.mutate(name, input.clone()).await.done()["replayed"], false);
            let again = clerk.mutate(name, input.clone()).await.done();
            assert_eq!(again["replayed"], true, "{name}");
            let mut other = input;
            other["expectedVersion"] = json!(9);
            clerk.mutate_error(name, other, "REPLAY_MISMATCH").await;
        }
        // Long after, the first answer is given as the thing is now.
        let again = officer.mutate("handOver", input).await.done();
        assert_eq!((again["replayed"].as_bool(), again["handOver"]["state"].as_str()), (Some(true), Some("REPLIED")));
        assert_eq!(app.count("SELECT count(*) FROM hand_overs").await, 1);
        assert_eq!(app.count("SELECT count(*) FROM topic_answers").await, 1);
    }

    async fn of_accepting_and_returning_at_once_one_is_done(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        for n in 0..4 {
            let given = give(&officer, &topic(&app, &author, &officer, &format!("第{n}件")).await, &unit).await;
            let answers = join_all(["acceptHandOver", "returnHandOver"].map(|name| act(&clerk, name, &given))).await;
            let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.0["code"].is_null());
            assert_eq!((done.len(), refused.len()), (1, 1), "{done:?} {refused:?}");
            refused.into_iter().for_each(|answer| drop(answer.expect_refusal("STATE_CHANGED")));
        }
    }

    async fn of_the_units_reply_and_the_desks_own_answer_at_once_one_is_the_answer(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        for n in 0..4_i64 {
            let given = give(&officer, &topic(&app, &author, &officer, &format!("第{n}件")).await, &unit).await;
            let (reply, answer) =
                tokio::join!(act(&clerk, "replyToHandOver", &given), officer.step("answerTopic", &given["topic"], json!({ "text": "街道已处理" })));
            let refused = [&reply, &answer].into_iter().filter(|done| done.0["code"] == "STATE_CHANGED").count();
            assert_eq!(refused, 1, "{reply:?} {answer:?}");
            assert_eq!(app.count("SELECT count(*) FROM topic_answers").await, n + 1);
        }
        assert_eq!(app.count("SELECT count(*) FROM hand_overs WHERE state IN ('GIVEN', 'ACCEPTED')").await, 0);
    }
}
