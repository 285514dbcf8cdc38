//! Taking a place, giving it back, coming, not coming, and what is said to those who cannot.
use serde_json::json;
use shangyi_tests::{new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";

on_both_columns! {
    async fn a_resident_books_a_place_and_is_received(app) {
        let (officer, resident, member) = (app.officer(SPRING).await, app.resident(0).await, app.member(2).await);
        let own = member.member_id().await;
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &[("09:00", "10:00", 2)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        app.deliver().await;
        assert_eq!(member.notices().await, ["RECEPTION_DUTY_ASKED"]);
        assert_eq!(member.answers_duty(&day, true).await.done()["receptionDay"]["myResponse"], "ACCEPTED");
        let slot = &day["slots"][0]["id"];
        let booking = resident.book(slot).await.done()["booking"].clone();
        assert_eq!(booking["state"], "BOOKED");
        // The matter is read by the person and by those who receive, the contact by the desk.
        assert_eq!(resident.booking(&booking).await["matter"], "电梯问题");
        let seen = member.booking(&booking).await;
        assert_eq!((&seen["matter"], &seen["contact"], &seen["name"]), (&json!("电梯问题"), &json!(null), &json!("秦居民")));
        let seen = officer.booking(&booking).await;
        assert_eq!((&seen["matter"], &seen["contact"]), (&json!(null), &json!("13800000201")));
        for stranger in [app.resident(1).await, app.officer(BRIDGE).await, app.member(4).await, app.nobody()] {
            assert!(stranger.booking(&booking).await.is_null());
        }
        let public = app.nobody().reception(&day).await;
        assert_eq!((&public["slots"][0]["taken"], &public["bookings"], &public["receivers"][0]["name"]), (&json!(1), &json!(null), &json!("高委员")));
        app.set_time("2026-09-10", 9, 5);
        assert_eq!(officer.mark("checkInBooking", &booking).await.done()["booking"]["state"], "CHECKED_IN");
        let served = member.record(&booking).await.done()["booking"].clone();
        assert_eq!((&served["state"], &served["record"]["state"]), (&json!("SERVED"), &json!("ANSWERED")));
        assert_eq!(resident.booking(&booking).await["record"]["summary"], "电梯常停");
        app.set_time("2026-09-10", 10, 0);
        assert_eq!(officer.reception(&day).await["state"], "RECORDED");
        let rating = json!({ "requestId": new_request(), "recordId": served["record"]["id"], "stars": 5, "comment": "很耐心" });
        assert_eq!(resident.mutate("rateReception", rating.clone()).await.done()["record"]["rating"], 5);
        let again = json!({ "requestId": new_request(), "recordId": served["record"]["id"], "stars": 1 });
        resident.mutate("rateReception", again.clone()).await.expect_refusal("RATED_ALREADY");
        app.resident(1).await.mutate_error("rateReception", again, "NOT_FOUND").await;
    }

    async fn a_full_slot_refuses_the_next_and_says_where_they_would_wait(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        first.book(&slot).await.done();
        let refused = second.book(&slot).await.expect_refusal("SLOT_FULL");
        assert_eq!(refused["place"], 1);
        let waits = second.wait(&slot).await.done()["booking"].clone();
        assert_eq!((&waits["state"], &waits["place"]), (&json!("WAITLISTED"), &json!(1)));
        assert_eq!(app.resident(2).await.book(&slot).await.expect_refusal("SLOT_FULL")["place"], 2);
        assert_eq!(app.count("SELECT taken FROM reception_slots").await, 1);
    }

    async fn a_booking_sent_again_is_answered_again_and_takes_one_place(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let resident = app.resident(0).await;
        let input = json!({ "requestId": new_request(), "slotId": slot, "category": "HOUSING" });
        let first = resident.mutate("bookSlot", input.clone()).await.done();
        // The slot is full by now: what was done before is answered all the same.
        let again = resident.mutate("bookSlot", input.clone()).await.done();
        assert_eq!((&again["replayed"], &again["booking"]["id"]), (&json!(true), &first["booking"]["id"]));
        let mut other = input;
        other["category"] = json!("HEALTH");
        resident.mutate_error("bookSlot", other, "REPLAY_MISMATCH").await;
        assert_eq!(app.count("SELECT count(*) FROM bookings").await, 1);
    }

    async fn a_booking_can_be_cancelled_until_two_hours_before_and_by_the_desk_later(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 3).await;
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        let (early, late) = (first.book(&slot).await.done()["booking"].clone(), second.book(&slot).await.done()["booking"].clone());
        app.set_time("2026-09-10", 6, 59);
        assert_eq!(first.with_booking("cancelBooking", &early, json!({})).await.done()["booking"]["state"], "CANCELLED");
        app.set_time("2026-09-10", 7, 0);
        let refused = second.with_booking("cancelBooking", &late, json!({})).await.expect_refusal("TOO_LATE");
        assert_eq!(refused["deadline"], "2026-09-09T23:00:00+00:00");
        officer.with_booking("cancelBooking", &late, json!({})).await.done();
        app.deliver().await;
        assert_eq!(second.notices().await[0], "BOOKING_CANCELLED");
        // Their time is their own again.
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE subject_kind = 'RESIDENT' AND released_at IS NULL").await, 0);
    }

    async fn an_officer_books_for_a_caller_who_is_told_by_short_message(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 3).await;
        let caller = |contact: &str| json!({ "requestId": new_request(), "slotId": slot, "category": "CARE", "matter": "老人就餐",
            "onBehalfOf": { "name": "罗大爷", "contact": contact, "channel": "PHONE" } });
        let booking = officer.mutate("bookForCaller", caller("13600000009")).await.done()["booking"].clone();
        let seen = officer.booking(&booking).await;
        assert_eq!((&seen["name"], &seen["contact"], &seen["matter"], &seen["channel"]), (&json!("罗大爷"), &json!("13600000009"), &json!("老人就餐"), &json!("PHONE")));
        app.deliver().await;
        let told = app.messages("13600000009").pop().expect("a message");
        assert!(told.text.contains("2026-09-10 09:00在听泉街道协商议事厅") && !told.text.contains("老人就餐"), "{}", told.text);
        // The same phone has one place that day, whoever asks for it.
        officer.mutate("bookForCaller", caller("136-0000-0009")).await.expect_refusal("ALREADY_BOOKED");
        // The phone has an account: it is that person's booking too, and theirs to cancel.
        let known = officer.mutate("bookForCaller", caller("13800000201")).await.done()["booking"].clone();
        let resident = app.resident(0).await;
        resident.book(&slot).await.expect_refusal("ALREADY_BOOKED");
        let mine = resident.ok("{ myBookings { nodes { id state } } }", json!({})).await;
        assert_eq!(mine["myBookings"]["nodes"][0]["id"], known["id"]);
        resident.with_booking("cancelBooking", &known, json!({})).await.done();
        app.resident(1).await.mutate_error("bookForCaller", caller("13600000010"), "FORBIDDEN").await;
    }

    async fn who_walks_in_is_registered_while_there_is_a_place(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let walk_in = |contact: &str| json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER",
            "onBehalfOf": { "name": "路过", "contact": contact, "channel": "VISIT" } });
        officer.mutate("registerWalkIn", walk_in("13600000009")).await.expect_refusal("NOT_OPEN_YET");
        app.set_time("2026-09-10", 9, 10);
        assert_eq!(officer.mutate("registerWalkIn", walk_in("13600000009")).await.done()["booking"]["state"], "CHECKED_IN");
        officer.mutate("registerWalkIn", walk_in("没有电话")).await.expect_refusal("SLOT_FULL");
        app.resident(0).await.book(&slot).await.expect_refusal("TOO_LATE");
        // While it runs over, those who come are still entered; the next day nobody is.
        app.set_time("2026-09-10", 10, 5);
        let first = app.sql("SELECT CAST(count(*) AS TEXT) FROM bookings").await;
        assert_eq!(first, ["1"]);
        officer.mutate("registerWalkIn", walk_in("13600000011")).await.expect_refusal("SLOT_FULL");
        app.set_time("2026-09-11", 0, 0);
        officer.mutate("registerWalkIn", walk_in("13600000011")).await.expect_refusal("DAY_CLOSED");
    }

    async fn whoever_leaves_has_the_rest_of_their_time_back_and_may_return(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "12:00", 1).await;
        let (_, elsewhere) = (0, officer.publish_reception("泉水委员工作室", "2026-09-10", &[("11:00", "12:00", 1)], json!({})).await.done()["receptionDay"]["slots"][0]["id"].clone());
        let walk_in = |slot: &serde_json::Value| json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER",
            "onBehalfOf": { "name": "路过", "contact": "13600000009", "channel": "VISIT" } });
        app.set_time("2026-09-10", 9, 10);
        let visit = officer.mutate("registerWalkIn", walk_in(&slot)).await.done()["booking"].clone();
        officer.mark("markLeft", &visit).await.done();
        let again = officer.mutate("registerWalkIn", walk_in(&slot)).await.done()["booking"].clone();
        officer.record(&again).await.done();
        assert_eq!(officer.mutate("registerWalkIn", walk_in(&elsewhere)).await.done()["booking"]["state"], "CHECKED_IN");
    }

    async fn what_was_booked_for_a_caller_is_theirs_once_they_sign_in(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 3).await;
        let caller = json!({ "requestId": new_request(), "slotId": slot, "category": "CARE", "matter": "老人就餐",
            "onBehalfOf": { "name": "罗大爷", "contact": "13600000009", "channel": "PHONE" } });
        let booking = officer.mutate("bookForCaller", caller).await.done()["booking"].clone();
        let person = app.person("13600000009").await;
        let mine = person.booking(&booking).await;
        assert_eq!((&mine["mine"], &mine["matter"]), (&json!(true), &json!("老人就餐")));
        // Their time is their own, under one name with whatever else they book.
        let own = "SELECT count(*) FROM bookings b JOIN occupancies o ON o.subject_id = b.account_id WHERE o.released_at IS NULL AND b.subject_id = b.account_id";
        assert_eq!(app.count(own).await, 1);
        person.mark("cancelBooking", &booking).await.done();
        assert_eq!(app.count(own).await, 0);
    }

    async fn a_first_sign_in_takes_over_what_is_to_come_and_leaves_what_is_over(app) {
        let officer = app.officer(SPRING).await;
        let (_, today) = officer.one_slot("2026-09-10", "09:00", "12:00", 3).await;
        let (_, full) = officer.one_slot("2026-09-11", "09:00", "10:00", 1).await;
        let other = app.resident(0).await;
        let blocks = other.book(&full).await.done()["booking"].clone();
        let behalf = json!({ "name": "罗大爷", "contact": "13600000009", "channel": "VISIT" });
        let about = |slot: &serde_json::Value| json!({ "requestId": new_request(), "slotId": slot, "category": "CARE", "onBehalfOf": behalf });
        let mut waits = about(&full);
        waits["wait"] = json!(true);
        let waits = officer.mutate("bookForCaller", waits).await.done()["booking"].clone();
        app.set_time("2026-09-10", 9, 5);
        // They left and came again: two visits to one slot, of which one takes time.
        let left = officer.mutate("registerWalkIn", about(&today)).await.done()["booking"].clone();
        officer.mark("markLeft", &left).await.done();
        let again = officer.mutate("registerWalkIn", about(&today)).await.done()["booking"].clone();
        let person = app.person("13600000009").await;
        assert_eq!((&person.booking(&left).await["state"], &person.booking(&again).await["state"]), (&json!("LEFT"), &json!("CHECKED_IN")));
        let taken = "SELECT count(*) FROM occupancies WHERE subject_kind = 'RESIDENT' AND released_at IS NULL";
        assert_eq!(app.count(taken).await, 2);
        officer.mark("markLeft", &again).await.done();
        assert_eq!(app.count(taken).await, 1, "their time is found under their own name");
        other.with_booking("cancelBooking", &blocks, json!({})).await.done();
        person.mark("acceptOffer", &waits).await.done();
        let own = "SELECT count(*) FROM bookings b JOIN occupancies o ON o.subject_id = b.account_id WHERE o.released_at IS NULL AND b.subject_id = b.account_id AND b.state = 'BOOKED'";
        assert_eq!((app.count(taken).await, app.count(own).await), (1, 1));
    }

    async fn callers_whom_no_message_reaches_are_told_by_the_officer_each(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 5).await;
        let caller = |contact: &str, quiet: bool| json!({ "requestId": new_request(), "slotId": slot, "category": "CARE", "noShortMessages": quiet,
            "onBehalfOf": { "name": "罗大爷", "contact": contact, "channel": "PHONE" } });
        for (contact, quiet) in [("居委会转", false), ("门卫转", false), ("13600000009", true), ("13600000010", false)] {
            officer.mutate("bookForCaller", caller(contact, quiet)).await.done();
        }
        app.deliver().await;
        assert_eq!(officer.notices().await, [] as [String; 0], "what they have just done themself is no news");
        officer.change_reception("changeReceptionDay", &day, json!({ "venueId": officer.venue("泉水委员工作室").await })).await.done();
        app.deliver().await;
        assert_eq!(officer.notices().await, ["CALLER_TO_TELL"; 3]);
        assert!(app.messages("13600000009").is_empty());
        assert!(app.messages("13600000010").pop().expect("a message").text.contains("泉水委员工作室"));
    }

    async fn who_was_marked_as_not_come_can_come_late_while_there_is_a_place(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let resident = app.resident(0).await;
        let booking = resident.book(&slot).await.done()["booking"].clone();
        officer.mark("markNoShow", &booking).await.expect_refusal("NOT_OPEN_YET");
        app.set_time("2026-09-10", 9, 20);
        assert_eq!(officer.mark("markNoShow", &booking).await.done()["booking"]["state"], "NO_SHOW");
        assert_eq!(officer.mark("checkInBooking", &booking).await.done()["booking"]["state"], "CHECKED_IN");
        assert_eq!(officer.mark("markLeft", &booking).await.done()["booking"]["state"], "LEFT");
        // And where somebody else has the place meanwhile, there is none.
        let (_, slot) = officer.one_slot("2026-09-11", "09:00", "10:00", 1).await;
        let booking = resident.book(&slot).await.done()["booking"].clone();
        app.set_time("2026-09-11", 9, 20);
        officer.mark("markNoShow", &booking).await.done();
        let walk_in = json!({ "requestId": new_request(), "slotId": slot, "category": "OTHER", "onBehalfOf": { "name": "路过", "contact": "无", "channel": "VISIT" } });
        officer.mutate("registerWalkIn", walk_in).await.done();
        officer.mark("checkInBooking", &booking).await.expect_refusal("SLOT_FULL");
    }

    async fn a_day_may_want_a_checked_name_and_open_later(app) {
        let officer = app.officer(SPRING).await;
        let more = json!({ "level": "REAL_NAME", "opensAt": "2026-09-05T00:00:00Z" });
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &[("09:00", "10:00", 1)], more).await.done();
        let slot = day["receptionDay"]["slots"][0]["id"].clone();
        let resident = app.resident(0).await;
        assert_eq!(resident.book(&slot).await.expect_refusal("NOT_OPEN_YET")["opens"], "2026-09-05T00:00:00+00:00");
        app.set_time("2026-09-05", 8, 0);
        resident.book(&slot).await.expect_refusal("LEVEL_NEEDED");
        officer.mutate("confirmRealName", json!({ "requestId": new_request(), "phone": "13800000201", "name": "秦居民" })).await;
        resident.book(&slot).await.done();
    }

    async fn a_persons_bookings_of_a_day_have_an_end(app) {
        let officer = app.officer(SPRING).await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        let resident = app.resident(0).await;
        for _ in 0..10 {
            let booking = resident.book(&slot).await.done()["booking"].clone();
            resident.with_booking("cancelBooking", &booking, json!({})).await.done();
        }
        let refused = resident.book(&slot).await.expect_refusal("LIMIT_REACHED");
        assert!(refused["resetsAt"].as_str().unwrap().ends_with("T16:00:00+00:00"), "{refused}");
    }

    async fn nobody_receives_themself_and_strangers_mark_nothing(app) {
        let (officer, member, other) = (app.officer(SPRING).await, app.member(2).await, app.member(4).await);
        let own = member.member_id().await;
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &[("09:00", "10:00", 3)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        let slot = &day["slots"][0]["id"];
        let booking = member.book(slot).await.done()["booking"].clone();
        app.set_time("2026-09-10", 9, 5);
        let input = json!({ "requestId": new_request(), "bookingId": booking["id"], "expectedVersion": 1 });
        member.mutate_error("checkInBooking", input.clone(), "FORBIDDEN").await;
        other.mutate_error("checkInBooking", input.clone(), "NOT_FOUND").await;
        app.officer(BRIDGE).await.mutate_error("checkInBooking", input, "NOT_FOUND").await;
        officer.mark("checkInBooking", &booking).await.done();
    }
}
