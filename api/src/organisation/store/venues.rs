//! Venues and those who look after them: reading many, opening, changing, closing.
use super::{Member, holds_at};
use crate::kernel::viewer::in_force;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};
use shangyi_entities::appointment::{self, Desk, Role};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::venue::VenueKind;
use shangyi_entities::{AccountId, MemberId, OrganisationId, Timestamp, VenueId, assignment, member, membership, organisation, venue};
use std::collections::HashMap;

/// The members of those ids, in office or not.
pub async fn members_by_id(cx: &Cx, ids: &[MemberId]) -> Result<HashMap<MemberId, Member>, ApiError> {
    let rows = member::Entity::find().filter(member::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading members")?;
    Ok(rows.into_iter().map(|row| (row.id, Member(row))).collect())
}

/// Those of these members who are in office at that moment and belong to the committee, at home or by assignment.
pub async fn serving_in(
    db: &impl ConnectionTrait,
    committee: OrganisationId,
    ids: &[MemberId],
    on: Timestamp,
) -> Result<Vec<member::Model>, ApiError> {
    use member::Column as C;
    let to_organisation: RelationDef =
        assignment::Entity::belongs_to(organisation::Entity).from(assignment::Column::OrganisationId).to(organisation::Column::Id).into();
    let placed = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::MemberId)
        .join(JoinType::InnerJoin, to_organisation)
        .filter(organisation::Column::CommitteeId.eq(committee))
        .filter(holds_at(assignment::Column::FromAt, assignment::Column::UntilAt, on));
    let placed = sea_orm::QueryTrait::into_query(placed);
    member::Entity::find()
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(holds_at(C::FromAt, C::UntilAt, on))
        .filter(Condition::any().add(C::CommitteeId.eq(committee)).add(C::Id.in_subquery(placed)))
        .all(db)
        .await
        .internal("reading members")
}

/// The membership by which an account is in office in a committee at that moment, at home or by assignment.
pub async fn serving_account(
    db: &impl ConnectionTrait,
    committee: OrganisationId,
    account: AccountId,
    on: Timestamp,
) -> Result<Option<member::Model>, ApiError> {
    use member::Column as C;
    let query = member::Entity::find().select_only().column(C::Id).filter(C::AccountId.eq(account)).filter(holds_at(C::FromAt, C::UntilAt, on));
    let ids: Vec<MemberId> = query.into_tuple().all(db).await.internal("looking for a member")?;
    Ok(if ids.is_empty() { None } else { serving_in(db, committee, &ids, on).await?.pop() })
}

/// Opens a venue unless the committee has one of its kind and name; whether it had none.
pub async fn open_venue(tx: &WriteTx, row: venue::Model) -> Result<bool, ApiError> {
    let same = OnConflict::columns([venue::Column::CommitteeId, venue::Column::Kind, venue::Column::Name]).do_nothing().to_owned();
    let row = venue::ActiveModel::from(row).reset_all();
    Ok(venue::Entity::insert(row).on_conflict(same).exec_without_returning(&**tx).await.internal("opening a venue")? == 1)
}

/// Changes an open venue that still has that version; whether it had. Rule: `one_venue_per_name`.
pub async fn change_venue(tx: &WriteTx, id: VenueId, version: i64, mut changes: venue::ActiveModel) -> Result<bool, DbErr> {
    use venue::Column as C;
    changes.version = Set(version + 1);
    let update = venue::Entity::update_many().set(changes).filter(C::Id.eq(id)).filter(C::Version.eq(version)).filter(C::ClosedAt.is_null());
    Ok(update.exec(&**tx).await?.rows_affected == 1)
}

/// The venue of that id, for a write.
pub async fn venue_now(tx: &WriteTx, id: VenueId) -> Result<Option<venue::Model>, ApiError> {
    venue::Entity::find_by_id(id).one(&**tx).await.internal("reading a venue")
}

/// The venue of that id, held as it is until the write is done.
pub async fn venue_locked(tx: &WriteTx, id: VenueId) -> Result<Option<venue::Model>, ApiError> {
    venue::Entity::find_by_id(id).lock_exclusive().one(&**tx).await.internal("reading a venue")
}

/// Open venues of a kind in a subtree, all of them.
pub async fn all_venues(cx: &Cx, division: Option<&str>, kind: VenueKind) -> Result<Vec<venue::Model>, ApiError> {
    let mut query = venue::Entity::find().filter(venue::Column::Kind.eq(kind)).filter(venue::Column::ClosedAt.is_null());
    if let Some(code) = division {
        query = query.filter(super::in_subtree(venue::Column::DivisionCode, code));
    }
    query.all(cx.read()).await.internal("reading venues")
}

/// Who convenes each of these venues now, and since which appointment.
pub async fn convenors(db: &impl ConnectionTrait, venues: &[VenueId], now: Timestamp) -> Result<Vec<(VenueId, AccountId)>, ApiError> {
    use appointment::Column as C;
    let rows: Vec<(Option<VenueId>, AccountId)> = appointment::Entity::find()
        .select_only()
        .columns([C::VenueId, C::AccountId])
        .filter(C::Role.eq(Role::StudioConvenor))
        .filter(C::VenueId.is_in(venues.iter().copied()))
        .filter(in_force(now))
        .order_by_asc(C::Id)
        .into_tuple()
        .all(db)
        .await
        .internal("reading convenors")?;
    Ok(rows.into_iter().filter_map(|(venue, account)| Some((venue?, account))).collect())
}

/// The members behind those accounts who are in office in a committee now.
pub async fn members_of_accounts(cx: &Cx, accounts: &[AccountId]) -> Result<Vec<member::Model>, ApiError> {
    use member::Column as C;
    member::Entity::find()
        .filter(C::AccountId.is_in(accounts.iter().copied()))
        .filter(holds_at(C::FromAt, C::UntilAt, cx.now()))
        .order_by_asc(C::Number)
        .all(cx.read())
        .await
        .internal("reading members")
}

/// Whom to tell what concerns a venue: its convenors, or where it has none besides those whom it concerns themselves, the
/// desk of its division.
pub async fn who_looks_after(tx: &WriteTx, venue: &venue::Model, but: &[AccountId], now: Timestamp) -> Result<Vec<AccountId>, ApiError> {
    let convenors = convenors(&**tx, &[venue.id], now).await?.into_iter().map(|(_, account)| account);
    let convenors: Vec<AccountId> = convenors.filter(|account| !but.contains(account)).collect();
    if !convenors.is_empty() {
        return Ok(convenors);
    }
    desk_accounts(tx, venue.committee_id, &venue.division_code, but, now).await
}

/// Everyone at the desk that answers for a division: its liaison officers, else the general desk; but for some.
pub async fn desk_accounts(
    tx: &WriteTx,
    committee: OrganisationId,
    division: &str,
    but: &[AccountId],
    now: Timestamp,
) -> Result<Vec<AccountId>, ApiError> {
    use appointment::Column as C;
    let to_organisation: RelationDef =
        appointment::Entity::belongs_to(organisation::Entity).from(C::OrganisationId).to(organisation::Column::Id).into();
    let rows: Vec<(AccountId, Role, Option<OrganisationKind>, Option<String>)> = appointment::Entity::find()
        .select_only()
        .columns([C::AccountId, C::Role])
        .columns([organisation::Column::Kind, organisation::Column::DivisionCode])
        .join(JoinType::InnerJoin, to_organisation)
        .filter(C::CommitteeId.eq(committee))
        .filter(Condition::any().add(C::Role.eq(Role::LiaisonOfficer)).add(C::Desk.eq(Desk::General)))
        .filter(in_force(now))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading the desk of a division")?;
    let covers = |kind: &Option<OrganisationKind>, code: &Option<String>| {
        *kind == Some(OrganisationKind::LiaisonCommittee) && code.as_ref().is_some_and(|own| division.starts_with(own.as_str()))
    };
    let officers: Vec<AccountId> = rows
        .iter()
        .filter(|(_, role, kind, code)| *role == Role::LiaisonOfficer && covers(kind, code))
        .map(|row| row.0)
        .filter(|one| !but.contains(one))
        .collect();
    if !officers.is_empty() {
        return Ok(officers);
    }
    let general = rows.into_iter().filter(|(_, role, ..)| *role == Role::CommitteeStaff).map(|row| row.0);
    Ok(general.filter(|one| !but.contains(one)).collect())
}

/// Those of these people who hold that role in the committee now.
pub async fn holders_among(cx: &Cx, committee: OrganisationId, role: Role, accounts: &[AccountId]) -> Result<Vec<AccountId>, ApiError> {
    use appointment::Column as C;
    appointment::Entity::find()
        .select_only()
        .column(C::AccountId)
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Role.eq(role))
        .filter(C::AccountId.is_in(accounts.iter().copied()))
        .filter(in_force(cx.now()))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading who holds a role")
}

/// Standing members of a committee in office now, by number.
pub async fn standing_members(cx: &Cx, committee: OrganisationId) -> Result<Vec<member::Model>, ApiError> {
    use member::Column as C;
    member::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Standing.eq(true))
        .filter(holds_at(C::FromAt, C::UntilAt, cx.now()))
        .order_by_asc(C::Number)
        .all(cx.read())
        .await
        .internal("reading standing members")
}

/// Members in office who belong to the liaison committee of a division, by number; where it has none, those of the committee.
pub async fn members_near(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<member::Model>, ApiError> {
    use member::Column as C;
    let to_organisation: RelationDef =
        membership::Entity::belongs_to(organisation::Entity).from(membership::Column::OrganisationId).to(organisation::Column::Id).into();
    let codes: Vec<&str> = [12, 9, 6].into_iter().filter_map(|length| division.get(..length)).collect();
    let near = membership::Entity::find()
        .select_only()
        .column(membership::Column::MemberId)
        .join(JoinType::InnerJoin, to_organisation)
        .filter(organisation::Column::CommitteeId.eq(committee))
        .filter(organisation::Column::Kind.eq(OrganisationKind::LiaisonCommittee))
        .filter(organisation::Column::DivisionCode.is_in(codes))
        .filter(holds_at(membership::Column::FromAt, membership::Column::UntilAt, cx.now()));
    let all = || {
        let all = member::Entity::find().filter(C::CommitteeId.eq(committee)).filter(holds_at(C::FromAt, C::UntilAt, cx.now()));
        all.order_by_asc(C::Number)
    };
    let rows = all().filter(C::Id.in_subquery(sea_orm::QueryTrait::into_query(near))).all(cx.read()).await.internal("reading members")?;
    if !rows.is_empty() {
        return Ok(rows);
    }
    all().all(cx.read()).await.internal("reading members")
}

/// The venues of those ids.
pub async fn venues_of(cx: &Cx, ids: &[VenueId]) -> Result<Vec<venue::Model>, ApiError> {
    venue::Entity::find().filter(venue::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading venues")
}
