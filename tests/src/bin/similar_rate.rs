//! How long `similarTopics` and the search take, on both columns, over real messages and over so many generated from their
//! sentences; whether both give the same; the memory of a process before and after its dictionary is loaded. `bench/similar` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, reason = "a command of the bench")]

use serde_json::{Value, json};
use shangyi::kernel::ids;
use shangyi::topics::words::{count_terms, postings, write_missing};
use shangyi::topics::{Imported, bring_in};
use shangyi_entities::{Timestamp, TopicId, topic_term};
use shangyi_tests::{Column, Program, TestApp};
use std::collections::BTreeMap;
use std::time::Instant;

const DRAFTS: usize = 200;
const DIVISIONS: [&str; 6] = ["990101001001", "990101001002", "990101001003", "990101002001", "990101002002", "990101002003"];
/// Rows of one INSERT.
const AT_ONCE: usize = 4000;

/// The same numbers at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

struct Message {
    title: String,
    text: String,
}

fn messages(path: &str) -> Vec<Message> {
    let text = std::fs::read_to_string(path).expect("the messages");
    let read = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("a message");
        Message { title: row["title"].as_str().unwrap().trim().to_owned(), text: row["content"].as_str().unwrap().trim().to_owned() }
    };
    text.lines().map(read).filter(|one| !one.title.is_empty() && !one.text.is_empty()).collect()
}

const PLACES: [&str; 24] =
    ["金", "桂", "翠", "竹", "银", "杏", "梅", "松", "柏", "枫", "荷", "莲", "云", "溪", "泉", "石", "桥", "龙", "凤", "鹤", "星", "月", "江", "湖"];
const KINDS: [&str; 6] = ["小区", "花园", "路", "街", "广场", "苑"];

/// Topics whose sentences come from the messages, about places of three signs and a kind.
fn generated(messages: &[Message], how_many: usize) -> Vec<Message> {
    let sentences: Vec<&str> = messages
        .iter()
        .flat_map(|one| one.text.split(['。', '！', '？', '；', '\n']))
        .map(str::trim)
        .filter(|sentence| (8..60).contains(&sentence.chars().count()))
        .collect();
    let titles: Vec<&str> = messages.iter().map(|one| one.title.as_str()).collect();
    let mut dice = Dice(7);
    let make = |_| {
        let mut place: String = (0..3).map(|_| PLACES[dice.below(PLACES.len())]).collect();
        place.push_str(KINDS[dice.below(KINDS.len())]);
        let title = format!("{place}{}", titles[dice.below(titles.len())]);
        let text: Vec<&str> = (0..2 + dice.below(3)).map(|_| sentences[dice.below(sentences.len())]).collect();
        Message { title: title.chars().take(50).collect(), text: format!("{place}：{}。", text.join("。")) }
    };
    (0..how_many).map(make).collect()
}

fn imported(n: usize, one: &Message) -> Imported {
    Imported {
        from: format!("bench:{n}"),
        division_code: DIVISIONS[n % DIVISIONS.len()].to_owned(),
        committee: None,
        title: one.title.clone(),
        text: one.text.clone(),
        at: Timestamp(1_600_000_000_000_000 + n as i64 * 1_000_000),
        support: 0,
        answer: None,
    }
}

/// As the import does it: rows by the room, words by the worker.
async fn load_few(app: &TestApp, messages: &[Message]) {
    let rows: Vec<Imported> = messages.iter().enumerate().map(|(n, one)| imported(n, one)).collect();
    for rows in rows.chunks(200) {
        app.app.db.write_plain(|tx| async move { Ok(bring_in(&tx, rows).await?) }).await.unwrap();
    }
    while write_missing(&app.app).await.unwrap() {}
    while count_terms(&app.app).await.unwrap() {}
}

/// In bulk: the rows that the room would write, in the order of the tables' keys.
async fn load_many(app: &TestApp, messages: &[Message], offset: usize) {
    let mut topics = Vec::with_capacity(messages.len());
    let mut terms: Vec<topic_term::Model> = Vec::with_capacity(messages.len() * 40);
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for (n, one) in messages.iter().enumerate() {
        let row = imported(offset + n, one);
        let id = TopicId(ids::at(row.at.0, {
            let mut noise = [0; 10];
            noise[..8].copy_from_slice(&(n as u64).to_be_bytes());
            noise
        }));
        for term in postings(id, &row.title, &row.text, "") {
            *counts.entry(term.term).or_default() += 1;
            terms.push(term);
        }
        topics.push((id, row));
    }
    terms.sort_unstable_by_key(|row| (row.term, row.topic_id));
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''").replace('\0', ""));
    let blob = |id: TopicId| if app.column == Column::Embedded { format!("x'{}'", id.0.simple()) } else { format!("'{}'", id.0) };
    for rows in topics.chunks(AT_ONCE) {
        let rows: Vec<String> = rows
            .iter()
            .map(|(id, row)| {
                let (division, from, title, text) = (quoted(&row.division_code), quoted(&row.from), quoted(&row.title), quoted(&row.text));
                format!(
                    "({}, {division}, 'PUBLIC', 'ACCEPTED', 1, {from}, '香樟1000', {title}, {text}, 0, 0, {at}, {at}, {at})",
                    blob(*id),
                    at = row.at.0
                )
            })
            .collect();
        let columns = "id, division_code, source, state, version, imported_from, alias, title, body, support_count, imported_support, submitted_at, public_since, terms_at";
        app.execute(&format!("INSERT INTO topics ({columns}) VALUES {}", rows.join(", "))).await.unwrap();
    }
    for rows in terms.chunks(AT_ONCE * 4) {
        let rows: Vec<String> = rows.iter().map(|row| format!("({}, {}, {}, {})", row.term, blob(row.topic_id), row.weight, row.stands)).collect();
        app.execute(&format!("INSERT INTO topic_terms (term, topic_id, weight, stands) VALUES {}", rows.join(", "))).await.unwrap();
    }
    for rows in counts.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        let rows: Vec<String> = rows.iter().map(|(term, count)| format!("({term}, {count})")).collect();
        app.execute(&format!("INSERT INTO term_counts (term, topics) VALUES {}", rows.join(", "))).await.unwrap();
    }
    println!("  {} topics, {} postings", messages.len(), terms.len());
}

async fn prepare(app: &TestApp) {
    app.execute(if app.column == Column::Served { "ANALYZE" } else { "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)" }).await.unwrap();
}

fn percentile(times: &mut [f64], of: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * of) as usize]
}

/// Asks one after another; gives what was found, and tells the times.
async fn ask(app: &TestApp, program: &Program, what: &str, query: &str, inputs: &[Value], path: &str) -> Vec<Vec<String>> {
    let mut person = app.nobody();
    person.url = program.url().to_owned();
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for input in inputs {
        let began = Instant::now();
        let data = person.ok(query, input.clone()).await;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        let rows = data.pointer(path).and_then(Value::as_array).expect("a list");
        found.push(rows.iter().map(|row| row["id"].as_str().or(row["topic"]["id"].as_str()).unwrap().to_owned()).collect());
    }
    let some = found.iter().filter(|list: &&Vec<String>| !list.is_empty()).count();
    println!(
        "  {what}: p50 {:.1} ms, p95 {:.1} ms; {some} of {} found something",
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.95),
        inputs.len()
    );
    found
}

/// One column over one set; gives the first five of each draft.
async fn column(column: Column, name: &str, set: &[Message], drafts: &[Value], searches: &[Value], many: bool) -> Vec<Vec<String>> {
    println!("{name}, {column:?}:");
    let app = TestApp::start(column).await;
    let began = Instant::now();
    if many {
        load_many(&app, set, 0).await;
    } else {
        load_few(&app, set).await;
    }
    prepare(&app).await;
    println!("  loaded in {:.0} s", began.elapsed().as_secs_f64());
    let settings = [("RATE_ACCOUNT", "0"), ("RATE_ADDRESS", "0"), ("DELIVER", "off"), ("LOG", "warn,shangyi::operate=info"), ("HTTP_WORKERS", "1")];
    let program = Program::serve(&app, &settings).await;
    let before = program.resident_kb();
    let similar =
        "query($d: String!, $title: String!, $text: String!) { similarTopics(divisionCode: $d, title: $title, text: $text) { score topic { id } } }";
    let warm = ask(&app, &program, "similarTopics, the first (loads the dictionary)", similar, &drafts[..1], "/similarTopics").await;
    assert_eq!(warm.len(), 1);
    let loaded = program.resident_kb();
    let found = ask(&app, &program, "similarTopics", similar, drafts, "/similarTopics").await;
    let search = "query($text: String!) { topics(text: $text, first: 20) { nodes { id } edges { highlights { in } } } }";
    ask(&app, &program, "topics(text: …)", search, searches, "/topics/nodes").await;
    println!(
        "  memory: {:.0} MB at first, {:.0} MB with the dictionary, {:.0} MB at the end",
        before as f64 / 1e3,
        loaded as f64 / 1e3,
        program.resident_kb() as f64 / 1e3
    );
    found
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [files, many] = arguments.as_slice() else { panic!("usage: similar_rate MESSAGES.jsonl[,MORE.jsonl] ROWS") };
    let real: Vec<Message> = files.split(',').flat_map(messages).collect();
    let mut dice = Dice(3);
    let short = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let drafts: Vec<Value> = (0..DRAFTS)
        .map(|n| {
            let one = &real[dice.below(real.len())];
            json!({ "d": DIVISIONS[n % DIVISIONS.len()], "title": short(&one.title, 50), "text": short(&one.text, 300) })
        })
        .collect();
    let words = ["噪音扰民", "电梯", "公交站", "垃圾", "学校 入学", "物业 收费", "路灯", "停车位", "油烟", "拆迁 补偿", "医保", "地铁"];
    let searches: Vec<Value> = (0..DRAFTS).map(|n| json!({ "text": words[n % words.len()] })).collect();
    let many: usize = many.parse().expect("a number of rows");
    for (name, set, bulk) in [("real", &real, false), ("generated", &generated(&real, many), true)] {
        let mut found = Vec::new();
        for which in [Column::Embedded, Column::Served] {
            found.push(column(which, name, set, &drafts, &searches, bulk).await);
        }
        let same = found[0].iter().zip(&found[1]).filter(|(a, b)| a == b).count();
        println!("{name}: the same first five on both databases for {same} of {DRAFTS} drafts");
    }
}
