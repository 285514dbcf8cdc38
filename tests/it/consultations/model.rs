//! Walks: one consultation is moved at random by everybody there is; what comes of it, and what `allowedMoves` said before, is what the table
//! says of the facts as they stand in the database.
use serde_json::{Value, json};
use shangyi::consultations::consultation_moves::{self as moves, Facts, Move, No, Standing};
use shangyi_entities::consultation::ConsultationState as S;
use shangyi_tests::{Column, Person, TestApp, new_request};
use std::collections::BTreeSet;

/// The same numbers at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

struct Role<'a> {
    name: &'static str,
    person: Person<'a>,
    /// What the role is to the consultation, whatever has been done of it.
    is: Standing,
}

/// The moves that people make by a call, each with its mutation.
const CALLS: [(Move, &str); 20] = [
    (Move::SelectLocally, "selectConsultation"),
    (Move::Research, "addResearch"),
    (Move::Announce, "announceConsultation"),
    (Move::Invite, "invite"),
    (Move::StartSitting, "startSitting"),
    (Move::RecordAttendance, "recordAttendance"),
    (Move::AddSitting, "addSitting"),
    (Move::DraftMinutes, "draftMinutes"),
    (Move::PublishMinutes, "publishMinutes"),
    (Move::AmendMinutes, "amendMinutes"),
    (Move::Report, "reportConsultation"),
    (Move::RecordInstruction, "recordInstruction"),
    (Move::Rate, "evaluateConsultation"),
    (Move::Close, "closeConsultation"),
    (Move::Reopen, "reopenConsultation"),
    (Move::Postpone, "postponeConsultation"),
    (Move::Resume, "resumeConsultation"),
    (Move::Cancel, "cancelConsultation"),
    // Again, so that walks come further.
    (Move::StartSitting, "startSitting"),
    (Move::PublishMinutes, "publishMinutes"),
];

/// What leads towards the end.
const ONWARD: [Move; 7] = [Move::Announce, Move::StartSitting, Move::PublishMinutes, Move::Report, Move::Rate, Move::Close, Move::Reopen];

fn word(kind: Move) -> String {
    async_graphql::resolver_utils::enum_value(kind).to_string()
}

fn state(text: &Value) -> S {
    sea_orm::ActiveEnum::try_from_value(&text.as_str().expect("a state").to_owned()).expect("a known state")
}

/// What has been done, as the rows say.
async fn facts(app: &TestApp) -> Facts {
    let now = app.app.clock.now().0;
    let is = async |sql: String| app.count(&format!("SELECT count(*) FROM consultations c WHERE {sql}")).await > 0;
    let last = "SELECT m.id FROM consultation_minutes m WHERE m.number = (SELECT max(number) FROM consultation_minutes)";
    let signed = "EXISTS (SELECT 1 FROM minutes_signatures g WHERE g.minutes_id IN (LAST) AND g.convenor AND NOT g.objects)
        AND NOT EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.state = 'HELD' AND s.changed_at > (SELECT m.at FROM consultation_minutes m WHERE m.id IN (LAST)))";
    let drafted = is(format!("EXISTS (SELECT 1 FROM consultation_minutes m WHERE m.id IN ({last}) AND m.published_at IS NULL)")).await;
    Facts {
        begins: is(format!("EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.state = 'ANNOUNCED' AND s.from_at - 1800000000 <= {now})")).await,
        attended: is("EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.state = 'HELD') AND NOT EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.state = 'HELD' AND NOT EXISTS (SELECT 1 FROM consultation_attendance a WHERE a.sitting_id = s.id))".to_owned()).await,
        drafted,
        items_whole: drafted && is(format!("NOT EXISTS (SELECT 1 FROM minutes_items i WHERE i.minutes_id IN ({last}) AND (i.unit_id IS NULL OR i.due_at IS NULL))")).await,
        signed: drafted && is(signed.replace("LAST", last)).await,
        tracked: is("EXISTS (SELECT 1 FROM agreed_items)".to_owned()).await,
        open: is("EXISTS (SELECT 1 FROM agreed_items WHERE ended_at IS NULL)".to_owned()).await,
        rated: is(format!("EXISTS (SELECT 1 FROM consultation_evaluations e WHERE e.outside AND e.round = c.round) OR c.rating_since + 2592000000000 <= {now}")).await,
    }
}

/// What a role is to it now.
async fn standing(app: &TestApp, role: &Role<'_>, facts: Facts) -> Standing {
    let minuted = app.count("SELECT count(*) FROM consultations WHERE minuted_at IS NOT NULL").await > 0;
    let seen = role.person.conduct(&json!({ "id": null_id(app).await })).await;
    let there = seen["myPart"]["presentAt"].as_array().is_some_and(|all| !all.is_empty());
    let account = role.person.account_id().await;
    let rated = app.app.db.read();
    let has_rated = {
        use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
        use shangyi_entities::{consultation, consultation_evaluation as evaluation};
        let id = shangyi::kernel::Gid::<shangyi_entities::AccountId>::parse(&account).expect("an id").0;
        let round = consultation::Entity::find().one(rated).await.expect("rows").map_or(1, |row| row.round);
        let query = evaluation::Entity::find().filter(evaluation::Column::AccountId.eq(id)).filter(evaluation::Column::Round.eq(round));
        query.count(rated).await.expect("a count") > 0
    };
    let researched = app.count("SELECT count(*) FROM consultation_research").await > 0;
    // Who kept the minutes of a sitting that took place, or is to.
    let sittings = app.count("SELECT count(*) FROM consultation_sittings WHERE state <> 'GIVEN_BACK'").await > 0;
    let on = !matches!(state(&seen["state"]), S::Proposed | S::Selected | S::Researching | S::Postponed | S::Cancelled);
    Standing {
        took_part: minuted && there,
        has_rated: minuted && has_rated,
        researched,
        secretary: role.name == "officer" && sittings && on,
        facts: if on { facts } else { Facts::default() },
        ..role.is
    }
}

/// The one consultation there is.
async fn null_id(app: &TestApp) -> Value {
    use sea_orm::EntityTrait;
    let row = shangyi_entities::consultation::Entity::find().one(app.app.db.read()).await.expect("rows").expect("one");
    json!(shangyi::kernel::Gid(row.id).to_string())
}

struct Walk<'a> {
    app: &'a TestApp,
    roles: Vec<Role<'a>>,
    consultation: Value,
    hall: Value,
    convenor: Value,
    unit: Value,
}

impl Walk<'_> {
    async fn input(&self, name: &str, seen: &Value, dice: &mut Dice) -> Value {
        let mut input = json!({ "requestId": new_request(), "consultationId": self.consultation["id"] });
        let day = shangyi::kernel::clock::local_day(self.app.app.clock.now().plus_seconds(12 * 86_400));
        let mut more = match name {
            "addResearch" => json!({ "kind": "VISIT", "day": self.app.today(), "text": "走访" }),
            "announceConsultation" | "addSitting" => {
                json!({ "hallId": self.hall, "convenorId": self.convenor, "capacity": 30, "from": format!("{day}T09:00:00+08:00"), "until": format!("{day}T11:00:00+08:00") })
            }
            "invite" => {
                json!({ "invitees": [{ "person": { "who": { "name": "来宾", "contact": "无", "channel": "VISIT" }, "party": "RESIDENT" } }] })
            }
            "recordAttendance" => {
                let held = seen["sittings"].as_array().unwrap().iter().rfind(|one| one["state"] == "HELD").cloned().unwrap_or_default();
                let all: Vec<Value> =
                    seen["participants"].as_array().map(|all| all.iter().map(|one| one["id"].clone()).collect()).unwrap_or_default();
                let sitting = held["id"].as_str().unwrap_or("sitting_00000000000000000000000000000000").to_owned();
                json!({ "sittingId": sitting, "present": all })
            }
            "draftMinutes" | "amendMinutes" => {
                let whole = dice.below(4) > 0;
                let items = match (dice.below(3), whole) {
                    (0, _) => json!([]),
                    (_, true) => json!([{ "task": "办一件", "unitId": self.unit, "dueOn": "2029-12-31" }]),
                    (_, false) => json!([{ "task": "办一件" }]),
                };
                let last = self.roles[0].person.last_draft(&self.consultation).await["id"].clone();
                json!({ "afterId": last, "text": "纪要", "items": items })
            }
            "publishMinutes" => {
                let last = self.roles[0].person.last_draft(&self.consultation).await["id"].clone();
                json!({ "minutesId": last.as_str().unwrap_or("minutes_00000000000000000000000000000000") })
            }
            "reportConsultation" => json!({ "recipients": ["区政府"] }),
            "recordInstruction" => json!({ "givenBy": "区长", "day": self.app.today(), "text": "抓紧" }),
            "evaluateConsultation" => json!({ "stars": [4, 4, 4, 4] }),
            "reopenConsultation" | "postponeConsultation" | "cancelConsultation" => json!({ "reason": "试试" }),
            _ => json!({}),
        };
        if !["addResearch", "invite", "recordAttendance", "draftMinutes", "amendMinutes", "recordInstruction", "evaluateConsultation"].contains(&name)
        {
            more["expectedVersion"] = seen["version"].clone();
        }
        more.as_object().unwrap().iter().for_each(|(key, value)| input[key] = value.clone());
        input
    }

    /// What is no move of the consultation goes on, too: time, signatures, items.
    async fn life(&self, seen: &Value, dice: &mut Dice) {
        match dice.below(6) {
            0 => {
                if let Some(next) = seen["sittings"].as_array().unwrap().iter().find(|one| one["state"] == "ANNOUNCED") {
                    let id = shangyi::kernel::Gid::<shangyi_entities::SittingId>::parse(next["id"].as_str().unwrap()).unwrap().0;
                    use sea_orm::EntityTrait;
                    let row = shangyi_entities::consultation_sitting::Entity::find_by_id(id).one(self.app.app.db.read()).await.unwrap().unwrap();
                    let at = row.from_at.plus_seconds(-600);
                    if at > self.app.app.clock.now() {
                        self.app.advance(at.seconds_since(self.app.app.clock.now()));
                    }
                }
            }
            1 | 2 if !self.roles[0].person.last_draft(&self.consultation).await.is_null() => {
                let convenor = self.app.fresh("13800000101").await;
                convenor.sign(&self.consultation).await;
            }
            3 | 4 => {
                for item in seen["items"].as_array().cloned().unwrap_or_default() {
                    let number = item["number"].as_i64().unwrap();
                    let given = item["handOvers"]
                        .as_array()
                        .is_some_and(|all| all.last().is_some_and(|one| one["state"] != "REPLIED" && one["state"] != "RECALLED"));
                    if item["endedAt"].is_null() && given {
                        let unit = self.app.fresh("13800000013").await;
                        unit.handles("replyToHandOver", &self.consultation, number, json!({ "text": "办不了", "cannot": true })).await;
                        let officer = self.app.fresh_officer().await;
                        let now = officer.item(&self.consultation, number).await;
                        officer.on_item("acknowledgeCannot", &self.consultation, number, json!({ "expectedVersion": now["version"] })).await;
                    }
                }
            }
            _ => self.app.deliver().await,
        }
    }

    async fn step(&self, dice: &mut Dice, taken: &mut BTreeSet<String>, reached: &mut BTreeSet<String>) -> bool {
        let before = self.roles[1].person.conduct(&self.consultation).await;
        let stands = state(&before["state"]);
        reached.insert(before["state"].as_str().unwrap().to_owned());
        if stands == S::Cancelled {
            return false;
        }
        let facts = facts(self.app).await;
        // Mostly what is possible: a walk of refusals leads nowhere.
        let mut role = &self.roles[dice.below(self.roles.len())];
        let (mut kind, mut name) = CALLS[dice.below(CALLS.len())];
        if dice.below(4) > 0 {
            role = &self.roles[dice.below(4)];
            let possible: Vec<(Move, &str)> = {
                let standing = standing(self.app, role, facts).await;
                let makes = |kind: Move| moves::judge(kind, stands, standing).is_ok();
                let detours = [Move::Cancel, Move::Postpone, Move::AddSitting];
                // A new draft has to be signed anew.
                let again = |kind: Move| matches!(kind, Move::DraftMinutes | Move::AmendMinutes) && facts.drafted && facts.items_whole;
                let stops = |kind: Move| (detours.contains(&kind) || again(kind)) && dice_is_kind(dice);
                CALLS.iter().copied().filter(|(kind, _)| makes(*kind) && !stops(*kind)).collect()
            };
            let onward: Vec<(Move, &str)> = possible.iter().copied().filter(|(kind, _)| ONWARD.contains(kind)).collect();
            let from = if onward.is_empty() || dice.below(3) == 0 { possible } else { onward };
            if !from.is_empty() {
                (kind, name) = from[dice.below(from.len())];
            }
        }
        let minuted = !before["minutedAt"].is_null();
        if name == "publishMinutes" && minuted {
            kind = Move::PublishAmendment;
        }
        let standing = standing(self.app, role, facts).await;
        let listed: BTreeSet<String> = role.person.conduct(&self.consultation).await["allowedMoves"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one["kind"],
                    one["to"],
                    one["blockedBy"].as_array().unwrap().iter().map(|no| no["code"].to_string()).collect::<String>()
                )
            })
            .collect();
        let table: BTreeSet<String> = moves::allowed(stands, standing)
            .map(|(kind, to, no)| {
                format!(
                    "\"{}\" \"{}\" {}",
                    word(kind),
                    sea_orm::ActiveEnum::to_value(&to),
                    no.iter().map(|no| format!("\"{}\"", no.code())).collect::<String>()
                )
            })
            .collect();
        assert_eq!(listed, table, "{} at {stands:?} {standing:?}", role.name);
        let input = self.input(name, &before, dice).await;
        let kind_of = if name == "amendMinutes" { "draftMinutes" } else { name };
        let text = format!(
            "mutation($input: {}{}Input!) {{ {name}(input: $input) {{ ... on ConsultationPayload {{ consultation {{ state }} }} ... on Refusal {{ code }} }} }}",
            kind_of[..1].to_uppercase(),
            &kind_of[1..]
        );
        let answer = role.person.call(&text, json!({ "input": input })).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str().or(answer["data"][name]["code"].as_str());
        let after = state(&self.roles[1].person.conduct(&self.consultation).await["state"]);
        let what = format!("{} {name} at {stands:?} {standing:?}: {answer}", role.name);
        match moves::judge(kind, stands, standing) {
            Ok(to) => {
                assert_eq!(code, None, "{what}");
                taken.insert(word(kind));
                // And what follows by itself.
                let facts = facts_after(self.app).await;
                let then = moves::by_itself(Move::Track, to, facts).unwrap_or(to);
                let then = moves::by_itself(Move::Evaluate, then, facts).unwrap_or(then);
                assert_eq!(after, then, "{what}");
            }
            Err(No::NotYours) => assert_eq!((code, after), (Some("FORBIDDEN"), stands), "{what}"),
            Err(no) => assert_eq!((code, after), (Some(no.code()), stands), "{what}"),
        }
        let seen = self.roles[1].person.conduct(&self.consultation).await;
        self.life(&seen, dice).await;
        true
    }
}

async fn facts_after(app: &TestApp) -> Facts {
    facts(app).await
}

/// Ends that come early are taken seldom.
fn dice_is_kind(dice: &Dice) -> bool {
    !(dice.0 >> 20).is_multiple_of(8)
}

async fn walk(column: Column, seed: u64, steps: usize) -> (BTreeSet<String>, BTreeSet<String>) {
    let app = TestApp::start(column).await;
    app.note_time_set();
    let programme = app.person("13800000002").await.programme("YOU_SHI_LAI_XIE_SHANG").await;
    let consultation = app.fresh_officer().await.researched(&programme, "夜市", 1).await;
    let desk = Standing { desk: true, organiser: true, officer: true, proposed: true, special: true, ..Standing::default() };
    app.forget_codes().await;
    let roles = vec![
        Role { name: "officer", person: app.officer("听泉街道联络委").await, is: desk },
        Role {
            name: "general desk",
            person: app.person("13800000002").await,
            is: Standing { desk: true, office: true, meeting: true, special: true, ..Standing::default() },
        },
        Role { name: "resident", person: app.resident(0).await, is: Standing { special: true, ..Standing::default() } },
        Role { name: "convenor", person: app.member(0).await, is: Standing { special: true, ..Standing::default() } },
        Role { name: "chair", person: app.person("13800000001").await, is: Standing { meeting: true, special: true, ..Standing::default() } },
        Role { name: "unit", person: app.person("13800000013").await, is: Standing { special: true, ..Standing::default() } },
        Role { name: "officer elsewhere", person: app.officer("石桥街道联络委").await, is: Standing { special: true, ..Standing::default() } },
        Role { name: "member", person: app.member(4).await, is: Standing { special: true, ..Standing::default() } },
    ];
    let hall = roles[0].person.venue("听泉街道协商议事厅").await;
    let convenor = roles[3].person.member_id().await;
    let unit = app.organisation("区城市管理局").await;
    let world = Walk { app: &app, roles, consultation, hall, convenor, unit };
    let mut dice = Dice(seed);
    let (mut taken, mut reached) = (BTreeSet::new(), BTreeSet::new());
    // The resident comes along: somebody from outside.
    for _ in 0..steps {
        let seen = world.roles[1].person.conduct(&world.consultation).await;
        let next = seen["sittings"].as_array().unwrap().iter().find(|one| one["state"] == "ANNOUNCED");
        if let (Some(next), true) = (next, world.roles[2].person.conduct(&world.consultation).await["myPart"].is_null()) {
            world.roles[2].person.ask(next, json!({})).await;
        }
        if !world.step(&mut dice, &mut taken, &mut reached).await {
            break;
        }
    }
    (taken, reached)
}

async fn walks(column: Column) {
    let (mut taken, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for seed in 1..4 {
        let (moves, states) = walk(column, seed * 77, 60).await;
        taken.extend(moves);
        reached.extend(states);
    }
    assert!(taken.len() >= 12 && reached.len() >= 8, "{taken:?} {reached:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_move_by_every_role_is_what_the_table_says_embedded() {
    walks(Column::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_move_by_every_role_is_what_the_table_says_served() {
    walks(Column::Served).await;
}
