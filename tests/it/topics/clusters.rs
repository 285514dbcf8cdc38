mod desks;
mod news;

use serde_json::{Value, json};
use shangyi_tests::{Done, Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";
const GENERAL: &str = "13800000002";

/// Each counts what is not as the facts say.
const WRONG: [(&str, &str); 5] = [
    (
        "voices",
        "SELECT count(*) FROM topics t WHERE t.voice_count <> CASE WHEN t.canonical_id IS NOT NULL THEN 0 ELSE
            (SELECT count(DISTINCT s.account_id) FROM topic_supports s JOIN topics m ON m.id = s.topic_id
              WHERE (m.id = t.id OR m.canonical_id = t.id) AND s.withdrawn_at IS NULL AND NOT s.declined
                AND NOT EXISTS (SELECT 1 FROM topics a WHERE a.author_id = s.account_id AND (a.id = t.id OR a.canonical_id = t.id))) END",
    ),
    (
        "supports",
        "SELECT count(*) FROM topics t WHERE t.support_count <>
            (SELECT count(*) FROM topic_supports s WHERE s.topic_id = t.id AND s.withdrawn_at IS NULL)",
    ),
    ("merged", "SELECT count(*) FROM topics t WHERE t.merged_count <> (SELECT count(*) FROM topics m WHERE m.canonical_id = t.id)"),
    (
        "log",
        "SELECT count(*) FROM topics t WHERE (SELECT count(*) FROM topic_merges m
              WHERE m.topic_id = t.id AND m.canonical_id = t.canonical_id AND m.until_version IS NULL) <> CASE WHEN t.canonical_id IS NULL THEN 0 ELSE 1 END
            OR (t.canonical_id IS NULL AND EXISTS (SELECT 1 FROM topic_merges m WHERE m.topic_id = t.id AND m.until_version IS NULL))",
    ),
    ("chains", "SELECT count(*) FROM topics t JOIN topics h ON h.id = t.canonical_id WHERE h.canonical_id IS NOT NULL"),
];

async fn wrong(app: &TestApp) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (what, sql) in WRONG {
        if app.count(sql).await > 0 {
            found.push(what);
        }
    }
    found
}

#[track_caller]
fn counts_equal_facts(app: &TestApp) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move { assert_eq!(wrong(app).await, [] as [&str; 0], "{caller}") }
}

/// A topic of the first community, accepted.
async fn accepted(author: &Person<'_>, officer: &Person<'_>, title: &str) -> Value {
    officer.accept(&author.submit_topic(title).await).await
}

/// A caller's topic, accepted.
async fn called(officer: &Person<'_>, phone: &str) -> Value {
    let input = json!({
        "requestId": new_request(), "divisionCode": "990101001001", "title": "路灯坏了", "text": "晚上看不见。",
        "onBehalfOf": { "name": "赵奶奶", "contact": phone, "channel": "PHONE" },
    });
    officer.accept(&officer.mutate("submitTopic", input).await.done()["topic"]).await
}

fn merging(canonical: &Value, topics: &[&Value]) -> Value {
    let ids: Vec<&Value> = topics.iter().map(|topic| &topic["id"]).collect();
    json!({ "requestId": new_request(), "canonicalId": canonical["id"], "expectedVersion": canonical["version"], "topicIds": ids, "reason": "同一件事" })
}

fn proposing(canonical: &Value, topics: &[&Value]) -> Value {
    let mut input = merging(canonical, topics);
    input.as_object_mut().unwrap().remove("expectedVersion");
    input
}

fn deciding(proposal: &Value, merge: bool) -> Value {
    json!({ "requestId": new_request(), "proposalId": proposal["id"], "merge": merge, "note": "两街都看过" })
}

async fn merge(desk: &Person<'_>, canonical: &Value, topics: &[&Value]) -> Value {
    let now = desk.topic(&canonical["id"]).await;
    desk.mutate("mergeTopics", merging(&now, topics)).await.done()["topic"].clone()
}

async fn propose(desk: &Person<'_>, canonical: &Value, topics: &[&Value]) -> Value {
    desk.mutate("proposeMerge", proposing(canonical, topics)).await.done()["proposal"].clone()
}

async fn split(desk: &Person<'_>, topic: &Value) -> Value {
    let now = desk.topic(&topic["id"]).await;
    desk.step("splitTopic", &now, json!({ "reason": "并非同一件事" })).await.done()["topic"].clone()
}

async fn reply(person: &Person<'_>, topic: &Value, word: &str) -> Done {
    person.mutate("replyToMerge", json!({ "requestId": new_request(), "topicId": topic["id"], "reply": word })).await
}

async fn back(topic: &Value, people: &[&Person<'_>]) {
    for person in people {
        person.support(topic).await.done();
    }
}

/// An author's `withdrawTopic`, or a backer's `withdrawSupport`.
async fn take_back(person: &Person<'_>, name: &str, topic: &Value) {
    person.mutate(name, json!({ "requestId": new_request(), "topicId": topic["id"] })).await.done();
}

async fn read(person: &Person<'_>, topic: &Value, fields: &str) -> Value {
    person.ok(&format!("query($id: ID!) {{ topic(id: $id) {{ {fields} }} }}"), json!({ "id": topic["id"] })).await["topic"].clone()
}

async fn voices(app: &TestApp, topic: &Value) -> Value {
    app.nobody().topic(&topic["id"]).await["supportCount"].clone()
}

/// The public list, which has the same topics in either order.
async fn feed(app: &TestApp) -> Vec<Value> {
    let data = app.nobody().ok("{ newest: topics { nodes { id } } backed: topics(orderBy: MOST_SUPPORTED) { nodes { id } } }", json!({})).await;
    let ids = |list: &str| data[list]["nodes"].as_array().unwrap().iter().map(|topic| topic["id"].clone()).collect::<Vec<Value>>();
    let (newest, backed) = (ids("newest"), ids("backed"));
    assert!(newest.len() == backed.len() && newest.iter().all(|id| backed.contains(id)), "{newest:?} {backed:?}");
    newest
}

/// How often somebody was told of something.
async fn told(person: &Person<'_>, kind: &str) -> usize {
    let notices = person.notices().await;
    notices.iter().filter(|notice| notice.as_str() == kind).count()
}

/// How many short messages with these words a phone got.
fn texted(app: &TestApp, phone: &str, words: &str) -> usize {
    app.messages(phone).iter().filter(|message| message.text.contains(words)).count()
}

/// The merges a person may know of that wait for the general desk.
async fn waiting(person: &Person<'_>) -> usize {
    person.ok("{ mergeProposals(open: true) { nodes { id } } }", json!({})).await["mergeProposals"]["nodes"].as_array().unwrap().len()
}

/// Points one topic to another behind the program's back.
async fn point(app: &TestApp, topic: &str, to: &str) -> Result<(), String> {
    let to = format!("(SELECT id FROM topics WHERE title = '{to}')");
    let sql = format!("UPDATE topics SET canonical_id = {to}, version = version + 1 WHERE title = '{topic}'");
    app.execute(&sql).await.map_err(|error| error.to_string())
}

/// Sends it twice, and once changed: it is done once, and the change is found out.
async fn done_once(person: &Person<'_>, name: &str, input: Value, field: &str, other: &str) -> Value {
    let (first, again) = (person.mutate(name, input.clone()).await.done(), person.mutate(name, input.clone()).await.done());
    assert_eq!((first["replayed"].as_bool(), again["replayed"].as_bool()), (Some(false), Some(true)), "{name}");
    assert_eq!((&first["topic"], &first["proposal"]), (&again["topic"], &again["proposal"]), "{name}");
    let mut changed = input;
    changed[field] = json!(other);
    person.mutate_error(name, changed, "REPLAY_MISMATCH").await;
    first
}

on_both_columns! {
    async fn merged_topics_are_one_matter_that_the_canonical_one_stands_for(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        assert_eq!(feed(&app).await, [too["id"].clone(), head["id"].clone()]);
        for stranger in [&one, &other, &app.officer(BRIDGE).await, &app.member(0).await] {
            stranger.mutate_error("mergeTopics", merging(&head, &[&too]), "FORBIDDEN").await;
        }
        app.nobody().mutate_error("mergeTopics", merging(&head, &[&too]), "UNAUTHENTICATED").await;
        let merged = merge(&officer, &head, &[&too]).await;
        assert_eq!((&merged["id"], &merged["mergedCount"], merged["version"].as_i64()), (&head["id"], &json!(1), head["version"].as_i64().map(|seen| seen + 1)));
        assert_eq!(feed(&app).await, [head["id"].clone()]);
        assert_eq!(officer.ok("{ triageTopics { nodes { id } } }", json!({})).await["triageTopics"]["nodes"], json!([{ "id": head["id"] }]));
        let listed = officer.step("shortlistTopic", &merged, json!({})).await.done()["topic"].clone();
        let fields = "title state canonical { id } answers { text }";
        let mut shown = json!({ "title": "夜里很黑", "state": "SHORTLISTED", "canonical": { "id": head["id"] }, "answers": [] });
        assert_eq!(read(&app.nobody(), &too, fields).await, shown);
        officer.answer(&listed, "已换灯泡").await;
        shown["state"] = json!("ANSWERED");
        shown["answers"] = json!([{ "text": "已换灯泡" }]);
        assert_eq!(read(&app.nobody(), &too, fields).await, shown);
        assert_eq!(read(&app.nobody(), &head, "canonical { id } mergedTopics { id }").await, json!({ "canonical": null, "mergedTopics": [{ "id": too["id"] }] }));
        counts_equal_facts(&app).await;
    }

    async fn a_person_counts_once_per_cluster_and_its_authors_not_at_all(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (both, a, b, late) = (app.resident(2).await, app.resident(3).await, app.resident(4).await, app.resident(5).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&head, &[&both, &a, &other]).await;
        back(&too, &[&both, &b, &one]).await;
        assert_eq!((voices(&app, &head).await, voices(&app, &too).await), (json!(3), json!(3)));
        merge(&officer, &head, &[&too]).await;
        assert_eq!((voices(&app, &head).await, voices(&app, &too).await), (json!(3), json!(3)), "three persons for the matter; three back the merged one itself");
        counts_equal_facts(&app).await;
        for (who, topic, left) in [(&both, &head, 3), (&both, &too, 2), (&other, &head, 2), (&one, &too, 2), (&b, &too, 1)] {
            take_back(who, "withdrawSupport", topic).await;
            assert_eq!(voices(&app, &head).await, json!(left));
            counts_equal_facts(&app).await;
        }
        back(&head, &[&late, &both]).await;
        assert_eq!(voices(&app, &head).await, 3);
        counts_equal_facts(&app).await;
    }

    async fn a_merged_topic_is_backed_through_its_canonical_one_and_by_no_author_of_the_cluster(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (early, late) = (app.resident(2).await, app.resident(3).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&early]).await;
        merge(&officer, &head, &[&too]).await;
        for who in [&late, &other] {
            assert_eq!(who.support(&too).await.expect_refusal("MERGED_ELSEWHERE")["canonicalId"], head["id"]);
        }
        back(&too, &[&early]).await; // They back it already: nothing to refuse.
        for author in [&one, &other] {
            author.support(&head).await.expect_refusal("OWN_TOPIC");
        }
        back(&head, &[&late]).await;
        assert_eq!((voices(&app, &head).await, app.count("SELECT count(*) FROM topic_supports").await), (json!(2), 2));
        split(&officer, &too).await;
        back(&head, &[&other]).await;
        back(&too, &[&late]).await;
        assert_eq!((voices(&app, &head).await, voices(&app, &too).await), (json!(2), json!(2)));
        counts_equal_facts(&app).await;
    }

    async fn who_declines_is_left_out_of_count_and_answer_until_they_carry_along(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (stays, leaves, wavers, twice) = (app.resident(2).await, app.resident(3).await, app.resident(4).await, app.resident(5).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&stays, &leaves, &wavers, &twice]).await;
        back(&head, &[&twice]).await;
        reply(&leaves, &too, "DECLINE").await.expect_refusal("NOT_MERGED");
        let merged = merge(&officer, &head, &[&too]).await;
        assert_eq!(merged["supportCount"], 4, "carried unless declined");
        app.deliver().await;
        for who in [&other, &stays, &leaves, &wavers, &twice] {
            assert_eq!(told(who, "TOPIC_MERGED").await, 1);
        }
        reply(&one, &too, "DECLINE").await.expect_refusal("NOT_SUPPORTED");
        for who in [&leaves, &wavers, &twice, &leaves] {
            reply(who, &too, "DECLINE").await.done();
        }
        assert_eq!((voices(&app, &head).await, voices(&app, &too).await), (json!(2), json!(4)), "one stays, one backs the canonical one itself");
        counts_equal_facts(&app).await;
        reply(&wavers, &too, "CARRY").await.done();
        assert_eq!((voices(&app, &head).await, app.count("SELECT count(*) FROM merge_replies").await), (json!(3), 5));
        counts_equal_facts(&app).await;
        officer.answer(&merged, "已换灯泡").await;
        app.deliver().await;
        for (who, times) in [(&stays, 1), (&leaves, 0), (&wavers, 1), (&twice, 1)] {
            assert_eq!(told(who, "TOPIC_ANSWERED").await, times);
        }
        for sql in ["UPDATE merge_replies SET at = 1", "DELETE FROM merge_replies"] {
            assert!(app.execute(sql).await.is_err(), "{sql}");
        }
    }

    async fn a_split_topic_goes_on_by_itself_and_the_log_shows_merge_and_split(app) {
        let (one, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (a, b, both) = (app.resident(2).await, app.resident(3).await, app.resident(4).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "井盖松动").await);
        back(&head, &[&a, &both]).await;
        back(&too, &[&b, &both]).await;
        let listed = officer.step("shortlistTopic", &too, json!({})).await.done()["topic"].clone();
        let merged = merge(&officer, &head, &[&listed]).await;
        assert_eq!((&merged["supportCount"], &officer.topic(&too["id"]).await["state"]), (&json!(3), &json!("ACCEPTED")));
        let reason = json!({ "reason": "并非同一件事" });
        officer.step("splitTopic", &listed, reason.clone()).await.expect_refusal("STATE_CHANGED");
        officer.step("splitTopic", &merged, reason).await.expect_refusal("NOT_MERGED");
        let input = json!({ "requestId": new_request(), "topicId": too["id"], "expectedVersion": 4, "reason": "并非同一件事" });
        b.mutate_error("splitTopic", input, "FORBIDDEN").await;
        let apart = split(&officer, &too).await;
        assert_eq!((&apart["state"], &apart["supportCount"]), (&json!("SHORTLISTED"), &json!(2)), "from where it stood");
        let left = officer.topic(&head["id"]).await;
        assert_eq!((&left["mergedCount"], &left["supportCount"], feed(&app).await.len()), (&json!(0), &json!(2), 2));
        counts_equal_facts(&app).await;
        let log = json!([{ "topic": { "id": too["id"] }, "canonical": { "id": head["id"] }, "reason": "同一件事", "role": "LIAISON_OFFICER", "endedReason": "并非同一件事" }]);
        for (topic, happened) in [(&head, vec!["SUBMITTED", "ACCEPTED", "MERGED_IN", "SPLIT_OFF"]), (&too, vec!["SUBMITTED", "ACCEPTED", "SHORTLISTED", "MERGED", "SPLIT"])] {
            let seen = read(&app.nobody(), topic, "merges { topic { id } canonical { id } reason role endedReason } history { what }").await;
            assert_eq!(seen["merges"], log);
            assert_eq!(seen["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect::<Vec<_>>(), happened);
        }
        officer.answer(&apart, "井盖已换").await;
        app.deliver().await;
        for (who, times) in [(&other, 1), (&b, 1), (&both, 1), (&one, 0), (&a, 0)] {
            assert_eq!((told(who, "TOPIC_SPLIT").await, told(who, "TOPIC_ANSWERED").await), (times, times));
        }
        assert_eq!(read(&app.nobody(), &head, "state answers { text }").await, json!({ "state": "ACCEPTED", "answers": [] }));
        for sql in ["DELETE FROM topic_merges", "UPDATE topic_merges SET reason = 'x'", "UPDATE topic_merges SET until_version = NULL, ended_at = NULL"] {
            assert!(app.execute(sql).await.is_err(), "{sql}");
        }
    }

    async fn a_merge_after_a_split_asks_those_who_declined_anew(app) {
        let (one, other, b, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer(SPRING).await);
        let (head, too) = (accepted(&one, &officer, "路灯不亮").await, accepted(&other, &officer, "夜里很黑").await);
        back(&too, &[&b]).await;
        for round in 1..=2 {
            let merged = merge(&officer, &head, &[&too]).await;
            assert_eq!(merged["supportCount"], 1, "carried unless declined, each time");
            app.deliver().await;
            assert_eq!(told(&b, "TOPIC_MERGED").await, round);
            reply(&b, &too, "DECLINE").await.done();
            assert_eq!(voices(&app, &head).await, 0);
            counts_equal_facts(&app).await;
            if round == 1 {
                assert_eq!(split(&officer, &too).await["supportCount"], 1);
                counts_equal_facts(&app).await;
            }
        }
        let log = json!({ "merges": [{ "endedReason": "并非同一件事" }, { "endedReason": null }] });
        assert_eq!((read(&app.nobody(), &too, "merges { endedReason }").await, app.count("SELECT count(*) FROM merge_replies").await), (log, 2));
        officer.answer(&officer.topic(&head["id"]).await, "已换灯泡").await;
        app.deliver().await;
        assert_eq!((told(&b, "TOPIC_ANSWERED").await, told(&other, "TOPIC_ANSWERED").await), (0, 1));
    }
}
