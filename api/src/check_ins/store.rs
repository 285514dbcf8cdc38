//! Facts, what was decided about them, and the visits derived from both. The two joined statements at the top are what a
//! check-in costs; they are written by hand for that reason.
mod ledger;
mod lists;

use super::fold::{Entry, Slot};
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, Statement, Value};
use shangyi_entities::check_in_fact::{CheckInKind, EntryWay, FenceAnswer};
use shangyi_entities::check_in_settlement::Settlement;
use shangyi_entities::venue::{Datum, VenueKind};
use shangyi_entities::{AccountId, CheckInConflictId, CheckInFactId, DutySlotId, MemberId, OrganisationId, Timestamp, VenueId, VisitId};
use shangyi_entities::{check_in_conflict, check_in_fact, check_in_objection, check_in_settlement, log_confirmation, visit};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) use ledger::*;
pub(super) use lists::*;

fn sql(db: &impl ConnectionTrait, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

/// A studio, and one membership of the person in question: a row for each.
#[derive(FromQueryResult, Clone)]
pub(super) struct Scene {
    pub(super) committee_id: OrganisationId,
    pub(super) division_code: String,
    pub(super) kind: VenueKind,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) radius_metres: Option<i64>,
    pub(super) datum: Option<Datum>,
    pub(super) secret_version: Option<i64>,
    pub(super) secret_enc: Option<Vec<u8>>,
    pub(super) secret_from: Option<Timestamp>,
    pub(super) secret_by: Option<AccountId>,
    pub(super) member_id: Option<MemberId>,
    pub(super) account_id: Option<AccountId>,
    pub(super) member_from: Option<Timestamp>,
    pub(super) member_until: Option<Timestamp>,
    pub(super) earlier_id: Option<CheckInFactId>,
    pub(super) earlier_account: Option<AccountId>,
    pub(super) earlier_at: Option<Timestamp>,
    pub(super) earlier_hash: Option<Vec<u8>>,
}

/// Whose entry it is.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    Account(AccountId),
    Member(MemberId),
}

/// Everything a check-in is judged by: the studio with its secret, the person's memberships of its committee (at home or
/// by assignment, in office or not), and the same request where it came before.
pub(super) async fn scene(
    cx: &Cx,
    studio: VenueId,
    subject: Subject,
    request: (AccountId, Uuid),
    at: Timestamp,
    leaving: bool,
) -> Result<Vec<Scene>, ApiError> {
    // Whose assignment is over may still leave.
    let in_place_since = if leaving { Timestamp(0) } else { at };
    let (who, id): (_, Value) = match subject {
        Subject::Account(id) => ("m.account_id = $2", id.into()),
        Subject::Member(id) => ("m.id = $2", id.into()),
    };
    let text = format!(
        "SELECT v.committee_id, v.division_code, v.kind, v.closed_at, v.latitude, v.longitude, v.radius_metres, v.datum,
                s.version AS secret_version, s.secret_enc, s.from_at AS secret_from, s.made_by AS secret_by,
                m.id AS member_id, m.account_id, m.from_at AS member_from, m.until_at AS member_until,
                f.id AS earlier_id, f.account_id AS earlier_account, f.at AS earlier_at, f.input_hash AS earlier_hash
           FROM venues v
           LEFT JOIN studio_secrets s ON s.venue_id = v.id AND s.version = (SELECT max(x.version) FROM studio_secrets x WHERE x.venue_id = v.id)
           LEFT JOIN members m ON {who} AND (m.committee_id = v.committee_id OR EXISTS (
               SELECT 1 FROM assignments a JOIN organisations o ON o.id = a.organisation_id
                WHERE a.member_id = m.id AND o.committee_id = v.committee_id AND a.from_at <= $5 AND (a.until_at IS NULL OR a.until_at > $6)))
           LEFT JOIN check_in_facts f ON f.entered_by = $3 AND f.request_id = $4 AND f.part = 0
          WHERE v.id = $1"
    );
    let values = [studio.into(), id, request.0.into(), request.1.into(), at.into(), in_place_since.into()];
    Scene::find_by_statement(sql(cx.read(), &text, values)).all(cx.read()).await.internal("reading what a check-in is judged by")
}

#[derive(FromQueryResult)]
struct EntryRow {
    id: CheckInFactId,
    request_id: Uuid,
    part: i64,
    venue_id: VenueId,
    member_id: MemberId,
    what: CheckInKind,
    how: EntryWay,
    at: Timestamp,
    offline: bool,
    unsure: bool,
    fence: Option<FenceAnswer>,
    residents: Option<i64>,
    matters: Option<i64>,
    confirmed_at: Option<Timestamp>,
    undone: bool,
    objected: bool,
}

/// The INs and OUTs of a person's day, with what has been said about them.
pub(super) async fn entries(db: &impl ConnectionTrait, account: AccountId, day: (Timestamp, Timestamp)) -> Result<Vec<Entry>, ApiError> {
    let text =
        "SELECT f.id, f.request_id, f.part, f.venue_id, f.member_id, f.what, f.how, f.at, f.offline, f.unsure, f.fence, f.residents, f.matters,
                c.at AS confirmed_at, o.fact_id IS NOT NULL AS objected,
                EXISTS (SELECT 1 FROM check_in_facts u WHERE u.account_id = f.account_id AND u.of_request = f.request_id
                           AND u.entered_by = f.entered_by AND u.at <= f.at + 1209600000000) AS undone
           FROM check_in_facts f
           LEFT JOIN log_confirmations c ON c.fact_id = f.id
           LEFT JOIN check_in_objections o ON o.fact_id = f.id
          WHERE f.account_id = $1 AND f.at >= $2 AND f.at < $3 AND f.what <> 'UNDO'";
    let values = [account.into(), day.0.into(), day.1.into()];
    let rows = EntryRow::find_by_statement(sql(db, text, values)).all(db).await.internal("reading a day's entries")?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            id: row.id,
            request: (row.request_id, row.part),
            studio: row.venue_id,
            member: row.member_id,
            what: row.what,
            how: row.how,
            at: row.at,
            offline: row.offline,
            unsure: row.unsure,
            fence: row.fence,
            log: row.residents.zip(row.matters),
            confirmed: row.confirmed_at,
            undone: row.undone,
            objected: row.objected,
        })
        .collect())
}

/// A person's slots of a day, for the fold.
pub(super) async fn slots(db: &impl ConnectionTrait, account: AccountId, day: (Timestamp, Timestamp)) -> Result<Vec<Slot>, ApiError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: DutySlotId,
        venue_id: VenueId,
        from_at: Timestamp,
        until_at: Timestamp,
    }
    let text = "SELECT id, venue_id, from_at, until_at FROM duty_slots WHERE account_id = $1 AND from_at >= $2 AND from_at < $3";
    let rows = Row::find_by_statement(sql(db, text, [account.into(), day.0.into(), day.1.into()])).all(db).await.internal("reading a day's slots")?;
    Ok(rows.into_iter().map(|row| Slot { id: row.id, studio: row.venue_id, from: row.from_at, until: row.until_at }).collect())
}

/// Waits until nobody else writes in the person's book, where no insert does so by itself.
pub(super) async fn lock_book(tx: &WriteTx, account: AccountId) -> Result<(), ApiError> {
    if tx.get_database_backend() == sea_orm::DbBackend::Postgres {
        let text = "SELECT pg_advisory_xact_lock(hashtextextended($1, 4))";
        tx.execute_raw(sql(&**tx, text, [account.0.to_string().into()])).await.internal("locking a book")?;
    }
    Ok(())
}

/// Adds a fact unless the request came before; whether it was new. Rule: `needs_another_person`.
pub(super) async fn add_fact(tx: &WriteTx, row: check_in_fact::Model) -> Result<bool, DbErr> {
    let same = OnConflict::columns([check_in_fact::Column::EnteredBy, check_in_fact::Column::RequestId, check_in_fact::Column::Part]);
    let keep = { same }.do_nothing().to_owned();
    let row = check_in_fact::ActiveModel::from(row).reset_all();
    Ok(check_in_fact::Entity::insert(row).on_conflict(keep).exec_without_returning(&**tx).await? == 1)
}

/// The fact of a request.
pub(super) async fn fact_of(db: &impl ConnectionTrait, entered_by: AccountId, request: Uuid) -> Result<Option<check_in_fact::Model>, ApiError> {
    use check_in_fact::Column as C;
    check_in_fact::Entity::find()
        .filter(C::EnteredBy.eq(entered_by))
        .filter(C::RequestId.eq(request))
        .filter(C::Part.eq(0_i64))
        .one(db)
        .await
        .internal("reading an entry")
}

/// The fact of that id.
pub(super) async fn fact(db: &impl ConnectionTrait, id: CheckInFactId) -> Result<Option<check_in_fact::Model>, ApiError> {
    check_in_fact::Entity::find_by_id(id).one(db).await.internal("reading an entry")
}

/// Decisions about a person's day.
pub(super) async fn settlements(
    db: &impl ConnectionTrait,
    account: AccountId,
    day_begins: Timestamp,
) -> Result<HashMap<CheckInConflictId, Settlement>, ApiError> {
    let rows = check_in_settlement::Entity::find()
        .filter(check_in_settlement::Column::AccountId.eq(account))
        .filter(check_in_settlement::Column::DayBegins.eq(day_begins))
        .all(db)
        .await
        .internal("reading settlements")?;
    Ok(rows.into_iter().map(|row| (row.conflict_id, row.decision)).collect())
}

pub(super) async fn add_settlement(tx: &WriteTx, row: check_in_settlement::Model) -> Result<(), DbErr> {
    let row = check_in_settlement::ActiveModel::from(row).reset_all();
    check_in_settlement::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

pub(super) async fn add_objection(tx: &WriteTx, row: check_in_objection::Model) -> Result<bool, DbErr> {
    let keep = OnConflict::column(check_in_objection::Column::FactId).do_nothing().to_owned();
    let row = check_in_objection::ActiveModel::from(row).reset_all();
    Ok(check_in_objection::Entity::insert(row).on_conflict(keep).exec_without_returning(&**tx).await? == 1)
}

pub(super) async fn add_confirmation(tx: &WriteTx, row: log_confirmation::Model) -> Result<bool, DbErr> {
    let keep = OnConflict::column(log_confirmation::Column::FactId).do_nothing().to_owned();
    let row = log_confirmation::ActiveModel::from(row).reset_all();
    Ok(log_confirmation::Entity::insert(row).on_conflict(keep).exec_without_returning(&**tx).await? == 1)
}

/// Writes visits as they are now; `log_asked` stays.
pub(super) async fn put_visits(tx: &WriteTx, rows: Vec<visit::Model>) -> Result<(), ApiError> {
    use visit::Column as C;
    if rows.is_empty() {
        return Ok(());
    }
    let renewed = [
        C::MemberId,
        C::VenueId,
        C::SlotId,
        C::How,
        C::Offline,
        C::Fence,
        C::InAt,
        C::OutAt,
        C::EndsBy,
        C::Waits,
        C::Residents,
        C::Matters,
        C::LogFactId,
        C::ConfirmedAt,
    ];
    let again = OnConflict::column(C::Id).update_columns(renewed).to_owned();
    let rows = rows.into_iter().map(|row| visit::ActiveModel::from(row).reset_all());
    visit::Entity::insert_many(rows).on_conflict(again).exec_without_returning(&**tx).await.internal("writing visits")?;
    Ok(())
}

/// The visits of a person's day as they were derived last.
pub(super) async fn visits_of_day(db: &impl ConnectionTrait, account: AccountId, day: (Timestamp, Timestamp)) -> Result<Vec<VisitId>, ApiError> {
    let rows = visit::Entity::find()
        .filter(visit::Column::AccountId.eq(account))
        .filter(visit::Column::InAt.gte(day.0))
        .filter(visit::Column::InAt.lt(day.1))
        .all(db)
        .await
        .internal("reading visits")?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub(super) async fn drop_visits(tx: &WriteTx, ids: &[VisitId]) -> Result<(), ApiError> {
    if !ids.is_empty() {
        visit::Entity::delete_many().filter(visit::Column::Id.is_in(ids.iter().copied())).exec(&**tx).await.internal("deriving visits anew")?;
    }
    Ok(())
}

/// The conflicts of a person's day as they were derived last.
pub(super) async fn conflicts_of_day(
    db: &impl ConnectionTrait,
    account: AccountId,
    day: Timestamp,
) -> Result<Vec<check_in_conflict::Model>, ApiError> {
    check_in_conflict::Entity::find()
        .filter(check_in_conflict::Column::AccountId.eq(account))
        .filter(check_in_conflict::Column::DayBegins.eq(day))
        .all(db)
        .await
        .internal("reading conflicts")
}

pub(super) async fn put_conflict(tx: &WriteTx, row: check_in_conflict::Model) -> Result<(), ApiError> {
    let again = OnConflict::column(check_in_conflict::Column::Id).update_column(check_in_conflict::Column::Decision).to_owned();
    let row = check_in_conflict::ActiveModel::from(row).reset_all();
    check_in_conflict::Entity::insert(row).on_conflict(again).exec_without_returning(&**tx).await.internal("writing a conflict")?;
    Ok(())
}

pub(super) async fn drop_conflicts(tx: &WriteTx, ids: &[CheckInConflictId]) -> Result<(), ApiError> {
    if !ids.is_empty() {
        check_in_conflict::Entity::delete_many()
            .filter(check_in_conflict::Column::Id.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await
            .internal("deriving conflicts anew")?;
    }
    Ok(())
}

/// Counts one guess for each subject that has one left; says for how many.
pub(super) async fn count_guess(tx: &WriteTx, subjects: &[String], hour: i64, most: i64) -> Result<u64, ApiError> {
    let text = "INSERT INTO code_failures (subject, hour, counted) VALUES ($1, $4, 1), ($2, $4, 1), ($3, $4, 1)
                ON CONFLICT (subject, hour) DO UPDATE SET counted = code_failures.counted + 1 WHERE code_failures.counted < $5";
    let values = subjects.iter().map(|subject| Value::from(subject.as_str())).chain([hour.into(), most.into()]);
    Ok(tx.execute_raw(sql(&**tx, text, values)).await.internal("counting a code")?.rows_affected())
}

/// Whether there is any fact at all.
pub(super) async fn any_fact(db: &impl ConnectionTrait) -> Result<bool, ApiError> {
    use sea_orm::SelectExt;
    check_in_fact::Entity::find().exists(db).await.internal("looking for entries")
}
