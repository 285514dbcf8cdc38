//! An input for each mutation, right in shape.
use serde_json::{Value, json};
use shangyi_tests::new_request;
use std::collections::BTreeMap;

/// Each mutation with an input that is right in shape; `$topic` is a waiting one.
pub(super) fn mutations(topic: &Value, version: i64) -> BTreeMap<&'static str, Value> {
    let seen = |more: Value| {
        let mut input = json!({ "requestId": new_request(), "topicId": topic, "expectedVersion": version });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let plain = || json!({ "requestId": new_request(), "topicId": topic });
    BTreeMap::from([
        ("submitTopic", json!({ "requestId": new_request(), "divisionCode": "990101001001", "title": "谁都可以提", "text": "试试" })),
        ("supportTopic", plain()),
        ("withdrawSupport", plain()),
        ("withdrawTopic", plain()),
        ("supplyMoreForTopic", json!({ "requestId": new_request(), "topicId": topic, "text": "补充" })),
        ("flagTopic", json!({ "requestId": new_request(), "topicId": topic, "why": "SPAM" })),
        ("acceptTopic", seen(json!({}))),
        ("maskTopic", seen(json!({ "words": ["没有这个词"] }))),
        ("askMoreAboutTopic", seen(json!({ "question": "哪里？" }))),
        ("redirectTopic", seen(json!({ "reason": "PETITION", "where": "信访办" }))),
        ("rejectTopic", seen(json!({ "reason": "ABUSIVE" }))),
        ("answerTopic", seen(json!({ "text": "好" }))),
        ("passTopic", seen(json!({ "divisionCode": "990101001002" }))),
        ("takeDownTopic", seen(json!({ "reason": "试试" }))),
        ("markNoticesRead", json!({})),
        ("updateProfile", json!({})),
        (
            "grantAppointment",
            json!({ "requestId": new_request(), "to": { "phone": "13800000212" }, "role": "LIAISON_OFFICER", "organisationId": "organisation_00000000000000000000000000000000" }),
        ),
        ("confirmAppointment", json!({ "requestId": new_request(), "appointmentId": "appointment_00000000000000000000000000000000" })),
        ("endAppointment", json!({ "requestId": new_request(), "appointmentId": "appointment_00000000000000000000000000000000" })),
        ("revokeSession", json!({ "sessionId": "session_00000000000000000000000000000000" })),
        ("refreshSession", json!({ "refreshToken": "x" })),
        ("signIn", json!({ "phone": "13600000000", "code": "000000", "requestId": new_request() })),
        ("requestSignInCode", json!({ "phone": "13600000000", "requestId": new_request() })),
        ("eraseMe", json!({ "confirm": false })),
    ])
}

/// Each mutation about what becomes of topics, on a waiting one and on the rows of the world.
pub(super) fn later_mutations(topic: &Value, rows: &[(&'static str, String, Value)]) -> BTreeMap<&'static str, Value> {
    let (hand_over, campaign, proposal) = (&rows[17].2, &rows[18].2, &rows[19].2);
    let seen = |more: Value| {
        let mut input = json!({ "requestId": new_request(), "topicId": topic, "expectedVersion": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let given = |more: Value| {
        let mut input = json!({ "requestId": new_request(), "handOverId": hand_over, "expectedVersion": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let merge = |version: Option<i64>| {
        let mut input = json!({ "requestId": new_request(), "canonicalId": topic, "topicIds": [rows[1].2], "reason": "同一件事" });
        if let Some(version) = version {
            input["expectedVersion"] = json!(version);
        }
        input
    };
    BTreeMap::from([
        ("takeTopic", seen(json!({}))),
        ("handBackTopic", seen(json!({}))),
        ("shortlistTopic", seen(json!({}))),
        ("unshortlistTopic", seen(json!({}))),
        ("adoptTopic", seen(json!({ "as": "INSIDE", "text": "试试" }))),
        ("recordOutcome", json!({ "requestId": new_request(), "adoptionId": "adoption_00000000000000000000000000000000", "result": "好" })),
        ("confirmAnswer", json!({ "requestId": new_request(), "topicId": topic, "kept": true })),
        ("requestSecondLook", json!({ "requestId": new_request(), "topicId": topic, "statement": "再看看" })),
        ("decideSecondLook", seen(json!({ "takeUp": true, "note": "好" }))),
        ("mergeTopics", merge(Some(1))),
        ("proposeMerge", merge(None)),
        ("decideMerge", json!({ "requestId": new_request(), "proposalId": proposal, "merge": false })),
        ("splitTopic", seen(json!({ "reason": "另一件事" }))),
        ("replyToMerge", json!({ "requestId": new_request(), "topicId": topic, "reply": "DECLINE" })),
        (
            "handOver",
            json!({ "requestId": new_request(), "subjectId": topic, "expectedVersion": 1, "unitId": "organisation_00000000000000000000000000000000", "task": "请办" }),
        ),
        ("acceptHandOver", given(json!({ "expectedVersion": 99 }))),
        ("returnHandOver", given(json!({ "expectedVersion": 99, "reason": "不归我们" }))),
        ("extendHandOver", given(json!({ "expectedVersion": 99, "workingDays": 3, "reason": "还要几天" }))),
        ("replyToHandOver", given(json!({ "expectedVersion": 99, "text": "好了" }))),
        ("rateHandOver", json!({ "requestId": new_request(), "handOverId": hand_over, "stars": 3 })),
        ("openCampaign", json!({ "requestId": new_request(), "name": "试试", "theme": "试试", "divisionCodes": ["990101001"] })),
        ("closeCampaign", json!({ "requestId": new_request(), "campaignId": campaign })),
        ("confirmRealName", json!({ "requestId": new_request(), "phone": "13600000001", "name": "某人" })),
    ])
}

/// Each mutation about studios, duty and check-ins, on the rows of the world.
pub(super) fn studio_mutations(rows: &[(&'static str, String, Value)]) -> BTreeMap<&'static str, Value> {
    let (studio, slot, visit, late, conflict, log) = (&rows[11].2, &rows[12].2, &rows[13].2, &rows[14].2, &rows[15].2, &rows[20].2);
    let clock = json!({ "deviceTime": "2026-09-01T02:00:00Z", "bootId": "boot", "elapsedMs": 1 });
    let new = |more: Value| {
        let mut input = json!({ "requestId": new_request() });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let rule = json!({ "repeat": { "weekdays": ["MONDAY"] }, "begins": "09:00", "ends": "11:00" });
    BTreeMap::from([
        ("openStudio", new(json!({ "name": &new_request()[..20], "divisionCode": "990101001001", "address": "某路1号" }))),
        ("updateStudio", new(json!({ "studioId": studio, "expectedVersion": 99 }))),
        ("closeStudio", new(json!({ "studioId": studio, "expectedVersion": 99 }))),
        ("setStudioMembers", new(json!({ "studioId": studio, "expectedVersion": 99, "memberIds": [] }))),
        ("rotateStudioSecret", new(json!({ "studioId": studio }))),
        ("bindStudioDevice", new(json!({ "studioId": studio, "name": "平板" }))),
        ("unbindStudioDevice", json!({ "deviceId": "device_00000000000000000000000000000000" })),
        ("publishRoster", new(json!({ "studioId": studio, "rule": rule, "from": "2026-09-01", "until": "2026-09-30", "fingerprint": "x" }))),
        ("offerSlotSwap", new(json!({ "slotId": slot, "toMemberId": "member_00000000000000000000000000000000" }))),
        ("acceptSlotSwap", new(json!({ "swapId": "swap_00000000000000000000000000000000" }))),
        ("withdrawSlotSwap", json!({ "swapId": "swap_00000000000000000000000000000000" })),
        ("declineSlot", new(json!({ "slotId": slot, "reason": " " }))),
        ("assignSlot", new(json!({ "slotId": slot, "expectedVersion": 99, "memberId": "member_00000000000000000000000000000000" }))),
        ("declareDutyLeave", new(json!({ "from": "2027-01-01", "until": "2027-01-02" }))),
        ("cancelDutyLeave", json!({ "leaveId": "leave_00000000000000000000000000000000" })),
        ("checkIn", new(json!({ "studioId": studio, "by": { "code": "SY1.x" }, "clock": clock }))),
        ("checkOut", new(json!({ "studioId": studio, "clock": clock }))),
        ("undoCheckIn", new(json!({ "studioId": studio, "entryRequestId": new_request(), "clock": clock }))),
        (
            "syncCheckIns",
            json!({ "deviceId": "手机", "now": clock, "entries": [{ "requestId": new_request(), "clock": clock, "what": { "undo": { "studioId": "x", "entryRequestId": "x" } } }] }),
        ),
        ("objectToCheckIn", new(json!({ "visitId": visit, "reason": "不对" }))),
        ("requestLateEntry", new(json!({ "studioId": studio, "from": "2026-08-01T01:00:00Z", "until": "2026-08-01T02:00:00Z", "reason": "忘了" }))),
        ("approveLateEntry", new(json!({ "lateEntryId": late, "decision": "DECLINED" }))),
        ("confirmStudioLog", new(json!({ "visitId": visit, "logId": log }))),
        ("settleConflict", new(json!({ "conflictId": conflict, "decision": "KEEP" }))),
        ("studioLedgerFile", json!({ "studioId": studio })),
    ])
}

/// Each mutation about receptions and calendars, on the rows of the world.
pub(super) fn reception_mutations(rows: &[(&'static str, String, Value)]) -> BTreeMap<&'static str, Value> {
    let (venue, day, booking, record, slot) = (&rows[5].2, &rows[21].2, &rows[22].2, &rows[23].2, &rows[24].2);
    let new = |more: Value| {
        let mut input = json!({ "requestId": new_request() });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let member = "member_00000000000000000000000000000000";
    let caller = json!({ "name": "来电人", "contact": "没有电话", "channel": "PHONE" });
    let rule = json!({ "venueId": venue, "kind": "MEMBERS_RECEIVE_RESIDENTS", "repeat": { "weekdays": ["MONDAY"] }, "begins": "09:00", "ends": "11:00", "slotMinutes": 30, "capacity": 2 });
    let marks = || new(json!({ "bookingId": booking, "expectedVersion": 99 }));
    BTreeMap::from([
        ("publishReceptionDay", new(json!({ "dayId": day, "expectedVersion": 99 }))),
        ("saveReceptionPlan", new(json!({ "rule": rule, "from": "2026-09-01", "until": "2026-09-30", "fingerprint": "x" }))),
        ("changeReceptionDay", new(json!({ "dayId": day, "expectedVersion": 99 }))),
        ("cancelReceptionDay", new(json!({ "dayId": day, "expectedVersion": 99, "reason": "试试" }))),
        ("respondToReceptionDuty", new(json!({ "dayId": day, "expectedVersion": 1, "accept": false, "reason": "出差" }))),
        ("replaceReceivingMember", new(json!({ "dayId": day, "expectedVersion": 99, "memberId": member }))),
        ("bookSlot", new(json!({ "slotId": slot, "category": "OTHER" }))),
        ("joinWaitingList", new(json!({ "slotId": slot, "category": "OTHER" }))),
        ("cancelBooking", new(json!({ "bookingId": booking }))),
        ("acceptOffer", new(json!({ "bookingId": booking, "expectedVersion": 99 }))),
        ("declineOffer", new(json!({ "bookingId": booking }))),
        ("changeSlot", new(json!({ "bookingId": booking, "expectedVersion": 99, "slotId": slot }))),
        ("acceptMove", new(json!({ "bookingId": booking, "expectedVersion": 99 }))),
        ("bookForCaller", new(json!({ "slotId": slot, "category": "OTHER", "onBehalfOf": caller, "wait": true }))),
        ("registerWalkIn", new(json!({ "slotId": slot, "category": "OTHER", "onBehalfOf": caller }))),
        ("checkInBooking", marks()),
        ("markNoShow", marks()),
        ("markLeft", marks()),
        ("recordReception", new(json!({ "bookingId": booking, "expectedVersion": 99, "class": "OTHER", "summary": "试试", "answer": "好" }))),
        ("answerReception", new(json!({ "recordId": record, "expectedVersion": 99, "answer": "好" }))),
        ("rateReception", new(json!({ "recordId": record, "stars": 3 }))),
        ("raiseReceptionTopic", new(json!({ "recordId": record, "title": "试试", "text": "试试", "divisionCode": "990101" }))),
        ("openCalendarFeed", new(json!({ "name": "日历" }))),
        ("revokeCalendarFeed", json!({ "feedId": "feed_00000000000000000000000000000000" })),
    ])
}

/// Each mutation about consultations, on the rows of the world.
pub(super) fn consultation_mutations(rows: &[(&'static str, String, Value)]) -> BTreeMap<&'static str, Value> {
    let (committee, programme, plan, consultation, organiser) = (&rows[3].2, &rows[25].2, &rows[26].2, &rows[27].2, &rows[28].2);
    let tracked = &rows[30].2;
    let content = json!({ "name": "又一个名目", "level": "TOWNSHIP", "noticeWorkingDays": 3, "stakeholderSharePercent": 30, "parties": ["RESIDENT"], "evaluationQuestions": [] });
    let new = |more: Value| {
        let mut input = json!({ "requestId": new_request() });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let moves = || new(json!({ "consultationId": consultation, "expectedVersion": 99 }));
    let reason = || new(json!({ "consultationId": consultation, "expectedVersion": 99, "reason": "试试" }));
    BTreeMap::from([
        ("createProgramme", new(json!({ "committeeId": committee, "seed": "YUAN_BA_XIE_SHANG" }))),
        ("draftPlan", new(json!({ "committeeId": committee, "year": 2030, "commentsUntil": "2026-12-01T00:00:00Z", "addItems": [] }))),
        ("commentOnPlan", new(json!({ "planId": plan, "expectedVersion": 99, "text": "好" }))),
        (
            "holdChairMeeting",
            new(
                json!({ "committeeId": committee, "date": "2026-09-01", "number": 1, "decisions": [{ "planId": plan, "expectedVersion": 99, "verdict": "APPROVED" }] }),
            ),
        ),
        (
            "proposeConsultation",
            new(json!({ "programmeId": programme, "title": "试试", "question": "试试", "divisionCode": "990101001", "organiserId": organiser })),
        ),
        (
            "announceConsultation",
            new(
                json!({ "consultationId": consultation, "expectedVersion": 99, "hallId": rows[5].2, "from": "2026-09-20T01:00:00Z", "until": "2026-09-20T03:00:00Z", "convenorId": rows[4].2, "capacity": 30 }),
            ),
        ),
        (
            "changeSitting",
            new(json!({ "consultationId": consultation, "expectedVersion": 99, "sittingId": "sitting_00000000000000000000000000000000" })),
        ),
        ("respondToCoHosting", new(json!({ "consultationId": consultation, "committeeId": committee, "agree": true }))),
        ("selectConsultation", moves()),
        ("resumeConsultation", moves()),
        ("postponeConsultation", reason()),
        ("cancelConsultation", reason()),
        ("addResearch", new(json!({ "consultationId": consultation, "expectedVersion": 99, "kind": "VISIT", "day": "2026-09-01", "text": "看了" }))),
        (
            "invite",
            new(
                json!({ "consultationId": consultation, "invitees": [{ "person": { "who": { "name": "试试", "contact": "无", "channel": "VISIT" }, "party": "RESIDENT" } }] }),
            ),
        ),
        ("respondToInvitation", new(json!({ "sittingId": rows[32].2, "answer": "ATTEND" }))),
        ("askToAttend", new(json!({ "sittingId": rows[32].2 }))),
        ("checkInToSitting", new(json!({ "sittingId": rows[32].2, "code": "abc" }))),
        ("startSitting", moves()),
        ("recordAttendance", new(json!({ "consultationId": consultation, "sittingId": rows[32].2 }))),
        (
            "recordContribution",
            new(
                json!({ "consultationId": consultation, "sittingId": rows[32].2, "participantId": "participant_00000000000000000000000000000000", "text": "试试" }),
            ),
        ),
        (
            "addSitting",
            new(
                json!({ "consultationId": consultation, "expectedVersion": 99, "hallId": rows[5].2, "from": "2026-09-20T01:00:00Z", "until": "2026-09-20T03:00:00Z", "convenorId": rows[4].2, "capacity": 30 }),
            ),
        ),
        ("addStatement", new(json!({ "consultationId": consultation, "text": "试试" }))),
        ("voteStatement", new(json!({ "statementId": rows[34].2, "choice": "AGREE" }))),
        ("draftMinutes", new(json!({ "consultationId": tracked, "text": "试试" }))),
        ("signMinutes", new(json!({ "minutesId": rows[33].2 }))),
        ("objectToMinutes", new(json!({ "minutesId": rows[33].2, "note": "试试" }))),
        ("publishMinutes", new(json!({ "consultationId": tracked, "expectedVersion": 99, "minutesId": rows[33].2 }))),
        ("amendMinutes", new(json!({ "consultationId": tracked, "text": "试试" }))),
        ("reportConsultation", new(json!({ "consultationId": tracked, "expectedVersion": 99, "recipients": ["试试"] }))),
        ("recordInstruction", new(json!({ "consultationId": tracked, "givenBy": "试试", "day": "2026-09-01", "text": "试试" }))),
        ("nameEvaluator", new(json!({ "consultationId": tracked, "appointmentId": "appointment_00000000000000000000000000000000" }))),
        ("evaluateConsultation", new(json!({ "consultationId": tracked, "stars": [4, 4, 4, 4] }))),
        ("closeConsultation", new(json!({ "consultationId": tracked, "expectedVersion": 99 }))),
        ("reopenConsultation", new(json!({ "consultationId": tracked, "expectedVersion": 99, "reason": "试试" }))),
        ("progressItem", new(json!({ "itemId": rows[31].2, "text": "试试" }))),
        ("acknowledgeCannot", new(json!({ "itemId": rows[31].2, "expectedVersion": 99 }))),
        ("confirmItem", new(json!({ "itemId": rows[31].2, "kept": true }))),
        ("superviseItem", new(json!({ "itemId": rows[31].2, "kind": "REMINDER", "text": "试试" }))),
        ("publishProgrammeVersion", new(json!({ "programmeId": programme, "expectedNumber": 99, "content": content }))),
    ])
}
