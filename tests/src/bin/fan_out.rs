//! An answer to a hundred thousand backers on both columns: `bench/fan-out` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, clippy::expect_used, missing_docs, reason = "a command of the bench")]

use shangyi_tests::{Column, TestApp, fan_out};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let backers = std::env::args().nth(1).map_or(100_000, |text| text.parse().expect("a number"));
    for column in [Column::Served, Column::Embedded] {
        let app = TestApp::start(column).await;
        let seen = fan_out(&app, backers).await;
        println!(
            "{column:?}: {} notices for {} people ({backers} backers and the author); killed at {:?}; answering took {:.1} ms for one backer, {:.1} ms for {backers}; the last process needed {:.1} s",
            seen.notices, seen.told, seen.killed_at, seen.one, seen.many, seen.seconds
        );
    }
}
