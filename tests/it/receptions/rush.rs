//! Many at once: places, the waiting list, killed processes. Longer and larger: `bench/receptions`.
use shangyi_tests::{Column, TestApp, a_day, bustle, log_against_rules, places, two};
use std::time::Duration;

const RESIDENTS: usize = 400;
const PLACES: i64 = 20;

async fn rush(app: &TestApp) -> (shangyi_tests::Places, i64) {
    let residents = app.many_residents(RESIDENTS).await;
    // Sessions of the embedded column live in one process.
    let mut found = match app.column {
        Column::Embedded => {
            let (_, slots) = a_day(&app.officer("听泉街道联络委").await, &[PLACES]).await;
            places(app, &residents, &slots[0], &[&app.url], 64).await
        }
        Column::Served => {
            let (programs, officer) = two(app).await;
            let (_, slots) = a_day(&officer, &[PLACES]).await;
            let mut found = places(app, &residents, &slots[0], &[programs[0].url(), programs[1].url()], 64).await;
            found.others.extend(programs.iter().flat_map(shangyi_tests::Program::log).filter(|line| line.contains("ERROR")));
            found
        }
    };
    found.others.sort();
    found.others.dedup();
    (found, app.count("SELECT count(*) FROM bookings WHERE state = 'BOOKED'").await)
}

async fn exactly_the_places_are_booked(column: Column) {
    let app = TestApp::start_with(column, &[("DB_WAIT_MS", "20000"), ("BOOKINGS_PER_DAY", "1000")]).await;
    let (found, booked) = rush(&app).await;
    assert_eq!(found.others, [] as [String; 0]);
    let places = usize::try_from(PLACES).unwrap();
    assert_eq!((found.booked, booked), (places, PLACES));
    assert_eq!((found.repeated, found.full, found.waiting), (2 * places, 3 * (RESIDENTS - places), RESIDENTS - places));
    assert_eq!(log_against_rules(&app).await, [] as [String; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_ask_thrice_for_twenty_places_on_two_processes_and_twenty_have_one_served() {
    exactly_the_places_are_booked(Column::Served).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_ask_thrice_for_twenty_places_and_twenty_have_one_embedded() {
    exactly_the_places_are_booked(Column::Embedded).await;
}

// The negative control: without the guard in the one statement, more have a place than there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_guard_more_than_twenty_would_have_one() {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "20000")]).await;
    app.without_the_guard_of_places().await;
    let (_, booked) = rush(&app).await;
    assert!(booked > PLACES, "the test would pass without its guard: {booked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_at_once_every_freed_place_is_offered_once_and_in_order() {
    let app = TestApp::start_with(Column::Served, &[("DB_WAIT_MS", "20000")]).await;
    let residents = app.many_residents(40).await;
    let done = bustle(&app, &residents, 16, Duration::from_secs(6), 2).await;
    assert_eq!(done.errors, [] as [String; 0], "{:?}", done.done);
    assert!(done.expired > 0, "no offer ended by its time");
    for name in ["bookSlot", "joinWaitingList", "cancelBooking", "acceptOffer"] {
        assert!(done.done.contains_key(name), "{name} never came to be: {done:?}");
    }
    assert_eq!(log_against_rules(&app).await, [] as [String; 0]);
}
