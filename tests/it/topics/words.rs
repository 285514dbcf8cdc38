//! Topics by their words: similar ones while writing, the search, and the postings behind both.
use serde_json::{Value, json};
use shangyi::import;
use shangyi::topics::words::terms::{TermKind, hash_of};
use shangyi_tests::{Column, Person, TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const HOME: &str = "990101001001";
const ELSEWHERE: &str = "990101002001";
const GENERAL: &str = "13800000002";

/// Topics of one community; the first two speak of the same matter at two places, the third of another matter at the first place.
const CORPUS: [(&str, &str); 6] = [
    ("金桂苑小区夜间施工噪音扰民", "工地每天施工到凌晨，噪音很大，无法休息"),
    ("翠竹湾小区夜间施工噪音扰民", "工地每天施工到凌晨，噪音很大，无法休息"),
    ("金桂苑小区电梯故障", "电梯坏了两周，物业没有维修"),
    ("石榴路路灯不亮", "石榴路晚上的路灯不亮，走路看不清"),
    ("杨柳街井盖破损", "杨柳街的井盖坏了"),
    ("咨询医保报销", "医保怎么报销"),
];
/// A draft on the matter and place of the first.
const DRAFT: (&str, &str) = ("金桂苑旁边工地噪音", "凌晨还在施工，老人休息不了");

async fn raise(app: &TestApp, author: &Person<'_>, (title, text): (&str, &str)) -> Value {
    app.execute("DELETE FROM daily_counts").await.unwrap();
    let input = json!({ "requestId": new_request(), "divisionCode": HOME, "title": title, "text": text });
    author.mutate("submitTopic", input).await.done()["topic"].clone()
}

async fn publish(app: &TestApp, author: &Person<'_>, officer: &Person<'_>, words: (&str, &str)) -> Value {
    officer.accept(&raise(app, author, words).await).await
}

/// The corpus, public, its words counted.
async fn corpus(app: &TestApp, author: &Person<'_>, officer: &Person<'_>) -> Vec<Value> {
    let mut topics = Vec::new();
    for words in CORPUS {
        topics.push(publish(app, author, officer, words).await);
    }
    app.deliver().await;
    topics
}

/// What is offered to somebody who writes that.
async fn offered(person: &Person<'_>, division: &str, (title, text): (&str, &str)) -> Vec<Value> {
    let query = "query($d: String!, $title: String!, $text: String!) {
        similarTopics(divisionCode: $d, title: $title, text: $text) { topic { id title } score sharedWords samePlace } }";
    person.ok(query, json!({ "d": division, "title": title, "text": text })).await["similarTopics"].as_array().unwrap().clone()
}

fn titles(offered: &[Value]) -> Vec<&str> {
    offered.iter().map(|one| one["topic"]["title"].as_str().unwrap()).collect()
}

/// The ids of what a search finds, in its order.
async fn found(person: &Person<'_>, text: &str) -> Vec<Value> {
    let data = person.ok("query($text: String) { topics(text: $text, first: 50) { nodes { id } } }", json!({ "text": text })).await;
    data["topics"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
}

async fn withdraw(author: &Person<'_>, topic: &Value) {
    author.mutate("withdrawTopic", json!({ "requestId": new_request(), "topicId": topic["id"] })).await.done();
}

/// How many rows each table has.
async fn rows(app: &TestApp) -> Vec<(String, i64)> {
    let mut tables = match app.column {
        Column::Served => app.sql("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'").await,
        Column::Embedded => app.sql("SELECT name FROM sqlite_master WHERE type = 'table'").await,
    };
    tables.sort();
    let mut counted = Vec::new();
    for table in tables {
        let rows = app.count(&format!("SELECT count(*) FROM {table}")).await;
        counted.push((table, rows));
    }
    counted
}

/// The worker's counts are those of the postings.
async fn assert_counted(app: &TestApp) {
    app.deliver().await;
    let counted = "SELECT CAST(term AS TEXT) || ' ' || CAST(topics AS TEXT) FROM term_counts WHERE topics <> 0 ORDER BY term";
    let held = app.sql("SELECT CAST(term AS TEXT) || ' ' || CAST(count(*) AS TEXT) FROM topic_terms GROUP BY term ORDER BY term").await;
    assert!(!held.is_empty());
    assert_eq!(app.sql(counted).await, held);
    let all = app.count("SELECT topics FROM term_counts WHERE term = 0").await;
    assert_eq!(all, app.count("SELECT count(DISTINCT topic_id) FROM topic_terms").await);
    assert_eq!(app.count("SELECT count(*) FROM term_changes").await, 0);
}

/// The postings of the topic that was raised first, or last.
async fn postings(app: &TestApp, order: &str) -> Vec<String> {
    app.sql(&format!(
        "SELECT CAST(term AS TEXT) || ' ' || CAST(weight AS TEXT) || ' ' || CAST(stands AS TEXT) FROM topic_terms
          WHERE topic_id = (SELECT id FROM topics ORDER BY submitted_at {order} LIMIT 1) ORDER BY term"
    ))
    .await
}

/// In how many topics a word stands there (4 title, 2 text, 1 answer, added up).
async fn standing(app: &TestApp, word: &str, stands: i64) -> i64 {
    let term = hash_of(TermKind::Word, word);
    app.count(&format!("SELECT count(*) FROM topic_terms WHERE term = {term} AND stands = {stands}")).await
}

on_both_columns! {
    async fn the_same_matter_is_offered_and_neither_another_place_nor_another_matter(app) {
        let (author, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let topics = corpus(&app, &author, &officer).await;
        let nobody = app.nobody();
        for writer in [&nobody, &other, &author] {
            let all = offered(writer, HOME, DRAFT).await;
            assert_eq!(titles(&all), [CORPUS[0].0]);
            let (score, shared) = (all[0]["score"].as_f64().unwrap(), all[0]["sharedWords"].as_array().unwrap());
            assert!((0.4..=1.0).contains(&score) && shared.contains(&json!("噪音")) && all[0]["samePlace"] == true, "{all:?}");
        }
        assert_eq!(titles(&offered(&nobody, HOME, ("金桂苑小区电梯坏了", "物业没有维修")).await), [CORPUS[2].0]);
        // A draft that names no place: its division is the place.
        let mut both = offered(&nobody, HOME, ("夜间工地噪音", "凌晨还在施工")).await;
        both.sort_by_key(|one| one["topic"]["id"].to_string());
        assert_eq!(titles(&both), [CORPUS[0].0, CORPUS[1].0]);
        assert_eq!(offered(&nobody, ELSEWHERE, ("夜间工地噪音", "凌晨还在施工")).await, Vec::<Value>::new());
        assert_eq!(offered(&nobody, HOME, ("熊猫", "")).await, Vec::<Value>::new());

        officer.answer(&topics[0], "已责令停工").await;
        assert_eq!(titles(&offered(&nobody, HOME, DRAFT).await), [CORPUS[0].0], "answered ones too");
        withdraw(&author, &topics[2]).await;
        assert_eq!(offered(&nobody, HOME, ("金桂苑小区电梯坏了", "物业没有维修")).await, Vec::<Value>::new());
    }

    async fn what_waits_is_offered_to_its_author_alone_and_what_is_merged_through_its_canonical_topic(app) {
        let (author, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        let nobody = app.nobody();
        let topics = corpus(&app, &author, &officer).await;
        let waiting = raise(&app, &other, ("白鹭桥栏杆断裂", "白鹭桥的栏杆断了，行人危险")).await;
        app.deliver().await;
        let draft = ("白鹭桥栏杆断了", "行人危险");
        assert_eq!(titles(&offered(&other, HOME, draft).await), ["白鹭桥栏杆断裂"]);
        for writer in [&nobody, &author, &officer] {
            assert_eq!(offered(writer, HOME, draft).await, Vec::<Value>::new());
        }
        officer.accept(&waiting).await;
        assert_eq!(titles(&offered(&author, HOME, draft).await), ["白鹭桥栏杆断裂"]);

        let twin = publish(&app, &other, &officer, ("金桂苑工地深夜噪音", "凌晨还在施工，挖掘机轰鸣")).await;
        app.deliver().await;
        assert_eq!((offered(&nobody, HOME, DRAFT).await.len(), found(&nobody, "深夜").await), (2, vec![twin["id"].clone()]));
        let merge = json!({ "requestId": new_request(), "canonicalId": topics[0]["id"], "expectedVersion": topics[0]["version"], "topicIds": [twin["id"]], "reason": "同一件事" });
        officer.mutate("mergeTopics", merge).await.done();
        assert_eq!(titles(&offered(&nobody, HOME, DRAFT).await), [CORPUS[0].0]);
        assert!(!found(&nobody, "工地 噪音").await.contains(&twin["id"]));
        // Words that only the merged one has lead to the canonical one.
        assert_eq!(found(&nobody, "深夜").await, [topics[0]["id"].clone()]);
        assert_eq!(titles(&offered(&nobody, HOME, ("挖掘机深夜轰鸣", "金桂苑挖掘机轰鸣")).await), [CORPUS[0].0]);
        let query = "{ topics(text: \"深夜\") { edges { node { id } highlights { text } } } }";
        assert_eq!(nobody.ok(query, json!({})).await["topics"]["edges"], json!([{ "node": { "id": topics[0]["id"] }, "highlights": [] }]));
    }

    async fn a_draft_leaves_nothing_behind(app) {
        let (author, other, officer) = (app.resident(0).await, app.resident(1).await, app.officer(SPRING).await);
        corpus(&app, &author, &officer).await;
        let before = rows(&app).await;
        for writer in [&author, &other, &app.nobody()] {
            assert_eq!(offered(writer, HOME, DRAFT).await.len(), 1);
            assert_eq!(offered(writer, HOME, ("丹顶鹤", "从未有人写过的丹顶鹤")).await.len(), 0);
        }
        app.deliver().await;
        assert_eq!(rows(&app).await, before);
        for table in ["topics", "topic_terms", "term_counts", "replays"] {
            assert!(before.iter().any(|(name, rows)| name == table && *rows > 0), "{table}");
        }
    }

    async fn a_search_finds_all_its_words_in_title_text_and_answer_in_this_order_the_latest_first(app) {
        let (author, officer, nobody) = (app.resident(0).await, app.officer(SPRING).await, app.nobody());
        let title = publish(&app, &author, &officer, ("路灯闪烁", "晚上走路看不清")).await["id"].clone();
        let text = publish(&app, &author, &officer, ("夜里太暗", "巷口的路灯坏了")).await["id"].clone();
        let manhole = publish(&app, &author, &officer, ("井盖破损", "井盖松动")).await;
        let answer = officer.answer(&manhole, "井盖和路灯一并修好").await["id"].clone();
        let later = publish(&app, &author, &officer, ("路灯损坏", "夜间出行不便")).await["id"].clone();
        app.deliver().await;
        assert_eq!(found(&nobody, "路灯").await, [later, title.clone(), text.clone(), answer.clone()]);
        for (words, expected) in [("路灯 井盖", vec![&answer]), ("井盖，路灯", vec![&answer]), ("巷口", vec![&text]), ("闪烁的路灯", vec![&title]), ("路灯 电梯", vec![])] {
            assert_eq!(found(&nobody, words).await.iter().collect::<Vec<_>>(), expected, "{words}");
        }

        let query = "query($text: String) { topics(text: $text) { edges { node { id } highlights { in text marks { from until } } } } }";
        let edges = nobody.ok(query, json!({ "text": "路灯 井盖" })).await["topics"]["edges"].clone();
        assert_eq!(edges, json!([{ "node": { "id": answer }, "highlights": [
            { "in": "TITLE", "text": "井盖破损", "marks": [{ "from": 0, "until": 2 }] },
            { "in": "TEXT", "text": "井盖松动", "marks": [{ "from": 0, "until": 2 }] },
            { "in": "ANSWER", "text": "井盖和路灯一并修好", "marks": [{ "from": 0, "until": 2 }, { "from": 3, "until": 5 }] },
        ] }]));
        let edges = nobody.ok(query, json!({ "text": "路灯" })).await["topics"]["edges"].as_array().unwrap().clone();
        let places: Vec<&Value> = edges.iter().flat_map(|edge| edge["highlights"].as_array().unwrap()).map(|one| &one["in"]).collect();
        assert_eq!(places, ["TITLE", "TITLE", "TEXT", "ANSWER"]);
        for one in edges.iter().flat_map(|edge| edge["highlights"].as_array().unwrap()) {
            let chars: Vec<char> = one["text"].as_str().unwrap().chars().collect();
            for mark in one["marks"].as_array().unwrap() {
                let [from, until] = ["from", "until"].map(|end| usize::try_from(mark[end].as_u64().unwrap()).unwrap());
                assert_eq!(chars[from..until].iter().collect::<String>(), "路灯");
            }
        }
    }

    async fn a_search_pages_in_its_order_and_gives_each_topic_once(app) {
        let (author, officer, nobody) = (app.resident(0).await, app.officer(SPRING).await, app.nobody());
        let mut ids = Vec::new();
        for n in 0..7 {
            let topic = match n % 3 {
                0 => publish(&app, &author, &officer, ("路灯损坏", "夜间出行不便")).await,
                1 => publish(&app, &author, &officer, ("夜里太暗", "巷口的路灯坏了")).await,
                _ => officer.answer(&publish(&app, &author, &officer, ("井盖破损", "井盖松动")).await, "井盖和路灯一并修好").await,
            };
            ids.push(topic["id"].clone());
        }
        raise(&app, &author, ("路灯损坏", "还没有受理")).await;
        app.deliver().await;
        let expected: Vec<Value> = [6, 3, 0, 4, 1, 5, 2].map(|n: usize| ids[n].clone()).to_vec();
        let query = "query($text: String, $a: String, $d: String, $s: TopicState) { topics(text: $text, first: 2, after: $a, divisionCode: $d, state: $s) {
            nodes { id } pageInfo { endCursor hasNextPage } } }";
        let (mut after, mut read) = (json!(null), Vec::new());
        loop {
            let page = nobody.ok(query, json!({ "text": "路灯", "a": after })).await["topics"].clone();
            let nodes = page["nodes"].as_array().unwrap();
            assert!(nodes.len() <= 2);
            read.extend(nodes.iter().map(|node| node["id"].clone()));
            if page["pageInfo"]["hasNextPage"] == false { break; }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(read, expected);
        assert_eq!(found(&nobody, "路灯").await, expected);
        for foreign in [json!({ "text": "井盖", "a": after }), json!({ "text": "路灯", "a": after, "d": HOME }), json!({ "a": after })] {
            nobody.expect_error(query, foreign, "BAD_INPUT").await;
        }
        let some = |more: Value| nobody.ok(query, more);
        assert_eq!(some(json!({ "text": "路灯", "s": "ANSWERED" })).await["topics"]["nodes"], json!([{ "id": ids[5] }, { "id": ids[2] }]));
        assert_eq!(some(json!({ "text": "路灯", "d": "990101001" })).await["topics"]["nodes"], json!([{ "id": ids[6] }, { "id": ids[3] }]));
        assert_eq!(some(json!({ "text": "路灯", "d": ELSEWHERE })).await["topics"]["nodes"], json!([]));
    }

    async fn only_what_is_public_is_found_and_the_desk_finds_what_waits(app) {
        let (author, officer, general, nobody) = (app.resident(0).await, app.officer(SPRING).await, app.person(GENERAL).await, app.nobody());
        let waiting = raise(&app, &author, ("海豚湾漏水", "管道漏水")).await;
        app.deliver().await;
        for person in [&nobody, &author, &officer] {
            assert_eq!(found(person, "海豚").await, Vec::<Value>::new());
        }
        let desk = officer.ok("{ triageTopics(text: \"海豚\") { nodes { id } } }", json!({})).await;
        assert_eq!(desk["triageTopics"]["nodes"], json!([{ "id": waiting["id"] }]));
        let accepted = officer.accept(&waiting).await;
        assert_eq!(found(&nobody, "海豚").await, [waiting["id"].clone()]);
        officer.step("rejectTopic", &accepted, json!({ "reason": "OUT_OF_SCOPE" })).await.done();
        assert_eq!(found(&nobody, "海豚").await, Vec::<Value>::new());

        let withdrawn = publish(&app, &author, &officer, ("企鹅馆停车难", "停车位不够")).await;
        let taken_down = publish(&app, &author, &officer, ("孔雀园停车难", "停车位不够")).await;
        assert_eq!(found(&nobody, "停车").await, [taken_down["id"].clone(), withdrawn["id"].clone()]);
        withdraw(&author, &withdrawn).await;
        general.step("takeDownTopic", &taken_down, json!({ "reason": "含他人姓名" })).await.done();
        assert_eq!(found(&nobody, "停车").await, Vec::<Value>::new());
        assert_counted(&app).await;
    }

    async fn a_masked_word_and_what_an_erased_person_wrote_are_not_found_any_more(app) {
        let (author, erased, keeps, officer) = (app.resident(0).await, app.resident(1).await, app.resident(2).await, app.officer(SPRING).await);
        let nobody = app.nobody();
        let topic = publish(&app, &author, &officer, ("蓝鲸超市占道", "蓝鲸超市门口")).await;
        for (person, words) in [(&erased, ("白鹭公园积水", "白鹭公园")), (&keeps, ("黄鹂路积水", "黄鹂路"))] {
            publish(&app, person, &officer, words).await;
        }
        app.deliver().await;
        assert_eq!((found(&nobody, "蓝鲸").await.len(), found(&nobody, "积水").await.len()), (1, 2));
        officer.step("maskTopic", &topic, json!({ "words": ["蓝鲸"] })).await.done();
        erased.mutate("eraseMe", json!({ "confirm": true })).await.done();
        keeps.mutate("eraseMe", json!({ "confirm": true, "keepPublicTexts": true })).await.done();
        for _ in 0..2 {
            for gone in ["蓝鲸", "蓝鲸超市", "白鹭"] {
                assert_eq!(found(&nobody, gone).await, Vec::<Value>::new(), "{gone}");
            }
            assert_eq!([found(&nobody, "超市").await.len(), found(&nobody, "积水").await.len(), found(&nobody, "黄鹂").await.len()], [1, 1, 1]);
            assert_counted(&app).await;
        }
        for (word, stands) in ["蓝鲸", "白鹭"].into_iter().flat_map(|word| (0..8).map(move |stands| (word, stands))) {
            assert_eq!(standing(&app, word, stands).await, 0, "{word} {stands}");
        }
    }

    async fn a_search_says_what_is_wrong_with_it(app) {
        let query = "query($text: String, $o: TopicOrder) { topics(text: $text, orderBy: $o) { nodes { id } } }";
        let long = "灯".repeat(101);
        for (text, order, field) in [
            ("路灯", Some("NEWEST"), "orderBy"), ("路灯", Some("MOST_SUPPORTED"), "orderBy"), ("我们的问题", None, "text"), ("？！ 。", None, "text"),
            ("", None, "text"), (long.as_str(), None, "text"),
        ] {
            let error = app.nobody().expect_error(query, json!({ "text": text, "o": order }), "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{text} {error}");
        }
    }

    async fn the_postings_are_those_of_the_texts_as_they_are_now(app) {
        let (author, officer) = (app.resident(0).await, app.officer(SPRING).await);
        let topic = raise(&app, &author, ("张三乱停车", "张三的车挡住消防通道")).await;
        assert_counted(&app).await;
        assert_eq!([standing(&app, "停车", 4).await, standing(&app, "消防", 2).await], [1, 1]);
        officer.step("askMoreAboutTopic", &topic, json!({ "question": "什么时候？" })).await.done();
        let supply = json!({ "requestId": new_request(), "topicId": topic["id"], "text": "张三每晚八点停车" });
        let supplied = author.mutate("supplyMoreForTopic", supply).await.done()["topic"].clone();
        assert_eq!(standing(&app, "停车", 6).await, 1, "in title and text now");
        let masked = officer.step("maskTopic", &supplied, json!({ "words": ["张三"] })).await.done()["topic"].clone();
        for stands in 0..8 {
            assert_eq!(standing(&app, "张三", stands).await, 0);
        }
        assert_counted(&app).await;
        // Another one with the same texts from the beginning has the same postings.
        let same = raise(&app, &author, (masked["title"].as_str().unwrap(), masked["text"].as_str().unwrap())).await;
        assert_eq!(same["text"], masked["text"]);
        assert_eq!(postings(&app, "ASC").await, postings(&app, "DESC").await);
        officer.answer(&officer.accept(&masked).await, "已通知车主挪车").await;
        assert_eq!(standing(&app, "车主", 1).await, 1);
        assert_ne!(postings(&app, "ASC").await, postings(&app, "DESC").await);
        officer.answer(&officer.accept(&same).await, "已通知车主挪车").await;
        assert_eq!(postings(&app, "ASC").await, postings(&app, "DESC").await);
        assert_counted(&app).await;
    }

    async fn a_topic_whose_text_has_no_words_counts_once_when_its_answer_has_some(app) {
        let (author, officer) = (app.resident(0).await, app.officer(SPRING).await);
        let topic = publish(&app, &author, &officer, ("我们的问题", "？！")).await;
        officer.answer(&topic, "路灯已修好").await;
        app.deliver().await;
        assert_eq!(app.count("SELECT topics FROM term_counts WHERE term = 0").await, 1);
    }
}

const PLACES: [&str; 4] = ["金桂苑", "翠竹湾", "石榴路", "杨柳街"];
/// Title and text of topics, then of drafts on the same matter.
const MATTERS: [[&str; 4]; 6] = [
    ["夜间施工噪音扰民", "工地施工到凌晨，噪音很大", "工地噪音", "凌晨还在施工"],
    ["电梯故障停运", "电梯坏了，物业没有维修", "电梯坏了", "电梯停运，物业不修"],
    ["垃圾清运不及时", "垃圾桶满了，异味刺鼻", "垃圾没有清运", "垃圾桶边上异味刺鼻"],
    ["充电桩太少", "电动车没有充电桩，飞线充电", "缺少充电桩", "电动车飞线充电"],
    ["井盖破损", "井盖破了，车辆绕行", "井盖坏了", "车辆绕着井盖走"],
    ["公交班次太少", "公交车半小时一班，早高峰挤", "公交车太少", "早高峰公交挤不上"],
];
const MORE: [&str; 5] = ["老人出门不便。", "已经持续两周。", "孩子上学路过。", "商铺生意冷清。", "多位邻居来电。"];

/// The first five offered to forty drafts over 120 topics, which have the same ids wherever they are brought in.
async fn suggestions(column: Column) -> Vec<Vec<String>> {
    let app = TestApp::start(column).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, map) = (folder.path().join("m.jsonl"), folder.path().join("map.csv"));
    std::fs::write(&map, format!("place,division\n*,{HOME}\n")).unwrap();
    let line = |n: usize| {
        let (place, [title, text, ..]) = (PLACES[n % 4], MATTERS[n / 4 % 6]);
        let time = format!("2026-08-{:02}T{:02}:00:00+08:00", n / 24 + 1, n % 24);
        json!({ "id": n, "title": format!("{place}{title}"), "content": format!("{place}{text}。{}", MORE[n / 24]), "time": time })
    };
    std::fs::write(&file, (0..120).map(|n| format!("{}\n", line(n))).collect::<String>()).unwrap();
    let report = import::topics(&app.app, &file, &map, "test").await.unwrap();
    assert_eq!((report.changed, report.bad), (120, 0), "{:?}", report.problems);
    assert_counted(&app).await;
    let nobody = app.nobody();
    let mut lists = Vec::new();
    for n in 0..40 {
        let (place, [matter, _, title, text]) = (PLACES[n % 4], MATTERS[n / 4 % 6]);
        let (title, text) = (format!("{place}{title}"), format!("{text}。{}", MORE[n % 5]));
        let all = offered(&nobody, HOME, (title.as_str(), text.as_str())).await;
        assert_eq!(all.first().map(|best| best["topic"]["title"].clone()), Some(json!(format!("{place}{matter}"))), "{n}");
        lists.push(all.iter().map(|one| format!("{} {} {}", one["topic"]["id"], one["topic"]["title"], one["score"])).collect::<Vec<_>>());
    }
    assert!(lists.iter().filter(|list| list.len() == 5).count() >= 30, "{lists:?}");
    lists
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_columns_offer_the_same_five() {
    let (embedded, served) = (suggestions(Column::Embedded).await, suggestions(Column::Served).await);
    assert_eq!(embedded, served);
}
