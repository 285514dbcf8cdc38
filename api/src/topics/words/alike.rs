//! How alike two topics are: the same matter (what) at the same place (where). Pure; docs/similar-topics.md has the reasons and the figures.
use std::collections::{BTreeMap, HashMap};

use super::terms::{Features, Place, Term, TermKind};

/// From this score on a topic is offered as similar.
pub const OFFERED_FROM: f64 = 0.40;
/// Candidates the database hands over for the exact comparison.
pub const CANDIDATES: u64 = 60;
/// The most terms of the draft looked up in the postings.
const MOST_PROBES: usize = 32;
/// The most postings read for one draft, by the numbers of topics of its terms.
const MOST_POSTINGS: u64 = 20_000;
/// The part of the matter that only the titles' words decide.
const TITLE_PART: f64 = 0.25;
/// What the score keeps when the places differ, and when they are unknown; in between, the more the places agree
/// (or, unknown, the texts do), the more it keeps.
const KEPT_ELSEWHERE: f64 = 0.3;
/// How far two topics of the same community, with no place in their texts, are taken to be at the same place.
const SAME_DIVISION: f64 = 0.7;
/// From this agreement on the texts are said to name the same place, below [`OTHER_PLACE`] another one.
const SAME_PLACE: f64 = 0.5;
const OTHER_PLACE: f64 = 0.25;
/// The most shared words named as a reason.
const MOST_SHARED: usize = 8;

/// In how many topics terms occur.
#[derive(Debug, Clone, Default)]
pub struct Rarity {
    /// The number of topics in the postings.
    pub topics: u64,
    /// The number of topics with a term, by the term's hash; a term not in here is in none.
    pub counts: HashMap<i64, u64>,
}

impl Rarity {
    /// How rare a term is: 1 for one no topic has, 0 for one that all have. Measured in logarithms and against the number of
    /// topics, so that it means the same among 60 topics and among a million.
    pub fn of(&self, term: i64) -> f64 {
        if self.topics == 0 {
            return 1.0;
        }
        let all = self.topics as f64 + 1.0;
        let with = self.count(term) as f64 + 1.0;
        ((all / with).ln() / all.ln()).clamp(0.0, 1.0)
    }

    fn count(&self, term: i64) -> u64 {
        self.counts.get(&term).copied().unwrap_or(0)
    }
}

/// How the divisions of two topics lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Divisions {
    /// At least one topic has none.
    #[default]
    Unknown,
    /// The same division, which is a community or smaller.
    Same,
    /// One lies in the other, or both are the same division wider than a community.
    Within,
    /// Neither lies in the other.
    Apart,
}

/// How alike two topics are, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// 0 for nothing in common to 1 for the same; offered from [`OFFERED_FROM`].
    pub score: f64,
    /// The matter's words and numbers both have, the most telling first, at most eight.
    pub shared: Vec<String>,
    /// Whether both speak of the same place; none where that can't be told.
    pub same_place: Option<bool>,
}

/// One term of a draft to look up in the postings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The term's hash.
    pub term: i64,
    /// By what to multiply the weight of a posting, 0 to 1000. The sum of the products fits a 64-bit integer by far.
    pub weight: i64,
}

/// The terms of a draft to look up, the most telling first: those that topics have at all, as long as the number of
/// postings to read stays bounded.
pub fn probes(draft: &Features, rarity: &Rarity) -> Vec<Probe> {
    let mut telling: Vec<(&Term, f64)> = draft.terms.iter().map(|term| (term, rarity.of(term.hash))).collect();
    telling.retain(|(term, _)| rarity.count(term.hash) > 0);
    let strength = |(term, rare): &(&Term, f64)| term.weight as f64 * rare;
    telling.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.0.hash.cmp(&b.0.hash)));
    let mut postings = 0;
    telling.retain(|(term, _)| {
        let more = rarity.count(term.hash);
        let fits = postings + more <= MOST_POSTINGS;
        postings += if fits { more } else { 0 };
        fits
    });
    let probe = |(term, rare): &(&Term, f64)| Probe { term: term.hash, weight: (term.weight as f64 * rare * rare).round() as i64 };
    telling.iter().take(MOST_PROBES).map(probe).collect()
}

/// Compares a draft with another topic; which one is the draft makes no difference.
pub fn compare(draft: &Features, other: &Features, rarity: &Rarity, divisions: Divisions) -> Alike {
    let (mine, theirs) = (Matter::of(draft, rarity), Matter::of(other, rarity));
    let titles = (mine.title_in(&theirs) + theirs.title_in(&mine)) / 2.0;
    let matter = (1.0 - TITLE_PART) * mine.cosine(&theirs) + TITLE_PART * titles;
    let agreement = place_agreement(draft, other, rarity, divisions);
    // Where no place is known, only nearly the same words make the same topic.
    let kept = KEPT_ELSEWHERE + (1.0 - KEPT_ELSEWHERE) * agreement.unwrap_or(matter);
    let score = (matter.sqrt() * kept).clamp(0.0, 1.0);
    let same_place = match agreement {
        Some(agreement) if agreement >= SAME_PLACE => Some(true),
        Some(agreement) if agreement < OTHER_PLACE => Some(false),
        _ => None,
    };
    Alike { score, shared: mine.shared(&theirs), same_place }
}

/// The words and numbers of one topic with their weights, sorted so that sums come out the same to the last bit.
struct Matter<'a> {
    weights: BTreeMap<i64, (&'a Term, f64)>,
    /// The rarities of the title's words.
    title: BTreeMap<i64, f64>,
}

impl<'a> Matter<'a> {
    fn of(features: &'a Features, rarity: &Rarity) -> Self {
        let mut matter = Self { weights: BTreeMap::new(), title: BTreeMap::new() };
        for term in features.terms.iter().filter(|term| term.kind != TermKind::Place) {
            let rare = rarity.of(term.hash);
            matter.weights.insert(term.hash, (term, term.weight as f64 * rare.sqrt()));
            if term.in_title {
                matter.title.insert(term.hash, rare);
            }
        }
        matter
    }

    /// What both have, with the product of their weights.
    fn common(&self, other: &Self) -> Vec<(&'a Term, f64)> {
        let both = |(hash, (term, weight)): (&i64, &(&'a Term, f64))| other.weights.get(hash).map(|(_, theirs)| (*term, weight * theirs));
        self.weights.iter().filter_map(both).collect()
    }

    fn square(&self) -> f64 {
        self.weights.values().map(|(_, weight)| weight * weight).sum()
    }

    fn cosine(&self, other: &Self) -> f64 {
        let norm = (self.square() * other.square()).sqrt();
        let product: f64 = self.common(other).iter().map(|(_, product)| product).sum();
        if norm > 0.0 { product / norm } else { 0.0 }
    }

    /// The share of this title's words the other topic has, by rarity. At least one whole rarity is asked for, so that a title
    /// of one common word is not all found.
    fn title_in(&self, other: &Self) -> f64 {
        let all: f64 = self.title.values().sum();
        let found: f64 = self.title.iter().filter(|(hash, _)| other.weights.contains_key(*hash)).map(|(_, rare)| rare).sum();
        found / all.max(1.0)
    }

    fn shared(&self, other: &Self) -> Vec<String> {
        let mut common = self.common(other);
        common.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.word.cmp(&b.0.word)));
        common.into_iter().take(MOST_SHARED).map(|(term, _)| term.word.clone()).collect()
    }
}

/// How far two topics are at the same place, 0 to 1; none where that can't be told. What the texts name decides; the
/// divisions decide only where the texts leave it open.
fn place_agreement(draft: &Features, other: &Features, rarity: &Rarity, divisions: Divisions) -> Option<f64> {
    let (forth, back) = (named_in(draft, other, rarity), named_in(other, draft, rarity));
    let by_text = match (draft.places.is_empty(), other.places.is_empty()) {
        (false, false) => Some((forth + back) / 2.0),
        // One names places and the other none: all that can be seen is whether it has the name's characters.
        _ => Some(forth.max(back)).filter(|found| *found > 0.0),
    };
    let areas_differ = !draft.areas.is_empty() && !other.areas.is_empty() && draft.areas.is_disjoint(&other.areas);
    match (by_text, divisions) {
        (Some(found), Divisions::Apart) if found < SAME_PLACE => Some(0.0),
        (Some(found), _) => Some(found),
        (None, Divisions::Apart) => Some(0.0),
        (None, _) if areas_differ => Some(0.0),
        (None, Divisions::Same) => Some(SAME_DIVISION),
        (None, _) => None,
    }
}

/// The share of the places where the one topic is that the other names too, rare names counting more.
fn named_in(one: &Features, other: &Features, rarity: &Rarity) -> f64 {
    let (mut all, mut found) = (0.0, 0.0);
    for place in &one.heads {
        let weight = mean_rarity(place, rarity).powi(2);
        let best = other.places.iter().map(|named| same_name(place, named, rarity)).fold(0.0, f64::max);
        all += weight;
        found += weight * if other.text.contains(&place.name) { 1.0 } else { best * best };
    }
    if all > 0.0 { found / all } else { 0.0 }
}

fn mean_rarity(place: &Place, rarity: &Rarity) -> f64 {
    place.parts.iter().map(|part| rarity.of(*part)).sum::<f64>() / place.parts.len().max(1) as f64
}

/// How far two names are one, seen from their ends, where the own part of a name stands next to its kind: 魅力之城 and
/// 万科魅力之城 are one (1), 财政经济学院 and 外语经济学院 share only what is common (about 0.4).
fn same_name(one: &Place, other: &Place, rarity: &Rarity) -> f64 {
    let equal = one.name.chars().rev().zip(other.name.chars().rev()).take_while(|(a, b)| a == b).count();
    let shorter = one.name.chars().count().min(other.name.chars().count());
    if equal < 2 {
        return 0.0;
    }
    if equal == shorter {
        return 1.0;
    }
    let sum = |parts: &[i64]| parts.iter().map(|part| rarity.of(*part)).sum::<f64>();
    let less = sum(&one.parts).min(sum(&other.parts));
    let ending = one.parts.len().saturating_sub(equal - 1);
    let common = sum(one.parts.get(ending..).unwrap_or_default());
    if less > 0.0 { (common / less).min(1.0) } else { 0.0 }
}

/// The numbers of topics by term over all of a corpus: what the database counts as topics are written, computed at once.
pub fn count_all<'a>(topics: impl Iterator<Item = &'a Features>) -> Rarity {
    let mut rarity = Rarity::default();
    for topic in topics {
        rarity.topics += 1;
        for term in &topic.terms {
            *rarity.counts.entry(term.hash).or_insert(0) += 1;
        }
    }
    rarity
}

#[cfg(test)]
mod tests {
    use super::super::terms::{features, hash_of};
    use super::*;

    /// A small corpus of other matters, so that rarities mean something.
    fn rarity() -> Rarity {
        let others = [("路灯不亮", "石榴路晚上的路灯不亮，走路看不清"), ("杨柳街井盖破损", "杨柳街的井盖坏了"), ("咨询医保报销", "医保怎么报销")];
        let topics: Vec<Features> = others.iter().map(|(title, text)| features(title, text)).collect();
        count_all(topics.iter())
    }

    fn alike(one: (&str, &str), other: (&str, &str), divisions: Divisions) -> Alike {
        compare(&features(one.0, one.1), &features(other.0, other.1), &rarity(), divisions)
    }

    #[test]
    fn the_same_text_is_wholly_alike() {
        let topic = ("金桂苑小区夜间施工噪音扰民", "工地每天施工到凌晨，噪音很大，无法休息");
        let alike = alike(topic, topic, Divisions::Unknown);
        assert!(alike.score > 0.99 && alike.same_place == Some(true) && alike.shared.contains(&"噪音".to_owned()));
    }

    #[test]
    fn the_same_words_about_another_place_are_no_duplicate() {
        let text = "工地每天施工到凌晨，噪音很大，无法休息";
        let alike = alike(("金桂苑小区夜间施工噪音扰民", text), ("翠竹湾小区夜间施工噪音扰民", text), Divisions::Unknown);
        assert!(alike.score < OFFERED_FROM && alike.same_place == Some(false));
    }

    #[test]
    fn another_matter_at_the_same_place_is_no_duplicate() {
        let one = ("金桂苑小区夜间施工噪音扰民", "工地每天施工到凌晨，噪音很大，无法休息");
        let alike = alike(one, ("金桂苑小区电梯故障", "电梯坏了两周，物业没有维修"), Divisions::Same);
        assert!(alike.score < OFFERED_FROM && alike.same_place == Some(true));
    }

    #[test]
    fn the_same_matter_at_the_same_place_in_other_words_is_offered() {
        let one = ("金桂苑小区夜间施工噪音扰民", "工地每天施工到凌晨，噪音很大，无法休息");
        let alike = alike(one, ("金桂苑旁边工地噪音", "凌晨还在施工，老人休息不了"), Divisions::Unknown);
        assert!(alike.score >= OFFERED_FROM);
    }

    #[test]
    fn without_a_place_in_the_texts_the_divisions_decide() {
        let (one, other) = (("夜间施工噪音扰民", "工地施工到凌晨，噪音很大"), ("工地夜间噪音", "施工到凌晨，噪音扰民"));
        let score = |divisions| alike(one, other, divisions);
        assert_eq!(score(Divisions::Apart).same_place, Some(false));
        assert_eq!(score(Divisions::Same).same_place, Some(true));
        assert_eq!(score(Divisions::Within), score(Divisions::Unknown));
        assert!(score(Divisions::Apart).score < OFFERED_FROM && score(Divisions::Same).score >= OFFERED_FROM);
    }

    #[test]
    fn two_districts_are_two_places() {
        let text = "晚上噪音很大，影响休息";
        assert_eq!(alike(("A3区噪音扰民", text), ("A5区噪音扰民", text), Divisions::Unknown).same_place, Some(false));
    }

    #[test]
    fn nothing_is_like_nothing() {
        assert_eq!(alike(("", ""), ("", ""), Divisions::Unknown).score, 0.0);
    }

    #[test]
    fn the_probes_leave_out_what_no_topic_has_and_what_costs_too_much() {
        let mut rarity = rarity();
        let draft = features("医保卡", "医保怎么办理");
        let known = hash_of(TermKind::Word, "医保");
        assert!(probes(&draft, &rarity).iter().any(|probe| probe.term == known && probe.weight > 0));
        rarity.counts.insert(known, MOST_POSTINGS + 1);
        assert!(probes(&draft, &rarity).iter().all(|probe| probe.term != known));
    }
}
