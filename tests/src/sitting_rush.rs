//! Many at once on sittings: officers announce and move overlapping ones in a few halls while members accept and exchange; and a hall full
//! of people votes. Used by tests, and for longer by `bench/consultations`.
use crate::reception_rush::Dice;
use crate::{Person, TestApp, new_request};
use futures_util::StreamExt;
use serde_json::{Value, json};
use shangyi::auth::store;
use shangyi::kernel::cx::Who;
use shangyi::kernel::{Cx, Locale};
use shangyi::organisation;
use shangyi_entities::appointment::Role;
use shangyi_entities::venue::{self, VenueKind};
use shangyi_entities::{AccountId, OrganisationId, organisation as organisations};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Days from now on which everything is.
const AHEAD: i64 = 40;

/// What a rush came to.
#[derive(Debug, Default)]
pub struct SittingRush {
    /// Done, by mutation.
    pub done: BTreeMap<&'static str, usize>,
    /// Refused, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Anything else: errors.
    pub others: Vec<String>,
    /// What holds no more: subjects with two things at once, seats that are not those of the replies, halls too full.
    pub broken: Vec<String>,
}

struct World<'a> {
    app: &'a TestApp,
    urls: Vec<String>,
    officers: Vec<String>,
    members: Vec<String>,
    member_ids: Vec<Value>,
    halls: Vec<Value>,
    consultations: Vec<Value>,
    found: Mutex<SittingRush>,
}

const FIELDS: &str = "__typename ... on ConsultationPayload { consultation { version sittings { id state } } } ... on Refusal { code }";

impl World<'_> {
    async fn send(&self, n: usize, token: &str, name: &'static str, input: Value) -> Value {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {FIELDS} }} }}");
        let body = json!({ "query": query, "variables": { "input": input } });
        let url = &self.urls[n % self.urls.len()];
        let answer = self.app.client.post(format!("{url}/graphql")).bearer_auth(token).json(&body).send().await;
        let answer = match answer {
            Ok(answer) => answer.json::<Value>().await.unwrap_or_default(),
            Err(error) => json!({ "errors": error.to_string() }),
        };
        let told = answer["data"][name].clone();
        let mut found = self.found.lock().unwrap();
        match (told["consultation"].is_object(), told["code"].as_str()) {
            (true, _) => *found.done.entry(name).or_default() += 1,
            (_, Some(code)) => *found.refused.entry(format!("{name} {code}")).or_default() += 1,
            _ => found.others.push(format!("{name}: {answer}")),
        }
        told
    }

    async fn version(&self, n: usize, id: &Value) -> (Value, Value) {
        let body = json!({ "query": "query($id: ID!) { consultation(id: $id) { version sittings { id state } } }", "variables": { "id": id } });
        let url = &self.urls[n % self.urls.len()];
        let answer = self.app.client.post(format!("{url}/graphql")).bearer_auth(&self.officers[0]).json(&body).send().await;
        let seen = answer.expect("an answer").json::<Value>().await.unwrap_or_default()["data"]["consultation"].clone();
        let sitting = seen["sittings"].as_array().and_then(|all| all.iter().rfind(|one| one["state"] == "ANNOUNCED")).cloned();
        (seen["version"].clone(), sitting.unwrap_or_default()["id"].clone())
    }

    /// A time on the day that overlaps with most others.
    fn time(&self, dice: &mut Dice) -> (String, String) {
        let day = shangyi::kernel::clock::local_day(self.app.app.clock.now().plus_seconds(AHEAD * 86_400));
        let begins = 9 + dice.below(5);
        (format!("{day}T{begins:02}:{:02}:00+08:00", [0, 30][dice.below(2)]), format!("{day}T{:02}:00:00+08:00", begins + 2))
    }

    async fn announce(&self, n: usize, dice: &mut Dice) {
        let (from, until) = self.time(dice);
        let (id, officer) = (&self.consultations[n], &self.officers[n % self.officers.len()]);
        let (version, _) = self.version(n, id).await;
        let convenor = &self.member_ids[self.member_ids.len() / 2 + n % (self.member_ids.len() / 2)];
        let hall = &self.halls[dice.below(self.halls.len())];
        let input = json!({ "requestId": new_request(), "consultationId": id, "expectedVersion": version, "hallId": hall, "from": from, "until": until, "convenorId": convenor, "capacity": 12 });
        self.send(n, officer, "announceConsultation", input).await;
    }

    async fn officer_goes_on(&self, n: usize, turn: usize) {
        let dice = &mut Dice((n * 31 + turn) as u64 + 7);
        let id = &self.consultations[n];
        let (version, sitting) = self.version(n, id).await;
        if sitting.is_null() {
            return self.announce(n, dice).await;
        }
        let officer = &self.officers[n % self.officers.len()];
        let (from, until) = self.time(dice);
        let hall = &self.halls[dice.below(self.halls.len())];
        let input = json!({ "requestId": new_request(), "consultationId": id, "expectedVersion": version, "sittingId": sitting, "hallId": hall, "from": from, "until": until });
        self.send(n, officer, "changeSitting", input).await;
    }

    async fn member_goes_on(&self, n: usize, turn: usize) {
        let dice = &mut Dice((n * 131 + turn) as u64 + 11);
        let mut replies = Vec::new();
        for _ in 0..12 {
            let (_, sitting) = self.version(n, &self.consultations[dice.below(self.consultations.len())]).await;
            if sitting.is_null() || replies.len() == 3 {
                continue;
            }
            let answer = ["ATTEND", "ATTEND", "ATTEND", "DECLINE"][dice.below(4)];
            let input = json!({ "requestId": new_request(), "sittingId": sitting, "answer": answer, "releaseFirst": dice.below(2) == 0, "wait": dice.below(2) == 0 });
            replies.push(input);
        }
        // A member with three phones in hand.
        let sent = replies.into_iter().enumerate().map(|(more, input)| self.send(n + more, &self.members[n], "respondToInvitation", input));
        futures_util::future::join_all(sent).await;
    }

    async fn invite_everybody(&self, invited: usize) {
        for (n, id) in self.consultations.iter().enumerate() {
            if self.version(n, id).await.1.is_null() {
                continue;
            }
            let invitees: Vec<Value> = self.member_ids[..invited].iter().map(|id| json!({ "member": id })).collect();
            self.send(n, &self.officers[0], "invite", json!({ "requestId": new_request(), "consultationId": id, "invitees": invitees })).await;
        }
    }
}

impl TestApp {
    /// So many liaison officers of the first street, and halls there.
    async fn officers_and_halls(&self, officers: usize, halls: usize) -> (Vec<String>, Vec<Value>) {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let app = &self.app;
        let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "crowd".to_owned());
        let named = organisations::Entity::find().filter(organisations::Column::Name.eq("听泉街道联络委"));
        let street = named.one(app.db.read()).await.expect("organisations").expect("the liaison committee");
        let (street_id, committee): (OrganisationId, OrganisationId) = (street.id, street.committee_id);
        let (accounts, venues) = app
            .db
            .write_plain(|tx| async move {
                let mut accounts: Vec<AccountId> = Vec::new();
                for _ in 0..officers {
                    let account = store::add_account(&*tx, &app.keys, cx.new_id(), None, None, cx.now()).await?.id;
                    let post = organisation::Post {
                        account,
                        role: Role::LiaisonOfficer,
                        desk: None,
                        committee,
                        scope: organisation::PostScope::Organisation(street_id),
                        from: cx.now().plus_seconds(-86_400),
                        until: None,
                    };
                    organisation::grant_by_operator(&tx, cx, post).await?;
                    accounts.push(account);
                }
                let mut venues = Vec::new();
                for n in 0..halls {
                    let row = venue::Model {
                        id: cx.new_id(),
                        committee_id: committee,
                        kind: VenueKind::ConsultationHall,
                        name: format!("第{n}协商室"),
                        division_code: "990101001001".to_owned(),
                        place_id: None,
                        address: "听泉路".to_owned(),
                        theme: None,
                        latitude: None,
                        longitude: None,
                        radius_metres: None,
                        datum: None,
                        created_at: cx.now(),
                        closed_at: None,
                        version: 1,
                    };
                    venues.push(json!(shangyi::kernel::Gid(row.id).to_string()));
                    organisation::add_venue(&tx, row).await?;
                }
                Ok((accounts, venues))
            })
            .await
            .expect("officers and halls");
        (self.signed_in(accounts).await, venues)
    }

    /// Takes away what keeps a subject to one thing at a time, in the database and before it: for negative controls on PostgreSQL.
    pub async fn without_the_guard_of_time(&self) {
        self.execute("ALTER TABLE occupancies DROP CONSTRAINT subject_is_taken").await.expect("there is a rule to be taken away");
        // Locks of subjects are of nobody any more.
        let blind = "CREATE FUNCTION public.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT'";
        self.execute(blind).await.expect("a lock that locks nothing");
        // Between looking and taking, time passes, as it may on any day.
        let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON occupancies FOR EACH ROW EXECUTE FUNCTION slow();";
        self.execute(slow).await.expect("a slow day");
        let name = self.sql("SELECT current_database()::text").await.remove(0);
        self.execute(&format!("ALTER DATABASE \"{name}\" SET search_path TO public, pg_catalog")).await.expect("found first");
    }
}

/// Everything that has to hold of time and seats, as the facts are.
async fn broken(app: &TestApp) -> Vec<String> {
    let overlapping = "SELECT 'two things at once: ' || a.subject_kind FROM occupancies a JOIN occupancies b ON a.subject_id = b.subject_id AND a.id < b.id AND a.from_at < b.until_at AND b.from_at < a.until_at WHERE a.released_at IS NULL AND b.released_at IS NULL";
    let counted = "SELECT 'seats are not those of the replies' FROM consultation_seats s WHERE s.taken <> (SELECT count(*) FROM consultation_replies r WHERE r.sitting_id = s.sitting_id AND r.state IN ('ATTENDING', 'DELEGATED', 'OFFERED'))";
    let full =
        "SELECT 'more than there are seats' FROM consultation_seats s JOIN consultation_sittings t ON t.id = s.sitting_id WHERE s.taken > t.capacity";
    let held = "SELECT 'attends without their time' FROM consultation_replies r JOIN consultation_sittings t ON t.id = r.sitting_id WHERE r.state = 'ATTENDING' AND r.holds_subject IS NOT NULL AND NOT EXISTS (SELECT 1 FROM occupancies o WHERE o.occasion_id = t.occasion_id AND o.subject_id = r.holds_subject AND o.released_at IS NULL)";
    let mut found = Vec::new();
    for sql in [overlapping, counted, full, held] {
        found.extend(app.sql(sql).await);
    }
    found.sort();
    found.dedup();
    found
}

/// Officers announce overlapping sittings in a few halls, then move them and try again while members accept and exchange at random.
pub async fn sitting_rush(app: &TestApp, urls: &[&str], (officers, halls, members): (usize, usize, usize), turns: usize) -> SittingRush {
    let members = app.many_members(members * 2).await;
    let (officers, halls) = app.officers_and_halls(officers, halls).await;
    let first = Person::of_token(app, &officers[0]);
    app.forget_codes().await;
    let programme = app.person("13800000002").await.programme("YOU_SHI_LAI_XIE_SHANG").await;
    let mut consultations = Vec::new();
    for n in 0..officers.len() {
        let proposal = first.propose(&programme, &format!("第{n}件"), json!({})).await.done()["consultation"]["id"].clone();
        consultations.push(proposal);
    }
    let chair = app.person("13800000001").await;
    for (number, batch) in consultations.chunks(16).enumerate() {
        let decisions: Vec<Value> = batch.iter().map(|id| json!({ "consultationId": id, "expectedVersion": 1, "verdict": "APPROVED" })).collect();
        chair.meeting(i64::try_from(number).unwrap() + 1, json!(decisions)).await.done();
    }
    for id in &consultations {
        first.research(&json!({ "id": id }), "走访十户").await.done();
    }
    let mut member_ids = Vec::new();
    for token in &members {
        member_ids.push(Person::of_token(app, token).member_id().await);
    }
    let invited = members.len() / 2;
    let world = World {
        app,
        urls: urls.iter().map(|url| (*url).to_owned()).collect(),
        officers,
        members,
        member_ids,
        halls,
        consultations,
        found: Mutex::default(),
    };
    let world = &world;
    let everybody = 0..world.consultations.len();
    futures_util::stream::iter(everybody.map(|n| async move { world.announce(n, &mut Dice(n as u64 + 3)).await }))
        .buffer_unordered(64)
        .collect::<Vec<_>>()
        .await;
    world.invite_everybody(invited).await;
    let work = (0..turns).flat_map(|turn| (0..world.consultations.len().max(invited)).map(move |n| (turn, n)));
    let both = work.map(|(turn, n)| async move {
        let officer = async {
            if n < world.consultations.len() && (n + turn).is_multiple_of(3) {
                world.officer_goes_on(n, turn).await
            }
        };
        let member = async {
            if n < invited {
                world.member_goes_on(n, turn).await
            }
        };
        futures_util::future::join(officer, member).await;
    });
    futures_util::stream::iter(both).buffer_unordered(48).collect::<Vec<_>>().await;
    let mut found = std::mem::take(&mut *world.found.lock().unwrap());
    found.broken = broken(app).await;
    found
}

/// What a hall full of people voting came to.
#[derive(Debug, Default)]
pub struct Votes {
    /// Votes cast.
    pub cast: usize,
    /// Anything else.
    pub others: Vec<String>,
    /// Milliseconds of each answer, in order of size.
    pub took: Vec<u128>,
    /// All of it.
    pub seconds: f64,
    /// Whether the totals are those of the last votes, party by party and statement by statement.
    pub exact: bool,
}

/// So many people at one sitting vote on so many statements, each on each once and one in ten again.
pub async fn vote_rush(app: &TestApp, urls: &[&str], (people, statements): (usize, usize), at_once: usize) -> Votes {
    let residents = app.many_residents(people).await;
    app.forget_codes().await;
    let programme = app.person("13800000002").await.programme("YOU_SHI_LAI_XIE_SHANG").await;
    let officer = app.fresh_officer().await;
    let consultation = officer.researched(&programme, "夜市", 1).await;
    let officer = app.fresh_officer().await;
    let convenor = app.member(0).await.member_id().await;
    let begins = app.app.clock.now().plus_seconds(40 * 86_400);
    let day = shangyi::kernel::clock::local_day(begins);
    let input = json!({ "hallId": officer.venue("听泉街道协商议事厅").await, "convenorId": convenor, "capacity": 1000, "from": format!("{day}T09:00:00+08:00"), "until": format!("{day}T18:00:00+08:00") });
    officer.consult("announceConsultation", &consultation, input).await.done();
    let sitting = officer.consultation(&consultation).await["sittings"][0].clone();
    // Brought forward to this hour: the processes have the machine's clock.
    let (from, until) = (app.app.clock.now().plus_seconds(-60).0, app.app.clock.now().plus_seconds(7200).0);
    app.execute(&format!("UPDATE consultation_sittings SET from_at = {from}, until_at = {until}, version = version + 1")).await.expect("earlier");
    officer.consult("startSitting", &consultation, json!({})).await.done();
    for token in &residents {
        Person::of_token(app, token).at_the_door(&sitting, &officer).await.done();
    }
    let mut ids = Vec::new();
    for n in 0..statements {
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "text": format!("第{n}条") });
        officer.mutate("addStatement", input).await.done();
    }
    for statement in officer.conduct(&consultation).await["statements"].as_array().expect("statements") {
        ids.push(statement["id"].clone());
    }
    let found = Mutex::new(Votes::default());
    let last: Mutex<BTreeMap<(usize, usize), &'static str>> = Mutex::default();
    let choice = |person: usize, statement: usize, again: usize| ["AGREE", "DISAGREE", "PASS"][(person * 7 + statement * 3 + again) % 3];
    const VOTE: &str =
        "mutation($input: VoteStatementInput!) { voteStatement(input: $input) { ... on VotePayload { choice } ... on Refusal { code } } }";
    let (found_ref, last_ref, ids_ref, residents_ref) = (&found, &last, &ids, &residents);
    let one = |person: usize, statement: usize| async move {
        let times = if (person + statement).is_multiple_of(10) { 2 } else { 1 };
        for again in 0..times {
            let choice = choice(person, statement, again);
            let input = json!({ "requestId": new_request(), "statementId": ids_ref[statement], "choice": choice });
            let url = urls[(person + again) % urls.len()];
            let body = json!({ "query": VOTE, "variables": { "input": input } });
            let began = Instant::now();
            let answer = app.client.post(format!("{url}/graphql")).bearer_auth(&residents_ref[person]).json(&body).send().await;
            let answer = match answer {
                Ok(answer) => answer.json::<Value>().await.unwrap_or_default(),
                Err(error) => json!({ "errors": error.to_string() }),
            };
            let mut found = found_ref.lock().unwrap();
            found.took.push(began.elapsed().as_millis());
            if answer["data"]["voteStatement"]["choice"] == choice {
                found.cast += 1;
                last_ref.lock().unwrap().insert((person, statement), choice);
            } else {
                found.others.push(answer.to_string());
            }
        }
    };
    let began = Instant::now();
    let all = (0..statements).flat_map(|statement| (0..people).map(move |person| (person, statement)));
    futures_util::stream::iter(all.map(|(person, statement)| one(person, statement))).buffer_unordered(at_once).collect::<Vec<_>>().await;
    let took: Duration = began.elapsed();
    let mut votes = found.into_inner().unwrap();
    votes.seconds = took.as_secs_f64();
    votes.took.sort_unstable();
    let seen = officer.conduct(&consultation).await;
    let last = last.into_inner().unwrap();
    votes.exact = (0..statements).all(|statement| {
        let counts = seen["statements"][statement]["counts"].as_array().cloned().unwrap_or_default();
        ["AGREE", "DISAGREE", "PASS"].iter().all(|word| {
            let expected = last.iter().filter(|((_, of), choice)| *of == statement && *choice == word).count() as i64;
            counts.iter().filter_map(|party| party[word.to_lowercase().as_str()].as_i64()).sum::<i64>() == expected
        })
    });
    votes
}
