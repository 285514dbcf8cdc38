//! The cases of domain 6 by name: intervals, midnight, another date, another member, two committees.
use serde_json::{Value, json};
use shangyi_tests::{TestApp, new_request, on_both_columns};

const SPRING: &str = "听泉街道联络委";
const HALL: &str = "听泉街道协商议事厅";

/// A second committee in the next district, with a hall and a reception there; gives its slot.
async fn slot_elsewhere(app: &TestApp, day: &str, begins: &str, ends: &str) -> Value {
    let members = "committee_division,committee,term,term_from,term_until,number,name,phone,standing,special_committee,sector,sector_group,liaison_committee,liaison_division,cluster,from,until
990102,望山区委员会,5,2024-01-01,2029-01-01,05001,外委员,13700000001,no,,农业界,,,,,,
";
    let file = app.folder().join("members.csv");
    std::fs::write(&file, members).unwrap();
    shangyi::import::members(&app.app, &file).await.unwrap();
    // Its general desk and its hall are set up by the operator.
    app.execute("UPDATE venues SET committee_id = (SELECT id FROM organisations WHERE name = '望山区委员会'), division_code = '990102' WHERE name = '石桥街道协商议事厅'").await.unwrap();
    app.execute("UPDATE appointments SET committee_id = (SELECT id FROM organisations WHERE name = '望山区委员会'), organisation_id = (SELECT id FROM organisations WHERE name = '望山区委员会') WHERE desk = 'GENERAL'").await.unwrap();
    let general = app.person("13800000002").await;
    let done = general.publish_reception("石桥街道协商议事厅", day, &[(begins, ends, 5)], json!({})).await.done();
    done["receptionDay"]["slots"][0]["id"].clone()
}

on_both_columns! {
    // The interval cases: a venue has one thing at a time, from its beginning up to its end.
    async fn a_venue_has_one_reception_at_a_time(app) {
        let officer = app.officer(SPRING).await;
        officer.publish_reception(HALL, "2026-09-10", &[("09:00", "10:00", 1), ("10:30", "11:00", 1)], json!({})).await.done();
        for (begins, ends) in [("09:00", "11:00"), ("09:30", "09:40"), ("08:00", "12:00"), ("10:00", "10:30"), ("08:00", "09:01"), ("10:59", "12:00")] {
            officer.publish_reception(HALL, "2026-09-10", &[(begins, ends, 1)], json!({})).await.expect_refusal("OVERLAPS");
        }
        officer.publish_reception(HALL, "2026-09-10", &[("08:00", "09:00", 1)], json!({})).await.done();
        officer.publish_reception(HALL, "2026-09-10", &[("11:00", "12:00", 1)], json!({})).await.done();
    }

    async fn slots_of_one_day_stand_side_by_side(app) {
        let officer = app.officer(SPRING).await;
        for wrong in [vec![("09:00", "10:00", 1), ("09:59", "10:30", 1)], vec![("09:00", "09:00", 1)], vec![("10:00", "09:00", 1)], vec![("09:00", "10:00", 1001)], vec![]] {
            let slots: Vec<Value> = wrong.iter().map(|(begins, ends, capacity)| json!({ "begins": begins, "ends": ends, "capacity": capacity })).collect();
            let new = json!({ "kind": "MEMBERS_RECEIVE_RESIDENTS", "venueId": officer.venue(HALL).await, "day": "2026-09-10", "slots": slots, "memberIds": [] });
            officer.mutate_error("publishReceptionDay", json!({ "requestId": new_request(), "new": new }), "BAD_INPUT").await;
        }
    }

    // Midnight: the day is that of the calendar in China, not that of UTC.
    async fn one_place_a_person_and_calendar_day_in_china(app) {
        let officer = app.officer(SPRING).await;
        let (_, late) = officer.one_slot("2026-09-10", "23:00", "23:59", 3).await;
        let (_, early) = officer.one_slot("2026-09-11", "00:10", "01:00", 3).await;
        let (_, noon) = officer.one_slot("2026-09-11", "12:00", "13:00", 3).await;
        let resident = app.resident(0).await;
        resident.book(&late).await.done();
        // Both lie on the tenth in UTC.
        let second = resident.book(&early).await.done()["booking"].clone();
        let refused = resident.book(&noon).await.expect_refusal("ALREADY_BOOKED");
        assert_eq!(refused["inTheWay"], second["id"]);
        app.set_time("2026-09-10", 0, 30);
        app.resident(1).await.book(&early).await.done();
    }

    // At night people are let sleep, unless they would hear too late: of the new day or of the old one, whichever is first.
    async fn who_would_come_in_the_morning_or_is_to_come_then_is_told_at_night(app) {
        let (officer, member, resident) = (app.officer(SPRING).await, app.member(2).await, app.resident(0).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-20", &[("14:00", "15:00", 2)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        member.answers_duty(&day, true).await.done();
        resident.book(&day["slots"][0]["id"]).await.done();
        let told = |text: &str| [app.phone_of("MEMBER", 2), "13800000201"].map(|phone| app.messages(phone).iter().filter(|message| message.text.contains(text)).count());
        app.set_time("2026-09-08", 22, 0);
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-09" })).await.done();
        app.deliver().await;
        assert_eq!(told("2026-09-09"), [1, 1], "it is tomorrow now");
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-21" })).await.done();
        app.deliver().await;
        assert_eq!(told("2026-09-21"), [1, 1], "it is not tomorrow any more");
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-22" })).await.done();
        app.deliver().await;
        assert_eq!(told("2026-09-22"), [0, 0], "the morning will do");
        app.set_time("2026-09-09", 8, 1);
        app.deliver().await;
        assert_eq!(told("2026-09-22"), [1, 1]);
    }

    // Another date: everyone who has a place is asked again, who waits goes on waiting.
    async fn a_day_that_moves_asks_everyone_again(app) {
        let (officer, member) = (app.officer(SPRING).await, app.member(2).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-10", &[("14:00", "15:00", 2)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        let slot = day["slots"][0]["id"].clone();
        member.answers_duty(&day, true).await.done();
        let (comes, cannot, waits) = (app.resident(0).await, app.resident(1).await, app.resident(2).await);
        let (one, other) = (comes.book(&slot).await.done()["booking"].clone(), cannot.book(&slot).await.done()["booking"].clone());
        let waiting = waits.wait(&slot).await.done()["booking"].clone();
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-12" })).await.done();
        app.deliver().await;
        assert_eq!((comes.notices().await, waits.notices().await), (vec!["BOOKING_MOVE_PROPOSED".to_owned()], vec!["BOOKING_DAY_CHANGED".to_owned()]));
        let proposed = comes.booking(&one).await;
        assert_eq!((&proposed["state"], &proposed["slot"]["from"]), (&json!("MOVE_PROPOSED"), &json!("2026-09-12T06:00:00+00:00")));
        // Nobody else gets a place that somebody may still want.
        assert_eq!(waits.booking(&waiting).await["state"], "WAITLISTED");
        let asked = member.reception(&day).await;
        assert_eq!((&asked["myResponse"], &asked["day"]), (&json!("ASKED"), &json!("2026-09-12")));
        // The old day is free for something else, also for one who has not answered yet.
        let (_, instead) = officer.one_slot("2026-09-10", "14:00", "15:00", 5).await;
        cannot.book(&instead).await.done();
        let version = comes.booking(&one).await["version"].clone();
        comes.with_booking("acceptMove", &one, json!({ "expectedVersion": 1 })).await.expect_refusal("STATE_CHANGED");
        assert_eq!(comes.with_booking("acceptMove", &one, json!({ "expectedVersion": version })).await.done()["booking"]["state"], "BOOKED");
        cannot.with_booking("cancelBooking", &other, json!({})).await.done();
        assert_eq!(waits.booking(&waiting).await["state"], "OFFERED");
        assert_eq!(app.count("SELECT count(*) FROM occupancies o JOIN bookings b ON b.subject_id = o.subject_id WHERE o.released_at IS NULL AND o.subject_kind = 'RESIDENT' AND b.state = 'BOOKED'").await, 2);
    }

    async fn who_never_answered_a_new_time_and_comes_is_received_and_who_does_not_is_let_go(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 2).await;
        let (comes, silent) = (app.resident(0).await, app.resident(1).await);
        let (one, other) = (comes.book(&slot).await.done()["booking"].clone(), silent.book(&slot).await.done()["booking"].clone());
        officer.change_reception("changeReceptionDay", &day, json!({ "slots": [{ "slotId": slot, "begins": "15:00", "ends": "16:00" }] })).await.done();
        app.set_time("2026-09-10", 15, 10);
        assert_eq!(officer.mark("checkInBooking", &one).await.done()["booking"]["state"], "CHECKED_IN");
        app.set_time("2026-09-10", 16, 0);
        app.deliver().await;
        assert_eq!(silent.booking(&other).await["state"], "CANCELLED");
    }

    async fn another_venue_at_the_same_time_keeps_every_booking(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "14:00", "15:00", 2).await;
        let resident = app.resident(0).await;
        let booking = resident.book(&slot).await.done()["booking"].clone();
        let studio = officer.venue("泉水委员工作室").await;
        officer.change_reception("changeReceptionDay", &day, json!({ "venueId": studio })).await.done();
        app.deliver().await;
        assert_eq!(resident.booking(&booking).await["state"], "BOOKED");
        assert_eq!(resident.notices().await, ["BOOKING_DAY_CHANGED"]);
        // The hall is free again, the studio is not.
        officer.one_slot("2026-09-10", "14:00", "15:00", 2).await;
        officer.publish_reception("泉水委员工作室", "2026-09-10", &[("14:30", "15:00", 1)], json!({})).await.expect_refusal("OVERLAPS");
    }

    // Another member: bookings stay, what was said is no longer the first one's to read.
    async fn a_member_can_be_replaced_at_short_notice(app) {
        let (officer, first, second, resident) = (app.officer(SPRING).await, app.member(2).await, app.member(4).await, app.resident(0).await);
        let (one, other) = (first.member_id().await, second.member_id().await);
        let day = officer.publish_reception(HALL, "2026-09-10", &[("14:00", "15:00", 2)], json!({ "memberIds": [one] })).await.done()["receptionDay"].clone();
        first.answers_duty(&day, true).await.done();
        let booking = resident.book(&day["slots"][0]["id"]).await.done()["booking"].clone();
        app.set_time("2026-09-10", 13, 50);
        officer.change_reception("replaceReceivingMember", &day, json!({ "memberId": one, "byMemberId": other })).await.done();
        app.deliver().await;
        assert_eq!((&first.notices().await[0], &second.notices().await[0]), (&"RECEPTION_DUTY_ENDED".to_owned(), &"RECEPTION_DUTY_ASKED".to_owned()));
        assert!(first.booking(&booking).await.is_null());
        // Who is only asked reads nothing of who comes and why.
        assert!(second.booking(&booking).await.is_null());
        second.answers_duty(&day, true).await.done();
        assert_eq!((&second.booking(&booking).await["matter"], &resident.booking(&booking).await["state"]), (&json!("电梯问题"), &json!("BOOKED")));
        // Their time is their own again.
        officer.publish_reception("泉水委员工作室", "2026-09-10", &[("14:00", "15:00", 2)], json!({ "memberIds": [one] })).await.done();
        app.deliver().await;
        let again = first.ok("{ myReceptions { id } }", json!({})).await["myReceptions"].clone();
        assert_eq!(again.as_array().unwrap().len(), 1);
        first.answers_duty(&again[0], true).await.done();
        officer.change_reception("replaceReceivingMember", &day, json!({ "memberId": one })).await.expect_refusal("NOT_ASKED");
    }

    async fn a_member_who_declines_is_for_the_desk_to_replace(app) {
        let (officer, member) = (app.officer(SPRING).await, app.member(2).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-10", &[("14:00", "15:00", 2)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        member.answers_duty(&day, false).await.done();
        app.deliver().await;
        assert_eq!(officer.notices().await, ["RECEPTION_DUTY_DECLINED"]);
        assert_eq!(officer.reception(&day).await["receivers"][0]["reason"], "出差");
        assert_eq!(app.resident(0).await.reception(&day).await["receivers"], json!([]));
        app.member(4).await.mutate_error("respondToReceptionDuty", json!({ "requestId": new_request(), "dayId": day["id"], "expectedVersion": 1, "accept": true }), "NOT_FOUND").await;
    }

    async fn a_member_has_one_thing_at_a_time(app) {
        let (officer, member) = (app.officer(SPRING).await, app.member(2).await);
        let own = member.member_id().await;
        let at = |hall: &'static str, begins: &'static str, ends: &'static str| (hall, begins, ends);
        let mut days = Vec::new();
        for (hall, begins, ends) in [at(HALL, "14:00", "15:00"), at("泉水委员工作室", "14:30", "15:30"), at("老码头委员工作室", "15:00", "16:00")] {
            days.push(officer.publish_reception(hall, "2026-09-10", &[(begins, ends, 1)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone());
        }
        member.answers_duty(&days[0], true).await.done();
        member.answers_duty(&days[1], true).await.expect_refusal("OVERLAPS");
        member.answers_duty(&days[2], true).await.done();
        // As a person they are one, received or receiving.
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 1).await;
        member.book(&slot).await.done();
        let clash = officer.publish_reception("老码头委员工作室", "2026-09-10", &[("09:30", "10:00", 1)], json!({ "memberIds": [own] })).await.done();
        member.answers_duty(&clash["receptionDay"], true).await.expect_refusal("OVERLAPS");
    }

    // Two committees: one place in each, but not at one time.
    async fn a_person_may_book_with_two_committees_but_not_at_one_time(app) {
        let officer = app.officer(SPRING).await;
        let slots = [("09:00", "10:00", 5), ("11:00", "12:00", 5)];
        let day = officer.publish_reception(HALL, "2026-09-10", &slots, json!({})).await.done()["receptionDay"].clone();
        let elsewhere = slot_elsewhere(&app, "2026-09-10", "09:30", "11:00").await;
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        first.book(&day["slots"][0]["id"]).await.done();
        first.book(&elsewhere).await.expect_refusal("OVERLAPS");
        // One that begins when the other ends is no overlap.
        second.book(&day["slots"][1]["id"]).await.done();
        second.book(&elsewhere).await.done();
    }

    async fn a_reception_in_duty_time_joins_the_duty_and_takes_nobodys_time_twice(app) {
        let (convenor, officer, on_duty, other) = (app.member(0).await, app.officer(SPRING).await, app.member(4).await, app.member(2).await);
        let studio = app.studio("泉水委员工作室").await;
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
        let own = on_duty.member_id().await;
        let duty = slots.iter().find(|slot| slot["member"]["id"] == own).unwrap()["from"].as_str().unwrap().to_owned();
        let day = &duty[..10];
        let members = json!({ "memberIds": [own, other.member_id().await] });
        let begins = ("09:00", "10:00", 3);
        let joined = officer.publish_reception("泉水委员工作室", day, &[begins], members).await.done()["receptionDay"].clone();
        assert_eq!(officer.reception(&joined).await["dutyTime"], true);
        for member in [&on_duty, &other] {
            member.answers_duty(&joined, true).await.done();
        }
        // Nor are two receptions there at one time, though both were part of the duty.
        officer.publish_reception("泉水委员工作室", day, &[("09:30", "10:00", 3)], json!({})).await.expect_refusal("OVERLAPS");
        // The duty goes on beyond: a reception that does not fit into it is no part of it.
        officer.publish_reception("泉水委员工作室", day, &[("10:30", "12:00", 3)], json!({})).await.expect_refusal("OVERLAPS");
        let taken = app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL AND subject_kind = 'MEMBER' AND occasion_id IN (SELECT occasion_id FROM reception_days)").await;
        assert_eq!(taken, 1, "the one who has no duty then");
        officer.change_reception("cancelReceptionDay", &joined, json!({ "reason": "场地维修" })).await.done();
        assert!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL AND subject_kind = 'MEMBER'").await > 0, "duty stays");
    }

    async fn who_gives_a_duty_away_still_receives_and_their_time_is_the_receptions(app) {
        let (convenor, officer, on_duty) = (app.member(0).await, app.officer(SPRING).await, app.member(4).await);
        let studio = app.studio("泉水委员工作室").await;
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
        let own = on_duty.member_id().await;
        let slot = slots.iter().find(|slot| slot["member"]["id"] == own).unwrap().clone();
        let day = slot["from"].as_str().unwrap()[..10].to_owned();
        let joined = officer.publish_reception("泉水委员工作室", &day, &[("09:00", "10:00", 3)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        on_duty.answers_duty(&joined, true).await.done();
        on_duty.mutate("declineSlot", json!({ "requestId": new_request(), "slotId": slot["id"], "reason": "只接待，不值班" })).await.done();
        let clash = officer.publish_reception(HALL, &day, &[("09:30", "10:30", 3)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        on_duty.answers_duty(&clash, true).await.expect_refusal("OVERLAPS");
        // Given back to them, the duty takes its time again, with the reception in it.
        convenor.mutate("assignSlot", json!({ "requestId": new_request(), "slotId": slot["id"], "memberId": own, "expectedVersion": 2 })).await.done();
        assert_eq!(officer.reception(&joined).await["receivers"][0]["state"], "ACCEPTED");
    }

    async fn a_day_that_only_grows_keeps_who_has_said_that_they_receive(app) {
        let (officer, member, resident) = (app.officer(SPRING).await, app.member(2).await, app.resident(0).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-10", &[("09:00", "10:00", 1)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        member.answers_duty(&day, true).await.done();
        let booking = resident.book(&day["slots"][0]["id"]).await.done()["booking"].clone();
        officer.change_reception("changeReceptionDay", &day, json!({ "addSlots": [{ "begins": "10:00", "ends": "11:00", "capacity": 1 }] })).await.done();
        app.deliver().await;
        assert_eq!(member.reception(&day).await["myResponse"], "ACCEPTED");
        assert_eq!(resident.notices().await, [] as [String; 0], "nothing of theirs has changed");
        // The longer time is theirs to keep free.
        let late = officer.publish_reception("泉水委员工作室", "2026-09-10", &[("10:30", "11:30", 1)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        member.answers_duty(&late, true).await.expect_refusal("OVERLAPS");
        // What has come to pass is not moved any more.
        app.set_time("2026-09-10", 8, 50);
        officer.mark("checkInBooking", &booking).await.done();
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-12" })).await.expect_refusal("VISITS_MARKED");
    }

    async fn who_saw_another_time_accepts_and_books_nothing(app) {
        let (officer, member, resident) = (app.officer(SPRING).await, app.member(2).await, app.resident(0).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-10", &[("09:00", "10:00", 1)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        let slot = &day["slots"][0];
        officer.change_reception("changeReceptionDay", &day, json!({ "slots": [{ "slotId": slot["id"], "begins": "14:00", "ends": "15:00" }] })).await.done();
        let accept = json!({ "requestId": new_request(), "dayId": day["id"], "expectedVersion": day["version"], "accept": true });
        let refused = member.mutate("respondToReceptionDuty", accept).await.expect_refusal("STATE_CHANGED");
        assert_eq!((&refused["version"], &refused["byRole"]), (&json!(2), &json!("LIAISON_OFFICER")));
        let book = |from: &Value| json!({ "requestId": new_request(), "slotId": slot["id"], "category": "OTHER", "expectedFrom": from });
        resident.mutate("bookSlot", book(&slot["from"])).await.expect_refusal("DAY_CLOSED");
        let now = officer.reception(&day).await["slots"][0]["from"].clone();
        assert_eq!(resident.mutate("bookSlot", book(&now)).await.done()["booking"]["state"], "BOOKED");
    }

    async fn on_a_cancelled_day_whoever_is_there_can_still_be_received(app) {
        let officer = app.officer(SPRING).await;
        let (day, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 3).await;
        let (there, not) = (app.resident(0).await, app.resident(1).await);
        let (here, gone) = (there.book(&slot).await.done()["booking"].clone(), not.book(&slot).await.done()["booking"].clone());
        app.set_time("2026-09-10", 9, 5);
        officer.mark("checkInBooking", &here).await.done();
        officer.mark("markNoShow", &gone).await.done();
        officer.change_reception("cancelReceptionDay", &day, json!({ "reason": "停电" })).await.done();
        officer.mark("checkInBooking", &gone).await.expect_refusal("DAY_CLOSED");
        assert_eq!(officer.record(&here).await.done()["booking"]["state"], "SERVED");
        app.set_time("2026-09-11", 9, 0);
        let week = officer.ok("{ officeWeek(divisionCode: \"990101001\", from: \"2026-09-07\") { unmarkedBookings { id } } }", json!({})).await;
        assert_eq!(week["officeWeek"]["unmarkedBookings"], json!([]));
    }

    async fn a_studio_with_receptions_ahead_is_not_closed(app) {
        let officer = app.officer(SPRING).await;
        let studio = app.studio("泉水委员工作室").await;
        let day = officer.publish_reception("泉水委员工作室", "2026-09-10", &[("14:00", "15:00", 1)], json!({})).await.done()["receptionDay"].clone();
        let close = || json!({ "requestId": new_request(), "studioId": studio, "expectedVersion": 1 });
        officer.mutate("closeStudio", close()).await.expect_refusal("RECEPTIONS_AHEAD");
        officer.change_reception("cancelReceptionDay", &day, json!({ "reason": "工作室调整" })).await.done();
        officer.mutate("closeStudio", close()).await.done();
        let slots = json!([{ "begins": "14:00", "ends": "15:00", "capacity": 1 }]);
        let new = json!({ "kind": "MEMBERS_RECEIVE_RESIDENTS", "venueId": studio, "day": "2026-09-11", "slots": slots, "memberIds": [] });
        officer.mutate("publishReceptionDay", json!({ "requestId": new_request(), "new": new })).await.expect_refusal("VENUE_CLOSED");
    }

    async fn a_cancelled_day_tells_everyone_and_lets_nobody_in(app) {
        let (officer, member) = (app.officer(SPRING).await, app.member(2).await);
        let own = member.member_id().await;
        let day = officer.publish_reception(HALL, "2026-09-10", &[("14:00", "15:00", 1)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        let slot = &day["slots"][0]["id"];
        let (first, second) = (app.resident(0).await, app.resident(1).await);
        let (booked, waits) = (first.book(slot).await.done()["booking"].clone(), second.wait(slot).await.done()["booking"].clone());
        officer.change_reception("cancelReceptionDay", &day, json!({ "reason": "台风" })).await.done();
        app.deliver().await;
        for (person, booking) in [(&first, &booked), (&second, &waits)] {
            assert_eq!((&person.booking(booking).await["state"], &person.notices().await[0]), (&json!("CANCELLED"), &"BOOKING_CANCELLED".to_owned()));
        }
        assert_eq!(member.notices().await[0], "RECEPTION_DUTY_ENDED");
        assert!(app.messages("13800000201").pop().unwrap().text.contains("台风"));
        app.resident(2).await.book(slot).await.expect_refusal("DAY_CLOSED");
        officer.change_reception("changeReceptionDay", &day, json!({ "theme": "又来" })).await.expect_refusal("DAY_CLOSED");
        assert_eq!(app.nobody().reception(&day).await["cancelReason"], "台风");
        officer.one_slot("2026-09-10", "14:00", "15:00", 1).await;
    }
}
