//! Counting what a studio did, month by month, in the database.
use crate::kernel::{ApiError, Cx, OrInternal};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef, Statement};
use shangyi_entities::{OccasionId, Timestamp, VenueId, duty_slot, visit};

/// A month: its number, when it begins and ends.
pub(in super::super) type Span = (i32, Timestamp, Timestamp);

fn months(spans: &[Span]) -> String {
    // Numbers of our own; nothing of a request stands in here.
    let rows: Vec<String> = spans.iter().map(|(month, from, until)| format!("({month}, {}, {})", from.0, until.0)).collect();
    format!("WITH months (month, begins, ends) AS (VALUES {})", rows.join(", "))
}

#[derive(FromQueryResult)]
pub(in super::super) struct Slots {
    pub(in super::super) month: i32,
    pub(in super::super) slots: i64,
    pub(in super::super) kept: i64,
}

#[derive(FromQueryResult)]
pub(in super::super) struct Visits {
    pub(in super::super) month: i32,
    pub(in super::super) visits: i64,
    pub(in super::super) residents: i64,
    pub(in super::super) matters: i64,
}

pub(in super::super) async fn ledger_slots(cx: &Cx, studio: VenueId, spans: &[Span]) -> Result<Vec<Slots>, ApiError> {
    let kept = "EXISTS (SELECT 1 FROM visits v WHERE v.slot_id = d.id AND v.account_id = d.account_id AND v.waits = FALSE)";
    let text = format!(
        "{} SELECT month, count(*) AS slots, CAST(sum(CASE WHEN {kept} THEN 1 ELSE 0 END) AS BIGINT) AS kept
              FROM months JOIN duty_slots d ON d.venue_id = $1 AND d.from_at >= begins AND d.from_at < ends AND d.state = 'ASSIGNED' GROUP BY month",
        months(spans)
    );
    let statement = Statement::from_sql_and_values(cx.read().get_database_backend(), text, [studio.into()]);
    Slots::find_by_statement(statement).all(cx.read()).await.internal("counting a studio's slots")
}

pub(in super::super) async fn ledger_visits(cx: &Cx, studio: VenueId, spans: &[Span]) -> Result<Vec<Visits>, ApiError> {
    let text = format!(
        "{} SELECT month, count(*) AS visits, CAST(coalesce(sum(residents), 0) AS BIGINT) AS residents,
                   CAST(coalesce(sum(matters), 0) AS BIGINT) AS matters
              FROM months JOIN visits v ON v.venue_id = $1 AND v.in_at >= begins AND v.in_at < ends AND v.waits = FALSE GROUP BY month",
        months(spans)
    );
    let statement = Statement::from_sql_and_values(cx.read().get_database_backend(), text, [studio.into()]);
    Visits::find_by_statement(statement).all(cx.read()).await.internal("counting a studio's visits")
}

/// Duties of a studio, as occasions of the calendar, in which somebody wrote a log.
pub(in super::super) async fn logged_occasions(cx: &Cx, studio: VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<OccasionId>, ApiError> {
    let to_slot: RelationDef = visit::Entity::belongs_to(duty_slot::Entity).from(visit::Column::SlotId).to(duty_slot::Column::Id).into();
    visit::Entity::find()
        .select_only()
        .column(duty_slot::Column::OccasionId)
        .distinct()
        .join(JoinType::InnerJoin, to_slot)
        .filter(visit::Column::VenueId.eq(studio))
        .filter(visit::Column::InAt.gte(from))
        .filter(visit::Column::InAt.lt(until))
        .filter(visit::Column::Residents.is_not_null())
        .filter(visit::Column::Waits.eq(false))
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading duties with a log")
}
