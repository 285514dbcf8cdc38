use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sea_orm::sqlx::types::Uuid;
use shangyi::calendar::occupy::{self, NewOccasion, Subject};
use shangyi::kernel::cx::Who;
use shangyi::kernel::{Cx, Locale, Stop};
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{OrganisationId, Timestamp};
use shangyi_tests::{Column, TestApp, on_both_columns, run_program};

const DAY: i64 = 86_400_000_000;
const FIRST: i64 = 1_788_192_000_000_000;

fn cx(app: &TestApp) -> Cx {
    Cx::new(app.app.clone(), Who::Nobody, Locale::En, None, "calendar".to_owned())
}

async fn committee(app: &TestApp) -> OrganisationId {
    shangyi::organisation::committee_covering(&cx(app), "990101").await.unwrap().unwrap()
}

fn subject(n: u128) -> Subject {
    let kind = [SubjectKind::Member, SubjectKind::Venue, SubjectKind::Resident][usize::try_from(n % 3).unwrap()];
    Subject { kind, id: Uuid::from_u128(0xabc0 + n) }
}

/// Takes the time of these subjects; whether it was free.
async fn take(app: &TestApp, committee: OrganisationId, from: i64, until: i64, subjects: &[u128]) -> Result<bool, String> {
    let cx = &cx(app);
    let new = NewOccasion {
        id: cx.new_id(),
        committee,
        kind: OccasionKind::Activity,
        from: Timestamp(from),
        until: Timestamp(until),
        subjects: subjects.iter().map(|n| subject(*n)).collect(),
    };
    let new = &new;
    let done = app.app.db.write(|tx| async move { occupy::open(&tx, cx, std::slice::from_ref(new), || ()).await }).await;
    match done {
        Ok(()) => Ok(true),
        Err(Stop::Refused(())) => Ok(false),
        Err(Stop::Failed(error)) => Err(error.text(Locale::En)),
    }
}

const OVERLAPS: &str = "SELECT count(*) FROM occupancies a JOIN occupancies b ON a.subject_id = b.subject_id AND a.id < b.id
    WHERE a.released_at IS NULL AND b.released_at IS NULL AND a.from_at < b.until_at AND b.from_at < a.until_at";

async fn without_the_rule(app: &TestApp) {
    app.execute(match app.column {
        Column::Served => "ALTER TABLE occupancies DROP CONSTRAINT subject_is_taken",
        Column::Embedded => "DROP TRIGGER subject_is_taken_insert; DROP TRIGGER subject_is_taken_update",
    })
    .await
    .unwrap();
}

/// 64 clients, each of them wanting some random times of some random subjects.
async fn rush(app: &TestApp) -> (usize, Vec<String>) {
    let committee = committee(app).await;
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]));
    let wish = (0_i64..48, 1_i64..6, prop::collection::vec(0_u128..6, 1..4));
    let wishes = prop::collection::vec(wish, 8);
    let clients: Vec<_> = (0..64).map(|_| wishes.new_tree(&mut runner).unwrap().current()).collect();
    let answers = join_all(clients.into_iter().map(|wishes| async move {
        let mut answers = Vec::new();
        for (from, hours, mut subjects) in wishes {
            subjects.sort_unstable();
            subjects.dedup();
            // As the client names them, not as they are locked.
            subjects.reverse();
            let begins = FIRST + from * DAY / 48;
            answers.push(take(app, committee, begins, begins + hours * DAY / 48, &subjects).await);
        }
        answers
    }))
    .await;
    let all: Vec<_> = answers.into_iter().flatten().collect();
    let errors = all.iter().filter_map(|answer| answer.clone().err()).collect();
    (all.iter().filter(|answer| **answer == Ok(true)).count(), errors)
}

on_both_columns! {
    async fn ranges_that_touch_are_two_and_ranges_that_share_a_moment_are_refused(app) {
        let committee = committee(&app).await;
        let (nine, eleven, night) = (FIRST + 9 * 3_600_000_000, FIRST + 11 * 3_600_000_000, FIRST + 23 * 3_600_000_000);
        assert_eq!(take(&app, committee, nine, eleven, &[0]).await, Ok(true));
        for (from, until, subjects, free) in [
            (eleven, eleven + 1, vec![0], true),
            (nine - 1, nine, vec![0], true),
            (eleven - 1, eleven + 5, vec![0], false),
            (nine - 5, nine + 1, vec![0], false),
            (nine + 5, nine + 6, vec![0], false),
            (nine - 5, eleven + 5, vec![0], false),
            (nine, eleven, vec![0], false),
            (nine, eleven, vec![1, 0], false),
            (nine, eleven, vec![1], true),
            (night, night + DAY / 12, vec![2], true),
            (FIRST + DAY, FIRST + DAY + 1, vec![2], false),
            (FIRST + DAY + 3_600_000_000, FIRST + DAY + 3_600_000_001, vec![2], true),
        ] {
            assert_eq!(take(&app, committee, from, until, &subjects).await, Ok(free), "{from} {until} {subjects:?}");
        }
        for (from, until) in [(nine, nine), (eleven, nine)] {
            assert!(take(&app, committee, from, until, &[3]).await.is_err(), "what has no length is no time");
        }
        assert_eq!(app.count("SELECT count(*) FROM occasions").await, 6, "what was refused left nothing");
    }

    async fn no_ranges_whatever_overlap(app) {
        let committee = committee(&app).await;
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]));
        let mut held: Vec<(i64, i64, u128)> = Vec::new();
        for _ in 0..300 {
            let (from, length, n) = (0_i64..40, 1_i64..8, 0_u128..3).new_tree(&mut runner).unwrap().current();
            let (from, until) = (FIRST + from, FIRST + from + length);
            let free = !held.iter().any(|(begins, ends, other)| *other == n && *begins < until && from < *ends);
            assert_eq!(take(&app, committee, from, until, &[n]).await, Ok(free), "{from} {until} {n} in {held:?}");
            if free {
                held.push((from, until, n));
            }
        }
        assert_eq!(app.count(OVERLAPS).await, 0);
    }

    async fn sixty_four_clients_at_random_never_overlap_and_are_told_nothing_but_taken(app) {
        let (taken, errors) = rush(&app).await;
        assert_eq!(errors, [] as [String; 0]);
        assert!(taken > 20, "{taken}");
        assert_eq!(app.count(OVERLAPS).await, 0);
    }

    // The negative control: with the rule taken away, the same clients overlap.
    async fn without_the_rule_the_same_clients_would_overlap(app) {
        without_the_rule(&app).await;
        let (_, errors) = rush(&app).await;
        assert_eq!(errors, [] as [String; 0]);
        assert!(app.count(OVERLAPS).await > 0);
    }

    async fn a_year_that_is_announced_moves_what_is_open_and_says_so(app) {
        let file = app.folder().join("holidays.csv");
        let (member, studio) = (app.member(2).await, app.studio("泉水委员工作室").await);
        app.set_time("2026-12-30", 10, 0);
        let member = app.person(member.phone).await;
        let input = serde_json::json!({ "requestId": shangyi_tests::new_request(), "studioId": studio, "from": "2026-12-29T01:00:00Z", "until": "2026-12-29T03:00:00Z", "reason": "忘了" });
        let late = member.mutate("requestLateEntry", input).await.done()["lateEntry"].clone();
        assert_eq!(late["due"], serde_json::json!({ "at": "2027-01-04T16:00:00+00:00", "provisional": true, "overdue": false }));
        std::fs::write(&file, "day,kind,name\n2027-01-01,HOLIDAY,元旦\n2027-01-02,HOLIDAY,元旦\n2027-01-03,WORKDAY,元旦\n").unwrap();
        let (code, said, problems) = run_program(&app, &["import", "holidays", file.to_str().unwrap()], &[]);
        assert_eq!((code, problems.contains("holidays.csv")), (Some(0), false), "{said} {problems}");
        assert!(said.contains("3 lines read, 3 rows new or changed, 0 lines bad"), "{said}");
        let again = run_program(&app, &["import", "holidays", file.to_str().unwrap()], &[]);
        assert!(again.1.contains("0 rows new or changed"), "{}", again.1);
        let (_, said, _) = {
            std::fs::write(&file, "day,kind,name\n2027-01-01,HOLIDAY,元旦\n2027-01-04,HOLIDAY,元旦\n").unwrap();
            run_program(&app, &["import", "holidays", file.to_str().unwrap()], &[])
        };
        assert!(said.contains("due at the end of 2027-01-06 instead of 2027-01-04"), "{said}");
        let query = "{ lateEntriesToApprove { nodes { due { at provisional } } } }";
        let due = app.member(0).await.ok(query, serde_json::json!({})).await["lateEntriesToApprove"]["nodes"][0]["due"].clone();
        assert_eq!(due, serde_json::json!({ "at": "2027-01-06T16:00:00+00:00", "provisional": false }));
        std::fs::write(&file, "day,kind,name\n2028-01-01,HOLIDAY,元旦\n2028-01-04,WORKDAY,元旦\nnonsense\n2029-01-01,HOLIDAY,元旦\n").unwrap();
        let (code, said, problems) = run_program(&app, &["import", "holidays", file.to_str().unwrap()], &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(problems.contains("holidays.csv:3: kind: a make-up workday falls on a weekend") && problems.contains(":4: "), "{problems}");
        assert_eq!(app.count("SELECT count(*) FROM announced_days WHERE day >= '2028'").await, 0, "a line that names no year may be of any");
    }
}
