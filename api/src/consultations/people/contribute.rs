use super::store;
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::ConsultationResult;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, add};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, personal, say};
use async_graphql::InputObject;
use shangyi_entities::consultation_contribution;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::{ConsultationId, ParticipantId, SittingId, TypedId};
use uuid::Uuid;

/// What somebody said at a sitting.
#[derive(InputObject)]
pub struct RecordContributionInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The sitting, which was started.
    pub sitting_id: Gid<SittingId>,
    /// Who.
    pub participant_id: Gid<ParticipantId>,
    /// What, at most 2000 characters; for the internal side alone, under the speaker's own key.
    pub text: String,
}

const TEXT: Rule = Rule { field: "text", name: ("发言", "The text"), most: 2000 };

pub(in crate::consultations) async fn run(cx: &Cx, input: RecordContributionInput) -> Result<ConsultationResult, ApiError> {
    let text = text::clean(&TEXT, &input.text)?;
    let step = Step {
        operation: "recordContribution",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: None,
        kind: Move::RecordContribution,
        what: ConsultationEventKind::SittingStarted,
    };
    let (given, text) = (&input, text.as_str());
    add(cx, &input, &step, |tx, row, _| async move {
        let sittings = sittings::of(&tx, row.id).await?;
        if !sittings.iter().any(|one| one.id == given.sitting_id.0 && one.state == SittingState::Held) {
            return Err(ApiError::not_found("这次会议", "This sitting").into());
        }
        let part = store::by_ids(&*tx, &[given.participant_id.0]).await?.pop().filter(|part| part.consultation_id == row.id);
        let part = part.ok_or_else(|| {
            ApiError::bad_input("participantId", say("请选择参加这场协商的人。", "Please choose somebody who takes part in this consultation."))
        })?;
        let subject = part.account_id.map(TypedId::uuid).or(part.caller_id.map(TypedId::uuid)).unwrap_or(cx.account()?.uuid());
        let gone = || ApiError::bad_input("participantId", say("这位参加人已注销账号。", "This person has erased themself."));
        let key = personal::of(&*tx, &cx.app().keys, subject).await?.ok_or_else(gone)?;
        let contribution = consultation_contribution::Model {
            id: cx.new_id(),
            consultation_id: row.id,
            sitting_id: given.sitting_id.0,
            participant_id: part.id,
            subject_id: subject,
            text_enc: key.seal(store::CONTRIBUTION, text)?,
            at: cx.now(),
            account_id: cx.account()?,
        };
        Ok(store::insert_contribution(&tx, contribution).await?)
    })
    .await
}
