use serde_json::json;
use shangyi_tests::{new_request, on_both_columns};

on_both_columns! {
    async fn a_write_whose_answer_was_lost_is_answered_again(app) {
        let person = app.resident(0).await;
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯", "text": "不亮" });
        let first = person.mutate("submitTopic", input.clone()).await.done();
        let again = person.mutate("submitTopic", input.clone()).await.done();
        assert_eq!((first["replayed"].as_bool(), again["replayed"].as_bool()), (Some(false), Some(true)));
        assert_eq!(first["topic"]["id"], again["topic"]["id"]);
        assert_eq!(app.count("SELECT count(*) FROM topics").await, 1);
        let mut other = input;
        other["title"] = json!("另一个");
        person.mutate_error("submitTopic", other, "REPLAY_MISMATCH").await;
    }

    async fn a_replay_answers_the_thing_as_it_is_now(app) {
        let (person, officer) = (app.resident(0).await, app.officer("听泉街道联络委").await);
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯", "text": "不亮" });
        let topic = person.mutate("submitTopic", input.clone()).await.done()["topic"].clone();
        officer.accept(&topic).await;
        assert_eq!(person.mutate("submitTopic", input).await.done()["topic"]["state"], "ACCEPTED");
    }

    async fn one_request_id_serves_different_people_and_mutations(app) {
        let (one, other) = (app.resident(0).await, app.resident(1).await);
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯", "text": "不亮" });
        one.mutate("submitTopic", input.clone()).await.done();
        assert_eq!(other.mutate("submitTopic", input).await.done()["replayed"], false);
    }

    async fn a_refusal_is_not_remembered(app) {
        let (author, officer, neighbour) = (app.resident(0).await, app.officer("听泉街道联络委").await, app.resident(1).await);
        let topic = author.submit_topic("路灯").await;
        let accepted = officer.accept(&topic).await;
        let seen = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": 1, "text": "好" });
        officer.mutate("answerTopic", seen.clone()).await.expect_refusal("STATE_CHANGED");
        let mut right = seen;
        right["expectedVersion"] = accepted["version"].clone();
        officer.mutate("answerTopic", right).await.done();
        neighbour.support(&topic).await.expect_refusal("NOT_OPEN_FOR_SUPPORT");
    }

    async fn twins_at_the_same_moment_do_one_thing(app) {
        let person = app.resident(0).await;
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯", "text": "不亮" });
        let answers = futures_util::future::join_all((0..8).map(|_| person.mutate("submitTopic", input.clone()))).await;
        let fresh = answers.into_iter().map(shangyi_tests::Done::done).filter(|payload| payload["replayed"] == false).count();
        assert_eq!((fresh, app.count("SELECT count(*) FROM topics").await), (1, 1));
    }

    // The negative control: with the memory of writes taken away, the same twins do many things.
    async fn without_the_memory_twins_would_do_many_things(app) {
        app.execute(match app.column {
            shangyi_tests::Column::Served => "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.request_id = gen_random_uuid(); RETURN NEW; END $$;
                CREATE TRIGGER forget BEFORE INSERT ON replays FOR EACH ROW EXECUTE FUNCTION forget();",
            shangyi_tests::Column::Embedded => "CREATE TRIGGER forget AFTER INSERT ON replays BEGIN DELETE FROM replays WHERE request_id = NEW.request_id; END;",
        }).await.unwrap();
        let person = app.resident(0).await;
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯", "text": "不亮" });
        futures_util::future::join_all((0..4).map(|_| person.mutate("submitTopic", input.clone()))).await;
        assert!(app.count("SELECT count(*) FROM topics").await > 1);
    }
}
