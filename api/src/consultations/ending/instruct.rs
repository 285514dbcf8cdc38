use super::store;
use crate::consultations::stage::ConsultationResult;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, add};
use crate::kernel::clock::local_day;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::InputObject;
use chrono::NaiveDate;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::{ConsultationId, consultation_instruction};
use uuid::Uuid;

/// What a leader wrote on a report (批示).
#[derive(InputObject)]
pub struct RecordInstructionInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, reported.
    pub consultation_id: Gid<ConsultationId>,
    /// By whom, at most 60 characters.
    pub given_by: String,
    /// On which day, in Asia/Shanghai; not in the future.
    pub day: NaiveDate,
    /// What, at most 1000 characters; for the internal side alone.
    pub text: String,
}

const BY: Rule = Rule { field: "givenBy", name: ("批示人", "Who gave it"), most: 60 };
const TEXT: Rule = Rule { field: "text", name: ("批示内容", "The text"), most: 1000 };

pub(in crate::consultations) async fn run(cx: &Cx, input: RecordInstructionInput) -> Result<ConsultationResult, ApiError> {
    let (given_by, text, day) = (text::clean_line(&BY, &input.given_by)?, text::clean(&TEXT, &input.text)?, input.day.to_string());
    if input.day > local_day(cx.now()) || day.len() != 10 {
        return Err(ApiError::bad_input("day", say("批示日期不能晚于今天。", "The day of the instruction is not in the future.")));
    }
    let step = Step {
        operation: "recordInstruction",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: None,
        kind: Move::RecordInstruction,
        what: ConsultationEventKind::Reported,
    };
    let (given_by, text, day) = (&given_by, &text, &day);
    add(cx, &input, &step, |tx, row, _| async move {
        let instruction = consultation_instruction::Model {
            id: cx.new_id(),
            consultation_id: row.id,
            given_by: given_by.clone(),
            day: day.clone(),
            text: text.clone(),
            at: cx.now(),
            account_id: cx.account()?,
        };
        Ok(store::insert_instruction(&tx, instruction).await?)
    })
    .await
}
