//! Bringing committees, organisations, members and venues in: for the import and the demo. What is there already stays.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx, personal};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::{AccountId, OrganisationId, TermId, TypedId};
use shangyi_entities::{assignment, division, member, membership, organisation, place, term, venue};

fn keep() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}

/// Adds a division unless it is there.
pub async fn add_division(tx: &WriteTx, row: division::Model) -> Result<(), ApiError> {
    let row = division::ActiveModel::from(row).reset_all();
    division::Entity::insert(row).on_conflict(keep()).exec_without_returning(&**tx).await.internal("adding a division")?;
    Ok(())
}

/// Adds a named place unless it is there.
pub async fn add_place(tx: &WriteTx, row: place::Model) -> Result<(), ApiError> {
    let row = place::ActiveModel::from(row).reset_all();
    place::Entity::insert(row).on_conflict(keep()).exec_without_returning(&**tx).await.internal("adding a place")?;
    Ok(())
}

/// The organisation of that kind and name in a committee; a committee is found by its division.
pub async fn organisation_named(
    tx: &WriteTx,
    committee: OrganisationId,
    kind: OrganisationKind,
    name: &str,
) -> Result<Option<organisation::Model>, ApiError> {
    use organisation::Column as C;
    organisation::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Kind.eq(kind))
        .filter(C::Name.eq(name))
        .one(&**tx)
        .await
        .internal("looking for an organisation")
}

/// The committee of exactly that division.
pub async fn committee_of_division(tx: &WriteTx, code: &str) -> Result<Option<organisation::Model>, ApiError> {
    use organisation::Column as C;
    organisation::Entity::find()
        .filter(C::Kind.eq(OrganisationKind::Committee))
        .filter(C::DivisionCode.eq(code))
        .one(&**tx)
        .await
        .internal("looking for a committee")
}

/// The organisation of that id, for a write.
pub async fn organisation_now(tx: &WriteTx, id: OrganisationId) -> Result<Option<organisation::Model>, ApiError> {
    organisation::Entity::find_by_id(id).one(&**tx).await.internal("reading an organisation")
}

/// The organisation of that name in a committee, of whatever kind.
pub async fn organisation_by_name(tx: &WriteTx, committee: OrganisationId, name: &str) -> Result<Option<organisation::Model>, ApiError> {
    use organisation::Column as C;
    organisation::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Name.eq(name))
        .one(&**tx)
        .await
        .internal("looking for an organisation")
}

/// Adds an organisation unless one of its kind and name is there; its id either way, and whether it is new.
pub async fn add_organisation(tx: &WriteTx, row: organisation::Model) -> Result<(OrganisationId, bool), ApiError> {
    let found = match row.kind {
        OrganisationKind::Committee => committee_of_division(tx, row.division_code.as_deref().unwrap_or_default()).await?,
        _ => organisation_named(tx, row.committee_id, row.kind, &row.name).await?,
    };
    if let Some(found) = found {
        return Ok((found.id, false));
    }
    let (id, kind, division) = (row.id, row.kind, row.division_code.clone());
    let row = organisation::ActiveModel::from(row).reset_all();
    organisation::Entity::insert(row).exec_without_returning(&**tx).await.internal("adding an organisation")?;
    if let (OrganisationKind::Committee, Some(division)) = (kind, division) {
        crate::topics::take_over(tx, id, &division).await?;
    }
    Ok((id, true))
}

/// Adds a term unless one of its number is there; its id either way, and whether it is new.
pub async fn add_term(tx: &WriteTx, row: term::Model) -> Result<(TermId, bool), ApiError> {
    let found = term::Entity::find()
        .filter(term::Column::CommitteeId.eq(row.committee_id))
        .filter(term::Column::Number.eq(row.number))
        .one(&**tx)
        .await
        .internal("looking for a term")?;
    if let Some(found) = found {
        return Ok((found.id, false));
    }
    let id = row.id;
    term::Entity::insert(term::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.internal("adding a term")?;
    Ok((id, true))
}

/// The member of that number in a term.
pub async fn member_numbered(tx: &WriteTx, term: TermId, number: &str) -> Result<Option<member::Model>, ApiError> {
    member::Entity::find()
        .filter(member::Column::TermId.eq(term))
        .filter(member::Column::Number.eq(number))
        .one(&**tx)
        .await
        .internal("looking for a member")
}

/// Whether the account is a member of that term already, under any number.
pub async fn is_member_in(tx: &WriteTx, term: TermId, account: AccountId) -> Result<bool, ApiError> {
    let found = member::Entity::find()
        .filter(member::Column::TermId.eq(term))
        .filter(member::Column::AccountId.eq(account))
        .one(&**tx)
        .await
        .internal("looking for a member")?;
    Ok(found.is_some())
}

/// A member's name for the roll of members, under the person's own key.
pub async fn seal_member_name(tx: &WriteTx, cx: &Cx, account: AccountId, name: &str) -> Result<Vec<u8>, ApiError> {
    let key = personal::of(&**tx, &cx.app().keys, account.uuid()).await?.ok_or_else(|| ApiError::broken("a member without a key"))?;
    key.seal(super::MEMBER_NAME, name)
}

/// Adds a member.
pub async fn add_member(tx: &WriteTx, row: member::Model) -> Result<(), ApiError> {
    member::Entity::insert(member::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.internal("adding a member")?;
    Ok(())
}

/// Adds a membership unless the member has one in that organisation from the same moment; whether it is new. Rule:
/// `membership_overlaps`.
pub async fn add_membership(tx: &WriteTx, row: membership::Model) -> Result<bool, DbErr> {
    use membership::Column as C;
    let found = membership::Entity::find()
        .filter(C::MemberId.eq(row.member_id))
        .filter(C::OrganisationId.eq(row.organisation_id))
        .filter(C::FromAt.eq(row.from_at))
        .one(&**tx)
        .await?;
    if found.is_some() {
        return Ok(false);
    }
    membership::Entity::insert(membership::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await?;
    Ok(true)
}

/// The liaison committee of exactly that division.
pub async fn liaison_committee_of(tx: &WriteTx, code: &str) -> Result<Option<OrganisationId>, ApiError> {
    use organisation::Column as C;
    let found = organisation::Entity::find()
        .filter(C::Kind.eq(OrganisationKind::LiaisonCommittee))
        .filter(C::DivisionCode.eq(code))
        .filter(C::ClosedAt.is_null())
        .one(&**tx)
        .await
        .internal("looking for a liaison committee")?;
    Ok(found.map(|found| found.id))
}

/// Places a member of another committee in a liaison committee here for a time, unless they are from the same moment;
/// whether it is new. Rule: `assignment_overlaps`.
pub async fn add_assignment(tx: &WriteTx, row: assignment::Model) -> Result<bool, DbErr> {
    use assignment::Column as C;
    let found = assignment::Entity::find()
        .filter(C::MemberId.eq(row.member_id))
        .filter(C::OrganisationId.eq(row.organisation_id))
        .filter(C::FromAt.eq(row.from_at))
        .one(&**tx)
        .await?;
    if found.is_some() {
        return Ok(false);
    }
    assignment::Entity::insert(assignment::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await?;
    Ok(true)
}

/// Adds a venue unless one of its kind and name is there.
pub async fn add_venue(tx: &WriteTx, row: venue::Model) -> Result<(), ApiError> {
    let row = venue::ActiveModel::from(row).reset_all();
    venue::Entity::insert(row).on_conflict(keep()).exec_without_returning(&**tx).await.internal("adding a venue")?;
    Ok(())
}
