//! Slots between two moments: of studios, of a person, of a division.
use crate::kernel::{ApiError, Cx, OrInternal};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationDef};
use shangyi_entities::duty_slot::SlotState;
use shangyi_entities::{AccountId, OccasionId, OrganisationId, Timestamp, VenueId};
use shangyi_entities::{duty_slot, duty_slot_event, member, venue};

/// Which slots a list is of.
pub(in crate::duty) enum SlotsOf<'a> {
    Studios(&'a [VenueId]),
    Account(AccountId),
}

/// The most slots of a list: ten a day for its 92 days, of one studio.
const LONGEST: u64 = 1000;

/// Slots between two moments, by time.
pub(in crate::duty) async fn slots_between(cx: &Cx, of: SlotsOf<'_>, from: Timestamp, until: Timestamp) -> Result<Vec<duty_slot::Model>, ApiError> {
    use duty_slot::Column as C;
    let (whose, most) = match of {
        SlotsOf::Studios(ids) => (C::VenueId.is_in(ids.iter().copied()), LONGEST * ids.len() as u64),
        SlotsOf::Account(id) => (C::AccountId.eq(id), LONGEST),
    };
    let query =
        duty_slot::Entity::find().filter(whose).filter(C::FromAt.gte(from)).filter(C::FromAt.lt(until)).filter(C::State.ne(SlotState::HandedBack));
    query.order_by_asc(C::FromAt).order_by_asc(C::Id).limit(most).all(cx.read()).await.internal("reading slots")
}

/// Slots of a committee's studios in the subtree of a division, by time; at most 200.
pub(in crate::duty) async fn slots_in_division(
    cx: &Cx,
    committee: OrganisationId,
    division: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<duty_slot::Model>, ApiError> {
    use duty_slot::Column as C;
    let of_venue: RelationDef = duty_slot::Entity::belongs_to(venue::Entity).from(C::VenueId).to(venue::Column::Id).into();
    duty_slot::Entity::find()
        .join(JoinType::InnerJoin, of_venue)
        .filter(venue::Column::CommitteeId.eq(committee))
        .filter(crate::organisation::in_subtree(venue::Column::DivisionCode, division))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .filter(C::State.ne(SlotState::HandedBack))
        .order_by_asc(C::FromAt)
        .order_by_asc(C::Id)
        .limit(200)
        .all(cx.read())
        .await
        .internal("reading slots of a division")
}

/// Slots that are or were a person's.
pub(in crate::duty) async fn slots_ever_of(
    cx: &Cx,
    account: AccountId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<duty_slot::Model>, ApiError> {
    use duty_slot::Column as C;
    let to_member: RelationDef =
        duty_slot_event::Entity::belongs_to(member::Entity).from(duty_slot_event::Column::MemberId).to(member::Column::Id).into();
    let had = duty_slot_event::Entity::find()
        .select_only()
        .column(duty_slot_event::Column::SlotId)
        .join(JoinType::InnerJoin, to_member)
        .filter(member::Column::AccountId.eq(account));
    duty_slot::Entity::find()
        .filter(Condition::any().add(C::AccountId.eq(account)).add(C::Id.in_subquery(QueryTrait::into_query(had))))
        .filter(C::FromAt.gte(from))
        .filter(C::FromAt.lt(until))
        .order_by_asc(C::FromAt)
        .order_by_asc(C::Id)
        .limit(1000)
        .all(cx.read())
        .await
        .internal("reading a person's slots")
}

/// The occasions of a studio's slots.
pub(in crate::duty) async fn occasions_of(cx: &Cx, studio: VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<OccasionId>, ApiError> {
    use duty_slot::Column as C;
    duty_slot::Entity::find()
        .select_only()
        .column(C::OccasionId)
        .distinct()
        .filter(C::VenueId.eq(studio))
        .filter(C::UntilAt.gt(from))
        .filter(C::FromAt.lt(until))
        .filter(C::State.ne(SlotState::HandedBack))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading duties of a studio")
}
