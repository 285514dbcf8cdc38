use super::*;

on_both_columns! {
    async fn working_days_pass_over_the_national_day_and_what_is_late_shows_on_the_board(app) {
        app.set_time("2026-09-29", 10, 0);
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let first = give(&officer, &topic(&app, &author, &officer, "路灯不亮").await, &unit).await;
        let second = acted(&clerk, "acceptHandOver", &give(&officer, &topic(&app, &author, &officer, "井盖松动").await, &unit).await).await;
        assert_eq!(first["acceptBy"]["at"], "2026-10-09T16:00:00+00:00", "30 September, 8 and 9 October");
        assert_eq!(first["replyBy"]["at"], "2026-10-26T16:00:00+00:00", "with the make-up Saturday");
        app.set_time("2026-10-09", 23, 0);
        let clerk = app.person(CLERK).await;
        assert_eq!(board(&clerk, "(overdue: true)").await, [] as [Value; 0]);
        app.set_time("2026-10-10", 0, 1);
        let clerk = app.person(CLERK).await;
        assert_eq!(ids(&board(&clerk, "(overdue: true)").await), [first["id"].clone()], "not accepted in time");
        assert_eq!(seen(&clerk, &first["id"]).await["acceptBy"]["overdue"], true);
        assert_eq!(ids(&board(&clerk, "(state: ACCEPTED)").await), [second["id"].clone()]);
        acted(&clerk, "acceptHandOver", &first).await;
        assert_eq!(board(&clerk, "(overdue: true)").await, [] as [Value; 0], "late is better than never");
        app.set_time("2026-10-27", 0, 1);
        let (clerk, officer) = (app.person(CLERK).await, app.officer(SPRING).await);
        for who in [&clerk, &officer] {
            assert_eq!(ids(&board(who, "(overdue: true)").await), [first["id"].clone(), second["id"].clone()], "no reply in time");
        }
        acted(&clerk, "replyToHandOver", &second).await;
        assert_eq!(ids(&board(&clerk, "(overdue: true)").await), [first["id"].clone()]);
    }

    async fn the_board_pages_by_keyset_the_oldest_first(app) {
        let (author, officer, clerk) = (app.resident(0).await, app.officer(SPRING).await, app.person(CLERK).await);
        let unit = organisation(&app, BUREAU).await;
        let mut given = Vec::new();
        for n in 0..5 {
            given.push(give(&officer, &topic(&app, &author, &officer, &format!("第{n}件")).await, &unit).await["id"].clone());
        }
        let query = "query($u: ID, $a: String) { unitBoard(unitId: $u, first: 2, after: $a) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let (mut after, mut read) = (json!(null), Vec::new());
        loop {
            let page = clerk.ok(query, json!({ "u": unit, "a": after })).await["unitBoard"].clone();
            read.extend(ids(page["nodes"].as_array().unwrap()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(read, given);
        clerk.expect_error(query, json!({ "a": after }), "BAD_INPUT").await;
        clerk.expect_error("{ unitBoard(first: 51) { nodes { id } } }", json!({}), "BAD_INPUT").await;
    }
}
