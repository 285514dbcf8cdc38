//! Similar topics while writing: candidates by their postings, then compared exactly.
use super::super::{Topic, store as topics};
use super::alike::{self, Alike, Divisions, Rarity};
use super::store;
use super::terms::{self, Features};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, say};
use async_graphql::SimpleObject;
use shangyi_entities::{TopicId, topic};
use std::collections::{HashMap, HashSet};

/// A topic that may speak of the same matter as a draft.
#[derive(SimpleObject)]
pub struct SimilarTopic {
    /// The topic.
    pub topic: Topic,
    /// How alike the two are, 0 to 1; offered from 0.4.
    pub score: f64,
    /// Words that both have, the most telling first, at most eight.
    pub shared_words: Vec<String>,
    /// Whether both speak of the same place; null where that cannot be told.
    pub same_place: Option<bool>,
}

/// A topic compared with a draft.
pub struct Found {
    /// The topic.
    pub row: topic::Model,
    /// How alike, and why.
    pub alike: Alike,
}

// A draft may be as long as any campaign lets a topic be.
const TITLE: Rule = Rule { field: "title", name: ("标题", "The title"), most: 100 };
const TEXT: Rule = Rule { field: "text", name: ("内容", "The text"), most: 5000 };

pub(in super::super) async fn similar(cx: &Cx, division: &str, title: &str, text: &str, first: Option<i32>) -> Result<Vec<SimilarTopic>, ApiError> {
    let first = first.unwrap_or(5);
    if !(1..=10).contains(&first) {
        return Err(ApiError::bad_input("first", say("一次可取1到10条。", "Ask for 1 to 10.")));
    }
    crate::organisation::require_code("divisionCode", division)?;
    let title = text::clean_line(&TITLE, title)?;
    let text = text::clean_optional(&TEXT, Some(text))?.unwrap_or_default();
    let mut found = alike_to(cx, Some(division), &text::mask_numbers(&title), &text::mask_numbers(&text), None).await?;
    found.retain(|found| found.alike.score >= alike::OFFERED_FROM);
    let offered = by_canonical(cx, found).await?;
    Ok(offered
        .into_iter()
        .take(first.unsigned_abs() as usize)
        .map(|Found { row, alike }| SimilarTopic {
            topic: Topic(row),
            score: (alike.score * 1000.0).round() / 1000.0,
            shared_words: alike.shared,
            same_place: alike.same_place,
        })
        .collect())
}

/// Each matter once: a merged topic is offered as its canonical one, by the best of both.
async fn by_canonical(cx: &Cx, found: Vec<Found>) -> Result<Vec<Found>, ApiError> {
    let canonical: Vec<TopicId> = found.iter().filter_map(|one| one.row.canonical_id).collect();
    let rows = if canonical.is_empty() { Vec::new() } else { topics::rows(cx, &canonical).await? };
    let heads: HashMap<TopicId, topic::Model> = rows.into_iter().filter(|row| row.public_since.is_some()).map(|row| (row.id, row)).collect();
    let mut seen = HashSet::new();
    let stands_for = |Found { row, alike }: Found| {
        let row = row.canonical_id.and_then(|id| heads.get(&id).cloned()).unwrap_or(row);
        Found { row, alike }
    };
    Ok(found.into_iter().map(stands_for).filter(|one| seen.insert(one.row.id)).collect())
}

/// Every candidate for a draft, compared exactly, the most alike first. `but` is left out.
pub async fn alike_to(cx: &Cx, division: Option<&str>, title: &str, text: &str, but: Option<TopicId>) -> Result<Vec<Found>, ApiError> {
    let draft = terms::features(title, text);
    let asked: Vec<i64> = draft.hashes().into_iter().chain([store::ALL]).collect();
    let mut rarity = rarity_of(store::counts(cx.read(), &asked).await?);
    let probes: Vec<(i64, i64)> = alike::probes(&draft, &rarity).into_iter().map(|probe| (probe.term, probe.weight)).collect();
    if probes.is_empty() {
        return Ok(Vec::new());
    }
    let scored = store::candidates(cx, cx.account_if_any(), &probes, alike::CANDIDATES).await?;
    let ids: Vec<TopicId> = scored.iter().map(|one| one.topic_id).filter(|id| Some(*id) != but).collect();
    let rows = topics::rows(cx, &ids).await?;
    let others: Vec<(topic::Model, Features)> = rows
        .into_iter()
        .map(|row| {
            let features = terms::features(row.title.as_deref().unwrap_or_default(), row.body.as_deref().unwrap_or_default());
            (row, features)
        })
        .collect();
    let mut more: Vec<i64> = others.iter().flat_map(|(_, features)| features.hashes()).filter(|term| !asked.contains(term)).collect();
    more.sort_unstable();
    more.dedup();
    rarity.counts.extend(store::counts(cx.read(), &more).await?);
    let mut found: Vec<Found> = others
        .into_iter()
        .map(|(row, features)| {
            let divisions = division.map_or(Divisions::Unknown, |own| relation(own, &row.division_code));
            let alike = alike::compare(&draft, &features, &rarity, divisions);
            Found { row, alike }
        })
        .collect();
    // Two that are equally alike come in the order of their ids on both databases.
    found.sort_by(|a, b| b.alike.score.total_cmp(&a.alike.score).then(b.row.id.cmp(&a.row.id)));
    Ok(found)
}

fn rarity_of(mut counts: HashMap<i64, u64>) -> Rarity {
    Rarity { topics: counts.remove(&store::ALL).unwrap_or_default(), counts }
}

/// How two divisions lie to each other; a community has twelve digits.
fn relation(own: &str, other: &str) -> Divisions {
    if own == other && own.len() == 12 {
        Divisions::Same
    } else if own.starts_with(other) || other.starts_with(own) {
        Divisions::Within
    } else {
        Divisions::Apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_community_is_one_place_and_a_street_holds_its_communities() {
        for (own, other, relates) in [
            ("990101001001", "990101001001", Divisions::Same),
            ("990101001", "990101001", Divisions::Within),
            ("990101001001", "990101001", Divisions::Within),
            ("990101", "990101001001", Divisions::Within),
            ("990101001001", "990101001002", Divisions::Apart),
            ("990101001", "990101002", Divisions::Apart),
        ] {
            assert_eq!(relation(own, other), relates, "{own} {other}");
        }
    }
}
