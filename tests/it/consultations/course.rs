//! From the sitting to the end: minutes, items with their units, ratings, the end and a new beginning.
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};

const GENERAL: &str = "13800000002";
const CONVENOR: &str = "13800000101";
const CITY: &str = "13800000013";

fn blockers(seen: &Value, kind: &str) -> Vec<String> {
    let found = seen["allowedMoves"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {seen}"));
    found["blockedBy"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

fn rule(cause: &sea_orm::DbErr) -> String {
    shangyi::kernel::errors::rule_of(cause).unwrap_or_default()
}

/// The unit does what was agreed on, and all who asked say so.
async fn done_and_confirmed(app: &TestApp, consultation: &Value, askers: &[usize]) {
    app.fresh(CITY).await.handles("replyToHandOver", consultation, 1, json!({ "text": "已完成" })).await.done();
    app.forget_codes().await;
    for n in askers {
        app.resident(*n).await.on_item("confirmItem", consultation, 1, json!({ "kept": true })).await.done();
    }
}

async fn state(person: &Person<'_>, consultation: &Value) -> Value {
    person.conduct(consultation).await["state"].clone()
}

on_both_columns! {
    async fn a_sitting_begins_in_time_and_minutes_say_what_is_missing(app) {
        let consultation = app.announced("夜市").await;
        let officer = app.fresh_officer().await;
        assert_eq!(blockers(&officer.conduct(&consultation).await, "START_SITTING"), ["SITTING_NOT_BEGUN"]);
        officer.consult("startSitting", &consultation, json!({})).await.expect_refusal("SITTING_NOT_BEGUN");
        app.set_time("2026-09-10", 8, 31);
        let officer = app.fresh_officer().await;
        officer.consult("startSitting", &consultation, json!({})).await.done();
        assert_eq!(blockers(&officer.conduct(&consultation).await, "PUBLISH_MINUTES"), ["NO_MINUTES", "NO_ATTENDANCE"]);
        officer.drafts("draftMinutes", &consultation, json!([{ "task": "装路灯" }])).await.done();
        assert_eq!(blockers(&officer.conduct(&consultation).await, "PUBLISH_MINUTES"), ["NO_ATTENDANCE", "ITEM_WITHOUT_UNIT", "NOT_SIGNED"]);
        officer.publishes(&consultation).await.expect_refusal("NO_ATTENDANCE");
        let sitting = officer.consultation(&consultation).await["sittings"][0].clone();
        officer.attended(&consultation, &sitting).await.done();
        officer.publishes(&consultation).await.expect_refusal("ITEM_WITHOUT_UNIT");
        let cause = app.execute("UPDATE consultation_minutes SET published_at = 1").await.unwrap_err();
        assert_eq!(rule(&cause), "not_signed");
        let whole = json!([{ "task": "装路灯", "unitId": app.organisation("区城市管理局").await, "dueOn": "2026-12-31" }]);
        officer.drafts("draftMinutes", &consultation, whole).await.done();
        officer.publishes(&consultation).await.expect_refusal("NOT_SIGNED");
        // Another's signature is not the convenor's; an old draft is not the last.
        app.member(6).await.ok("{ viewer { account { id } } }", json!({})).await;
        let minutes = officer.conduct(&consultation).await["minutes"].clone();
        let old = json!({ "requestId": new_request(), "minutesId": minutes[0]["id"] });
        let convenor = app.fresh(CONVENOR).await;
        convenor.mutate("signMinutes", old).await.expect_refusal("DRAFT_REPLACED");
        app.member(6).await.mutate("signMinutes", json!({ "requestId": new_request(), "minutesId": minutes[1]["id"] })).await.expect_refusal("NOT_PRESENT");
        convenor.sign(&consultation).await.done();
        convenor.sign(&consultation).await.expect_refusal("SIGNED_ALREADY");
        let officer = app.fresh_officer().await;
        let done = officer.publishes(&consultation).await.done();
        assert_eq!(done["consultation"]["state"], "MINUTED");
        let seen = app.nobody().conduct(&consultation).await;
        assert_eq!((&seen["items"][0]["task"], &seen["items"][0]["unit"]["name"], &seen["items"][0]["state"], &seen["items"][0]["dueOn"]), (&json!("装路灯"), &json!("区城市管理局"), &json!("OPEN"), &json!("2026-12-31")));
        assert_eq!((&seen["shareNotMet"], &seen["minutes"]), (&json!(true), &json!(null)), "only the convenor was there");
    }

    async fn an_objection_of_who_led_keeps_a_draft_from_being_published(app) {
        let consultation = app.in_sitting("夜市").await;
        let officer = app.fresh_officer().await;
        officer.drafts("draftMinutes", &consultation, json!([])).await.done();
        let convenor = app.fresh(CONVENOR).await;
        let minutes = convenor.conduct(&consultation).await["minutes"][0]["id"].clone();
        convenor.mutate("objectToMinutes", json!({ "requestId": new_request(), "minutesId": minutes, "note": "漏记了一条" })).await.done();
        let officer = app.fresh_officer().await;
        officer.publishes(&consultation).await.expect_refusal("NOT_SIGNED");
        assert_eq!(officer.conduct(&consultation).await["minutes"][0]["signatures"][0]["note"], "漏记了一条");
        // Who was there reads the minutes and signs as well; others' notes are for the internal side.
        app.forget_codes().await;
        let resident = app.resident(0).await;
        resident.mutate("signMinutes", json!({ "requestId": new_request(), "minutesId": minutes })).await.done();
        assert_eq!(resident.conduct(&consultation).await["minutes"][0]["signatures"][0]["note"], json!(null));
        officer.consult("cancelConsultation", &consultation, json!({ "reason": "改由另一场一并协商" })).await.done();
        officer.drafts("draftMinutes", &consultation, json!([])).await.expect_refusal("STATE_CHANGED");
    }

    async fn nothing_is_reported_without_recipients_and_nothing_given_before(app) {
        let consultation = app.minuted("夜市", 2).await;
        let unit = app.fresh(CITY).await;
        unit.on_item("progressItem", &consultation, 1, json!({ "text": "先做" })).await.expect_refusal("STATE_CHANGED");
        assert_eq!(unit.item(&consultation, 1).await["handOvers"], json!([]));
        let cause = app.execute("UPDATE consultations SET state = 'REPORTED', version = version + 1, reported_at = 1").await.unwrap_err();
        assert_eq!(rule(&cause), "no_recipients");
        app.fresh_officer().await.mutate_error("reportConsultation", json!({ "requestId": new_request(), "consultationId": consultation["id"], "expectedVersion": 6, "recipients": ["区委办"] }), "FORBIDDEN").await;
        let general = app.fresh(GENERAL).await;
        let done = general.consult("reportConsultation", &consultation, json!({ "recipients": ["区委办", "区政府办"] })).await.done();
        assert_eq!(done["consultation"]["state"], "TRACKING", "what was agreed on is with its units");
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "givenBy": "区委书记", "day": app.today(), "text": "请抓紧落实" });
        general.mutate("recordInstruction", input).await.done();
        let inside = app.member(4).await.conduct(&consultation).await;
        assert_eq!((&inside["recipients"], &inside["instructions"][0]["text"]), (&json!(["区委办", "区政府办"]), &json!("请抓紧落实")));
        let public = app.nobody().conduct(&consultation).await;
        assert_eq!((&public["recipients"], &public["instructions"]), (&json!(null), &json!(null)));
        assert_eq!(public["items"][0]["handOvers"][0]["state"], "GIVEN");
        app.deliver().await;
        assert!(app.fresh(CITY).await.notices().await.contains(&"HAND_OVER_GIVEN".to_owned()));
    }

    async fn an_item_is_returned_given_anew_done_disputed_and_confirmed(app) {
        let consultation = app.reported("夜市", 1).await;
        let unit = app.fresh(CITY).await;
        unit.handles("acceptHandOver", &consultation, 1, json!({})).await.done();
        unit.handles("extendHandOver", &consultation, 1, json!({ "workingDays": 5, "reason": "等材料" })).await.expect_refusal("DATE_AGREED");
        unit.handles("returnHandOver", &consultation, 1, json!({ "reason": "属水务局职责" })).await.done();
        let item = unit.item(&consultation, 1).await;
        assert_eq!(item["state"], "RETURNED");
        let officer = app.fresh_officer().await;
        let input = json!({ "requestId": new_request(), "subjectId": item["id"], "expectedVersion": item["version"], "unitId": app.organisation("区水务局").await });
        app.resident(0).await.mutate_error("handOver", input.clone(), "FORBIDDEN").await;
        officer.mutate("handOver", input.clone()).await.done();
        let again = json!({ "requestId": new_request(), "subjectId": item["id"], "expectedVersion": item["version"], "unitId": app.organisation("区水务局").await });
        officer.mutate("handOver", again).await.expect_refusal("STATE_CHANGED");
        let water = app.fresh("13800000014").await;
        water.handles("acceptHandOver", &consultation, 1, json!({})).await.done();
        water.on_item("progressItem", &consultation, 1, json!({ "text": "管线已探明" })).await.done();
        water.handles("replyToHandOver", &consultation, 1, json!({ "text": "已通水" })).await.done();
        app.forget_codes().await;
        let (one, other) = (app.resident(0).await, app.resident(2).await);
        water.mutate_error("confirmItem", json!({ "requestId": new_request(), "itemId": item["id"], "kept": true }), "FORBIDDEN").await;
        one.on_item("confirmItem", &consultation, 1, json!({ "kept": true })).await.done();
        one.on_item("confirmItem", &consultation, 1, json!({ "kept": true })).await.expect_refusal("SAID_ALREADY");
        let disputed = other.on_item("confirmItem", &consultation, 1, json!({ "kept": false, "reason": "三单元还没有水" })).await.done()["item"].clone();
        assert_eq!((&disputed["state"], &disputed["disputes"], &disputed["confirmations"]), (&json!("DISPUTED"), &json!(1), &json!(0)));
        let water = app.fresh("13800000014").await;
        let seen = water.item(&consultation, 1).await;
        assert_eq!(seen["handOvers"].as_array().unwrap().len(), 3);
        water.handles("acceptHandOver", &consultation, 1, json!({})).await.done();
        assert_eq!(water.item(&consultation, 1).await["state"], "IN_PROGRESS");
        water.handles("replyToHandOver", &consultation, 1, json!({ "text": "三单元也通水了" })).await.done();
        app.forget_codes().await;
        for n in [0, 2] {
            app.resident(n).await.on_item("confirmItem", &consultation, 1, json!({ "kept": true })).await.done();
        }
        let seen = app.nobody().item(&consultation, 1).await;
        assert_eq!((&seen["state"], seen["endedAt"].is_null(), &seen["evidence"]), (&json!("CONFIRMED"), false, &json!("三单元也通水了")));
        let whats: Vec<&str> = seen["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
        assert_eq!(whats, ["AGREED", "GIVEN", "ACCEPTED", "RETURNED", "GIVEN", "ACCEPTED", "PROGRESSED", "DONE", "DISPUTED", "ACCEPTED", "DONE", "CONFIRMED"]);
        let cause = app.execute("UPDATE agreed_items SET state = 'OPEN', version = version + 1, ended_at = NULL").await.unwrap_err();
        assert_eq!(rule(&cause), "undeclared_move");
    }

    async fn what_cannot_be_done_ends_when_the_desk_acknowledges_it(app) {
        let consultation = app.reported("夜市", 2).await;
        let unit = app.fresh(CITY).await;
        unit.handles("replyToHandOver", &consultation, 1, json!({ "text": "规划不允许", "cannot": true })).await.done();
        let item = unit.item(&consultation, 1).await;
        assert_eq!((&item["state"], item["endedAt"].is_null(), &item["evidence"]), (&json!("CANNOT"), true, &json!("规划不允许")));
        let officer = app.fresh_officer().await;
        let input = json!({ "requestId": new_request(), "itemId": item["id"], "expectedVersion": item["version"] });
        app.resident(0).await.mutate_error("acknowledgeCannot", input.clone(), "FORBIDDEN").await;
        officer.mutate("acknowledgeCannot", input).await.done();
        assert!(!officer.item(&consultation, 1).await["endedAt"].is_null());
        // The other one: 28 days without a word after it was done.
        app.fresh("13800000014").await.handles("replyToHandOver", &consultation, 2, json!({ "text": "已完成" })).await.done();
        app.advance(27 * 86_400);
        app.deliver().await;
        assert_eq!(app.nobody().item(&consultation, 2).await["state"], "DONE");
        app.advance(86_400 + 60);
        app.deliver().await;
        assert_eq!(app.nobody().item(&consultation, 2).await["state"], "CLOSED_UNCONFIRMED");
    }

    async fn what_is_overdue_is_pressed_for_step_by_step(app) {
        let consultation = app.reported("夜市", 1).await;
        let officer = app.fresh_officer().await;
        let press = |kind: &str| json!({ "kind": kind, "text": "请尽快办理" });
        officer.on_item("superviseItem", &consultation, 1, press("REMINDER")).await.expect_refusal("NOT_OVERDUE");
        app.set_time("2027-01-01", 0, 1);
        let officer = app.fresh_officer().await;
        let board = "query($code: String, $overdue: Boolean) { trackingBoard(divisionCode: $code, overdue: $overdue) { nodes { number overdue unit { name } consultation { title } } } }";
        let seen = officer.ok(board, json!({ "code": "990101001", "overdue": true })).await["trackingBoard"]["nodes"].clone();
        assert_eq!(seen, json!([{ "number": 1, "overdue": true, "unit": { "name": "区城市管理局" }, "consultation": { "title": "夜市" } }]));
        assert_eq!(officer.ok(board, json!({ "code": "990101002" })).await["trackingBoard"]["nodes"], json!([]));
        assert_eq!(app.fresh(CITY).await.ok(board, json!({})).await["trackingBoard"]["nodes"].as_array().unwrap().len(), 1);
        app.resident(0).await.expect_error(board, json!({}), "FORBIDDEN").await;
        officer.on_item("superviseItem", &consultation, 1, press("INSPECTION")).await.expect_refusal("STEP_SKIPPED");
        for kind in ["REMINDER", "LETTER_OF_INQUIRY", "INSPECTION"] {
            officer.on_item("superviseItem", &consultation, 1, press(kind)).await.done();
        }
        let public = app.nobody().item(&consultation, 1).await;
        let whats: Vec<&str> = public["history"].as_array().unwrap().iter().map(|event| event["what"].as_str().unwrap()).collect();
        assert_eq!(whats, ["AGREED", "GIVEN", "REMINDED", "INQUIRED", "INSPECTED"]);
        assert!(public["history"][2]["note"].is_null());
        app.deliver().await;
        assert!(app.fresh(CITY).await.notices().await.contains(&"AGREED_ITEM_PRESSED".to_owned()));
    }

    async fn it_is_evaluated_from_outside_closed_and_opened_again(app) {
        let consultation = app.reported("夜市", 1).await;
        app.fresh_officer().await.rates(&consultation, 5).await.done();
        app.fresh(CONVENOR).await.rates(&consultation, 5).await.done();
        done_and_confirmed(&app, &consultation, &[0, 2]).await;
        let officer = app.fresh_officer().await;
        assert_eq!(blockers(&officer.conduct(&consultation).await, "EVALUATE"), ["NO_OUTSIDE_RATING"]);
        officer.consult("closeConsultation", &consultation, json!({})).await.expect_refusal("STATE_CHANGED");
        let cause = app.execute("UPDATE consultations SET state = 'EVALUATED', version = version + 1").await.unwrap_err();
        assert!(["no_outside_rating", "items_open"].contains(&rule(&cause).as_str()), "{cause}");
        app.resident(5).await.mutate_error("evaluateConsultation", json!({ "requestId": new_request(), "consultationId": consultation["id"], "stars": [4, 4, 4, 4] }), "FORBIDDEN").await;
        app.forget_codes().await;
        let resident = app.resident(0).await;
        resident.mutate_error("evaluateConsultation", json!({ "requestId": new_request(), "consultationId": consultation["id"], "stars": [4] }), "BAD_INPUT").await;
        let done = resident.rates(&consultation, 4).await.done();
        assert_eq!(done["consultation"]["state"], "EVALUATED");
        resident.rates(&consultation, 4).await.expect_refusal("RATED_ALREADY");
        // An evaluator whom the committee names for this one.
        let evaluator = app.fresh("13800000006").await;
        evaluator.mutate_error("evaluateConsultation", json!({ "requestId": new_request(), "consultationId": consultation["id"], "stars": [3, 3, 3, 3] }), "FORBIDDEN").await;
        let held = evaluator.ok("{ viewer { appointments { id role } } }", json!({})).await["viewer"]["appointments"][0]["id"].clone();
        app.fresh(GENERAL).await.mutate("nameEvaluator", json!({ "requestId": new_request(), "consultationId": consultation["id"], "appointmentId": held })).await.done();
        evaluator.rates(&consultation, 3).await.done();
        assert!(evaluator.conduct(&consultation).await["participants"].is_null(), "an evaluator reads no names");
        app.forget_codes().await;
        app.resident(2).await.rates(&consultation, 5).await.done();
        let seen = app.nobody().conduct(&consultation).await["evaluation"].clone();
        assert_eq!((&seen["fromOutside"], &seen["byEvaluators"], &seen["byOrganisers"], &seen["noOutsideRating"], &seen["questions"][0]["average"]), (&json!(3), &json!(1), &json!(2), &json!(false), &json!(4.0)));
        let officer = app.fresh_officer().await;
        officer.consult("closeConsultation", &consultation, json!({})).await.done();
        officer.consult("reopenConsultation", &consultation, json!({ "reason": "路灯又坏了" })).await.done();
        // What is to be done now is agreed on anew, signed and published; what was, stays.
        let more = json!([{ "task": "更换灯具", "unitId": app.organisation("区城市管理局").await, "dueOn": "2027-03-31" }]);
        officer.drafts("amendMinutes", &consultation, more).await.done();
        app.fresh(CONVENOR).await.sign(&consultation).await.done();
        let officer = app.fresh_officer().await;
        assert_eq!(officer.publishes(&consultation).await.done()["consultation"]["state"], "TRACKING");
        let items = officer.conduct(&consultation).await["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["state"], &items[1]["state"], &items[1]["handOvers"][0]["state"]), (2, &json!("CONFIRMED"), &json!("OPEN"), &json!("GIVEN")));
    }

    async fn nobody_from_outside_is_waited_for_thirty_days(app) {
        let consultation = app.reported("夜市", 0).await;
        let officer = app.fresh_officer().await;
        assert_eq!(state(&officer, &consultation).await, "REPORTED");
        app.advance(29 * 86_400);
        app.deliver().await;
        assert_eq!(state(&app.nobody(), &consultation).await, "REPORTED");
        app.advance(2 * 86_400);
        app.deliver().await;
        let seen = app.nobody().conduct(&consultation).await;
        assert_eq!((&seen["state"], &seen["evaluation"]["noOutsideRating"]), (&json!("EVALUATED"), &json!(true)));
        app.fresh_officer().await.consult("closeConsultation", &consultation, json!({})).await.done();
    }

    async fn amended_minutes_correct_and_supersede_and_drop_nothing(app) {
        let consultation = app.reported("夜市", 3).await;
        app.fresh(CITY).await.handles("acceptHandOver", &consultation, 1, json!({})).await.done();
        let officer = app.fresh_officer().await;
        let items = officer.conduct(&consultation).await["items"].clone();
        let water = app.organisation("区水务局").await;
        let taken = json!([{ "itemId": items[0]["id"], "task": "第1件", "unitId": water }]);
        let last = officer.last_draft(&consultation).await["id"].clone();
        let wrong = json!({ "requestId": new_request(), "consultationId": consultation["id"], "afterId": last, "text": "改", "items": taken });
        officer.mutate_error("amendMinutes", wrong, "BAD_INPUT").await;
        let changes = json!([
            { "itemId": items[0]["id"], "task": "第一件，改了说法" },
            { "itemId": items[1]["id"], "task": "第2件", "superseded": true },
            { "task": "第四件", "unitId": water, "dueOn": "2027-01-31" },
        ]);
        officer.drafts("amendMinutes", &consultation, changes).await.done();
        officer.publishes(&consultation).await.expect_refusal("NOT_SIGNED");
        app.fresh(CONVENOR).await.sign(&consultation).await.done();
        app.fresh_officer().await.publishes(&consultation).await.done();
        let seen = app.fresh_officer().await.conduct(&consultation).await;
        let now: Vec<(&str, &str)> = seen["items"].as_array().unwrap().iter().map(|item| (item["task"].as_str().unwrap(), item["state"].as_str().unwrap())).collect();
        assert_eq!(now, [("第一件，改了说法", "ACCEPTED"), ("第2件", "SUPERSEDED"), ("第3件", "OPEN"), ("第四件", "OPEN")]);
        assert_eq!((&seen["items"][0]["dueOn"], &seen["items"][1]["handOvers"][0]["state"]), (&json!("2026-12-31"), &json!("RECALLED")));
        let cause = app.execute("UPDATE consultation_minutes SET text = '改'").await.unwrap_err();
        assert_eq!(rule(&cause), "minutes_are_only_published");
        app.deliver().await;
        assert!(app.fresh(CITY).await.notices().await.contains(&"AGREED_ITEM_CORRECTED".to_owned()));
        // What was held counts for the year where stakeholders came in number.
        let board = app.nobody().ok("{ quotaBoard(year: 2026, divisionCode: \"990101001\") { lines { programme { name } due planned held notCounted } } }", json!({})).await;
        assert_eq!(board["quotaBoard"]["lines"], json!([{ "programme": { "name": "有事来协商" }, "due": 4, "planned": 0, "held": 1, "notCounted": 0 }]));
    }
}
