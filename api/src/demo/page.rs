//! What the demo shows: who there is, and operations ready to paste.
use super::cast::Person;
use crate::kernel::Gid;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;

/// The table of people and a page of operations.
pub(super) fn text(people: &[Person], address: SocketAddr) -> String {
    let mut text = String::from("\nShangyi 商议 · demo\n\n");
    text.push_str(&format!("  {:<16} {:<12} {:<8} {}\n", "ROLE", "PHONE", "NAME", "SCOPE"));
    for person in people {
        text.push_str(&format!("  {:<16} {:<12} {:<8} {}\n", person.role, person.phone, person.name, person.scope));
    }
    text.push_str(&format!(
        r#"
The API: http://{address}/graphql   (codes appear in the log below)

# 1. What everyone can read
curl -s http://{address}/graphql -H 'content-type: application/json' -d '{{"query":"{{ topics(first: 3, orderBy: MOST_SUPPORTED) {{ nodes {{ id title state supportCount alias }} }} }}"}}'

# 2. Sign in as a resident: ask for a code, read it in the log, exchange it for a token
curl -s http://{address}/graphql -H 'content-type: application/json' -d '{{"query":"mutation {{ requestSignInCode(input: {{phone: \"13800000201\", requestId: \"00000000-0000-4000-8000-000000000001\"}}) {{ phone expiresAt }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -d '{{"query":"mutation {{ signIn(input: {{phone: \"13800000201\", code: \"CODE\", requestId: \"00000000-0000-4000-8000-000000000002\"}}) {{ ... on SignInPayload {{ accessToken refreshToken }} ... on Refusal {{ code message }} }} }}"}}'

# 3. Raise a topic
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"mutation {{ submitTopic(input: {{requestId: \"00000000-0000-4000-8000-000000000003\", divisionCode: \"990101001001\", title: \"楼道灯坏了\", text: \"三单元楼道灯坏了一周，晚上看不见台阶。\"}}) {{ ... on TopicPayload {{ topic {{ id state alias }} replayed }} ... on Refusal {{ code message }} }} }}"}}'

# 4. As the liaison officer (13800000011): what waits, then accept
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ triageTopics(first: 5) {{ nodes {{ id title version state allowedMoves {{ kind to blockedBy {{ code }} }} }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"mutation {{ acceptTopic(input: {{requestId: \"00000000-0000-4000-8000-000000000004\", topicId: \"TOPIC\", expectedVersion: 1}}) {{ ... on TopicPayload {{ topic {{ state version }} }} ... on TopicRefused {{ code message now byRole }} }} }}"}}'

# 5. What I was told
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ notices(unreadOnly: true) {{ nodes {{ kind message at topic {{ id title }} }} }} }}"}}'

# 6. As the convenor of a studio (13800000101): its screen, then what waits for a word
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ studios(first: 5) {{ nodes {{ id venue {{ name address }} publicRoster {{ from until members {{ name sectors }} }} }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ studioDisplay(studioId: \"STUDIO\") {{ name payload digits secondsLeft }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ logsToConfirm(first: 5) {{ nodes {{ id member {{ name }} log {{ residents matters }} }} }} checkInConflicts(first: 5) {{ nodes {{ id kind member {{ name }} due {{ at }} }} }} }}"}}'

# 7. As a member (13800000103): check in with the digits shown, check out with what was heard, one's own duty
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"mutation {{ checkIn(input: {{requestId: \"00000000-0000-4000-8000-000000000005\", studioId: \"STUDIO\", by: {{code: \"DIGITS\"}}, clock: {{deviceTime: \"2026-01-01T00:00:00Z\", bootId: \"a\", elapsedMs: 1}}}}) {{ ... on CheckInPayload {{ visit {{ id state endsBy slot {{ id }} }} replayed }} ... on CheckInRefused {{ code message }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"mutation {{ checkOut(input: {{requestId: \"00000000-0000-4000-8000-000000000006\", studioId: \"STUDIO\", log: {{residents: 3, matters: [\"路灯不亮\"]}}, clock: {{deviceTime: \"2026-01-01T00:00:00Z\", bootId: \"a\", elapsedMs: 2}}}}) {{ ... on CheckInPayload {{ visit {{ state log {{ residents matters }} }} }} ... on CheckInRefused {{ code message }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ myDuty {{ id from until kept studio {{ venue {{ name address }} }} }} }}"}}'

# 8. Reception days: what everyone can read; as a resident, take a place or wait where it is full; what became of it
curl -s http://{address}/graphql -H 'content-type: application/json' -d '{{"query":"{{ receptionDays(divisionCode: \"990101\") {{ nodes {{ id day theme venue {{ name address }} receivers {{ name sectors }} slots {{ id from until capacity taken waiting }} }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"mutation {{ bookSlot(input: {{requestId: \"00000000-0000-4000-8000-000000000007\", slotId: \"SLOT\", category: HOUSING, matter: \"楼顶漏水\"}}) {{ ... on BookingPayload {{ booking {{ id state }} replayed }} ... on BookingRefused {{ code message place }} }} }}"}}'
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ myBookings {{ nodes {{ id state place placeHistory {{ place why }} slot {{ from }} allowedMoves {{ kind blockedBy {{ code }} }} }} }} }}"}}'

# 9. Consultations: what is talked over where and when; what the desk's programmes say
curl -s http://{address}/graphql -H 'content-type: application/json' -d '{{"query":"{{ consultations(divisionCode: \"990101\") {{ nodes {{ title question state programme {{ name }} sittings {{ from until hall {{ name address }} }} researchCount {{ records people }} }} }} }}"}}'

# 10. As the liaison officer (13800000011): the week in one request
curl -s http://{address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer TOKEN' -d '{{"query":"{{ officeWeek(divisionCode: \"990101001\") {{ receptionDays {{ day state slots {{ taken capacity waiting }} }} dutySlots {{ from state }} unmarkedBookings {{ id state name }} overdueHandOvers {{ id state }} overdueTopics {{ id title }} }} }}"}}'
"#
    ));
    text
}

/// Writes the people where other programs find them.
pub(super) fn write_record(file: &Path, people: &[Person]) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", file.display());
    let people: Vec<_> = people
        .iter()
        .map(|person| {
            json!({
                "role": person.role,
                "name": person.name,
                "phone": person.phone,
                "accountId": Gid(person.account).to_string(),
                "scope": person.scope,
            })
        })
        .collect();
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    let text = serde_json::to_string_pretty(&json!({ "people": people })).map_err(|error| error.to_string())?;
    std::fs::write(file, text + "\n").map_err(problem)
}
