use super::super::model::Appointment;
use super::{exists, organisation};
use crate::kernel::viewer::{Viewer, in_force};
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use shangyi_entities::appointment::{self, Column as C, Desk, Role};
use shangyi_entities::{AccountId, AppointmentId, OrganisationId, Timestamp, VenueId};
use std::collections::HashMap;

/// Seen by its holder, and by those who may grant it.
fn visible_to(viewer: &Viewer) -> Condition {
    let granted = viewer
        .appointments
        .iter()
        .filter(|held| super::super::granting::may_grant(viewer, held.committee_id).is_some())
        .map(|held| held.committee_id);
    Condition::any().add(C::AccountId.eq(viewer.account)).add(C::CommitteeId.is_in(granted.collect::<Vec<_>>()))
}

/// Those of these appointments that the viewer may know of.
pub(in super::super) async fn appointments_by_id(cx: &Cx, ids: &[AppointmentId]) -> Result<HashMap<AppointmentId, Appointment>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(HashMap::new()) };
    let rows = appointment::Entity::find()
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(visible_to(viewer))
        .all(cx.read())
        .await
        .internal("reading appointments")?;
    Ok(rows.into_iter().map(|row| (row.id, Appointment(row))).collect())
}

/// The appointment of that id, if the viewer may know of it.
pub async fn find_appointment(cx: &Cx, id: AppointmentId) -> Result<Option<Appointment>, ApiError> {
    Ok(appointments_by_id(cx, &[id]).await?.remove(&id))
}

/// The appointment of that id, for whoever has just ended it: their own right may have gone with it.
pub(in super::super) async fn any_appointment(cx: &Cx, id: AppointmentId) -> Result<Option<Appointment>, ApiError> {
    Ok(appointment::Entity::find_by_id(id).one(cx.read()).await.internal("reading an appointment")?.map(Appointment))
}

/// The appointments of an account that are in force, to come, or wait for a second person.
pub async fn appointments_of(cx: &Cx, account: AccountId) -> Result<Vec<Appointment>, ApiError> {
    let rows = appointment::Entity::find()
        .filter(C::AccountId.eq(account))
        .filter(C::EndedAt.is_null())
        .filter(Condition::any().add(C::UntilAt.is_null()).add(C::UntilAt.gt(cx.now())))
        .order_by_asc(C::Id)
        .all(cx.read())
        .await
        .internal("reading appointments")?;
    Ok(rows.into_iter().map(Appointment).collect())
}

/// All appointments an account ever held, for its export.
pub async fn export(cx: &Cx, account: AccountId) -> Result<serde_json::Value, ApiError> {
    use sea_orm::ActiveEnum;
    let rows =
        appointment::Entity::find().filter(C::AccountId.eq(account)).order_by_asc(C::Id).all(cx.read()).await.internal("exporting appointments")?;
    Ok(rows
        .into_iter()
        .map(|row| {
            json!({
                "role": row.role.to_value(),
                "from": row.from_at.utc(),
                "until": row.until_at.map(Timestamp::utc),
                "endedAt": row.ended_at.map(Timestamp::utc),
            })
        })
        .collect())
}

/// Whether an account holds any appointment in force.
pub async fn holds_any(tx: &WriteTx, account: AccountId, now: Timestamp) -> Result<bool, ApiError> {
    exists::<appointment::Entity>(&**tx, in_force(now).add(C::AccountId.eq(account)), "looking for appointments").await
}

/// Ends what a person was granted but does not hold yet.
pub async fn end_pending(tx: &WriteTx, account: AccountId, now: Timestamp) -> Result<(), ApiError> {
    appointment::Entity::update_many()
        .col_expr(C::EndedAt, Expr::value(now))
        .filter(C::AccountId.eq(account))
        .filter(C::EndedAt.is_null())
        .exec(&**tx)
        .await
        .internal("ending appointments")?;
    Ok(())
}

pub(in super::super) async fn holds_same(tx: &WriteTx, new: &appointment::Model, now: Timestamp) -> Result<bool, ApiError> {
    let same = Condition::all()
        .add(C::AccountId.eq(new.account_id))
        .add(C::Role.eq(new.role))
        .add(C::Desk.eq(new.desk))
        .add(C::OrganisationId.eq(new.organisation_id))
        .add(C::VenueId.eq(new.venue_id))
        .add(C::EndedAt.is_null())
        .add(Condition::any().add(C::UntilAt.is_null()).add(C::UntilAt.gt(now)));
    exists::<appointment::Entity>(&**tx, same, "looking for the same appointment").await
}

pub(in super::super) async fn insert_appointment(tx: &WriteTx, row: &appointment::Model) -> Result<u64, DbErr> {
    appointment::Entity::insert(appointment::ActiveModel::from(row.clone()).reset_all()).exec_without_returning(&**tx).await
}

/// Accounts that may confirm a new appointment.
pub(in super::super) async fn confirmers(tx: &WriteTx, new: &appointment::Model, now: Timestamp) -> Result<Vec<AccountId>, ApiError> {
    let may = Condition::any()
        .add(C::Role.eq(Role::Chair))
        .add(Condition::all().add(C::Role.eq(Role::CommitteeStaff)).add(C::Desk.eq(Desk::MemberAffairs)));
    let mut query = appointment::Entity::find()
        .select_only()
        .column(C::AccountId)
        .distinct()
        .filter(C::CommitteeId.eq(new.committee_id))
        .filter(in_force(now))
        .filter(may)
        .filter(C::AccountId.ne(new.account_id));
    if let Some(granter) = new.granted_by {
        query = query.filter(C::AccountId.ne(granter));
    }
    query.into_tuple().all(&**tx).await.internal("looking for a second person")
}

pub(in super::super) async fn unconfirmed(cx: &Cx, committees: &[OrganisationId], viewer: AccountId) -> Result<Vec<Appointment>, ApiError> {
    let rows = appointment::Entity::find()
        .filter(C::CommitteeId.is_in(committees.iter().copied()))
        .filter(C::ConfirmedAt.is_null())
        .filter(C::EndedAt.is_null())
        .filter(C::AccountId.ne(viewer))
        .filter(C::GrantedBy.ne(viewer))
        .order_by_asc(C::Id)
        .all(cx.read())
        .await
        .internal("reading appointments to confirm")?;
    Ok(rows.into_iter().map(Appointment).collect())
}

pub(in super::super) async fn appointment_for_update(tx: &WriteTx, id: AppointmentId) -> Result<Option<appointment::Model>, ApiError> {
    appointment::Entity::find_by_id(id).lock_exclusive().one(&**tx).await.internal("reading an appointment")
}

/// Confirms an appointment nobody has confirmed or ended; whether it was so.
pub(in super::super) async fn confirm(tx: &WriteTx, id: AppointmentId, by: AccountId, now: Timestamp) -> Result<bool, DbErr> {
    let confirmed = appointment::Entity::update_many()
        .col_expr(C::ConfirmedAt, Expr::value(now))
        .col_expr(C::ConfirmedBy, Expr::value(by))
        .filter(C::Id.eq(id))
        .filter(C::ConfirmedAt.is_null())
        .filter(C::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(confirmed.rows_affected == 1)
}

/// Ends an appointment nobody has ended; whether it was so.
pub(in super::super) async fn end(tx: &WriteTx, id: AppointmentId, by: AccountId, now: Timestamp) -> Result<bool, ApiError> {
    let ended = appointment::Entity::update_many()
        .col_expr(C::EndedAt, Expr::value(now))
        .col_expr(C::EndedBy, Expr::value(by))
        .filter(C::Id.eq(id))
        .filter(C::EndedAt.is_null())
        .exec(&**tx)
        .await
        .internal("ending an appointment")?;
    Ok(ended.rows_affected == 1)
}

/// The division whose desk has nobody left now that `ended` is over: a street's officer, or the committee's general desk.
pub(in super::super) async fn desk_left_empty(cx: &Cx, ended: &appointment::Model) -> Result<Option<String>, ApiError> {
    let is_desk = ended.role == Role::LiaisonOfficer || ended.desk == Some(Desk::General);
    let (true, Some(organisation)) = (is_desk, ended.organisation_id) else { return Ok(None) };
    let others = in_force(cx.now()).add(C::OrganisationId.eq(organisation)).add(C::Role.eq(ended.role)).add(C::Desk.eq(ended.desk));
    if exists::<appointment::Entity>(cx.read(), others, "looking for other officers").await? {
        return Ok(None);
    }
    let row = organisation::Entity::find_by_id(organisation).one(cx.read()).await.internal("reading an organisation")?;
    Ok(row.and_then(|row| row.division_code))
}

/// An appointment that the operator of the deployment grants: by import, by the demo, from the command line.
pub struct Post {
    /// Whom.
    pub account: AccountId,
    /// To what.
    pub role: Role,
    /// The desk, for staff.
    pub desk: Option<Desk>,
    /// The committee.
    pub committee: OrganisationId,
    /// The organisation of it, the committee itself, or a venue.
    pub scope: PostScope,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// What the operator's appointment is for.
#[derive(Clone, Copy, Debug)]
pub enum PostScope {
    /// A committee or one of its organisations.
    Organisation(OrganisationId),
    /// A venue.
    Venue(VenueId),
}

/// Grants an appointment as the operator: nobody is asked, and the trail says so. Nothing where it is held already.
pub async fn grant_by_operator(tx: &WriteTx, cx: &Cx, post: Post) -> Result<Option<AppointmentId>, ApiError> {
    let (organisation_id, venue_id) = match post.scope {
        PostScope::Organisation(id) => (Some(id), None),
        PostScope::Venue(id) => (None, Some(id)),
    };
    let row = appointment::Model {
        id: cx.new_id(),
        account_id: post.account,
        role: post.role,
        desk: post.desk,
        committee_id: post.committee,
        organisation_id,
        venue_id,
        from_at: post.from,
        until_at: post.until,
        granted_at: cx.now(),
        granted_by: None,
        confirmed_at: Some(cx.now()),
        confirmed_by: None,
        ended_at: None,
        ended_by: None,
    };
    if holds_same(tx, &row, cx.now()).await? {
        return Ok(None);
    }
    insert_appointment(tx, &row).await.internal("granting an appointment")?;
    let entry = crate::audit::Entry { committee: Some(row.committee_id), ..crate::audit::Entry::new("account grant", "OPERATOR", row.id) };
    crate::audit::record(tx, cx, entry).await?;
    Ok(Some(row.id))
}

/// Who holds an appointment that is in force: the account, as what, in which committee.
pub async fn holder_of(tx: &WriteTx, id: AppointmentId, now: Timestamp) -> Result<Option<(AccountId, Role, OrganisationId)>, ApiError> {
    let query = appointment::Entity::find_by_id(id).select_only().columns([C::AccountId, C::Role, C::CommitteeId]).filter(in_force(now));
    query.into_tuple().one(&**tx).await.internal("reading an appointment")
}

/// The first appointment of that role an account holds.
pub async fn role_id(db: &impl sea_orm::ConnectionTrait, account: AccountId, role: Role) -> Result<Option<AppointmentId>, ApiError> {
    appointment::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::AccountId.eq(account))
        .filter(C::Role.eq(role))
        .filter(C::EndedAt.is_null())
        .order_by_asc(C::Id)
        .into_tuple()
        .one(db)
        .await
        .internal("looking for an appointment")
}

/// Who sits at a desk of the committee now.
pub async fn at_desk(tx: &WriteTx, committee: OrganisationId, desk: Desk, now: Timestamp) -> Result<Vec<AccountId>, ApiError> {
    appointment::Entity::find()
        .select_only()
        .column(C::AccountId)
        .distinct()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::Role.eq(Role::CommitteeStaff))
        .filter(C::Desk.eq(desk))
        .filter(in_force(now))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading a desk")
}
