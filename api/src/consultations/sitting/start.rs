use super::store;
use crate::consultations::people;
use crate::consultations::stage::ConsultationResult;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, take};
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::InputObject;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::{ConsultationId, consultation};
use uuid::Uuid;

/// Which consultation sits now.
#[derive(InputObject)]
pub struct StartSittingInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation; its next sitting begins.
    pub consultation_id: Gid<ConsultationId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

/// From then on as what people take part is fixed.
pub(in crate::consultations) async fn run(cx: &Cx, input: StartSittingInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "startSitting",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::StartSitting,
        what: ConsultationEventKind::SittingStarted,
    };
    take(cx, &input, &step, None, |tx, row, _| async move {
        let next = store::of(&tx, row.id).await?.into_iter().find(|one| one.state == SittingState::Announced);
        let next = next.ok_or_else(|| ApiError::broken("an announced consultation without a sitting"))?;
        // Whoever replies at this moment has replied before, or finds it begun.
        people::store::seats_locked(&tx, next.id).await?;
        store::advance(&tx, consultation_sitting::Model { state: SittingState::Held, ..next }, cx.now()).await?;
        Ok(consultation::ActiveModel::default())
    })
    .await
}
