use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Column, Person, TestApp, new_request, on_both_columns};

const DISTRICT: &str = "990101";
const SPRING: &str = "990101001";
const BRIDGE: &str = "990101002";
const HOME: &str = "990101001001";

fn open(name: &str, divisions: &[&str], more: Value) -> Value {
    let mut input = json!({ "requestId": new_request(), "name": name, "theme": "说说身边的事", "divisionCodes": divisions });
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    input
}

fn default(name: &str, more: Value) -> Value {
    let mut input = open(name, &[DISTRICT], more);
    input["isDefault"] = json!(true);
    input
}

fn close(campaign: &Value) -> Value {
    json!({ "requestId": new_request(), "campaignId": campaign["id"] })
}

/// A topic for a campaign, or for none.
fn topic(campaign: &Value, title: &str, text: &str) -> Value {
    json!({ "requestId": new_request(), "divisionCode": HOME, "title": title, "text": text, "campaignId": campaign["id"] })
}

async fn opened(person: &Person<'_>, input: Value) -> Value {
    person.mutate("openCampaign", input).await.done()["campaign"].clone()
}

async fn raised(person: &Person<'_>, campaign: &Value, title: &str) -> Value {
    person.mutate("submitTopic", topic(campaign, title, "请尽快处理")).await.done()["topic"].clone()
}

async fn seen(person: &Person<'_>, campaign: &Value) -> Value {
    let query = "query($id: ID!) { campaign(id: $id) { name theme open opensAt closesAt closedAt titleLimit textLimit level isDefault
        committee { name } divisions { code } outcomes { state count } topics { nodes { title } } } }";
    person.ok(query, json!({ "id": campaign["id"] })).await["campaign"].clone()
}

fn titles(campaign: &Value) -> Vec<&str> {
    let mut titles: Vec<&str> = campaign["topics"]["nodes"].as_array().unwrap().iter().map(|topic| topic["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

/// The names of a list of campaigns, in its order.
async fn listed(app: &TestApp, arguments: &str) -> Vec<String> {
    let data = app.nobody().ok(&format!("{{ campaigns{arguments} {{ nodes {{ name }} }} }}"), json!({})).await;
    data["campaigns"]["nodes"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn another_committee(app: &TestApp) {
    app.execute(
        "INSERT INTO organisations (id, committee_id, kind, name, division_code, created_at)
         SELECT id, id, 'COMMITTEE', '望山区委员会', '990102', 1 FROM accounts ORDER BY id LIMIT 1",
    )
    .await
    .unwrap();
}

async fn without_the_rule(app: &TestApp) {
    app.execute(match app.column {
        Column::Served => "DROP INDEX one_open_default",
        Column::Embedded => "DROP INDEX one_open_default; DROP TRIGGER one_open_default",
    })
    .await
    .unwrap();
}

/// Eight default campaigns at once; how many are open then, and how many were refused.
async fn rush(app: &TestApp) -> (i64, usize) {
    let general = app.person("13800000002").await;
    let answers = join_all((0..8).map(|n| {
        let general = &general;
        async move { general.mutate("openCampaign", default(&format!("第{n}个"), json!({}))).await }
    }))
    .await;
    let refused = answers.iter().filter(|done| done.0["code"] == "DEFAULT_EXISTS").count();
    (app.count("SELECT count(*) FROM campaigns WHERE closed_at IS NULL").await, refused)
}

on_both_columns! {
    async fn a_campaign_is_opened_and_closed_once_and_everybody_sees_it(app) {
        let officer = app.officer("听泉街道联络委").await;
        let input = open("夏夜街区", &[SPRING, HOME, SPRING], json!({}));
        let done = officer.mutate("openCampaign", input.clone()).await.done();
        let campaign = done["campaign"].clone();
        assert_eq!((&done["replayed"], &campaign["open"], &campaign["isDefault"]), (&json!(false), &json!(true), &json!(false)));
        let mut again = done.clone();
        again["replayed"] = json!(true);
        assert_eq!(officer.mutate("openCampaign", input.clone()).await.done(), again);
        let mut other = input;
        other["name"] = json!("另一个");
        officer.mutate_error("openCampaign", other, "REPLAY_MISMATCH").await;
        let public = seen(&app.nobody(), &campaign).await;
        assert_eq!(public["divisions"], json!([{ "code": SPRING }, { "code": HOME }]));
        assert_eq!((&public["committee"]["name"], &public["theme"], &public["level"]), (&json!("云溪区委员会"), &json!("说说身边的事"), &json!("PHONE")));
        assert_eq!((&public["titleLimit"], &public["textLimit"], &public["closesAt"], &public["closedAt"]), (&json!(50), &json!(300), &Value::Null, &Value::Null));
        let node = app.nobody().ok("query($id: ID!) { node(id: $id) { id ... on Campaign { name } } }", json!({ "id": campaign["id"] })).await;
        assert_eq!(node["node"], json!({ "id": campaign["id"], "name": "夏夜街区" }));

        let input = close(&campaign);
        let closed = officer.mutate("closeCampaign", input.clone()).await.done();
        assert_eq!((&closed["replayed"], &closed["campaign"]["open"], closed["campaign"]["closedAt"].is_null()), (&json!(false), &json!(false), false));
        officer.mutate("closeCampaign", close(&campaign)).await.expect_refusal("ALREADY_CLOSED");
        assert_eq!(officer.mutate("closeCampaign", input).await.done()["replayed"], true);
        assert_eq!((listed(&app, "(open: true)").await.len(), listed(&app, "").await.len()), (0, 1));
        assert_eq!(app.count("SELECT count(*) FROM audit WHERE operation IN ('openCampaign', 'closeCampaign')").await, 2);
    }

    async fn a_campaign_is_for_the_desk_and_an_officer_keeps_to_their_street(app) {
        let (general, officer) = (app.person("13800000002").await, app.officer("听泉街道联络委").await);
        for phone in [app.phone_of("RESIDENT", 0), app.phone_of("MEMBER", 0), "13800000001", "13800000003", "13800000013"] {
            app.person(phone).await.mutate_error("openCampaign", open("征集", &[SPRING], json!({})), "FORBIDDEN").await;
        }
        app.nobody().mutate_error("openCampaign", open("征集", &[SPRING], json!({})), "UNAUTHENTICATED").await;
        for beyond in [&[BRIDGE][..], &[SPRING, BRIDGE], &[DISTRICT]] {
            officer.mutate_error("openCampaign", open("征集", beyond, json!({})), "FORBIDDEN").await;
        }
        officer.mutate_error("openCampaign", default("常设", json!({})), "FORBIDDEN").await;
        another_committee(&app).await;
        general.mutate_error("openCampaign", open("征集", &["990102"], json!({})), "FORBIDDEN").await;
        assert_eq!(app.count("SELECT count(*) FROM campaigns").await, 0);

        let own = opened(&general, open("听泉", &[SPRING], json!({}))).await;
        for beyond in [open("全区", &[DISTRICT], json!({})), open("石桥", &[BRIDGE], json!({})), open("两街", &[HOME, BRIDGE], json!({})), default("常设", json!({}))] {
            let campaign = opened(&general, beyond).await;
            officer.mutate_error("closeCampaign", close(&campaign), "FORBIDDEN").await;
            general.mutate("closeCampaign", close(&campaign)).await.done();
        }
        officer.mutate("closeCampaign", close(&own)).await.done();
        officer.mutate_error("closeCampaign", close(&json!({ "id": "campaign_00000000000000000000000000000000" })), "NOT_FOUND").await;
    }

    async fn what_is_wrong_with_a_campaign_is_told_by_its_field(app) {
        let general = app.person("13800000002").await;
        general.mutate("openCampaign", open("征集", &["990102"], json!({}))).await.expect_refusal("NO_COMMITTEE_HERE");
        another_committee(&app).await;
        let long = |count: usize| "字".repeat(count);
        let many: Vec<&str> = vec![SPRING; 51];
        for (wrong, field) in [
            (open(&long(51), &[SPRING], json!({})), "name"),
            (open(" \u{200b}", &[SPRING], json!({})), "name"),
            (open("征集", &[SPRING], json!({ "theme": long(501) })), "theme"),
            (open("征集", &[], json!({})), "divisionCodes"),
            (open("征集", &many, json!({})), "divisionCodes"),
            (open("征集", &["990109"], json!({})), "divisionCodes"),
            (open("征集", &["' OR 1=1 --"], json!({})), "divisionCodes"),
            (open("征集", &[DISTRICT, "990102"], json!({})), "divisionCodes"),
            (open("征集", &[SPRING], json!({ "isDefault": true })), "divisionCodes"),
            (open("征集", &[SPRING], json!({ "titleLimit": 9 })), "titleLimit"),
            (open("征集", &[SPRING], json!({ "titleLimit": 101 })), "titleLimit"),
            (open("征集", &[SPRING], json!({ "textLimit": 49 })), "textLimit"),
            (open("征集", &[SPRING], json!({ "textLimit": 5001 })), "textLimit"),
            (open("征集", &[SPRING], json!({ "closesAt": "2026-08-31T00:00:00Z" })), "closesAt"),
            (open("征集", &[SPRING], json!({ "opensAt": "2026-09-05T00:00:00Z", "closesAt": "2026-09-05T00:00:00Z" })), "closesAt"),
        ] {
            let error = general.mutate_error("openCampaign", wrong, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{error}");
        }
        assert_eq!(app.count("SELECT count(*) FROM campaigns").await, 0);
        // At the bounds.
        opened(&general, open(&long(50), &[SPRING], json!({ "theme": long(500), "titleLimit": 10, "textLimit": 5000 }))).await;
        opened(&general, open("征集", &many[..50], json!({ "titleLimit": 100, "textLimit": 50 }))).await;
    }

    async fn a_campaign_takes_topics_in_its_window(app) {
        let (officer, author) = (app.officer("听泉街道联络委").await, app.resident(0).await);
        let input = open("九月", &[SPRING], json!({ "opensAt": "2026-09-02T00:00:00Z", "closesAt": "2026-09-03T00:00:00Z" }));
        let campaign = opened(&officer, input.clone()).await;
        assert_eq!((&campaign["open"], listed(&app, "(open: true)").await.len(), listed(&app, "(open: false)").await.len()), (&json!(false), 0, 1));
        author.mutate("submitTopic", topic(&campaign, "太早", "太早")).await.expect_refusal("CAMPAIGN_CLOSED");

        app.advance(86_400);
        assert_eq!((listed(&app, "(open: true)").await.len(), listed(&app, "(open: false)").await.len()), (1, 0));
        raised(&app.resident(0).await, &campaign, "正好").await;

        app.advance(86_400);
        let (officer, author) = (app.officer("听泉街道联络委").await, app.resident(0).await);
        assert_eq!((listed(&app, "(open: true)").await.len(), listed(&app, "(open: false)").await.len()), (0, 1));
        author.mutate("submitTopic", topic(&campaign, "太晚", "太晚")).await.expect_refusal("CAMPAIGN_CLOSED");
        // What was opened before is answered again, though its end lies in the past by now.
        assert_eq!(officer.mutate("openCampaign", input).await.done()["replayed"], true);
        let ended = seen(&app.nobody(), &campaign).await;
        assert_eq!((&ended["open"], &ended["closedAt"]), (&json!(false), &Value::Null));
        let closed = officer.mutate("closeCampaign", close(&campaign)).await.done();
        assert!(!closed["campaign"]["closedAt"].is_null());
        assert_eq!(app.count("SELECT count(*) FROM topics").await, 1);
    }

    async fn campaigns_are_listed_by_where_they_ask_the_newest_first_and_page_by_page(app) {
        let general = app.person("13800000002").await;
        for (name, division) in [("全区", DISTRICT), ("听泉", SPRING), ("石桥社区", "990101002001")] {
            opened(&general, open(name, &[division], json!({}))).await;
        }
        for (code, expected) in [
            (HOME, vec!["听泉", "全区"]),
            (SPRING, vec!["听泉", "全区"]),
            (BRIDGE, vec!["石桥社区", "全区"]),
            ("990101002002", vec!["全区"]),
            ("9901", vec!["石桥社区", "听泉", "全区"]),
            ("990102", vec![]),
        ] {
            assert_eq!(listed(&app, &format!("(divisionCode: \"{code}\")")).await, expected, "{code}");
        }
        app.nobody().expect_error("{ campaigns(divisionCode: \"x\") { nodes { id } } }", json!({}), "BAD_INPUT").await;
        app.nobody().expect_error("{ campaigns(first: 51) { nodes { id } } }", json!({}), "BAD_INPUT").await;
        let page = "query($after: String) { campaigns(first: 2, after: $after) { nodes { name divisions { name } } pageInfo { hasNextPage endCursor } } }";
        let first = app.nobody().ok(page, json!({})).await["campaigns"].clone();
        assert_eq!((&first["nodes"][0]["name"], &first["pageInfo"]["hasNextPage"]), (&json!("石桥社区"), &json!(true)));
        assert_eq!(first["nodes"][1]["divisions"], json!([{ "name": "听泉街道" }]));
        let rest = app.nobody().ok(page, json!({ "after": first["pageInfo"]["endCursor"] })).await["campaigns"].clone();
        assert_eq!((&rest["nodes"][0]["name"], rest["nodes"].as_array().unwrap().len(), &rest["pageInfo"]["hasNextPage"]), (&json!("全区"), 1, &json!(false)));
    }

    async fn a_committee_has_one_default_campaign_and_it_takes_what_names_none(app) {
        let (general, author) = (app.person("13800000002").await, app.resident(0).await);
        author.submit_topic("在它之前").await;
        let first = opened(&general, default("常设", json!({ "textLimit": 1000, "closesAt": "2026-09-02T00:00:00Z" }))).await;
        let text = "mutation($input: OpenCampaignInput!) { openCampaign(input: $input) { ... on CampaignRefused { code reason campaign { id } } } }";
        let refused = general.ok(text, json!({ "input": default("又一个", json!({})) })).await["openCampaign"].clone();
        assert_eq!(refused, json!({ "code": "DEFAULT_EXISTS", "reason": "DEFAULT_EXISTS", "campaign": { "id": first["id"] } }));
        author.submit_topic("没有选征集").await;
        author.mutate("submitTopic", topic(&json!({}), "长一些", &"文".repeat(600))).await.done();
        assert_eq!(seen(&app.nobody(), &first).await["outcomes"], json!([{ "state": "SUBMITTED", "count": 2 }]));

        // Its time is over: it takes nothing, but holds its place until it is closed.
        app.advance(86_400);
        let (general, author) = (app.person("13800000002").await, app.resident(0).await);
        author.submit_topic("在它之后").await;
        let error = author.mutate_error("submitTopic", topic(&json!({}), "长一些", &"文".repeat(600)), "BAD_INPUT").await;
        assert_eq!(error["extensions"]["field"], "text");
        general.mutate("openCampaign", default("新的常设", json!({}))).await.expect_refusal("DEFAULT_EXISTS");
        general.mutate("closeCampaign", close(&first)).await.done();
        let second = opened(&general, default("新的常设", json!({}))).await;
        author.submit_topic("归新的").await;
        let counts = |campaign: Value| campaign["outcomes"][0]["count"].clone();
        assert_eq!((counts(seen(&app.nobody(), &first).await), counts(seen(&app.nobody(), &second).await)), (json!(2), json!(1)));
        // One that is named goes before the default.
        let named = opened(&general, open("夏夜", &[SPRING], json!({}))).await;
        raised(&author, &named, "归夏夜").await;
        assert_eq!((counts(seen(&app.nobody(), &named).await), counts(seen(&app.nobody(), &second).await)), (json!(1), json!(1)));
    }

    async fn of_eight_default_campaigns_at_once_one_is_opened(app) {
        assert_eq!(rush(&app).await, (1, 7));
    }

    // The negative control: without the rule, the same eight are more than one.
    async fn without_the_rule_eight_default_campaigns_at_once_would_be_more(app) {
        without_the_rule(&app).await;
        let (standing, refused) = rush(&app).await;
        assert!(standing > 1 && refused < 7, "{standing} {refused}");
    }

    async fn a_closed_campaign_takes_no_topic_and_those_it_has_go_on(app) {
        let (officer, author) = (app.officer("听泉街道联络委").await, app.resident(0).await);
        let campaign = opened(&officer, open("夏夜", &[SPRING], json!({}))).await;
        let waiting = raised(&author, &campaign, "路灯").await;
        officer.mutate("closeCampaign", close(&campaign)).await.done();
        author.mutate("submitTopic", topic(&campaign, "太晚", "太晚")).await.expect_refusal("CAMPAIGN_CLOSED");
        let accepted = officer.accept(&waiting).await;
        officer.answer(&accepted, "已经修好").await;
        let now = seen(&app.nobody(), &campaign).await;
        assert_eq!((&now["outcomes"], titles(&now)), (&json!([{ "state": "ANSWERED", "count": 1 }]), vec!["路灯"]));
        assert_eq!(app.count("SELECT count(*) FROM topics").await, 1);
    }

    async fn a_campaign_sets_the_limits_of_its_topics_and_asks_only_in_its_divisions(app) {
        let (general, author) = (app.person("13800000002").await, app.resident(0).await);
        let wide = opened(&general, open("畅所欲言", &[SPRING], json!({ "titleLimit": 100, "textLimit": 1000 }))).await;
        let narrow = opened(&general, open("一句话", &[DISTRICT], json!({ "titleLimit": 10, "textLimit": 50 }))).await;
        let elsewhere = opened(&general, open("石桥", &[BRIDGE], json!({}))).await;
        let (long, text) = ("字".repeat(100), "文".repeat(1000));
        author.mutate("submitTopic", topic(&wide, &long, &text)).await.done();
        author.mutate("submitTopic", topic(&narrow, &"字".repeat(10), &"文".repeat(50))).await.done();
        for (wrong, field) in [
            (topic(&json!({}), &long, "文"), "title"),
            (topic(&json!({}), "字", &text), "text"),
            (topic(&wide, &"字".repeat(101), "文"), "title"),
            (topic(&wide, "字", &"文".repeat(1001)), "text"),
            (topic(&narrow, &"字".repeat(11), "文"), "title"),
            (topic(&narrow, "字", &"文".repeat(51)), "text"),
            (topic(&elsewhere, "字", "文"), "campaignId"),
        ] {
            let error = author.mutate_error("submitTopic", wrong, "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{error}");
        }
        let none = json!({ "id": "campaign_00000000000000000000000000000000" });
        author.mutate_error("submitTopic", topic(&none, "字", "文"), "NOT_FOUND").await;
        assert_eq!(app.count("SELECT count(*) FROM topics").await, 2);
    }

    async fn a_campaign_may_ask_who_one_is(app) {
        let (officer, author) = (app.officer("听泉街道联络委").await, app.resident(0).await);
        let campaign = opened(&officer, open("实名征集", &[SPRING], json!({ "level": "REAL_NAME" }))).await;
        let input = topic(&campaign, "路灯", "不亮");
        author.mutate("submitTopic", input.clone()).await.expect_refusal("LEVEL_NEEDED");
        author.submit_topic("不参加征集").await;
        app.execute("UPDATE accounts SET level = 'REAL_NAME'").await.unwrap();
        author.mutate("submitTopic", input).await.done();
        assert_eq!(seen(&app.nobody(), &campaign).await["outcomes"], json!([{ "state": "SUBMITTED", "count": 1 }]));
    }

    async fn everybody_sees_how_many_and_each_only_what_they_may_know_of(app) {
        let (officer, author, other) = (app.officer("听泉街道联络委").await, app.resident(0).await, app.resident(1).await);
        let campaign = opened(&officer, open("夏夜", &[SPRING], json!({}))).await;
        assert_eq!(seen(&app.nobody(), &campaign).await["outcomes"], json!([]));
        raised(&author, &campaign, "甲").await;
        let public = raised(&author, &campaign, "乙").await;
        let rejected = raised(&other, &campaign, "丙").await;
        other.submit_topic("不在征集里").await;
        officer.accept(&public).await;
        officer.step("rejectTopic", &rejected, json!({ "reason": "OUT_OF_SCOPE" })).await.done();
        let outcomes = json!([{ "state": "SUBMITTED", "count": 1 }, { "state": "ACCEPTED", "count": 1 }, { "state": "REJECTED", "count": 1 }]);
        let nobody = app.nobody();
        for (who, mut expected) in [(&nobody, vec!["乙"]), (&author, vec!["乙", "甲"]), (&other, vec!["丙", "乙"]), (&officer, vec!["丙", "乙", "甲"])] {
            let campaign = seen(who, &campaign).await;
            expected.sort_unstable();
            assert_eq!((&campaign["outcomes"], titles(&campaign)), (&outcomes, expected));
        }
        let closed = officer.mutate("closeCampaign", close(&campaign)).await.done();
        assert_eq!(closed["campaign"]["outcomes"], outcomes);
    }
}
