//! Bookings and their history: the only file that names those tables.
mod due;

use super::lists::Which;
use super::moves::{HOLDS, OPEN};
use super::places::Line;
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, SelectExt,
};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::reception_day::{self, DayStage, ReceptionKind};
use shangyi_entities::{AccountId, BookingId, OccasionId, OrganisationId, ReceptionDayId, ReceptionSlotId, Timestamp, VenueId};
use shangyi_entities::{booking_event, reception_slot};
use std::collections::HashMap;

pub(in crate::receptions) use due::{all, all_now, could_somebody_come, old_matters, reminders, slots as slots_due};

/// A slot with what of its day matters to whoever books it.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::receptions) struct Scene {
    pub(in crate::receptions) id: ReceptionSlotId,
    pub(in crate::receptions) day_id: ReceptionDayId,
    pub(in crate::receptions) from_at: Timestamp,
    pub(in crate::receptions) until_at: Timestamp,
    pub(in crate::receptions) capacity: i64,
    pub(in crate::receptions) taken: i64,
    pub(in crate::receptions) waiting: i64,
    pub(in crate::receptions) committee_id: OrganisationId,
    pub(in crate::receptions) division_code: String,
    pub(in crate::receptions) kind: ReceptionKind,
    pub(in crate::receptions) day: String,
    pub(in crate::receptions) state: DayStage,
    pub(in crate::receptions) opens_at: Option<Timestamp>,
    pub(in crate::receptions) level: VerificationLevel,
    pub(in crate::receptions) occasion_id: OccasionId,
    pub(in crate::receptions) venue_id: VenueId,
}

fn to_day() -> RelationDef {
    reception_slot::Entity::belongs_to(reception_day::Entity).from(reception_slot::Column::DayId).to(reception_day::Column::Id).into()
}

fn scenes() -> sea_orm::Select<reception_slot::Entity> {
    use reception_day::Column as D;
    use reception_slot::Column as C;
    reception_slot::Entity::find()
        .select_only()
        .columns([C::Id, C::DayId, C::FromAt, C::UntilAt, C::Capacity, C::Taken, C::Waiting])
        .columns([D::CommitteeId, D::DivisionCode, D::Kind, D::Day, D::State, D::OpensAt, D::Level, D::OccasionId, D::VenueId])
        .join(JoinType::InnerJoin, to_day())
}

/// The slot with its day, as everybody who may know of the day sees it.
pub(in crate::receptions) async fn scene(cx: &Cx, slot: ReceptionSlotId) -> Result<Option<Scene>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    scenes()
        .filter(reception_slot::Column::Id.eq(slot))
        .filter(crate::receptions::day::store::visible_to(viewer))
        .into_model::<Scene>()
        .one(cx.read())
        .await
        .internal("reading a slot with its day")
}

/// The same for whoever has something of it already.
pub(in crate::receptions) async fn scene_of(cx: &Cx, slot: ReceptionSlotId) -> Result<Option<Scene>, ApiError> {
    scenes().filter(reception_slot::Column::Id.eq(slot)).into_model::<Scene>().one(cx.read()).await.internal("reading a slot with its day")
}

/// The same inside a transaction that has locked the slot.
pub(in crate::receptions) async fn scene_now(tx: &WriteTx, slot: ReceptionSlotId) -> Result<Option<Scene>, ApiError> {
    scenes().filter(reception_slot::Column::Id.eq(slot)).into_model::<Scene>().one(&**tx).await.internal("reading a slot with its day")
}

/// The slot, locked for this transaction: before any of its bookings, always.
pub(in crate::receptions) async fn slot_locked(tx: &WriteTx, id: ReceptionSlotId) -> Result<Option<reception_slot::Model>, ApiError> {
    reception_slot::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a slot to be changed")
}

/// The slot that a statement of this transaction has locked already.
pub(in crate::receptions) async fn slot_now(tx: &WriteTx, id: ReceptionSlotId) -> Result<Option<reception_slot::Model>, ApiError> {
    reception_slot::Entity::find_by_id(id).one(&**tx).await.internal("reading a slot")
}

/// The next number on the slot's waiting list; the slot is locked.
pub(in crate::receptions) async fn next_number(tx: &WriteTx, slot: &mut reception_slot::Model) -> Result<i64, ApiError> {
    use reception_slot::Column as C;
    slot.last_number += 1;
    reception_slot::Entity::update_many()
        .col_expr(C::LastNumber, Expr::value(slot.last_number))
        .filter(C::Id.eq(slot.id))
        .exec(&**tx)
        .await
        .internal("giving a number")?;
    Ok(slot.last_number)
}

/// Whether offers of the slot have passed their time, or it has begun with people waiting: something is to be done first.
pub(in crate::receptions) async fn is_stale(cx: &Cx, scene: &Scene) -> Result<bool, ApiError> {
    use booking::Column as C;
    booking::Entity::find()
        .filter(C::SlotId.eq(scene.id))
        .filter(C::State.eq(BookingState::Offered))
        .filter(C::OfferExpiresAt.lte(cx.now()))
        .exists(cx.read())
        .await
        .internal("looking for offers whose time is over")
}

/// Rules: `slot_is_full`, `waiting_first`, `day_is_open`, `one_booking_a_day`, `one_visit_per_slot`.
pub(in crate::receptions) async fn insert(tx: &WriteTx, row: booking::Model) -> Result<(), DbErr> {
    booking::Entity::insert(booking::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// Changes bookings of a slot that is locked. Rules: those of [`insert`], `offer_is_open`, `undeclared_move`.
pub(in crate::receptions) async fn update(tx: &WriteTx, ids: &[BookingId], mut changes: booking::ActiveModel, now: Timestamp) -> Result<(), DbErr> {
    changes.changed_at = Set(now);
    for ids in ids.chunks(1000) {
        booking::Entity::update_many()
            .set(changes.clone())
            .col_expr(booking::Column::Version, Expr::col(booking::Column::Version).add(1))
            .filter(booking::Column::Id.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// Notes on bookings that are no moves.
pub(in crate::receptions) async fn note(tx: &WriteTx, ids: &[BookingId], changes: booking::ActiveModel) -> Result<(), ApiError> {
    for ids in ids.chunks(1000) {
        booking::Entity::update_many()
            .set(changes.clone())
            .filter(booking::Column::Id.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await
            .internal("noting something of a booking")?;
    }
    Ok(())
}

pub(in crate::receptions) async fn insert_events(tx: &WriteTx, rows: &[booking_event::Model]) -> Result<(), ApiError> {
    for rows in rows.chunks(500) {
        let rows = rows.iter().map(|row| booking_event::ActiveModel::from(row.clone()).reset_all());
        booking_event::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing bookings' history")?;
    }
    Ok(())
}

/// The booking as it stands.
pub(in crate::receptions) async fn now(tx: &WriteTx, id: BookingId) -> Result<Option<booking::Model>, ApiError> {
    booking::Entity::find_by_id(id).one(&**tx).await.internal("reading a booking")
}

pub(in crate::receptions) async fn last_event(tx: &WriteTx, id: BookingId) -> Result<Option<booking_event::Model>, ApiError> {
    booking_event::Entity::find()
        .filter(booking_event::Column::BookingId.eq(id))
        .order_by_desc(booking_event::Column::Version)
        .one(&**tx)
        .await
        .internal("reading history")
}

/// Bookings of a slot in some states, by the number they wait with and then as they came.
pub(in crate::receptions) async fn of_slot(tx: &WriteTx, slot: ReceptionSlotId, states: &[BookingState]) -> Result<Vec<booking::Model>, ApiError> {
    use booking::Column as C;
    booking::Entity::find()
        .filter(C::SlotId.eq(slot))
        .filter(C::State.is_in(states.iter().copied()))
        .order_by_asc(C::Number)
        .order_by_asc(C::Id)
        .all(&**tx)
        .await
        .internal("reading a slot's bookings")
}

/// That person's wait for a slot, if they are in one.
pub(in crate::receptions) async fn wait_of(tx: &WriteTx, slot: ReceptionSlotId, person: &[u8]) -> Result<Option<booking::Model>, ApiError> {
    use booking::Column as C;
    booking::Entity::find()
        .filter(C::SlotId.eq(slot))
        .filter(C::PersonKey.eq(person.to_vec()))
        .filter(C::State.eq(BookingState::Waitlisted))
        .one(&**tx)
        .await
        .internal("looking for a wait")
}

/// Those who wait on a slot after a number, in their order.
pub(in crate::receptions) async fn waiting_after(
    tx: &WriteTx,
    slot: ReceptionSlotId,
    number: i64,
    most: u64,
) -> Result<Vec<booking::Model>, ApiError> {
    use booking::Column as C;
    booking::Entity::find()
        .filter(C::SlotId.eq(slot))
        .filter(C::State.eq(BookingState::Waitlisted))
        .filter(C::Number.gt(number))
        .order_by_asc(C::Number)
        .limit(most)
        .all(&**tx)
        .await
        .internal("reading a waiting list")
}

/// Those of these persons who hold a place of that committee and day.
pub(in crate::receptions) async fn holders(tx: &WriteTx, of: &booking::Model, persons: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ApiError> {
    use booking::Column as C;
    booking::Entity::find()
        .select_only()
        .column(C::PersonKey)
        .filter(C::CommitteeId.eq(of.committee_id))
        .filter(C::Day.eq(of.day.as_str()))
        .filter(C::State.is_in(HOLDS.iter().copied()))
        .filter(C::PersonKey.is_in(persons.iter().cloned()))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading who has a place that day")
}

/// The place that a person holds, or the wait they are in, that stands in the way of another.
pub(in crate::receptions) async fn in_the_way(
    cx: &Cx,
    scene: &Scene,
    person: &[u8],
    but: Option<BookingId>,
) -> Result<Option<booking::Model>, ApiError> {
    use booking::Column as C;
    let holds =
        Condition::all().add(C::CommitteeId.eq(scene.committee_id)).add(C::Day.eq(scene.day.as_str())).add(C::State.is_in(HOLDS.iter().copied()));
    let open = OPEN.iter().copied().chain([BookingState::CheckedIn]);
    let waits = Condition::all().add(C::SlotId.eq(scene.id)).add(C::State.is_in(open));
    booking::Entity::find()
        .filter(C::PersonKey.eq(person.to_vec()))
        .filter(Condition::any().add(holds).add(waits))
        .filter(Condition::all().add_option(but.map(|id| C::Id.ne(id))))
        .one(cx.read())
        .await
        .internal("reading who has a place that day")
}

pub(in crate::receptions) async fn by_ids(cx: &Cx, ids: &[BookingId]) -> Result<Vec<booking::Model>, ApiError> {
    booking::Entity::find().filter(booking::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading bookings")
}

/// A person's own bookings, the latest slot first.
pub(in crate::receptions) fn own(account: AccountId, person: Option<&[u8]>) -> Condition {
    let mut any = Condition::any().add(booking::Column::AccountId.eq(account));
    if let Some(person) = person {
        any = any.add(booking::Column::PersonKey.eq(person.to_vec()));
    }
    any
}

/// A page of what is a person's own, newest first.
pub(in crate::receptions) async fn mine(cx: &Cx, whose: Condition, to_come: bool, page: &Page) -> Result<Vec<booking::Model>, ApiError> {
    use booking::Column as C;
    let mut query = booking::Entity::find().filter(whose).order_by_desc(C::Id).limit(page.limit());
    if to_come {
        let ahead = Query::select()
            .column(reception_slot::Column::Id)
            .from(reception_slot::Entity)
            .and_where(Expr::col(reception_slot::Column::UntilAt).gt(cx.now()))
            .to_owned();
        let states = OPEN.iter().copied().chain([BookingState::CheckedIn]);
        query = query.filter(C::State.is_in(states)).filter(C::SlotId.in_subquery(ahead));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<BookingId>::parse(id)) {
        query = query.filter(C::Id.lt(id.0));
    }
    query.all(cx.read()).await.internal("reading one's bookings")
}

/// A page of a day's bookings, as they came.
pub(in crate::receptions) async fn of_day(cx: &Cx, day: ReceptionDayId, which: &Which, page: &Page) -> Result<Vec<booking::Model>, ApiError> {
    use booking::Column as C;
    let mut query = booking::Entity::find().filter(C::DayId.eq(day)).order_by_asc(C::Id).limit(page.limit());
    if let Some(slot) = which.slot {
        query = query.filter(C::SlotId.eq(slot));
    }
    if let Some(states) = &which.states {
        query = query.filter(C::State.is_in(states.iter().copied()));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<BookingId>::parse(id)) {
        query = query.filter(C::Id.gt(id.0));
    }
    query.all(cx.read()).await.internal("reading a day's bookings")
}

/// Visits that the desk's week shows.
pub(in crate::receptions) const MOST_UNMARKED: usize = 100;

/// Visits of days that are over and that nobody has marked, in the subtree of a division, the oldest first; at most 100.
pub(in crate::receptions) async fn unmarked(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<booking::Model>, ApiError> {
    use booking::Column as C;
    let past = Query::select()
        .column(reception_day::Column::Id)
        .from(reception_day::Entity)
        .cond_where(
            Condition::all()
                .add(reception_day::Column::CommitteeId.eq(committee))
                .add(crate::organisation::in_subtree(reception_day::Column::DivisionCode, division))
                .add(reception_day::Column::UntilAt.lte(cx.now())),
        )
        .to_owned();
    booking::Entity::find()
        .filter(C::DayId.in_subquery(past))
        .filter(C::State.is_in(crate::receptions::day::UNMARKED.iter().copied()))
        .order_by_asc(C::Id)
        .limit(MOST_UNMARKED as u64)
        .all(cx.read())
        .await
        .internal("reading unmarked visits")
}

/// What happened to each of those bookings, oldest first.
pub(in crate::receptions) async fn history_of(cx: &Cx, ids: &[BookingId]) -> Result<HashMap<BookingId, Vec<booking_event::Model>>, ApiError> {
    let rows = booking_event::Entity::find()
        .filter(booking_event::Column::BookingId.is_in(ids.iter().copied()))
        .order_by_asc(booking_event::Column::BookingId)
        .order_by_asc(booking_event::Column::Version)
        .all(cx.read())
        .await
        .internal("reading history")?;
    let mut found: HashMap<BookingId, Vec<booking_event::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.booking_id).or_default().push(row);
    }
    Ok(found)
}

/// The waiting lists of those slots, as their logs tell them.
pub(in crate::receptions) async fn waiting_logs(cx: &Cx, slots: &[ReceptionSlotId]) -> Result<HashMap<ReceptionSlotId, Vec<Line>>, ApiError> {
    use booking_event::Column as C;
    let rows = booking_event::Entity::find()
        .filter(C::SlotId.is_in(slots.iter().copied()))
        .filter(C::Number.is_not_null())
        .order_by_asc(C::SlotId)
        .order_by_asc(C::Seq)
        .all(cx.read())
        .await
        .internal("reading waiting lists")?;
    let mut found: HashMap<ReceptionSlotId, Vec<Line>> = HashMap::new();
    for row in rows {
        let Some(number) = row.number else { continue };
        found.entry(row.slot_id).or_default().push(Line { at: row.at, number, to: row.to_state });
    }
    Ok(found)
}

/// Whether somebody has come to one of those slots, or was marked as not come.
pub(in crate::receptions) async fn is_any_marked(tx: &WriteTx, slots: &[ReceptionSlotId]) -> Result<bool, ApiError> {
    use BookingState::{CheckedIn, Left, NoShow, Served};
    booking::Entity::find()
        .filter(booking::Column::SlotId.is_in(slots.iter().copied()))
        .filter(booking::Column::State.is_in([CheckedIn, Served, Left, NoShow]))
        .exists(&**tx)
        .await
        .internal("looking for marked visits")
}

/// How a state is written.
pub(in crate::receptions) fn word(state: BookingState) -> String {
    state.to_value()
}

/// The viewer's own bookings of those slots that are not over.
pub(in crate::receptions) async fn own_of_slots(cx: &Cx, slots: &[ReceptionSlotId]) -> Result<HashMap<ReceptionSlotId, booking::Model>, ApiError> {
    let Some(account) = cx.account_if_any() else { return Ok(HashMap::new()) };
    let person = super::lists::person_of_viewer(cx).await?;
    let states = OPEN.iter().copied().chain([BookingState::CheckedIn, BookingState::Served, BookingState::NoShow]);
    let rows = booking::Entity::find()
        .filter(own(account, person.as_deref()))
        .filter(booking::Column::SlotId.is_in(slots.iter().copied()))
        .filter(booking::Column::State.is_in(states))
        .order_by_asc(booking::Column::Id)
        .all(cx.read())
        .await
        .internal("reading one's bookings")?;
    Ok(rows.into_iter().map(|row| (row.slot_id, row)).collect())
}

/// How many visits of each of those days were received.
pub(in crate::receptions) async fn served_of(cx: &Cx, days: &[ReceptionDayId]) -> Result<HashMap<ReceptionDayId, i64>, ApiError> {
    use booking::Column as C;
    let rows: Vec<(ReceptionDayId, i64)> = booking::Entity::find()
        .select_only()
        .column(C::DayId)
        .column_as(C::Id.count(), "served")
        .filter(C::DayId.is_in(days.iter().copied()))
        .filter(C::State.eq(BookingState::Served))
        .group_by(C::DayId)
        .into_tuple()
        .all(cx.read())
        .await
        .internal("counting visits that were received")?;
    Ok(rows.into_iter().collect())
}
