//! A resident's voice, end to end.
use serde_json::{Value, json};
use shangyi_tests::{new_request, on_both_columns};

on_both_columns! {
    async fn a_residents_voice_is_heard_backed_answered_and_everyone_is_told(app) {
        let author = app.resident(0).await;
        let officer = app.officer("听泉街道联络委").await;
        let neighbours = [app.resident(1).await, app.resident(2).await, app.resident(3).await];
        let stranger = app.nobody();

        // Raised: nobody but author and desk can see it; the phone in it is masked at once.
        let input = json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "泉水花园路灯不亮", "text": "五盏路灯两周不亮，请联系13812345678。" });
        let topic = author.mutate("submitTopic", input).await.done()["topic"].clone();
        assert_eq!((topic["state"].as_str(), topic["text"].as_str()), (Some("SUBMITTED"), Some("五盏路灯两周不亮，请联系138****5678。")));
        assert_eq!(stranger.topic(&topic["id"]).await, Value::Null);
        assert_eq!(neighbours[0].topic(&topic["id"]).await, Value::Null);

        // Looked at: the officer of the street finds it, the officer of the other street does not.
        let triage = "{ triageTopics { nodes { id version } } }";
        let waiting = officer.ok(triage, json!({})).await;
        assert_eq!(waiting["triageTopics"]["nodes"][0]["id"], topic["id"]);
        let other = app.officer("石桥街道联络委").await;
        assert_eq!(other.ok(triage, json!({})).await["triageTopics"]["nodes"], json!([]));
        let asked = officer.step("askMoreAboutTopic", &topic, json!({ "question": "是哪几盏？" })).await.done()["topic"].clone();
        app.deliver().await;
        assert_eq!(author.notices().await, ["TOPIC_NEEDS_MORE"]);
        let more = json!({ "requestId": new_request(), "topicId": topic["id"], "text": "大门到三栋之间的五盏。" });
        let supplied = author.mutate("supplyMoreForTopic", more).await.done()["topic"].clone();
        assert_eq!((asked["state"].as_str(), supplied["state"].as_str()), (Some("NEEDS_MORE"), Some("SUBMITTED")));
        let accepted = officer.accept(&supplied).await;

        // Public: everyone reads it, neighbours back it, each once.
        assert_eq!(stranger.topic(&topic["id"]).await["state"], "ACCEPTED");
        for neighbour in &neighbours {
            neighbour.support(&topic).await.done();
        }
        neighbours[0].support(&topic).await.done();
        author.support(&topic).await.expect_refusal("OWN_TOPIC");
        let list = stranger.ok("{ topics(divisionCode: \"990101001\", orderBy: MOST_SUPPORTED) { nodes { id supportCount alias } } }", json!({})).await;
        assert_eq!(list["topics"]["nodes"][0]["supportCount"], 3);
        neighbours[2].mutate("withdrawSupport", json!({ "requestId": new_request(), "topicId": topic["id"] })).await.done();

        // Answered: the author and those who back it are told, once each; who took the support back is not.
        officer.answer(&accepted, "五盏路灯已于今天修好。").await;
        app.deliver().await;
        app.deliver().await;
        assert_eq!(author.notices().await, ["TOPIC_ANSWERED", "TOPIC_ACCEPTED", "TOPIC_NEEDS_MORE"]);
        assert_eq!(neighbours[0].notices().await, ["TOPIC_ANSWERED"]);
        assert_eq!(neighbours[1].notices().await, ["TOPIC_ANSWERED"]);
        assert_eq!(neighbours[2].notices().await, Vec::<String>::new());
        let page = stranger.ok("query($id: ID!) { topic(id: $id) { state supportCount answer { text } history { what role note } } }", json!({ "id": topic["id"] })).await;
        assert_eq!(page["topic"]["answer"]["text"], "五盏路灯已于今天修好。");
        let history: Vec<&str> = page["topic"]["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
        assert_eq!(history, ["SUBMITTED", "MORE_ASKED", "MORE_SUPPLIED", "ACCEPTED", "ANSWERED"]);
        assert!(page["topic"]["history"][1]["note"].is_null(), "what desk and author wrote each other is not public");
        neighbours[2].support(&topic).await.expect_refusal("NOT_OPEN_FOR_SUPPORT");
    }

    async fn a_caller_without_a_phone_of_their_own_is_told_by_sms(app) {
        let officer = app.officer("听泉街道联络委").await;
        let input = json!({
            "requestId": new_request(), "divisionCode": "990101001002", "title": "松林社区缺少坡道", "text": "轮椅进不去。",
            "onBehalfOf": { "name": "赵奶奶", "contact": "138-0000-9999", "channel": "PHONE" },
        });
        let topic = officer.mutate("submitTopic", input).await.done()["topic"].clone();
        let seen = officer.ok("query($id: ID!) { topic(id: $id) { enteredByOfficer source contact { name contact channel } original { text } } }", json!({ "id": topic["id"] })).await;
        assert_eq!(seen["topic"]["contact"], json!({ "name": "赵奶奶", "contact": "138-0000-9999", "channel": "PHONE" }));
        assert_eq!(seen["topic"]["source"], "PUBLIC");
        let accepted = officer.accept(&topic).await;
        officer.answer(&accepted, "下周安装坡道。").await;
        app.deliver().await;
        let texts: Vec<String> = app.messages("13800009999").into_iter().map(|message| message.text).collect();
        assert_eq!(texts.len(), 2, "accepted and answered: {texts:?}");
        assert!(texts[1].contains("下周安装坡道"), "{texts:?}");
        let resident = app.resident(0).await;
        resident.mutate_error("submitTopic", json!({
            "requestId": new_request(), "divisionCode": "990101001002", "title": "代人", "text": "代人",
            "onBehalfOf": { "name": "某人", "contact": "13800009999", "channel": "VISIT" },
        }), "FORBIDDEN").await;
    }
}
