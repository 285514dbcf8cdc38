//! What the clock asks for, and what is read of a person whole.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, SelectExt};
use shangyi_entities::booking::{self, BookingState as S, Column as C};
use shangyi_entities::{BookingId, ReceptionSlotId, Timestamp, reception_record, reception_slot};

/// Slots in which something is due: an offer's time is over, it began with people waiting, it ended with a proposal nobody
/// answered, or a place is free while somebody waits who could have it.
pub(in crate::receptions) async fn slots(cx: &Cx, most: u64) -> Result<Vec<ReceptionSlotId>, ApiError> {
    use reception_slot::Column as Slot;
    let of = |condition: Condition| booking::Entity::find().select_only().column(C::SlotId).filter(condition).into_query();
    let expired = of(Condition::all().add(C::State.eq(S::Offered)).add(C::OfferExpiresAt.lte(cx.now())));
    let proposed = of(Condition::all().add(C::State.eq(S::MoveProposed)));
    let begun = Condition::all().add(Slot::Waiting.gt(0)).add(Slot::FromAt.lte(cx.now()));
    let ended = Condition::all().add(Slot::UntilAt.lte(cx.now())).add(Slot::Id.in_subquery(proposed));
    let free = Condition::all()
        .add(Slot::Waiting.gt(0))
        .add(Slot::FromAt.gt(cx.now()))
        .add(Expr::col(Slot::Taken).lt(Expr::col(Slot::Capacity)))
        .add(Slot::Id.in_subquery(waiting_free()));
    reception_slot::Entity::find()
        .select_only()
        .column(Slot::Id)
        .filter(Condition::any().add(Slot::Id.in_subquery(expired)).add(begun).add(ended).add(free))
        .order_by_asc(Slot::Id)
        .limit(most)
        .into_tuple()
        .all(cx.read())
        .await
        .internal("looking for slots in which something is due")
}

/// Slots with somebody waiting who holds no other place that day: they may have given it up since anybody looked.
fn waiting_free() -> SelectStatement {
    const FREE: &str = "NOT EXISTS (SELECT 1 FROM bookings h WHERE h.committee_id = bookings.committee_id AND h.person_key = bookings.person_key \
                        AND h.day = bookings.day AND h.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN'))";
    booking::Entity::find().select_only().column(C::SlotId).filter(C::State.eq(S::Waitlisted)).filter(Expr::cust(FREE)).into_query()
}

/// Whether somebody waits for a slot who holds no other place that day.
pub(in crate::receptions) async fn could_somebody_come(cx: &Cx, slot: ReceptionSlotId) -> Result<bool, ApiError> {
    let waiting = reception_slot::Entity::find_by_id(slot).filter(reception_slot::Column::Id.in_subquery(waiting_free()));
    waiting.exists(cx.read()).await.internal("looking for somebody who waits")
}

/// Bookings whose reminder is due; on PostgreSQL those that no other process is about to remind of.
pub(in crate::receptions) async fn reminders(tx: &WriteTx, now: Timestamp, most: u64) -> Result<Vec<booking::Model>, ApiError> {
    let mut query = booking::Entity::find().filter(C::RemindAt.lte(now)).filter(C::State.eq(S::Booked)).order_by_asc(C::RemindAt).limit(most);
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    }
    query.all(&**tx).await.internal("looking for reminders")
}

/// Bookings whose matter was last spoken of before a moment.
pub(in crate::receptions) async fn old_matters(tx: &WriteTx, before: Timestamp) -> Result<Vec<BookingId>, ApiError> {
    let spoken_of = reception_record::Entity::find()
        .select_only()
        .column(reception_record::Column::BookingId)
        .filter(reception_record::Column::ChangedAt.gte(before))
        .into_query();
    booking::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::MatterEnc.is_not_null())
        .filter(C::ChangedAt.lt(before))
        .filter(C::Id.not_in_subquery(spoken_of))
        .limit(1000)
        .into_tuple()
        .all(&**tx)
        .await
        .internal("looking for old matters")
}

/// Everything of a person, by slot.
pub(in crate::receptions) async fn all_now(tx: &WriteTx, whose: Condition) -> Result<Vec<booking::Model>, ApiError> {
    booking::Entity::find().filter(whose).order_by_asc(C::SlotId).all(&**tx).await.internal("reading a person's bookings")
}

/// What a person has booked since a moment, the latest first.
pub(in crate::receptions) async fn all(cx: &Cx, whose: Condition, since: Timestamp) -> Result<Vec<booking::Model>, ApiError> {
    let query = booking::Entity::find().filter(whose).filter(C::BookedAt.gt(since)).order_by_desc(C::Id).limit(10_000);
    query.all(cx.read()).await.internal("reading a person's bookings")
}
