//! Lineage: from anything one can follow links to what it came from and what became of it.
//!
//! Words: a *node* is a thing, an *edge* says how one came of another. The graph is that of the viewer: to the public, whatever is
//! inside the committee is one node INTERNAL without kind, time or number. Nothing is stored here: each room tells its own links.

mod graph;
mod walk;

use crate::kernel::{ApiError, say};
use async_graphql::{Context, ID, Object};
pub use graph::{Lineage, LineageEdge, LineageEdgeKind, LineageNode, LineageNodeKind, LineageThing};

/// Following links.
#[derive(Default)]
pub struct LineageQuery;

#[Object]
impl LineageQuery {
    /// The graph around a topic, a hand-over, a campaign, an answer, an adoption, a reception record or a consultation: its cluster, its campaign, hand-overs, what it became, its answers, as far as
    /// the viewer may know of them; at most 200 nodes. Null where there is nothing the viewer may know of; `BAD_INPUT` for an id of
    /// another kind.
    #[graphql(complexity = "300 + child_complexity")]
    async fn lineage(&self, ctx: &Context<'_>, #[graphql(desc = "The id of any node.")] id: ID) -> Result<Option<Lineage>, ApiError> {
        let Some(start) = walk::start(&id) else {
            return Err(ApiError::bad_input("id", say("这种内容没有来龙去脉可查。", "There is no lineage of things of this kind.")));
        };
        walk::from(ctx, start).await
    }
}
