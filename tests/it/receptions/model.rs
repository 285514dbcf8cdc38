//! A walk: one booking after another is moved at random by everybody there is; what comes of it, and what `allowedMoves` said before,
//! is what the table says.
use serde_json::{Value, json};
use shangyi::receptions::booking_moves::{self as moves, Move, Standing};
use shangyi_entities::Timestamp;
use shangyi_entities::booking::BookingState;
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
    desk: bool,
    receiver: bool,
}

/// The moves that people make by a call, each with its mutation.
const CALLS: [(Move, &str); 8] = [
    (Move::Cancel, "cancelBooking"),
    (Move::AcceptOffer, "acceptOffer"),
    (Move::DeclineOffer, "declineOffer"),
    (Move::AcceptMove, "acceptMove"),
    (Move::CheckIn, "checkInBooking"),
    (Move::NoShow, "markNoShow"),
    (Move::Leave, "markLeft"),
    (Move::Serve, "recordReception"),
];

/// A move as the API calls it.
fn word(kind: Move) -> String {
    async_graphql::resolver_utils::enum_value(kind).to_string()
}

fn state(text: &Value) -> BookingState {
    sea_orm::ActiveEnum::try_from_value(&text.as_str().expect("a state").to_owned()).expect("a known state")
}

fn at(text: &Value) -> Timestamp {
    text.as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok()).expect("a moment").into()
}

async fn seen(person: &Person<'_>, id: &Value) -> Value {
    let fields = "id state version offerExpiresAt cancelUntil slot { from } receptionDay { state } allowedMoves { kind to blockedBy { code } }";
    person.ok(&format!("query($id: ID!) {{ booking(id: $id) {{ {fields} }} }}"), json!({ "id": id })).await["booking"].clone()
}

async fn walk(app: &TestApp, dice: &mut Dice, reached: &mut BTreeSet<BookingState>) {
    app.set_time("2026-09-01", 10, 0);
    app.execute("DELETE FROM sign_in_codes; DELETE FROM daily_counts").await.unwrap();
    let officer = app.officer("听泉街道联络委").await;
    let receiver = app.member(2).await;
    let own = receiver.member_id().await;
    let number = dice.below(20) + 10;
    let day = officer
        .publish_reception("听泉街道协商议事厅", &format!("2026-09-{number:02}"), &[("09:00", "10:00", 1)], json!({ "memberIds": [own] }))
        .await;
    let Value::Object(_) = &day.0["receptionDay"] else { return };
    let day = day.done()["receptionDay"].clone();
    let slot = &day["slots"][0]["id"];
    receiver.answers_duty(&day, true).await.done();
    let (person, other) = (app.resident(0).await, app.resident(1).await);
    let waits = dice.below(2) == 0;
    let blocker = if waits { Some(other.book(slot).await.done()["booking"].clone()) } else { None };
    let booking = if waits { person.wait(slot).await } else { person.book(slot).await }.done()["booking"]["id"].clone();
    let roles = [
        Role { name: "person", person, desk: false, receiver: false },
        Role { name: "officer", person: officer, desk: true, receiver: false },
        Role { name: "receiver", person: receiver, desk: false, receiver: true },
        Role { name: "general desk", person: app.person("13800000002").await, desk: true, receiver: false },
        Role { name: "stranger", person: app.resident(2).await, desk: false, receiver: false },
        Role { name: "member", person: app.member(4).await, desk: false, receiver: false },
    ];
    let clock = ["2026-09-01", &format!("2026-09-{number:02}")].map(str::to_owned);
    for _ in 0..14 {
        // Time goes on, others act, the day moves.
        match dice.below(8) {
            0 => app.set_time(&clock[1], 7 + i64::try_from(dice.below(4)).unwrap(), 30),
            1 => app.deliver().await,
            2 if blocker.is_some() => {
                let blocker = blocker.as_ref().expect("somebody before");
                other.with_booking("cancelBooking", blocker, json!({})).await;
            }
            3 if app.app.clock.now() < at(&day["from"]) => {
                let begins = format!("09:{:02}", dice.below(50));
                roles[1].person.change_reception("changeReceptionDay", &day, json!({ "slots": [{ "slotId": slot, "begins": begins }] })).await;
                // Asked again, they say yes again; whoever has something else then does not receive any more.
                roles[2].person.answers_duty(&day, true).await;
            }
            _ => {}
        }
        let role = &roles[dice.below(roles.len())];
        let (kind, name) = CALLS[dice.below(CALLS.len())];
        let before = seen(&roles[1].person, &booking).await;
        let stands = state(&before["state"]);
        reached.insert(stands);
        let own = role.name == "person";
        let from = at(&before["slot"]["from"]);
        let standing = Standing {
            own,
            desk: role.desk,
            receiver: role.receiver,
            now: app.app.clock.now(),
            from,
            closed: before["receptionDay"]["state"] == "CANCELLED",
            day_from: shangyi::kernel::clock::day_begins(shangyi::kernel::clock::local_day(from)),
            cancel_until: at(&before["cancelUntil"]),
            offer_until: before["offerExpiresAt"].as_str().map(|_| at(&before["offerExpiresAt"])),
        };
        let involved = own || role.desk || role.receiver;
        if involved {
            let listed: BTreeSet<String> = seen(&role.person, &booking).await["allowedMoves"]
                .as_array()
                .expect("moves")
                .iter()
                .map(|one| {
                    format!(
                        "{} {} {}",
                        one["kind"].as_str().unwrap(),
                        one["to"].as_str().unwrap(),
                        one["blockedBy"][0]["code"].as_str().unwrap_or("-")
                    )
                })
                .collect();
            let table: BTreeSet<String> = moves::allowed(stands, standing)
                .map(|(kind, to, no)| format!("{} {} {}", word(kind), sea_orm::ActiveEnum::to_value(&to), no.map_or("-", |no| no.code())))
                .collect();
            assert_eq!(listed, table, "{} at {stands:?}", role.name);
        }
        let mut input = json!({ "requestId": new_request(), "bookingId": booking });
        if !matches!(kind, Move::Cancel | Move::DeclineOffer) {
            input["expectedVersion"] = before["version"].clone();
        }
        if kind == Move::Serve {
            input["class"] = json!("OTHER");
            input["summary"] = json!("说了");
            input["answer"] = json!("答了");
        }
        let mut kind_name = name[..1].to_uppercase();
        kind_name.push_str(&name[1..]);
        let text = format!(
            "mutation($input: {kind_name}Input!) {{ {name}(input: $input) {{ ... on BookingPayload {{ booking {{ state }} }} ... on Refusal {{ code }} }} }}"
        );
        let answer = role.person.call(&text, json!({ "input": input })).await;
        let outcome = answer["errors"][0]["extensions"]["code"].as_str().or(answer["data"][name]["code"].as_str()).unwrap_or("done").to_owned();
        let expected = match moves::judge(kind, stands, standing) {
            Ok(_) => "done".to_owned(),
            Err(moves::No::NotYours) if involved => "FORBIDDEN".to_owned(),
            Err(moves::No::NotYours) => "NOT_FOUND".to_owned(),
            Err(no) => no.code().to_owned(),
        };
        let expected = if involved { expected } else { "NOT_FOUND".to_owned() };
        // A place that somebody else has meanwhile cannot be had again, whatever the table says.
        let no_place = expected == "done" && ["SLOT_FULL", "OVERLAPS", "ALREADY_BOOKED"].contains(&outcome.as_str());
        assert!(outcome == expected || no_place, "{} {name} at {stands:?}: {outcome}, expected {expected}", role.name);
        if outcome == "done" {
            let (_, to, _) = moves::allowed(stands, standing).find(|(other, ..)| *other == kind).expect("a move of the table");
            assert_eq!(state(&seen(&roles[1].person, &booking).await["state"]), to);
        }
    }
    app.execute("UPDATE reception_days SET state = 'CANCELLED', cancel_reason = '走完了', version = version + 1 WHERE state <> 'CANCELLED'; UPDATE occupancies SET released_at = 1 WHERE released_at IS NULL").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_moves_a_booking_gets_what_the_table_says() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        let (mut dice, mut reached) = (Dice(7), BTreeSet::new());
        for _ in 0..18 {
            walk(&app, &mut dice, &mut reached).await;
        }
        for state in [
            BookingState::Booked,
            BookingState::CheckedIn,
            BookingState::Cancelled,
            BookingState::Waitlisted,
            BookingState::MoveProposed,
            BookingState::Offered,
        ] {
            assert!(reached.contains(&state), "{state:?} was never reached: {reached:?}");
        }
    }
}
