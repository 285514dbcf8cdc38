//! What topics became, what their authors said, second looks: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx, personal};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::second_look::SecondLookDecision;
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::{AccountId, CallerId, ConsultationId, OrganisationId, Timestamp, TopicAdoptionId, TopicAnswerId, TopicId, TypedId};
use shangyi_entities::{second_look, topic_adoption, topic_answer, topic_confirmation};
use std::collections::HashMap;
use uuid::Uuid;

/// Where sealed texts belong.
pub(super) const STATEMENT: &str = "topic_confirmations.statement";
pub(super) const SECOND_LOOK: &str = "second_looks.statement";

pub(in super::super) async fn insert_adoption(tx: &WriteTx, row: topic_adoption::Model) -> Result<(), ApiError> {
    topic_adoption::Entity::insert(topic_adoption::ActiveModel::from(row).reset_all())
        .exec_without_returning(&**tx)
        .await
        .internal("adopting a topic")?;
    Ok(())
}

pub(super) async fn adoption(tx: &WriteTx, id: TopicAdoptionId) -> Result<Option<topic_adoption::Model>, ApiError> {
    topic_adoption::Entity::find_by_id(id).one(&**tx).await.internal("reading an adoption")
}

/// The topic that became this.
pub(in super::super) async fn topic_of_adoption(cx: &Cx, id: TopicAdoptionId) -> Result<Option<TopicId>, ApiError> {
    let query = topic_adoption::Entity::find_by_id(id).select_only().column(topic_adoption::Column::TopicId);
    query.into_tuple().one(cx.read()).await.internal("looking for the topic of an adoption")
}

/// Records what came of it; whether that was still open.
pub(super) async fn end_adoption(tx: &WriteTx, id: TopicAdoptionId, result: &str, by: AccountId, now: Timestamp) -> Result<bool, ApiError> {
    use topic_adoption::Column as C;
    let ended = topic_adoption::Entity::update_many()
        .col_expr(C::Result, Expr::value(result))
        .col_expr(C::EndedAt, Expr::value(now))
        .col_expr(C::EndedBy, Expr::value(by))
        .filter(C::Id.eq(id))
        .filter(C::EndedAt.is_null())
        .exec(&**tx)
        .await
        .internal("recording an outcome")?;
    Ok(ended.rows_affected == 1)
}

/// The topic that became a consultation.
pub(in super::super) async fn topic_of_consultation(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<TopicId>, ApiError> {
    let query = topic_adoption::Entity::find().select_only().column(topic_adoption::Column::TopicId);
    let query = query.filter(topic_adoption::Column::ConsultationId.eq(id));
    query.into_tuple().one(db).await.internal("looking for the topic of a consultation")
}

/// The topics that became those consultations.
pub(in super::super) async fn topics_of_consultations(
    db: &impl ConnectionTrait,
    ids: &[ConsultationId],
) -> Result<Vec<(ConsultationId, TopicId)>, ApiError> {
    use topic_adoption::Column as C;
    let query = topic_adoption::Entity::find().select_only().columns([C::ConsultationId, C::TopicId]);
    let query = query.filter(C::ConsultationId.is_in(ids.iter().copied()));
    query.into_tuple().all(db).await.internal("looking for the topics of consultations")
}

/// Records what came of the consultation that a topic became; whether that was still open.
pub(in super::super) async fn end_of_consultation(
    tx: &WriteTx,
    topic: TopicId,
    consultation: ConsultationId,
    result: &str,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, ApiError> {
    use topic_adoption::Column as C;
    let open = topic_adoption::Entity::find()
        .filter(C::TopicId.eq(topic))
        .filter(C::ConsultationId.eq(consultation))
        .filter(C::EndedAt.is_null())
        .one(&**tx)
        .await
        .internal("reading an adoption")?;
    match open {
        // What ends by the clock is put down to whoever adopted it.
        Some(row) => end_adoption(tx, row.id, result, by.unwrap_or(row.adopted_by), now).await,
        None => Ok(false),
    }
}

/// What each topic became, oldest first.
pub(super) async fn adoptions_of(db: &impl ConnectionTrait, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<topic_adoption::Model>>, ApiError> {
    let rows = topic_adoption::Entity::find()
        .filter(topic_adoption::Column::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(topic_adoption::Column::Id)
        .all(db)
        .await
        .internal("reading adoptions")?;
    let mut found: HashMap<TopicId, Vec<topic_adoption::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.topic_id).or_default().push(row);
    }
    Ok(found)
}

/// Rule: `confirmed_once`.
pub(super) async fn insert_confirmation(tx: &WriteTx, row: topic_confirmation::Model) -> Result<(), DbErr> {
    topic_confirmation::Entity::insert(topic_confirmation::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

/// The topics whose authors say that an answer was kept.
pub(super) async fn confirmed_by(tx: &WriteTx, answer: TopicAnswerId) -> Result<Vec<TopicId>, ApiError> {
    use topic_confirmation::Column as C;
    topic_confirmation::Entity::find()
        .select_only()
        .column(C::TopicId)
        .filter(C::AnswerId.eq(answer))
        .filter(C::Kept.eq(true))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading confirmations")
}

/// A topic of a cluster and who raised it.
#[derive(FromQueryResult)]
pub(super) struct Raised {
    #[sea_orm(from_alias = "id")]
    pub(super) topic: TopicId,
    #[sea_orm(from_alias = "author_id")]
    pub(super) author: Option<AccountId>,
    #[sea_orm(from_alias = "caller_id")]
    pub(super) caller: Option<CallerId>,
    pub(super) state: TopicState,
    pub(super) title: Option<String>,
}

impl Raised {
    /// Whoever raised it, as one person.
    pub(super) fn person(&self) -> Option<Uuid> {
        self.author.map(TypedId::uuid).or(self.caller.map(TypedId::uuid))
    }
}

/// The canonical topic and those merged into it.
pub(super) async fn raised_with(tx: &WriteTx, canonical: TopicId) -> Result<Vec<Raised>, ApiError> {
    use topic::Column as C;
    topic::Entity::find()
        .select_only()
        .columns([C::Id, C::AuthorId, C::CallerId, C::State, C::Title])
        .filter(Condition::any().add(C::Id.eq(canonical)).add(C::CanonicalId.eq(canonical)))
        .into_model::<Raised>()
        .all(&**tx)
        .await
        .internal("looking for authors")
}

/// A confirmation with its author's words, where their key still opens them.
pub(super) type Said = (topic_confirmation::Model, Option<String>);

/// What was said to each answer, oldest first.
pub(super) async fn confirmations_of(cx: &Cx, answers: &[TopicAnswerId]) -> Result<HashMap<TopicAnswerId, Vec<Said>>, ApiError> {
    let said = confirmations_where(cx, topic_confirmation::Column::AnswerId.is_in(answers.iter().copied())).await?;
    let mut found: HashMap<TopicAnswerId, Vec<Said>> = HashMap::new();
    for one in said {
        found.entry(one.0.answer_id).or_default().push(one);
    }
    Ok(found)
}

/// What was said as the author of those topics, oldest first.
pub(super) async fn confirmations_by(cx: &Cx, topics: &[TopicId]) -> Result<Vec<Said>, ApiError> {
    confirmations_where(cx, topic_confirmation::Column::TopicId.is_in(topics.iter().copied())).await
}

async fn confirmations_where(cx: &Cx, which: Expr) -> Result<Vec<Said>, ApiError> {
    let rows = topic_confirmation::Entity::find()
        .filter(which)
        .order_by_asc(topic_confirmation::Column::Id)
        .all(cx.read())
        .await
        .internal("reading confirmations")?;
    let subjects: Vec<Uuid> = rows.iter().filter_map(|row| row.statement_subject).collect();
    let keys = if subjects.is_empty() { HashMap::new() } else { personal::of_many(cx.read(), &cx.app().keys, &subjects).await? };
    let opened = |row: topic_confirmation::Model| {
        let said = row.statement_enc.as_deref().zip(row.statement_subject).and_then(|(sealed, subject)| keys.get(&subject)?.open(STATEMENT, sealed));
        (row, said)
    };
    Ok(rows.into_iter().map(opened).collect())
}

/// Rule: `second_looks_pkey`.
pub(super) async fn insert_second_look(tx: &WriteTx, row: second_look::Model) -> Result<(), DbErr> {
    second_look::Entity::insert(second_look::ActiveModel::from(row).reset_all()).exec_without_returning(&**tx).await.map(|_| ())
}

pub(super) async fn decide_second_look(
    tx: &WriteTx,
    topic: TopicId,
    decision: SecondLookDecision,
    by: AccountId,
    now: Timestamp,
) -> Result<(), ApiError> {
    use second_look::Column as C;
    second_look::Entity::update_many()
        .col_expr(C::Decision, Expr::value(decision))
        .col_expr(C::DecidedAt, Expr::value(now))
        .col_expr(C::DecidedBy, Expr::value(by))
        .filter(C::TopicId.eq(topic))
        .exec(&**tx)
        .await
        .internal("deciding a second look")?;
    Ok(())
}

/// The second looks asked for at those topics.
pub(super) async fn second_look_of(db: &impl ConnectionTrait, topics: &[TopicId]) -> Result<HashMap<TopicId, second_look::Model>, ApiError> {
    let rows = second_look::Entity::find()
        .filter(second_look::Column::TopicId.is_in(topics.iter().copied()))
        .all(db)
        .await
        .internal("reading second looks")?;
    Ok(rows.into_iter().map(|row| (row.topic_id, row)).collect())
}

/// Answered topics whose authors are to be asked now; another worker's are passed over.
pub(super) async fn to_ask(tx: &WriteTx, now: Timestamp, most: u64) -> Result<Vec<topic::Model>, ApiError> {
    topic::Entity::find()
        .filter(topic::Column::AskAt.lte(now))
        .order_by_asc(topic::Column::AskAt)
        .limit(most)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .all(&**tx)
        .await
        .internal("looking for answers to ask about")
}

pub(super) async fn asked(tx: &WriteTx, topics: &[TopicId]) -> Result<(), ApiError> {
    topic::Entity::update_many()
        .col_expr(topic::Column::AskAt, Expr::value(None::<Timestamp>))
        .filter(topic::Column::Id.is_in(topics.iter().copied()))
        .exec(&**tx)
        .await
        .internal("remembering who was asked")?;
    Ok(())
}

/// How many authors said so, and how many of them that it was kept, in `[from, until)`.
#[derive(FromQueryResult, Default)]
pub(super) struct Kept {
    pub(super) replied: i64,
    pub(super) kept: i64,
}

pub(super) async fn kept(cx: &Cx, division: Option<&str>, unit: Option<OrganisationId>, from: Timestamp, until: Timestamp) -> Result<Kept, ApiError> {
    use topic_confirmation::Column as C;
    let to_topic = topic_confirmation::Entity::belongs_to(topic::Entity).from(C::TopicId).to(topic::Column::Id).into();
    let to_answer = topic_confirmation::Entity::belongs_to(topic_answer::Entity).from(C::AnswerId).to(topic_answer::Column::Id).into();
    let mut query = topic_confirmation::Entity::find()
        .select_only()
        .column_as(C::Id.count(), "replied")
        .column_as(Expr::cust("COALESCE(CAST(SUM(CASE WHEN \"topic_confirmations\".\"kept\" THEN 1 ELSE 0 END) AS BIGINT), 0)"), "kept")
        .join(sea_orm::JoinType::InnerJoin, to_topic)
        .join(sea_orm::JoinType::InnerJoin, to_answer)
        .filter(C::At.gte(from))
        .filter(C::At.lt(until));
    if let Some(code) = division {
        query = query.filter(topic::Column::DivisionCode.gte(code)).filter(topic::Column::DivisionCode.lt(format!("{code}:")));
    }
    if let Some(unit) = unit {
        query = query.filter(topic_answer::Column::UnitId.eq(unit));
    }
    Ok(query.into_model::<Kept>().one(cx.read()).await.internal("counting kept promises")?.unwrap_or_default())
}
