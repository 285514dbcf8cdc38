//! Many at once: halls, members, seats and votes. Longer and larger: `bench/consultations`.
use shangyi_tests::{Column, TestApp, sitting_rush, two, vote_rush};

const SETTINGS: [(&str, &str); 1] = [("DB_WAIT_MS", "20000")];

/// Reasons with which a rush is refused; anything else is a defect.
const REASONS: [&str; 10] = [
    "announceConsultation STATE_CHANGED",
    "respondToInvitation STATE_CHANGED",
    "announceConsultation HALL_TAKEN",
    "announceConsultation PERSON_TAKEN",
    "changeSitting HALL_TAKEN",
    "changeSitting PERSON_TAKEN",
    "changeSitting STATE_CHANGED",
    "respondToInvitation FULL",
    "respondToInvitation PERSON_TAKEN",
    "respondToInvitation NOT_INVITED",
];

async fn nothing_overlaps(column: Column) {
    let app = TestApp::start_with(column, &SETTINGS).await;
    let url = app.url.clone();
    let found = sitting_rush(&app, &[&url], (24, 4, 20), 4).await;
    assert_eq!((&found.others, &found.broken), (&Vec::new(), &Vec::new()));
    assert!(found.refused.keys().all(|reason| REASONS.contains(&reason.as_str())), "{:?}", found.refused);
    assert!(found.done["announceConsultation"] >= 4 && found.done["respondToInvitation"] >= 20, "{:?}", found.done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_officers_and_members_do_at_once_nothing_overlaps_served() {
    nothing_overlaps(Column::Served).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_officers_and_members_do_at_once_nothing_overlaps_embedded() {
    nothing_overlaps(Column::Embedded).await;
}

// The negative control: without the rule of the database and the locks before it, halls and people have two things at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_guard_halls_and_people_would_have_two_things_at_once() {
    let app = TestApp::start_with(Column::Served, &SETTINGS).await;
    app.without_the_guard_of_time().await;
    // Processes of their own: connections that have never known the guard.
    let (programs, _) = two(&app).await;
    // Once each: who exchanges later gives up all that is in the way.
    let found = sitting_rush(&app, &[programs[0].url(), programs[1].url()], (24, 4, 40), 1).await;
    assert!(found.broken.iter().any(|what| what.starts_with("two things at once")), "the test would pass without its guard: {found:?}");
}

async fn every_vote_counts_once(column: Column) {
    let app = TestApp::start_with(column, &SETTINGS).await;
    let url = app.url.clone();
    let votes = vote_rush(&app, &[&url], (40, 6), 32).await;
    assert_eq!(votes.others, [] as [String; 0]);
    assert!(votes.exact && votes.cast >= 240, "{}", votes.cast);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_vote_on_six_statements_and_every_last_vote_counts_served() {
    every_vote_counts_once(Column::Served).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_vote_on_six_statements_and_every_last_vote_counts_embedded() {
    every_vote_counts_once(Column::Embedded).await;
}
