//! Another slot instead of the one that is booked.
use serde_json::{Value, json};
use shangyi_tests::{new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";
const HALL: &str = "听泉街道协商议事厅";

fn change(booking: &Value, version: i64, slot: &Value) -> Value {
    json!({ "requestId": new_request(), "bookingId": booking["id"], "expectedVersion": version, "slotId": slot })
}

on_both_columns! {
    async fn a_booking_is_exchanged_for_another_slot_and_never_lost_on_the_way(app) {
        let (officer, resident, waits, third) = (app.officer(SPRING).await, app.resident(0).await, app.resident(1).await, app.resident(2).await);
        let slots = [("09:00", "10:00", 1), ("10:00", "11:00", 1), ("11:00", "12:00", 1)];
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let slot = |n: usize| day["slots"][n]["id"].clone();
        let booking = resident.book(&slot(0)).await.done()["booking"].clone();
        let waiting = waits.wait(&slot(0)).await.done()["booking"].clone();
        third.book(&slot(2)).await.done();
        let to = |n: usize| json!({ "requestId": new_request(), "bookingId": booking["id"], "expectedVersion": 1, "slotId": slot(n) });
        // Where there is no place, the old one stays.
        resident.mutate("changeSlot", to(2)).await.expect_refusal("SLOT_FULL");
        assert_eq!(resident.booking(&booking).await["state"], "BOOKED");
        let sent = to(1);
        let new = resident.mutate("changeSlot", sent.clone()).await.done()["booking"].clone();
        assert_eq!((&new["state"], &resident.booking(&booking).await["state"]), (&json!("BOOKED"), &json!("CANCELLED")));
        assert_eq!(resident.booking(&new).await["matter"], "电梯问题");
        assert_eq!(waits.booking(&waiting).await["state"], "OFFERED", "what was given up goes to the next");
        let again = resident.mutate("changeSlot", sent).await.done();
        assert_eq!((&again["replayed"], &again["booking"]["id"]), (&json!(true), &new["id"]));
        // What was given up is no more to be exchanged: the answer names the one they have instead.
        assert_eq!(resident.mutate("changeSlot", to(2)).await.expect_refusal("ALREADY_BOOKED")["inTheWay"], new["id"]);
        third.mutate_error("changeSlot", to(1), "NOT_FOUND").await;
        assert_eq!(app.count("SELECT count(*) FROM occupancies o JOIN bookings b ON b.subject_id = o.subject_id AND b.state = 'BOOKED' WHERE o.released_at IS NULL").await, 2);
        let other = officer.publish_reception("泉水委员工作室", "2026-09-11", &[("09:00", "10:00", 1)], json!({})).await.done()["receptionDay"]["slots"][0]["id"].clone();
        app.set_time("2026-09-10", 8, 30);
        let late = json!({ "requestId": new_request(), "bookingId": new["id"], "expectedVersion": 1, "slotId": other });
        resident.mutate("changeSlot", late).await.expect_refusal("TOO_LATE");
    }

    async fn whoever_waited_for_the_slot_they_change_to_waits_no_more(app) {
        let (officer, resident, other) = (app.officer(SPRING).await, app.resident(0).await, app.resident(1).await);
        let slots = [("09:00", "10:00", 1), ("10:00", "11:00", 1)];
        let day = officer.publish_reception(HALL, "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let (early, late) = (day["slots"][0]["id"].clone(), day["slots"][1]["id"].clone());
        let blocks = other.book(&late).await.done()["booking"].clone();
        let booking = resident.book(&early).await.done()["booking"].clone();
        let waiting = resident.wait(&late).await.done()["booking"].clone();
        let refused = resident.mutate("changeSlot", change(&booking, 1, &late)).await.expect_refusal("ALREADY_BOOKED");
        assert_eq!(refused["inTheWay"], waiting["id"], "while it is full, they wait for it already");
        other.with_booking("cancelBooking", &blocks, json!({})).await.done();
        assert_eq!(resident.booking(&waiting).await["state"], "WAITLISTED", "whoever has another place that day is passed over");
        let new = resident.mutate("changeSlot", change(&booking, 1, &late)).await.done()["booking"].clone();
        assert_eq!(new["state"], "BOOKED");
        assert_eq!((&resident.booking(&waiting).await["state"], &resident.booking(&booking).await["state"]), (&json!("CANCELLED"), &json!("CANCELLED")));
        assert_eq!(app.sql("SELECT CAST(taken AS TEXT) || ' ' || CAST(waiting AS TEXT) FROM reception_slots ORDER BY from_at").await, ["0 0", "1 0"]);
        assert_eq!(shangyi_tests::log_against_rules(&app).await, [] as [String; 0]);
    }

    async fn a_desk_changes_to_slots_it_answers_for_and_people_to_any(app) {
        let (spring, bridge, resident) = (app.officer(SPRING).await, app.officer(BRIDGE).await, app.resident(0).await);
        let (_, here) = spring.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let there = bridge.publish_reception("石桥街道协商议事厅", "2026-09-10", &[("10:00", "11:00", 1)], json!({})).await.done()["receptionDay"]["slots"][0]["id"].clone();
        let booking = resident.book(&here).await.done()["booking"].clone();
        spring.mutate_error("changeSlot", change(&booking, 1, &there), "FORBIDDEN").await;
        bridge.mutate_error("changeSlot", change(&booking, 1, &there), "NOT_FOUND").await;
        assert_eq!(resident.booking(&booking).await["state"], "BOOKED");
        resident.mutate("changeSlot", change(&booking, 1, &there)).await.done();
    }

    async fn changes_count_as_bookings_of_the_day(app) {
        let (officer, resident) = (app.officer(SPRING).await, app.resident(0).await);
        let slots = [("09:00", "10:00", 1), ("10:00", "11:00", 1)];
        let day = officer.publish_reception(HALL, "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let mut booking = resident.book(&day["slots"][0]["id"]).await.done()["booking"].clone();
        for turn in 1..10 {
            booking = resident.mutate("changeSlot", change(&booking, 1, &day["slots"][turn % 2]["id"])).await.done()["booking"].clone();
        }
        resident.mutate("changeSlot", change(&booking, 1, &day["slots"][0]["id"])).await.expect_refusal("LIMIT_REACHED");
        assert_eq!(resident.booking(&booking).await["state"], "BOOKED");
        // Staff have no such limit.
        officer.mutate("changeSlot", change(&booking, 1, &day["slots"][0]["id"])).await.done();
    }
}
