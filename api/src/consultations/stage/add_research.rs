use super::moves::Move;
use super::refusal::ConsultationResult;
use super::step::{Step, take};
use super::store;
use crate::kernel::clock::local_day;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, personal, say};
use async_graphql::InputObject;
use chrono::NaiveDate;
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_research::{self, ResearchKind};
use shangyi_entities::{ConsultationId, TypedId};
use uuid::Uuid;

/// What was found out, and how.
#[derive(InputObject)]
pub struct AddResearchInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`. Left out: however it stands, so that several who were out need not wait
    /// for each other.
    pub expected_version: Option<i64>,
    /// How.
    pub kind: ResearchKind,
    /// On which day, in Asia/Shanghai; not in the future.
    pub day: NaiveDate,
    /// What, at most 2000 characters; for the internal side alone, under the key of whoever enters it.
    pub text: String,
    /// How many people were talked to, 0 to 100 000.
    #[graphql(default)]
    pub people: i64,
}

const TEXT: Rule = Rule { field: "text", name: ("调研情况", "The text"), most: 2000 };

pub(in crate::consultations) async fn run(cx: &Cx, input: AddResearchInput) -> Result<ConsultationResult, ApiError> {
    let account = cx.account()?;
    let (text, day) = (text::clean(&TEXT, &input.text)?, input.day.to_string());
    if input.day > local_day(cx.now()) || day.len() != 10 {
        return Err(ApiError::bad_input("day", say("调研日期不能晚于今天。", "The day of the research is not in the future.")));
    }
    if !(0..=100_000).contains(&input.people) {
        return Err(ApiError::bad_input("people", say("走访人数请填0到100000。", "Please say 0 to 100 000 people.")));
    }
    let step = Step {
        operation: "addResearch",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: input.expected_version,
        kind: Move::Research,
        what: ConsultationEventKind::ResearchAdded,
    };
    let (kind, people, text, day) = (input.kind, input.people, &text, &day);
    take(cx, &input, &step, None, |tx, row, role| async move {
        let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
        let (text_enc, day, at) = (key.seal(store::RESEARCH, text)?, day.clone(), cx.now());
        let research =
            consultation_research::Model { id: cx.new_id(), consultation_id: row.id, kind, day, text_enc, people, at, role, account_id: account };
        store::insert_research(&tx, research).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}
