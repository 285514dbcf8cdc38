//! Calendar feeds, read by another library's parser.
use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use serde_json::{Value, json};
use shangyi_tests::{Person, TestApp, new_request, on_both_columns};
use std::collections::BTreeMap;

const SPRING: &str = "听泉街道联络委";

struct Read {
    status: u16,
    etag: String,
    text: String,
}

async fn read(app: &TestApp, path: &Value, known: Option<&str>) -> Read {
    let mut request = app.client.get(format!("{}{}", app.url, path.as_str().unwrap()));
    if let Some(known) = known {
        request = request.header("if-none-match", known);
    }
    let answer = request.send().await.unwrap();
    let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned()).unwrap_or_default();
    Read { status: answer.status().as_u16(), etag, text: answer.text().await.unwrap() }
}

/// Each event by its UID: SEQUENCE, STATUS, DTSTART.
fn events(text: &str) -> BTreeMap<String, (i64, String, String)> {
    let calendar = ICalendar::parse(text).unwrap_or_else(|_| panic!("it parses: {text}"));
    let mut found = BTreeMap::new();
    for component in calendar.components.iter().filter(|one| one.component_type == ICalendarComponentType::VEvent) {
        let value = |name: &ICalendarProperty| {
            let entry = component.property(name).unwrap_or_else(|| panic!("{name:?} in {text}"));
            format!("{:?}", entry.values)
        };
        let uid = component.uid().expect("a UID").to_owned();
        let sequence = component.property(&ICalendarProperty::Sequence).and_then(|entry| entry.values.first()).and_then(|value| value.as_integer());
        let known = found.insert(uid, (sequence.unwrap_or(-1), value(&ICalendarProperty::Status), value(&ICalendarProperty::Dtstart)));
        assert!(known.is_none(), "a UID twice");
        for name in [ICalendarProperty::Dtend, ICalendarProperty::Dtstamp, ICalendarProperty::Summary, ICalendarProperty::Location] {
            value(&name);
        }
    }
    found
}

async fn open(person: &Person<'_>) -> Value {
    person.mutate("openCalendarFeed", json!({ "requestId": new_request(), "name": "手机日历" })).await.done()["path"].clone()
}

on_both_columns! {
    async fn a_feed_keeps_its_events_and_says_when_nothing_is_new(app) {
        let (officer, member, resident) = (app.officer(SPRING).await, app.member(2).await, app.resident(0).await);
        let own = member.member_id().await;
        let day = officer.publish_reception("听泉街道协商议事厅", "2026-09-10", &[("14:00", "15:00", 2)], json!({ "memberIds": [own] })).await.done()["receptionDay"].clone();
        member.answers_duty(&day, true).await.done();
        let booking = resident.book(&day["slots"][0]["id"]).await.done()["booking"].clone();
        let (his, hers) = (open(&member).await, open(&resident).await);
        let first = read(&app, &hers, None).await;
        assert_eq!(first.status, 200);
        let before = events(&first.text);
        assert_eq!(before.len(), 1);
        let (uid, (sequence, status, _)) = before.first_key_value().unwrap();
        assert!(uid.contains(booking["id"].as_str().unwrap()) && status.contains("Confirmed"), "{uid} {status}");
        let again = read(&app, &hers, Some(&first.etag)).await;
        assert_eq!((again.status, again.text.as_str(), again.etag == first.etag), (304, "", true));
        // The one who receives sees when and where, and nothing of who comes or why.
        let theirs = read(&app, &his, None).await;
        assert_eq!(events(&theirs.text).len(), 1);
        for private in ["秦居民", "电梯问题", "13800000201"] {
            assert!(!theirs.text.contains(private) && !first.text.contains(private), "{private}");
        }
        officer.change_reception("changeReceptionDay", &day, json!({ "day": "2026-09-12" })).await.done();
        let moved = read(&app, &hers, Some(&first.etag)).await;
        assert_eq!(moved.status, 200);
        let after = events(&moved.text);
        assert!(after[uid].0 > *sequence && after[uid].1.contains("Tentative") && after[uid].2 != before[uid].2, "{after:?}");
        officer.change_reception("cancelReceptionDay", &day, json!({ "reason": "台风" })).await.done();
        let gone = events(&read(&app, &hers, None).await.text);
        assert!(gone[uid].0 > after[uid].0 && gone[uid].1.contains("Cancelled"), "what is cancelled stays, as cancelled: {gone:?}");
        assert!(events(&read(&app, &his, None).await.text).values().all(|event| event.1.contains("Cancelled")));
    }

    async fn duty_stands_in_it_and_what_was_given_away_as_cancelled(app) {
        let (convenor, on_duty) = (app.member(0).await, app.member(4).await);
        let studio = app.studio("泉水委员工作室").await;
        let slots = convenor.publish_roster(&studio, "WEDNESDAY", "2026-09-02", "2026-09-30").await;
        let own = on_duty.member_id().await;
        let slot = slots.iter().find(|slot| slot["member"]["id"] == own).unwrap().clone();
        let path = open(&on_duty).await;
        let before = events(&read(&app, &path, None).await.text);
        assert!(!before.is_empty() && before.values().all(|event| event.1.contains("Confirmed")));
        on_duty.mutate("declineSlot", json!({ "requestId": new_request(), "slotId": slot["id"], "reason": "出差" })).await.done();
        let after = events(&read(&app, &path, None).await.text);
        assert_eq!(after.len(), before.len());
        let uid = format!("{}@shangyi", slot["id"].as_str().unwrap());
        assert!(after[&uid].1.contains("Cancelled") && after[&uid].0 > before[&uid].0);
    }

    async fn an_address_is_kept_nowhere_and_dies_when_it_is_revoked_or_an_appointment_ends(app) {
        let (convenor, affairs) = (app.member(0).await, app.person("13800000003").await);
        let sent = json!({ "requestId": new_request(), "name": "手机日历" });
        let path = convenor.mutate("openCalendarFeed", sent.clone()).await.done()["path"].clone();
        assert_eq!(convenor.mutate("openCalendarFeed", sent.clone()).await.done()["path"], path, "the same request, the same address");
        let secret = path.as_str().unwrap().trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
        for table in ["calendar_feeds", "audit", "outbox", "replays"] {
            let sql = match app.column {
                shangyi_tests::Column::Served => format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t"),
                shangyi_tests::Column::Embedded => format!("SELECT group_concat(quote(rowid)) FROM {table}"),
            };
            assert!(!app.sql(&sql).await.concat().contains(&secret), "{table}");
        }
        assert_eq!(read(&app, &path, None).await.status, 200);
        let other = open(&convenor).await;
        let feeds = convenor.ok("{ calendarFeeds { id name } }", json!({})).await["calendarFeeds"].clone();
        assert_eq!(feeds.as_array().unwrap().len(), 2);
        convenor.mutate_plain("revokeCalendarFeed", json!({ "feedId": feeds[0]["id"] })).await;
        assert_eq!((read(&app, &path, None).await.status, read(&app, &other, None).await.status), (404, 200));
        convenor.mutate("openCalendarFeed", sent).await.expect_refusal("REVOKED");
        app.resident(0).await.mutate_error("revokeCalendarFeed", json!({ "feedId": feeds[1]["id"] }), "NOT_FOUND").await;
        let held = convenor.ok("{ viewer { appointments { id role } } }", json!({})).await["viewer"]["appointments"].clone();
        let post = held.as_array().unwrap().iter().find(|post| post["role"] == "STUDIO_CONVENOR").unwrap()["id"].clone();
        affairs.mutate("endAppointment", json!({ "requestId": new_request(), "appointmentId": post })).await.done();
        assert_eq!(read(&app, &other, None).await.status, 404);
        // A term that is over by itself ends it too.
        let third = open(&convenor).await;
        assert_eq!(read(&app, &third, None).await.status, 200);
        app.set_time("2029-01-02", 9, 0);
        assert_eq!(read(&app, &third, None).await.status, 404);
        for wrong in ["/calendar/x.ics", "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics", "/calendar/AAAA"] {
            assert_eq!(read(&app, &json!(wrong), None).await.status, 404, "{wrong}");
        }
    }

    async fn a_person_has_ten_feeds_at_most(app) {
        let resident = app.resident(0).await;
        for _ in 0..10 {
            open(&resident).await;
        }
        resident.mutate("openCalendarFeed", json!({ "requestId": new_request(), "name": "再一个" })).await.expect_refusal("LIMIT_REACHED");
    }
}
