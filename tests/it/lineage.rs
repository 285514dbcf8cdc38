//! Lineage: everything that hangs together with a thing, as the viewer may know of it.
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";
const HOME: &str = "990101001001";
const GENERAL: &str = "13800000002";
const CLERK: &str = "13800000013";
const AUDITOR: &str = "13800000005";

async fn unit(app: &TestApp) -> Value {
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id } }", json!({})).await["committee"]["id"].clone();
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c) { id name } }", json!({ "c": committee })).await;
    all["organisations"].as_array().unwrap().iter().find(|one| one["name"] == "区城市管理局").unwrap()["id"].clone()
}

async fn campaign(officer: &Person<'_>) -> Value {
    let input = json!({ "requestId": new_request(), "name": "夏夜街区", "theme": "说说身边的事", "divisionCodes": [HOME] });
    officer.mutate("openCampaign", input).await.done()["campaign"].clone()
}

async fn raise(author: &Person<'_>, title: &str, campaign: &Value) -> Value {
    let input = json!({ "requestId": new_request(), "divisionCode": HOME, "title": title, "text": "请尽快处理", "campaignId": campaign["id"] });
    author.mutate("submitTopic", input).await.done()["topic"].clone()
}

async fn hand_over(officer: &Person<'_>, topic: &Value, unit: &Value) -> Value {
    let input = json!({ "requestId": new_request(), "subjectId": topic["id"], "expectedVersion": topic["version"], "unitId": unit });
    officer.mutate("handOver", input).await.done()["handOver"].clone()
}

/// What the unit says to a hand-over as it was given.
async fn says(clerk: &Person<'_>, name: &str, given: &Value, more: Value) -> Value {
    let mut input = json!({ "requestId": new_request(), "handOverId": given["id"], "expectedVersion": given["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    clerk.mutate(name, input).await.done()["handOver"].clone()
}

async fn merge(officer: &Person<'_>, canonical: &Value, topic: &Value) -> Value {
    let input = json!({ "requestId": new_request(), "canonicalId": canonical["id"], "expectedVersion": canonical["version"],
        "topicIds": [topic["id"]], "reason": "同一件事" });
    officer.mutate("mergeTopics", input).await.done()["topic"].clone()
}

/// Two topics of one matter; the canonical one was raised in a campaign, handed over, returned, and became three things.
struct World {
    campaign: Value,
    head: Value,
    merged: Value,
    given: Value,
    /// Inside, a consultation, inside.
    adoptions: Vec<Value>,
}

async fn world(app: &TestApp, officer: &Person<'_>, authors: [&Person<'_>; 2]) -> World {
    let (clerk, unit, campaign) = (app.person(CLERK).await, unit(app).await, campaign(officer).await);
    let head = officer.accept(&raise(authors[0], "路灯不亮", &campaign).await).await;
    let merged = officer.accept(&raise(authors[1], "路灯全黑", &Value::Null).await).await;
    let head = merge(officer, &head, &merged).await;
    let given = hand_over(officer, &head, &unit).await;
    let returned = says(&clerk, "returnHandOver", &given, json!({ "reason": "不属我局职责" })).await;
    let mut head = officer.step("shortlistTopic", &returned["topic"], json!({})).await.done()["topic"].clone();
    let things = [("INSIDE", "密文一号", "去向一"), ("CONSULTATION", "协商一号", "公开协商"), ("INSIDE", "密文二号", "去向二")];
    for (thing, reference, text) in things {
        head = officer.step("adoptTopic", &head, json!({ "as": thing, "reference": reference, "text": text })).await.done()["topic"].clone();
    }
    let query = "query($id: ID!) { topic(id: $id) { adoptions { id } } }";
    let adoptions = officer.ok(query, json!({ "id": head["id"] })).await["topic"]["adoptions"].as_array().unwrap().clone();
    World { campaign, head, merged, given, adoptions }
}

impl World {
    async fn conclude(&self, officer: &Person<'_>) {
        for adoption in &self.adoptions {
            let input = json!({ "requestId": new_request(), "adoptionId": adoption["id"], "result": "办结" });
            officer.mutate("recordOutcome", input).await.done();
        }
    }

    /// The things by a short name.
    fn name<'a>(&'a self, key: &'a Value) -> &'a str {
        let known = [(&self.campaign, "campaign"), (&self.head, "head"), (&self.merged, "merged"), (&self.given, "given")];
        let adopted = self.adoptions.iter().zip(["first", "second", "third"]);
        let name = known.into_iter().chain(adopted).find(|(thing, _)| thing["id"] == *key).map(|(_, name)| name);
        let answer = || if key.as_str().unwrap().starts_with("answer_") { "answer" } else { key.as_str().unwrap() };
        name.unwrap_or_else(answer)
    }

    /// A graph as lines: its nodes in their order, its edges sorted. (Of loops speaks a test of its own.)
    fn drawn(&self, graph: &Value) -> (Vec<String>, Vec<String>) {
        let node = |one: &Value| format!("{} {}", one["kind"].as_str().unwrap(), self.name(&one["key"]));
        let edge = |one: &Value| format!("{} {} {}", self.name(&one["from"]), one["kind"].as_str().unwrap(), self.name(&one["to"]));
        let edges = graph["edges"].as_array().unwrap().iter().filter(|one| one["from"] != one["to"]);
        let mut edges: Vec<String> = edges.map(edge).collect();
        edges.sort();
        (graph["nodes"].as_array().unwrap().iter().map(node).collect(), edges)
    }
}

/// The graph around a thing; null where there is nothing to know of.
async fn lineage(person: &Person<'_>, id: &Value) -> Value {
    let query = "query($id: ID!) { lineage(id: $id) {
        cut nodes { key kind title state at thing { ... on Node { id } ... on Topic { stands: state } ... on HandOver { handed: state } } } edges { from to kind } } }";
    person.ok(query, json!({ "id": id })).await["lineage"].clone()
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

/// The node of that kind; there is one.
fn one<'a>(graph: &'a Value, kind: &str) -> &'a Value {
    let all: Vec<&Value> = graph["nodes"].as_array().unwrap().iter().filter(|node| node["kind"] == kind).collect();
    assert_eq!(all.len(), 1, "{graph}");
    all[0]
}

const EVERYTHING: [&str; 8] =
    ["TOPIC head", "CAMPAIGN campaign", "HAND_OVER given", "INSIDE first", "CONSULTATION second", "INSIDE third", "ANSWER answer", "TOPIC merged"];
const ALL_EDGES: [&str; 7] = [
    "head ADOPTED_AS first",
    "head ADOPTED_AS second",
    "head ADOPTED_AS third",
    "head ANSWERED_BY answer",
    "head HANDED_OVER given",
    "head RAISED_IN campaign",
    "merged MERGED_INTO head",
];
const PUBLIC: [&str; 7] =
    ["TOPIC head", "CAMPAIGN campaign", "HAND_OVER given", "CONSULTATION second", "INTERNAL internal", "ANSWER answer", "TOPIC merged"];
const PUBLIC_EDGES: [&str; 6] = [
    "head ADOPTED_AS internal",
    "head ADOPTED_AS second",
    "head ANSWERED_BY answer",
    "head HANDED_OVER given",
    "head RAISED_IN campaign",
    "merged MERGED_INTO head",
];

on_both_columns! {
    async fn the_internal_side_sees_everything_that_hangs_together_wherever_it_begins(app) {
        let (author, neighbour, officer, member) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await, app.member(0).await);
        let world = world(&app, &officer, [&author, &neighbour]).await;
        world.conclude(&officer).await;
        for inside in [&officer, &member] {
            let (nodes, edges) = world.drawn(&lineage(inside, &world.head["id"]).await);
            assert_eq!((nodes, edges), (EVERYTHING.map(str::to_owned).to_vec(), ALL_EDGES.map(str::to_owned).to_vec()));
            for (start, first) in [(&world.merged, "TOPIC merged"), (&world.given, "HAND_OVER given")] {
                let (nodes, edges) = world.drawn(&lineage(inside, &start["id"]).await);
                assert_eq!(nodes[0], first, "the one asked for first");
                assert_eq!((sorted(nodes), edges), (sorted(EVERYTHING.map(str::to_owned).to_vec()), ALL_EDGES.map(str::to_owned).to_vec()));
            }
        }
        let graph = lineage(&officer, &world.head["id"]).await;
        assert_eq!(graph["cut"], false);
        let (given, consultation) = (one(&graph, "HAND_OVER"), one(&graph, "CONSULTATION"));
        assert_eq!((&given["state"], &given["thing"], given["at"].is_null()), (&json!("RETURNED"), &json!({ "id": world.given["id"], "handed": "RETURNED" }), false));
        assert_eq!((&consultation["state"], &consultation["title"], &consultation["thing"]), (&json!("ENDED"), &json!("公开协商"), &Value::Null));
        assert_eq!(one(&graph, "ANSWER")["title"], "办结\n\n办结\n\n办结");
        assert_eq!(one(&graph, "CAMPAIGN")["thing"], json!({ "id": world.campaign["id"] }));
    }

    async fn to_the_public_whatever_is_inside_is_one_node_without_time_number_or_kind(app) {
        let (author, neighbour, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let world = world(&app, &officer, [&author, &neighbour]).await;
        let (nobody, clerk, auditor) = (app.nobody(), app.person(CLERK).await, app.person(AUDITOR).await);
        for concluded in [false, true] {
            if concluded {
                world.conclude(&officer).await;
            }
            let seen = |lines: &[&str]| -> Vec<String> {
                lines.iter().filter(|line| concluded || !line.ends_with(" answer")).map(|line| (*line).to_owned()).collect()
            };
            for outside in [&nobody, &author, &neighbour, &clerk, &auditor] {
                assert_eq!(world.drawn(&lineage(outside, &world.head["id"]).await), (seen(&PUBLIC), seen(&PUBLIC_EDGES)));
                for start in [&world.head, &world.merged, &world.given] {
                    let graph = lineage(outside, &start["id"]).await;
                    let (nodes, edges) = world.drawn(&graph);
                    assert_eq!((sorted(nodes), edges), (sorted(seen(&PUBLIC)), seen(&PUBLIC_EDGES)));
                    let internal = json!({ "key": "internal", "kind": "INTERNAL", "title": "转内部办理", "state": null, "at": null, "thing": null });
                    assert_eq!(one(&graph, "INTERNAL"), &internal);
                    let text = graph.to_string();
                    for secret in [&world.adoptions[0]["id"], &world.adoptions[2]["id"]].map(|id| id.as_str().unwrap()).into_iter().chain(["密文", "去向", "INSIDE"]) {
                        assert!(!text.contains(secret), "{secret}: {text}");
                    }
                }
            }
        }
    }

    async fn a_units_reply_leads_to_the_answer_and_the_topic_does_not(app) {
        let (author, officer, clerk, nobody) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await, app.nobody());
        let topic = officer.accept(&author.submit_topic("路灯不亮").await).await;
        let given = hand_over(&officer, &topic, &unit(&app).await).await;
        says(&clerk, "replyToHandOver", &given, json!({ "text": "路灯已修复" })).await;
        let graph = lineage(&nobody, &given["id"]).await;
        let answer = one(&graph, "ANSWER");
        assert_eq!((&answer["title"], answer["at"].is_null(), &answer["state"], &answer["thing"]), (&json!("路灯已修复"), false, &Value::Null, &Value::Null));
        let edges: Vec<&Value> = graph["edges"].as_array().unwrap().iter().filter(|edge| edge["from"] != edge["to"]).collect();
        assert_eq!(edges.len(), 2);
        for edge in [
            json!({ "from": topic["id"], "to": given["id"], "kind": "HANDED_OVER" }),
            json!({ "from": given["id"], "to": answer["key"], "kind": "ANSWERED_BY" }),
        ] {
            assert!(edges.contains(&&edge), "{edge} {edges:?}");
        }
    }

    async fn a_campaign_leads_to_the_topics_that_the_viewer_may_know_of(app) {
        let (author, stranger, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let (nobody, elsewhere, campaign) = (app.nobody(), app.officer(BRIDGE).await, campaign(&officer).await);
        let public = officer.accept(&raise(&author, "公开的", &campaign).await).await["id"].clone();
        let waiting = raise(&author, "等着的", &campaign).await["id"].clone();
        officer.accept(&raise(&author, "不在征集里", &Value::Null).await).await;
        for (who, topics) in [
            (&nobody, vec![&public]), (&stranger, vec![&public]), (&elsewhere, vec![&public]), (&author, vec![&public, &waiting]), (&officer, vec![&public, &waiting]),
        ] {
            let graph = lineage(who, &campaign["id"]).await;
            let keys: Vec<&Value> = graph["nodes"].as_array().unwrap().iter().map(|node| &node["key"]).collect();
            assert_eq!(keys, [&[&campaign["id"]][..], topics.as_slice()].concat());
            let edges: Vec<Value> = topics.iter().map(|topic| json!({ "from": topic, "to": campaign["id"], "kind": "RAISED_IN" })).collect();
            assert_eq!(graph["edges"], json!(edges));
        }
    }

    async fn of_what_they_may_not_know_of_a_stranger_gets_null(app) {
        let (author, neighbour, stranger) = (app.resident(0).await, app.resident(1).await, app.resident(2).await);
        let (officer, elsewhere, general) = (app.officer(SPRING).await, app.officer(BRIDGE).await, app.person(GENERAL).await);
        let (clerk, nobody) = (app.person(CLERK).await, app.nobody());
        let waiting = author.submit_topic("等着的").await;
        for (who, nodes) in [(&nobody, 0), (&stranger, 0), (&elsewhere, 0), (&clerk, 0), (&author, 1), (&officer, 1), (&general, 1)] {
            let graph = lineage(who, &waiting["id"]).await;
            assert_eq!((graph.is_null(), graph["nodes"].as_array().map_or(0, Vec::len)), (nodes == 0, nodes));
        }
        for unknown in ["topic_00000000000000000000000000000000", "handover_00000000000000000000000000000000", "campaign_00000000000000000000000000000000"] {
            assert_eq!(lineage(&nobody, &json!(unknown)).await, Value::Null, "{unknown}");
        }

        // Taken out of public view, with what was handed over and with what is merged into it still there for whom it is.
        let head = officer.accept(&author.submit_topic("含有姓名").await).await;
        let merged = officer.accept(&neighbour.submit_topic("同一件事").await).await;
        let given = hand_over(&officer, &merge(&officer, &head, &merged).await, &unit(&app).await).await;
        general.step("takeDownTopic", &given["topic"], json!({ "reason": "含他人姓名" })).await.done();
        for hidden in [&head, &given] {
            for who in [&nobody, &stranger, &elsewhere] {
                assert_eq!(lineage(who, &hidden["id"]).await, Value::Null);
            }
            assert_eq!(lineage(&author, &hidden["id"]).await["nodes"].as_array().unwrap().len(), 3);
        }
        assert_eq!(lineage(&clerk, &head["id"]).await, Value::Null);
        for (who, id) in [(&clerk, &given["id"]), (&nobody, &merged["id"])] {
            let graph = lineage(who, id).await;
            let keys: Vec<&Value> = graph["nodes"].as_array().unwrap().iter().map(|node| &node["key"]).collect();
            assert_eq!(keys, [id], "that alone");
            assert!(!graph.to_string().contains(head["id"].as_str().unwrap()));
        }
    }

    async fn adoptions_and_answers_lead_to_their_topic_and_what_is_inside_leads_the_public_nowhere(app) {
        let (author, neighbour, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let world = world(&app, &officer, [&author, &neighbour]).await;
        let (inside, consultation) = (&world.adoptions[0]["id"], &world.adoptions[1]["id"]);
        for id in [inside, consultation] {
            assert_eq!(lineage(&officer, id).await["nodes"][0]["key"], world.head["id"], "{id}");
        }
        assert_eq!(lineage(&app.nobody(), consultation).await["nodes"][0]["key"], world.head["id"]);
        for outside in [&author, &neighbour, &app.nobody()] {
            assert!(lineage(outside, inside).await.is_null(), "as what is not there");
            assert!(lineage(outside, &json!("adoption_00000000000000000000000000000000")).await.is_null());
        }
        let topic = officer.answer(&officer.accept(&raise(&author, "井盖松动", &Value::Null).await).await, "已固定").await;
        let answers = app.nobody().ok("query($id: ID!) { topic(id: $id) { answer { id } } }", json!({ "id": topic["id"] })).await;
        assert_eq!(lineage(&neighbour, &answers["topic"]["answer"]["id"]).await["nodes"][0]["key"], topic["id"]);
    }

    async fn there_is_no_lineage_of_a_person(app) {
        let (author, officer) = (app.resident(0).await, app.officer(SPRING).await);
        for id in [json!(author.account_id().await), json!("topic_1"), json!("' OR 1=1 --"), json!("")] {
            for person in [&author, &officer, &app.nobody()] {
                let error = person.expect_error("query($id: ID!) { lineage(id: $id) { cut } }", json!({ "id": id }), "BAD_INPUT").await;
                assert_eq!(error["extensions"]["field"], "id", "{id}");
            }
        }
    }

    async fn no_edge_leads_from_a_thing_to_itself(app) {
        let (author, neighbour, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let world = world(&app, &officer, [&author, &neighbour]).await;
        for start in [&world.head, &world.merged, &world.given, &world.campaign] {
            let graph = lineage(&officer, &start["id"]).await;
            let edges = graph["edges"].as_array().unwrap();
            assert!(!edges.is_empty() && edges.iter().all(|edge| edge["from"] != edge["to"]), "{graph}");
        }
    }

    async fn a_node_stands_where_the_thing_itself_says_it_does(app) {
        let (author, neighbour, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let world = world(&app, &officer, [&author, &neighbour]).await;
        let graph = lineage(&officer, &world.head["id"]).await;
        for (kind, field, things) in [("TOPIC", "stands", 2), ("HAND_OVER", "handed", 1)] {
            let nodes: Vec<&Value> = graph["nodes"].as_array().unwrap().iter().filter(|node| node["kind"] == kind).collect();
            assert_eq!(nodes.len(), things);
            for node in nodes {
                assert_eq!(node["state"], node["thing"][field], "{node}");
            }
        }
    }
}
