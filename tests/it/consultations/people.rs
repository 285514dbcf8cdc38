//! Who takes part: invited or come of their own accord, seats and waiting lists, replies, the door.
use serde_json::{Value, json};
use shangyi_tests::{new_request, on_both_columns};

const UNIT: &str = "13800000013";

fn mine(seen: &Value) -> &Value {
    &seen["myPart"]["replies"][0]
}

on_both_columns! {
    async fn people_are_invited_reply_and_are_counted(app) {
        let consultation = app.announced("天然气入户").await;
        let officer = app.fresh_officer().await;
        let sitting = officer.consultation(&consultation).await["sittings"][0].clone();
        let member = app.member(4).await.member_id().await;
        let invitees = json!([
            { "member": member },
            { "unit": app.organisation("区城市管理局").await },
            { "person": { "who": { "name": "老张", "contact": "023-6000", "channel": "PHONE" }, "party": "STAKEHOLDER" } },
            { "person": { "who": { "name": "吴居民", "contact": app.phone_of("RESIDENT", 4), "channel": "PHONE" }, "party": "STAKEHOLDER" } },
        ]);
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "invitees": invitees });
        let officer = app.fresh_officer().await;
        officer.mutate("invite", input.clone()).await.done();
        assert_eq!(officer.mutate("invite", input).await.done()["replayed"], true);
        let seen = officer.conduct(&consultation).await;
        let names: Vec<&str> = seen["participants"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["白常委", "黄委员", "区城市管理局", "老张", "吴居民"], "who leads takes part by themselves");
        assert_eq!((&seen["sittings"][0]["taken"], &seen["participants"][0]["replies"][0]["state"]), (&json!(1), &json!("ATTENDING")));
        // The public sees how many, and nobody.
        let public = app.nobody().conduct(&consultation).await;
        assert_eq!((&public["participants"], &public["contributions"], &public["minutes"]), (&json!(null), &json!(null), &json!(null)));
        assert_eq!(public["turnout"][0], json!({ "party": "MEMBER", "listed": 2, "coming": 1, "present": 0 }));
        app.deliver().await;
        let member = app.member(4).await;
        assert_eq!(member.notices().await, ["SITTING_INVITED"]);
        let without = json!({ "requestId": new_request(), "sittingId": sitting["id"], "answer": "LEAVE" });
        member.mutate_error("respondToInvitation", without, "BAD_INPUT").await;
        member.reply(&sitting, "LEAVE", json!({ "reason": "出差" })).await.done();
        assert_eq!(mine(&member.conduct(&consultation).await)["reason"], "出差");
        assert!(app.nobody().conduct(&consultation).await["myPart"].is_null());
        // The unit sends somebody; the neighbour whose phone was given finds the invitation.
        app.fresh(UNIT).await.reply(&sitting, "DELEGATE", json!({ "delegate": "王科长" })).await.done();
        let neighbour = app.resident(4).await;
        neighbour.reply(&sitting, "ATTEND", json!({})).await.done();
        let officer = app.fresh_officer().await;
        let seen = officer.conduct(&consultation).await;
        assert_eq!(seen["participants"][2]["replies"][0]["delegate"], "王科长");
        assert_eq!((&seen["sittings"][0]["taken"], &seen["participants"][4]["party"]), (&json!(3), &json!("STAKEHOLDER")));
        // Members without an invitation, and strangers, do not reply.
        app.member(6).await.reply(&sitting, "ATTEND", json!({})).await.expect_refusal("NOT_INVITED");
        let cause = app.execute("UPDATE consultation_participants SET party = 'EXPERT'").await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("parties_are_fixed"));
    }

    async fn as_what_somebody_comes_follows_from_facts(app) {
        let consultation = app.announced("夜市").await;
        let officer = app.fresh_officer().await;
        let sitting = officer.consultation(&consultation).await["sittings"][0].clone();
        // At home in the street it is about; at home elsewhere; a member; one who looks on.
        app.resident(0).await.ask(&sitting, json!({})).await.done();
        app.resident(8).await.ask(&sitting, json!({})).await.done();
        app.member(6).await.ask(&sitting, json!({})).await.done();
        app.resident(9).await.ask(&sitting, json!({ "observe": true })).await.done();
        app.resident(0).await.ask(&sitting, json!({})).await.expect_refusal("TAKES_PART_ALREADY");
        let seen = app.fresh_officer().await.conduct(&consultation).await;
        let parties: Vec<(&str, &str)> = seen["participants"].as_array().unwrap().iter().map(|one| (one["party"].as_str().unwrap(), one["basis"].as_str().unwrap())).collect();
        assert_eq!(parties, [("MEMBER", "INVITED"), ("STAKEHOLDER", "PLACE"), ("RESIDENT", "ASKED"), ("MEMBER", "ASKED"), ("OBSERVER", "ASKED")]);
    }

    async fn a_full_sitting_has_a_waiting_list_and_offers_what_is_free(app) {
        let consultation = app.announced("夜市").await;
        let officer = app.fresh_officer().await;
        let sitting = officer.consultation(&consultation).await["sittings"][0].clone();
        officer.consult("changeSitting", &consultation, json!({ "sittingId": sitting["id"], "capacity": 3 })).await.done();
        for n in 0..2 {
            app.resident(n).await.ask(&sitting, json!({})).await.done();
        }
        let (third, fourth) = (app.resident(2).await, app.resident(3).await);
        assert_eq!(third.ask(&sitting, json!({})).await.expect_refusal("FULL")["place"], 1);
        third.ask(&sitting, json!({ "wait": true })).await.done();
        fourth.ask(&sitting, json!({ "wait": true })).await.done();
        assert_eq!(mine(&fourth.conduct(&consultation).await)["place"], 2);
        let cause = app.execute("UPDATE consultation_replies SET state = 'ATTENDING', version = version + 1 WHERE state = 'WAITING'").await.unwrap_err();
        assert_eq!(shangyi::kernel::errors::rule_of(&cause).as_deref(), Some("sitting_is_full"));
        // A seat that is given up is offered to the first who waits, and is nobody else's meanwhile.
        app.forget_codes().await;
        app.resident(0).await.reply(&sitting, "DECLINE", json!({})).await.done();
        let seen = third.conduct(&consultation).await;
        assert_eq!((&mine(&seen)["state"], &seen["sittings"][0]["taken"]), (&json!("OFFERED"), &json!(3)));
        app.resident(5).await.ask(&sitting, json!({})).await.expect_refusal("FULL");
        app.advance(3 * 3600);
        app.deliver().await;
        let fourth = app.fresh(app.phone_of("RESIDENT", 3)).await;
        assert_eq!(mine(&fourth.conduct(&consultation).await)["state"], "OFFERED", "the third let it go by");
        fourth.reply(&sitting, "ATTEND", json!({})).await.done();
        let third = app.fresh(app.phone_of("RESIDENT", 2)).await;
        assert_eq!(mine(&third.conduct(&consultation).await)["state"], "EXPIRED");
        assert!(third.notices().await.contains(&"SITTING_OFFER_EXPIRED".to_owned()));
        third.reply(&sitting, "ATTEND", json!({})).await.expect_refusal("FULL");
        assert_eq!(app.count("SELECT taken FROM consultation_seats").await, 3);
    }

    async fn attending_takes_time_and_a_second_thing_releases_the_first(app) {
        let one = app.announced("夜市").await;
        let first = app.nobody().consultation(&one).await["sittings"][0].clone();
        let officer = app.fresh_officer().await;
        let programme = app.fresh("13800000002").await.programme("YUAN_BA_XIE_SHANG").await;
        let other = officer.researched(&programme, "停车", 2).await;
        let officer = app.fresh_officer().await;
        let hall = officer.venue("泉水委员工作室").await;
        let leads = app.member(2).await.member_id().await;
        officer.announce(&other, 10, ("10:00", "12:00"), json!({ "hallId": hall, "convenorId": leads })).await.done();
        let second = officer.consultation(&other).await["sittings"][0].clone();
        let resident = app.resident(0).await;
        resident.ask(&first, json!({})).await.done();
        let refused = resident.ask(&second, json!({})).await.expect_refusal("PERSON_TAKEN");
        assert_eq!((&refused["inTheWay"], &refused["firstSittingId"]), (&json!("SITTING"), &first["id"]));
        officer.mutate("invite", json!({ "requestId": new_request(), "consultationId": other["id"], "invitees": [{ "person": { "who": { "name": "秦居民", "contact": app.phone_of("RESIDENT", 0), "channel": "PHONE" }, "party": "RESIDENT" } }] })).await.done();
        resident.reply(&second, "ATTEND", json!({})).await.expect_refusal("PERSON_TAKEN");
        resident.reply(&second, "ATTEND", json!({ "releaseFirst": true })).await.done();
        assert_eq!(mine(&resident.conduct(&one).await)["state"], "ON_LEAVE");
        assert_eq!(mine(&resident.conduct(&other).await)["state"], "ATTENDING");
        // Another hall keeps replies, another time asks again and frees the time.
        let officer = app.fresh_officer().await;
        officer.consult("changeSitting", &other, json!({ "sittingId": second["id"], "hallId": officer.venue("老码头委员工作室").await })).await.done();
        assert_eq!(mine(&resident.conduct(&other).await)["state"], "ATTENDING");
        officer.consult("changeSitting", &other, json!({ "sittingId": second["id"], "from": "2026-09-11T10:00:00+08:00" })).await.done();
        assert_eq!(mine(&resident.conduct(&other).await)["state"], "ASKED");
        resident.reply(&first, "ATTEND", json!({})).await.done();
        app.deliver().await;
        let told = resident.notices().await;
        assert!(["SITTING_INVITED", "SITTING_HALL_CHANGED", "SITTING_MOVED"].iter().all(|kind| told.contains(&(*kind).to_owned())), "{told:?}");
        // Postponed: everybody's time is their own again.
        officer.consult("postponeConsultation", &one, json!({ "reason": "台风" })).await.done();
        assert_eq!(mine(&resident.conduct(&one).await)["state"], "GIVEN_BACK");
        assert_eq!(app.count("SELECT count(*) FROM occupancies WHERE released_at IS NULL AND subject_kind = 'RESIDENT'").await, 0);
    }

    async fn who_stands_at_the_door_checks_in_with_its_code(app) {
        let consultation = app.announced("夜市").await;
        let sitting = app.nobody().consultation(&consultation).await["sittings"][0].clone();
        app.resident(0).await.ask(&sitting, json!({})).await.done();
        let officer = app.fresh_officer().await;
        app.resident(0).await.at_the_door(&sitting, &officer).await.expect_refusal("NOT_OPEN_YET");
        app.set_time("2026-09-10", 8, 40);
        app.forget_codes().await;
        let (officer, resident) = (app.fresh_officer().await, app.resident(0).await);
        resident.expect_error("query($id: ID!) { doorCode(sittingId: $id) { payload } }", json!({ "id": sitting["id"] }), "FORBIDDEN").await;
        let wrong = |code: &str| json!({ "requestId": new_request(), "sittingId": sitting["id"], "code": code });
        resident.mutate("checkInToSitting", wrong("abc")).await.expect_refusal("CODE_INVALID");
        resident.at_the_door(&sitting, &officer).await.done();
        resident.at_the_door(&sitting, &officer).await.done();
        officer.consult("startSitting", &consultation, json!({})).await.done();
        // Who comes from elsewhere without being on the list is a resident, whoever they say they are.
        let (walks_in, member) = (app.resident(8).await, app.member(6).await);
        walks_in.at_the_door(&sitting, &officer).await.done();
        member.at_the_door(&sitting, &officer).await.done();
        let late = json!({ "requestId": new_request(), "consultationId": consultation["id"], "invitees": [{ "person": { "who": { "name": "迟来者", "contact": "无", "channel": "VISIT" }, "party": "STAKEHOLDER" } }] });
        officer.mutate("invite", late).await.expect_refusal("STATE_CHANGED");
        let seen = officer.conduct(&consultation).await;
        let there: Vec<&Value> = seen["participants"].as_array().unwrap().iter().filter(|one| one["presentAt"] != json!([])).map(|one| &one["party"]).collect();
        assert_eq!(there, ["STAKEHOLDER", "RESIDENT", "MEMBER"]);
        // The secretary enters the others, guests too, and corrects.
        let first = seen["participants"][0]["id"].clone();
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "sittingId": sitting["id"], "present": [first], "guests": [{ "who": { "name": "路过的人", "contact": "无", "channel": "VISIT" } }] });
        officer.mutate("recordAttendance", input).await.done();
        let last = seen["participants"][3]["id"].clone();
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "sittingId": sitting["id"], "absent": [last] });
        officer.mutate("recordAttendance", input).await.done();
        let seen = officer.conduct(&consultation).await;
        assert_eq!(seen["turnout"], json!([{ "party": "MEMBER", "listed": 2, "coming": 1, "present": 1 }, { "party": "RESIDENT", "listed": 2, "coming": 0, "present": 2 }, { "party": "STAKEHOLDER", "listed": 1, "coming": 1, "present": 1 }]));
        assert_eq!(seen["stakeholderSharePercent"], 25);
        assert_eq!(app.count("SELECT count(*) FROM consultation_attendance").await, 6, "corrections are added");
        // Digits can be guessed twenty times an hour.
        for _ in 0..20 {
            resident.mutate("checkInToSitting", wrong("000000")).await;
        }
        resident.mutate("checkInToSitting", wrong("000000")).await.expect_refusal("LIMIT_REACHED");
    }
}
