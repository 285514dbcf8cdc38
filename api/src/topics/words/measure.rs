//! How good the suggestions are, against labels that say which topics speak of one incident. Pure; the definitions are those
//! of docs/similar-topics.md.
use std::collections::{BTreeMap, BTreeSet};

/// Suggestions looked at for recall: what a resident sees.
const SEEN: usize = 5;
/// The thresholds tried are so many steps of 1/200: 0.100 to 0.895.
const STEPS: std::ops::Range<u32> = 20..180;

/// Which topics belong together.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// The topics of each incident, by the name of the cluster. Those of one topic alone are left out of the figures.
    pub clusters: BTreeMap<String, Vec<i64>>,
    /// Topics that look like one of the clusters and speak of something else.
    pub hard: Vec<i64>,
}

/// One suggestion for a topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The suggested topic.
    pub topic: i64,
    /// Its score, 0 to 1.
    pub score: f64,
}

/// The figures of one cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterFigures {
    /// Its name.
    pub cluster: String,
    /// Its number of topics.
    pub topics: usize,
    /// The share of what could be among the first five that is, averaged over its topics.
    pub recall_of_five: f64,
    /// The threshold chosen on the other clusters.
    pub threshold: f64,
    /// The share of the pairs suggested with that threshold that are pairs of the cluster; 1 if none is suggested.
    pub precision: f64,
    /// The share of the cluster's pairs that are suggested.
    pub recall: f64,
    /// The precision where unlabelled topics are left out of account.
    pub precision_of_labelled: f64,
}

/// All figures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// The figures of each cluster, by name.
    pub clusters: Vec<ClusterFigures>,
    /// Averages over the clusters.
    pub recall_of_five: f64,
    /// See [`ClusterFigures::precision`].
    pub precision: f64,
    /// See [`ClusterFigures::recall`].
    pub recall: f64,
    /// See [`ClusterFigures::precision_of_labelled`].
    pub precision_of_labelled: f64,
    /// The threshold chosen on all clusters.
    pub threshold: f64,
    /// How many hard topics have a suggestion with that threshold.
    pub hard_with_suggestions: usize,
    /// How many hard topics are suggested to a labelled topic with that threshold.
    pub hard_suggested: usize,
}

/// Measures the suggestions. `suggest` gives the candidates of a topic, without the topic itself, in any order; at least
/// fifty where there are so many. It is asked once for every labelled topic.
pub fn measure(labels: &Labels, suggest: impl Fn(i64) -> Vec<Scored>) -> Figures {
    let clusters: Vec<Cluster> =
        labels.clusters.iter().filter(|(_, topics)| topics.len() >= 2).map(|(name, topics)| Cluster::of(name, topics, &suggest)).collect();
    let labelled: BTreeSet<i64> = labels.clusters.values().flatten().chain(&labels.hard).copied().collect();
    let curves: Vec<Curve> = clusters.iter().map(Cluster::curve).collect();
    let each = clusters.iter().enumerate().map(|(at, cluster)| {
        let others: Vec<&Curve> = curves.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, curve)| curve).collect();
        let threshold = best_threshold(&others);
        let (precision, recall) = cluster.precision_and_recall(threshold, None);
        ClusterFigures {
            cluster: cluster.name.clone(),
            topics: cluster.topics.len(),
            recall_of_five: cluster.recall_of_five(),
            threshold,
            precision,
            recall,
            precision_of_labelled: cluster.precision_and_recall(threshold, Some(&labelled)).0,
        }
    });
    let each: Vec<ClusterFigures> = each.collect();
    let threshold = best_threshold(&curves.iter().collect::<Vec<_>>());
    let offered = |scored: &Scored| scored.score >= threshold;
    let suggested: BTreeSet<i64> =
        clusters.iter().flat_map(|cluster| cluster.suggestions.iter().flatten()).filter(|one| offered(one)).map(|one| one.topic).collect();
    Figures {
        recall_of_five: mean(each.iter().map(|one| one.recall_of_five)),
        precision: mean(each.iter().map(|one| one.precision)),
        recall: mean(each.iter().map(|one| one.recall)),
        precision_of_labelled: mean(each.iter().map(|one| one.precision_of_labelled)),
        threshold,
        hard_with_suggestions: labels.hard.iter().filter(|hard| suggest(**hard).iter().any(offered)).count(),
        hard_suggested: labels.hard.iter().filter(|hard| suggested.contains(*hard)).count(),
        clusters: each,
    }
}

/// Precision and recall of a cluster at each of [`STEPS`].
type Curve = Vec<(f64, f64)>;

struct Cluster {
    name: String,
    topics: BTreeSet<i64>,
    /// The suggestions of each topic, the best first.
    suggestions: Vec<Vec<Scored>>,
}

impl Cluster {
    fn of(name: &str, topics: &[i64], suggest: &impl Fn(i64) -> Vec<Scored>) -> Self {
        let topics: BTreeSet<i64> = topics.iter().copied().collect();
        let sorted = |topic: &i64| {
            let mut suggestions = suggest(*topic);
            suggestions.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.topic.cmp(&a.topic)));
            suggestions
        };
        let suggestions = topics.iter().map(sorted).collect();
        Self { name: name.to_owned(), topics, suggestions }
    }

    fn recall_of_five(&self) -> f64 {
        let possible = self.topics.len().saturating_sub(1).clamp(1, SEEN) as f64;
        mean(self.suggestions.iter().map(|list| list.iter().take(SEEN).filter(|one| self.topics.contains(&one.topic)).count() as f64 / possible))
    }

    /// With `only`, suggestions of other topics than these count neither way.
    fn precision_and_recall(&self, threshold: f64, only: Option<&BTreeSet<i64>>) -> (f64, f64) {
        let offered = self.suggestions.iter().flatten().filter(|one| one.score >= threshold);
        let (mut right, mut all) = (0_usize, 0_usize);
        for one in offered.filter(|one| only.is_none_or(|only| only.contains(&one.topic))) {
            all += 1;
            right += usize::from(self.topics.contains(&one.topic));
        }
        let pairs = self.topics.len() * self.topics.len().saturating_sub(1);
        let precision = if all == 0 { 1.0 } else { right as f64 / all as f64 };
        (precision, right as f64 / pairs.max(1) as f64)
    }

    fn curve(&self) -> Curve {
        STEPS.map(|step| self.precision_and_recall(threshold_at(step), None)).collect()
    }
}

fn threshold_at(step: u32) -> f64 {
    f64::from(step) / 200.0
}

/// The threshold with the best F1 of the average precision and recall; the middle one of several equally good.
fn best_threshold(curves: &[&Curve]) -> f64 {
    let quality = |at: usize| {
        let points = || curves.iter().filter_map(|curve| curve.get(at));
        let (precision, recall) = (mean(points().map(|point| point.0)), mean(points().map(|point| point.1)));
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    };
    let rated: Vec<(u32, f64)> = STEPS.enumerate().map(|(at, step)| (step, quality(at))).collect();
    let best = rated.iter().map(|(_, quality)| *quality).fold(0.0, f64::max);
    let good: Vec<u32> = rated.iter().filter(|(_, quality)| *quality >= best - 1e-9).map(|(step, _)| *step).collect();
    good.get(good.len() / 2).map_or(1.0, |step| threshold_at(*step))
}

/// The average; 0 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two incidents of two and three topics (tens tell the incident), a hard one (90) and a stranger (99).
    fn labels() -> Labels {
        let clusters = [("a".to_owned(), vec![10, 11]), ("b".to_owned(), vec![20, 21, 22])];
        Labels { clusters: clusters.into_iter().collect(), hard: vec![90] }
    }

    fn scored(topic: i64, within: f64, hard: f64) -> Vec<Scored> {
        let all = [10, 11, 20, 21, 22, 90, 99].into_iter().filter(|other| *other != topic);
        all.map(|other| Scored {
            topic: other,
            score: if other / 10 == topic / 10 && topic < 90 {
                within
            } else if other == 90 || topic == 90 {
                hard
            } else {
                0.05
            },
        })
        .collect()
    }

    #[test]
    fn clear_suggestions_have_full_figures() {
        let figures = measure(&labels(), |topic| scored(topic, 0.8, 0.2));
        assert_eq!((figures.recall_of_five, figures.precision, figures.recall), (1.0, 1.0, 1.0));
        assert_eq!((figures.hard_with_suggestions, figures.hard_suggested), (0, 0));
        assert!(figures.threshold > 0.2 && figures.threshold <= 0.8);
    }

    #[test]
    fn a_hard_topic_that_scores_like_the_incident_costs_precision() {
        let figures = measure(&labels(), |topic| scored(topic, 0.8, 0.8));
        assert!(figures.precision < 0.7 && figures.recall == 1.0);
        assert_eq!((figures.hard_with_suggestions, figures.hard_suggested), (1, 1));
    }

    #[test]
    fn without_suggestions_nothing_is_found_and_nothing_wrong() {
        let figures = measure(&labels(), |_| Vec::new());
        assert_eq!((figures.recall_of_five, figures.precision, figures.recall), (0.0, 1.0, 0.0));
    }

    #[test]
    fn no_labels_give_no_figures() {
        assert!(measure(&Labels::default(), |_| Vec::new()).clusters.is_empty());
    }
}
