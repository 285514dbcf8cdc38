//! What people do about reception days.
use crate::{Done, Person, new_request};
use serde_json::{Value, json};

impl Person<'_> {
    /// The venue of that name.
    pub async fn venue(&self, name: &str) -> Value {
        let data = self.ok("{ venues(first: 50) { nodes { id name } } }", json!({})).await;
        let venues = data["venues"]["nodes"].as_array().expect("venues");
        venues.iter().find(|venue| venue["name"] == name).unwrap_or_else(|| panic!("{name} in {venues:?}"))["id"].clone()
    }

    /// Publishes a new reception day: slots are begin, end and places. `more` is the rest of the new day.
    pub async fn publish_reception(&self, venue: &str, day: &str, slots: &[(&str, &str, i64)], more: Value) -> Done {
        let slots: Vec<Value> =
            slots.iter().map(|(begins, ends, capacity)| json!({ "begins": begins, "ends": ends, "capacity": capacity })).collect();
        let mut new = json!({ "kind": "MEMBERS_RECEIVE_RESIDENTS", "venueId": self.venue(venue).await, "day": day, "slots": slots, "memberIds": [] });
        for (key, value) in more.as_object().into_iter().flatten() {
            new[key] = value.clone();
        }
        self.mutate("publishReceptionDay", json!({ "requestId": new_request(), "new": new })).await
    }

    /// A reception day in the hall of the first street with one slot; gives the day and the slot's id.
    pub async fn one_slot(&self, day: &str, begins: &str, ends: &str, capacity: i64) -> (Value, Value) {
        let done = self.publish_reception("听泉街道协商议事厅", day, &[(begins, ends, capacity)], json!({})).await.done();
        (done["receptionDay"].clone(), done["receptionDay"]["slots"][0]["id"].clone())
    }

    /// Takes a place.
    pub async fn book(&self, slot: &Value) -> Done {
        self.mutate("bookSlot", json!({ "requestId": new_request(), "slotId": slot, "category": "HOUSING", "matter": "电梯问题" })).await
    }

    /// Joins a waiting list.
    pub async fn wait(&self, slot: &Value) -> Done {
        self.mutate("joinWaitingList", json!({ "requestId": new_request(), "slotId": slot, "category": "HOUSING" })).await
    }

    /// Something that is done with a booking; `more` is the rest of the input.
    pub async fn with_booking(&self, name: &str, booking: &Value, more: Value) -> Done {
        let mut input = json!({ "requestId": new_request(), "bookingId": booking["id"] });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate(name, input).await
    }

    /// Something that is done with a booking as this person sees it now.
    pub async fn mark(&self, name: &str, booking: &Value) -> Done {
        let version = self.booking(booking).await["version"].clone();
        self.with_booking(name, booking, json!({ "expectedVersion": version })).await
    }

    /// Records what came of a visit, answered on the spot.
    pub async fn record(&self, booking: &Value) -> Done {
        let version = self.booking(booking).await["version"].clone();
        let said = json!({ "expectedVersion": version, "class": "HOUSING", "summary": "电梯常停", "answer": "已联系维保" });
        self.with_booking("recordReception", booking, said).await
    }

    /// A booking as this person may see it.
    pub async fn booking(&self, booking: &Value) -> Value {
        let fields = "id state version mine matter name contact category channel place placeHistory { place why } offerExpiresAt passedOverAt askedToMoveAt
            allowedMoves { kind to blockedBy { code } } history { what toState role } record { id state summary answer rating } slot { id from taken waiting }";
        let data = self.ok(&format!("query($id: ID!) {{ booking(id: $id) {{ {fields} }} }}"), json!({ "id": booking["id"] })).await;
        data["booking"].clone()
    }

    /// A reception day as this person may see it.
    pub async fn reception(&self, day: &Value) -> Value {
        let fields = "id state version kind day from until dutyTime unmarked cancelReason myResponse receivers { name state reason }
            slots { id from until capacity taken waiting over myBooking { id state } } bookings(first: 50) { nodes { id state } }";
        let data = self.ok(&format!("query($id: ID!) {{ receptionDay(id: $id) {{ {fields} }} }}"), json!({ "id": day["id"] })).await;
        data["receptionDay"].clone()
    }

    /// What a member says to being asked to receive on a day as they see it now.
    pub async fn answers_duty(&self, day: &Value, accept: bool) -> Done {
        let data = self.ok("query($id: ID!) { receptionDay(id: $id) { version } }", json!({ "id": day["id"] })).await;
        let reason = if accept { Value::Null } else { json!("出差") };
        let version = &data["receptionDay"]["version"];
        let input = json!({ "requestId": new_request(), "dayId": day["id"], "expectedVersion": version, "accept": accept, "reason": reason });
        self.mutate("respondToReceptionDuty", input).await
    }

    /// A change of a day as it is now; `more` is what changes.
    pub async fn change_reception(&self, name: &str, day: &Value, more: Value) -> Done {
        let version = self.reception(day).await["version"].clone();
        let mut input = json!({ "requestId": new_request(), "dayId": day["id"], "expectedVersion": version });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate(name, input).await
    }
}
