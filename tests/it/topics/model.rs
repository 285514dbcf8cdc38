//! All moves by all roles, against a model that the test keeps itself: walks of chance that prefer what they have not done
//! yet. At each step the table says what must happen; the server must say and do the same, and nothing besides.
mod book;

use async_graphql::InputType;
use book::{Act, BACKER, CLERK, DONE, GENERAL, Model, OFFICER, Topic};
use sea_orm::{ActiveEnum, Iterable};
use serde_json::{Value, json};
use shangyi::topics::moves::{Move, RULES, allowed};
use shangyi_entities::topic::TopicState as S;
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};
use std::collections::HashSet;

const HOME: &str = "990101001001";
/// Seeds with which every line of the table is walked.
const WALKS: [u64; 3] = [124, 125, 126];
const STEPS: usize = 110;
/// Each walk begins with a cluster of three: topic, actor, move, canonical topic.
const FIRST: [(usize, usize, Move, usize); 5] = [
    (0, OFFICER, Move::Accept, 0),
    (1, OFFICER, Move::Accept, 1),
    (2, GENERAL, Move::Accept, 2),
    (1, OFFICER, Move::Merge, 0),
    (2, GENERAL, Move::Merge, 0),
];
/// Who raises the topic of each place: both residents have several, and one is the officer's own.
const RAISERS: [usize; 5] = [0, 1, 0, OFFICER, 1];

async fn everybody(app: &TestApp) -> Vec<Person<'_>> {
    let residents = [app.resident(0).await, app.resident(1).await, app.resident(2).await];
    let officers = [app.officer("听泉街道联络委").await, app.officer("石桥街道联络委").await];
    residents.into_iter().chain(officers).chain([app.person("13800000002").await, app.person("13800000013").await]).collect()
}

/// The id of the clerk's unit.
async fn unit(app: &TestApp) -> Value {
    let committee = app.nobody().ok("{ committee(divisionCode: \"990101001001\") { id } }", json!({})).await["committee"]["id"].clone();
    let all = app.nobody().ok("query($c: ID!) { organisations(committeeId: $c) { id name } }", json!({ "c": committee })).await;
    all["organisations"].as_array().unwrap().iter().find(|one| one["name"] == "区城市管理局").expect("the bureau")["id"].clone()
}

/// One of the words of every text, for the desk to mask.
fn word(n: usize) -> String {
    format!("词{n:02}")
}

fn named(state: S) -> String {
    ActiveEnum::to_value(&state)
}

/// A move, where it began, how often the topic had been reopened, whether it was merged, whether others were merged into it.
type Way = (Move, S, i64, bool, bool);

/// What has been done so far.
#[derive(Default)]
struct Seen {
    moves: HashSet<(Move, S)>,
    states: HashSet<S>,
    ways: HashSet<Way>,
}

struct Walk<'a> {
    app: &'a TestApp,
    people: Vec<Person<'a>>,
    unit: Value,
    model: Model,
    seen: Seen,
    born: usize,
    chance: u64,
}

impl<'a> Walk<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let (people, unit) = (everybody(app).await, unit(app).await);
        Self { app, people, unit, model: Model::default(), seen: Seen::default(), born: 0, chance: 0 }
    }

    fn below(&mut self, most: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.chance >> 33).unwrap() % most
    }

    async fn begin(&mut self, seed: u64) {
        (self.model, self.chance) = (Model::default(), seed);
        for place in 0..RAISERS.len() {
            let topic = self.raised(place).await;
            self.model.topics.push(topic);
            self.model.states.push(S::Submitted);
        }
    }

    async fn raised(&mut self, place: usize) -> Topic {
        self.app.execute("DELETE FROM daily_counts").await.unwrap();
        self.born += 1;
        self.seen.states.insert(S::Submitted);
        let (by, text): (usize, String) = (RAISERS[place], (0..40).map(word).collect());
        let input = json!({ "requestId": new_request(), "divisionCode": HOME, "title": format!("第{}件事", self.born), "text": text });
        let raised = self.people[by].mutate("submitTopic", input).await.done()["topic"].clone();
        Topic { id: raised["id"].clone(), version: raised["version"].clone(), born: self.born, by, ..Topic::default() }
    }

    /// Now and then new topics take the places of a cluster that is over.
    async fn renew(&mut self) {
        let place = self.below(RAISERS.len());
        let cluster = self.model.cluster(self.model.topics[place].canonical.unwrap_or(place));
        if cluster.iter().all(|topic| self.model.is_over(*topic)) {
            for place in cluster {
                self.model.topics[place] = self.raised(place).await;
                self.model.states[place] = S::Submitted;
            }
        }
    }

    /// What the authors were asked for does not come in time.
    async fn lapse(&mut self) {
        // Ten working days, whatever holidays lie between.
        self.app.advance(24 * 86_400);
        self.app.deliver().await;
        self.people = everybody(self.app).await;
        for state in self.model.states.iter_mut().filter(|state| **state == S::NeedsMore) {
            *state = S::Lapsed;
        }
        self.seen.moves.insert((Move::Lapse, S::NeedsMore));
        self.seen.states.insert(S::Lapsed);
        self.compare("lapsed", true).await;
    }

    /// What to try: mostly something that is possible; best a move never made, then a way of making it that is new.
    fn choose(&mut self) -> Act {
        let mut acts = self.model.acts();
        if self.below(4) > 0 {
            // Clusters last a while.
            let split = self.below(6) == 0;
            acts.retain(|act| self.model.expected(*act) == [DONE] && (split || act.kind != Move::Split));
            let fresh: Vec<Act> = acts.iter().copied().filter(|act| !self.seen.ways.contains(&self.way(*act))).collect();
            let is_made = |act: &Act| self.seen.moves.iter().any(|(kind, _)| *kind == act.kind);
            let never: Vec<Act> = fresh.iter().copied().filter(|act| !is_made(act)).collect();
            acts = [never, fresh, acts].into_iter().find(|some| !some.is_empty()).expect("somebody can do something");
        }
        acts[self.below(acts.len())]
    }

    fn way(&self, act: Act) -> Way {
        let (topic, whole) = (&self.model.topics[act.topic], &self.model.topics[self.model.shown(act.topic)]);
        (act.kind, self.model.state(act.topic), whole.reopened, topic.canonical.is_some(), !self.model.merged_into(act.topic).is_empty())
    }

    /// The mutation and its input.
    fn call(&self, act: Act) -> (&'static str, Value) {
        let topic = &self.model.topics[act.topic];
        let (name, more) = match act.kind {
            Move::Take => ("takeTopic", json!({})),
            Move::HandBack => ("handBackTopic", json!({})),
            Move::AskMore => ("askMoreAboutTopic", json!({ "question": "具体在哪里？" })),
            Move::SupplyMore => ("supplyMoreForTopic", json!({ "text": "在大门口。" })),
            Move::Accept => ("acceptTopic", json!({})),
            Move::Shortlist => ("shortlistTopic", json!({})),
            Move::Unshortlist => ("unshortlistTopic", json!({})),
            Move::HandOver => ("handOver", json!({ "subjectId": topic.id, "unitId": self.unit })),
            Move::UnitReturn => ("returnHandOver", json!({ "reason": "不属我局职责" })),
            Move::UnitReply => ("replyToHandOver", json!({ "text": "已经修复" })),
            Move::Adopt => ("adoptTopic", json!({ "as": "CONSULTATION", "text": "列入协商计划" })),
            Move::RecordOutcome => ("recordOutcome", json!({ "result": "已办结" })),
            Move::Answer => ("answerTopic", json!({ "text": "已处理" })),
            Move::Confirm => ("confirmAnswer", json!({ "kept": true })),
            Move::Dispute => ("confirmAnswer", json!({ "kept": false, "reason": "没有修好" })),
            Move::Redirect => ("redirectTopic", json!({ "reason": "PETITION", "where": "信访办" })),
            Move::Reject => ("rejectTopic", json!({ "reason": "OUT_OF_SCOPE" })),
            Move::AskSecondLook => ("requestSecondLook", json!({ "statement": "请再看看" })),
            Move::TakeUp => ("decideSecondLook", json!({ "takeUp": true, "note": "予以受理" })),
            Move::Uphold => ("decideSecondLook", json!({ "takeUp": false, "note": "维持原处理" })),
            Move::Withdraw => ("withdrawTopic", json!({})),
            Move::Merge => ("mergeTopics", json!({ "canonicalId": self.model.topics[act.into].id, "topicIds": [topic.id], "reason": "同一件事" })),
            Move::Split => ("splitTopic", json!({ "reason": "另一件事" })),
            Move::Mask => ("maskTopic", json!({ "words": [word(topic.masked)] })),
            Move::Pass => ("passTopic", json!({ "divisionCode": HOME })),
            Move::TakeDown => ("takeDownTopic", json!({ "reason": "含个人信息" })),
            Move::Lapse | Move::Conclude | Move::BecomeConsultation | Move::ConsultationWentOn => unreachable!("nobody calls it"),
        };
        let mut input = more;
        input["requestId"] = json!(new_request());
        match act.kind {
            Move::UnitReturn | Move::UnitReply => {
                let (id, version) = topic.given.as_ref().expect("a hand-over");
                (input["handOverId"], input["expectedVersion"]) = (id.clone(), version.clone());
            }
            Move::RecordOutcome => input["adoptionId"] = topic.adoptions[topic.ended.min(topic.adoptions.len() - 1)].clone(),
            Move::HandOver => input["expectedVersion"] = topic.version.clone(),
            Move::Merge => input["expectedVersion"] = self.model.topics[act.into].version.clone(),
            Move::SupplyMore | Move::Confirm | Move::Dispute | Move::AskSecondLook | Move::Withdraw => input["topicId"] = topic.id.clone(),
            _ => (input["topicId"], input["expectedVersion"]) = (topic.id.clone(), topic.version.clone()),
        }
        (name, input)
    }

    /// Sends it; gives DONE or the word of the refusal or error, and what was answered.
    async fn send(&self, actor: usize, name: &str, input: Value) -> (String, Value) {
        let fields = match name {
            "handOver" | "acceptHandOver" | "returnHandOver" | "replyToHandOver" => {
                "... on HandOverPayload { handOver { id version topic { state } } } ... on HandOverRefused { code }"
            }
            _ => "... on TopicPayload { topic { state } } ... on TopicRefused { code }",
        };
        let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {fields} }} }}");
        let answer = self.people[actor].call(&query, json!({ "input": input })).await;
        let code = if answer["errors"].is_null() { &answer["data"][name]["code"] } else { &answer["errors"][0]["extensions"]["code"] };
        let code = if answer["errors"].is_null() { code.as_str().unwrap_or(DONE) } else { code.as_str().unwrap_or("AN ERROR WITHOUT A CODE") };
        (code.to_owned(), answer)
    }

    async fn step(&mut self, act: Act, told: &str) {
        let (from, way) = (self.model.state(act.topic), self.way(act));
        let told = &format!("{told}, {from:?}: {act:?} as {:?}", self.model.standing(act.topic, act.actor));
        self.compare_allowed(act, told).await;
        let (expected, (name, input)) = (self.model.expected(act), self.call(act));
        let (code, answer) = self.send(act.actor, name, input).await;
        assert!(expected.contains(&code.as_str()), "{told}: expected {expected:?}, not {answer}");
        if code != DONE {
            return self.compare(told, false).await;
        }
        let made = self.model.make(act);
        self.seen.ways.insert(way);
        self.seen.moves.extend(made.into_iter().map(|kind| (kind, from)));
        self.seen.states.extend((0..RAISERS.len()).map(|topic| self.model.state(topic)));
        let data = &answer["data"][name];
        let topic = if data["handOver"].is_null() { &data["topic"] } else { &data["handOver"]["topic"] };
        assert!(topic.is_null() || topic["state"] == named(self.model.state(act.topic)), "{told}: {answer}");
        self.compare(told, true).await;
        if !data["handOver"].is_null() {
            self.model.topics[act.topic].given = Some((data["handOver"]["id"].clone(), data["handOver"]["version"].clone()));
        }
        self.others(act, told).await;
    }

    /// What moves no topic: somebody backs what is public, the unit takes on what it was given.
    async fn others(&mut self, act: Act, told: &str) {
        let topic = &self.model.topics[act.topic];
        let open = matches!(self.model.states[act.topic], S::Accepted | S::Shortlisted | S::HandedOver | S::Adopted | S::Reopened);
        if act.topic.is_multiple_of(2) && open && topic.public && topic.canonical.is_none() && !topic.backed {
            self.people[BACKER].support(&json!({ "id": topic.id })).await.done();
            self.model.topics[act.topic].backed = true;
        }
        if act.kind == Move::HandOver && self.below(2) == 0 {
            let (id, version) = self.model.topics[act.topic].given.clone().expect("a hand-over");
            let input = json!({ "requestId": new_request(), "handOverId": id, "expectedVersion": version });
            let (code, answer) = self.send(CLERK, "acceptHandOver", input).await;
            assert_eq!(code, DONE, "{told}: {answer}");
            self.model.topics[act.topic].given = Some((id, answer["data"]["acceptHandOver"]["handOver"]["version"].clone()));
        }
    }

    /// What somebody reads that they can do is what the table says.
    async fn compare_allowed(&self, act: Act, told: &str) {
        let query = "query($id: ID!) { topic(id: $id) { allowedMoves { kind to blockedBy { code } } } }";
        let read = self.people[act.actor].ok(query, json!({ "id": self.model.topics[act.topic].id })).await["topic"].clone();
        let moves = allowed(self.model.state(act.topic), self.model.standing(act.topic, act.actor)).map(|(kind, to, no)| {
            let blocked: Vec<Value> = no.iter().map(|no| json!({ "code": no.code() })).collect();
            json!({ "kind": InputType::to_value(&kind).into_json().unwrap(), "to": named(to), "blockedBy": blocked })
        });
        let sees = self.model.sees(act.topic, act.actor);
        assert_eq!(read, if sees { json!({ "allowedMoves": moves.collect::<Vec<Value>>() }) } else { Value::Null }, "{told}");
    }

    /// Every topic is as the model has it, for the general desk that sees them all; where nothing moved, no version has grown.
    async fn compare(&mut self, told: &str, moved: bool) {
        let fields = "version state reopened mergedCount publicSince canonical { id } adoptions { id }";
        let each = |(place, topic): (usize, &Topic)| format!("t{place}: topic(id: {}) {{ {fields} }} ", topic.id);
        let query: String = self.model.topics.iter().enumerate().map(each).collect();
        let read = self.people[GENERAL].ok(&format!("{{ {query} }}"), json!({})).await;
        for place in 0..self.model.topics.len() {
            let (topic, row) = (&self.model.topics[place], &read[format!("t{place}")]);
            let canonical = topic.canonical.map(|head| json!({ "id": self.model.topics[head].id }));
            let expected = json!({ "state": named(self.model.state(place)), "reopened": self.model.topics[self.model.shown(place)].reopened,
                "mergedCount": self.model.merged_into(place).len(), "public": topic.public, "canonical": canonical });
            let found = json!({ "state": row["state"], "reopened": row["reopened"], "mergedCount": row["mergedCount"],
                "public": !row["publicSince"].is_null(), "canonical": row["canonical"] });
            assert_eq!(found, expected, "{told}: topic {place}");
            assert!(moved || row["version"] == topic.version, "{told}: topic {place} has moved: {row}");
            let adoptions = row["adoptions"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
            let topic = &mut self.model.topics[place];
            topic.version = row["version"].clone();
            topic.adoptions = if topic.canonical.is_none() { adoptions } else { Vec::new() };
        }
    }
}

/// Two accepted topics of two residents, the second merged into the first.
async fn merged(author: &Person<'_>, other: &Person<'_>, officer: &Person<'_>) -> (Value, Value) {
    let head = officer.accept(&author.submit_topic("路灯不亮").await).await;
    let topic = officer.accept(&other.submit_topic("路灯又坏了").await).await;
    let input = json!({ "requestId": new_request(), "canonicalId": head["id"], "expectedVersion": head["version"], "topicIds": [topic["id"]], "reason": "同一件事" });
    officer.mutate("mergeTopics", input).await.done();
    (officer.topic(&head["id"]).await, officer.topic(&topic["id"]).await)
}

fn about(topic: &Value, more: Value) -> Value {
    let mut input = more;
    (input["requestId"], input["topicId"]) = (json!(new_request()), topic["id"].clone());
    input
}

fn disputes(topic: &Value) -> Value {
    about(topic, json!({ "kept": false, "reason": "没有修好" }))
}

on_both_columns! {
    async fn every_move_of_every_role_is_what_the_table_says(app) {
        let mut walk = Walk::new(&app).await;
        for seed in WALKS {
            walk.begin(seed).await;
            let mut lapsed = false;
            for n in 0..STEPS {
                if !lapsed && walk.model.states.contains(&S::NeedsMore) && walk.below(3) == 0 {
                    lapsed = true;
                    walk.lapse().await;
                }
                let first = FIRST.get(n).map(|(topic, actor, kind, into)| Act { topic: *topic, actor: *actor, kind: *kind, into: *into });
                let act = first.unwrap_or_else(|| walk.choose());
                walk.step(act, &format!("walk {seed}, step {n}")).await;
                walk.renew().await;
            }
        }
        let seen = &walk.seen;
        let missing: Vec<Move> = RULES.iter().filter(|rule| !rule.from.iter().any(|from| seen.moves.contains(&(rule.kind, *from)))).map(|rule| rule.kind).collect();
        // What the room of consultations does is walked there.
        assert_eq!(missing, [Move::BecomeConsultation, Move::ConsultationWentOn]);
        let missing: Vec<S> = S::iter().filter(|state| !seen.states.contains(state)).collect();
        assert_eq!(missing, [] as [S; 0]);
    }

    async fn a_merged_topic_stands_where_its_canonical_one_stands_in_refusals_too(app) {
        let (author, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer("听泉街道联络委").await);
        let (head, topic) = merged(&author, &other, &officer).await;
        officer.answer(&head, "已修好").await;
        let refused = officer.step("acceptTopic", &topic, json!({})).await.expect_refusal("STATE_CHANGED");
        assert_eq!((refused["now"].as_str(), &refused["version"]), (Some("ANSWERED"), &topic["version"]));
        author.mutate("confirmAnswer", disputes(&head)).await.done();
        officer.step("shortlistTopic", &officer.topic(&head["id"]).await, json!({})).await.done();
        // Whoever joined a matter that has had an answer cannot leave it any more: what they read they can do says so too.
        let query = "query($id: ID!) { topic(id: $id) { allowedMoves { kind blockedBy { code } } } }";
        let read = other.ok(query, json!({ "id": topic["id"] })).await;
        assert_eq!(read["topic"]["allowedMoves"], json!([{ "kind": "WITHDRAW", "blockedBy": [{ "code": "HAS_ANSWER" }] }]));
        other.mutate("withdrawTopic", about(&topic, json!({}))).await.expect_refusal("HAS_ANSWER");
    }

    async fn the_second_look_at_a_cluster_is_decided_at_its_canonical_topic(app) {
        let (author, other, officer, general) = (app.resident(0).await, app.resident(1).await, app.officer("听泉街道联络委").await, app.person("13800000002").await);
        let (head, topic) = merged(&author, &other, &officer).await;
        officer.step("rejectTopic", &head, json!({ "reason": "OUT_OF_SCOPE" })).await.done();
        other.mutate("requestSecondLook", about(&topic, json!({ "statement": "请再看看" }))).await.done();
        let decision = json!({ "takeUp": true, "note": "受理" });
        general.step("decideSecondLook", &general.topic(&topic["id"]).await, decision.clone()).await.expect_refusal("MERGED_ELSEWHERE");
        general.step("decideSecondLook", &general.topic(&head["id"]).await, decision).await.done();
        assert_eq!(app.nobody().topic(&topic["id"]).await["state"], "ACCEPTED");
    }

    async fn whoever_has_withdrawn_their_topic_says_nothing_to_the_answer(app) {
        let (author, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer("听泉街道联络委").await);
        let (head, topic) = merged(&author, &other, &officer).await;
        other.mutate("withdrawTopic", about(&topic, json!({}))).await.done();
        officer.answer(&head, "已修好").await;
        let refused = other.mutate("confirmAnswer", disputes(&topic)).await.expect_refusal("STATE_CHANGED");
        assert_eq!((refused["now"].as_str(), officer.topic(&head["id"]).await["state"].as_str()), (Some("WITHDRAWN"), Some("ANSWERED")));
        // And nobody waits for them.
        author.mutate("confirmAnswer", about(&head, json!({ "kept": true }))).await.done();
        assert_eq!(officer.topic(&head["id"]).await["state"], "CONFIRMED");
    }
}
