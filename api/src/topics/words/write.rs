//! Writing the words of a topic with its text.
use super::pieces::pieces;
use super::store;
use super::terms::{self, TermKind};
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale, WriteTx};
use shangyi_entities::{TopicId, topic, topic_term};
use std::collections::{BTreeMap, HashSet};

/// Where a word stands, as the postings keep it; added up.
const TITLE: i64 = 4;
const TEXT: i64 = 2;
const ANSWER: i64 = 1;

/// Topics of one transaction of the worker.
const BATCH: u64 = 100;

/// The postings of a topic: title and text with their weights, for what is alike; every piece of the three, for the search.
pub fn postings(topic: TopicId, title: &str, text: &str, answers: &str) -> Vec<topic_term::Model> {
    // Every topic has the term that stands for all of them.
    let all = topic_term::Model { term: store::ALL, topic_id: topic, weight: 0, stands: 0 };
    let mut found: BTreeMap<i64, topic_term::Model> = BTreeMap::from([(store::ALL, all)]);
    for term in terms::terms(title, text) {
        let stands = if term.in_title { TITLE } else { TEXT };
        found.insert(term.hash, topic_term::Model { term: term.hash, topic_id: topic, weight: term.weight, stands });
    }
    for (words, stands) in [(title, TITLE), (text, TEXT), (answers, ANSWER)] {
        for word in pieces(words) {
            let term = terms::hash_of(TermKind::Word, &word);
            let row = found.entry(term).or_insert(topic_term::Model { term, topic_id: topic, weight: 0, stands: 0 });
            row.stands |= stands;
        }
    }
    found.into_values().collect()
}

/// Writes the words of a new topic.
pub(in super::super) async fn write_new(tx: &WriteTx, cx: &Cx, topic: TopicId, title: &str, text: &str) -> Result<(), ApiError> {
    let rows = postings(topic, title, text, "");
    let came = rows.iter().map(|row| row.term).collect();
    store::insert(tx, rows).await?;
    store::change(tx, cx.new_id(), came, 1).await
}

/// Writes the words of a topic anew: its text or its answers have changed.
pub(in super::super) async fn write(tx: &WriteTx, cx: &Cx, topic: TopicId, title: Option<&str>, text: Option<&str>) -> Result<(), ApiError> {
    let had = store::take_out(tx, &[topic]).await?.remove(&topic).unwrap_or_default();
    let answers = store::answers(tx, &[topic]).await?.remove(&topic).unwrap_or_default();
    let rows = postings(topic, title.unwrap_or_default(), text.unwrap_or_default(), &answers);
    let has: HashSet<i64> = rows.iter().map(|row| row.term).collect();
    store::insert(tx, rows).await?;
    store::change(tx, cx.new_id(), has.difference(&had).copied().collect(), 1).await?;
    store::change(tx, cx.new_id(), had.difference(&has).copied().collect(), -1).await
}

/// Writes the words of topics that have none yet, a batch.
pub async fn write_imported(tx: &WriteTx, cx: &Cx, topics: &[topic::Model]) -> Result<(), ApiError> {
    let ids: Vec<TopicId> = topics.iter().map(|row| row.id).collect();
    let answers = store::answers(tx, &ids).await?;
    let (mut rows, mut came) = (Vec::new(), Vec::new());
    for topic in topics {
        let none = String::new();
        let answer = answers.get(&topic.id).unwrap_or(&none);
        let own = postings(topic.id, topic.title.as_deref().unwrap_or_default(), topic.body.as_deref().unwrap_or_default(), answer);
        came.extend(own.iter().map(|row| row.term));
        rows.extend(own);
    }
    store::insert(tx, rows).await?;
    store::change(tx, cx.new_id(), came, 1).await?;
    store::written(tx, &ids, cx.now()).await
}

/// Writes the words of the next batch of topics that have none, such as those from before there were postings; whether there
/// may be more.
pub async fn write_missing(app: &App) -> Result<bool, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "worker".to_owned());
    app.db
        .write_plain(|tx| async move {
            let rows = store::without_terms(&tx, BATCH).await?;
            if rows.is_empty() {
                return Ok(false);
            }
            write_imported(&tx, cx, &rows).await?;
            Ok(rows.len() as u64 == BATCH)
        })
        .await
}
