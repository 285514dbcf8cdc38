use crate::kernel::{ApiError, OrInternal, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::{AccountId, CallerId, Timestamp, TopicId, TopicSupportId, topic_merge, topic_support};
use std::collections::HashMap;
use uuid::Uuid;

/// A topic whose people are told of something, with its author where that is somebody with an account.
#[derive(FromQueryResult)]
pub struct Concerned {
    /// The topic.
    #[sea_orm(from_alias = "id")]
    pub topic: TopicId,
    /// Who raised it; none for callers, imported topics, and where the author has withdrawn it.
    #[sea_orm(from_alias = "author_id")]
    pub author: Option<AccountId>,
    state: TopicState,
}

/// The topic itself, and those that were merged into it at that version.
pub async fn concerned(db: &impl ConnectionTrait, topic: TopicId, version: Option<i64>) -> Result<Vec<Concerned>, ApiError> {
    use topic::Column as C;
    use topic_merge::Column as M;
    let mut which = Condition::any().add(C::Id.eq(topic));
    if let Some(version) = version {
        let merged = topic_merge::Entity::find()
            .select_only()
            .column(M::TopicId)
            .filter(M::CanonicalId.eq(topic))
            .filter(M::FromVersion.lte(version))
            .filter(Condition::any().add(M::UntilVersion.is_null()).add(M::UntilVersion.gt(version)));
        which = which.add(C::Id.in_subquery(sea_orm::QueryTrait::into_query(merged)));
    }
    let mut found = topic::Entity::find()
        .select_only()
        .columns([C::Id, C::AuthorId, C::State])
        .filter(which)
        .order_by_asc(C::Id)
        .into_model::<Concerned>()
        .all(db)
        .await
        .internal("looking for those concerned")?;
    found.iter_mut().filter(|one| one.state == TopicState::Withdrawn && one.topic != topic).for_each(|one| one.author = None);
    Ok(found)
}

/// Those who back one of the topics, or did at that moment, and carry their support along; at most `most` after the support
/// `progress`, with where to go on, if there are more.
pub async fn backers_at(
    db: &impl ConnectionTrait,
    topics: &[TopicId],
    at: Timestamp,
    progress: Option<Uuid>,
    most: u64,
) -> Result<(Vec<(AccountId, TopicId)>, Option<Uuid>), ApiError> {
    use topic_support::Column as C;
    let mut query = topic_support::Entity::find()
        .select_only()
        .columns([C::Id, C::AccountId, C::TopicId])
        .filter(C::TopicId.is_in(topics.iter().copied()))
        .filter(Condition::any().add(C::WithdrawnAt.is_null()).add(C::WithdrawnAt.gt(at)))
        .filter(C::Declined.eq(false))
        .order_by_asc(C::TopicId)
        .order_by_asc(C::Id)
        .limit(most);
    if let Some(progress) = progress {
        let topic: Option<TopicId> = topic_support::Entity::find_by_id(TopicSupportId(progress))
            .select_only()
            .column(C::TopicId)
            .into_tuple()
            .one(db)
            .await
            .internal("looking for where to go on")?;
        let Some(topic) = topic else { return Ok((Vec::new(), None)) };
        use sea_orm::ExprTrait as _;
        let row = Expr::tuple([C::TopicId.into_simple_expr(), C::Id.into_simple_expr()]);
        query = query.filter(row.gt(Expr::tuple([Expr::val(topic), Expr::val(TopicSupportId(progress))])));
    }
    let rows: Vec<(TopicSupportId, AccountId, TopicId)> = query.into_tuple().all(db).await.internal("looking for backers")?;
    let more = (rows.len() as u64 == most).then(|| rows.last().map(|(id, ..)| id.0)).flatten();
    Ok((rows.into_iter().map(|(_, account, topic)| (account, topic)).collect(), more))
}

/// Callers whose topics are merged into that one, with their titles.
pub(in super::super) async fn callers_merged_into(tx: &WriteTx, canonical: TopicId) -> Result<Vec<(CallerId, Option<String>)>, ApiError> {
    callers_where(tx, topic::Column::CanonicalId.eq(canonical)).await
}

/// Callers who raised one of those topics, with their titles.
pub(in super::super) async fn callers_among(tx: &WriteTx, topics: &[TopicId]) -> Result<Vec<(CallerId, Option<String>)>, ApiError> {
    callers_where(tx, topic::Column::Id.is_in(topics.iter().copied())).await
}

async fn callers_where(tx: &WriteTx, which: Expr) -> Result<Vec<(CallerId, Option<String>)>, ApiError> {
    topic::Entity::find()
        .select_only()
        .columns([topic::Column::CallerId, topic::Column::Title])
        .filter(which)
        .filter(topic::Column::CallerId.is_not_null())
        .filter(topic::Column::State.ne(TopicState::Withdrawn))
        .order_by_asc(topic::Column::Id)
        .into_tuple()
        .all(&**tx)
        .await
        .internal("looking for callers")
}

/// Whether the account backs that topic, or one that is merged into it.
pub async fn backs_in_cluster(db: &impl ConnectionTrait, topic: TopicId, account: AccountId) -> Result<bool, ApiError> {
    use topic_support::Column as S;
    let merged = topic::Entity::find().select_only().column(topic::Column::Id).filter(topic::Column::CanonicalId.eq(topic));
    let merged = sea_orm::QueryTrait::into_query(merged);
    let query = topic_support::Entity::find()
        .filter(S::AccountId.eq(account))
        .filter(S::WithdrawnAt.is_null())
        .filter(Condition::any().add(S::TopicId.eq(topic)).add(S::TopicId.in_subquery(merged)));
    Ok(query.one(db).await.internal("looking for a support")?.is_some())
}

/// The accounts that raised each of those topics, or one that is merged into it, and have not withdrawn it.
pub(in super::super) async fn raisers(db: &impl ConnectionTrait, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<AccountId>>, ApiError> {
    use topic::Column as C;
    let found: Vec<(TopicId, Option<TopicId>, Option<AccountId>)> = topic::Entity::find()
        .select_only()
        .columns([C::Id, C::CanonicalId, C::AuthorId])
        .filter(C::AuthorId.is_not_null())
        .filter(C::State.ne(TopicState::Withdrawn))
        .filter(Condition::any().add(C::Id.is_in(topics.iter().copied())).add(C::CanonicalId.is_in(topics.iter().copied())))
        .into_tuple()
        .all(db)
        .await
        .internal("looking for authors")?;
    let mut raised: HashMap<TopicId, Vec<AccountId>> = HashMap::new();
    for (id, canonical, author) in found {
        for head in [Some(id), canonical].into_iter().flatten().filter(|head| topics.contains(head)) {
            raised.entry(head).or_default().extend(author);
        }
    }
    raised.values_mut().for_each(|people| {
        people.sort_unstable();
        people.dedup();
    });
    Ok(raised)
}

/// Whether the account raised that topic, or one that is merged into it.
pub async fn raised_in_cluster(db: &impl ConnectionTrait, topic: TopicId, account: AccountId) -> Result<bool, ApiError> {
    let found: Option<TopicId> = topic::Entity::find()
        .select_only()
        .column(topic::Column::Id)
        .filter(topic::Column::AuthorId.eq(account))
        .filter(Condition::any().add(topic::Column::Id.eq(topic)).add(topic::Column::CanonicalId.eq(topic)))
        .into_tuple()
        .one(db)
        .await
        .internal("looking for an author")?;
    Ok(found.is_some())
}
