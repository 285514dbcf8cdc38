use crate::kernel::crypto::{self, KeyBytes};
use crate::kernel::viewer::in_force;
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use shangyi_entities::venue::VenueKind;
use shangyi_entities::{MemberId, StudioDeviceId, Timestamp, TypedId, VenueId};
use shangyi_entities::{appointment, studio_device, studio_member, studio_secret, venue};
use std::collections::BTreeSet;

fn no_studio() -> ApiError {
    ApiError::not_found("这个工作室", "This studio")
}

/// The studio of that id, open or closed.
pub(super) async fn studio(cx: &Cx, id: VenueId) -> Result<venue::Model, ApiError> {
    let found = crate::organisation::find_venue(cx, id).await?.filter(|found| found.0.kind == VenueKind::MemberStudio);
    Ok(found.ok_or_else(no_studio)?.0)
}

/// The studio of that id, for a write.
pub(super) async fn studio_now(tx: &WriteTx, id: VenueId) -> Result<venue::Model, ApiError> {
    let found = crate::organisation::venue_now(tx, id).await?.filter(|found| found.kind == VenueKind::MemberStudio);
    found.ok_or_else(no_studio)
}

/// The places on the rosters of these studios that are held now.
pub(super) async fn members_of(cx: &Cx, studios: &[VenueId]) -> Result<Vec<studio_member::Model>, ApiError> {
    studio_member::Entity::find()
        .filter(studio_member::Column::VenueId.is_in(studios.iter().copied()))
        .filter(studio_member::Column::UntilAt.is_null())
        .order_by_asc(studio_member::Column::Id)
        .all(cx.read())
        .await
        .internal("reading a studio's members")
}

pub(super) async fn members_now(tx: &WriteTx, studio: VenueId) -> Result<BTreeSet<MemberId>, ApiError> {
    let ids: Vec<MemberId> = studio_member::Entity::find()
        .select_only()
        .column(studio_member::Column::MemberId)
        .filter(studio_member::Column::VenueId.eq(studio))
        .filter(studio_member::Column::UntilAt.is_null())
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading a studio's members")?;
    Ok(ids.into_iter().collect())
}

pub(super) async fn end_members(tx: &WriteTx, cx: &Cx, studio: VenueId, members: &[MemberId]) -> Result<(), ApiError> {
    use studio_member::Column as C;
    if members.is_empty() {
        return Ok(());
    }
    // Somebody added and taken off within one moment was never there for any length of time.
    let end = Expr::case(Expr::col(C::FromAt).gte(cx.now().0), Expr::col(C::FromAt).add(1)).finally(cx.now().0);
    studio_member::Entity::update_many()
        .col_expr(C::UntilAt, end.into())
        .filter(C::VenueId.eq(studio))
        .filter(C::MemberId.is_in(members.iter().copied()))
        .filter(C::UntilAt.is_null())
        .exec(&**tx)
        .await
        .internal("taking members off a studio")?;
    Ok(())
}

pub(super) async fn add_members(tx: &WriteTx, cx: &Cx, studio: VenueId, members: impl Iterator<Item = MemberId>) -> Result<(), ApiError> {
    let rows: Vec<_> = members
        .map(|member| studio_member::Model { id: cx.new_id(), venue_id: studio, member_id: member, from_at: cx.now(), until_at: None })
        .map(|row| studio_member::ActiveModel::from(row).reset_all())
        .collect();
    if !rows.is_empty() {
        studio_member::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("adding members to a studio")?;
    }
    Ok(())
}

fn place_of(studio: VenueId, version: i64) -> Vec<u8> {
    [b"studio_secrets.secret\0".as_slice(), studio.uuid().as_bytes(), &version.to_be_bytes()].concat()
}

fn sealed(cx: &Cx, studio: VenueId, version: i64) -> Result<Vec<u8>, ApiError> {
    let secret: KeyBytes = crypto::random();
    let key = cx.app().keys.derived("studio secrets");
    crypto::seal(&key, &place_of(studio, version), &secret).ok_or_else(|| ApiError::broken("sealing a studio's secret"))
}

/// Opens a stored secret.
pub(super) fn opened(cx: &Cx, row: &studio_secret::Model) -> Result<KeyBytes, ApiError> {
    let key = cx.app().keys.derived("studio secrets");
    let plain = crypto::open(&key, &place_of(row.venue_id, row.version), &row.secret_enc);
    plain.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| ApiError::broken("a studio's secret cannot be opened"))
}

/// The secret of today, if there is one.
pub(super) async fn secret(cx: &Cx, studio: VenueId) -> Result<Option<KeyBytes>, ApiError> {
    let row = studio_secret::Entity::find()
        .filter(studio_secret::Column::VenueId.eq(studio))
        .order_by_desc(studio_secret::Column::Version)
        .one(cx.read())
        .await
        .internal("reading a studio's secret")?;
    row.map(|row| opened(cx, &row)).transpose()
}

/// Every secret the studio has had, newest first.
pub(super) async fn secrets(cx: &Cx, studio: VenueId) -> Result<Vec<studio_secret::Model>, ApiError> {
    studio_secret::Entity::find()
        .filter(studio_secret::Column::VenueId.eq(studio))
        .order_by_desc(studio_secret::Column::Version)
        .all(cx.read())
        .await
        .internal("reading a studio's secrets")
}

async fn insert_secret(tx: &WriteTx, cx: &Cx, studio: VenueId, version: i64) -> Result<(), ApiError> {
    // The first one also signs what was shown at this very moment.
    let row = studio_secret::Model { venue_id: studio, version, secret_enc: sealed(cx, studio, version)?, from_at: cx.now(), made_by: cx.account()? };
    let row = studio_secret::ActiveModel::from(row).reset_all();
    let keep = OnConflict::new().do_nothing().to_owned();
    studio_secret::Entity::insert(row).on_conflict(keep).exec_without_returning(&**tx).await.internal("making a studio's secret")?;
    Ok(())
}

/// Makes the first secret unless there is one.
pub(super) async fn first_secret(tx: &WriteTx, cx: &Cx, studio: VenueId) -> Result<(), ApiError> {
    insert_secret(tx, cx, studio, 1).await
}

/// Makes the next secret.
pub(super) async fn new_secret(tx: &WriteTx, cx: &Cx, studio: VenueId) -> Result<(), ApiError> {
    let last: Option<i64> = studio_secret::Entity::find()
        .select_only()
        .column(studio_secret::Column::Version)
        .filter(studio_secret::Column::VenueId.eq(studio))
        .order_by_desc(studio_secret::Column::Version)
        .into_tuple()
        .one(&**tx)
        .await
        .internal("reading a studio's secret")?;
    insert_secret(tx, cx, studio, last.unwrap_or(0) + 1).await
}

pub(super) async fn insert_device(tx: &WriteTx, row: studio_device::Model) -> Result<(), ApiError> {
    let row = studio_device::ActiveModel::from(row).reset_all();
    studio_device::Entity::insert(row).exec_without_returning(&**tx).await.internal("binding a screen")?;
    Ok(())
}

pub(super) async fn device(cx: &Cx, id: StudioDeviceId) -> Result<Option<studio_device::Model>, ApiError> {
    studio_device::Entity::find_by_id(id).one(cx.read()).await.internal("reading a screen")
}

/// Screens bound to a studio now.
pub(super) async fn devices_of(cx: &Cx, studio: VenueId) -> Result<Vec<studio_device::Model>, ApiError> {
    studio_device::Entity::find()
        .filter(studio_device::Column::VenueId.eq(studio))
        .filter(studio_device::Column::UnboundAt.is_null())
        .order_by_asc(studio_device::Column::Id)
        .all(cx.read())
        .await
        .internal("reading a studio's screens")
}

pub(super) async fn device_of_token(cx: &Cx, hash: &[u8]) -> Result<Option<VenueId>, ApiError> {
    let by: RelationDef =
        studio_device::Entity::belongs_to(appointment::Entity).from(studio_device::Column::AppointmentId).to(appointment::Column::Id).into();
    studio_device::Entity::find()
        .select_only()
        .column(studio_device::Column::VenueId)
        .join(JoinType::InnerJoin, by)
        .filter(studio_device::Column::TokenHash.eq(hash))
        .filter(studio_device::Column::UnboundAt.is_null())
        .filter(in_force(cx.now()))
        .into_tuple()
        .one(cx.read())
        .await
        .internal("looking for a screen")
}

async fn unbind_where(tx: &WriteTx, now: Timestamp, which: impl sea_orm::sea_query::IntoCondition) -> Result<(), ApiError> {
    studio_device::Entity::update_many()
        .col_expr(studio_device::Column::UnboundAt, Expr::value(now))
        .filter(which)
        .filter(studio_device::Column::UnboundAt.is_null())
        .exec(&**tx)
        .await
        .internal("unbinding a screen")?;
    Ok(())
}

pub(super) async fn unbind(tx: &WriteTx, cx: &Cx, id: StudioDeviceId) -> Result<(), ApiError> {
    unbind_where(tx, cx.now(), studio_device::Column::Id.eq(id)).await
}

pub(super) async fn unbind_all(tx: &WriteTx, cx: &Cx, studio: VenueId) -> Result<(), ApiError> {
    unbind_where(tx, cx.now(), studio_device::Column::VenueId.eq(studio)).await
}
