//! What people do about sittings, minutes and what was agreed on, in one call each.
use crate::{Done, Person, TestApp, new_request};
use serde_json::{Value, json};

/// An input of a new request, with more.
fn request(more: Value) -> Value {
    let mut input = json!({ "requestId": new_request() });
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    input
}

impl TestApp {
    /// Codes that were asked for are forgotten, so that people can sign in often.
    pub async fn forget_codes(&self) {
        self.execute("DELETE FROM sign_in_codes").await.expect("codes are forgotten");
    }

    /// The officer of the first street, signed in anew.
    pub async fn fresh_officer(&self) -> Person<'_> {
        self.forget_codes().await;
        self.officer("听泉街道联络委").await
    }

    /// Anybody, signed in anew.
    pub async fn fresh(&self, phone: &str) -> Person<'_> {
        self.forget_codes().await;
        self.person(phone).await
    }

    /// A consultation that is announced for the tenth of September 2026, 09:00 to 11:00, led by the first member: a special matter of a
    /// new programme.
    pub async fn announced(&self, title: &str) -> Value {
        let programme = self.fresh("13800000002").await.programme("YOU_SHI_LAI_XIE_SHANG").await;
        let consultation = self.fresh_officer().await.researched(&programme, title, 1).await;
        self.fresh_officer().await.announce(&consultation, 10, ("09:00", "11:00"), json!({})).await.done();
        consultation
    }

    /// The same, begun, with its convenor and two residents there who had asked to come.
    pub async fn in_sitting(&self, title: &str) -> Value {
        let consultation = self.announced(title).await;
        let sitting = self.fresh_officer().await.consultation(&consultation).await["sittings"][0].clone();
        for resident in ["13800000201", "13800000203"] {
            self.fresh(resident).await.ask(&sitting, json!({})).await.done();
        }
        self.set_time("2026-09-10", 8, 50);
        let officer = self.fresh_officer().await;
        officer.consult("startSitting", &consultation, json!({})).await.done();
        officer.attended(&consultation, &sitting).await.done();
        consultation
    }

    /// The same, minuted with so many items, each of a unit of its own in turn, due at the end of the year.
    pub async fn minuted(&self, title: &str, items: usize) -> Value {
        let consultation = self.in_sitting(title).await;
        let units = ["区城市管理局", "区水务局", "区燃气管理中心"];
        let mut given = Vec::new();
        for n in 0..items {
            given.push(json!({ "task": format!("第{}件", n + 1), "unitId": self.organisation(units[n % 3]).await, "dueOn": "2026-12-31" }));
        }
        self.fresh_officer().await.drafts("draftMinutes", &consultation, json!(given)).await.done();
        self.fresh("13800000101").await.sign(&consultation).await.done();
        self.fresh_officer().await.publishes(&consultation).await.done();
        consultation
    }

    /// The same, reported to the district.
    pub async fn reported(&self, title: &str, items: usize) -> Value {
        let consultation = self.minuted(title, items).await;
        let general = self.fresh("13800000002").await;
        general.consult("reportConsultation", &consultation, json!({ "recipients": ["区委办", "区政府办"] })).await.done();
        consultation
    }
}

impl Person<'_> {
    /// A consultation from its sittings on, as this person sees it.
    pub async fn conduct(&self, consultation: &Value) -> Value {
        let query = "query($id: ID!) { consultation(id: $id) { id state version shareNotMet stakeholderSharePercent minutedAt reportedAt recipients
            sittings { id number state taken waiting capacity } turnout { party listed coming present }
            participants { id party basis name replies { sittingId state place offerExpiresAt reason delegate } presentAt }
            myPart { id party basis replies { sittingId state place offerExpiresAt reason delegate } presentAt }
            statements { id number text myVote counts { party agree disagree pass } } contributions { text participant { name } }
            minutes { id number text publishedAt items { itemId task unit { name } dueOn superseded } signatures { convenor objects note } }
            items { id number task unit { name } dueOn overdue state version evidence confirmations disputes endedAt history { what toState role note } handOvers { id state version } allowedMoves { kind blockedBy { code } } }
            instructions { givenBy day text } evaluation { fromOutside byEvaluators byOrganisers noOutsideRating questions { question average } }
            allowedMoves { kind to blockedBy { code message } } } }";
        self.ok(query, json!({ "id": consultation["id"] })).await["consultation"].clone()
    }

    /// Asks to come to a sitting.
    pub async fn ask(&self, sitting: &Value, more: Value) -> Done {
        let mut input = request(json!({ "sittingId": sitting["id"] }));
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate("askToAttend", input).await
    }

    /// Replies to a sitting.
    pub async fn reply(&self, sitting: &Value, answer: &str, more: Value) -> Done {
        let mut input = request(json!({ "sittingId": sitting["id"], "answer": answer }));
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate("respondToInvitation", input).await
    }

    /// Enters that everybody on the list is at a sitting.
    pub async fn attended(&self, consultation: &Value, sitting: &Value) -> Done {
        let seen = self.conduct(consultation).await;
        let all: Vec<Value> = seen["participants"].as_array().expect("participants").iter().map(|one| one["id"].clone()).collect();
        let input = json!({ "consultationId": consultation["id"], "sittingId": sitting["id"], "present": all });
        self.mutate("recordAttendance", request(input)).await
    }

    /// Checks in at the door of a sitting with the code that somebody's screen shows now.
    pub async fn at_the_door(&self, sitting: &Value, screen: &Person<'_>) -> Done {
        let query = "query($id: ID!) { doorCode(sittingId: $id) { payload digits } }";
        let code = screen.ok(query, json!({ "id": sitting["id"] })).await["doorCode"]["payload"].clone();
        self.mutate("checkInToSitting", request(json!({ "sittingId": sitting["id"], "code": code }))).await
    }

    /// Drafts the minutes after the last draft, or a further version of them.
    pub async fn drafts(&self, name: &str, consultation: &Value, items: Value) -> Done {
        let last = self.last_draft(consultation).await;
        let input = json!({ "consultationId": consultation["id"], "afterId": last["id"], "text": "各方同意办理。", "items": items });
        self.mutate(name, request(input)).await
    }

    /// The last draft of the minutes; null where there is none.
    pub async fn last_draft(&self, consultation: &Value) -> Value {
        let seen = self.conduct(consultation).await;
        seen["minutes"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default()
    }

    /// Publishes the last draft of the minutes.
    pub async fn publishes(&self, consultation: &Value) -> Done {
        let last = self.last_draft(consultation).await;
        // Where there is none, what it is called does not matter.
        let id = last["id"].as_str().unwrap_or("minutes_00000000000000000000000000000000").to_owned();
        self.consult("publishMinutes", consultation, json!({ "minutesId": id })).await
    }

    /// Signs the last draft of the minutes.
    pub async fn sign(&self, consultation: &Value) -> Done {
        let last = self.last_draft(consultation).await;
        self.mutate("signMinutes", request(json!({ "minutesId": last["id"] }))).await
    }

    /// A move of the hand-over by which an item was given last.
    pub async fn handles(&self, name: &str, consultation: &Value, number: i64, more: Value) -> Done {
        let item = self.item(consultation, number).await;
        let hand_over = item["handOvers"].as_array().and_then(|all| all.last()).expect("a hand-over").clone();
        let mut input = request(json!({ "handOverId": hand_over["id"], "expectedVersion": hand_over["version"] }));
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate(name, input).await
    }

    /// An item of a consultation by its number.
    pub async fn item(&self, consultation: &Value, number: i64) -> Value {
        let seen = self.conduct(consultation).await;
        seen["items"].as_array().expect("items").iter().find(|item| item["number"] == number).expect("an item").clone()
    }

    /// A write on an item of a consultation.
    pub async fn on_item(&self, name: &str, consultation: &Value, number: i64, more: Value) -> Done {
        let mut input = request(json!({ "itemId": self.item(consultation, number).await["id"] }));
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate(name, input).await
    }

    /// Rates a consultation with so many stars for each of four questions.
    pub async fn rates(&self, consultation: &Value, stars: i64) -> Done {
        self.mutate("evaluateConsultation", request(json!({ "consultationId": consultation["id"], "stars": [stars, stars, stars, stars] }))).await
    }
}
