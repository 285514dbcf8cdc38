//! The table of moves against the database, and against what the API lets people do.
use sea_orm::{ActiveEnum, Iterable};
use shangyi::receptions::booking_moves::RULES;
use shangyi_entities::booking::BookingState;
use shangyi_tests::{a_day, on_both_columns};
use std::collections::{BTreeMap, BTreeSet};

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
        let declared: BTreeSet<String> = app.sql("SELECT from_state || ' ' || to_state FROM booking_moves").await.into_iter().collect();
        let is_declared = |from: BookingState, to: BookingState| declared.contains(&format!("{} {}", from.to_value(), to.to_value()));
        // From waiting, every state is reached by declared moves: the way to each.
        let mut ways: BTreeMap<String, Vec<BookingState>> = BTreeMap::from([(BookingState::Waitlisted.to_value(), vec![BookingState::Waitlisted])]);
        let mut next = vec![BookingState::Waitlisted];
        while let Some(from) = next.pop() {
            for to in BookingState::iter().filter(|to| is_declared(from, *to)) {
                if !ways.contains_key(&to.to_value()) {
                    let way = ways[&from.to_value()].iter().copied().chain([to]).collect();
                    ways.insert(to.to_value(), way);
                    next.push(to);
                }
            }
        }
        assert_eq!(ways.len(), BookingState::iter().count(), "a state that nothing leads to");
        // A row for each state, of a person of its own.
        let tokens = app.many_residents(ways.len()).await;
        let officer = app.officer("听泉街道联络委").await;
        let slot = a_day(&officer, &[1]).await.1.remove(0);
        officer.book(&slot).await.done();
        let mut refused = 0;
        for (token, way) in tokens.iter().zip(ways.values()) {
            let mut person = app.nobody();
            person.token = Some(token.clone());
            person.wait(&slot).await.done();
            app.execute("UPDATE reception_slots SET capacity = 50").await.unwrap();
            let number = app.sql("SELECT CAST(max(number) AS TEXT) FROM bookings").await.remove(0);
            app.execute(&format!("UPDATE bookings SET offer_expires_at = changed_at + 1 WHERE number = {number}")).await.unwrap();
            for to in &way[1..] {
                let sql = format!("UPDATE bookings SET state = '{}', version = version + 1 WHERE number = {number}", to.to_value());
                app.execute(&sql).await.unwrap_or_else(|error| panic!("{way:?}: {error}"));
            }
            let from = way[way.len() - 1];
            for to in BookingState::iter().filter(|to| *to != from && !is_declared(from, *to)) {
                let sql = format!("UPDATE bookings SET state = '{}', version = version + 1 WHERE number = {number}", to.to_value());
                let error = app.execute(&sql).await.unwrap_err();
                assert_eq!(shangyi::kernel::errors::rule_of(&error).as_deref(), Some("undeclared_move"), "{from:?} {to:?}");
                refused += 1;
            }
            app.execute("UPDATE reception_slots SET capacity = 1").await.unwrap();
        }
        let all = BookingState::iter().count();
        assert_eq!(refused, all * (all - 1) - declared.len());
        assert!(app.execute("DELETE FROM bookings").await.is_err() && app.execute("UPDATE booking_events SET role = 'x'").await.is_err());
        assert!(app.execute("UPDATE bookings SET state = 'CANCELLED' WHERE number IS NULL").await.is_err(), "the version grows with every move");
    }
}
