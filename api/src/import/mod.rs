//! Bringing in what other systems know. Every import can be run again: what is there already stays, a line is loaded
//! whole or not at all, a bad line is told as `FILE:LINE: reason` without its content, and the good ones go in.

mod divisions;
mod holidays;
mod lines;
mod members;
mod similar;
mod topics;

pub use divisions::run as divisions;
pub use holidays::run as holidays;
pub use members::run as members;
pub use similar::run as measure_similar;
pub use topics::run as topics;

use std::path::Path;

/// Bad lines told one by one; the rest is counted.
const TOLD: usize = 1000;

/// What came of an import.
#[derive(Debug, Default)]
pub struct Report {
    /// Lines read.
    pub read: u64,
    /// Rows that are new or changed.
    pub changed: u64,
    /// Lines that could not be brought in.
    pub bad: u64,
    /// `FILE:LINE: reason` of each, the first thousand.
    pub problems: Vec<String>,
    /// What else the operator should know.
    pub notes: Vec<String>,
}

impl Report {
    fn problem(&mut self, file: &Path, line: u64, reason: &str) {
        self.bad += 1;
        if self.problems.len() < TOLD {
            self.problems.push(format!("{}:{line}: {reason}", file.display()));
        }
    }

    /// One sentence.
    pub fn summary(&self) -> String {
        format!("{} lines read, {} rows new or changed, {} lines bad", self.read, self.changed, self.bad)
    }
}
