use super::*;
use sea_orm::Iterable;
use std::collections::HashSet;

fn standings() -> impl Iterator<Item = Standing> {
    (0..(1_u32 << 12)).map(|bits| {
        let is = |place: u32| bits >> place & 1 > 0;
        Standing {
            desk: is(0),
            general: is(1),
            raised: is(2),
            caller: is(3),
            public: is(4),
            merged: is(5),
            has_merged: is(6),
            reopened: i64::from(is(7)) * 2,
            taken: if is(8) { Taken::ByViewer } else { Taken::ByAnother },
            second_look: if is(9) {
                SecondLook::Open
            } else if is(10) {
                SecondLook::Decided
            } else {
                SecondLook::NotAsked
            },
            looked_first: is(10) && is(11),
            confirmed: is(11),
        }
    })
}

#[test]
fn what_is_allowed_is_what_is_judged_possible() {
    for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
        let listed: Vec<_> = allowed(state, standing).collect();
        for rule in RULES {
            let found = listed.iter().find(|(kind, ..)| *kind == rule.kind).copied();
            match judge(rule.kind, state, standing) {
                Ok(to) => assert_eq!(found, Some((rule.kind, to.unwrap_or(state), None))),
                Err(No::NotYours | No::NotNow) => assert_eq!(found, None),
                Err(no) if no.is_idle() => assert_eq!(found, None),
                Err(no) => assert_eq!(found.unwrap().2, Some(no)),
            }
        }
    }
}

#[test]
fn nobody_but_desk_and_author_moves_anything() {
    for state in S::iter() {
        for caller in [false, true] {
            assert_eq!(allowed(state, Standing { caller, public: true, ..Standing::default() }).count(), 0);
        }
    }
}

#[test]
fn nobody_decides_about_their_own_topic() {
    let own = Standing { desk: true, general: true, raised: true, public: true, ..Standing::default() };
    for (state, kind) in S::iter().flat_map(|state| RULES.iter().map(move |rule| (state, rule.kind))) {
        if judge(kind, state, own).is_ok() {
            let authors = [Move::SupplyMore, Move::Withdraw, Move::Confirm, Move::Dispute, Move::AskSecondLook];
            assert!(authors.contains(&kind), "{kind:?} from {state:?}");
        }
    }
}

#[test]
fn a_merged_topic_leaves_its_moves_to_the_canonical_one() {
    let merged = Standing { desk: true, general: true, caller: true, public: true, merged: true, ..Standing::default() };
    for (kind, _, no) in S::iter().flat_map(|state| allowed(state, merged)) {
        assert_eq!(no == Some(No::MergedElsewhere), !OF_MERGED.contains(&kind), "{kind:?}");
    }
}

#[test]
fn every_state_is_reached_and_the_ends_are_ends() {
    let mut reached = HashSet::from([S::Submitted]);
    while let Some(next) = RULES
        .iter()
        .filter(|rule| rule.from.iter().any(|from| reached.contains(from)))
        .flat_map(|rule| rule.to.states())
        .find(|state| !reached.contains(state))
    {
        reached.insert(next);
    }
    for state in S::iter() {
        assert!(reached.contains(&state), "{state:?}");
    }
    for end in [S::Confirmed, S::Settled, S::Withdrawn] {
        assert!(RULES.iter().all(|rule| !rule.from.contains(&end) || rule.to == To::Same), "{end:?}");
    }
}

#[test]
fn from_every_state_an_end_can_be_reached() {
    let ends = [S::Confirmed, S::Settled, S::Withdrawn, S::Redirected, S::Rejected, S::Answered];
    for start in S::iter() {
        let mut seen = HashSet::from([start]);
        while let Some(next) =
            RULES.iter().filter(|rule| rule.from.iter().any(|from| seen.contains(from))).flat_map(|rule| rule.to.states()).find(|s| !seen.contains(s))
        {
            seen.insert(next);
        }
        assert!(ends.iter().any(|end| seen.contains(end)), "{start:?}");
    }
}

#[test]
fn the_answer_after_the_second_reopening_settles_the_matter() {
    let desk = |reopened| Standing { desk: true, reopened, ..Standing::default() };
    for (reopened, to) in [(0, S::Answered), (1, S::Answered), (2, S::Settled)] {
        for from in [S::Reopened, S::Shortlisted, S::HandedOver] {
            assert_eq!(judge(Move::Answer, from, desk(reopened)), Ok(Some(to)));
        }
        assert_eq!(by_itself(Move::UnitReply, S::HandedOver, reopened), Some(to));
        assert_eq!(by_itself(Move::Conclude, S::Adopted, reopened), Some(to));
    }
    assert_eq!(by_itself(Move::UnitReturn, S::HandedOver, 0), Some(S::Accepted));
    assert_eq!(by_itself(Move::UnitReturn, S::HandedOver, 1), Some(S::Reopened));
    assert_eq!(by_itself(Move::Answer, S::Accepted, 0), None, "that is the desk's");
}
