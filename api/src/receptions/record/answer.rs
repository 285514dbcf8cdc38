use super::model::{ReceptionRecord, ReceptionRecordPayload, ReceptionRecordResult};
use super::serve::ANSWERED;
use super::{handed, lists, store};
use crate::audit;
use crate::handovers;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, text};
use crate::receptions::day::refusal::{Refuse, not_yours};
use async_graphql::InputObject;
use shangyi_entities::reception_record::ReceptionRecordState as S;
use shangyi_entities::{ReceptionRecordId, TypedId};
use uuid::Uuid;

/// What the desk itself answers to what a unit has not.
#[derive(InputObject)]
pub struct AnswerReceptionInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A record that is handed over, or was returned.
    pub record_id: Gid<ReceptionRecordId>,
    /// The version of the record that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The answer, at most 1000 characters; the person is told. An open hand-over is taken back.
    pub answer: String,
}

pub(super) fn missing() -> ApiError {
    ApiError::not_found("这份接待记录", "This record")
}

pub(in crate::receptions) async fn run(cx: &Cx, input: AnswerReceptionInput) -> Result<ReceptionRecordResult, ApiError> {
    let viewer = cx.viewer().await?;
    let answer = text::clean(&ANSWERED, &input.answer)?;
    let (input, answer, id) = (&input, answer.as_str(), input.record_id.0);
    if lists::visible(cx, &[id]).await?.is_empty() {
        return Err(missing());
    }
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "answerReception", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = store::locked(&tx, id).await?.ok_or_else(missing)?;
            let held = viewer.desk_of(row.committee_id, &row.division_code).ok_or_else(not_yours)?;
            let role = sea_orm::ActiveEnum::to_value(&held.role);
            if !matches!(row.state, S::HandedOver | S::Returned) || row.version != input.expected_version {
                return Err(Stop::Refused(Refuse::Changed(row.version, row.changed_at, None)));
            }
            handovers::recall(&tx, cx, "answerReception", row.id.uuid(), &role).await?;
            handed::answered(&tx, cx, &row, answer, S::Answered).await?;
            let entry = audit::Entry::new("answerReception", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), after: Some("ANSWERED"), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// The payload or the refusal of a write on a record; it is read as the viewer may see it.
pub(super) async fn finish(cx: &Cx, done: Result<(ReceptionRecordId, bool), Stop<Refuse>>) -> Result<ReceptionRecordResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let record: ReceptionRecord = lists::visible(cx, &[id]).await?.remove(&id).ok_or_else(missing)?;
            Ok(ReceptionRecordResult::Done(ReceptionRecordPayload { record, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ReceptionRecordResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
