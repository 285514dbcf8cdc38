//! Sittings: halls and convenors taken, moved, given back; free times.
use futures_util::future::join_all;
use serde_json::{Value, json};
use shangyi_tests::{Column, TestApp, new_request, on_both_columns};

const GENERAL: &str = "13800000002";
const SPRING: &str = "听泉街道联络委";
const HALL: &str = "听泉街道协商议事厅";
const STUDIO: &str = "泉水委员工作室";

async fn programme(app: &TestApp) -> Value {
    app.person(GENERAL).await.programme("YOU_SHI_LAI_XIE_SHANG").await
}

fn free() -> &'static str {
    "query($hall: ID!, $people: [ID!]!, $minutes: Int!, $from: NaiveDate!, $until: NaiveDate!) { findTimes(hallId: $hall, inviteeIds: $people, durationMinutes: $minutes, from: $from, until: $until) { from until conflicts } }"
}

/// Officers announce so many consultations in two halls at overlapping times; what is taken then, how many were announced, and what else was said.
async fn rush(app: &TestApp) -> (i64, usize, Vec<String>) {
    let officer = app.officer(SPRING).await;
    let programme = programme(app).await;
    let mut all = Vec::new();
    for n in 0..12 {
        all.push(officer.researched(&programme, &format!("第{n}件"), n + 1).await);
    }
    let mut convenors = Vec::new();
    for n in 0..12 {
        convenors.push(app.member(n).await.member_id().await);
    }
    // Time goes by with each sign-in: the officer's own is a fresh one.
    app.execute("DELETE FROM sign_in_codes").await.unwrap();
    let officer = app.officer(SPRING).await;
    let halls = [officer.venue(HALL).await, officer.venue(STUDIO).await];
    let answers = join_all(all.iter().enumerate().map(|(n, one)| {
        let (officer, hall, convenor) = (&officer, halls[n % 2].clone(), convenors[n].clone());
        let begins = ["09:00", "09:30", "10:00"][n % 3];
        async move { officer.announce(one, 20, (begins, "11:00"), json!({ "hallId": hall, "convenorId": convenor })).await }
    }))
    .await;
    let overlapping = "SELECT count(*) FROM occupancies a JOIN occupancies b ON a.subject_id = b.subject_id AND a.id < b.id AND a.from_at < b.until_at AND b.from_at < a.until_at WHERE a.released_at IS NULL AND b.released_at IS NULL AND a.subject_kind = 'VENUE'";
    let announced = answers.iter().filter(|done| done.0["consultation"]["state"] == "ANNOUNCED").count();
    let others = answers.iter().filter(|done| done.0["consultation"].is_null()).map(|done| done.0["code"].to_string()).collect();
    (app.count(overlapping).await, announced, others)
}

on_both_columns! {
    async fn what_was_looked_into_is_announced_and_takes_hall_and_convenor(app) {
        let (officer, resident) = (app.officer(SPRING).await, app.resident(0).await);
        let proposal = officer.researched(&programme(&app).await, "夜市", 1).await;
        let done = officer.announce(&proposal, 10, ("09:00", "11:00"), json!({})).await.done()["consultation"].clone();
        assert_eq!((&done["state"], &done["sittings"][0]["number"], &done["sittings"][0]["state"]), (&json!("ANNOUNCED"), &json!(1), &json!("ANNOUNCED")));
        let public = resident.consultation(&proposal).await;
        assert_eq!((&public["sittings"][0]["convenor"]["name"], &public["sittings"][0]["capacity"], &public["sittings"][0]["hall"]["name"], &public["sittings"][0]["from"]), (&json!("白常委"), &json!(30), &json!(HALL), &json!("2026-09-10T01:00:00+00:00")));
        assert_eq!(public["parties"], json!(["MEMBER", "RESIDENT", "STAKEHOLDER", "DEPARTMENT", "COMMUNITY"]));
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL").await, 2);
        // The hall is nobody else's then, whatever the thing; touching is not overlapping.
        officer.publish_reception(HALL, "2026-09-10", &[("10:00", "12:00", 1)], json!({})).await.expect_refusal("OVERLAPS");
        officer.publish_reception(HALL, "2026-09-10", &[("11:00", "12:00", 1)], json!({})).await.done();
    }

    async fn what_is_in_the_way_is_named_by_its_kind_and_not_whose(app) {
        let officer = app.officer(SPRING).await;
        let programme = programme(&app).await;
        officer.publish_reception(HALL, "2026-09-10", &[("10:00", "12:00", 1)], json!({})).await.done();
        let one = officer.researched(&programme, "夜市", 1).await;
        let refused = officer.announce(&one, 10, ("09:00", "10:30"), json!({})).await.expect_refusal("HALL_TAKEN");
        assert_eq!((&refused["inTheWay"], &refused["busyFrom"]), (&json!("RECEPTION_DAY"), &json!("2026-09-10T02:00:00+00:00")));
        officer.announce(&one, 10, ("08:00", "10:00"), json!({})).await.done();
        let other = officer.researched(&programme, "停车", 2).await;
        let refused = officer.announce(&other, 10, ("08:30", "09:30"), json!({ "hallId": officer.venue(STUDIO).await })).await.expect_refusal("PERSON_TAKEN");
        assert_eq!(refused["inTheWay"], "SITTING");
        let second = app.member(2).await.member_id().await;
        officer.announce(&other, 10, ("08:30", "09:30"), json!({ "hallId": officer.venue(STUDIO).await, "convenorId": second, "parties": ["RESIDENT"] })).await.done();
        assert_eq!(officer.consultation(&other).await["parties"], json!(["MEMBER", "RESIDENT"]));
    }

    async fn without_research_or_notice_nothing_is_announced(app) {
        let (officer, chair) = (app.officer(SPRING).await, app.person("13800000001").await);
        let programme = programme(&app).await;
        let proposal = officer.propose(&programme, "夜市", json!({})).await.done()["consultation"].clone();
        officer.announce(&proposal, 20, ("09:00", "11:00"), json!({})).await.expect_refusal("STATE_CHANGED");
        chair.meeting(1, json!([{ "consultationId": proposal["id"], "expectedVersion": 1, "verdict": "APPROVED" }])).await.done();
        // Laid aside before anybody looked into it, and taken up again.
        officer.consult("postponeConsultation", &proposal, json!({ "reason": "稍后" })).await.done();
        officer.consult("resumeConsultation", &proposal, json!({})).await.done();
        let moves = officer.consultation(&proposal).await["allowedMoves"].clone();
        let announce = moves.as_array().unwrap().iter().find(|one| one["kind"] == "ANNOUNCE").unwrap().clone();
        assert_eq!(announce["blockedBy"][0]["code"], "NO_RESEARCH");
        officer.announce(&proposal, 20, ("09:00", "11:00"), json!({})).await.expect_refusal("NO_RESEARCH");
        let cause = app.execute("UPDATE consultations SET state = 'ANNOUNCED', version = version + 1").await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("no_research"));
        officer.research(&proposal, "走访十户").await.done();
        // Tuesday the first of September and three working days: Friday the fourth.
        let refused = officer.announce(&proposal, 3, ("09:00", "11:00"), json!({})).await.expect_refusal("NOTICE_TOO_SHORT");
        assert_eq!(refused["earliest"], "2026-09-03T16:00:00+00:00");
        officer.announce(&proposal, 4, ("09:00", "11:00"), json!({})).await.done();
    }

    async fn a_sitting_moves_and_its_old_time_is_free(app) {
        let officer = app.officer(SPRING).await;
        let programme = programme(&app).await;
        let (one, other) = (officer.researched(&programme, "夜市", 1).await, officer.researched(&programme, "停车", 2).await);
        officer.announce(&one, 10, ("09:00", "11:00"), json!({})).await.done();
        let sitting = officer.consultation(&one).await["sittings"][0]["id"].clone();
        let second = app.member(2).await.member_id().await;
        officer.announce(&other, 11, ("09:00", "11:00"), json!({ "convenorId": second })).await.done();
        let to = |from: &str| json!({ "sittingId": sitting, "from": from });
        let refused = officer.consult("changeSitting", &one, to("2026-09-11T10:00:00+08:00")).await.expect_refusal("HALL_TAKEN");
        assert_eq!(refused["inTheWay"], "SITTING");
        officer.consult("changeSitting", &one, to("2026-09-02T09:00:00+08:00")).await.expect_refusal("NOTICE_TOO_SHORT");
        // Half an hour later overlaps nothing but itself.
        officer.consult("changeSitting", &one, to("2026-09-10T09:30:00+08:00")).await.done();
        let moved = officer.consult("changeSitting", &one, json!({ "sittingId": sitting, "hallId": officer.venue(STUDIO).await, "from": "2026-09-12T09:00:00+08:00" })).await.done()["consultation"].clone();
        assert_eq!((&moved["sittings"][0]["from"], &moved["sittings"][0]["until"], &moved["sittings"][0]["hall"]["name"]), (&json!("2026-09-12T01:00:00+00:00"), &json!("2026-09-12T03:00:00+00:00"), &json!(STUDIO)));
        officer.publish_reception(HALL, "2026-09-10", &[("09:00", "11:00", 1)], json!({})).await.done();
        // Somebody else leads it, and has the time; the first one has theirs back, and both know.
        let changed = officer.consult("changeSitting", &one, json!({ "sittingId": sitting, "convenorId": second, "capacity": 12 })).await.done();
        assert_eq!(changed["consultation"]["state"], "ANNOUNCED");
        let seen = officer.consultation(&one).await["sittings"][0].clone();
        assert_eq!((&seen["convenor"]["name"], &seen["capacity"]), (&json!("高委员"), &json!(12)));
        assert_eq!(app.count("SELECT count(*) FROM consultation_sitting_events").await, 5, "where and when it was to be stays");
        app.deliver().await;
        app.execute("DELETE FROM sign_in_codes").await.unwrap();
        assert_eq!(app.member(0).await.notices().await[0], "SITTING_YOURS_GIVEN_BACK");
        let nothing = json!({ "requestId": new_request(), "consultationId": one["id"], "expectedVersion": 9, "sittingId": sitting });
        officer.mutate_error("changeSitting", nothing, "BAD_INPUT").await;
        app.person("13800000103").await;
        let studio = app.studio(STUDIO).await;
        let version = app.person("13800000101").await.ok("query($id: ID!) { studio(id: $id) { version } }", json!({ "id": studio })).await["studio"]["version"].clone();
        app.person(GENERAL).await.mutate("closeStudio", json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": version })).await.expect_refusal("SITTINGS_AHEAD");
        let officer = app.officer(SPRING).await;
        app.set_time("2026-09-12", 9, 0);
        officer.consult("changeSitting", &one, to("2026-09-15T09:00:00+08:00")).await.expect_refusal("SITTING_BEGUN");
    }

    async fn what_is_postponed_or_cancelled_gives_hall_and_convenor_back(app) {
        let officer = app.officer(SPRING).await;
        let programme = programme(&app).await;
        let proposal = officer.researched(&programme, "夜市", 1).await;
        officer.announce(&proposal, 10, ("09:00", "11:00"), json!({})).await.done();
        let postponed = officer.consult("postponeConsultation", &proposal, json!({ "reason": "台风" })).await.done()["consultation"].clone();
        assert_eq!((&postponed["state"], &postponed["sittings"][0]["state"]), (&json!("POSTPONED"), &json!("GIVEN_BACK")));
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL").await, 0);
        officer.consult("resumeConsultation", &proposal, json!({})).await.done();
        let again = officer.announce(&proposal, 15, ("09:00", "11:00"), json!({})).await.done()["consultation"].clone();
        assert_eq!(again["sittings"].as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2]);
        officer.consult("cancelConsultation", &proposal, json!({ "reason": "已解决" })).await.done();
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL").await, 0);
    }

    async fn whoever_leads_has_it_in_their_calendar(app) {
        let officer = app.officer(SPRING).await;
        let proposal = officer.researched(&programme(&app).await, "夜市", 1).await;
        officer.announce(&proposal, 10, ("09:00", "11:00"), json!({})).await.done();
        app.execute("DELETE FROM sign_in_codes").await.unwrap();
        let convenor = app.member(0).await;
        let sitting = convenor.consultation(&proposal).await["sittings"][0].clone();
        assert_eq!(sitting["mine"], true);
        let path = convenor.mutate("openCalendarFeed", json!({ "requestId": new_request(), "name": "手机日历" })).await.done()["path"].clone();
        let read = async || app.client.get(format!("{}{}", app.url, path.as_str().unwrap())).send().await.unwrap().text().await.unwrap();
        let before = read().await;
        let uid = format!("{}@shangyi", sitting["id"].as_str().unwrap());
        assert!(before.contains(&uid) && before.contains("主持协商会") && before.contains("DTSTART:20260910T010000Z") && before.contains("STATUS:CONFIRMED"), "{before}");
        officer.consult("postponeConsultation", &proposal, json!({ "reason": "台风" })).await.done();
        let after = read().await;
        assert!(after.contains(&uid) && after.contains("STATUS:CANCELLED") && after.contains("SEQUENCE:1"), "{after}");
        assert!(!after.contains("夜市"), "when and where, nothing of what");
    }

    async fn leaders_lead_what_is_theirs_and_others_are_told_so(app) {
        let (officer, general) = (app.officer(SPRING).await, app.person(GENERAL).await);
        let programme = general.programme("XIAO_QIE_KOU_DA_MIN_SHENG").await;
        let proposal = officer.researched(&programme, "一老一小", 1).await;
        let member = app.member(2).await.member_id().await;
        let wrong = |more: Value| {
            let mut input = json!({ "requestId": new_request(), "consultationId": proposal["id"], "expectedVersion": 3, "capacity": 30, "from": "2026-09-20T01:00:00Z", "until": "2026-09-20T03:00:00Z" });
            more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
            input
        };
        let (hall, leader) = (officer.venue(HALL).await, app.member(0).await.member_id().await);
        let elsewhere = "member_00000000000000000000000000000000";
        for (field, more) in [
            ("convenorId", json!({ "hallId": hall, "convenorId": member })),
            ("convenorId", json!({ "hallId": hall, "convenorId": elsewhere })),
            ("secretaryId", json!({ "hallId": hall, "convenorId": leader, "secretaryId": elsewhere })),
            ("hallId", json!({ "hallId": "venue_00000000000000000000000000000000", "convenorId": leader })),
            ("capacity", json!({ "hallId": hall, "convenorId": leader, "capacity": 2 })),
            ("until", json!({ "hallId": hall, "convenorId": leader, "until": "2026-09-20T01:05:00Z" })),
            ("until", json!({ "hallId": hall, "convenorId": leader, "until": "2026-09-21T01:00:00Z" })),
            ("from", json!({ "hallId": hall, "convenorId": leader, "from": "2026-08-20T01:00:00Z", "until": "2026-08-20T03:00:00Z" })),
        ] {
            let error = officer.mutate_error("announceConsultation", wrong(more.clone()), "BAD_INPUT").await;
            assert_eq!(error["extensions"]["field"], field, "{more}");
        }
        app.member(2).await.mutate_error("announceConsultation", wrong(json!({ "hallId": hall, "convenorId": leader })), "FORBIDDEN").await;
        app.resident(0).await.mutate_error("announceConsultation", wrong(json!({ "hallId": hall, "convenorId": leader })), "FORBIDDEN").await;
        officer.announce(&proposal, 20, ("09:00", "11:00"), json!({ "secretaryId": member })).await.done();
    }

    async fn those_who_raised_the_topic_are_told_of_each_step_once(app) {
        let (officer, chair, author) = (app.officer(SPRING).await, app.person("13800000001").await, app.resident(0).await);
        let programme = programme(&app).await;
        let accepted = officer.accept(&author.submit_topic("通气").await).await;
        let listed = officer.step("shortlistTopic", &accepted, json!({})).await.done()["topic"].clone();
        let proposal = officer.propose(&programme, "通天然气", json!({ "topicId": listed["id"] })).await.done()["consultation"].clone();
        chair.meeting(1, json!([{ "consultationId": proposal["id"], "expectedVersion": 1, "verdict": "APPROVED" }])).await.done();
        officer.research(&proposal, "走访十户").await.done();
        officer.announce(&proposal, 10, ("09:00", "11:00"), json!({})).await.done();
        let sitting = officer.consultation(&proposal).await["sittings"][0]["id"].clone();
        officer.consult("changeSitting", &proposal, json!({ "sittingId": sitting, "from": "2026-09-11T09:00:00+08:00" })).await.done();
        app.deliver().await;
        officer.consult("postponeConsultation", &proposal, json!({ "reason": "台风" })).await.done();
        app.deliver().await;
        assert_eq!(author.notices().await[..3], ["TOPIC_CONSULTATION_POSTPONED", "TOPIC_CONSULTATION_MOVED", "TOPIC_CONSULTATION_ANNOUNCED"], "each once");
        let notice = author.ok("{ notices(first: 1) { nodes { message consultation { reason sittings { from state } } } } }", json!({})).await;
        let told = &notice["notices"]["nodes"][0]["consultation"];
        assert_eq!((&told["reason"], &told["sittings"][0]["state"]), (&json!("台风"), &json!("GIVEN_BACK")));
    }

    async fn three_free_times_with_the_fewest_conflicts_first(app) {
        let officer = app.officer(SPRING).await;
        let programme = programme(&app).await;
        let one = officer.researched(&programme, "夜市", 1).await;
        officer.announce(&one, 10, ("08:30", "18:00"), json!({ "hallId": officer.venue(STUDIO).await })).await.done();
        let (leader, other) = (app.member(0).await.member_id().await, app.member(2).await.member_id().await);
        let ask = |minutes: i64, from: &str, until: &str| json!({ "people": [leader, other], "minutes": minutes, "from": from, "until": until });
        let mut variables = ask(120, "2026-09-10", "2026-09-10");
        variables["hall"] = officer.venue(HALL).await;
        let found = officer.ok(free(), variables.clone()).await["findTimes"].clone();
        let seen: Vec<(&str, i64)> = found.as_array().unwrap().iter().map(|time| (time["from"].as_str().unwrap(), time["conflicts"].as_i64().unwrap())).collect();
        assert_eq!(seen, [("2026-09-10T10:00:00+00:00", 0), ("2026-09-10T00:30:00+00:00", 1), ("2026-09-10T02:30:00+00:00", 1)]);
        // For a consultation, its notice is kept, and whoever leads it is free.
        let fresh = officer.researched(&programme, "停车", 2).await;
        let query = "query($hall: ID!, $who: ID!, $id: ID!) { findTimes(hallId: $hall, inviteeIds: [], durationMinutes: 120, from: \"2026-09-01\", until: \"2026-09-10\", consultationId: $id, convenorId: $who) { from conflicts } }";
        let found = officer.ok(query, json!({ "hall": officer.venue(HALL).await, "who": leader, "id": fresh["id"] })).await["findTimes"].clone();
        assert_eq!(found[0]["from"], "2026-09-04T00:30:00+00:00", "three working days after Tuesday");
        app.resident(0).await.expect_error(free(), variables.clone(), "FORBIDDEN").await;
        app.nobody().expect_error(free(), variables.clone(), "UNAUTHENTICATED").await;
        for (minutes, from, until) in [(14, "2026-09-10", "2026-09-10"), (60, "2026-09-10", "2026-09-09"), (60, "2026-09-10", "2026-12-10")] {
            let mut wrong = ask(minutes, from, until);
            wrong["hall"] = variables["hall"].clone();
            officer.expect_error(free(), wrong, "BAD_INPUT").await;
        }
    }

    async fn of_sittings_that_overlap_one_a_hall_is_announced(app) {
        let (overlapping, announced, others) = rush(&app).await;
        assert_eq!((overlapping, announced), (0, 2), "{others:?}");
        assert!(others.iter().all(|code| code == "\"HALL_TAKEN\""), "{others:?}");
    }
}

// The negative control: without the rule, and without looking first, a hall is taken twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_rule_the_database_lets_two_things_have_one_hall() {
    let app = TestApp::start(Column::Served).await;
    let officer = app.officer(SPRING).await;
    let proposal = officer.researched(&programme(&app).await, "夜市", 1).await;
    officer.announce(&proposal, 10, ("09:00", "11:00"), json!({})).await.done();
    let twice = "INSERT INTO occupancies (id, occasion_id, subject_kind, subject_id, from_at, until_at) SELECT gen_random_uuid(), occasion_id, subject_kind, subject_id, from_at, until_at FROM occupancies WHERE subject_kind = 'VENUE'";
    let cause = app.execute(twice).await.unwrap_err();
    assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("subject_is_taken"));
    app.execute("ALTER TABLE occupancies DROP CONSTRAINT subject_is_taken").await.unwrap();
    app.execute(twice).await.unwrap();
}
