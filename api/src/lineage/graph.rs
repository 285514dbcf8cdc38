//! The graph: nodes once each, edges once each. Pure.
use crate::campaigns::Campaign;
use crate::consultations::{AgreedItem, Consultation};
use crate::handovers::HandOver;
use crate::receptions::ReceptionRecord;
use crate::topics::Topic;
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};

/// What a node is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineageNodeKind {
    /// A topic.
    Topic,
    /// A campaign.
    Campaign,
    /// A hand-over to a unit.
    HandOver,
    /// A consultation that a topic became.
    Consultation,
    /// What was agreed on in a consultation.
    AgreedItem,
    /// That those who asked confirmed it.
    Confirmation,
    /// Something inside the committee; for the internal side.
    Inside,
    /// An answer.
    Answer,
    /// What was said on a reception day; for those who may know of the visit.
    ReceptionRecord,
    /// Taken up inside the committee (转内部办理): all that the public learns.
    Internal,
}

/// How one node came of another.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineageEdgeKind {
    /// A topic was raised in a campaign.
    RaisedIn,
    /// A topic was merged into another one.
    MergedInto,
    /// A topic was handed over.
    HandedOver,
    /// A topic was adopted as something.
    AdoptedAs,
    /// Something led to an answer.
    AnsweredBy,
    /// A reception record was raised as a topic.
    RaisedAs,
    /// A consultation agreed on an item.
    AgreedOn,
    /// An item was confirmed by those who asked.
    ConfirmedBy,
}

/// What a node of the graph can be opened as.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per node")]
pub enum LineageThing {
    /// A topic.
    Topic(Topic),
    /// A campaign.
    Campaign(Campaign),
    /// A hand-over.
    HandOver(HandOver),
    /// A reception record.
    ReceptionRecord(ReceptionRecord),
    /// A consultation.
    Consultation(Consultation),
    /// An agreed item.
    AgreedItem(AgreedItem),
}

/// A thing in the graph.
#[derive(SimpleObject)]
pub struct LineageNode {
    /// Its name in this graph, by which edges speak of it.
    pub key: String,
    /// What it is.
    pub kind: LineageNodeKind,
    /// A word to show; null where the thing's own title is to be shown.
    pub title: Option<String>,
    /// Where it stands; null where it has no states.
    pub state: Option<String>,
    /// When it began; null for INTERNAL.
    pub at: Option<DateTime<Utc>>,
    /// The thing; null where it cannot be opened by itself.
    pub thing: Option<LineageThing>,
}

/// How two things hang together.
#[derive(SimpleObject, Debug, PartialEq, Eq)]
pub struct LineageEdge {
    /// The key of the earlier thing.
    pub from: String,
    /// The key of what came of it.
    pub to: String,
    /// How.
    pub kind: LineageEdgeKind,
}

/// Everything that hangs together with a thing, as the viewer may know of it.
#[derive(SimpleObject, Default)]
pub struct Lineage {
    /// The things, the one asked for first.
    pub nodes: Vec<LineageNode>,
    /// How they hang together.
    pub edges: Vec<LineageEdge>,
    /// Whether there is more than is shown.
    pub cut: bool,
}

/// The most nodes of one graph.
const MOST: usize = 200;

impl Lineage {
    /// Adds a thing unless it is there; whether it is there now.
    pub(super) fn add(&mut self, node: LineageNode) -> bool {
        if self.nodes.iter().any(|known| known.key == node.key) {
            return true;
        }
        if self.nodes.len() >= MOST {
            self.cut = true;
            return false;
        }
        self.nodes.push(node);
        true
    }

    /// Adds an edge between things that are there, once.
    pub(super) fn link(&mut self, from: &str, to: &str, kind: LineageEdgeKind) {
        let edge = LineageEdge { from: from.to_owned(), to: to.to_owned(), kind };
        let is_here = |key: &str| self.nodes.iter().any(|node| node.key == key);
        if is_here(from) && is_here(to) && !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(key: &str) -> LineageNode {
        LineageNode { key: key.to_owned(), kind: LineageNodeKind::Topic, title: None, state: None, at: None, thing: None }
    }

    #[test]
    fn things_and_edges_are_there_once_and_no_edge_leads_nowhere() {
        let mut graph = Lineage::default();
        assert!(graph.add(node("a")) && graph.add(node("b")) && graph.add(node("a")));
        for to in ["b", "b", "c"] {
            graph.link("a", to, LineageEdgeKind::MergedInto);
        }
        assert_eq!((graph.nodes.len(), graph.edges.len(), graph.cut), (2, 1, false));
    }

    #[test]
    fn a_graph_has_an_end_and_says_so() {
        let mut graph = Lineage::default();
        for n in 0..300 {
            graph.add(node(&n.to_string()));
        }
        assert_eq!((graph.nodes.len(), graph.cut), (MOST, true));
    }
}
