use super::super::TopicOrder;
use super::{FLAG_NOTE, NOTE, of_desk};
use crate::kernel::pages::Page;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, personal};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::topic_flag::FlagReason;
use shangyi_entities::{AccountId, OrganisationId, TopicId, TopicSupportId, TypedId};
use shangyi_entities::{topic_answer, topic_event, topic_flag, topic_support};
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
    query = query.filter(C::PublicSince.is_not_null());
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
        TopicOrder::MostSupported => Expr::cust("(\"topics\".\"support_count\" + \"topics\".\"imported_support\")"),
    };
    if let Some((at, last)) = after {
        query = query.filter(beyond(key.clone(), id.clone(), at, last, Order::Desc));
    }
    query = query.order_by(key, Order::Desc).order_by(id, Order::Desc).limit(page.limit());
    query.all(cx.read()).await.internal("reading public topics")
}

pub(in super::super) async fn triage(
    cx: &Cx,
    viewer: &Viewer,
    states: &[TopicState],
    flagged: bool,
    page: &Page,
) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    let mut query = topic::Entity::find().filter(of_desk(viewer)).order_by_asc(C::SubmittedAt).order_by_asc(C::Id).limit(page.limit());
    if flagged {
        let flags = topic_flag::Entity::find().select_only().column(topic_flag::Column::TopicId);
        query = query.filter(C::PublicSince.is_not_null()).filter(C::Id.in_subquery(flags.into_query()));
    } else {
        // The words stand in the text, as they do in the index of what waits.
        const WAITING: &str = "\"topics\".\"state\" IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED')";
        let waiting = [TopicState::Submitted, TopicState::NeedsMore, TopicState::Accepted];
        if states.iter().all(|state| waiting.contains(state)) {
            query = query.filter(Expr::cust(WAITING));
        }
        query = query.filter(C::State.is_in(states.iter().copied()));
    }
    if let Some((at, id)) = page.after::<2>().and_then(|[at, id]| Some((at.parse::<i64>().ok()?, Gid::<TopicId>::parse(id)?.0))) {
        query = query.filter(beyond(C::SubmittedAt.into_simple_expr(), C::Id.into_simple_expr(), at, id, Order::Asc));
    }
    query.all(cx.read()).await.internal("reading the desk's topics")
}

pub(in super::super) async fn waiting(cx: &Cx, committee: OrganisationId, division: &str) -> Result<Vec<topic::Model>, ApiError> {
    use topic::Column as C;
    titles()
        .filter(C::CommitteeId.eq(committee))
        .filter(C::DivisionCode.gte(division))
        .filter(C::DivisionCode.lt(format!("{division}:")))
        .filter(C::State.is_in([TopicState::Submitted, TopicState::NeedsMore, TopicState::Accepted]))
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
