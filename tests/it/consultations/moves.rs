//! The table of moves is the database's too.
use shangyi::consultations::consultation_moves::RULES;
use shangyi_tests::{Column, TestApp};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_moves_of_consultations_are_those_of_the_database() {
    for column in [Column::Embedded, Column::Served] {
        let app = TestApp::start(column).await;
        let there: BTreeSet<String> = app.sql("SELECT from_state || ' ' || to_state FROM consultation_moves").await.into_iter().collect();
        let word = |state| sea_orm::ActiveEnum::to_value(&state);
        let here: BTreeSet<String> = RULES
            .iter()
            .flat_map(|rule| rule.from.iter().map(move |from| (*from, rule.to)))
            .filter(|(from, to)| from != to)
            .map(|(from, to)| format!("{} {}", word(from), word(to)))
            .collect();
        assert_eq!(there, here);
    }
}
