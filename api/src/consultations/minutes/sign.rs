use super::store;
use crate::audit;
use crate::consultations::people;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, facts, finish};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, personal, replay};
use async_graphql::{InputObject, InputType};
use shangyi_entities::appointment::Role;
use shangyi_entities::{MinutesId, TypedId, minutes_signature};
use uuid::Uuid;

/// Which minutes to sign.
#[derive(InputObject)]
pub struct SignMinutesInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The minutes: the last draft, or those in force.
    pub minutes_id: Gid<MinutesId>,
}

/// Which minutes somebody does not agree with.
#[derive(InputObject)]
pub struct ObjectToMinutesInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The minutes: the last draft, or those in force.
    pub minutes_id: Gid<MinutesId>,
    /// What is wrong with them, at most 500 characters; for the internal side, under the person's own key.
    pub note: String,
}

const NOTE: Rule = Rule { field: "note", name: ("不同意见", "The note"), most: 500 };

pub(in crate::consultations) async fn sign(cx: &Cx, input: SignMinutesInput) -> Result<ConsultationResult, ApiError> {
    run(cx, ("signMinutes", input.request_id), &input, input.minutes_id.0, None).await
}

pub(in crate::consultations) async fn object(cx: &Cx, input: ObjectToMinutesInput) -> Result<ConsultationResult, ApiError> {
    let note = text::clean(&NOTE, &input.note)?;
    run(cx, ("objectToMinutes", input.request_id), &input, input.minutes_id.0, Some(&note)).await
}

/// For who led a sitting or the chair in their stead, keeps the minutes, or was there: a right over one's own past, whatever one holds today.
async fn run<I: InputType>(
    cx: &Cx,
    (operation, request_id): (&'static str, Uuid),
    input: &I,
    minutes: MinutesId,
    note: Option<&str>,
) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let missing = || ApiError::not_found("这份纪要", "These minutes");
    let seen = store::by_id(cx.read(), minutes).await?.ok_or_else(missing)?;
    let id = seen.consultation_id;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, operation, request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = stages::locked_by_itself(&tx, id).await?.ok_or_else(missing)?;
            let known = facts::of(&*tx, cx.now(), std::slice::from_ref(&row)).await?.remove(&id).unwrap_or_default();
            // The chair in the convenor's stead, who may be gone.
            let chair = viewer.holds(row.committee_id, Role::Chair).is_some();
            let convenor = chair || known.convenors.contains(&viewer.account);
            let part = people::store::part_of(&*tx, id, viewer.account, &crate::handovers::units_of(viewer)).await?;
            let there = match part {
                Some(part) => people::store::was_there(&*tx, part.id).await?,
                None => false,
            };
            if !convenor && !there && !known.secretaries.contains(&viewer.account) {
                return Err(Stop::Refused(Refuse::Because(Reason::NotPresent)));
            }
            // The last draft, or what is in force.
            let last = store::drafts(&*tx, &[id]).await?.remove(&id).ok_or_else(missing)?;
            let in_force = seen_in_force(&tx, minutes).await?;
            if last.row.id != minutes && !in_force {
                return Err(Stop::Refused(Refuse::Because(Reason::DraftReplaced)));
            }
            if store::has_signed(&tx, minutes, viewer.account).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::SignedAlready)));
            }
            let key = personal::of(&*tx, &cx.app().keys, viewer.account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
            let signature = minutes_signature::Model {
                minutes_id: minutes,
                account_id: viewer.account,
                convenor,
                objects: note.is_some(),
                note_enc: key.seal_optional(store::NOTE, note)?,
                at: cx.now(),
            };
            store::insert_signature(&tx, signature).await.internal("signing minutes")?;
            let role = if convenor { "CONVENOR" } else { "PARTICIPANT" };
            let entry = audit::Entry::new(operation, role, minutes);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

async fn seen_in_force(tx: &crate::kernel::WriteTx, minutes: MinutesId) -> Result<bool, ApiError> {
    Ok(store::by_id(&**tx, minutes).await?.is_some_and(|row| row.published_at.is_some()))
}
