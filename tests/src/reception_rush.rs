//! Many at once on reception days: for a hundred places, and booking, cancelling, offering, moving at random. What must hold then:
//! [`crate::reception_log`]. Used by tests, and for longer by `bench/receptions`.
use crate::{Person, Program, TestApp, new_request};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a rush for places came to.
#[derive(Debug, Default)]
pub struct Places {
    /// Bookings made.
    pub booked: usize,
    /// Answers that said so again.
    pub repeated: usize,
    /// Refused for want of a place.
    pub full: usize,
    /// Waiting, each with its number.
    pub waiting: usize,
    /// Anything else.
    pub others: Vec<String>,
    /// Milliseconds of each answer.
    pub took: Vec<u128>,
}

const SETTINGS: [(&str, &str); 6] = [
    ("RATE_ACCOUNT", "0"),
    ("RATE_ADDRESS", "0"),
    ("DB_WAIT_MS", "20000"),
    ("BOOKINGS_PER_DAY", "1000000"),
    ("LOG", "warn,shangyi::operate=info,shangyi::notices=info"),
    ("HTTP_WORKERS", "2"),
];

/// Two processes on the data of a test, with the officer of the first street signed in: before there are two, since either might deliver
/// the code.
pub async fn two(app: &TestApp) -> ([Program; 2], Person<'_>) {
    let prefix = app.app.settings.redis_prefix.clone();
    let mut settings = SETTINGS.to_vec();
    settings.push(("REDIS_PREFIX", prefix.as_str()));
    let first = Program::serve(app, &settings).await;
    let officer = first.sign_in(app, "13800000011").await;
    ([first, Program::serve(app, &settings).await], officer)
}

/// A reception day a month from now with slots of so many places; gives its id and the slots'.
pub async fn a_day(officer: &Person<'_>, slots: &[i64]) -> (Value, Vec<Value>) {
    let day = shangyi::kernel::clock::local_day(officer.app.app.clock.now().plus_seconds(30 * 86_400)).to_string();
    let times: Vec<(String, String, i64)> =
        slots.iter().enumerate().map(|(n, places)| (format!("{:02}:00", 8 + n), format!("{:02}:50", 8 + n), *places)).collect();
    let times: Vec<(&str, &str, i64)> = times.iter().map(|(from, until, places)| (from.as_str(), until.as_str(), *places)).collect();
    let day = officer.publish_reception("听泉街道协商议事厅", &day, &times, json!({})).await.done()["receptionDay"].clone();
    let slots = day["slots"].as_array().expect("slots").iter().map(|slot| slot["id"].clone()).collect();
    (day["id"].clone(), slots)
}

/// Every resident asks for a place in one slot, once and twice again; those who find none join the waiting list.
pub async fn places(app: &TestApp, residents: &[String], slot: &Value, urls: &[&str], at_once: usize) -> Places {
    const BOOK: &str = "mutation($input: BookSlotInput!) { bookSlot(input: $input) { ... on BookingPayload { replayed booking { state } } ... on BookingRefused { code } } }";
    const WAIT: &str = "mutation($input: JoinWaitingListInput!) { joinWaitingList(input: $input) { ... on BookingPayload { booking { state } } ... on BookingRefused { code } } }";
    let found = Mutex::new(Places::default());
    let found_ref = &found;
    let send = |url: &str, token: &str, query: &str, input: Value| {
        let request = app.client.post(format!("{url}/graphql")).bearer_auth(token).json(&json!({ "query": query, "variables": { "input": input } }));
        async move {
            let began = Instant::now();
            let answer = match request.send().await {
                Ok(answer) => answer.json::<Value>().await.unwrap_or_default(),
                Err(error) => json!({ "errors": error.to_string() }),
            };
            found_ref.lock().unwrap().took.push(began.elapsed().as_millis());
            answer
        }
    };
    let one = |n: usize| async move {
        let token = &residents[n];
        let input = json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER" });
        let mut full = false;
        for turn in 0..3 {
            let answer = send(urls[(n + turn) % urls.len()], token, BOOK, input.clone()).await;
            let told = &answer["data"]["bookSlot"];
            let mut found = found_ref.lock().unwrap();
            match (told["replayed"].as_bool(), told["code"].as_str()) {
                (Some(false), _) => found.booked += 1,
                (Some(true), _) => found.repeated += 1,
                (_, Some("SLOT_FULL")) => {
                    full = true;
                    found.full += 1;
                }
                _ => found.others.push(answer.to_string()),
            }
        }
        if full {
            let input = json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER" });
            let answer = send(urls[n % urls.len()], token, WAIT, input).await;
            let mut found = found_ref.lock().unwrap();
            match answer["data"]["joinWaitingList"]["booking"]["state"].as_str() {
                Some("WAITLISTED") => found.waiting += 1,
                _ => found.others.push(answer.to_string()),
            }
        }
    };
    futures_util::stream::iter((0..residents.len()).map(one)).buffer_unordered(at_once).collect::<Vec<_>>().await;
    found.into_inner().unwrap()
}

/// The same numbers at every run, another row of them for each client.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// What was done at random.
#[derive(Debug, Default)]
pub struct Bustle {
    pub done: BTreeMap<&'static str, u32>,
    pub refused: BTreeMap<String, u32>,
    pub errors: Vec<String>,
    /// Bookings that were acknowledged, each with whose token, its request and input.
    pub acknowledged: Vec<(usize, &'static str, Value, String)>,
    /// Requests that got no answer, or none in time.
    pub lost: u32,
    /// Offers that ended by their time.
    pub expired: i64,
}

struct World<'a> {
    app: &'a TestApp,
    urls: Mutex<Vec<String>>,
    residents: &'a [String],
    officer: String,
    day: Value,
    slots: Vec<Value>,
    bustle: Mutex<Bustle>,
}

impl World<'_> {
    fn url(&self, dice: &mut Dice) -> String {
        let urls = self.urls.lock().unwrap();
        urls[dice.below(urls.len())].clone()
    }

    /// Sends an operation; a process that is killed meanwhile answers nothing.
    async fn send(&self, dice: &mut Dice, token: &str, query: &str, variables: Value) -> Option<Value> {
        let request =
            self.app.client.post(format!("{}/graphql", self.url(dice))).bearer_auth(token).json(&json!({ "query": query, "variables": variables }));
        match request.send().await {
            Ok(answer) => answer.json::<Value>().await.ok(),
            Err(_) => None,
        }
    }

    async fn mutate(&self, dice: &mut Dice, who: Option<usize>, name: &'static str, mut input: Value) {
        input["requestId"] = json!(new_request());
        let mut kind = name[..1].to_uppercase();
        kind.push_str(&name[1..]);
        let payload =
            if name == "changeReceptionDay" { "ReceptionDayPayload { receptionDay { id } }" } else { "BookingPayload { booking { id state } }" };
        let fields = format!("... on {payload} ... on Refusal {{ code }}");
        let text = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename {fields} }} }}");
        let token = who.map_or(self.officer.as_str(), |n| self.residents[n].as_str());
        let answer = self.send(dice, token, &text, json!({ "input": input })).await;
        let mut bustle = self.bustle.lock().unwrap();
        let Some(answer) = answer else {
            bustle.lost += 1;
            return;
        };
        if !answer["errors"].is_null() {
            match answer["errors"][0]["extensions"]["code"].as_str() {
                Some("UNAVAILABLE") => bustle.lost += 1,
                // The slot that it is already.
                Some("BAD_INPUT") if name == "changeSlot" => {}
                _ => bustle.errors.push(format!("{name}: {answer}")),
            }
        } else if let Some(code) = answer["data"][name]["code"].as_str() {
            *bustle.refused.entry(format!("{name} {code}")).or_default() += 1;
        } else {
            *bustle.done.entry(name).or_default() += 1;
            if let (Some(who), Some(id)) = (who, answer["data"][name]["booking"]["id"].as_str()) {
                bustle.acknowledged.push((who, name, input, id.to_owned()));
            }
        }
    }

    /// One of a resident's own bookings in a state, if there is one.
    async fn own(&self, dice: &mut Dice, who: usize, states: &[&str]) -> Option<Value> {
        let query = "{ myBookings(toCome: true, first: 10) { nodes { id state version } } }";
        let answer = self.send(dice, &self.residents[who], query, json!({})).await?;
        let nodes = answer["data"]["myBookings"]["nodes"].as_array()?.clone();
        nodes.into_iter().find(|node| node["state"].as_str().is_some_and(|state| states.contains(&state)))
    }

    async fn change(&self, dice: &mut Dice, more: Value) {
        let query = "query($id: ID!) { receptionDay(id: $id) { version } }";
        let Some(answer) = self.send(dice, &self.officer, query, json!({ "id": self.day })).await else { return };
        let mut input = json!({ "dayId": self.day, "expectedVersion": answer["data"]["receptionDay"]["version"] });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.mutate(dice, None, "changeReceptionDay", input).await;
    }

    async fn step(&self, dice: &mut Dice, changes: bool) {
        let who = dice.below(self.residents.len());
        let slot = self.slots[dice.below(self.slots.len())].clone();
        let about = json!({ "slotId": slot, "category": "OTHER" });
        match dice.below(100) {
            0..35 => self.mutate(dice, Some(who), "bookSlot", about).await,
            35..60 => self.mutate(dice, Some(who), "joinWaitingList", about).await,
            60..64 => {
                if let Some(own) = self.own(dice, who, &["BOOKED", "MOVE_PROPOSED"]).await {
                    let input = json!({ "bookingId": own["id"], "expectedVersion": own["version"], "slotId": slot });
                    self.mutate(dice, Some(who), "changeSlot", input).await;
                }
            }
            64..80 => {
                if let Some(own) = self.own(dice, who, &["BOOKED", "WAITLISTED", "MOVE_PROPOSED"]).await {
                    self.mutate(dice, Some(who), "cancelBooking", json!({ "bookingId": own["id"], "expectedVersion": own["version"] })).await;
                }
            }
            80..94 => {
                if let Some(own) = self.own(dice, who, &["OFFERED"]).await {
                    let name = ["acceptOffer", "acceptOffer", "acceptOffer", "declineOffer"][dice.below(4)];
                    self.mutate(dice, Some(who), name, json!({ "bookingId": own["id"], "expectedVersion": own["version"] })).await;
                }
            }
            94..97 => {
                if let Some(own) = self.own(dice, who, &["MOVE_PROPOSED"]).await {
                    self.mutate(dice, Some(who), "acceptMove", json!({ "bookingId": own["id"], "expectedVersion": own["version"] })).await;
                }
            }
            97..99 if changes => {
                let places = 2 + dice.below(9);
                self.change(dice, json!({ "slots": [{ "slotId": slot, "capacity": places }] })).await;
            }
            _ if changes && dice.below(4) == 0 => {
                let ahead = 20 + i64::try_from(dice.below(20)).unwrap_or(0);
                let day = shangyi::kernel::clock::local_day(self.app.app.clock.now().plus_seconds(ahead * 86_400)).to_string();
                self.change(dice, json!({ "day": day })).await;
            }
            _ => {}
        }
    }
}

/// Lets so many clients act at random for so long on two processes. With `kills`, one of the two is killed so often and started anew.
pub async fn bustle(app: &TestApp, residents: &[String], clients: usize, how_long: Duration, kills: u32) -> Bustle {
    let (mut programs, officer) = two(app).await;
    let mut at = app.nobody();
    at.url.clone_from(&officer.url);
    at.token.clone_from(&officer.token);
    let (day, slots) = a_day(&at, &[5, 3, 8, 1]).await;
    let world = World {
        app,
        urls: Mutex::new(programs.iter().map(|program| program.url().to_owned()).collect()),
        residents,
        officer: officer.token.clone().expect("a token"),
        day,
        slots,
        bustle: Mutex::default(),
    };
    let (world, began, killed) = (&world, Instant::now(), &AtomicBool::new(false));
    let client = |n: usize| async move {
        let mut dice = Dice(n as u64 + 2);
        // As long as processes are killed there is something to be lost.
        while began.elapsed() < how_long || !killed.load(Ordering::Relaxed) {
            world.step(&mut dice, true).await;
        }
    };
    // An offer stands two hours; here, one after another has a fifth of a second left, whichever it is.
    let ageing = async {
        while began.elapsed() < how_long || !killed.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let soon = machine_now() + 200_000;
            let one = "SELECT id FROM bookings WHERE state = 'OFFERED' ORDER BY random() LIMIT 1";
            let sql = format!("UPDATE bookings SET offer_expires_at = LEAST(offer_expires_at, {soon}) WHERE id = ({one}) AND state = 'OFFERED'");
            app.execute(&sql).await.expect("an offer is aged");
        }
    };
    let killer = async {
        for turn in 0..kills {
            tokio::time::sleep(how_long / (kills + 1)).await;
            let which = (turn % 2) as usize;
            programs[which].kill();
            let prefix = app.app.settings.redis_prefix.clone();
            let mut settings = SETTINGS.to_vec();
            settings.push(("REDIS_PREFIX", prefix.as_str()));
            programs[which] = Program::serve(app, &settings).await;
            world.urls.lock().unwrap()[which] = programs[which].url().to_owned();
        }
        killed.store(true, Ordering::Relaxed);
    };
    tokio::join!(futures_util::future::join_all((0..clients).map(client)), ageing, killer);
    let mut bustle = std::mem::take(&mut *world.bustle.lock().unwrap());
    bustle.expired = app.count("SELECT count(*) FROM booking_events WHERE what = 'OFFER_EXPIRED'").await;
    bustle.errors.extend(programs.iter().flat_map(Program::log).filter(|line| line.contains("ERROR")));
    bustle.errors.extend(outlived(app).await);
    bustle.errors.extend(found_again(app, residents, programs[0].url(), &bustle.acknowledged).await);
    bustle
}

/// Acknowledged bookings that are not there, or not found again by their request; an error each.
async fn found_again(app: &TestApp, residents: &[String], url: &str, acknowledged: &[(usize, &'static str, Value, String)]) -> Vec<String> {
    let again = |(who, name, input, id): &(usize, &'static str, Value, String)| {
        let mut kind = name[..1].to_uppercase();
        kind.push_str(&name[1..]);
        let text = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ ... on BookingPayload {{ replayed booking {{ id }} }} }} }}");
        let request = app.client.post(format!("{url}/graphql")).bearer_auth(&residents[*who]);
        let request = request.json(&json!({ "query": text, "variables": { "input": input } }));
        let (name, id) = (*name, id.clone());
        async move {
            let answer: Value = request.send().await.expect("an answer").json().await.expect("json");
            let found = answer["data"][name]["replayed"] == true && answer["data"][name]["booking"]["id"] == id.as_str();
            (!found).then(|| format!("{name} was acknowledged as {id} and is not found again: {answer}"))
        }
    };
    futures_util::stream::iter(acknowledged.iter().map(again)).buffer_unordered(16).filter_map(|wrong| async move { wrong }).collect().await
}

/// What the processes take for now, in microseconds.
#[allow(clippy::disallowed_methods, reason = "a process of its own has the machine's clock")]
fn machine_now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

/// Offers whose time is over and that nobody has ended, once a worker has looked; none should be.
async fn outlived(app: &TestApp) -> Vec<String> {
    app.catch_up();
    app.deliver().await;
    app.sql(&format!("SELECT 'an offer outlived its time' FROM bookings WHERE state = 'OFFERED' AND offer_expires_at <= {}", machine_now())).await
}

impl TestApp {
    /// Takes away what keeps a slot to its places: for negative controls on PostgreSQL.
    pub async fn without_the_guard_of_places(&self) {
        let text = self.sql("SELECT pg_get_functiondef('booking_made'::regproc)").await.remove(0);
        let open = text.replace("AND (takes = 0 OR taken + takes <= capacity)", "");
        assert_ne!(open, text, "there is a guard to be taken away");
        self.execute(&open).await.expect("the guard is gone");
    }
}
