//! Who hears of what, and who sees what, when one topic stands for others.
use super::*;

on_both_columns! {
    async fn who_carries_along_after_the_answer_is_told_of_it(app) {
        let (one, officer, wavers) = (app.resident(0).await, app.officer(SPRING).await, app.resident(2).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&one, &officer, "夜里很黑").await);
        back(&too, &[&wavers]).await;
        let merged = merge(&officer, &head, &[&too]).await;
        reply(&wavers, &too, "DECLINE").await.done();
        officer.answer(&merged, "已换灯泡").await;
        app.deliver().await;
        reply(&wavers, &too, "CARRY").await.done();
        app.deliver().await;
        assert_eq!(told(&wavers, "TOPIC_ANSWERED").await, 1, "a carried backer, once");
    }

    async fn answer_redirect_and_reject_reach_every_author_and_carried_backer_once(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (a, b, both, declines, stranger) = (app.resident(2).await, app.resident(3).await, app.resident(4).await, app.resident(5).await, app.resident(6).await);
        for (name, more, kind, words, phone) in [
            ("answerTopic", json!({ "text": "已换灯泡" }), "TOPIC_ANSWERED", "有了答复：已换灯泡", "13800009991"),
            ("redirectTopic", json!({ "reason": "PETITION", "where": "信访办" }), "TOPIC_REDIRECTED", "已转交信访办", "13800009992"),
            ("rejectTopic", json!({ "reason": "OUT_OF_SCOPE" }), "TOPIC_REJECTED", "未予受理", "13800009993"),
        ] {
            let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
            let third = called(&officer, phone).await;
            // In several roles: the author of one topic backs the other.
            back(&head, &[&a, &both, &other]).await;
            back(&too, &[&b, &both, &declines, &one]).await;
            back(&third, &[&both]).await;
            let merged = merge(&officer, &head, &[&too, &third]).await;
            reply(&declines, &too, "DECLINE").await.done();
            officer.step(name, &merged, more).await.done();
            app.deliver().await;
            app.deliver().await;
            for who in [&one, &other, &a, &b, &both] {
                assert_eq!(told(who, kind).await, 1, "{kind}");
            }
            for who in [&declines, &stranger] {
                assert_eq!(told(who, kind).await, 0, "{kind}");
            }
            assert_eq!(texted(&app, phone, words), 1, "{kind}");
            counts_equal_facts(&app).await;
        }
    }

    async fn who_comes_to_an_answered_topic_is_told_at_once_and_only_once(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (b, both) = (app.resident(2).await, app.resident(3).await);
        let (head, too, third) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await, called(&officer, "13800009991").await);
        back(&head, &[&both]).await;
        back(&too, &[&b, &both]).await;
        officer.answer(&head, "已换灯泡").await;
        app.deliver().await;
        for (who, times) in [(&one, 1), (&both, 1), (&other, 0), (&b, 0)] {
            assert_eq!(told(who, "TOPIC_ANSWERED").await, times);
        }
        merge(&officer, &head, &[&too, &third]).await;
        for round in 1..=2 {
            app.deliver().await;
            for who in [&one, &other, &b, &both] {
                assert_eq!(told(who, "TOPIC_ANSWERED").await, 1, "{round}");
            }
            assert_eq!((told(&other, "TOPIC_MERGED").await, texted(&app, "13800009991", "已换灯泡")), (round, 1));
            counts_equal_facts(&app).await;
            split(&officer, &too).await;
            merge(&officer, &head, &[&too]).await;
        }
    }

    async fn a_caller_is_sent_an_answer_once_though_their_topic_is_split_and_merged_again(app) {
        let (one, officer) = (app.resident(0).await, app.officer(SPRING).await);
        let (head, third) = (accepted(&one, &officer, "路灯不亮").await, called(&officer, "13800009991").await);
        let merged = merge(&officer, &head, &[&third]).await;
        officer.answer(&merged, "已换灯泡").await;
        split(&officer, &third).await;
        merge(&officer, &head, &[&third]).await;
        app.deliver().await;
        assert_eq!(texted(&app, "13800009991", "已换灯泡"), 1);
    }

    async fn where_the_canonical_topic_is_withdrawn_the_next_authors_takes_its_place(app) {
        let (one, other, third, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer(SPRING).await);
        let (x, y, z) = (app.resident(3).await, app.resident(4).await, app.resident(5).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        let more = accepted(&third, &officer, "没有灯").await;
        for (topic, backer) in [(&head, &x), (&too, &y), (&more, &z)] {
            back(topic, &[backer]).await;
        }
        merge(&officer, &head, &[&more, &too]).await;
        // First the canonical one is withdrawn, then what took its place: the oldest that stands takes it, and every backer stays.
        for (author, gone, next, rest) in [(&one, &head, &too, [&head, &more]), (&other, &too, &more, [&head, &too])] {
            take_back(author, "withdrawTopic", gone).await;
            let now = officer.topic(&next["id"]).await;
            assert_eq!((&now["canonical"], &now["state"], &now["mergedCount"], &now["supportCount"]), (&Value::Null, &json!("ACCEPTED"), &json!(2), &json!(3)));
            assert_eq!(feed(&app).await, [next["id"].clone()]);
            for merged in rest {
                assert_eq!(officer.topic(&merged["id"]).await["canonical"]["id"], next["id"]);
            }
            assert!(app.nobody().topic(&gone["id"]).await.is_null());
            let history = read(&app.nobody(), next, "history { what }").await["history"].clone();
            assert_eq!(history.as_array().unwrap().last().unwrap()["what"], "BECAME_CANONICAL");
            counts_equal_facts(&app).await;
        }
        assert_eq!(read(&x, &head, "state canonical { id }").await, json!({ "state": "WITHDRAWN", "canonical": { "id": more["id"] } }), "a link to what became of it");
        officer.answer(&officer.topic(&more["id"]).await, "已装新灯").await;
        app.deliver().await;
        for (who, times) in [(&third, 1), (&x, 1), (&y, 1), (&z, 1), (&one, 0), (&other, 0)] {
            assert_eq!(told(who, "TOPIC_ANSWERED").await, times);
        }
    }

    async fn only_those_who_back_the_withdrawn_topic_itself_hear_that_it_was_withdrawn(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (x, y) = (app.resident(2).await, app.resident(3).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&head, &[&x]).await;
        back(&too, &[&y]).await;
        merge(&officer, &head, &[&too]).await;
        take_back(&one, "withdrawTopic", &head).await;
        app.deliver().await;
        assert_eq!((told(&x, "TOPIC_WITHDRAWN").await, told(&y, "TOPIC_WITHDRAWN").await), (1, 0), "the topic of the other goes on");
    }

    async fn who_declined_to_leave_a_topic_is_of_its_people_when_it_takes_the_place_of_the_canonical_one(app) {
        let (one, other, y, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer(SPRING).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&y]).await;
        merge(&officer, &head, &[&too]).await;
        reply(&y, &too, "DECLINE").await.done();
        take_back(&one, "withdrawTopic", &head).await;
        assert_eq!(voices(&app, &too).await, 1, "they back this very topic");
        officer.answer(&officer.topic(&too["id"]).await, "已装新灯").await;
        app.deliver().await;
        assert_eq!(told(&y, "TOPIC_ANSWERED").await, 1);
    }

    async fn a_merged_topic_moves_with_its_canonical_one_and_its_author_can_withdraw_it_alone(app) {
        let (one, other, b, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer(SPRING).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&b]).await;
        let merged = merge(&officer, &head, &[&too]).await;
        let now = officer.topic(&too["id"]).await;
        for (name, more) in [
            ("answerTopic", json!({ "text": "已换灯泡" })),
            ("redirectTopic", json!({ "reason": "PETITION", "where": "信访办" })),
            ("rejectTopic", json!({ "reason": "OUT_OF_SCOPE" })),
            ("shortlistTopic", json!({})),
            ("passTopic", json!({ "divisionCode": "990101001002" })),
            ("takeTopic", json!({})),
        ] {
            assert_eq!(officer.step(name, &now, more).await.expect_refusal("MERGED_ELSEWHERE")["canonicalId"], head["id"], "{name}");
        }
        officer.step("passTopic", &merged, json!({ "divisionCode": "990101001002" })).await.expect_refusal("HAS_MERGED");
        take_back(&other, "withdrawTopic", &too).await;
        assert_eq!(read(&other, &too, "state canonical { id }").await, json!({ "state": "WITHDRAWN", "canonical": { "id": head["id"] } }));
        assert_eq!(voices(&app, &head).await, 1, "its backers stay");
        counts_equal_facts(&app).await;
        officer.answer(&merged, "已换灯泡").await;
        app.deliver().await;
        assert_eq!((told(&one, "TOPIC_ANSWERED").await, told(&other, "TOPIC_ANSWERED").await, told(&b, "TOPIC_ANSWERED").await), (1, 0, 1));
    }

    async fn a_redirected_canonical_topic_hides_what_is_merged_until_a_second_look_takes_it_up(app) {
        let (one, other, third, b) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.resident(3).await);
        let (officer, general) = (app.officer(SPRING).await, app.person(GENERAL).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        let (down, apart) = (accepted(&third, &officer, "张三砸灯").await, accepted(&third, &officer, "井盖松动").await);
        back(&too, &[&b]).await;
        let merged = merge(&officer, &head, &[&too, &down, &apart]).await;
        general.step("takeDownTopic", &general.topic(&down["id"]).await, json!({ "reason": "含他人姓名" })).await.done();
        officer.step("redirectTopic", &merged, json!({ "reason": "PETITION", "where": "信访办" })).await.done();
        for topic in [&head, &too, &down, &apart] {
            assert!(app.nobody().topic(&topic["id"]).await.is_null());
        }
        assert_eq!(feed(&app).await, [] as [Value; 0]);
        assert_eq!(read(&other, &too, "title state redirectedTo").await, json!({ "title": "夜里很黑", "state": "REDIRECTED", "redirectedTo": "信访办" }));
        assert_eq!(read(&b, &too, "state redirectedTo").await, json!({ "state": "REDIRECTED", "redirectedTo": "信访办" }));
        counts_equal_facts(&app).await;
        split(&officer, &apart).await;
        assert_eq!((&app.nobody().topic(&apart["id"]).await["state"], feed(&app).await), (&json!("ACCEPTED"), vec![apart["id"].clone()]), "it goes on by itself");
        one.mutate("requestSecondLook", json!({ "requestId": new_request(), "topicId": head["id"], "statement": "路灯归街道管" })).await.done();
        let asked = general.topic(&head["id"]).await;
        let taken_up = general.step("decideSecondLook", &asked, json!({ "takeUp": true, "note": "由街道办理" })).await.done()["topic"].clone();
        assert_eq!((&taken_up["state"], &taken_up["mergedCount"]), (&json!("ACCEPTED"), &json!(2)));
        assert_eq!(read(&app.nobody(), &head, "mergedTopics { id state }").await, json!({ "mergedTopics": [{ "id": too["id"], "state": "ACCEPTED" }] }));
        assert!(app.nobody().topic(&down["id"]).await.is_null(), "what was taken down stays so");
        assert_eq!(feed(&app).await, [head["id"].clone(), apart["id"].clone()]);
        counts_equal_facts(&app).await;
    }

    async fn the_author_of_a_merged_topic_asks_for_a_second_look_at_what_was_decided_for_all(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        let merged = merge(&officer, &head, &[&too]).await;
        officer.step("rejectTopic", &merged, json!({ "reason": "OUT_OF_SCOPE" })).await.done();
        let allowed = read(&other, &too, "allowedMoves { kind blockedBy { code } }").await;
        assert_eq!(allowed, json!({ "allowedMoves": [{ "kind": "ASK_SECOND_LOOK", "blockedBy": [] }] }));
        let input = json!({ "requestId": new_request(), "topicId": too["id"], "statement": "路灯归街道管" });
        other.mutate("requestSecondLook", input).await.done();
        let asked = json!({ "requestId": new_request(), "topicId": head["id"], "statement": "我也要问" });
        one.mutate("requestSecondLook", asked).await.expect_refusal("SECOND_LOOK_USED");
        let general = app.person("13800000002").await;
        let waiting = general.ok("{ triageTopics(secondLook: true) { nodes { id secondLook { statement } } } }", json!({})).await;
        assert_eq!(waiting["triageTopics"]["nodes"], json!([{ "id": head["id"], "secondLook": { "statement": "路灯归街道管" } }]));
    }
}
