//! The waiting list: numbers, offers, their clock, who is passed over.
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, on_both_columns};

const SPRING: &str = "听泉街道联络委";

/// A slot of one place that the first resident has, with the next ones waiting; gives those, the place's holder first.
async fn queue<'a>(app: &'a TestApp, slot: &Value, how_many: usize) -> Vec<(Person<'a>, Value)> {
    let mut people = Vec::new();
    for n in 0..=how_many {
        let person = app.resident(n).await;
        let booking = if n == 0 { person.book(slot).await } else { person.wait(slot).await }.done()["booking"].clone();
        people.push((person, booking));
    }
    people
}

async fn cancel(person: &Person<'_>, booking: &Value) {
    person.with_booking("cancelBooking", booking, json!({})).await.done();
}

/// To the second: on this clock each look takes a microsecond.
fn second(at: &Value) -> &str {
    &at.as_str().expect("a moment")[..19]
}

async fn state(person: &Person<'_>, booking: &Value) -> Value {
    person.booking(booking).await["state"].clone()
}

on_both_columns! {
    async fn a_freed_place_is_offered_to_the_first_who_waits_and_to_nobody_else(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 3).await;
        let places: Vec<Value> = futures_util::future::join_all(people[1..].iter().map(|(person, booking)| person.booking(booking))).await.iter().map(|seen| seen["place"].clone()).collect();
        assert_eq!(places, [json!(1), json!(2), json!(3)]);
        app.set_time("2026-09-07", 10, 0);
        cancel(&people[0].0, &people[0].1).await;
        let first = people[1].0.booking(&people[1].1).await;
        assert_eq!((&first["state"], second(&first["offerExpiresAt"]), &first["place"]), (&json!("OFFERED"), "2026-09-07T04:00:00", &json!(null)));
        app.deliver().await;
        assert_eq!(people[1].0.notices().await, ["BOOKING_OFFERED"]);
        assert!(app.messages("13800000202").pop().unwrap().text.contains("保留到2026-09-07 12:00"));
        // While it is offered, it is nobody's to book.
        app.resident(5).await.book(&slot).await.expect_refusal("SLOT_FULL");
        let next = people[2].0.booking(&people[2].1).await;
        assert_eq!((&next["place"], &next["placeHistory"]), (&json!(1), &json!([{ "place": 2, "why": "JOINED" }, { "place": 1, "why": "SOMEBODY_OFFERED" }])));
        people[1].0.mark("acceptOffer", &people[1].1).await.done();
        assert_eq!(state(&people[1].0, &people[1].1).await, "BOOKED");
        assert_eq!(app.count("SELECT taken FROM reception_slots").await, 1);
    }

    async fn an_offer_that_is_declined_or_expires_goes_on_to_the_next(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 4).await;
        app.set_time("2026-09-07", 10, 0);
        cancel(&people[0].0, &people[0].1).await;
        people[1].0.mark("declineOffer", &people[1].1).await.done();
        assert_eq!(state(&people[2].0, &people[2].1).await, "OFFERED");
        app.set_time("2026-09-07", 12, 1);
        // Over at its moment, whoever looks and whether a worker has been there or not.
        assert_eq!(state(&people[2].0, &people[2].1).await, "EXPIRED");
        people[2].0.mark("acceptOffer", &people[2].1).await.expect_refusal("OFFER_EXPIRED");
        app.deliver().await;
        assert_eq!(state(&people[3].0, &people[3].1).await, "OFFERED");
        // Whoever let it pass may join again, as the last.
        let again = people[2].0.wait(&slot).await.done()["booking"].clone();
        assert_eq!(again["place"], 2);
        assert_eq!(app.sql("SELECT CAST(number AS TEXT) FROM bookings WHERE number IS NOT NULL ORDER BY number").await, ["1", "2", "3", "4", "5"]);
    }

    async fn a_dead_worker_holds_nothing_the_next_who_books_moves_the_list_on(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 1).await;
        app.set_time("2026-09-07", 10, 0);
        cancel(&people[0].0, &people[0].1).await;
        app.set_time("2026-09-07", 13, 0);
        // Nothing was delivered since: the offer is over, nobody else waits, and the place is free.
        let booked = app.resident(5).await.book(&slot).await.done()["booking"].clone();
        assert_eq!(booked["state"], "BOOKED");
        assert_eq!(app.sql("SELECT state FROM bookings ORDER BY id").await, ["CANCELLED", "EXPIRED", "BOOKED"]);
    }

    async fn offers_of_the_evening_run_on_in_the_morning(app) {
        let officer = app.officer(SPRING).await;
        for (day, minute, until) in [("2026-09-10", 59, "2026-09-08T01:59:00"), ("2026-09-11", 61, "2026-09-08T02:00:00")] {
            app.set_time("2026-09-05", 9, 0);
            app.execute("DELETE FROM sign_in_codes").await.unwrap();
            let (_, slot) = officer.one_slot(day, "14:00", "15:00", 1).await;
            let people = queue(&app, &slot, 1).await;
            app.set_time("2026-09-07", 20, minute);
            cancel(&people[0].0, &people[0].1).await;
            assert_eq!(second(&people[1].0.booking(&people[1].1).await["offerExpiresAt"]), until, "20:00 and {minute} minutes");
            // Nobody's phone rings at night.
            app.deliver().await;
            let rung = |app: &TestApp| app.messages("13800000202").iter().any(|message| message.text.contains("有名额了") && message.text.contains(day));
            assert_eq!(rung(&app), minute < 60);
            app.set_time("2026-09-08", 8, 0);
            app.deliver().await;
            assert!(rung(&app));
            people[1].0.with_booking("cancelBooking", &people[1].1, json!({})).await.done();
        }
    }

    async fn on_the_day_itself_an_offer_stands_half_an_hour_and_not_beyond_the_beginning(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 2).await;
        app.set_time("2026-09-10", 11, 0);
        cancel(&people[0].0, &people[0].1).await;
        assert_eq!(second(&people[1].0.booking(&people[1].1).await["offerExpiresAt"]), "2026-09-10T03:30:00");
        app.set_time("2026-09-10", 13, 50);
        app.deliver().await;
        let last = people[2].0.booking(&people[2].1).await;
        assert_eq!((&last["state"], &last["offerExpiresAt"]), (&json!("OFFERED"), &json!("2026-09-10T06:00:00+00:00")));
        app.set_time("2026-09-10", 14, 0);
        app.deliver().await;
        // What was kept until the beginning ends with the waiting: nobody is asked to wait again for a slot that has begun.
        assert_eq!(state(&people[2].0, &people[2].1).await, "LAPSED");
        assert_eq!(people[2].0.notices().await[0], "BOOKING_LAPSED");
        people[2].0.mark("acceptOffer", &people[2].1).await.expect_refusal("TOO_LATE");
    }

    async fn who_waits_when_the_slot_begins_is_told_that_it_is_over(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 1).await;
        app.set_time("2026-09-10", 14, 0);
        assert_eq!(state(&people[1].0, &people[1].1).await, "LAPSED");
        app.deliver().await;
        assert_eq!(people[1].0.notices().await[0], "BOOKING_LAPSED");
        assert_eq!(app.count("SELECT waiting FROM reception_slots").await, 0);
    }

    async fn who_has_another_place_that_day_is_passed_over_and_keeps_their_turn(app) {
        let officer = app.officer(SPRING).await;
        let slots = [("09:00", "10:00", 1), ("10:00", "11:00", 5)];
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let (early, later) = (day["slots"][0]["id"].clone(), day["slots"][1]["id"].clone());
        let people = queue(&app, &early, 2).await;
        let elsewhere = people[1].0.book(&later).await.done()["booking"].clone();
        cancel(&people[0].0, &people[0].1).await;
        let passed = people[1].0.booking(&people[1].1).await;
        assert_eq!((&passed["state"], &passed["place"]), (&json!("WAITLISTED"), &json!(1)));
        assert!(passed["passedOverAt"].is_string());
        assert_eq!(state(&people[2].0, &people[2].1).await, "OFFERED");
        app.deliver().await;
        assert_eq!(people[1].0.notices().await, ["BOOKING_PASSED_OVER"]);
        // They give the other one up, and are the first again.
        cancel(&people[1].0, &elsewhere).await;
        people[2].0.mark("declineOffer", &people[2].1).await.done();
        assert_eq!(state(&people[1].0, &people[1].1).await, "OFFERED");
    }

    async fn a_place_for_which_nobody_who_waits_could_come_can_be_booked(app) {
        let officer = app.officer(SPRING).await;
        let slots = [("09:00", "10:00", 1), ("10:00", "11:00", 5)];
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let (early, later) = (day["slots"][0]["id"].clone(), day["slots"][1]["id"].clone());
        let people = queue(&app, &early, 1).await;
        let elsewhere = people[1].0.book(&later).await.done()["booking"].clone();
        cancel(&people[0].0, &people[0].1).await;
        // The only one who waits has another place. But when they give it up, the next who books finds them before it.
        cancel(&people[1].0, &elsewhere).await;
        app.resident(5).await.book(&early).await.expect_refusal("SLOT_FULL");
        assert_eq!(state(&people[1].0, &people[1].1).await, "OFFERED");
        let elsewhere = people[1].0.mark("declineOffer", &people[1].1).await.done()["booking"].clone();
        assert_eq!(elsewhere["state"], "DECLINED");
        app.resident(5).await.book(&early).await.done();
    }

    async fn more_places_are_offered_at_once_and_fewer_throw_nobody_out(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        let people = queue(&app, &slot, 3).await;
        let to = |places: i64| json!({ "slots": [{ "slotId": slot, "capacity": places }] });
        officer.change_reception("changeReceptionDay", &day, to(3)).await.done();
        for (n, expected) in [(1, "OFFERED"), (2, "OFFERED"), (3, "WAITLISTED")] {
            assert_eq!(state(&people[n].0, &people[n].1).await, expected);
        }
        people[1].0.mark("acceptOffer", &people[1].1).await.done();
        people[2].0.mark("acceptOffer", &people[2].1).await.done();
        let changed = officer.change_reception("changeReceptionDay", &day, to(1)).await.done()["receptionDay"]["slots"][0].clone();
        assert_eq!((&changed["taken"], &changed["over"]), (&json!(3), &json!(2)));
        app.deliver().await;
        // The last who booked are asked to choose another slot; the first is not.
        for (n, asked) in [(0, false), (1, true), (2, true)] {
            assert_eq!(state(&people[n].0, &people[n].1).await, "BOOKED");
            assert_eq!(people[n].0.notices().await.contains(&"BOOKING_ASKED_TO_MOVE".to_owned()), asked, "{n}");
        }
        // Enough places, then too few again: the last is asked anew, and not for as long as there are enough.
        officer.change_reception("changeReceptionDay", &day, to(3)).await.done();
        assert!(people[2].0.booking(&people[2].1).await["askedToMoveAt"].is_null());
        officer.change_reception("changeReceptionDay", &day, to(1)).await.done();
        app.deliver().await;
        assert_eq!(people[2].0.notices().await.iter().filter(|kind| *kind == "BOOKING_ASKED_TO_MOVE").count(), 2);
        // Nothing is offered until there are places again.
        cancel(&people[0].0, &people[0].1).await;
        assert_eq!(state(&people[3].0, &people[3].1).await, "WAITLISTED");
        cancel(&people[1].0, &people[1].1).await;
        assert_eq!(state(&people[3].0, &people[3].1).await, "WAITLISTED");
        cancel(&people[2].0, &people[2].1).await;
        assert_eq!(state(&people[3].0, &people[3].1).await, "OFFERED");
    }

    async fn joining_where_a_place_is_free_is_being_offered_it(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
        assert_eq!(app.resident(0).await.wait(&slot).await.done()["booking"]["state"], "OFFERED");
        app.resident(0).await.wait(&slot).await.expect_refusal("ALREADY_BOOKED");
        app.resident(1).await.book(&slot).await.expect_refusal("SLOT_FULL");
    }

    async fn reminders_come_a_day_and_two_hours_before_and_messages_can_be_refused(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 5).await;
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        first.book(&slot).await.done();
        second.book(&slot).await.done();
        second.ok("mutation { updateProfile(input: { shortMessages: false }) { account { id } } }", json!({})).await;
        let count = |app: &TestApp, phone: &str| app.messages(phone).iter().filter(|message| message.text.contains("提醒您")).count();
        for (hour, minute, day, reminders) in [(13, 59, "2026-09-09", 0), (14, 0, "2026-09-09", 1), (11, 59, "2026-09-10", 1), (12, 0, "2026-09-10", 2), (13, 0, "2026-09-10", 2)] {
            app.set_time(day, hour, minute);
            app.deliver().await;
            assert_eq!(first.notices().await.iter().filter(|kind| *kind == "BOOKING_REMINDER").count(), reminders, "{day} {hour}:{minute}");
            assert_eq!((count(&app, "13800000201"), count(&app, "13800000202")), (reminders, 0));
        }
        assert_eq!(second.notices().await.len(), 2);
    }

    async fn who_receives_is_reminded_too_once_they_have_accepted(app) {
        let (officer, member, silent) = (app.officer(SPRING).await, app.member(2).await, app.member(4).await);
        let ids = json!({ "memberIds": [member.member_id().await, silent.member_id().await] });
        let slots = [("14:00", "15:00", 1)];
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &slots, ids).await.done()["receptionDay"].clone();
        member.answers_duty(&day, true).await.done();
        for (hour, day, reminders) in [(13, "2026-09-09", 0), (14, "2026-09-09", 1), (12, "2026-09-10", 2), (13, "2026-09-10", 2)] {
            app.set_time(day, hour, 0);
            app.deliver().await;
            assert_eq!(member.notices().await.iter().filter(|kind| *kind == "RECEPTION_DUTY_REMINDER").count(), reminders, "{day} {hour}");
        }
        assert!(app.messages(app.phone_of("MEMBER", 2)).pop().expect("a message").text.contains("提醒您"));
        assert_eq!(silent.notices().await, ["RECEPTION_DUTY_ASKED"]);
    }
}
