//! Searching topics by their words.
use super::super::{Topic, TopicOrder, store as topics};
use super::highlight::{HighlightIn, Highlights, highlight};
use super::pieces::{pieces, shown};
use super::store::{self, Window};
use super::terms::{self, TermKind};
use crate::kernel::pages::Page;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::OutputType;
use async_graphql::connection::{Connection, ConnectionNameType, EdgeNameType, EmptyFields};
use shangyi_entities::TopicId;
use shangyi_entities::topic::{self, TopicState};
use std::collections::HashMap;

/// Topics of a list or a search.
pub type FoundTopics = Connection<String, Topic, EmptyFields, Highlights, FoundConnection, FoundEdge>;

/// The name of a connection whose edges carry highlights.
pub struct FoundConnection;

impl ConnectionNameType for FoundConnection {
    fn type_name<T: OutputType>() -> String {
        format!("Found{}Connection", T::type_name())
    }
}

/// The name of an edge that carries highlights.
pub struct FoundEdge;

impl EdgeNameType for FoundEdge {
    fn type_name<T: OutputType>() -> String {
        format!("Found{}Edge", T::type_name())
    }
}

const QUERY: Rule = Rule { field: "text", name: ("要查找的文字", "The words to look for"), most: 100 };
/// The most pieces of one search; more say no more.
const MOST_PIECES: usize = 16;

/// The pieces of a search.
fn looked_for(text: &str) -> Result<Vec<String>, ApiError> {
    let mut found = pieces(&text::clean_line(&QUERY, text)?);
    found.truncate(MOST_PIECES);
    if found.is_empty() {
        return Err(ApiError::bad_input("text", say("请输入更具体的文字。", "Please look for something more specific.")));
    }
    Ok(found)
}

/// The terms of a search, for a list of the room's own.
pub(in super::super) fn terms_of_search(text: &str) -> Result<Vec<i64>, ApiError> {
    Ok(looked_for(text)?.iter().map(|piece| terms::hash_of(TermKind::Word, piece)).collect())
}

pub(in super::super) async fn search(
    cx: &Cx,
    text: &str,
    division: Option<&str>,
    state: Option<TopicState>,
    order: Option<TopicOrder>,
    page: &Page,
) -> Result<FoundTopics, ApiError> {
    if order.is_some() {
        return Err(ApiError::bad_input(
            "orderBy",
            say("按文字查找时结果按相关程度排列，请不要另选顺序。", "A search is ordered by relevance; please leave the order out."),
        ));
    }
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let hashes = terms_of_search(text)?;
    let words = shown(text);
    let counts = store::counts(cx.read(), &[hashes.as_slice(), &[store::ALL]].concat()).await?;
    let probes: Vec<(i64, i64)> = hashes.iter().map(|term| (*term, weight(&counts, *term))).collect();
    let after = page.after::<3>().and_then(|[score, at, id]| Some((score.parse().ok()?, at.parse().ok()?, Gid::<TopicId>::parse(id)?.0)));
    let hits = store::search(cx, &probes, &Window { division, state, after, limit: page.limit() }).await?;
    let ids: Vec<TopicId> = hits.iter().map(|hit| hit.id).collect();
    let mut rows: HashMap<TopicId, topic::Model> = topics::rows(cx, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let answers = topics::answers_of(cx, &ids).await?;
    let found = hits.into_iter().filter_map(|hit| {
        let row = rows.remove(&hit.id)?;
        let answer = answers.get(&hit.id).and_then(|all| all.last()).map(|answer| answer.body.as_str());
        let texts = [(HighlightIn::Title, row.title.as_deref()), (HighlightIn::Text, row.body.as_deref()), (HighlightIn::Answer, answer)];
        let highlights = texts.into_iter().filter_map(|(place, text)| highlight(place, text?, &words)).collect();
        let key = vec![hit.score.to_string(), hit.public_since.0.to_string(), Gid(hit.id).to_string()];
        Some((key, Topic(row), Highlights { highlights }))
    });
    Ok(page.connect_with(found))
}

/// How much a term counts: by how rare it is, 1 to 1000, in steps that small changes of the counts do not move.
fn weight(counts: &HashMap<i64, u64>, term: i64) -> i64 {
    let all = counts.get(&store::ALL).copied().unwrap_or(1).max(1) as f64 + 1.0;
    let with = counts.get(&term).copied().unwrap_or(0) as f64 + 1.0;
    let rare = ((all / with).ln() / all.ln()).clamp(0.0, 1.0);
    ((rare * 10.0).round() as i64 * 100).max(1)
}
