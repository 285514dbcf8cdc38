//! Reading divisions, organisations, members and venues. (Appointments: `store/appointments.rs`; bringing people and
//! organisations in: `store/registry.rs`.)
mod appointments;
mod many_divisions;
mod registry;
mod venues;

use super::divisions::{Division, Place, above};
use super::granting::Scope;
use super::model::{Member, Organisation, Venue};
use crate::kernel::pages::Page;
use crate::kernel::personal::PersonKey;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, personal, say};
use async_graphql::connection::Connection;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::organisation::OrganisationKind;
use shangyi_entities::venue::VenueKind;
use shangyi_entities::{AccountId, MemberId, OrganisationId, PlaceId, TermId, Timestamp, TypedId, VenueId};
use shangyi_entities::{account, assignment, division, member, membership, organisation, place, term, venue};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

pub(super) use appointments::*;
pub use appointments::{
    Post, PostScope, appointments_of, at_desk, end_pending, export, find_appointment, grant_by_operator, holder_of, holds_any, role_id,
};
pub use many_divisions::{codes_above_villages, put_divisions};
pub use registry::*;
pub use venues::*;

/// A condition that `column` lies in the subtree of `code`: one range of codes.
pub fn in_subtree(column: impl ColumnTrait, code: &str) -> Condition {
    // ':' is the character after '9'.
    Condition::all().add(column.gte(code)).add(column.lt(format!("{code}:")))
}

/// A condition that a row of a table with `from_at` and `until_at` holds at `now`.
fn holds_at(from: impl ColumnTrait, until: impl ColumnTrait, now: Timestamp) -> Condition {
    Condition::all().add(from.lte(now)).add(Condition::any().add(until.is_null()).add(until.gt(now)))
}

pub(super) async fn children(cx: &Cx, parent: Option<&str>) -> Result<Vec<Division>, ApiError> {
    let under = match parent {
        Some(code) => division::Column::ParentCode.eq(code),
        None => division::Column::ParentCode.is_null(),
    };
    let rows = division::Entity::find().filter(under).order_by_asc(division::Column::Code).all(cx.read()).await.internal("reading divisions")?;
    Ok(rows.into_iter().map(Division).collect())
}

pub(super) async fn divisions_by_code(cx: &Cx, codes: &[String]) -> Result<HashMap<String, Division>, ApiError> {
    let rows = division::Entity::find().filter(division::Column::Code.is_in(codes)).all(cx.read()).await.internal("reading divisions")?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), Division(row))).collect())
}

pub(super) async fn children_of(cx: &Cx, parents: &[String]) -> Result<HashMap<String, Vec<Division>>, ApiError> {
    let rows = division::Entity::find()
        .filter(division::Column::ParentCode.is_in(parents))
        .order_by_asc(division::Column::Code)
        .all(cx.read())
        .await
        .internal("reading divisions")?;
    let mut found: HashMap<String, Vec<Division>> = HashMap::new();
    for row in rows {
        found.entry(row.parent_code.clone().unwrap_or_default()).or_default().push(Division(row));
    }
    Ok(found)
}

/// Refuses a code that names no division; `field` is the input's.
pub async fn require_division(cx: &Cx, field: &'static str, code: &str) -> Result<(), ApiError> {
    let known = super::divisions::is_code(code)
        && division::Entity::find_by_id(code.to_owned()).one(cx.read()).await.internal("looking for a division")?.is_some();
    if known {
        return Ok(());
    }
    Err(no_such_division(field))
}

fn no_such_division(field: &'static str) -> ApiError {
    ApiError::bad_input(field, say("没有这个区划，请重新选择所在社区。", "There is no such division; please choose again."))
}

/// How many townships and streets lie in a division; one, where it is one or lies in one.
pub async fn townships_in(cx: &Cx, code: &str) -> Result<i64, ApiError> {
    if code.len() >= TOWNSHIP {
        return Ok(1);
    }
    let query = division::Entity::find().filter(in_subtree(division::Column::Code, code)).filter(division::Column::Level.eq(TOWNSHIP_LEVEL));
    let count = sea_orm::PaginatorTrait::count(query, cx.read()).await.internal("counting townships")?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Digits of a township's code, and its level.
const TOWNSHIP: usize = 9;
const TOWNSHIP_LEVEL: i64 = 4;

pub(super) async fn places_of(cx: &Cx, codes: &[String]) -> Result<HashMap<String, Vec<Place>>, ApiError> {
    let rows = place::Entity::find()
        .filter(place::Column::DivisionCode.is_in(codes))
        .order_by_asc(place::Column::Name)
        .all(cx.read())
        .await
        .internal("reading places")?;
    let mut found: HashMap<String, Vec<Place>> = HashMap::new();
    for row in rows {
        found.entry(row.division_code.clone()).or_default().push(Place(row));
    }
    Ok(found)
}

pub(super) async fn places_by_id(cx: &Cx, ids: &[PlaceId]) -> Result<HashMap<PlaceId, Place>, ApiError> {
    let rows = place::Entity::find().filter(place::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading places")?;
    Ok(rows.into_iter().map(|row| (row.id, Place(row))).collect())
}

pub(super) async fn venues_by_id(cx: &Cx, ids: &[VenueId]) -> Result<HashMap<VenueId, Venue>, ApiError> {
    let rows = venue::Entity::find().filter(venue::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading venues")?;
    Ok(rows.into_iter().map(|row| (row.id, Venue(row))).collect())
}

/// The place of that id.
pub async fn find_place(cx: &Cx, id: PlaceId) -> Result<Option<Place>, ApiError> {
    Ok(place::Entity::find_by_id(id).one(cx.read()).await.internal("reading a place")?.map(Place))
}

/// Whether the place lies in the subtree of that division.
pub async fn place_in(cx: &Cx, id: PlaceId, code: &str) -> Result<bool, ApiError> {
    Ok(find_place(cx, id).await?.is_some_and(|place| place.0.division_code.starts_with(code)))
}

pub(super) async fn organisations_by_id(cx: &Cx, ids: &[OrganisationId]) -> Result<HashMap<OrganisationId, Organisation>, ApiError> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .all(cx.read())
        .await
        .internal("reading organisations")?;
    Ok(rows.into_iter().map(|row| (row.id, Organisation(row))).collect())
}

/// The organisation of that id.
pub async fn find_organisation(cx: &Cx, id: OrganisationId) -> Result<Option<Organisation>, ApiError> {
    Ok(organisations_by_id(cx, &[id]).await?.remove(&id))
}

pub(super) async fn organisations(cx: &Cx, committee: OrganisationId, kind: Option<OrganisationKind>) -> Result<Vec<Organisation>, ApiError> {
    use organisation::Column as C;
    let mut query =
        organisation::Entity::find().filter(C::CommitteeId.eq(committee)).filter(C::ClosedAt.is_null()).order_by_asc(C::Kind).order_by_asc(C::Name);
    if let Some(kind) = kind {
        query = query.filter(C::Kind.eq(kind));
    }
    Ok(query.all(cx.read()).await.internal("reading organisations")?.into_iter().map(Organisation).collect())
}

/// Open organisations of a committee of these kinds.
pub async fn of_kinds(cx: &Cx, committee: OrganisationId, kinds: &[OrganisationKind]) -> Result<HashSet<OrganisationId>, ApiError> {
    use organisation::Column as C;
    let ids: Vec<OrganisationId> = organisation::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Kind.is_in(kinds.iter().copied()))
        .filter(C::ClosedAt.is_null())
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading organisations")?;
    Ok(ids.into_iter().collect())
}

/// Whether all of these are open committees.
pub async fn are_committees(cx: &Cx, ids: &[OrganisationId]) -> Result<bool, ApiError> {
    let found = organisations_by_id(cx, ids).await?;
    let is_one = |id: &OrganisationId| found.get(id).is_some_and(|one| one.0.kind == OrganisationKind::Committee && one.0.closed_at.is_none());
    Ok(ids.iter().all(is_one))
}

/// The term of a committee that is running at that moment.
pub async fn term_at(cx: &Cx, committee: OrganisationId, at: Timestamp) -> Result<Option<TermId>, ApiError> {
    use term::Column as C;
    let query =
        term::Entity::find().select_only().column(C::Id).filter(C::CommitteeId.eq(committee)).filter(C::FromAt.lte(at)).filter(C::UntilAt.gt(at));
    query.order_by_desc(C::Number).into_tuple().one(cx.read()).await.internal("looking for a term")
}

pub(super) async fn committees_covering(cx: &Cx, codes: &[String]) -> Result<HashMap<String, Organisation>, ApiError> {
    let candidates: Vec<&str> = codes.iter().flat_map(|code| above(code).chain([code.as_str()])).collect();
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Kind.eq(OrganisationKind::Committee))
        .filter(organisation::Column::DivisionCode.is_in(candidates))
        .filter(organisation::Column::ClosedAt.is_null())
        .all(cx.read())
        .await
        .internal("looking for committees")?;
    let smallest = |code: &String| {
        rows.iter()
            .filter(|row| row.division_code.as_deref().is_some_and(|own| code.starts_with(own)))
            .max_by_key(|row| row.division_code.as_ref().map_or(0, String::len))
    };
    Ok(codes.iter().filter_map(|code| Some((code.clone(), Organisation(smallest(code)?.clone())))).collect())
}

/// The smallest committee that covers each of these divisions; `BAD_INPUT` for what is no division.
pub async fn committees_of(cx: &Cx, field: &'static str, codes: &[String]) -> Result<HashMap<String, OrganisationId>, ApiError> {
    let known = division::Entity::find().filter(division::Column::Code.is_in(codes)).all(cx.read()).await.internal("looking for divisions")?;
    if codes.iter().any(|code| !known.iter().any(|division| division.code == *code)) {
        return Err(no_such_division(field));
    }
    Ok(committees_covering(cx, codes).await?.into_iter().map(|(code, found)| (code, found.0.id)).collect())
}

/// The smallest committee that covers a division.
pub async fn committee_covering(cx: &Cx, code: &str) -> Result<Option<OrganisationId>, ApiError> {
    let code = code.to_owned();
    Ok(committees_covering(cx, std::slice::from_ref(&code)).await?.remove(&code).map(|found| found.0.id))
}

/// Whether there is a committee outside of that division.
pub async fn committees_outside(db: &impl ConnectionTrait, code: &str) -> Result<bool, ApiError> {
    let other = Condition::all().add(organisation::Column::Kind.eq(OrganisationKind::Committee)).add(organisation::Column::DivisionCode.ne(code));
    exists::<organisation::Entity>(db, other, "looking for committees").await
}

/// Whether that committee covers a division.
pub async fn covers(cx: &Cx, committee: OrganisationId, code: &str) -> Result<bool, ApiError> {
    let found = find_organisation(cx, committee).await?.filter(|found| found.0.kind == OrganisationKind::Committee && found.0.closed_at.is_none());
    Ok(found.and_then(|found| found.0.division_code).is_some_and(|own| code.starts_with(&own)))
}

pub(super) async fn committee(cx: &Cx, id: Option<OrganisationId>, division: Option<&str>) -> Result<Option<Organisation>, ApiError> {
    use organisation::Column as C;
    if let Some(id) = id {
        return Ok(find_organisation(cx, id).await?.filter(|found| found.0.kind == OrganisationKind::Committee));
    }
    if let Some(code) = division {
        super::divisions::require_code("divisionCode", code)?;
        let code = code.to_owned();
        return Ok(committees_covering(cx, std::slice::from_ref(&code)).await?.remove(&code));
    }
    let mut rows =
        organisation::Entity::find().filter(C::Kind.eq(OrganisationKind::Committee)).limit(2).all(cx.read()).await.internal("reading committees")?;
    Ok(if rows.len() == 1 { rows.pop().map(Organisation) } else { None })
}

/// What an appointment is to be for.
pub(super) async fn scope(cx: &Cx, organisation: Option<OrganisationId>, venue: Option<VenueId>) -> Result<Scope, ApiError> {
    match (organisation, venue) {
        (Some(id), None) => {
            let found = find_organisation(cx, id).await?.ok_or_else(|| ApiError::not_found("这个组织", "This organisation"))?;
            Ok(Scope::Organisation { id, kind: found.0.kind, committee: found.0.committee_id })
        }
        (None, Some(id)) => {
            let found = find_venue(cx, id).await?.ok_or_else(|| ApiError::not_found("这个场所", "This venue"))?;
            Ok(Scope::Venue { id, committee: found.0.committee_id })
        }
        _ => Err(ApiError::bad_input("organisationId", say("请选择一个组织或一个场所。", "Please give either an organisation or a venue."))),
    }
}

/// The member of that id.
pub async fn find_member(cx: &Cx, id: MemberId) -> Result<Option<Member>, ApiError> {
    Ok(member::Entity::find_by_id(id).one(cx.read()).await.internal("reading a member")?.map(Member))
}

/// The membership that an account holds now.
pub async fn member_of_account(cx: &Cx, account: AccountId) -> Result<Option<Member>, ApiError> {
    let row = member::Entity::find()
        .filter(member::Column::AccountId.eq(account))
        .filter(holds_at(member::Column::FromAt, member::Column::UntilAt, cx.now()))
        .order_by_desc(member::Column::FromAt)
        .one(cx.read())
        .await
        .internal("reading a member")?;
    Ok(row.map(Member))
}

pub(super) async fn members(
    cx: &Cx,
    of: Option<OrganisationId>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Member>, ApiError> {
    use member::Column as C;
    let list = format!("members {}", of.map_or_else(String::new, |id| Gid(id).to_string()));
    let page = Page::read(list, cx.app().keys.derived("cursor"), first, after)?;
    let mut query =
        member::Entity::find().filter(holds_at(C::FromAt, C::UntilAt, cx.now())).order_by_asc(C::Number).order_by_asc(C::Id).limit(page.limit());
    if let Some(id) = of {
        let through = Condition::all().add(membership::Column::OrganisationId.eq(id)).add(holds_at(
            membership::Column::FromAt,
            membership::Column::UntilAt,
            cx.now(),
        ));
        let belongs = membership::Entity::find().select_only().column(membership::Column::MemberId).filter(through);
        let belongs = sea_orm::QueryTrait::into_query(belongs);
        query = query.filter(Condition::any().add(C::CommitteeId.eq(id)).add(C::Id.in_subquery(belongs)));
    }
    if let Some((number, id)) = page.after::<2>().and_then(|[number, id]| Some((number, Gid::<MemberId>::parse(id)?.0))) {
        query = query.filter(Condition::any().add(C::Number.gt(number)).add(Condition::all().add(C::Number.eq(number)).add(C::Id.gt(id))));
    }
    let rows = query.all(cx.read()).await.internal("reading members")?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![row.number.clone(), Gid(row.id).to_string()], Member(row)))))
}

#[derive(FromQueryResult)]
struct Named {
    id: AccountId,
    name_enc: Option<Vec<u8>>,
}

/// Where a member's name is sealed.
pub(super) const MEMBER_NAME: &str = "members.name";

/// The keys of persons, where they still have one.
pub(super) async fn keys_of(cx: &Cx, accounts: &[AccountId]) -> Result<HashMap<AccountId, Arc<PersonKey>>, ApiError> {
    let subjects: Vec<Uuid> = accounts.iter().map(|account| account.uuid()).collect();
    let keys = personal::of_many(cx.read(), &cx.app().keys, &subjects).await?;
    Ok(keys.into_iter().map(|(subject, key)| (AccountId(subject), Arc::new(key))).collect())
}

/// Names of holders of appointments, as their accounts have them.
pub(super) async fn names_of(cx: &Cx, accounts: &[AccountId]) -> Result<HashMap<AccountId, String>, ApiError> {
    let rows = account::Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::NameEnc])
        .filter(account::Column::Id.is_in(accounts.iter().copied()))
        .into_model::<Named>()
        .all(cx.read())
        .await
        .internal("reading names")?;
    let subjects: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
    let keys = personal::of_many(cx.read(), &cx.app().keys, &subjects).await?;
    let open = |row: &Named| keys.get(&row.id.uuid())?.open(crate::auth::store::NAME, row.name_enc.as_deref()?);
    Ok(rows.iter().filter_map(|row| Some((row.id, open(row)?))).collect())
}

/// The organisations that members belong to now, those they are assigned to last.
pub(super) async fn memberships_of(cx: &Cx, members: &[MemberId]) -> Result<HashMap<MemberId, Vec<Organisation>>, ApiError> {
    let own: Vec<(MemberId, OrganisationId)> = membership::Entity::find()
        .select_only()
        .columns([membership::Column::MemberId, membership::Column::OrganisationId])
        .filter(membership::Column::MemberId.is_in(members.iter().copied()))
        .filter(holds_at(membership::Column::FromAt, membership::Column::UntilAt, cx.now()))
        .order_by_asc(membership::Column::Id)
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading memberships")?;
    let assigned: Vec<(MemberId, OrganisationId)> = assignment::Entity::find()
        .select_only()
        .columns([assignment::Column::MemberId, assignment::Column::OrganisationId])
        .filter(assignment::Column::MemberId.is_in(members.iter().copied()))
        .filter(holds_at(assignment::Column::FromAt, assignment::Column::UntilAt, cx.now()))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading assignments")?;
    let pairs: Vec<_> = own.into_iter().chain(assigned).collect();
    let ids: Vec<OrganisationId> = pairs.iter().map(|(_, id)| *id).collect();
    let organisations = organisations_by_id(cx, &ids).await?;
    let mut found: HashMap<MemberId, Vec<Organisation>> = HashMap::new();
    for (member, id) in pairs {
        if let Some(organisation) = organisations.get(&id) {
            found.entry(member).or_default().push(organisation.clone());
        }
    }
    Ok(found)
}

/// The venue of that id.
pub async fn find_venue(cx: &Cx, id: VenueId) -> Result<Option<Venue>, ApiError> {
    Ok(venue::Entity::find_by_id(id).one(cx.read()).await.internal("reading a venue")?.map(Venue))
}

pub(super) async fn venues(
    cx: &Cx,
    division: Option<&str>,
    kind: Option<VenueKind>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Venue>, ApiError> {
    use venue::Column as C;
    let page = Page::read(format!("venues {division:?} {kind:?}"), cx.app().keys.derived("cursor"), first, after)?;
    let mut query = venue::Entity::find().filter(C::ClosedAt.is_null()).order_by_asc(C::Id).limit(page.limit());
    if let Some(code) = division {
        super::divisions::require_code("divisionCode", code)?;
        query = query.filter(in_subtree(C::DivisionCode, code));
    }
    if let Some(kind) = kind {
        query = query.filter(C::Kind.eq(kind));
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<VenueId>::parse(id)) {
        query = query.filter(C::Id.gt(id.0));
    }
    let rows = query.all(cx.read()).await.internal("reading venues")?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Venue(row)))))
}

/// Whether any row answers; for existence checks.
async fn exists<E: EntityTrait>(db: &impl ConnectionTrait, condition: Condition, doing: &'static str) -> Result<bool, ApiError> {
    use sea_orm::SelectExt;
    E::find().filter(condition).exists(db).await.internal(doing)
}
