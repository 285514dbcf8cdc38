//! Days, slots, receiving members: the only files that name those tables. Reading; inside a transaction: `store/write.rs`.
mod write;

use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::reception_day::{self, DayStage, ReceptionKind};
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{AccountId, OrganisationId, ReceptionDayId, ReceptionSlotId, Timestamp, VenueId};
use shangyi_entities::{booking, reception_day_event, reception_slot};
use std::collections::HashMap;

pub(in crate::receptions) use write::*;

/// Those who receive, or are asked to.
const ACTIVE: [ReceiverState; 2] = [ReceiverState::Asked, ReceiverState::Accepted];

/// Days whose desk the viewer is.
pub(in crate::receptions) fn of_desk(viewer: &Viewer) -> Condition {
    use reception_day::Column as C;
    let mut any = Condition::any();
    for held in &viewer.appointments {
        let committee = C::CommitteeId.eq(held.committee_id);
        match (held.role, held.desk, held.street()) {
            (Role::CommitteeStaff, Some(Desk::General), _) => any = any.add(committee),
            (_, _, Some(code)) => any = any.add(Condition::all().add(committee).add(crate::organisation::in_subtree(C::DivisionCode, code))),
            _ => {}
        }
    }
    if any.is_empty() { Condition::any().add(Expr::value(false)) } else { any }
}

fn received_by(account: AccountId) -> sea_orm::sea_query::SelectStatement {
    reception_receiver::Entity::find()
        .select_only()
        .column(reception_receiver::Column::DayId)
        .filter(reception_receiver::Column::AccountId.eq(account))
        .filter(reception_receiver::Column::State.is_in(ACTIVE))
        .into_query()
}

/// Days the viewer may know of: those published for residents, those for members on the internal side, those planned by
/// their desk or with them.
pub(in crate::receptions) fn visible_to(viewer: Option<&Viewer>) -> Condition {
    use reception_day::Column as C;
    let published = C::PublishedAt.is_not_null();
    let public = Condition::all().add(published.clone()).add(C::Kind.eq(ReceptionKind::MembersReceiveResidents));
    let mut any = Condition::any().add(public);
    if let Some(viewer) = viewer {
        let internal: Vec<OrganisationId> =
            viewer.appointments.iter().map(|held| held.committee_id).filter(|committee| viewer.is_internal(*committee)).collect();
        any = any.add(Condition::all().add(published).add(C::CommitteeId.is_in(internal)));
        any = any.add(of_desk(viewer)).add(C::Id.in_subquery(received_by(viewer.account)));
    }
    any
}

pub(in crate::receptions) async fn visible(cx: &Cx, ids: &[ReceptionDayId]) -> Result<Vec<reception_day::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    reception_day::Entity::find()
        .filter(reception_day::Column::Id.is_in(ids.iter().copied()))
        .filter(visible_to(viewer))
        .all(cx.read())
        .await
        .internal("reading reception days")
}

/// The days of those ids, whoever may know of them.
pub(in crate::receptions) async fn by_ids(cx: &Cx, ids: &[ReceptionDayId]) -> Result<Vec<reception_day::Model>, ApiError> {
    reception_day::Entity::find().filter(reception_day::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading reception days")
}

/// A page of days in the subtree of a division that end after one moment and begin before another, by time.
pub(in crate::receptions) async fn page(
    cx: &Cx,
    division: &str,
    from: Timestamp,
    until: Timestamp,
    page: &Page,
) -> Result<Vec<reception_day::Model>, ApiError> {
    use reception_day::Column as C;
    let viewer = cx.viewer_if_any().await?;
    let mut query = reception_day::Entity::find()
        .filter(crate::organisation::in_subtree(C::DivisionCode, division))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .filter(visible_to(viewer))
        .order_by_asc(C::FromAt)
        .order_by_asc(C::Id)
        .limit(page.limit());
    if let Some((at, id)) = page.after::<2>().and_then(|[at, id]| Some((at.parse::<i64>().ok()?, Gid::<ReceptionDayId>::parse(id)?.0))) {
        let at = Timestamp(at);
        query = query.filter(Condition::any().add(C::FromAt.gt(at)).add(Condition::all().add(C::FromAt.eq(at)).add(C::Id.gt(id))));
    }
    query.all(cx.read()).await.internal("reading reception days")
}

/// The days of a desk's week, by time; at most 100.
pub(in crate::receptions) async fn of_division(
    cx: &Cx,
    committee: OrganisationId,
    division: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<reception_day::Model>, ApiError> {
    use reception_day::Column as C;
    reception_day::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(crate::organisation::in_subtree(C::DivisionCode, division))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .order_by_asc(C::FromAt)
        .order_by_asc(C::Id)
        .limit(100)
        .all(cx.read())
        .await
        .internal("reading reception days")
}

/// When days that were not cancelled lie at a venue, between two moments.
pub(in crate::receptions) async fn times_at(
    cx: &Cx,
    venue: VenueId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>, ApiError> {
    use reception_day::Column as C;
    reception_day::Entity::find()
        .select_only()
        .columns([C::FromAt, C::UntilAt])
        .filter(C::VenueId.eq(venue))
        .filter(C::State.ne(DayStage::Cancelled))
        .filter(C::FromAt.lt(until))
        .filter(C::UntilAt.gt(from))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading receptions at a venue")
}

/// Days that were held at a venue, by time.
pub(in crate::receptions) async fn held_at(
    cx: &Cx,
    venue: VenueId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<reception_day::Model>, ApiError> {
    use reception_day::Column as C;
    reception_day::Entity::find()
        .filter(C::VenueId.eq(venue))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .filter(C::UntilAt.lte(cx.now()))
        .filter(C::State.eq(DayStage::Published))
        .order_by_asc(C::FromAt)
        .all(cx.read())
        .await
        .internal("reading receptions that were held")
}

/// The days on which a person receives or is asked to, and those on which they would have, by time.
pub(in crate::receptions) async fn with_receiver(
    cx: &Cx,
    account: AccountId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(reception_receiver::Model, reception_day::Model)>, ApiError> {
    let mine = reception_receiver::Entity::find()
        .filter(reception_receiver::Column::AccountId.eq(account))
        .order_by_asc(reception_receiver::Column::Id)
        .all(cx.read())
        .await
        .internal("reading reception duties")?;
    use reception_day::Column as C;
    let days = reception_day::Entity::find()
        .filter(C::Id.is_in(mine.iter().map(|row| row.day_id)))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .order_by_asc(C::FromAt)
        .limit(500)
        .all(cx.read())
        .await
        .internal("reading reception days")?;
    let mut found: Vec<_> = mine.into_iter().filter_map(|row| days.iter().find(|day| day.id == row.day_id).map(|day| (row, day.clone()))).collect();
    found.sort_by_key(|(row, day)| (day.from_at, row.id));
    Ok(found)
}

pub(in crate::receptions) async fn slots_of(
    cx: &Cx,
    days: &[ReceptionDayId],
) -> Result<HashMap<ReceptionDayId, Vec<reception_slot::Model>>, ApiError> {
    use reception_slot::Column as C;
    let rows = reception_slot::Entity::find()
        .filter(C::DayId.is_in(days.iter().copied()))
        .order_by_asc(C::FromAt)
        .order_by_asc(C::Id)
        .all(cx.read())
        .await
        .internal("reading slots")?;
    let mut found: HashMap<ReceptionDayId, Vec<reception_slot::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.day_id).or_default().push(row);
    }
    Ok(found)
}

pub(in crate::receptions) async fn slots(cx: &Cx, ids: &[ReceptionSlotId]) -> Result<Vec<reception_slot::Model>, ApiError> {
    reception_slot::Entity::find().filter(reception_slot::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading slots")
}

/// Everyone asked for those days, replaced ones too, in the order they were asked.
pub(in crate::receptions) async fn receivers_of(
    cx: &Cx,
    days: &[ReceptionDayId],
) -> Result<HashMap<ReceptionDayId, Vec<reception_receiver::Model>>, ApiError> {
    let rows = reception_receiver::Entity::find()
        .filter(reception_receiver::Column::DayId.is_in(days.iter().copied()))
        .order_by_asc(reception_receiver::Column::Id)
        .all(cx.read())
        .await
        .internal("reading receiving members")?;
    let mut found: HashMap<ReceptionDayId, Vec<reception_receiver::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.day_id).or_default().push(row);
    }
    Ok(found)
}

/// How many visits of each of those days nobody has marked yet.
pub(in crate::receptions) async fn unmarked_of(cx: &Cx, days: &[ReceptionDayId]) -> Result<HashMap<ReceptionDayId, i64>, ApiError> {
    use booking::Column as C;
    let rows: Vec<(ReceptionDayId, i64)> = booking::Entity::find()
        .select_only()
        .column(C::DayId)
        .column_as(C::Id.count(), "unmarked")
        .filter(C::DayId.is_in(days.iter().copied()))
        .filter(C::State.is_in(super::UNMARKED.iter().copied()))
        .group_by(C::DayId)
        .into_tuple()
        .all(cx.read())
        .await
        .internal("counting visits")?;
    Ok(rows.into_iter().collect())
}

/// What happened to each of those days, oldest first.
pub(in crate::receptions) async fn history_of(
    cx: &Cx,
    days: &[ReceptionDayId],
) -> Result<HashMap<ReceptionDayId, Vec<reception_day_event::Model>>, ApiError> {
    let rows = reception_day_event::Entity::find()
        .filter(reception_day_event::Column::DayId.is_in(days.iter().copied()))
        .order_by_asc(reception_day_event::Column::DayId)
        .order_by_asc(reception_day_event::Column::Version)
        .all(cx.read())
        .await
        .internal("reading history")?;
    let mut found: HashMap<ReceptionDayId, Vec<reception_day_event::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.day_id).or_default().push(row);
    }
    Ok(found)
}

/// Receptions that people have accepted since a moment: for sharing them out evenly.
pub(in crate::receptions) async fn history(cx: &Cx, accounts: &[AccountId], from: Timestamp) -> Result<Vec<(AccountId, Timestamp)>, ApiError> {
    let to_day: sea_orm::RelationDef =
        reception_receiver::Entity::belongs_to(reception_day::Entity).from(reception_receiver::Column::DayId).to(reception_day::Column::Id).into();
    reception_receiver::Entity::find()
        .select_only()
        .column(reception_receiver::Column::AccountId)
        .column(reception_day::Column::FromAt)
        .join(sea_orm::JoinType::InnerJoin, to_day)
        .filter(reception_receiver::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(reception_receiver::Column::State.is_in(ACTIVE))
        .filter(reception_day::Column::State.ne(DayStage::Cancelled))
        .filter(reception_day::Column::FromAt.gt(from))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading receptions so far")
}

/// The receivers of those ids, for who has them.
pub(in crate::receptions) async fn reasons_of(cx: &Cx, account: AccountId) -> Result<Vec<reception_receiver::Model>, ApiError> {
    reception_receiver::Entity::find()
        .filter(reception_receiver::Column::AccountId.eq(account))
        .order_by_asc(reception_receiver::Column::Id)
        .all(cx.read())
        .await
        .internal("exporting reception duties")
}

/// Whether there is any day.
pub(in crate::receptions) async fn any(db: &impl sea_orm::ConnectionTrait) -> Result<bool, ApiError> {
    use sea_orm::SelectExt;
    reception_day::Entity::find().exists(db).await.internal("looking for reception days")
}
