//! Reception days of the demo: one that was held last week and is recorded, and one to come with a full slot and people waiting.
use super::cast::Person;
use super::stage::Stage;
use crate::app::App;
use crate::kernel::ApiError;
use crate::kernel::clock::{day_begins, local_day};
use serde_json::{Value, json};
use shangyi_entities::Timestamp;

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const HALL: &str = "听泉街道协商议事厅";
const BOOKED: &str = "... on BookingPayload { booking { id version } } ... on Refusal { code }";
const PUBLISHED: &str = "... on ReceptionDayPayload { receptionDay { id slots { id } } } ... on Refusal { code }";

/// What people come with: category and a few words.
const MATTERS: [(&str, &str); 5] = [
    ("HOUSING", "楼顶漏水"),
    ("CITY_AND_TRAFFIC", "路口没有红绿灯"),
    ("CARE", "社区食堂太远"),
    ("HEALTH", "家庭医生签约"),
    ("ENVIRONMENT", "河道异味"),
];

/// Loads them unless they are there.
pub(super) async fn load(app: &App, people: &[Person]) -> Result<(), ApiError> {
    if crate::receptions::any(app.db.read()).await? {
        return Ok(());
    }
    let stage = Stage::new(app, people);
    stage.held().await?;
    stage.to_come().await
}

impl Stage<'_> {
    fn somebody(&self, role: &str, number: usize) -> Result<&Person, ApiError> {
        self.of_role(role, number).ok_or_else(|| ApiError::broken("a person of the demo"))
    }

    /// Publishes a day in the hall; gives its slots. The member who is asked comes.
    async fn reception(&self, step: &str, at: Timestamp, begins: Timestamp, slots: &[(&str, &str, i64)]) -> Result<Vec<Value>, ApiError> {
        let (officer, member) = (self.somebody("LIAISON_OFFICER", 0)?, self.somebody("MEMBER", 2)?);
        let found = self.execute(officer, at, "{ venues(first: 50) { nodes { id name } } }", json!({})).await?;
        let hall = found["venues"]["nodes"].as_array().and_then(|all| all.iter().find(|venue| venue["name"] == HALL)).cloned();
        let hall = hall.ok_or_else(|| ApiError::broken("a hall of the demo"))?["id"].clone();
        let own = self.execute(member, at, "{ viewer { member { id } } }", json!({})).await?["viewer"]["member"]["id"].clone();
        let slots: Vec<Value> =
            slots.iter().map(|(begins, ends, capacity)| json!({ "begins": begins, "ends": ends, "capacity": capacity })).collect();
        let day = local_day(begins).to_string();
        let new =
            json!({ "kind": "MEMBERS_RECEIVE_RESIDENTS", "venueId": hall, "day": day, "slots": slots, "memberIds": [own], "theme": "身边事大家谈" });
        let done = self.mutate(step, officer, at, ("publishReceptionDay", PUBLISHED), json!({ "new": new })).await?;
        let day = &done["receptionDay"];
        let answer = json!({ "dayId": day["id"], "expectedVersion": 1, "accept": true });
        self.mutate(step, member, at.plus_seconds(HOUR), ("respondToReceptionDuty", PUBLISHED), answer).await?;
        Ok(day["slots"].as_array().into_iter().flatten().map(|slot| slot["id"].clone()).collect())
    }

    async fn visit(&self, step: &str, name: &str, number: usize, at: Timestamp, slot: &Value) -> Result<Value, ApiError> {
        let (category, matter) = MATTERS[number % MATTERS.len()];
        let input = json!({ "slotId": slot, "category": category, "matter": matter });
        let done = self.mutate(&format!("{step} {number}"), self.somebody("RESIDENT", number)?, at, (name, BOOKED), input).await?;
        Ok(done["booking"]["id"].clone())
    }

    /// Last week: two were received, one of them handed over to a unit; one did not come.
    async fn held(&self) -> Result<(), ApiError> {
        let now = self.app.clock.now();
        let begins = day_begins(local_day(now.plus_seconds(-7 * DAY))).plus_seconds(14 * HOUR);
        let published = begins.plus_seconds(-7 * DAY);
        let slots = self.reception("held", published, begins, &[("14:00", "15:00", 4)]).await?;
        let Some(slot) = slots.first() else { return Ok(()) };
        let officer = self.somebody("LIAISON_OFFICER", 0)?;
        let units = "query($code: String!) { committee(divisionCode: $code) { id } }";
        let committee = self.execute(officer, published, units, json!({ "code": super::DISTRICT })).await?["committee"]["id"].clone();
        let units = "query($id: ID!) { organisations(committeeId: $id, kind: HANDLING_UNIT) { id } }";
        let unit = self.execute(officer, published, units, json!({ "id": committee })).await?["organisations"][0]["id"].clone();
        for (number, (category, matter)) in MATTERS.iter().take(3).enumerate() {
            let minutes = i64::try_from(number).unwrap_or(0) * 60;
            let booking = self.visit("held", "bookSlot", number, published.plus_seconds(DAY + minutes), slot).await?;
            let seen = |version: i64| json!({ "bookingId": booking, "expectedVersion": version });
            let at = begins.plus_seconds(10 * 60 + 5 * minutes);
            if number == 2 {
                self.mutate("held no-show", officer, at, ("markNoShow", BOOKED), seen(1)).await?;
                continue;
            }
            self.mutate(&format!("held {number}"), officer, at, ("checkInBooking", BOOKED), seen(1)).await?;
            let mut record = seen(2);
            (record["class"], record["summary"]) = (json!(category), json!(format!("{matter}，希望尽快解决。")));
            if number == 0 {
                record["handOver"] = json!({ "unitId": unit, "task": "请现场查看并答复" });
            } else {
                record["answer"] = json!("已与交管部门联系，本月内增设信号灯。");
            }
            self.mutate(&format!("held {number}"), officer, at.plus_seconds(15 * 60), ("recordReception", BOOKED), record).await?;
        }
        Ok(())
    }

    /// Next week: a slot with places, and one that is full with two waiting.
    async fn to_come(&self) -> Result<(), ApiError> {
        let now = self.app.clock.now();
        let begins = day_begins(local_day(now.plus_seconds(7 * DAY))).plus_seconds(9 * HOUR);
        let slots = self.reception("to come", now.plus_seconds(-2 * DAY), begins, &[("09:00", "10:00", 6), ("10:00", "11:00", 1)]).await?;
        let [many, one] = slots.as_slice() else { return Ok(()) };
        let at = now.plus_seconds(-DAY);
        for (number, name, slot) in
            [(3, "bookSlot", many), (4, "bookSlot", many), (5, "bookSlot", one), (6, "joinWaitingList", one), (7, "joinWaitingList", one)]
        {
            self.visit("to come", name, number, at.plus_seconds(i64::try_from(number).unwrap_or(0) * 60), slot).await?;
        }
        Ok(())
    }
}
