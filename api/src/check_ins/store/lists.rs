//! Reading visits, conflicts and late entries, in the viewer's scope.
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select,
    Statement,
};
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::late_entry::LateEntryDecision;
use shangyi_entities::{AccountId, CheckInConflictId, CheckInFactId, DutySlotId, LateEntryId, Timestamp, VenueId, VisitId};
use shangyi_entities::{check_in_conflict, check_in_fact, check_in_objection, duty_slot, late_entry, venue, visit};
use std::collections::HashMap;

/// Venues that the viewer runs: as convenor, as desk of their division, as member affairs.
pub(in super::super) fn run_by(viewer: &Viewer) -> Condition {
    viewer.appointments.iter().fold(Condition::any().add(Expr::value(false)), |any, held| match (held.role, held.desk, held.street()) {
        (Role::StudioConvenor, ..) => any.add(venue::Column::Id.eq(held.venue_id)),
        (_, _, Some(street)) => any.add(
            Condition::all()
                .add(venue::Column::CommitteeId.eq(held.committee_id))
                .add(crate::organisation::in_subtree(venue::Column::DivisionCode, street)),
        ),
        (_, Some(Desk::General | Desk::MemberAffairs), _) => any.add(venue::Column::CommitteeId.eq(held.committee_id)),
        _ => any,
    })
}

/// [`run_by`], and what the chair may read.
fn read_by(viewer: &Viewer) -> Condition {
    let chairs = viewer.appointments.iter().filter(|held| held.role == Role::Chair).map(|held| held.committee_id);
    run_by(viewer).add(venue::Column::CommitteeId.is_in(chairs.collect::<Vec<_>>()))
}

fn visits() -> Select<visit::Entity> {
    let at: RelationDef = visit::Entity::belongs_to(venue::Entity).from(visit::Column::VenueId).to(venue::Column::Id).into();
    visit::Entity::find().join(JoinType::InnerJoin, at)
}

fn conflicts() -> Select<check_in_conflict::Entity> {
    use check_in_conflict::{Column, Entity};
    let at: RelationDef = Entity::belongs_to(venue::Entity).from(Column::VenueId).to(venue::Column::Id).into();
    Entity::find().join(JoinType::InnerJoin, at)
}

fn late_entries() -> Select<late_entry::Entity> {
    let at: RelationDef = late_entry::Entity::belongs_to(venue::Entity).from(late_entry::Column::VenueId).to(venue::Column::Id).into();
    late_entry::Entity::find().join(JoinType::InnerJoin, at)
}

/// Those of these visits that the viewer may know of.
pub(in super::super) async fn visits_by_id(cx: &Cx, ids: &[VisitId]) -> Result<Vec<visit::Model>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    let visible = Condition::any().add(visit::Column::AccountId.eq(viewer.account)).add(read_by(viewer));
    visits().filter(visit::Column::Id.is_in(ids.iter().copied())).filter(visible).all(cx.read()).await.internal("reading visits")
}

/// The viewer's own visit of that id.
pub(in super::super) async fn own_visit(cx: &Cx, id: VisitId) -> Result<Option<visit::Model>, ApiError> {
    visit::Entity::find_by_id(id).filter(visit::Column::AccountId.eq(cx.account()?)).one(cx.read()).await.internal("reading a visit")
}

pub(in super::super) async fn visit_now(tx: &WriteTx, id: VisitId) -> Result<Option<visit::Model>, ApiError> {
    visit::Entity::find_by_id(id).one(&**tx).await.internal("reading a visit")
}

/// Whose visits a page is of.
pub(in super::super) enum VisitsOf {
    Studio(VenueId),
    Account(AccountId),
}

/// Visits, the latest first.
pub(in super::super) async fn page_of_visits(cx: &Cx, of: VisitsOf, page: &Page) -> Result<Vec<visit::Model>, ApiError> {
    use visit::Column as C;
    let mut query = visit::Entity::find().order_by_desc(C::InAt).order_by_desc(C::Id).limit(page.limit());
    query = match of {
        VisitsOf::Studio(id) => query.filter(C::VenueId.eq(id)),
        VisitsOf::Account(id) => query.filter(C::AccountId.eq(id)),
    };
    if let Some((at, id)) = place::<VisitId>(page) {
        query = query.filter(Condition::any().add(C::InAt.lt(at)).add(Condition::all().add(C::InAt.eq(at)).add(C::Id.lt(id))));
    }
    query.all(cx.read()).await.internal("reading visits")
}

/// Where a page ordered by time and id begins.
fn place<T: shangyi_entities::TypedId>(page: &Page) -> Option<(Timestamp, T)> {
    let [at, id] = page.after::<2>()?;
    Some((Timestamp(at.parse().ok()?), Gid::<T>::parse(id)?.0))
}

/// Logs that wait for the viewer's word, oldest first; not of the viewer's own visits.
pub(in super::super) async fn to_confirm(cx: &Cx, viewer: &Viewer, page: &Page) -> Result<Vec<visit::Model>, ApiError> {
    use visit::Column as C;
    let mut query = visits()
        .filter(run_by(viewer))
        .filter(C::LogFactId.is_not_null())
        .filter(C::ConfirmedAt.is_null())
        .filter(C::Waits.eq(false))
        .filter(C::AccountId.ne(viewer.account))
        .order_by_asc(C::InAt)
        .order_by_asc(C::Id)
        .limit(page.limit());
    if let Some((at, id)) = place::<VisitId>(page) {
        query = query.filter(Condition::any().add(C::InAt.gt(at)).add(Condition::all().add(C::InAt.eq(at)).add(C::Id.gt(id))));
    }
    query.all(cx.read()).await.internal("reading logs to confirm")
}

/// Conflicts that wait for the viewer's word, oldest first; not of the viewer's own visits.
pub(in super::super) async fn open_conflicts(cx: &Cx, viewer: &Viewer, page: &Page) -> Result<Vec<check_in_conflict::Model>, ApiError> {
    use check_in_conflict::Column as C;
    let mut query = conflicts()
        .filter(run_by(viewer))
        .filter(C::Decision.is_null())
        .filter(C::AccountId.ne(viewer.account))
        .order_by_asc(C::At)
        .order_by_asc(C::Id)
        .limit(page.limit());
    if let Some((at, id)) = place::<CheckInConflictId>(page) {
        query = query.filter(Condition::any().add(C::At.gt(at)).add(Condition::all().add(C::At.eq(at)).add(C::Id.gt(id))));
    }
    query.all(cx.read()).await.internal("reading conflicts")
}

/// Those of these conflicts that the viewer may know of.
pub(in super::super) async fn conflicts_by_id(cx: &Cx, ids: &[CheckInConflictId]) -> Result<Vec<check_in_conflict::Model>, ApiError> {
    use check_in_conflict::Column as C;
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    let visible = Condition::any().add(C::AccountId.eq(viewer.account)).add(read_by(viewer));
    conflicts().filter(C::Id.is_in(ids.iter().copied())).filter(visible).all(cx.read()).await.internal("reading conflicts")
}

pub(in super::super) async fn conflict_now(tx: &WriteTx, id: CheckInConflictId) -> Result<Option<check_in_conflict::Model>, ApiError> {
    check_in_conflict::Entity::find_by_id(id).one(&**tx).await.internal("reading a conflict")
}

/// Late entries that wait for the viewer's word, oldest first; not the viewer's own.
pub(in super::super) async fn late_to_decide(cx: &Cx, viewer: &Viewer, page: &Page) -> Result<Vec<late_entry::Model>, ApiError> {
    use late_entry::Column as C;
    let mut query = late_entries()
        .filter(run_by(viewer))
        .filter(C::Decision.is_null())
        .filter(C::AccountId.ne(viewer.account))
        .order_by_asc(C::AskedAt)
        .order_by_asc(C::Id)
        .limit(page.limit());
    if let Some((at, id)) = place::<LateEntryId>(page) {
        query = query.filter(Condition::any().add(C::AskedAt.gt(at)).add(Condition::all().add(C::AskedAt.eq(at)).add(C::Id.gt(id))));
    }
    query.all(cx.read()).await.internal("reading late entries")
}

/// Those of these late entries that the viewer may know of.
pub(in super::super) async fn late_by_id(cx: &Cx, ids: &[LateEntryId]) -> Result<Vec<late_entry::Model>, ApiError> {
    use late_entry::Column as C;
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    let visible = Condition::any().add(C::AccountId.eq(viewer.account)).add(read_by(viewer));
    late_entries().filter(C::Id.is_in(ids.iter().copied())).filter(visible).all(cx.read()).await.internal("reading late entries")
}

pub(in super::super) async fn late_now(tx: &WriteTx, id: LateEntryId) -> Result<Option<late_entry::Model>, ApiError> {
    late_entry::Entity::find_by_id(id).one(&**tx).await.internal("reading a late entry")
}

pub(in super::super) async fn add_late(tx: &WriteTx, row: late_entry::Model) -> Result<(), ApiError> {
    let row = late_entry::ActiveModel::from(row).reset_all();
    late_entry::Entity::insert(row).exec_without_returning(&**tx).await.internal("asking for a late entry")?;
    Ok(())
}

/// Decides a late entry that nobody has decided; whether it was so. Rule: `decided_by_another`.
pub(in super::super) async fn decide_late(
    tx: &WriteTx,
    id: LateEntryId,
    decision: LateEntryDecision,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, ApiError> {
    use late_entry::Column as C;
    let update = late_entry::Entity::update_many()
        .col_expr(C::Decision, Expr::value(sea_orm::ActiveEnum::to_value(&decision)))
        .col_expr(C::DecidedAt, Expr::value(now))
        .col_expr(C::DecidedBy, Expr::value(by))
        .filter(C::Id.eq(id))
        .filter(C::Decision.is_null());
    Ok(update.exec(&**tx).await.internal("deciding a late entry")?.rows_affected == 1)
}

/// Facts by id, for whoever has come by them through something they may see.
pub(in super::super) async fn facts_by_id(cx: &Cx, ids: &[CheckInFactId]) -> Result<HashMap<CheckInFactId, check_in_fact::Model>, ApiError> {
    let rows = check_in_fact::Entity::find().filter(check_in_fact::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await;
    Ok(rows.internal("reading entries")?.into_iter().map(|row| (row.id, row)).collect())
}

/// One code used from one address by several devices.
#[derive(FromQueryResult)]
pub(in super::super) struct Shared {
    pub(in super::super) code_step: i64,
    pub(in super::super) devices: i64,
    pub(in super::super) members: i64,
}

pub(in super::super) async fn shared_codes(cx: &Cx, studio: VenueId, from_step: i64) -> Result<Vec<Shared>, ApiError> {
    let text = "SELECT code_step, count(DISTINCT device) AS devices, count(DISTINCT account_id) AS members FROM check_in_facts
                 WHERE venue_id = $1 AND code_step >= $2 AND origin IS NOT NULL
                 GROUP BY code_step, origin HAVING count(DISTINCT device) >= 3 ORDER BY code_step DESC LIMIT 50";
    let statement =
        Statement::from_sql_and_values(sea_orm::ConnectionTrait::get_database_backend(cx.read()), text, [studio.into(), from_step.into()]);
    Shared::find_by_statement(statement).all(cx.read()).await.internal("looking for shared codes")
}

/// Visits that ended by themselves without a log, and whose members have not been asked for it.
pub(in super::super) async fn to_ask(tx: &WriteTx, now: Timestamp, since: Timestamp, most: u64) -> Result<Vec<visit::Model>, ApiError> {
    use visit::Column as C;
    visit::Entity::find()
        .filter(C::OutAt.is_null())
        .filter(C::LogFactId.is_null())
        .filter(C::LogAsked.eq(false))
        .filter(C::EndsBy.lte(now))
        .filter(C::EndsBy.gt(since))
        .order_by_asc(C::EndsBy)
        .limit(most)
        .all(&**tx)
        .await
        .internal("looking for visits without a log")
}

pub(in super::super) async fn asked(tx: &WriteTx, ids: &[VisitId]) -> Result<(), ApiError> {
    visit::Entity::update_many()
        .col_expr(visit::Column::LogAsked, Expr::value(true))
        .filter(visit::Column::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await
        .internal("remembering who was asked for a log")?;
    Ok(())
}

/// Slots that have a visit which does not wait.
pub(in super::super) async fn kept_among(cx: &Cx, slots: &[DutySlotId]) -> Result<Vec<DutySlotId>, ApiError> {
    let of: RelationDef = visit::Entity::belongs_to(duty_slot::Entity).from(visit::Column::SlotId).to(duty_slot::Column::Id).into();
    let rows: Vec<Option<DutySlotId>> = visit::Entity::find()
        .select_only()
        .column(visit::Column::SlotId)
        .distinct()
        .join(JoinType::InnerJoin, of)
        .filter(visit::Column::SlotId.is_in(slots.iter().copied()))
        // A slot that changed hands is not kept by whoever had it before.
        .filter(Expr::col((visit::Entity, visit::Column::AccountId)).equals((duty_slot::Entity, duty_slot::Column::AccountId)))
        .filter(visit::Column::Waits.eq(false))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading which slots were kept")?;
    Ok(rows.into_iter().flatten().collect())
}

/// Every fact of a person, for their export.
pub(in super::super) async fn facts_of(cx: &Cx, account: AccountId) -> Result<Vec<check_in_fact::Model>, ApiError> {
    let own = check_in_fact::Entity::find().filter(check_in_fact::Column::AccountId.eq(account));
    own.order_by_asc(check_in_fact::Column::At).all(cx.read()).await.internal("exporting entries")
}

/// Every late entry of a person, for their export.
pub(in super::super) async fn late_of(cx: &Cx, account: AccountId) -> Result<Vec<late_entry::Model>, ApiError> {
    let own = late_entry::Entity::find().filter(late_entry::Column::AccountId.eq(account));
    own.order_by_asc(late_entry::Column::AskedAt).all(cx.read()).await.internal("exporting late entries")
}

/// Every objection of a person, for their export.
pub(in super::super) async fn objections_of(cx: &Cx, account: AccountId) -> Result<Vec<check_in_objection::Model>, ApiError> {
    let own = check_in_objection::Entity::find().filter(check_in_objection::Column::AccountId.eq(account));
    own.order_by_asc(check_in_objection::Column::At).all(cx.read()).await.internal("exporting objections")
}

/// Rows of a studio that a list of what waits shows of each kind.
const WAITING: u64 = 50;

pub(in super::super) async fn logs_at(cx: &Cx, studio: VenueId) -> Result<Vec<visit::Model>, ApiError> {
    use visit::Column as C;
    let open = visit::Entity::find().filter(C::VenueId.eq(studio)).filter(C::LogFactId.is_not_null()).filter(C::ConfirmedAt.is_null());
    open.order_by_asc(C::InAt).limit(WAITING).all(cx.read()).await.internal("reading logs to confirm")
}

pub(in super::super) async fn late_at(cx: &Cx, studio: VenueId) -> Result<Vec<late_entry::Model>, ApiError> {
    let open = late_entry::Entity::find().filter(late_entry::Column::VenueId.eq(studio)).filter(late_entry::Column::Decision.is_null());
    open.order_by_asc(late_entry::Column::AskedAt).limit(WAITING).all(cx.read()).await.internal("reading late entries")
}

pub(in super::super) async fn conflicts_at(cx: &Cx, studio: VenueId) -> Result<Vec<check_in_conflict::Model>, ApiError> {
    use check_in_conflict::{Column as C, Entity};
    let open = Entity::find().filter(C::VenueId.eq(studio)).filter(C::Decision.is_null());
    open.order_by_asc(C::At).limit(WAITING).all(cx.read()).await.internal("reading conflicts")
}

/// A person's late entries, the latest first.
pub(in super::super) async fn own_late(cx: &Cx, account: AccountId, page: &Page) -> Result<Vec<late_entry::Model>, ApiError> {
    use late_entry::Column as C;
    let mut query = late_entry::Entity::find().filter(C::AccountId.eq(account)).order_by_desc(C::AskedAt).order_by_desc(C::Id).limit(page.limit());
    if let Some((at, id)) = place::<LateEntryId>(page) {
        query = query.filter(Condition::any().add(C::AskedAt.lt(at)).add(Condition::all().add(C::AskedAt.eq(at)).add(C::Id.lt(id))));
    }
    query.all(cx.read()).await.internal("reading late entries")
}

/// A person's conflicts, the latest first.
pub(in super::super) async fn own_conflicts(cx: &Cx, account: AccountId, page: &Page) -> Result<Vec<check_in_conflict::Model>, ApiError> {
    use check_in_conflict::{Column as C, Entity};
    let mut query = Entity::find().filter(C::AccountId.eq(account)).order_by_desc(C::At).order_by_desc(C::Id).limit(page.limit());
    if let Some((at, id)) = place::<CheckInConflictId>(page) {
        query = query.filter(Condition::any().add(C::At.lt(at)).add(Condition::all().add(C::At.eq(at)).add(C::Id.lt(id))));
    }
    query.all(cx.read()).await.internal("reading conflicts")
}

/// What members said against entries, still sealed.
pub(in super::super) async fn objections_to(cx: &Cx, ids: &[CheckInFactId]) -> Result<HashMap<CheckInFactId, Vec<u8>>, ApiError> {
    let said = check_in_objection::Entity::find().filter(check_in_objection::Column::FactId.is_in(ids.iter().copied()));
    Ok(said.all(cx.read()).await.internal("reading objections")?.into_iter().map(|row| (row.fact_id, row.reason_enc)).collect())
}

/// Whether another visit of the same person to the same studio begins at that moment.
pub(in super::super) async fn begins_at(cx: &Cx, visit: &visit::Model, at: Timestamp) -> Result<bool, ApiError> {
    use visit::Column as C;
    let next = visit::Entity::find().filter(C::AccountId.eq(visit.account_id)).filter(C::VenueId.eq(visit.venue_id)).filter(C::InAt.eq(at));
    Ok(next.filter(C::Id.ne(visit.id)).one(cx.read()).await.internal("reading visits")?.is_some())
}
