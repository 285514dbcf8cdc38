//! Campaigns and where they ask: the only file that names those tables.
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx};
use crate::organisation::in_subtree;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoSimpleExpr, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef,
};
use shangyi_entities::{AccountId, CampaignId, OrganisationId, Timestamp, campaign, campaign_division};
use std::collections::HashMap;

/// The campaigns of those ids.
pub(super) async fn by_ids(cx: &Cx, ids: &[CampaignId]) -> Result<Vec<campaign::Model>, ApiError> {
    campaign::Entity::find().filter(campaign::Column::Id.is_in(ids.iter().copied())).all(cx.read()).await.internal("reading campaigns")
}

/// Where each of those campaigns asks, by code.
pub(super) async fn codes_of(cx: &Cx, ids: &[CampaignId]) -> Result<HashMap<CampaignId, Vec<String>>, ApiError> {
    use campaign_division::Column as C;
    let rows = campaign_division::Entity::find()
        .filter(C::CampaignId.is_in(ids.iter().copied()))
        .order_by_asc(C::DivisionCode)
        .all(cx.read())
        .await
        .internal("reading where campaigns ask")?;
    let mut found: HashMap<CampaignId, Vec<String>> = HashMap::new();
    for row in rows {
        found.entry(row.campaign_id).or_default().push(row.division_code);
    }
    Ok(found)
}

/// The campaign of that id, and where it asks: one statement.
pub(super) async fn with_divisions(db: &impl ConnectionTrait, id: CampaignId) -> Result<Option<(campaign::Model, Vec<String>)>, ApiError> {
    let to_divisions: RelationDef =
        campaign::Entity::belongs_to(campaign_division::Entity).from(campaign::Column::Id).to(campaign_division::Column::CampaignId).into();
    let rows = campaign::Entity::find_by_id(id)
        .select_also(campaign_division::Entity)
        .join(JoinType::InnerJoin, to_divisions)
        .all(db)
        .await
        .internal("reading a campaign")?;
    let (mut found, mut codes) = (None, Vec::with_capacity(rows.len()));
    for (row, place) in rows {
        found = Some(row);
        codes.extend(place.map(|place| place.division_code));
    }
    Ok(found.map(|row| (row, codes)))
}

/// The committee's default campaign that nobody has closed; it may not have begun, or its time may be over.
pub(super) async fn default_of(cx: &Cx, committee: OrganisationId) -> Result<Option<campaign::Model>, ApiError> {
    use campaign::Column as C;
    campaign::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        // As the index says it.
        .filter(C::IsDefault.into_simple_expr())
        .filter(C::ClosedAt.is_null())
        .one(cx.read())
        .await
        .internal("reading a default campaign")
}

/// A page of campaigns, the newest first.
pub(super) async fn page(cx: &Cx, division: Option<&str>, open: Option<bool>, page: &Page) -> Result<Vec<campaign::Model>, ApiError> {
    use campaign::Column as C;
    let mut query = campaign::Entity::find().order_by_desc(C::Id).limit(page.limit());
    if let Some(code) = division {
        let asking = campaign_division::Entity::find().select_only().column(campaign_division::Column::CampaignId).filter(asks_in(code));
        query = query.filter(C::Id.in_subquery(asking.into_query()));
    }
    if let Some(open) = open {
        query = query.filter(if open { takes_topics(cx.now()) } else { takes_none(cx.now()) });
    }
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<CampaignId>::parse(id)) {
        query = query.filter(C::Id.lt(id.0));
    }
    query.all(cx.read()).await.internal("reading campaigns")
}

/// Where the code itself is asked about, what lies above it, or something under it.
fn asks_in(code: &str) -> Condition {
    use campaign_division::Column as C;
    // Of the beginnings of a code, those that are codes are the divisions above.
    let above: Vec<&str> = (1..code.len()).filter_map(|length| code.get(..length)).collect();
    Condition::any().add(C::DivisionCode.is_in(above)).add(in_subtree(C::DivisionCode, code))
}

/// `model::is_open`, in SQL.
fn takes_topics(now: Timestamp) -> Condition {
    use campaign::Column as C;
    let not_over = Condition::any().add(C::ClosesAt.is_null()).add(C::ClosesAt.gt(now));
    Condition::all().add(C::ClosedAt.is_null()).add(C::OpensAt.lte(now)).add(not_over)
}

/// The contrary.
fn takes_none(now: Timestamp) -> Condition {
    use campaign::Column as C;
    Condition::any().add(C::ClosedAt.is_not_null()).add(C::OpensAt.gt(now)).add(C::ClosesAt.lte(now))
}

/// Writes a campaign and where it asks. Rule: `one_open_default`.
pub(super) async fn insert(tx: &WriteTx, row: campaign::Model, codes: &[String]) -> Result<(), DbErr> {
    let id = row.id;
    campaign::Entity::insert(campaign::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await?;
    let rows: Vec<_> = codes
        .iter()
        .map(|code| campaign_division::Model { campaign_id: id, division_code: code.clone() })
        .map(|row| campaign_division::ActiveModel::from(row).reset_all())
        .collect();
    campaign_division::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Closes a campaign unless somebody has; whether it was so.
pub(super) async fn close(tx: &WriteTx, id: CampaignId, by: AccountId, now: Timestamp) -> Result<bool, ApiError> {
    use campaign::Column as C;
    let closed = campaign::Entity::update_many()
        .col_expr(C::ClosedAt, Expr::value(now))
        .col_expr(C::ClosedBy, Expr::value(by))
        .filter(C::Id.eq(id))
        .filter(C::ClosedAt.is_null())
        .exec(&**tx)
        .await
        .internal("closing a campaign")?;
    Ok(closed.rows_affected == 1)
}
