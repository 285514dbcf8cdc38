use super::store;
use crate::consultations::items;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{self, Made, Step};
use crate::consultations::stage::{ConsultationResult, finish};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, replay, say};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::{ConsultationId, consultation, consultation_report};
use uuid::Uuid;

/// To whom a consultation is reported.
#[derive(InputObject)]
pub struct ReportConsultationInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// To whom: 1 to 20 names of offices or people, each of at most 60 characters; for the internal side.
    pub recipients: Vec<String>,
}

const RECIPIENT: Rule = Rule { field: "recipients", name: ("报送对象", "A recipient"), most: 60 };

pub(in crate::consultations) async fn run(cx: &Cx, input: ReportConsultationInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    if input.recipients.is_empty() || input.recipients.len() > 20 {
        return Err(ApiError::bad_input("recipients", say("请填写1到20个报送对象。", "Please name 1 to 20 recipients.")));
    }
    let recipients = input.recipients.iter().map(|name| text::clean_line(&RECIPIENT, name)).collect::<Result<Vec<_>, _>>()?;
    let (input, recipients, id) = (&input, recipients.as_slice(), input.consultation_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "reportConsultation", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = step::find(&tx, viewer, id).await?;
            let what = ConsultationEventKind::Reported;
            let (request_id, expected_version) = (input.request_id, Some(input.expected_version));
            let step = Step { operation: "reportConsultation", request_id, consultation: id, expected_version, kind: Move::Report, what };
            let (to, role) = step::judged(&tx, cx, viewer, &row, &step).await?;
            let (at, account_id) = (cx.now(), viewer.account);
            let rows = recipients.iter().zip(1..).map(|(name, number)| consultation_report::Model {
                consultation_id: id,
                number,
                recipient: name.clone(),
                at,
                account_id,
            });
            store::insert_recipients(&tx, rows.collect()).await?;
            let changes = consultation::ActiveModel { reported_at: Set(Some(at)), rating_since: Set(Some(at)), ..Default::default() };
            step::make(&tx, cx, &row, Made { operation: "reportConsultation", what, to, role: &role, reason: None }, changes).await?;
            // What was agreed on goes to its units with the report, and is tracked from then on.
            items::give_all(&tx, cx, id).await?;
            items::conclude(&tx, cx, id).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
