//! Duty in the demo's studios, from three weeks ago to four weeks ahead: rosters, check-ins by code, by staff and late, a
//! photo of the screen that waits for the convenor, and logs to confirm.
use super::cast::Person;
use super::stage::Stage;
use crate::app::App;
use crate::kernel::ApiError;
use crate::kernel::clock::{day_begins, local_day};
use serde_json::{Value, json};
use shangyi_entities::Timestamp;

const DAY: i64 = 86_400;
const MINUTE: i64 = 60;
const PAYLOAD: &str = "... on CheckInPayload { visit { id } } ... on Refusal { code }";

/// Studio, weekday of its duty, phone of whoever runs it.
const STUDIOS: [(&str, &str, &str); 3] =
    [("泉水委员工作室", "WEDNESDAY", "13800000101"), ("老码头委员工作室", "TUESDAY", "13800000011"), ("石桥委员工作室", "THURSDAY", "13800000102")];

const HEARD: [&str; 6] = ["小区充电桩不够用", "早高峰公交班次少", "老人就餐不方便", "夜间施工扰民", "楼道堆物", "社区医院缺药"];

/// Loads it unless it is there.
pub(super) async fn load(app: &App, people: &[Person]) -> Result<(), ApiError> {
    if crate::check_ins::any(app.db.read()).await? {
        return Ok(());
    }
    let stage = Stage::new(app, people);
    for place in 0..STUDIOS.len() {
        stage.studio(place).await?;
    }
    Ok(())
}

impl Stage<'_> {
    fn by(&self, which: impl Fn(&Person) -> bool) -> Result<&Person, ApiError> {
        self.people.iter().find(|person| which(person)).ok_or_else(|| ApiError::broken("a person of the demo"))
    }

    async fn studio(&self, place: usize) -> Result<(), ApiError> {
        let (name, weekday, runs) = STUDIOS[place];
        let runs = self.by(|person| person.phone == runs)?;
        let now = self.app.clock.now();
        let began = now.plus_seconds(-22 * DAY);
        let found = self.execute(runs, began, "{ studios(first: 50) { nodes { id venue { name } } } }", json!({})).await?;
        let found = found["studios"]["nodes"].as_array().and_then(|all| all.iter().find(|studio| studio["venue"]["name"] == name).cloned());
        let studio = found.ok_or_else(|| ApiError::broken("a studio of the demo"))?["id"].clone();
        let days = [began.plus_seconds(DAY), now.plus_seconds(28 * DAY)].map(|at| local_day(at).to_string());
        let rule = json!({ "repeat": { "weekdays": [weekday] }, "begins": "09:00", "ends": "11:30" });
        let text = "query($id: ID!, $rule: RosterRuleInput!, $from: NaiveDate!, $until: NaiveDate!) {
            planRoster(studioId: $id, rule: $rule, from: $from, until: $until) { fingerprint } }";
        let plan = self.execute(runs, began, text, json!({ "id": studio, "rule": rule, "from": days[0], "until": days[1] })).await?;
        let input = json!({ "studioId": studio, "rule": rule, "from": days[0], "until": days[1], "fingerprint": plan["planRoster"]["fingerprint"] });
        let fields = "... on PublishRosterPayload { slots { id from member { id name } } } ... on Refusal { code }";
        let roster = self.mutate(&format!("roster {place}"), runs, began, ("publishRoster", fields), input).await?;
        for (number, slot) in roster["slots"].as_array().into_iter().flatten().enumerate() {
            let from: Option<chrono::DateTime<chrono::Utc>> = slot["from"].as_str().and_then(|text| text.parse().ok());
            let from: Timestamp = from.ok_or_else(|| ApiError::broken("a slot of the demo"))?.into();
            if from.plus_seconds(4 * 3600) < now {
                self.duty((place, number), runs, &studio, slot, from).await?;
            }
        }
        if place == 0 {
            self.photo(runs, &studio, now).await?;
        }
        Ok(())
    }

    /// One duty of the past: by code with a log, by staff, forgotten and asked for late.
    async fn duty(&self, (place, number): (usize, usize), runs: &Person, studio: &Value, slot: &Value, from: Timestamp) -> Result<(), ApiError> {
        let name = slot["member"]["name"].as_str().unwrap_or_default();
        let member = self.by(|person| person.role == "MEMBER" && person.name == name)?;
        let step = format!("duty {place} {number}");
        let came = from.plus_seconds(-5 * MINUTE);
        let clock = |at: Timestamp| json!({ "deviceTime": at.utc().to_rfc3339(), "bootId": "demo", "elapsedMs": 0 });
        if (place + number) % 4 == 3 {
            let input = json!({ "studioId": studio, "from": from.utc(), "until": from.plus_seconds(2 * 3600).utc(), "reason": "当天忘了带手机" });
            let asked = self.app.clock.now().plus_seconds(-DAY).max(from.plus_seconds(3 * 3600));
            let fields = "... on LateEntryPayload { lateEntry { id } } ... on Refusal { code }";
            self.mutate(&step, member, asked, ("requestLateEntry", fields), input).await?;
            return Ok(());
        }
        let by = if (place + number) % 4 == 2 && runs.account != member.account {
            json!({ "staffEntry": { "memberId": slot["member"]["id"], "reason": "手机没电" } })
        } else {
            json!({ "code": self.code(runs, studio, came).await? })
        };
        let who = if by["code"].is_null() { runs } else { member };
        self.mutate(&step, who, came, ("checkIn", PAYLOAD), json!({ "studioId": studio, "by": by, "clock": clock(came) })).await?;
        if number % 3 == 2 {
            // Nobody checked out: it ended by itself.
            return Ok(());
        }
        let left = from.plus_seconds(140 * MINUTE);
        let heard = [HEARD[(place + number) % HEARD.len()], HEARD[(place + number + 2) % HEARD.len()]];
        let log = json!({ "residents": 3 + number, "matters": heard });
        self.mutate(&step, member, left, ("checkOut", PAYLOAD), json!({ "studioId": studio, "log": log, "clock": clock(left) })).await?;
        Ok(())
    }

    async fn code(&self, runs: &Person, studio: &Value, at: Timestamp) -> Result<Value, ApiError> {
        let shown = self.execute(runs, at, "query($id: ID!) { studioDisplay(studioId: $id) { payload } }", json!({ "id": studio })).await?;
        Ok(shown["studioDisplay"]["payload"].clone())
    }

    /// A check-in uploaded later, outside the member's own duty: it waits for the convenor.
    async fn photo(&self, runs: &Person, studio: &Value, now: Timestamp) -> Result<(), ApiError> {
        let friend = self.by(|person| person.phone == "13800000109")?;
        let taken = day_begins(local_day(now.plus_seconds(-DAY))).plus_seconds(15 * 3600);
        let code = self.code(runs, studio, taken).await?;
        let shown = |at: Timestamp| json!({ "deviceTime": at.utc().to_rfc3339(), "bootId": "demo", "elapsedMs": (at.0 - taken.0) / 1000 });
        let sent = taken.plus_seconds(3600);
        let entry = json!({ "requestId": "00000000-0000-4000-8000-00000000dede", "clock": shown(taken), "what": { "checkIn": { "studioId": studio, "by": { "code": code } } } });
        let text = "mutation($input: SyncCheckInsInput!) { syncCheckIns(input: $input) { serverTime } }";
        self.execute(friend, sent, text, json!({ "input": { "deviceId": "demo", "now": shown(sent), "entries": [entry] } })).await?;
        Ok(())
    }
}
