//! Everybody at once on a few topics: backing, withdrawing, merging, splitting, replying, answering and disputing, at random, on two
//! processes; then what must hold of counts and notices. Used by a test, and for longer by `bench/clusters`.
use crate::{Person, Program, TestApp, new_request};
use serde_json::{Value, json};
use shangyi::auth::store;
use shangyi::kernel::cx::Who;
use shangyi::kernel::{Cx, Locale};
use shangyi_entities::AccountId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What was done so often, and refused so often; errors that should not be.
#[derive(Debug, Default)]
pub struct Rush {
    pub done: BTreeMap<&'static str, u32>,
    pub refused: BTreeMap<&'static str, u32>,
    pub errors: Vec<String>,
}

impl TestApp {
    /// So many residents, each signed in on a phone; gives their access tokens. Their time is that of the machine.
    #[allow(clippy::disallowed_methods, reason = "a process of its own has the machine's clock")]
    pub async fn many_residents(&self, how_many: usize) -> Vec<String> {
        self.app.clock.set(chrono::Utc::now().into());
        let app = &self.app;
        let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "crowd".to_owned());
        let accounts: Vec<AccountId> = app
            .db
            .write_plain(|tx| async move {
                let mut accounts = Vec::with_capacity(how_many);
                for _ in 0..how_many {
                    accounts.push(store::add_account(&*tx, &app.keys, cx.new_id(), None, None, cx.now()).await?.id);
                }
                Ok(accounts)
            })
            .await
            .expect("the crowd is there");
        self.signed_in(accounts).await
    }
}

/// The same numbers at every run, another row of them for each client.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

struct World<'a> {
    app: &'a TestApp,
    urls: Vec<String>,
    residents: Vec<String>,
    officer: String,
    /// Topics with the resident who raised each.
    topics: Mutex<Vec<(Value, usize)>>,
    rush: Mutex<Rush>,
}

impl World<'_> {
    fn person(&self, dice: &mut Dice, token: &str) -> Person<'_> {
        let mut person = self.app.nobody();
        person.url.clone_from(&self.urls[dice.below(self.urls.len())]);
        person.token = Some(token.to_owned());
        person
    }

    fn pick(&self, dice: &mut Dice) -> (Value, usize) {
        let topics = self.topics.lock().unwrap();
        // The youngest are the busiest.
        let from = topics.len().saturating_sub(16);
        topics[from + dice.below(topics.len() - from)].clone()
    }

    async fn say(&self, person: &Person<'_>, name: &'static str, mut input: Value) -> Value {
        input["requestId"] = json!(new_request());
        let mut kind = name[..1].to_uppercase();
        kind.push_str(&name[1..]);
        let text = format!(
            "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename ... on TopicPayload {{ topic {{ id version state }} }} ... on Refusal {{ code }} }} }}"
        );
        let answer = person.call(&text, json!({ "input": input })).await;
        let mut rush = self.rush.lock().unwrap();
        if !answer["errors"].is_null() {
            // What is hidden by a rejection, or not the officer's any more, is no fault.
            let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default();
            if !["NOT_FOUND", "FORBIDDEN"].contains(&code) {
                rush.errors.push(format!("{name}: {answer}"));
            }
        } else if answer["data"][name]["code"].is_null() {
            *rush.done.entry(name).or_default() += 1;
        } else {
            *rush.refused.entry(name).or_default() += 1;
        }
        answer["data"][name]["topic"].clone()
    }

    async fn raise(&self, dice: &mut Dice) {
        let resident = dice.below(self.residents.len());
        let input = json!({ "divisionCode": "990101001001", "title": format!("第{}件事", dice.below(1_000_000)), "text": "大家都关心" });
        let topic = self.say(&self.person(dice, &self.residents[resident]), "submitTopic", input).await;
        let officer = self.person(dice, &self.officer);
        let accepted = self.say(&officer, "acceptTopic", json!({ "topicId": topic["id"], "expectedVersion": 1 })).await;
        if !accepted.is_null() {
            self.topics.lock().unwrap().push((topic["id"].clone(), resident));
        }
    }

    async fn version(&self, person: &Person<'_>, topic: &Value) -> Value {
        let data = person.call("query($id: ID!) { topic(id: $id) { version } }", json!({ "id": topic })).await;
        data["data"]["topic"]["version"].clone()
    }

    async fn step(&self, dice: &mut Dice) {
        let (topic, author) = self.pick(dice);
        let resident = dice.below(self.residents.len());
        let resident = self.person(dice, &self.residents[resident]);
        let officer = self.person(dice, &self.officer);
        match dice.below(100) {
            0..45 => drop(self.say(&resident, "supportTopic", json!({ "topicId": topic })).await),
            45..62 => drop(self.say(&resident, "withdrawSupport", json!({ "topicId": topic })).await),
            62..72 => {
                let reply = ["CARRY", "DECLINE"][dice.below(2)];
                self.say(&resident, "replyToMerge", json!({ "topicId": topic, "reply": reply })).await;
            }
            72..82 => {
                let others: Vec<Value> = (0..1 + dice.below(3)).map(|_| self.pick(dice).0).filter(|other| *other != topic).collect();
                if !others.is_empty() {
                    let version = self.version(&officer, &topic).await;
                    let input = json!({ "canonicalId": topic, "expectedVersion": version, "topicIds": others, "reason": "同一件事" });
                    self.say(&officer, "mergeTopics", input).await;
                }
            }
            82..89 => {
                let version = self.version(&officer, &topic).await;
                self.say(&officer, "splitTopic", json!({ "topicId": topic, "expectedVersion": version, "reason": "另一件事" })).await;
            }
            89..92 => {
                let version = self.version(&officer, &topic).await;
                self.say(&officer, "answerTopic", json!({ "topicId": topic, "expectedVersion": version, "text": "已经办好" })).await;
            }
            92..95 => {
                let author = self.person(dice, &self.residents[author]);
                let kept = dice.below(2) == 0;
                self.say(&author, "confirmAnswer", json!({ "topicId": topic, "kept": kept, "reason": "没有落实" })).await;
            }
            95..96 => {
                let author = self.person(dice, &self.residents[author]);
                self.say(&author, "withdrawTopic", json!({ "topicId": topic })).await;
            }
            _ => self.raise(dice).await,
        }
    }
}

/// Lets so many clients act at random for so long on two processes, and everything be delivered.
pub async fn rush(app: &TestApp, clients: usize, how_long: Duration) -> Rush {
    let prefix = app.app.settings.redis_prefix.clone();
    let settings = [
        ("RATE_ACCOUNT", "0"),
        ("RATE_ADDRESS", "0"),
        ("TOPICS_PER_DAY", "100000"),
        ("SUPPORTS_PER_DAY", "100000"),
        ("REDIS_PREFIX", prefix.as_str()),
        ("LOG", "warn,shangyi::operate=info,shangyi::notices=info"),
        ("HTTP_WORKERS", "2"),
    ];
    let residents = app.many_residents(60).await;
    let first = Program::serve(app, &settings).await;
    // While there is one that delivers: the code is read in its log.
    let officer = first.sign_in(app, "13800000011").await;
    let programs = [first, Program::serve(app, &settings).await];
    let world = World {
        app,
        urls: programs.iter().map(|program| program.url().to_owned()).collect(),
        residents,
        officer: officer.token.clone().expect("a token"),
        topics: Mutex::default(),
        rush: Mutex::default(),
    };
    let mut dice = Dice(1);
    for _ in 0..12 {
        world.raise(&mut dice).await;
    }
    let (world, began) = (&world, Instant::now());
    let client = |n: usize| async move {
        let mut dice = Dice(n as u64 + 2);
        while began.elapsed() < how_long {
            world.step(&mut dice).await;
        }
    };
    futures_util::future::join_all((0..clients).map(client)).await;
    drop(programs);
    app.catch_up();
    app.deliver().await;
    std::mem::take(&mut *world.rush.lock().unwrap())
}

/// What does not hold of counts; empty: everything does.
pub async fn counts_against_facts(app: &TestApp) -> Vec<String> {
    let wrong = "SELECT alias || ': voices ' || voice_count || ', supports ' || support_count || ', merged ' || merged_count FROM topics h
        WHERE support_count <> (SELECT count(*) FROM topic_supports s WHERE s.topic_id = h.id AND s.withdrawn_at IS NULL)
           OR merged_count <> (SELECT count(*) FROM topics m WHERE m.canonical_id = h.id)
           OR voice_count <> CASE WHEN canonical_id IS NOT NULL THEN 0 ELSE
              (SELECT count(DISTINCT s.account_id) FROM topic_supports s JOIN topics t ON t.id = s.topic_id
                WHERE (t.id = h.id OR t.canonical_id = h.id) AND s.withdrawn_at IS NULL AND NOT s.declined
                  AND NOT EXISTS (SELECT 1 FROM topics a WHERE a.author_id = s.account_id AND (a.id = h.id OR a.canonical_id = h.id))) END";
    let chains = "SELECT t.alias || ' is in a chain' FROM topics t JOIN topics c ON c.id = t.canonical_id WHERE c.canonical_id IS NOT NULL";
    [app.sql(wrong).await, app.sql(chains).await].concat()
}

/// What does not hold of the notices of answers: somebody told twice, left out, or told who had nothing to do with it.
pub async fn notices_against_facts(app: &TestApp) -> Vec<String> {
    let text = |column: &str| if app.column == crate::Column::Embedded { format!("hex({column})") } else { format!("{column}::text") };
    let rows =
        async |sql: String| -> Vec<Vec<String>> { app.sql(&sql).await.iter().map(|row| row.split(' ').map(str::to_owned).collect()).collect() };
    let join = |columns: &[&str]| columns.iter().map(|column| text(column)).collect::<Vec<_>>().join(" || ' ' || ");
    let answers =
        rows(format!("SELECT {} || ' ' || version || ' ' || at FROM topic_events WHERE what = 'ANSWERED'", join(&["id", "topic_id"]))).await;
    let moves = rows(format!("SELECT {} || ' ' || version || ' ' || to_state FROM topic_events", text("topic_id"))).await;
    let merges = rows(format!(
        "SELECT {} || ' ' || from_version || ' ' || coalesce(until_version, 9999999) || ' ' || at FROM topic_merges",
        join(&["topic_id", "canonical_id"])
    ))
    .await;
    let authors = rows(format!("SELECT {} || ' ' || state FROM topics", join(&["id", "author_id"]))).await;
    let supports = rows(format!(
        "SELECT {} || ' ' || CASE WHEN withdrawn_at IS NULL AND NOT declined THEN 'stays' ELSE 'gone' END || ' ' || supported_at FROM topic_supports",
        join(&["topic_id", "account_id"])
    ))
    .await;
    let declined: HashSet<String> =
        rows(format!("SELECT {} FROM merge_replies", text("account_id"))).await.into_iter().map(|mut row| row.swap_remove(0)).collect();
    let told = rows(format!("SELECT {} FROM notices WHERE kind = 'TOPIC_ANSWERED'", join(&["event_id", "account_id"]))).await;
    let mut by_event: HashMap<&str, Vec<&str>> = HashMap::new();
    told.iter().for_each(|row| by_event.entry(&row[0]).or_default().push(&row[1]));
    let number = |text: &str| text.parse::<i64>().expect("a version");
    let mut wrong = Vec::new();
    for answer in &answers {
        let (event, head, version) = (answer[0].as_str(), answer[1].as_str(), number(&answer[2]));
        // Until which version of the canonical topic this answer is its last word.
        let until = moves.iter().filter(|row| row[0] == head && number(&row[1]) > version && row[2] != "ANSWERED").map(|row| number(&row[1])).min();
        let until = until.unwrap_or(i64::MAX);
        let joined = |row: &&Vec<String>| row[1] == head && number(&row[2]) < until && number(&row[3]) > version;
        // Each topic of the cluster with the moment its backers were told: of the answer, or of the merge into an answered topic.
        let at = number(&answer[3]);
        let cluster: HashMap<&str, i64> =
            merges.iter().filter(joined).map(|row| (row[0].as_str(), at.max(number(&row[4])))).chain([(head, at)]).collect();
        let told: Vec<&str> = by_event.get(event).cloned().unwrap_or_default();
        let once: HashSet<&str> = told.iter().copied().collect();
        if once.len() < told.len() {
            wrong.push(format!("{} told twice of {event}", told.len() - once.len()));
        }
        let raised = |row: &&Vec<String>| cluster.contains_key(row[0].as_str()) && row[2] != "WITHDRAWN";
        let backed = |row: &&Vec<String>| {
            let before = cluster.get(row[0].as_str()).is_some_and(|told| number(&row[3]) < *told);
            before && row[2] == "stays" && !declined.contains(&row[1])
        };
        let people = authors.iter().filter(raised).chain(supports.iter().filter(backed));
        let must: HashSet<&str> = people.map(|row| row[1].as_str()).collect();
        let touched = authors.iter().chain(&supports).filter(|row| cluster.contains_key(row[0].as_str()));
        let may: HashSet<&str> = touched.map(|row| row[1].as_str()).collect();
        let left_out = must.difference(&once).count();
        let strangers = once.difference(&may).count();
        if left_out + strangers > 0 {
            wrong.push(format!("{left_out} left out and {strangers} strangers told of {event}"));
        }
    }
    if answers.is_empty() {
        wrong.push("nothing was answered".to_owned());
    }
    wrong
}

impl TestApp {
    /// Takes away what keeps a person to one voice per cluster and one notice per event: for negative controls on PostgreSQL.
    pub async fn without_cluster_rules(&self) {
        self.execute(
            "CREATE OR REPLACE FUNCTION topic_voice_besides(head uuid, who uuid, but uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN false; END $$;
             ALTER TABLE notices DROP CONSTRAINT told_once;",
        )
        .await
        .expect("the rules are gone");
    }
}
