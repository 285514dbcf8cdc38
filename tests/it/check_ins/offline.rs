//! What phones kept without network: whatever the order and grouping of the uploads, one result.
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use shangyi_tests::{TestApp, kept_in, kept_out, kept_undo, new_request, on_both_columns};

const SPRING: &str = "泉水委员工作室";
const BRIDGE: &str = "石桥委员工作室";

/// One entry of a phone: which phone, minutes after seven, what.
#[derive(Clone, Debug)]
enum Kept {
    In(usize, i64, bool),
    Out(usize, i64, bool),
    Undo(usize, i64, usize),
}

/// Wrong by so many seconds; restarted before it uploads or not.
const PHONES: [(i64, bool); 3] = [(600, false), (-600, true), (0, false)];

fn entries() -> impl Strategy<Value = Vec<Kept>> {
    let kept = prop_oneof![
        4 => (0_usize..3, 0_i64..600, any::<bool>()).prop_map(|(phone, minute, spring)| Kept::In(phone, minute, spring)),
        3 => (0_usize..3, 0_i64..600, any::<bool>()).prop_map(|(phone, minute, spring)| Kept::Out(phone, minute, spring)),
        1 => (0_usize..3, 0_i64..600, 0_usize..6).prop_map(|(phone, minute, of)| Kept::Undo(phone, minute, of)),
    ];
    prop::collection::vec(kept, 6)
}

/// What a member has at the end, without ids: visits and conflicts.
async fn seen(app: &TestApp, phone: &str) -> Value {
    let member = app.person(phone).await;
    let plain =
        |visit: &Value| json!([visit["studio"]["venue"]["name"], visit["inAt"], visit["outAt"], visit["waits"], visit["slot"]["id"].is_null()]);
    let visits: Vec<Value> = member.visits().await.iter().map(plain).collect();
    let account = member.account_id().await.replace("account_", "");
    let literal = match app.column {
        shangyi_tests::Column::Embedded => format!("x'{account}'"),
        shangyi_tests::Column::Served => format!("'{account}'::uuid"),
    };
    let conflicts =
        app.sql(&format!("SELECT kind || ' ' || CAST(at AS TEXT) FROM check_in_conflicts WHERE account_id = {literal} ORDER BY at, kind")).await;
    json!({ "visits": visits, "conflicts": conflicts })
}

/// Both studios, each with a screen that shows its code whenever it is asked.
struct Screens {
    spring: (Value, Value),
    bridge: (Value, Value),
}

impl Screens {
    async fn bind(app: &TestApp) -> Self {
        let mut bound = Vec::new();
        for (name, n) in [(SPRING, 0), (BRIDGE, 1)] {
            let studio = app.studio(name).await;
            let input = json!({ "requestId": new_request(), "studioId": studio, "name": "门口平板" });
            bound.push((studio, app.member(n).await.mutate("bindStudioDevice", input).await.done()["deviceToken"].clone()));
        }
        let bridge = bound.pop().unwrap();
        Self { spring: bound.pop().unwrap(), bridge }
    }

    fn of(&self, at_spring: bool) -> &(Value, Value) {
        if at_spring { &self.spring } else { &self.bridge }
    }

    async fn payload(&self, app: &TestApp, at_spring: bool) -> Value {
        let (studio, token) = self.of(at_spring);
        let query = "query($id: ID!, $token: String!) { studioDisplay(studioId: $id, deviceToken: $token) { payload } }";
        app.nobody().ok(query, json!({ "id": studio, "token": token })).await["studioDisplay"]["payload"].clone()
    }
}

/// Four members keep the same six entries on three phones each, and upload them in another order and grouping each.
async fn one_story(app: &TestApp, screens: &Screens, day: &str, story: &[Kept], orders: &mut TestRunner) {
    let studio = |at_spring: bool| &screens.of(at_spring).0;
    let mut ready: Vec<(Kept, Value, Value)> = Vec::new();
    for kept in story {
        let (Kept::In(phone, minute, _) | Kept::Out(phone, minute, _) | Kept::Undo(phone, minute, _)) = kept;
        app.set_time(day, 7, *minute);
        let code = match kept {
            Kept::In(_, _, at_spring) => screens.payload(app, *at_spring).await,
            _ => Value::Null,
        };
        ready.push((kept.clone(), code, app.clock_off_by(PHONES[*phone].0, "first")));
    }
    let mut first: Option<Value> = None;
    for n in 2..6 {
        app.set_time(day, 20, 0);
        let phone = app.phone_of("MEMBER", n);
        let member = app.person(phone).await;
        let made: Vec<Value> = ready
            .iter()
            .map(|(kept, code, clock)| match kept {
                Kept::In(_, _, at_spring) => kept_in(studio(*at_spring), code, clock.clone()),
                Kept::Out(_, _, at_spring) => kept_out(studio(*at_spring), clock.clone()),
                Kept::Undo(..) => json!({ "requestId": new_request(), "clock": clock }),
            })
            .collect();
        let made: Vec<Value> = made
            .iter()
            .zip(story)
            .map(|(entry, kept)| match kept {
                Kept::Undo(_, _, of) => {
                    let mut undo = kept_undo(studio(true), &made[*of], entry["clock"].clone());
                    undo["requestId"] = entry["requestId"].clone();
                    undo
                }
                _ => entry.clone(),
            })
            .collect();
        let order = Just((0..6).collect::<Vec<usize>>()).prop_shuffle().new_tree(orders).unwrap().current();
        let cuts = prop::bits::u8::masked(0b1_1111).new_tree(orders).unwrap().current();
        let mut group: Vec<usize> = Vec::new();
        for (place, entry) in order.iter().enumerate() {
            group.push(*entry);
            if place == 5 || cuts & (1 << place) != 0 {
                // A phone uploads its own; one upload a phone.
                for (device, (off_by, restarted)) in PHONES.iter().enumerate() {
                    let own: Vec<Value> = group
                        .iter()
                        .filter(
                            |entry| matches!(&story[**entry], Kept::In(phone, ..) | Kept::Out(phone, ..) | Kept::Undo(phone, ..) if *phone == device),
                        )
                        .map(|entry| made[*entry].clone())
                        .collect();
                    if !own.is_empty() {
                        let results = member.sync(&format!("手机{device}"), *off_by, if *restarted { "second" } else { "first" }, &own).await;
                        assert!(results.iter().all(|result| result["__typename"] == "CheckInPayload"), "{results:?}");
                    }
                }
                group.clear();
            }
        }
        let seen = seen(app, phone).await;
        let seen = rounded(seen);
        match &first {
            Some(first) => assert_eq!(&seen, first, "{story:?} in the order {order:?}, cut {cuts:b}"),
            None => first = Some(seen),
        }
    }
}

/// Times to the second: the moment of an upload differs by microseconds, which is the phone's latency and not the order.
fn rounded(mut seen: Value) -> Value {
    for visit in seen["visits"].as_array_mut().unwrap() {
        for place in [1, 2] {
            if let Some(text) = visit[place].as_str() {
                let at = chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp();
                visit[place] = json!((at + 15) / 30);
            }
        }
    }
    for conflict in seen["conflicts"].as_array_mut().unwrap() {
        let (kind, at) = conflict.as_str().unwrap().split_once(' ').unwrap();
        *conflict = json!([kind, (at.parse::<i64>().unwrap() + 15_000_000) / 30_000_000]);
    }
    seen["conflicts"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    seen
}

on_both_columns! {
    async fn two_hundred_random_uploads_come_to_one_result(app) {
        // Fifty stories, each by four members in an order and grouping of their own.
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
        // The four have duty together on working days, so that some entries fall in their own time.
        let (officer, studio) = (app.officer("听泉街道联络委").await, app.studio(SPRING).await);
        let mut members = Vec::new();
        for n in 2..6 {
            members.push(app.member(n).await.member_id().await);
        }
        let set = json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": 1, "memberIds": members });
        officer.mutate("setStudioMembers", set).await.done();
        let weekdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"];
        let rule = json!({ "repeat": { "weekdays": weekdays }, "begins": "09:00", "ends": "11:00", "membersPerSlot": 4, "onDayOff": "SKIP" });
        let plan = "query($id: ID!, $rule: RosterRuleInput!) { planRoster(studioId: $id, rule: $rule, from: \"2026-09-02\", until: \"2026-10-31\") { fingerprint } }";
        let plan = officer.ok(plan, json!({ "id": studio, "rule": rule })).await;
        let publish = json!({ "requestId": new_request(), "studioId": studio, "rule": rule, "from": "2026-09-02", "until": "2026-10-31",
            "fingerprint": plan["planRoster"]["fingerprint"] });
        assert!(officer.mutate("publishRoster", publish).await.done()["slots"].as_array().unwrap().len() > 100);
        let screens = Screens::bind(&app).await;
        for n in 0..50 {
            let story = entries().new_tree(&mut runner).unwrap().current();
            let day = format!("2026-{:02}-{:02}", 9 + n / 25, 2 + n % 25);
            one_story(&app, &screens, &day, &story, &mut runner).await;
            app.execute("DELETE FROM sign_in_codes").await.unwrap();
        }
        for sql in ["SELECT count(*) FROM visits WHERE slot_id IS NOT NULL AND waits = FALSE", "SELECT count(*) FROM check_in_conflicts WHERE kind = 'TWO_PLACES'",
            "SELECT count(*) FROM check_in_conflicts WHERE kind = 'OUT_WITHOUT_IN'", "SELECT count(*) FROM check_in_facts WHERE what = 'UNDO'"] {
            assert!(app.count(sql).await > 4, "the stories show little: {sql}");
        }
    }

    async fn one_bad_entry_never_fails_the_batch(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        let good = || kept_in(&studio, &code, app.clock());
        let broken = |path: &str, value: Value| {
            let mut entry = good();
            *entry.pointer_mut(path).unwrap() = value;
            entry
        };
        let mut too_old = kept_out(&studio, app.clock());
        too_old["clock"]["elapsedMs"] = json!(too_old["clock"]["elapsedMs"].as_i64().unwrap() - 15 * 86_400_000);
        let mut long = kept_out(&studio, app.clock());
        long["what"]["checkOut"]["log"] = json!({ "residents": 1, "matters": ["长".repeat(201)] });
        let entries = [
            broken("/requestId", json!("nonsense")),
            broken("/clock/deviceTime", json!("yesterday")),
            broken("/clock/bootId", json!("")),
            broken("/what/checkIn/studioId", json!("venue_x")),
            broken("/what/checkIn/studioId", json!("venue_00000000000000000000000000000000")),
            broken("/what/checkIn/by", json!({ "code": "\0" })),
            too_old,
            long,
            good(),
        ];
        let results = member.sync("手机", 0, "boot", &entries).await;
        let told: Vec<&str> = results.iter().map(|result| result["unreadable"].as_str().or(result["code"].as_str()).unwrap_or("stored")).collect();
        assert_eq!(told, ["BAD_INPUT", "BAD_INPUT", "BAD_INPUT", "BAD_INPUT", "UNKNOWN_STUDIO", "CODE_INVALID", "TOO_OLD", "BAD_INPUT", "stored"]);
        assert_eq!(app.count("SELECT count(*) FROM check_in_facts").await, 1);
        for input in [json!([]), json!(vec![good(); 201])] {
            let input = json!({ "deviceId": "手机", "now": app.clock(), "entries": input });
            member.mutate_error("syncCheckIns", input, "BAD_INPUT").await;
        }
    }

    async fn an_upload_may_be_longer_than_any_other_request(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        let mut entries: Vec<Value> = (0..100).map(|_| kept_out(&studio, app.clock())).collect();
        for entry in &mut entries {
            entry["what"]["checkOut"]["log"] = json!({ "residents": 1, "matters": vec!["事项".repeat(50); 4] });
        }
        entries[0] = kept_in(&studio, &code, app.clock());
        assert!(json!(entries).to_string().len() > 128 << 10);
        assert_eq!(member.sync("手机", 0, "boot", &entries).await.len(), 100);
        let long = json!({ "query": "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }", "variables": { "input": { "name": "长".repeat(30_000) } } });
        assert_eq!(app.raw(member.request(&long)).await.0, 413);
    }

    async fn a_phone_set_anew_and_restarted_waits_for_the_convenor_instead_of_losing_the_check_in(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        let entry = kept_in(&studio, &code, app.clock_off_by(0, "first"));
        app.advance(600);
        let results = member.sync("手机", 7200, "second", &[entry]).await;
        assert_eq!(results[0]["visit"]["waits"], true, "{results:?}");
        let open = convenor.ok("{ checkInConflicts { nodes { kind } } }", json!({})).await;
        assert_eq!(open["checkInConflicts"]["nodes"][0]["kind"], "CLOCK_UNSURE");
    }

    async fn an_answer_lost_online_is_found_again_by_the_upload(app) {
        let (convenor, member, studio) = (app.member(0).await, app.member(2).await, app.studio(SPRING).await);
        let code = convenor.display(&studio).await["payload"].clone();
        let input = member.check_in_input(&studio, &code);
        member.mutate("checkIn", input.clone()).await.done();
        let mut kept = kept_in(&studio, &code, app.clock());
        kept["requestId"] = input["requestId"].clone();
        assert_eq!(member.sync("手机", 0, "boot", &[kept]).await[0]["replayed"], true);
        assert_eq!(app.count("SELECT count(*) FROM check_in_facts").await, 1);
    }
}
