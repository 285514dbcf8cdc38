use super::super::lists::{TriageCount, Wanted};
use super::super::{TopicOrder, clocks, words};
use super::{FLAG_NOTE, NOTE, of_desk};
use crate::calendar::deadlines;
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, personal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoSimpleExpr, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Statement,
};
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::topic_flag::FlagReason;
use shangyi_entities::{AccountId, CampaignId, OrganisationId, TopicId, TopicSupportId, TypedId};
use shangyi_entities::{second_look, topic_answer, topic_event, topic_flag, topic_support};
use std::collections::HashMap;
use uuid::Uuid;

/// `(a, b) < (x, y)`, or `>`: the row after which a page begins.
fn beyond(a: Expr, b: Expr, x: impl Into<sea_orm::Value>, y: impl Into<sea_orm::Value>, order: Order) -> Expr {
    use sea_orm::ExprTrait as _;
    let (row, key) = (Expr::tuple([a, b]), Expr::tuple([Expr::val(x), Expr::val(y)]));
    if order == Order::Asc { row.gt(key) } else { row.lt(key) }
}

/// Everything but the text, which a page of titles does not need.
fn titles() -> Select<topic::Entity> {
    use sea_orm::Iterable;
    let columns = topic::Column::iter().filter(|column| !matches!(column, topic::Column::Body));
    topic::Entity::find().select_only().columns(columns).expr_as(Expr::value(None::<String>), "body")
}

/// A page of public topics: one walk along one index.
pub(in super::super) async fn public(
    cx: &Cx,
    division: Option<&str>,
    state: Option<TopicState>,
    order: TopicOrder,
    with_text: bool,
    page: &Page,
) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    let mut query = if with_text { topic::Entity::find() } else { titles() };
    query = query.filter(C::PublicSince.is_not_null()).filter(C::CanonicalId.is_null());
    if let Some(code) = division {
        use sea_orm::ExprTrait as _;
        // The length stands in the text, as it does in the index.
        query = query.filter(Expr::cust(format!("substr(\"topics\".\"division_code\", 1, {})", code.len())).eq(code));
    }
    if let Some(state) = state {
        query = query.filter(C::State.eq(state));
    }
    let id = C::Id.into_simple_expr();
    let after = page.after::<2>().and_then(|[key, id]| Some((key.parse::<i64>().ok()?, Gid::<TopicId>::parse(id)?.0)));
    let key = match order {
        TopicOrder::Newest => C::PublicSince.into_simple_expr(),
        TopicOrder::MostSupported => Expr::cust("(\"topics\".\"voice_count\" + \"topics\".\"imported_support\")"),
    };
    if let Some((at, last)) = after {
        query = query.filter(beyond(key.clone(), id.clone(), at, last, Order::Desc));
    }
    query = query.order_by(key, Order::Desc).order_by(id, Order::Desc).limit(page.limit());
    query.all(cx.read()).await.internal("reading public topics")
}

/// The words stand in the text, as they do in the index of what is at work.
const AT_WORK: &str = "\"topics\".\"state\" IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'REOPENED')";

pub(in super::super) async fn triage(
    cx: &Cx,
    viewer: &Viewer,
    wanted: &Wanted,
    terms: Option<&[i64]>,
    page: &Page,
) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    let mut query = topic::Entity::find().filter(of_desk(viewer)).order_by_asc(C::SubmittedAt).order_by_asc(C::Id).limit(page.limit());
    let looks_elsewhere = wanted.flagged || wanted.second_look || terms.is_some();
    match wanted.state {
        Some(state) => query = query.filter(C::State.eq(state)),
        None if !looks_elsewhere => query = query.filter(Expr::cust(AT_WORK)),
        None => {}
    }
    if !looks_elsewhere {
        // What is merged is worked on with its canonical topic.
        query = query.filter(C::CanonicalId.is_null());
    }
    if wanted.flagged {
        let flags = topic_flag::Entity::find().select_only().column(topic_flag::Column::TopicId);
        query = query.filter(C::PublicSince.is_not_null()).filter(C::Id.in_subquery(flags.into_query()));
    }
    if wanted.second_look {
        let asked = second_look::Entity::find().select_only().column(second_look::Column::TopicId).filter(second_look::Column::Decision.is_null());
        query = query.filter(C::Id.in_subquery(asked.into_query()));
    }
    if let Some(terms) = terms {
        query = query.filter(C::Id.in_subquery(words::having(terms)));
    }
    if let Some(at) = wanted.due_before {
        query = query.filter(C::Id.in_subquery(deadlines::due_before(clocks::OF_DESK, at)));
    }
    if wanted.taken_by_me {
        query = query.filter(C::TakenBy.eq(viewer.account));
    }
    if let Some((at, id)) = page.after::<2>().and_then(|[at, id]| Some((at.parse::<i64>().ok()?, Gid::<TopicId>::parse(id)?.0))) {
        query = query.filter(beyond(C::SubmittedAt.into_simple_expr(), C::Id.into_simple_expr(), at, id, Order::Asc));
    }
    query.all(cx.read()).await.internal("reading the desk's topics")
}

/// Topics at work of a division whose first look or decision is overdue, the oldest first; at most 100.
pub(in super::super) async fn overdue_in(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    topic::Entity::find()
        .filter(C::CommitteeId.eq(committee))
        .filter(crate::organisation::in_subtree(C::DivisionCode, division))
        .filter(Expr::cust(AT_WORK))
        .filter(C::CanonicalId.is_null())
        .filter(C::Id.in_subquery(deadlines::due_before(clocks::OF_DESK, cx.now())))
        .order_by_asc(C::SubmittedAt)
        .order_by_asc(C::Id)
        .limit(100)
        .all(cx.read())
        .await
        .internal("reading overdue topics")
}

/// How many topics of the desk are in each state that is at work, and how many of them are overdue.
pub(in super::super) async fn triage_counts(cx: &Cx, viewer: &Viewer) -> Result<Vec<TriageCount>, ApiError> {
    use sea_orm::ExprTrait as _;
    use topic::Column as C;
    let overdue = C::Id.in_subquery(deadlines::due_before(clocks::OF_DESK, cx.now()));
    let overdue = Expr::case(overdue, 1_i64).finally(0_i64);
    topic::Entity::find()
        .select_only()
        .column(C::State)
        .column_as(C::Id.count(), "count")
        .column_as(Expr::expr(overdue).sum().cast_as("BIGINT"), "overdue")
        .filter(of_desk(viewer))
        .filter(Expr::cust(AT_WORK))
        .filter(C::CanonicalId.is_null())
        .group_by(C::State)
        .order_by_asc(C::State)
        .into_model::<TriageCount>()
        .all(cx.read())
        .await
        .internal("counting the desk's topics")
}

pub(in super::super) async fn of_campaign(cx: &Cx, campaign: CampaignId, page: &Page) -> Result<Vec<topic::Model>, ApiError> {
    let viewer = cx.viewer_if_any().await?;
    let mut query = topic::Entity::find()
        .filter(topic::Column::CampaignId.eq(campaign))
        .filter(super::visible_to(viewer))
        .order_by_asc(topic::Column::Id)
        .limit(page.limit());
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<TopicId>::parse(id)) {
        query = query.filter(topic::Column::Id.gt(id.0));
    }
    query.all(cx.read()).await.internal("reading a campaign's topics")
}

/// How many topics of each campaign stand where; a merged one stands where its canonical one does.
pub(in super::super) async fn outcomes(cx: &Cx, campaigns: &[CampaignId]) -> Result<HashMap<CampaignId, Vec<(TopicState, i64)>>, ApiError> {
    if campaigns.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=campaigns.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT t.campaign_id, CASE WHEN t.state = 'WITHDRAWN' THEN t.state ELSE coalesce(c.state, t.state) END AS state, COUNT(*) AS count
           FROM topics t LEFT JOIN topics c ON c.id = t.canonical_id WHERE t.campaign_id IN ({}) GROUP BY 1, 2 ORDER BY 1, 2",
        places.join(", ")
    );
    let values = campaigns.iter().map(|id| sea_orm::Value::from(*id));
    let statement = Statement::from_sql_and_values(cx.read().get_database_backend(), sql, values);
    let rows = cx.read().query_all_raw(statement).await.internal("counting what became of topics")?;
    let mut found: HashMap<CampaignId, Vec<(TopicState, i64)>> = HashMap::new();
    for row in rows {
        let read = || -> Result<(CampaignId, TopicState, i64), sea_orm::DbErr> {
            Ok((row.try_get("", "campaign_id")?, row.try_get("", "state")?, row.try_get("", "count")?))
        };
        let (campaign, state, count) = read().internal("reading what became of topics")?;
        found.entry(campaign).or_default().push((state, count));
    }
    Ok(found)
}

pub(in super::super) async fn waiting(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    titles()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::DivisionCode.gte(division))
        .filter(C::DivisionCode.lt(format!("{division}:")))
        .filter(Expr::cust(AT_WORK))
        .filter(C::CanonicalId.is_null())
        .order_by_asc(C::Id)
        .limit(50)
        .all(cx.read())
        .await
        .internal("reading topics that wait")
}

pub(in super::super) async fn mine(cx: &Cx, account: AccountId, page: &Page) -> Result<Vec<topic::Model>, ApiError> {
    let mut query = topic::Entity::find().filter(topic::Column::AuthorId.eq(account)).order_by_desc(topic::Column::Id).limit(page.limit());
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<TopicId>::parse(id)) {
        query = query.filter(topic::Column::Id.lt(id.0));
    }
    query.all(cx.read()).await.internal("reading one's own topics")
}

/// Topics a person backs, with the support each is listed by.
pub(in super::super) async fn supported(cx: &Cx, account: AccountId, page: &Page) -> Result<Vec<(TopicSupportId, topic::Model)>, ApiError> {
    use topic_support::Column as C;
    let mut query = topic_support::Entity::find()
        .find_also_related_topic()
        .filter(C::AccountId.eq(account))
        .filter(C::WithdrawnAt.is_null())
        .order_by_desc(C::Id)
        .limit(page.limit());
    if let Some(id) = page.after::<1>().and_then(|[id]| Gid::<TopicSupportId>::parse(id)) {
        query = query.filter(C::Id.lt(id.0));
    }
    let rows = query.all(cx.read()).await.internal("reading supports")?;
    Ok(rows.into_iter().filter_map(|(support, topic)| Some((support.id, topic?))).collect())
}

/// The latest answer of each topic.
pub(in super::super) async fn answers_of(cx: &Cx, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<topic_answer::Model>>, ApiError> {
    let rows = topic_answer::Entity::find()
        .filter(topic_answer::Column::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(topic_answer::Column::At)
        .all(cx.read())
        .await
        .internal("reading answers")?;
    let mut found: HashMap<TopicId, Vec<topic_answer::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.topic_id).or_default().push(row);
    }
    Ok(found)
}

/// Which of the topics the account backs.
pub(in super::super) async fn backed_among(cx: &Cx, account: AccountId, topics: &[TopicId]) -> Result<Vec<TopicId>, ApiError> {
    use topic_support::Column as C;
    topic_support::Entity::find()
        .select_only()
        .column(C::TopicId)
        .filter(C::AccountId.eq(account))
        .filter(C::TopicId.is_in(topics.iter().copied()))
        .filter(C::WithdrawnAt.is_null())
        .into_tuple()
        .all(cx.read())
        .await
        .internal("reading supports")
}

/// History, oldest first, with the author's own words where their key still opens them.
pub(in super::super) async fn history_of(
    cx: &Cx,
    topics: &[TopicId],
) -> Result<HashMap<TopicId, Vec<(topic_event::Model, Option<String>)>>, ApiError> {
    let rows = topic_event::Entity::find()
        .filter(topic_event::Column::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(topic_event::Column::TopicId)
        .order_by_asc(topic_event::Column::Version)
        .all(cx.read())
        .await
        .internal("reading history")?;
    let sealed: Vec<Uuid> = rows.iter().filter_map(|row| row.note_subject).collect();
    let keys = if sealed.is_empty() { HashMap::new() } else { personal::of_many(cx.read(), &cx.app().keys, &sealed).await? };
    let mut found: HashMap<TopicId, Vec<(topic_event::Model, Option<String>)>> = HashMap::new();
    for row in rows {
        let own = row.note_enc.as_deref().zip(row.note_subject).and_then(|(sealed, subject)| keys.get(&subject)?.open(NOTE, sealed));
        let note = own.or_else(|| row.note.clone());
        found.entry(row.topic_id).or_default().push((row, note));
    }
    Ok(found)
}

/// What each topic was flagged for, with the words of those who flagged it where their key still opens them.
pub(in super::super) async fn flags_of(cx: &Cx, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<(FlagReason, Option<String>)>>, ApiError> {
    let rows = topic_flag::Entity::find()
        .filter(topic_flag::Column::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(topic_flag::Column::Id)
        .all(cx.read())
        .await
        .internal("reading flags")?;
    let subjects: Vec<Uuid> = rows.iter().filter(|row| row.note_enc.is_some()).map(|row| row.account_id.uuid()).collect();
    let keys = if subjects.is_empty() { HashMap::new() } else { personal::of_many(cx.read(), &cx.app().keys, &subjects).await? };
    let mut found: HashMap<TopicId, Vec<(FlagReason, Option<String>)>> = HashMap::new();
    for row in rows {
        let note = row.note_enc.as_deref().and_then(|sealed| keys.get(&row.account_id.uuid())?.open(FLAG_NOTE, sealed));
        found.entry(row.topic_id).or_default().push((row.why, note));
    }
    Ok(found)
}

/// How a support leads to its topic.
trait ToTopic {
    fn find_also_related_topic(self) -> sea_orm::SelectTwo<topic_support::Entity, topic::Entity>;
}

impl ToTopic for Select<topic_support::Entity> {
    fn find_also_related_topic(self) -> sea_orm::SelectTwo<topic_support::Entity, topic::Entity> {
        let to_topic: sea_orm::RelationDef =
            topic_support::Entity::belongs_to(topic::Entity).from(topic_support::Column::TopicId).to(topic::Column::Id).into();
        self.select_also(topic::Entity).join(sea_orm::JoinType::InnerJoin, to_topic)
    }
}
