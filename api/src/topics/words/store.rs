//! Postings and their counts: the only file that names those tables.
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Statement,
};
use shangyi_entities::{AccountId, TermChangeId, Timestamp, TopicId};
use shangyi_entities::{term_change, term_count, topic, topic_answer, topic_term};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Term 0 stands for the topics themselves: each has it, so its count is how many there are.
pub(super) const ALL: i64 = 0;
/// Rows of one statement: SQLite binds no more than 32 766 values.
const AT_ONCE: usize = 2000;

pub(super) async fn insert(tx: &WriteTx, rows: Vec<topic_term::Model>) -> Result<(), ApiError> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| topic_term::ActiveModel::from(row.clone()).reset_all());
        topic_term::Entity::insert_many(rows).exec_without_returning(&**tx).await.internal("writing postings")?;
    }
    Ok(())
}

/// Takes the postings of topics out; gives the terms each had.
pub(super) async fn take_out(tx: &WriteTx, topics: &[TopicId]) -> Result<HashMap<TopicId, HashSet<i64>>, ApiError> {
    use topic_term::Column as C;
    let rows: Vec<(TopicId, i64)> = topic_term::Entity::find()
        .select_only()
        .columns([C::TopicId, C::Term])
        .filter(C::TopicId.is_in(topics.iter().copied()))
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading postings")?;
    let mut found: HashMap<TopicId, HashSet<i64>> = HashMap::new();
    for (topic, term) in rows {
        found.entry(topic).or_default().insert(term);
    }
    if !found.is_empty() {
        topic_term::Entity::delete_many().filter(C::TopicId.is_in(topics.iter().copied())).exec(&**tx).await.internal("taking postings out")?;
    }
    Ok(found)
}

/// Takes the words of topics out of the index: their texts are gone.
pub(in super::super) async fn forget(tx: &WriteTx, cx: &Cx, topics: &[TopicId]) -> Result<(), ApiError> {
    for terms in take_out(tx, topics).await?.into_values() {
        change(tx, cx.new_id(), terms.into_iter().collect(), -1).await?;
    }
    Ok(())
}

/// Leaves terms that came or went for the worker to count.
pub(super) async fn change(tx: &WriteTx, id: TermChangeId, mut terms: Vec<i64>, step: i64) -> Result<(), ApiError> {
    if terms.is_empty() {
        return Ok(());
    }
    terms.sort_unstable();
    let bytes = terms.iter().flat_map(|term| term.to_be_bytes()).collect();
    let row = term_change::ActiveModel { id: Set(id), terms: Set(bytes), step: Set(step) };
    term_change::Entity::insert(row).exec_without_returning(&**tx).await.internal("leaving terms to be counted")?;
    Ok(())
}

pub(super) async fn written(tx: &WriteTx, topics: &[TopicId], now: Timestamp) -> Result<(), ApiError> {
    topic::Entity::update_many()
        .col_expr(topic::Column::TermsAt, Expr::value(now))
        .filter(topic::Column::Id.is_in(topics.iter().copied()))
        .exec(&**tx)
        .await
        .internal("remembering postings")?;
    Ok(())
}

/// The texts of the answers of topics.
pub(super) async fn answers(tx: &WriteTx, topics: &[TopicId]) -> Result<HashMap<TopicId, String>, ApiError> {
    use topic_answer::Column as C;
    let rows: Vec<(TopicId, String)> = topic_answer::Entity::find()
        .select_only()
        .columns([C::TopicId, C::Body])
        .filter(C::TopicId.is_in(topics.iter().copied()))
        .order_by_asc(C::At)
        .into_tuple()
        .all(&**tx)
        .await
        .internal("reading answers")?;
    let mut found: HashMap<TopicId, String> = HashMap::new();
    for (topic, body) in rows {
        let text = found.entry(topic).or_default();
        text.push('\n');
        text.push_str(&body);
    }
    Ok(found)
}

/// Topics whose words have not been written yet; another worker's are passed over.
pub(super) async fn without_terms(tx: &WriteTx, most: u64) -> Result<Vec<topic::Model>, ApiError> {
    use sea_orm::sea_query::{LockBehavior, LockType};
    topic::Entity::find()
        .filter(topic::Column::TermsAt.is_null())
        .order_by_asc(topic::Column::Id)
        .limit(most)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .all(&**tx)
        .await
        .internal("looking for topics without postings")
}

/// Takes changes out of those to be counted; another worker's are passed over.
pub(super) async fn take_changes(tx: &WriteTx, most: u64) -> Result<Vec<term_change::Model>, ApiError> {
    let backend = tx.get_database_backend();
    let skip = if backend == DbBackend::Sqlite { "" } else { "FOR UPDATE SKIP LOCKED" };
    let sql = format!("DELETE FROM term_changes WHERE id IN (SELECT id FROM term_changes ORDER BY id LIMIT {most} {skip}) RETURNING id, terms, step");
    term_change::Model::find_by_statement(Statement::from_string(backend, sql)).all(&**tx).await.internal("taking terms to be counted")
}

/// Adds to the counts, in the order of the terms, so that two workers never wait for each other in a circle.
pub(super) async fn add(tx: &WriteTx, steps: &BTreeMap<i64, i64>) -> Result<(), ApiError> {
    use sea_orm::sea_query::OnConflict;
    let steps: Vec<(i64, i64)> = steps.iter().map(|(term, step)| (*term, *step)).collect();
    for steps in steps.chunks(AT_ONCE) {
        let rows = steps.iter().map(|(term, step)| term_count::ActiveModel { term: Set(*term), topics: Set(*step) });
        let count = OnConflict::column(term_count::Column::Term)
            .value(term_count::Column::Topics, Expr::cust("\"term_counts\".\"topics\" + \"excluded\".\"topics\""))
            .to_owned();
        term_count::Entity::insert_many(rows).on_conflict(count).exec_without_returning(&**tx).await.internal("counting terms")?;
    }
    Ok(())
}

/// In how many topics each of these terms is; those in none are left out.
pub(super) async fn counts(db: &impl ConnectionTrait, terms: &[i64]) -> Result<HashMap<i64, u64>, ApiError> {
    let mut found = HashMap::new();
    for terms in terms.chunks(AT_ONCE) {
        let rows =
            term_count::Entity::find().filter(term_count::Column::Term.is_in(terms.iter().copied())).all(db).await.internal("reading counts")?;
        found.extend(rows.into_iter().filter_map(|row| Some((row.term, u64::try_from(row.topics).ok().filter(|count| *count > 0)?))));
    }
    Ok(found)
}

/// The topics that have all of these terms, for a room's own query.
pub(in super::super) fn having(terms: &[i64]) -> SelectStatement {
    use topic_term::Column as C;
    topic_term::Entity::find()
        .select_only()
        .column(C::TopicId)
        .filter(C::Term.is_in(terms.iter().copied()))
        .group_by(C::TopicId)
        .having(sea_orm::ExprTrait::eq(C::Term.count(), i64::try_from(terms.len()).unwrap_or(i64::MAX)))
        .into_query()
}

/// A topic by its postings.
#[derive(FromQueryResult)]
pub(super) struct Scored {
    pub(super) topic_id: TopicId,
}

/// The topics that fit weighted terms best, among those public and the account's own: whole numbers only, so that both databases
/// give the same. `probes` are terms and weights; their number is always the same, or each would be a statement of its own.
pub(super) async fn candidates(cx: &Cx, account: Option<AccountId>, probes: &[(i64, i64)], most: u64) -> Result<Vec<Scored>, ApiError> {
    const PROBES: usize = 32;
    let rows: Vec<String> = (0..PROBES).map(|n| format!("(CAST(${} AS BIGINT), CAST(${} AS BIGINT))", 2 * n + 1, 2 * n + 2)).collect();
    // More than are wanted are summed up first: what the viewer may not see is left out afterwards.
    let sql = format!(
        "WITH probes (term, weight) AS (VALUES {}),
              best AS (SELECT p.topic_id, SUM(p.weight * probes.weight) AS score
                         FROM probes JOIN topic_terms p ON p.term = probes.term AND p.weight > 0
                        GROUP BY p.topic_id ORDER BY score DESC, p.topic_id DESC LIMIT {})
         SELECT best.topic_id FROM best JOIN topics t ON t.id = best.topic_id
          WHERE t.public_since IS NOT NULL OR t.author_id = ${}
          ORDER BY best.score DESC, best.topic_id DESC LIMIT {most}",
        rows.join(", "),
        most * 4,
        2 * PROBES + 1
    );
    // No word has this hash, as good as surely; the one that all topics have would be looked up for nothing.
    let none = (i64::MIN, 0);
    let values = (0..PROBES).flat_map(|n| {
        let (term, weight) = probes.get(n).copied().unwrap_or(none);
        [sea_orm::Value::from(term), sea_orm::Value::from(weight)]
    });
    let values: Vec<sea_orm::Value> = values.chain([sea_orm::Value::from(account)]).collect();
    let statement = Statement::from_sql_and_values(cx.read().get_database_backend(), sql, values);
    Scored::find_by_statement(statement).all(cx.read()).await.internal("looking for similar topics")
}

/// Where a search begins and how far it goes.
pub(super) struct Window<'a> {
    pub(super) division: Option<&'a str>,
    pub(super) state: Option<topic::TopicState>,
    /// Score, moment and id of the topic after which the page begins.
    pub(super) after: Option<(i64, i64, TopicId)>,
    pub(super) limit: u64,
}

/// A topic found by a search.
#[derive(FromQueryResult)]
pub(super) struct Hit {
    pub(super) id: TopicId,
    pub(super) score: i64,
    pub(super) public_since: Timestamp,
}

/// Public topics that have all of the terms, a merged one by its canonical topic, the best fit first, then the latest. A term counts by its rarity (`weight`) and by
/// where it stands: title before text before answer.
pub(super) async fn search(cx: &Cx, terms: &[(i64, i64)], window: &Window<'_>) -> Result<Vec<Hit>, ApiError> {
    let backend = cx.read().get_database_backend();
    let mut values: Vec<sea_orm::Value> = Vec::new();
    let mut bind = |value: sea_orm::Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let probes: Vec<String> = terms
        .iter()
        .map(|(term, weight)| format!("(CAST({} AS BIGINT), CAST({} AS BIGINT))", bind((*term).into()), bind((*weight).into())))
        .collect();
    let mut within = String::new();
    if let Some(code) = window.division {
        within = format!(" AND substr(t.division_code, 1, {}) = {}", code.len(), bind(code.into()));
    }
    if let Some(state) = window.state {
        within.push_str(&format!(" AND coalesce(c.state, t.state) = {}", bind(state.into())));
    }
    let after = match window.after {
        Some((score, at, id)) => format!("WHERE (score, public_since, id) < ({}, {}, {})", bind(score.into()), bind(at.into()), bind(id.into())),
        None => String::new(),
    };
    let sql = format!(
        "WITH probes (term, weight) AS (VALUES {}),
              found AS (SELECT p.topic_id, CAST(SUM(probes.weight * p.stands) AS BIGINT) AS score
                          FROM probes JOIN topic_terms p ON p.term = probes.term
                         GROUP BY p.topic_id HAVING COUNT(*) = {}),
              hits AS (SELECT coalesce(c.id, t.id) AS id, MAX(found.score) AS score, MAX(coalesce(c.public_since, t.public_since)) AS public_since
                         FROM found JOIN topics t ON t.id = found.topic_id
                         LEFT JOIN topics c ON c.id = t.canonical_id AND c.public_since IS NOT NULL
                        WHERE t.public_since IS NOT NULL{within} GROUP BY coalesce(c.id, t.id))
         SELECT id, score, public_since FROM hits {after} ORDER BY score DESC, public_since DESC, id DESC LIMIT {}",
        probes.join(", "),
        terms.len(),
        window.limit
    );
    Hit::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(cx.read()).await.internal("searching topics")
}
