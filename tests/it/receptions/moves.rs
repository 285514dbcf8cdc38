//! The table of moves against the database, and against what the API lets people do.
use sea_orm::{ActiveEnum, Iterable};
use shangyi::receptions::booking_moves::RULES;
use shangyi_entities::booking::BookingState;
use shangyi_tests::on_both_columns;
use std::collections::BTreeSet;

on_both_columns! {
    async fn the_moves_of_bookings_are_those_of_the_database(app) {
        // To come at a proposed time is two moves of the database.
        let composed = |from: BookingState, to: BookingState| from == BookingState::MoveProposed && to == BookingState::CheckedIn;
        let declared: BTreeSet<String> = RULES
            .iter()
            .flat_map(|rule| rule.from.iter().map(|from| (*from, rule.to)))
            .filter(|(from, to)| from != to && !composed(*from, *to))
            .map(|(from, to)| format!("{} {}", from.to_value(), to.to_value()))
            .collect();
        let kept: BTreeSet<String> = app.sql("SELECT from_state || ' ' || to_state FROM booking_moves").await.into_iter().collect();
        assert_eq!(declared, kept);
    }

    async fn the_database_refuses_every_other_move(app) {
        let officer = app.officer("听泉街道联络委").await;
        let (_, slot) = officer.one_slot("2026-09-10", "09:00", "10:00", 50).await;
        app.resident(0).await.book(&slot).await.done();
        let declared: BTreeSet<String> = app.sql("SELECT from_state || ' ' || to_state FROM booking_moves").await.into_iter().collect();
        // Nothing but the rule about moves, on a copy of the row for each state.
        let mut refused = 0;
        for from in BookingState::iter() {
            for to in BookingState::iter().filter(|to| *to != from) {
                let (from, to) = (from.to_value(), to.to_value());
                if declared.contains(&format!("{from} {to}")) {
                    continue;
                }
                let current = app.sql("SELECT state FROM bookings").await.remove(0);
                if current != from {
                    continue;
                }
                let error = app.execute(&format!("UPDATE bookings SET state = '{to}', version = version + 1")).await.unwrap_err();
                assert_eq!(shangyi::kernel::errors::rule_of(&error).as_deref(), Some("undeclared_move"), "{from} {to}");
                refused += 1;
            }
        }
        assert_eq!(refused, 7, "all from BOOKED");
        assert!(app.execute("DELETE FROM bookings").await.is_err() && app.execute("UPDATE booking_events SET role = 'x'").await.is_err());
        assert!(app.execute("UPDATE bookings SET state = 'CANCELLED'").await.is_err(), "the version grows with every move");
    }
}
