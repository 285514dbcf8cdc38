//! Consultations of the demo: programmes, and one that is announced.
use super::cast::Person;
use super::stage::Stage;
use crate::app::App;
use crate::kernel::ApiError;
use crate::kernel::clock::{day_begins, local_day};
use serde_json::{Value, json};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const CHAIR: &str = "13800000001";
const GENERAL: &str = "13800000002";
const OFFICER: &str = "13800000011";
const MEMBER: &str = "13800000101";
const DONE: &str = "... on ConsultationPayload { consultation { id version } } ... on Refusal { code }";

/// Loads them; what is there already stays.
pub(super) async fn load(app: &App, people: &[Person]) -> Result<(), ApiError> {
    if crate::consultations::any(app.db.read()).await? {
        return Ok(());
    }
    let stage = Stage::new(app, people);
    let who = |phone: &str| people.iter().find(|person| person.phone == phone).ok_or_else(|| ApiError::broken("a person of the demo"));
    let (general, chair, officer, member) = (who(GENERAL)?, who(CHAIR)?, who(OFFICER)?, who(MEMBER)?);
    let began = app.clock.now().plus_seconds(-9 * DAY);
    let found = "query($code: String!) { committee(divisionCode: $code) { id } venues(first: 50) { nodes { id name } } }";
    let found = stage.execute(general, began, found, json!({ "code": super::DISTRICT })).await?;
    let committee = &found["committee"]["id"];
    let mut programme = Value::Null;
    for seed in ["YU_SHI_HAO_SHANG_LIANG", "YUAN_BA_XIE_SHANG", "SHE_QU_XIE_SHANG", "YOU_SHI_LAI_XIE_SHANG"] {
        let fields = "... on ProgrammePayload { programme { id } } ... on Refusal { code }";
        let done = stage.mutate(seed, general, began, ("createProgramme", fields), json!({ "committeeId": committee, "seed": seed })).await?;
        programme = done["programme"]["id"].clone();
    }
    let organisers = "query($id: ID!) { organisations(committeeId: $id, kind: LIAISON_COMMITTEE) { id name } }";
    let organisers = stage.execute(general, began, organisers, json!({ "id": committee })).await?;
    let named = |all: &Value, name: &str| all.as_array().and_then(|all| all.iter().find(|one| one["name"] == name)).map(|one| one["id"].clone());
    let missing = || ApiError::broken("a place of the demo");
    let organiser = named(&organisers["organisations"], officer.scope).ok_or_else(missing)?;
    let hall = named(&found["venues"]["nodes"], "听泉街道协商议事厅").ok_or_else(missing)?;
    let own = stage.execute(member, began, "{ viewer { member { id } } }", json!({})).await?["viewer"]["member"]["id"].clone();
    let question = "夜市让街区热闹起来，也让楼上住户睡不着。几点收摊、谁来管、油烟往哪里排？";
    let input =
        json!({ "programmeId": programme, "title": "夜市与夜眠", "question": question, "divisionCode": "990101001", "organiserId": organiser });
    let made = stage.mutate("夜市", officer, began, ("proposeConsultation", DONE), input).await?["consultation"].clone();
    let id = &made["id"];
    let held = local_day(began.plus_seconds(DAY)).to_string();
    let decision = json!({ "consultationId": id, "expectedVersion": 1, "verdict": "APPROVED" });
    let meeting = json!({ "committeeId": committee, "date": held, "number": 1, "decisions": [decision] });
    let fields = "... on ChairMeetingPayload { meeting { id } } ... on Refusal { code }";
    stage.mutate("夜市", chair, began.plus_seconds(DAY + HOUR), ("holdChairMeeting", fields), meeting).await?;
    for (version, after, kind, text, people) in [
        (2, 2, "VISIT", "走访临街三栋楼，四十二户中三十户反映夜里十一点后仍有喧哗。", 42),
        (3, 4, "MEETING", "与摊主座谈：愿意提前收摊，希望固定摊位和排烟设施。", 11),
    ] {
        let at = began.plus_seconds(after * DAY);
        let input = json!({ "consultationId": id, "expectedVersion": version, "kind": kind, "day": local_day(at).to_string(), "text": text, "people": people });
        stage.mutate(kind, officer, at, ("addResearch", DONE), input).await?;
    }
    // A fortnight and a half from now, in the evening.
    let evening = day_begins(local_day(app.clock.now().plus_seconds(17 * DAY))).plus_seconds(19 * HOUR);
    let (from, until) = (evening.utc(), evening.plus_seconds(2 * HOUR).utc());
    let input =
        json!({ "consultationId": id, "expectedVersion": 4, "hallId": hall, "from": from, "until": until, "convenorId": own, "capacity": 40 });
    stage.mutate("夜市", officer, began.plus_seconds(6 * DAY), ("announceConsultation", DONE), input).await.map(|_| ())
}
