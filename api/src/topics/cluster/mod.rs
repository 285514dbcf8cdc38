//! Topics that speak of one matter: one is canonical, the others are merged into it, with their backers' consent. Merging is
//! reversible and logged. Held by the database: no chains, no cycles (`no_chains`); a person has one voice per cluster.
//!
//! Locks go from the merged topic to the canonical one, as those of supports do; what changes the membership of a cluster
//! is done one at a time per committee.

mod decide;
mod loaders;
mod merge;
mod model;
mod mutations;
mod promote;
mod propose;
mod reply;
mod split;
mod store;

pub use decide::DecideMergeInput;
pub(super) use loaders::Loaders;
pub use merge::MergeTopicsInput;
pub use model::{MergeProposal, TopicMerge};
pub use mutations::ClusterMutation;
pub(super) use promote::promote;
pub use propose::ProposeMergeInput;
pub use reply::ReplyToMergeInput;
pub use split::SplitTopicInput;
pub(super) use store::{lock, proposals, replies_of, show_merged};
