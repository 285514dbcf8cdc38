//! Plans, their items and comments: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use shangyi_entities::{AccountId, OrganisationId, PlanItemId, ProgrammeId, Timestamp, YearPlanId, plan_comment, plan_item, year_plan};
use std::collections::HashMap;

/// Where comments belong.
pub(in crate::consultations) const TEXT: &str = "plan_comments.text";

pub(in crate::consultations) async fn by_ids(cx: &Cx, ids: &[YearPlanId]) -> Result<Vec<year_plan::Model>, ApiError> {
    year_plan::Entity::find().filter(year_plan::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading plans")
}

pub(in crate::consultations) async fn of_year(cx: &Cx, committee: OrganisationId, year: i64) -> Result<Option<year_plan::Model>, ApiError> {
    year_plan::Entity::find()
        .filter(year_plan::Column::CommitteeId.eq(committee))
        .filter(year_plan::Column::Year.eq(year))
        .one(cx.read())
        .await
        .internal("reading a plan")
}

/// Plans of a committee that wait for a decision: commented, or with the time for comments over.
pub(in crate::consultations) async fn waiting(cx: &Cx, committee: OrganisationId) -> Result<Vec<year_plan::Model>, ApiError> {
    use year_plan::Column as C;
    let commented = sea_orm::QueryTrait::into_query(
        plan_comment::Entity::find()
            .select_only()
            .column(plan_comment::Column::PlanId)
            .filter(Expr::col((plan_comment::Entity, plan_comment::Column::PlanVersion)).equals((year_plan::Entity, C::Version))),
    );
    // Right after an approval the version is one ahead of what was approved.
    let changed = Condition::any().add(C::ApprovedVersion.is_null()).add(Expr::col(C::Version).gt(Expr::col(C::ApprovedVersion).add(1)));
    year_plan::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(changed)
        .filter(Condition::any().add(C::CommentsUntil.lte(cx.now())).add(C::Id.in_subquery(commented)))
        .order_by_asc(C::Year)
        .all(cx.read())
        .await
        .internal("reading plans that wait")
}

pub(in crate::consultations) async fn locked(tx: &WriteTx, id: YearPlanId) -> Result<Option<year_plan::Model>, ApiError> {
    year_plan::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&**tx).await.internal("reading a plan to be changed")
}

pub(super) async fn locked_of_year(tx: &WriteTx, committee: OrganisationId, year: i64) -> Result<Option<year_plan::Model>, ApiError> {
    year_plan::Entity::find()
        .filter(year_plan::Column::CommitteeId.eq(committee))
        .filter(year_plan::Column::Year.eq(year))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await
        .internal("reading a plan to be changed")
}

/// Rule: `one_plan_per_year`.
pub(super) async fn insert(tx: &WriteTx, row: year_plan::Model) -> Result<(), DbErr> {
    year_plan::Entity::insert(year_plan::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// Makes a further version of it; the row is locked.
pub(super) async fn redraft(tx: &WriteTx, id: YearPlanId, comments_until: Timestamp, at: Timestamp, by: AccountId) -> Result<(), ApiError> {
    let changes = year_plan::ActiveModel { comments_until: Set(comments_until), drafted_at: Set(at), drafted_by: Set(by), ..Default::default() };
    advance(tx, id, changes).await.internal("redrafting a plan")
}

/// Approves its current version; the row is locked. Rule: `plan_is_commented`.
pub(in crate::consultations) async fn approve(tx: &WriteTx, row: &year_plan::Model, at: Timestamp) -> Result<(), DbErr> {
    let changes = year_plan::ActiveModel { approved_version: Set(Some(row.version)), approved_at: Set(Some(at)), ..Default::default() };
    advance(tx, row.id, changes).await
}

async fn advance(tx: &WriteTx, id: YearPlanId, changes: year_plan::ActiveModel) -> Result<(), DbErr> {
    year_plan::Entity::update_many()
        .set(changes)
        .col_expr(year_plan::Column::Version, Expr::col(year_plan::Column::Version).add(1))
        .filter(year_plan::Column::Id.eq(id))
        .exec(&**tx)
        .await
        .map(|_| ())
}

/// Drops items of a plan that are in it; how many there were.
pub(super) async fn drop_items(tx: &WriteTx, plan: YearPlanId, version: i64, ids: &[PlanItemId]) -> Result<usize, ApiError> {
    use plan_item::Column as C;
    if ids.is_empty() {
        return Ok(0);
    }
    let dropped = plan_item::Entity::update_many()
        .col_expr(C::DroppedIn, Expr::value(version))
        .filter(C::PlanId.eq(plan))
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(C::DroppedIn.is_null())
        .exec(&**tx)
        .await
        .internal("dropping items")?;
    Ok(usize::try_from(dropped.rows_affected).unwrap_or(usize::MAX))
}

pub(super) async fn insert_items(tx: &WriteTx, rows: &[plan_item::Model]) -> Result<(), ApiError> {
    for rows in rows.chunks(500) {
        let rows = rows.iter().map(|row| plan_item::ActiveModel::from(row.clone()).reset_all());
        plan_item::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("adding items")?;
    }
    Ok(())
}

pub(super) async fn count_items(tx: &WriteTx, plan: YearPlanId) -> Result<usize, ApiError> {
    let items = plan_item::Entity::find().filter(plan_item::Column::PlanId.eq(plan)).filter(plan_item::Column::DroppedIn.is_null());
    Ok(usize::try_from(items.count(&**tx).await.internal("counting items")?).unwrap_or(usize::MAX))
}

pub(super) async fn insert_comment(tx: &WriteTx, row: plan_comment::Model) -> Result<(), ApiError> {
    plan_comment::Entity::insert(plan_comment::ActiveModel::from(row).reset_all())
        .exec_without_returning(&**tx)
        .await
        .internal("adding a comment")?;
    Ok(())
}

/// All items that were ever in those plans, as they were added.
pub(in crate::consultations) async fn items_of(cx: &Cx, plans: &[YearPlanId]) -> Result<HashMap<YearPlanId, Vec<plan_item::Model>>, ApiError> {
    let rows = plan_item::Entity::find()
        .filter(plan_item::Column::PlanId.is_in(plans.iter().copied()))
        .order_by_asc(plan_item::Column::Quarter)
        .order_by_asc(plan_item::Column::Id)
        .all(cx.read())
        .await
        .internal("reading items of plans")?;
    let mut found: HashMap<YearPlanId, Vec<plan_item::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.plan_id).or_default().push(row);
    }
    Ok(found)
}

/// What was said of those plans, oldest first.
pub(in crate::consultations) async fn comments_of(cx: &Cx, plans: &[YearPlanId]) -> Result<HashMap<YearPlanId, Vec<plan_comment::Model>>, ApiError> {
    let rows = plan_comment::Entity::find()
        .filter(plan_comment::Column::PlanId.is_in(plans.iter().copied()))
        .order_by_asc(plan_comment::Column::Id)
        .all(cx.read())
        .await
        .internal("reading comments on plans")?;
    let mut found: HashMap<YearPlanId, Vec<plan_comment::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.plan_id).or_default().push(row);
    }
    Ok(found)
}

/// What a person said of plans, the latest first; at most 1000.
pub(in crate::consultations) async fn comments_by(cx: &Cx, account: AccountId) -> Result<Vec<plan_comment::Model>, ApiError> {
    use plan_comment::Column as C;
    let query = plan_comment::Entity::find().filter(C::AccountId.eq(account)).order_by_desc(C::Id).limit(1000);
    query.all(cx.read()).await.internal("reading one's comments")
}

/// Those of these plans whose committee's internal side the viewer is of.
pub(in crate::consultations) async fn visible(cx: &Cx, ids: &[YearPlanId]) -> Result<Vec<year_plan::Model>, ApiError> {
    let Some(viewer) = cx.viewer_if_any().await? else { return Ok(Vec::new()) };
    Ok(by_ids(cx, ids).await?.into_iter().filter(|row| viewer.is_internal(row.committee_id)).collect())
}

/// Each of these items with its plan.
pub(in crate::consultations) async fn items_by_id(
    cx: &Cx,
    ids: &[PlanItemId],
) -> Result<HashMap<PlanItemId, (plan_item::Model, year_plan::Model)>, ApiError> {
    let rows = plan_item::Entity::find().filter(plan_item::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading items")?;
    let plans: Vec<YearPlanId> = rows.iter().map(|row| row.plan_id).collect();
    let plans: HashMap<YearPlanId, year_plan::Model> = by_ids(cx, &plans).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(rows.into_iter().filter_map(|row| Some((row.id, (row.clone(), plans.get(&row.plan_id)?.clone())))).collect())
}

/// An item with its plan.
pub(in crate::consultations) async fn item(
    db: &impl ConnectionTrait,
    id: PlanItemId,
) -> Result<Option<(plan_item::Model, year_plan::Model)>, ApiError> {
    let Some(item) = plan_item::Entity::find_by_id(id).one(db).await.internal("reading an item")? else { return Ok(None) };
    let plan = year_plan::Entity::find_by_id(item.plan_id).one(db).await.internal("reading a plan")?;
    Ok(plan.map(|plan| (item, plan)))
}

/// Whether the item is in the approved version of its plan.
pub(in crate::consultations) fn is_approved(item: &plan_item::Model, plan: &year_plan::Model) -> bool {
    plan.approved_version.is_some_and(|version| item.added_in <= version && item.dropped_in.is_none_or(|dropped| dropped > version))
}

/// How many items of each programme stand in the approved plan of a year, in the subtree of a division.
pub(in crate::consultations) async fn approved_in(
    cx: &Cx,
    committee: OrganisationId,
    year: i64,
    division: &str,
) -> Result<HashMap<ProgrammeId, i64>, ApiError> {
    let Some(plan) = of_year(cx, committee, year).await? else { return Ok(HashMap::new()) };
    let items = items_of(cx, &[plan.id]).await?.remove(&plan.id).unwrap_or_default();
    let mut found: HashMap<ProgrammeId, i64> = HashMap::new();
    for item in items.iter().filter(|item| is_approved(item, &plan) && item.division_code.starts_with(division)) {
        *found.entry(item.programme_id).or_default() += 1;
    }
    Ok(found)
}
