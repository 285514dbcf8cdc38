use crate::TestApp;
use serde_json::{Value, json};
use shangyi::kernel::crypto;

/// A new request id.
pub fn new_request() -> String {
    uuid::Builder::from_random_bytes(crypto::random()).into_uuid().to_string()
}

/// Somebody with a phone in hand.
pub struct Person<'a> {
    pub app: &'a TestApp,
    /// The server they talk to.
    pub url: String,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    pub phone: &'static str,
    pub english: bool,
    /// Tokens since the time was moved: a phone gets itself new ones.
    renewed: std::sync::Mutex<Option<(String, String)>>,
}

/// What a write answered: done, or refused.
#[derive(Debug)]
pub struct Done(pub Value);

impl Done {
    /// It was done; gives the payload.
    #[track_caller]
    pub fn done(self) -> Value {
        assert!(self.0["code"].is_null(), "refused: {}", self.0);
        self.0
    }

    /// It was refused for that reason; gives the refusal.
    #[track_caller]
    pub fn expect_refusal(self, code: &str) -> Value {
        assert_eq!(self.0["code"], code, "{}", self.0);
        assert!(!self.0["message"].as_str().unwrap_or_default().is_empty(), "a refusal says why: {}", self.0);
        self.0
    }
}

const CHECK_IN: &str = "... on CheckInPayload { replayed serverTime conflict { kind } visit { id way state inAt outAt endsBy waits offline insideFence slot { id } reason log { id residents matters matterCount confirmedAt } } }
    ... on CheckInRefused { code message reason where since resetsAt }";

const TOPIC: &str = "id state version title text supportCount publicSince reopened mergedCount canonical { id }";

impl<'a> Person<'a> {
    pub(crate) fn new(app: &'a TestApp, token: Option<String>, refresh_token: Option<String>) -> Self {
        Self { app, url: app.url.clone(), token, refresh_token, phone: "", english: true, renewed: std::sync::Mutex::default() }
    }

    /// Somebody of a crowd, by their token.
    pub fn of_token(app: &'a TestApp, token: &str) -> Self {
        Self::new(app, Some(token.to_owned()), None)
    }

    /// Signs in as people do: asks for a code, reads it on the phone, types it.
    pub(crate) async fn sign_in(app: &'a TestApp, phone: &str) -> Self {
        let nobody = app.nobody();
        let code = nobody.ask_for_code(phone).await;
        let signed = nobody.mutate("signIn", json!({ "phone": phone, "code": code, "requestId": new_request() })).await.done();
        let text = |name: &str| signed[name].as_str().map(str::to_owned);
        let known = app.people.iter().find(|person| person.phone == phone).map_or("", |person| person.phone);
        Self { phone: known, ..Self::new(app, text("accessToken"), text("refreshToken")) }
    }

    /// Asks for a code and reads it on the phone. A minute passes, so that the phone may be asked for again.
    pub async fn ask_for_code(&self, phone: &str) -> String {
        self.app.advance(61);
        self.ok(
            "mutation($input: RequestSignInCodeInput!) { requestSignInCode(input: $input) { phone } }",
            json!({ "input": { "phone": phone, "requestId": new_request() } }),
        )
        .await;
        self.app.deliver().await;
        let last = self.app.messages(phone).into_iter().rfind(|message| message.text.contains("验证码")).expect("a code arrives");
        last.text.chars().filter(char::is_ascii_digit).take(6).collect()
    }

    pub fn request(&self, body: &Value) -> reqwest::RequestBuilder {
        let mut request = self.app.client.post(format!("{}/graphql", self.url)).json(body);
        if self.english {
            request = request.header("accept-language", "en");
        }
        let renewed = self.renewed.lock().unwrap().as_ref().map(|tokens| tokens.0.clone());
        if let Some(token) = renewed.or_else(|| self.token.clone()) {
            request = request.bearer_auth(token);
        }
        request
    }

    /// Gets new tokens as a phone does, where the time was moved beyond the old ones.
    async fn renew(&self) -> bool {
        let known = self.renewed.lock().unwrap().as_ref().map(|tokens| tokens.1.clone());
        let Some(refresh) = known.or_else(|| self.refresh_token.clone()).filter(|_| self.app.time_was_set()) else { return false };
        let body = json!({ "query": mutation("refreshSession"), "variables": { "input": { "refreshToken": refresh } } });
        let answer = self.app.raw(self.app.client.post(format!("{}/graphql", self.url)).json(&body)).await.2;
        let token = |name: &str| answer["data"]["refreshSession"][name].as_str().map(str::to_owned);
        let tokens = token("accessToken").zip(token("refreshToken"));
        let got = tokens.is_some();
        *self.renewed.lock().unwrap() = tokens;
        got
    }

    /// Sends an operation; gives the whole answer.
    pub async fn call(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.app.raw(self.request(&body)).await.2;
        if answer["extensions"]["signedOut"] == "EXPIRED" && self.renew().await {
            return self.app.raw(self.request(&body)).await.2;
        }
        answer
    }

    /// Sends an operation that must succeed; gives its data.
    #[track_caller]
    pub fn ok(&self, query: &str, variables: Value) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        let call = self.call(query, variables);
        async move {
            let answer = call.await;
            assert!(answer["errors"].is_null(), "{caller}: {answer}");
            answer["data"].clone()
        }
    }

    /// Sends an operation that must fail with that code; gives the error.
    #[track_caller]
    pub fn expect_error(&self, query: &str, variables: Value, code: &str) -> impl Future<Output = Value> {
        let (caller, code) = (std::panic::Location::caller(), code.to_owned());
        let call = self.call(query, variables);
        async move {
            let answer = call.await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{caller}: {answer}");
            answer["errors"][0].clone()
        }
    }

    /// A mutation with one input; its fields are chosen by its kind.
    pub async fn mutate(&self, name: &str, input: Value) -> Done {
        let answer = self.call(&mutation(name), json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{name}: {answer}");
        Done(answer["data"][name].clone())
    }

    /// A mutation that no rule refuses; gives its payload.
    pub async fn mutate_plain(&self, name: &str, input: Value) -> Value {
        self.mutate(name, input).await.0
    }

    /// [`Person::mutate`] that must fail with that code.
    pub async fn mutate_error(&self, name: &str, input: Value, code: &str) -> Value {
        let answer = self.call(&mutation(name), json!({ "input": input })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{name}: {answer}");
        answer["errors"][0].clone()
    }

    /// Raises a topic in the first community; gives it.
    pub async fn submit_topic(&self, title: &str) -> Value {
        self.submit_topic_in("990101001001", title).await
    }

    /// Raises a topic in a division; gives it.
    pub async fn submit_topic_in(&self, division: &str, title: &str) -> Value {
        let input = json!({ "requestId": new_request(), "divisionCode": division, "title": title, "text": format!("{title}，请尽快处理。") });
        self.mutate("submitTopic", input).await.done()["topic"].clone()
    }

    /// A move on a topic as it was seen; `more` is the rest of the input.
    pub async fn step(&self, name: &str, topic: &Value, more: Value) -> Done {
        let mut input = json!({ "requestId": new_request(), "topicId": topic["id"], "expectedVersion": topic["version"] });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.mutate(name, input).await
    }

    /// Accepts a topic; gives it as it is then.
    pub async fn accept(&self, topic: &Value) -> Value {
        self.step("acceptTopic", topic, json!({})).await.done()["topic"].clone()
    }

    /// Answers a topic; gives it as it is then.
    pub async fn answer(&self, topic: &Value, text: &str) -> Value {
        self.step("answerTopic", topic, json!({ "text": text })).await.done()["topic"].clone()
    }

    /// Backs a topic.
    pub async fn support(&self, topic: &Value) -> Done {
        self.mutate("supportTopic", json!({ "requestId": new_request(), "topicId": topic["id"] })).await
    }

    /// The kinds of one's notices, newest first.
    pub async fn notices(&self) -> Vec<String> {
        let data = self.ok("{ notices(first: 50) { nodes { kind message topic { id } } } }", json!({})).await;
        data["notices"]["nodes"].as_array().expect("a list").iter().map(|notice| notice["kind"].as_str().expect("a kind").to_owned()).collect()
    }

    /// A topic as this person may see it.
    pub async fn topic(&self, id: &Value) -> Value {
        let data = self.ok(&format!("query($id: ID!) {{ topic(id: $id) {{ {TOPIC} }} }}"), json!({ "id": id })).await;
        data["topic"].clone()
    }

    /// One's own account id.
    pub async fn account_id(&self) -> String {
        let data = self.ok("{ viewer { account { id } } }", json!({})).await;
        data["viewer"]["account"]["id"].as_str().expect("an id").to_owned()
    }
}

/// The text of a mutation by its name.
fn mutation(name: &str) -> String {
    let mut kind = name[..1].to_uppercase();
    kind.push_str(&name[1..]);
    // A further version is drafted like the first.
    if name == "amendMinutes" {
        "DraftMinutes".clone_into(&mut kind);
    }
    let fields = match name {
        "signIn" => {
            "__typename ... on SignInPayload { accessToken refreshToken account { id phone } session { id current } } ... on SignInRefused { code message reason triesLeft }"
        }
        "refreshSession" => "accessToken refreshToken",
        "revokeSession" => "sessionId",
        "updateProfile" => "account { id name contact homeDivision { code } }",
        "eraseMe" => "__typename ... on EraseMePayload { erasedAt } ... on Refusal { code message }",
        "requestSignInCode" => "phone expiresAt nextAt replayed",
        "markNoticesRead" => "marked unread",
        "grantAppointment" | "confirmAppointment" => {
            "__typename ... on AppointmentPayload { replayed appointment { id role desk awaitsConfirmation endedAt } } ... on AppointmentRefused { code message reason }"
        }
        "endAppointment" => {
            "__typename ... on EndAppointmentPayload { replayed appointment { id endedAt } openDuties { topicId state } openStudioDuties { kind subjectId } } ... on AppointmentRefused { code message reason }"
        }
        "checkIn" | "checkOut" | "undoCheckIn" | "objectToCheckIn" | "confirmStudioLog" => {
            return format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename {CHECK_IN} }} }}");
        }
        "syncCheckIns" => {
            return format!(
                "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ serverTime results {{ __typename {CHECK_IN} ... on SyncEntryUnreadable {{ unreadable: code message }} }} }} }}"
            );
        }
        "requestLateEntry" | "approveLateEntry" => {
            "__typename ... on LateEntryPayload { replayed lateEntry { id from until decision reason due { at provisional overdue } } } ... on CheckInRefused { code message reason }"
        }
        "settleConflict" => {
            "__typename ... on SettleConflictPayload { replayed conflict { id kind decision } } ... on CheckInRefused { code message reason }"
        }
        "studioLedgerFile" => "path expiresAt",
        "openStudio" | "updateStudio" | "closeStudio" | "setStudioMembers" | "rotateStudioSecret" => {
            "__typename ... on StudioPayload { replayed studio { id version closedAt venue { name theme fence { radiusMetres } } members { id name } } } ... on StudioRefused { code message reason }"
        }
        "bindStudioDevice" => {
            "__typename ... on BindStudioDevicePayload { replayed deviceToken device { id name } } ... on StudioRefused { code message reason }"
        }
        "unbindStudioDevice" => "deviceId",
        "publishRoster" => {
            "__typename ... on PublishRosterPayload { replayed slots { id from until state version mine member { id name } } } ... on DutyRefused { code message reason }"
        }
        "offerSlotSwap" => "__typename ... on SlotSwapPayload { replayed swap { id open accepted } } ... on DutyRefused { code message reason }",
        "withdrawSlotSwap" => "replayed swap { id open accepted }",
        "acceptSlotSwap" | "declineSlot" | "assignSlot" => {
            "__typename ... on DutySlotPayload { replayed slot { id state version mine member { id name } } } ... on DutyRefused { code message reason }"
        }
        "openCampaign" | "closeCampaign" => {
            "__typename ... on CampaignPayload { replayed campaign { id name open closesAt closedAt isDefault outcomes { state count } } } ... on CampaignRefused { code message reason }"
        }
        "handOver" | "acceptHandOver" | "returnHandOver" | "extendHandOver" | "replyToHandOver" | "rateHandOver" => {
            "__typename ... on HandOverPayload { replayed handOver { id state version reply extended acceptBy { at overdue } replyBy { at overdue } topic { id state version } } } ... on HandOverRefused { code message reason now version byRole at }"
        }
        "proposeMerge" | "decideMerge" => {
            "__typename ... on MergeProposalPayload { replayed proposal { id decision note canonical { id version mergedCount } topics { id } } } ... on TopicRefused { code message reason topicId }"
        }
        "bookSlot" | "joinWaitingList" | "cancelBooking" | "acceptOffer" | "declineOffer" | "acceptMove" | "changeSlot" | "bookForCaller"
        | "registerWalkIn" | "checkInBooking" | "markNoShow" | "markLeft" | "recordReception" => {
            "__typename ... on BookingPayload { replayed booking { id state version place offerExpiresAt slot { id from } record { id state version } } } ... on BookingRefused { code message reason place opens deadline inTheWay now byRole resetsAt }"
        }
        "publishReceptionDay" | "changeReceptionDay" | "cancelReceptionDay" | "respondToReceptionDuty" | "replaceReceivingMember" => {
            "__typename ... on ReceptionDayPayload { replayed receptionDay { id state version day from until myResponse slots { id from until capacity taken waiting over } receivers { name state } } } ... on ReceptionRefused { code message reason version byRole day memberId }"
        }
        "saveReceptionPlan" => {
            "__typename ... on SaveReceptionPlanPayload { replayed receptionDays { id state version from receivers { name state } slots { id capacity } } } ... on ReceptionRefused { code message reason }"
        }
        "answerReception" | "rateReception" | "raiseReceptionTopic" => {
            "__typename ... on ReceptionRecordPayload { replayed record { id state version summary answer rating topic { id } } } ... on ReceptionRefused { code message reason }"
        }
        "openCalendarFeed" => {
            "__typename ... on OpenCalendarFeedPayload { replayed path feed { id name } } ... on CalendarFeedRefused { code message }"
        }
        "createProgramme" | "publishProgrammeVersion" => {
            "__typename ... on ProgrammePayload { replayed programme { id name current { number name level noticeWorkingDays parties } } } ... on ProgrammeRefused { code message reason programme { current { number } } }"
        }
        "draftPlan" | "commentOnPlan" => {
            "__typename ... on YearPlanPayload { replayed plan { id state version items { id title approved } comments { text version member { name } } } } ... on PlanRefused { code message reason plan { version } }"
        }
        "holdChairMeeting" => {
            "__typename ... on ChairMeetingPayload { replayed meeting { id day number decisions { verdict note plan { id } consultation { id } } } } ... on ChairMeetingRefused { code message reason planId consultationId now version byRole }"
        }
        "voteStatement" => "__typename ... on VotePayload { replayed statementId choice } ... on ConsultationRefused { code message reason }",
        "progressItem" | "acknowledgeCannot" | "confirmItem" | "superviseItem" => {
            "__typename ... on AgreedItemPayload { replayed item { id state version evidence confirmations disputes } } ... on AgreedItemRefused { code message reason now version byRole at }"
        }
        "proposeConsultation"
        | "respondToCoHosting"
        | "invite"
        | "respondToInvitation"
        | "askToAttend"
        | "checkInToSitting"
        | "startSitting"
        | "recordAttendance"
        | "recordContribution"
        | "addSitting"
        | "addStatement"
        | "draftMinutes"
        | "signMinutes"
        | "objectToMinutes"
        | "publishMinutes"
        | "amendMinutes"
        | "reportConsultation"
        | "recordInstruction"
        | "nameEvaluator"
        | "evaluateConsultation"
        | "closeConsultation"
        | "reopenConsultation"
        | "selectConsultation"
        | "addResearch"
        | "announceConsultation"
        | "changeSitting"
        | "postponeConsultation"
        | "resumeConsultation"
        | "cancelConsultation" => {
            "__typename ... on ConsultationPayload { replayed consultation { id state version source special selectedAt reason sittings { id number from until state hall { name } } } } ... on ConsultationRefused { code message reason other now version byRole at earliest inTheWay busyFrom busyUntil place firstSittingId }"
        }
        "revokeCalendarFeed" => "feeds { id name }",
        "confirmRealName" => "phone replayed",
        "declareDutyLeave" | "cancelDutyLeave" => "leaves { id from until }",
        _ => {
            "__typename ... on TopicPayload { replayed topic { id state version title text supportCount publicSince reopened mergedCount } } ... on TopicRefused { code message reason now version byRole at resetsAt canonicalId topicId }"
        }
    };
    format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {fields} }} }}")
}
