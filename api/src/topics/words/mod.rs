//! The words of topics: postings that grow with writes, similar topics while writing, search with highlights.
//!
//! Words: a *term* is a word as the database keeps it, by its hash; a *posting* says that a topic has a term. The postings are
//! written with the text they come from, in its transaction; how many topics have a term is counted by the worker
//! (`term_counts`) and only weighs, so that it may lag behind.

pub mod alike;
mod count;
mod highlight;
mod lexicon;
pub mod measure;
mod pieces;
mod search;
mod similar;
mod store;
pub mod terms;
mod write;

pub use count::count_terms;
pub use highlight::{Highlight, Highlights};
pub use search::FoundTopics;
pub(super) use search::{search, terms_of_search};
pub(super) use similar::similar;
pub use similar::{Found, SimilarTopic, alike_to};
pub(super) use store::{forget, having};
pub use write::{postings, write_imported, write_missing};
pub(super) use write::{write, write_new};
