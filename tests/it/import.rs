//! Imports: good lines go in, bad ones are told, a second run changes nothing.
use serde_json::json;
use shangyi::import;
use shangyi_tests::{Column, TestApp, on_both_columns, run_program};
use std::path::Path;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn divisions(folder: &Path) {
    write(folder, "provinces.jsonl", "{\"code\": \"98\", \"name\": \"甲省\"}\n");
    write(folder, "cities.jsonl", "\u{feff}{\"code\": \"9801\", \"name\": \"乙市\", \"provinceCode\": \"98\"}\n");
    write(folder, "areas.jsonl", "{\"code\": \"980101\", \"name\": \"丙区\", \"cityCode\": \"9801\"}\n{\"code\": \"980101\", \"name\": \"丙区\"}\n");
    write(folder, "streets.jsonl", "{\"code\": \"980101001\", \"name\": \"丁街道\", \"areaCode\": \"980101\"}\n");
    write(
        folder,
        "villages.jsonl",
        "{\"code\": \"980101001001\", \"name\": \"戊社区\", \"streetCode\": \"980101001\"}\n{\"code\": \"980101001002\", \"name\": \"己社区\"}\n",
    );
}

const SECRET: &str = "不可外传的内容";

on_both_columns! {
    async fn divisions_go_in_once_and_corrections_change_one_row(app) {
        let folder = tempfile::tempdir().unwrap();
        divisions(folder.path());
        let first = import::divisions(&app.app, folder.path()).await.unwrap();
        assert_eq!((first.read, first.changed, first.bad), (7, 6, 0), "{:?}", first.problems);
        assert_eq!(import::divisions(&app.app, folder.path()).await.unwrap().changed, 0);
        write(folder.path(), "villages.jsonl", "{\"code\": \"980101001001\", \"name\": \"戊新社区\"}\n");
        assert_eq!(import::divisions(&app.app, folder.path()).await.unwrap().changed, 1);
        let seen = app.nobody().ok("{ division(code: \"980101001001\") { name ancestors { name } } }", json!({})).await;
        assert_eq!(seen["division"], json!({ "name": "戊新社区", "ancestors": [{ "name": "甲省" }, { "name": "乙市" }, { "name": "丙区" }, { "name": "丁街道" }] }));
    }

    async fn bad_lines_are_told_by_place_and_reason_without_their_content(app) {
        let folder = tempfile::tempdir().unwrap();
        divisions(folder.path());
        let bad = [
            SECRET.to_owned(), format!("{{\"code\": \"98010100\", \"name\": \"{SECRET}\"}}"), format!("{{\"code\": \"980102001\", \"name\": \"{SECRET}\"}}"),
            format!("{{\"code\": \"980101002\", \"name\": \"{SECRET}\", \"areaCode\": \"980102\"}}"), "{\"code\": \"980101003\", \"name\": \"a\\u0000b\"}".to_owned(),
            "{\"code\": \"980101004\"}".to_owned(), "[".repeat(30_000),
        ];
        write(folder.path(), "streets.jsonl", &format!("{}\n{{\"code\": \"980101001\", \"name\": \"丁街道\"}}\n", bad.join("\n")));
        let report = import::divisions(&app.app, folder.path()).await.unwrap();
        assert_eq!((report.bad, report.changed), (7, 6), "{:?}", report.problems);
        let file = folder.path().join("streets.jsonl");
        for (line, problem) in (1..).zip(&report.problems) {
            assert!(problem.starts_with(&format!("{}:{line}: ", file.display())) && !problem.contains(SECRET), "{problem}");
        }
    }

    async fn messages_become_topics_with_their_answers_and_nobody_is_told(app) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "map.csv", "place,division\n听泉,990101001\n听泉街道松林,990101001002\n*,990101\n");
        let long = "长".repeat(6999);
        let lines = [
            json!({ "id": 1, "title": "听泉路灯", "content": "不亮，电话13812345678", "time": "2019-02-28T11:25:05+08:00", "up": 7, "user": "A1" }),
            json!({ "id": 2, "title": "反映", "content": "听泉街道松林的积水", "time": "2019-02-28T11:25:05+08:00", "reply": "已疏通", "reply_time": "2019-03-11T09:00:00+08:00" }),
            json!({ "id": "x-3", "title": "别处", "content": long, "time": "2019-02-28T11:25:05+08:00" }),
        ];
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        write(folder.path(), "messages.jsonl", &format!("{text}{{\"id\": 4}}\n\n{{\"id\": 5, \"title\": \"a\", \"content\": \"b\\u0000\", \"time\": \"2019-02-28T11:25:05+08:00\"}}\n"));
        let (file, map) = (folder.path().join("messages.jsonl"), folder.path().join("map.csv"));
        let report = import::topics(&app.app, &file, &map, "test").await.unwrap();
        assert_eq!((report.read, report.changed, report.bad), (5, 3, 2), "{:?}", report.problems);
        assert_eq!(import::topics(&app.app, &file, &map, "test").await.unwrap().changed, 0);
        app.deliver().await;
        assert_eq!(app.count("SELECT count(*) FROM notices").await + app.count("SELECT count(*) FROM outbox").await, 0);
        let seen = app.nobody().ok("{ topics(orderBy: MOST_SUPPORTED) { nodes { title text state importedSupport supportCount imported division { code } answer { text at imported } } } }", json!({})).await;
        let nodes = seen["topics"]["nodes"].as_array().unwrap();
        assert_eq!((&nodes[0]["importedSupport"], &nodes[0]["text"], &nodes[0]["division"]["code"]), (&json!(7), &json!("不亮，电话138****5678"), &json!("990101001")));
        let answered = nodes.iter().find(|node| node["state"] == "ANSWERED").unwrap();
        assert_eq!(answered["answer"], json!({ "text": "已疏通", "at": "2019-03-11T01:00:00+00:00", "imported": true }));
        assert_eq!(answered["division"]["code"], "990101001002", "the longest name says");
        assert!(nodes.iter().any(|node| node["text"].as_str().unwrap().chars().count() == 6999));
    }

    async fn a_reply_that_comes_in_a_later_file_does_not_break_the_topic(app) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "map.csv", "place,division\n*,990101001001\n");
        let (file, map) = (folder.path().join("m.jsonl"), folder.path().join("map.csv"));
        let one = json!({ "id": 1, "title": "一", "content": "一", "time": "2019-02-28T11:25:05+08:00" });
        write(folder.path(), "m.jsonl", &format!("{one}\n"));
        import::topics(&app.app, &file, &map, "test").await.unwrap();
        let mut replied = one;
        replied["reply"] = json!("迟来的答复");
        replied["reply_time"] = json!("2019-03-28T11:25:05+08:00");
        write(folder.path(), "m.jsonl", &format!("{replied}\n{}\n", json!({ "id": 2, "title": "二", "content": "二", "time": "2019-02-28T11:25:05+08:00" })));
        assert_eq!(import::topics(&app.app, &file, &map, "test").await.unwrap().changed, 1);
        let officer = app.officer("听泉街道联络委").await;
        let seen = officer.ok("{ topics(orderBy: NEWEST) { nodes { id title version state } } }", json!({})).await;
        let first = seen["topics"]["nodes"].as_array().unwrap().iter().find(|node| node["title"] == "一").unwrap().clone();
        officer.answer(&first, "现在答复").await;
    }

    async fn without_a_line_for_the_rest_a_text_that_names_no_place_is_told(app) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "map.csv", "place,division\n听泉,990101001\n");
        write(folder.path(), "m.jsonl", &format!("{}\n", json!({ "id": 1, "title": "别处", "content": SECRET, "time": "2019-02-28T11:25:05+08:00" })));
        let report = import::topics(&app.app, &folder.path().join("m.jsonl"), &folder.path().join("map.csv"), "test").await.unwrap();
        assert_eq!((report.bad, report.changed), (1, 0));
        assert!(!report.problems[0].contains(SECRET));
        write(folder.path(), "map.csv", "place,division\n听泉,123456\n");
        assert!(import::topics(&app.app, &folder.path().join("m.jsonl"), &folder.path().join("map.csv"), "test").await.unwrap_err().contains("map.csv:2: "));
    }

    async fn members_go_in_with_their_committee_and_a_bad_line_leaves_nothing(app) {
        let folder = tempfile::tempdir().unwrap();
        let header = "committee_division,committee,term,term_from,term_until,number,name,phone,standing,special_committee,sector,sector_group,liaison_committee,liaison_division,cluster,from,until";
        let good = "990102,望山区委员会,5,2024-01-01,2029-01-01,05001,外委员,13700000001,yes,,农业界,第一联组,,,,,";
        let bad = [
            "990102,望山区委员会,5,2024-01-01,2029-01-01,05002,内委员,123,no,,,,,,,,",
            "990199,无此区委员会,5,2024-01-01,2029-01-01,05003,某委员,,no,,,,,,,,",
            "990102,望山区委员会,5,2024-01-01,2029-01-01,05004,晚委员,,no,,,,,,,2030-01-01,",
            "990102,望山区委员会,5,2024-01-01,2029-01-01,05005,同号委员,13700000001,no,新专委会,,,,,,,",
            "990102,望山区委员会,五,2024-01-01,2029-01-01,05006,错委员,,no,,,,,,,,",
            "太短,的一行",
        ];
        write(folder.path(), "m.csv", &format!("{header}\n{good}\n{}\n", bad.join("\n")));
        let report = import::members(&app.app, &folder.path().join("m.csv")).await.unwrap();
        assert_eq!((report.read, report.changed, report.bad), (7, 1, 6), "{:?}", report.problems);
        assert_eq!(import::members(&app.app, &folder.path().join("m.csv")).await.unwrap().changed, 0);
        let seen = app.nobody().ok("{ committee(divisionCode: \"990102\") { name members { nodes { name standing organisations { name kind } } } } }", json!({})).await;
        assert_eq!(seen["committee"]["members"]["nodes"], json!([{ "name": "外委员", "standing": true, "organisations": [{ "name": "农业界", "kind": "SECTOR" }] }]));
        assert_eq!(app.count("SELECT count(*) FROM organisations WHERE name = '新专委会'").await, 0);
        let member = app.person("13700000001").await;
        let roles = member.ok("{ viewer { member { name } appointments { role } } }", json!({})).await;
        assert_eq!(roles["viewer"], json!({ "member": { "name": "外委员" }, "appointments": [{ "role": "MEMBER" }] }));
    }

    async fn a_member_of_another_committee_can_be_placed_in_a_street_here(app) {
        let folder = tempfile::tempdir().unwrap();
        let header = "committee_division,committee,term,term_from,term_until,number,name,phone,standing,special_committee,sector,sector_group,liaison_committee,liaison_division,cluster,from,until,assigned_to";
        let line = |number: &str, to: &str| format!("990102,望山区委员会,5,2024-01-01,2029-01-01,{number},外委员,,no,,农业界,,,,,,,{to}\n");
        write(folder.path(), "m.csv", &format!("{header}\n{}{}", line("05001", "990101001"), line("05002", "990101")));
        let report = import::members(&app.app, &folder.path().join("m.csv")).await.unwrap();
        assert_eq!((report.changed, report.bad), (1, 1), "{:?}", report.problems);
        assert_eq!(import::members(&app.app, &folder.path().join("m.csv")).await.unwrap().changed, 0);
        let seen = app.nobody().ok("{ committee(divisionCode: \"990102\") { members { nodes { organisations { name committee { name } } } } } }", json!({})).await;
        assert_eq!(seen["committee"]["members"]["nodes"], json!([{ "organisations": [
            { "name": "农业界", "committee": { "name": "望山区委员会" } }, { "name": "听泉街道联络委", "committee": { "name": "云溪区委员会" } },
        ] }]));
    }

    async fn a_new_committee_takes_over_the_topics_of_its_division(app) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "map.csv", "place,division\n*,990102\n");
        write(folder.path(), "m.jsonl", &format!("{}\n", json!({ "id": 1, "title": "望山", "content": "路", "time": "2019-02-28T11:25:05+08:00" })));
        import::topics(&app.app, &folder.path().join("m.jsonl"), &folder.path().join("map.csv"), "test").await.unwrap();
        let header = "committee_division,committee,term,term_from,term_until,number,name,phone,standing,special_committee,sector,sector_group,liaison_committee,liaison_division,cluster,from,until";
        write(folder.path(), "m.csv", &format!("{header}\n990102,望山区委员会,5,2024-01-01,2029-01-01,05001,外委员,,no,,,,,,,,\n"));
        import::members(&app.app, &folder.path().join("m.csv")).await.unwrap();
        let seen = app.nobody().ok("{ topics { nodes { committee { name } } } }", json!({})).await;
        assert_eq!(seen["topics"]["nodes"][0]["committee"]["name"], "望山区委员会");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_tells_bad_lines_and_leaves_with_two() {
    let app = TestApp::start(Column::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    divisions(folder.path());
    let dir = folder.path().display().to_string();
    let good = run_program(&app, &["import", "divisions", &dir], &[]);
    assert_eq!((good.0, good.1.trim()), (Some(0), "7 lines read, 6 rows new or changed, 0 lines bad"), "{}", good.2);
    write(folder.path(), "villages.jsonl", "{\"code\": \"980101001\", \"name\": \"短\"}\n");
    let bad = run_program(&app, &["import", "divisions", &dir], &[]);
    assert_eq!(bad.0, Some(2));
    assert!(bad.2.contains("villages.jsonl:1: "), "{}", bad.2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_the_start_names_itself() {
    let app = TestApp::start(Column::Embedded).await;
    for (settings, expected) in [
        (vec![("SMS", "")], "SHANGYI_SMS: "),
        (vec![("SMS", "console"), ("LISTEN", "nowhere")], "SHANGYI_LISTEN: "),
        (vec![("SMS", "console"), ("KEYS_FILE", "/nonexistent/keys.toml")], "SHANGYI_KEYS_FILE: "),
        (vec![("SMS", "console"), ("NO_SUCH", "x")], "SHANGYI_NO_SUCH: "),
        (vec![("SMS", "console"), ("DATABASE_URL", "mysql://x")], "SHANGYI_DATABASE_URL: "),
    ] {
        let (code, _, said) = run_program(&app, &["serve"], &settings);
        assert!(code == Some(1) && said.contains(expected), "{expected} {code:?} {said}");
    }
    let other = tempfile::tempdir().unwrap();
    let keys = other.path().join("keys.toml");
    shangyi::kernel::keys::create(&keys).unwrap();
    let (code, _, said) = run_program(&app, &["serve"], &[("SMS", "console"), ("KEYS_FILE", keys.to_str().unwrap())]);
    assert!(code == Some(1) && said.contains("other keys"), "a database sealed with other keys is not opened: {said}");
    let help = run_program(&app, &["serve", "--help"], &[]).1;
    for setting in shangyi::settings::SETTINGS {
        assert!(help.contains(&format!("SHANGYI_{}", setting.name)), "{}", setting.name);
    }
}
