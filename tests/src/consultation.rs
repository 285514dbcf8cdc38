//! What people do about consultations, in one call each.
use crate::{Done, Person, TestApp, new_request};
use serde_json::{Value, json};

fn with(mut input: Value, more: Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    input
}

impl TestApp {
    /// The committee of the first two streets.
    pub async fn committee(&self) -> Value {
        self.nobody().ok("{ committee(divisionCode: \"990101\") { id } }", json!({})).await["committee"]["id"].clone()
    }

    /// An organisation of that committee by its name.
    pub async fn organisation(&self, name: &str) -> Value {
        let query = "query($id: ID!) { organisations(committeeId: $id) { id name } }";
        let found = self.nobody().ok(query, json!({ "id": self.committee().await })).await;
        let all = found["organisations"].as_array().expect("organisations").clone();
        all.into_iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}"))["id"].clone()
    }

    /// Day and number of a chair's meeting today.
    pub fn today(&self) -> String {
        shangyi::kernel::clock::local_day(self.app.clock.now()).to_string()
    }
}

impl Person<'_> {
    /// Creates one of the seven programmes for the committee; gives its id.
    pub async fn programme(&self, seed: &str) -> Value {
        let input = json!({ "requestId": new_request(), "committeeId": self.app.committee().await, "seed": seed });
        self.mutate("createProgramme", input).await.done()["programme"]["id"].clone()
    }

    /// Drafts the plan of 2026 with one thing about the first street, of its liaison committee.
    pub async fn draft_plan(&self, programme: &Value, title: &str, more: Value) -> Done {
        let organiser = self.app.organisation("听泉街道联络委").await;
        let item = json!({ "programmeId": programme, "title": title, "divisionCode": "990101001", "organiserId": organiser, "quarter": 4 });
        let input = json!({ "requestId": new_request(), "committeeId": self.app.committee().await, "year": 2026, "commentsUntil": "2026-09-20T00:00:00Z", "addItems": [item] });
        self.mutate("draftPlan", with(input, more)).await
    }

    /// The plan of 2026 as this person sees it.
    pub async fn plan(&self) -> Value {
        let query = "query($id: ID!) { yearPlan(committeeId: $id, year: 2026) { id state version approvedAt items { id title approved quarter organiser { name } programme { name } division { name } } comments { text version member { name } } } }";
        self.ok(query, json!({ "id": self.app.committee().await })).await["yearPlan"].clone()
    }

    /// Says something of that plan as it is.
    pub async fn comment(&self, text: &str) -> Done {
        let plan = self.plan().await;
        self.mutate("commentOnPlan", json!({ "requestId": new_request(), "planId": plan["id"], "expectedVersion": plan["version"], "text": text }))
            .await
    }

    /// Enters a chair's meeting of today.
    pub async fn meeting(&self, number: i64, decisions: Value) -> Done {
        let input = json!({ "requestId": new_request(), "committeeId": self.app.committee().await, "date": self.app.today(), "number": number, "decisions": decisions });
        self.mutate("holdChairMeeting", input).await
    }

    /// Proposes a consultation about the first street under a programme, by its liaison committee.
    pub async fn propose(&self, programme: &Value, title: &str, more: Value) -> Done {
        let organiser = self.app.organisation("听泉街道联络委").await;
        let input = json!({ "requestId": new_request(), "programmeId": programme, "title": title, "question": "怎样解决，谁来做？", "divisionCode": "990101001", "organiserId": organiser });
        self.mutate("proposeConsultation", with(input, more)).await
    }

    /// A consultation as this person sees it.
    pub async fn consultation(&self, consultation: &Value) -> Value {
        let query = "query($id: ID!) { consultation(id: $id) { id title question state version source special selectedAt reason planItem { id } programmeVersion { number } organiser { name } coHosts { state committee { name } } decisions { verdict note }
            parties sittings { id number from until state capacity mine hall { name } convenor { name } }
            topic { id state } research { kind day text people } researchCount { records people } history { what fromState toState role reason } allowedMoves { kind to blockedBy { code message } } } }";
        self.ok(query, json!({ "id": consultation["id"] })).await["consultation"].clone()
    }

    /// One move of a consultation as this person sees it now.
    pub async fn consult(&self, name: &str, consultation: &Value, more: Value) -> Done {
        let version = self.consultation(consultation).await["version"].clone();
        let input = json!({ "requestId": new_request(), "consultationId": consultation["id"], "expectedVersion": version });
        self.mutate(name, with(input, more)).await
    }

    /// A special matter of a programme, selected and looked into, with the officer of the first street as this person.
    pub async fn researched(&self, programme: &Value, title: &str, number: i64) -> Value {
        let proposal = self.propose(programme, title, json!({})).await.done()["consultation"].clone();
        let decision = json!({ "consultationId": proposal["id"], "expectedVersion": 1, "verdict": "APPROVED" });
        // The chair signs in for each meeting.
        self.app.execute("DELETE FROM sign_in_codes").await.expect("codes are forgotten");
        self.app.person("13800000001").await.meeting(number, json!([decision])).await.done();
        self.research(&proposal, "走访十户").await.done();
        proposal
    }

    /// Announces a consultation in the first street's hall on a day of September 2026, from one hour to another, led by the first member.
    pub async fn announce(&self, consultation: &Value, day: u32, (begins, ends): (&str, &str), more: Value) -> Done {
        let at = |time: &str| format!("2026-09-{day:02}T{time}:00+08:00");
        let mut input = json!({ "hallId": self.venue("听泉街道协商议事厅").await, "from": at(begins), "until": at(ends), "capacity": 30 });
        if more["convenorId"].is_null() {
            self.app.execute("DELETE FROM sign_in_codes").await.expect("codes are forgotten");
            input["convenorId"] = self.app.member(0).await.member_id().await;
        }
        self.consult("announceConsultation", consultation, with(input, more)).await
    }

    /// Enters what was found out on a visit.
    pub async fn research(&self, consultation: &Value, text: &str) -> Done {
        self.consult("addResearch", consultation, json!({ "kind": "VISIT", "day": self.app.today(), "text": text, "people": 8 })).await
    }
}
