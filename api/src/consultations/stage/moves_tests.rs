//! The table of moves, walked.
use super::*;
use sea_orm::Iterable;
use std::collections::HashSet;

/// Every kind of move.
fn kinds() -> HashSet<Move> {
    RULES.iter().map(|rule| rule.kind).collect()
}

/// Every single right and fact, all and none, and many mixtures of them.
fn standings() -> impl Iterator<Item = Standing> {
    let mixed = (1..4096_u32).map(|n| n.wrapping_mul(0x9E37_79B9) >> 8);
    (0..22).map(|place| 1 << place).chain([0, u32::MAX]).chain(mixed).map(|bits| {
        let is = |place: u32| bits >> place & 1 > 0;
        Standing {
            meeting: is(0),
            officer: is(1),
            organiser: is(2),
            desk: is(3),
            proposed: is(4),
            planned: is(5),
            delegated: is(6),
            special: is(7),
            special_committee: is(8),
            researched: is(9),
            secretary: is(10),
            office: is(11),
            took_part: is(12),
            has_rated: is(13),
            facts: Facts {
                begins: is(14),
                attended: is(15),
                drafted: is(16),
                items_whole: is(17),
                signed: is(18),
                tracked: is(19),
                open: is(20),
                rated: is(21),
            },
        }
    })
}

/// Everything has been done.
const WHOLE: Facts = Facts { begins: true, attended: true, drafted: true, items_whole: true, signed: true, tracked: true, open: false, rated: true };

#[test]
fn what_is_allowed_is_what_is_judged_possible() {
    for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
        let allowed: HashSet<(Move, S)> = allowed(state, standing).filter(|(_, _, no)| no.is_empty()).map(|(kind, to, _)| (kind, to)).collect();
        let judged: HashSet<(Move, S)> = kinds().into_iter().filter_map(|kind| Some((kind, judge(kind, state, standing).ok()?))).collect();
        assert_eq!(allowed, judged, "{state:?} {standing:?}");
    }
}

#[test]
fn the_end_is_reached_from_everywhere_and_every_state_is_reached() {
    let all = Standing {
        meeting: true,
        officer: true,
        organiser: true,
        desk: true,
        office: true,
        secretary: true,
        planned: true,
        delegated: true,
        researched: true,
        facts: WHOLE,
        ..Standing::default()
    };
    assert_eq!(allowed(S::Cancelled, all).count(), 0);
    let onward = |from: S| {
        let itself = [Move::Track, Move::Evaluate].into_iter().filter_map(move |kind| by_itself(kind, from, WHOLE));
        allowed(from, all).map(|(_, to, _)| to).chain(itself).collect::<Vec<_>>()
    };
    let reached_from = |start: S| {
        let mut reached = HashSet::from([start]);
        while let Some(to) = reached.iter().flat_map(|from| onward(*from)).find(|to| !reached.contains(to)) {
            reached.insert(to);
        }
        reached
    };
    assert_eq!(reached_from(S::Proposed).len(), S::iter().count(), "every state can be reached");
    for state in S::iter() {
        let reached = reached_from(state);
        assert!(reached.contains(&S::Cancelled) || reached.contains(&S::Closed), "{state:?}");
    }
}

#[test]
fn nobody_without_a_part_in_it_moves_anything() {
    for (kind, state) in kinds().into_iter().flat_map(|kind| S::iter().map(move |state| (kind, state))) {
        assert_eq!(judge(kind, state, Standing { planned: true, delegated: true, facts: WHOLE, ..Standing::default() }), Err(No::NotYours));
    }
}

#[test]
fn selection_wants_a_plan_or_a_special_matter_and_a_second_person_below() {
    let meeting = Standing { meeting: true, ..Standing::default() };
    assert_eq!(judge(Move::Select, S::Proposed, meeting), Err(No::NotInPlan));
    assert_eq!(judge(Move::Select, S::Proposed, Standing { planned: true, ..meeting }), Ok(S::Selected));
    assert_eq!(judge(Move::Select, S::Proposed, Standing { special: true, ..meeting }), Ok(S::Selected));
    let officer = Standing { officer: true, desk: true, planned: true, ..Standing::default() };
    assert_eq!(judge(Move::SelectLocally, S::Proposed, officer), Err(No::NotDelegated));
    let officer = Standing { delegated: true, ..officer };
    assert_eq!(judge(Move::SelectLocally, S::Proposed, officer), Ok(S::Selected));
    assert_eq!(judge(Move::SelectLocally, S::Proposed, Standing { proposed: true, ..officer }), Err(No::NeedsAnotherPerson));
    assert_eq!(judge(Move::SelectLocally, S::Selected, officer), Err(No::NotNow));
    let special = Standing { planned: false, special: true, ..officer };
    assert_eq!(judge(Move::SelectLocally, S::Proposed, special), Err(No::NotDelegated), "special matters are for the chair's meeting");
}

#[test]
fn nothing_is_announced_that_nobody_has_looked_into() {
    let desk = Standing { desk: true, ..Standing::default() };
    assert_eq!(judge(Move::Announce, S::Researching, desk), Err(No::NoResearch));
    assert_eq!(judge(Move::Announce, S::Researching, Standing { researched: true, ..desk }), Ok(S::Announced));
    let committee = Standing { organiser: true, special_committee: true, researched: true, ..Standing::default() };
    assert_eq!(judge(Move::Announce, S::Researching, committee), Ok(S::Announced));
    assert_eq!(judge(Move::Announce, S::Researching, Standing { special_committee: false, ..committee }), Err(No::NotYours));
}

#[test]
fn what_is_selected_is_cancelled_by_the_desk_alone() {
    let organiser = Standing { organiser: true, ..Standing::default() };
    assert_eq!(judge(Move::Cancel, S::Proposed, organiser), Ok(S::Cancelled));
    assert_eq!(judge(Move::Cancel, S::Selected, organiser), Err(No::NotYours));
    assert_eq!(judge(Move::Cancel, S::Selected, Standing { desk: true, ..organiser }), Ok(S::Cancelled));
}

#[test]
fn minutes_say_everything_that_is_missing() {
    let secretary = Standing { secretary: true, ..Standing::default() };
    let missing = |facts: Facts| allowed(S::InSitting, Standing { facts, ..secretary }).find(|(kind, ..)| *kind == Move::PublishMinutes).unwrap().2;
    assert_eq!(missing(Facts::default()), [No::NoMinutes, No::NoAttendance]);
    assert_eq!(missing(Facts { drafted: true, ..Facts::default() }), [No::NoAttendance, No::ItemWithoutUnit, No::NotSigned]);
    assert_eq!(missing(Facts { drafted: true, attended: true, items_whole: true, ..Facts::default() }), [No::NotSigned]);
    assert_eq!(missing(WHOLE), []);
}

#[test]
fn what_happens_by_itself_waits_for_its_facts() {
    assert_eq!(by_itself(Move::Evaluate, S::Tracking, Facts { open: true, ..WHOLE }), None);
    assert_eq!(by_itself(Move::Evaluate, S::Tracking, Facts { rated: false, ..WHOLE }), None);
    assert_eq!(by_itself(Move::Evaluate, S::Tracking, WHOLE), Some(S::Evaluated));
    assert_eq!(by_itself(Move::Evaluate, S::Minuted, WHOLE), None, "it is reported first");
    assert_eq!(by_itself(Move::Close, S::Evaluated, WHOLE), None, "that is the desk's");
    let desk = Standing { desk: true, facts: Facts { open: true, ..Facts::default() }, ..Standing::default() };
    let waits = allowed(S::Tracking, desk).find(|(kind, ..)| *kind == Move::Evaluate).unwrap();
    assert_eq!(waits.2, [No::ItemsOpen, No::NoOutsideRating]);
}

/// Numbers that are the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// Whoever may do anything, at one moment of a walk.
fn everybody(facts: Facts) -> Standing {
    let all = Standing { meeting: true, officer: true, organiser: true, special_committee: true, desk: true, ..Standing::default() };
    let plan = Standing { planned: true, delegated: true, secretary: true, office: true, took_part: true, researched: true, ..all };
    Standing { facts, ..plan }
}

/// What a move makes of the facts, and what life adds to them.
fn lived(kind: Move, mut facts: Facts, dice: &mut Dice) -> Facts {
    match kind {
        Move::Announce | Move::AddSitting => (facts.begins, facts.attended) = (false, facts.attended && kind == Move::AddSitting),
        Move::StartSitting => (facts.begins, facts.attended, facts.signed) = (false, false, false),
        Move::RecordAttendance => facts.attended = true,
        Move::DraftMinutes | Move::AmendMinutes => (facts.drafted, facts.items_whole, facts.signed) = (true, dice.below(3) > 0, false),
        Move::PublishMinutes | Move::PublishAmendment => {
            let agrees = dice.below(2) > 0;
            (facts.drafted, facts.items_whole, facts.signed) = (false, false, false);
            (facts.tracked, facts.open) = (facts.tracked || agrees, facts.open || agrees);
        }
        Move::Rate => facts.rated = true,
        Move::Reopen => facts.rated = false,
        _ => {}
    }
    // Time comes, who led signs, units end what they have.
    facts.begins |= dice.below(3) == 0;
    facts.signed |= facts.drafted && dice.below(3) == 0;
    facts.open &= dice.below(4) > 0;
    facts
}

/// Whether the end can be reached from here, whatever has been done so far, by moves and life alone.
fn can_end(state: S, facts: Facts, dice: &mut Dice) -> bool {
    let (mut state, mut facts) = (state, facts);
    for _ in 0..400 {
        if matches!(state, S::Cancelled | S::Closed) {
            return true;
        }
        (state, facts) = walked(state, facts, dice, |kind| !matches!(kind, Move::Postpone | Move::AddSitting | Move::Reopen));
    }
    false
}

/// One step at random among the moves that are possible and wanted.
fn walked(state: S, facts: Facts, dice: &mut Dice, wanted: impl Fn(Move) -> bool) -> (S, Facts) {
    if let Some(to) = [Move::Track, Move::Evaluate].into_iter().find_map(|kind| by_itself(kind, state, facts)) {
        return (to, facts);
    }
    let possible: Vec<(Move, S)> =
        allowed(state, everybody(facts)).filter(|(kind, _, no)| no.is_empty() && wanted(*kind)).map(|(kind, to, _)| (kind, to)).collect();
    match possible.len() {
        0 => (state, lived(Move::RecordInstruction, facts, dice)),
        many => {
            let (kind, to) = possible[dice.below(many)];
            assert_eq!(judge(kind, state, everybody(facts)), Ok(to));
            (to, lived(kind, facts, dice))
        }
    }
}

#[test]
fn ten_thousand_walks_are_never_stuck() {
    let mut reached = HashSet::from([S::Proposed]);
    for seed in 0..10_000 {
        let dice = &mut Dice(seed);
        let (mut state, mut facts) = (S::Proposed, Facts::default());
        for _ in 0..dice.below(60) {
            (state, facts) = walked(state, facts, dice, |kind| kind != Move::Cancel || seed % 5 == 0);
            reached.insert(state);
        }
        assert!(can_end(state, facts, dice), "{seed}: stuck at {state:?} with {facts:?}");
    }
    assert_eq!(reached.len(), S::iter().count(), "{reached:?}");
}
