use super::store;
use crate::consultations::people::{self, Everybody};
use crate::consultations::programme;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{self, Made, Step};
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, finish};
use crate::consultations::{ending, items};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay};
use crate::notices::outbox;
use crate::topics;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::consultation::{self, ConsultationState as S};
use shangyi_entities::consultation_event::ConsultationEventKind as What;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{ConsultationId, MinutesId, TypedId};
use uuid::Uuid;

/// Which minutes to put in force.
#[derive(InputObject)]
pub struct PublishMinutesInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// Its last draft, as it was read and signed; another one is `DRAFT_REPLACED`.
    pub minutes_id: Gid<MinutesId>,
    /// The version that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: PublishMinutesInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.consultation_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "publishMinutes", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = step::find(&tx, viewer, id).await?;
            let first = row.minuted_at.is_none();
            let (kind, what) = if first { (Move::PublishMinutes, What::MinutesPublished) } else { (Move::PublishAmendment, What::MinutesAmended) };
            let (request_id, expected_version) = (input.request_id, Some(input.expected_version));
            let step = Step { operation: "publishMinutes", request_id, consultation: id, expected_version, kind, what };
            let (to, role) = step::judged(&tx, cx, viewer, &row, &step).await?;
            let draft = store::drafts(&*tx, &[id]).await?.remove(&id).ok_or_else(|| ApiError::broken("minutes that were judged are gone"))?;
            if draft.row.id != input.minutes_id.0 {
                return Err(Stop::Refused(Refuse::Because(Reason::DraftReplaced)));
            }
            // What is there already can be named by its id before anything new is added.
            store::publish(&tx, draft.row.id, cx.now()).await?;
            let mut changes = if first { counted(&tx, cx, &row).await? } else { consultation::ActiveModel::default() };
            if row.state == S::Reopened {
                changes.rating_since = Set(Some(cx.now()));
            }
            let differs = items::put(&tx, cx, &row, &draft.items, &role).await?;
            step::make(&tx, cx, &row, Made { operation: "publishMinutes", what, to, role: &role, reason: None }, changes).await?;
            after(&tx, cx, &row, (to, differs)).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// When it was minuted, and whether enough stakeholders were there.
async fn counted(tx: &WriteTx, cx: &Cx, row: &consultation::Model) -> Result<consultation::ActiveModel, Stop<Refuse>> {
    let version = programme::store::version(&**tx, row.programme_id, row.programme_number).await?;
    let asked = version.map_or(0, |version| version.share_percent);
    let parts = people::store::of_many(&**tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let presence = people::store::presence(&**tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let turnout = people::turnout(&Everybody { parts: &parts, replies: &[], presence: &presence, sitting: None });
    let met = people::stakeholder_share(&turnout).is_some_and(|share| share >= asked);
    Ok(consultation::ActiveModel { minuted_at: Set(Some(cx.now())), share_met: Set(Some(met)), ..Default::default() })
}

/// Those who were there can sign; of a later version, everybody whom it concerns is told; what is agreed on goes to its units.
async fn after(tx: &WriteTx, cx: &Cx, row: &consultation::Model, (to, differs): (S, bool)) -> Result<(), Stop<Refuse>> {
    let kind = if row.minuted_at.is_none() { NoticeKind::MinutesPublished } else { NoticeKind::MinutesAmended };
    let presence = people::store::presence(&**tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let parts = people::store::of_many(&**tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let there: Vec<_> = parts.into_iter().filter(|part| presence.iter().any(|(_, id)| *id == part.id)).collect();
    // Not the draft's own event: who led it was told of that already.
    let event = cx.new_event();
    people::tell(tx, cx, kind, event, row.id, &there).await?;
    if row.minuted_at.is_some() && differs {
        topics::consultation_went_on(tx, cx, row.id, NoticeKind::TopicConsultationAmended, "").await?;
        // Who reported it passes the difference on to its recipients.
        for account in ending::store::reporters(tx, row.id).await? {
            outbox::tell_person(tx, cx, NoticeKind::ReportAmended, event, row.id.uuid(), account).await?;
        }
    }
    if to != S::Minuted {
        items::give_all(tx, cx, row.id).await?;
        items::conclude(tx, cx, row.id).await?;
    }
    Ok(())
}
