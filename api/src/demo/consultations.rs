//! The programmes under which the demo's committee consults.
use super::cast::Person;
use super::stage::Stage;
use crate::app::App;
use crate::kernel::ApiError;
use serde_json::json;

const GENERAL: &str = "13800000002";

/// Loads them; what is there already stays.
pub(super) async fn load(app: &App, people: &[Person]) -> Result<(), ApiError> {
    let stage = Stage::new(app, people);
    let general = people.iter().find(|person| person.phone == GENERAL).ok_or_else(|| ApiError::broken("a person of the demo"))?;
    let found = stage
        .execute(general, app.clock.now(), "query($code: String!) { committee(divisionCode: $code) { id } }", json!({ "code": super::DISTRICT }))
        .await?;
    for seed in ["YU_SHI_HAO_SHANG_LIANG", "YUAN_BA_XIE_SHANG", "SHE_QU_XIE_SHANG"] {
        let input = json!({ "committeeId": found["committee"]["id"], "seed": seed });
        let fields = "... on ProgrammePayload { programme { id } } ... on Refusal { code }";
        stage.mutate(seed, general, app.clock.now().plus_seconds(-86_400), ("createProgramme", fields), input).await?;
    }
    Ok(())
}
