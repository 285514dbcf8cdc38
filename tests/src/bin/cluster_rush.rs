//! 32 clients for 20 seconds on two processes: `bench/clusters` runs it.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, missing_docs, reason = "a command of the bench")]

use shangyi_tests::{Column, TestApp, counts_against_facts, notices_against_facts, rush};
use std::time::Duration;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    for (name, rules) in
        [("with the rules", true), ("negative control: a person's other voices are not looked at, and a notice is not kept once", false)]
    {
        let app = TestApp::start(Column::Served).await;
        if !rules {
            app.without_cluster_rules().await;
        }
        let done = rush(&app, 32, Duration::from_secs(20)).await;
        println!("{name}:\n  done {:?}\n  refused {:?}\n  errors {}: {:?}", done.done, done.refused, done.errors.len(), done.errors.first());
        let (counts, notices) = (counts_against_facts(&app).await, notices_against_facts(&app).await);
        println!("  counts that do not equal the facts: {} {:?}", counts.len(), counts.first());
        println!("  notices that do not: {} {:?}", notices.len(), notices.first());
        println!(
            "  supports {}, merges {}, notices {}",
            app.count("SELECT count(*) FROM topic_supports").await,
            app.count("SELECT count(*) FROM topic_merges").await,
            app.count("SELECT count(*) FROM notices").await
        );
    }
}
