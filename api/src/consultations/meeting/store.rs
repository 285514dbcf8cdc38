//! Chair's meetings and what they decided: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::{ChairMeetingId, ConsultationId, OrganisationId, chair_decision, chair_meeting};
use std::collections::HashMap;

pub(in crate::consultations) async fn by_ids(cx: &Cx, ids: &[ChairMeetingId]) -> Result<Vec<chair_meeting::Model>, ApiError> {
    chair_meeting::Entity::find().filter(chair_meeting::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading meetings")
}

/// The last meetings of a committee, the latest entered first; at most 20.
pub(in crate::consultations) async fn last(cx: &Cx, committee: OrganisationId) -> Result<Vec<chair_meeting::Model>, ApiError> {
    chair_meeting::Entity::find()
        .filter(chair_meeting::Column::CommitteeId.eq(committee))
        .order_by_desc(chair_meeting::Column::Id)
        .limit(20)
        .all(cx.read())
        .await
        .internal("reading meetings")
}

/// Rule: `one_meeting_per_number`.
pub(super) async fn insert(tx: &WriteTx, row: chair_meeting::Model) -> Result<(), DbErr> {
    chair_meeting::Entity::insert(chair_meeting::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

pub(super) async fn insert_decisions(tx: &WriteTx, rows: Vec<chair_decision::Model>) -> Result<(), ApiError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| chair_decision::ActiveModel::from(row).reset_all());
    chair_decision::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing decisions")?;
    Ok(())
}

/// What each of those meetings decided, in its order.
pub(in crate::consultations) async fn decisions_of(
    cx: &Cx,
    ids: &[ChairMeetingId],
) -> Result<HashMap<ChairMeetingId, Vec<chair_decision::Model>>, ApiError> {
    let rows = chair_decision::Entity::find()
        .filter(chair_decision::Column::MeetingId.is_in(ids.iter().copied()))
        .order_by_asc(chair_decision::Column::MeetingId)
        .order_by_asc(chair_decision::Column::Number)
        .all(cx.read())
        .await
        .internal("reading decisions")?;
    let mut found: HashMap<ChairMeetingId, Vec<chair_decision::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.meeting_id).or_default().push(row);
    }
    Ok(found)
}

/// What meetings decided about each of those consultations, the first one first.
pub(in crate::consultations) async fn decisions_about(
    cx: &Cx,
    ids: &[ConsultationId],
) -> Result<HashMap<ConsultationId, Vec<chair_decision::Model>>, ApiError> {
    let rows = chair_decision::Entity::find()
        .filter(chair_decision::Column::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(chair_decision::Column::Id)
        .all(cx.read())
        .await
        .internal("reading decisions")?;
    let mut found: HashMap<ConsultationId, Vec<chair_decision::Model>> = HashMap::new();
    for row in rows {
        if let Some(id) = row.consultation_id {
            found.entry(id).or_default().push(row);
        }
    }
    Ok(found)
}
