//! What people do in studios.
use crate::person::Done;
use crate::{Person, TestApp, new_request};
use serde_json::{Value, json};

impl TestApp {
    /// The id of the demo's studio of that name.
    pub async fn studio(&self, name: &str) -> Value {
        let data = self.nobody().ok("{ studios(first: 50) { nodes { id venue { name } } } }", json!({})).await;
        let nodes = data["studios"]["nodes"].as_array().expect("a list");
        nodes.iter().find(|studio| studio["venue"]["name"] == name).expect(name)["id"].clone()
    }

    /// What a phone's clocks say now, wrong by so many seconds.
    pub fn clock_off_by(&self, seconds: i64, boot: &str) -> Value {
        let now = self.app.clock.now();
        json!({ "deviceTime": now.plus_seconds(seconds).utc().to_rfc3339(), "bootId": boot, "elapsedMs": now.0 / 1000 - 1_780_000_000_000 })
    }

    /// What a phone's clocks say now.
    pub fn clock(&self) -> Value {
        self.clock_off_by(0, "boot")
    }

    /// Sets the clock to a time of day (Asia/Shanghai) of a day such as 2026-09-02.
    pub fn set_time(&self, day: &str, hour: i64, minute: i64) {
        let day = day.parse().expect("a day");
        self.note_time_set();
        self.app.clock.set(shangyi::kernel::clock::day_begins(day).plus_seconds(hour * 3600 + minute * 60));
    }
}

impl Person<'_> {
    /// What the studio's screen shows now.
    pub async fn display(&self, studio: &Value) -> Value {
        let query = "query($id: ID!) { studioDisplay(studioId: $id) { name payload svg digits secondsLeft nextAt } }";
        self.ok(query, json!({ "id": studio })).await["studioDisplay"].clone()
    }

    /// Checks in by a code.
    pub async fn check_in(&self, studio: &Value, code: &Value) -> Done {
        self.mutate("checkIn", self.check_in_input(studio, code)).await
    }

    /// The input of checking in by a code.
    pub fn check_in_input(&self, studio: &Value, code: &Value) -> Value {
        json!({ "requestId": new_request(), "studioId": studio, "by": { "code": code }, "clock": self.app.clock() })
    }

    /// Checks out; `log` may be null.
    pub async fn check_out(&self, studio: &Value, log: Value) -> Done {
        let mut input = json!({ "requestId": new_request(), "studioId": studio, "clock": self.app.clock() });
        if !log.is_null() {
            input["log"] = log;
        }
        self.mutate("checkOut", input).await
    }

    /// Enters a check-in for a member.
    pub async fn enter_for(&self, studio: &Value, member: &Value) -> Done {
        let by = json!({ "staffEntry": { "memberId": member, "reason": "手机没电" } });
        self.mutate("checkIn", json!({ "requestId": new_request(), "studioId": studio, "by": by, "clock": self.app.clock() })).await
    }

    /// One's own id as a member.
    pub async fn member_id(&self) -> Value {
        self.ok("{ viewer { member { id } } }", json!({})).await["viewer"]["member"]["id"].clone()
    }

    /// Uploads entries with the present clocks of a phone that is wrong by so many seconds.
    pub async fn sync(&self, device: &str, off_by: i64, boot: &str, entries: &[Value]) -> Vec<Value> {
        let input = json!({ "deviceId": device, "now": self.app.clock_off_by(off_by, boot), "entries": entries });
        let answer = self.mutate("syncCheckIns", input).await.0;
        answer["results"].as_array().expect("results").clone()
    }

    /// One's own visits, oldest first: studio, beginning, end, whether they wait.
    pub async fn visits(&self) -> Vec<Value> {
        let query = "{ myVisits(first: 50) { nodes { id studio { venue { name } } inAt outAt waits way state offline insideFence slot { id } log { residents confirmedAt } } } }";
        let data = self.ok(query, json!({})).await;
        data["myVisits"]["nodes"].as_array().expect("a list").iter().rev().cloned().collect()
    }

    /// Plans and publishes a roster of one morning a week on that weekday; gives its slots.
    pub async fn publish_roster(&self, studio: &Value, weekday: &str, from: &str, until: &str) -> Vec<Value> {
        let rule = json!({ "repeat": { "weekdays": [weekday] }, "begins": "09:00", "ends": "11:00" });
        let query = "query($id: ID!, $rule: RosterRuleInput!, $from: NaiveDate!, $until: NaiveDate!) {
            planRoster(studioId: $id, rule: $rule, from: $from, until: $until) { fingerprint } }";
        let plan = self.ok(query, json!({ "id": studio, "rule": rule, "from": from, "until": until })).await;
        let input = json!({ "requestId": new_request(), "studioId": studio, "rule": rule, "from": from, "until": until,
            "fingerprint": plan["planRoster"]["fingerprint"] });
        self.mutate("publishRoster", input).await.done()["slots"].as_array().expect("slots").clone()
    }
}

/// A check-in kept by a phone.
pub fn kept_in(studio: &Value, code: &Value, clock: Value) -> Value {
    json!({ "requestId": new_request(), "clock": clock, "what": { "checkIn": { "studioId": studio, "by": { "code": code } } } })
}

/// A check-out kept by a phone.
pub fn kept_out(studio: &Value, clock: Value) -> Value {
    json!({ "requestId": new_request(), "clock": clock, "what": { "checkOut": { "studioId": studio } } })
}

/// Taking back an entry, kept by a phone.
pub fn kept_undo(studio: &Value, entry: &Value, clock: Value) -> Value {
    json!({ "requestId": new_request(), "clock": clock, "what": { "undo": { "studioId": studio, "entryRequestId": entry["requestId"] } } })
}
