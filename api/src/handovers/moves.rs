//! The moves of a hand-over: one table from which refusals, `allowedMoves` and the tests all read. Source: domain,
//! "HandOver". The database keeps the same table (`hand_over_moves`) and refuses any other change of state.
use crate::kernel::{Text, say};
use async_graphql::Enum;
use shangyi_entities::hand_over::HandOverState as S;

/// What can be done with a hand-over.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "HandOverMoveKind")]
pub enum Move {
    /// `acceptHandOver`
    Accept,
    /// `returnHandOver`
    Return,
    /// `extendHandOver`, once; the state stays.
    Extend,
    /// `replyToHandOver`
    Reply,
    /// By itself: the desk answered the matter (`answerTopic`).
    Recall,
    /// `rateHandOver`; the state stays.
    Rate,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The staff of the unit it is handed over to.
    Unit,
    /// Whoever asked.
    Asker,
    /// Nobody by a call of their own.
    Itself,
}

/// One line of the table.
pub struct Rule {
    /// The move.
    pub kind: Move,
    /// The states it starts from.
    pub from: &'static [S],
    /// The state it leads to; `None`: it stays.
    pub to: Option<S>,
    /// Whose move it is.
    pub by: By,
}

const fn rule(kind: Move, from: &'static [S], to: Option<S>, by: By) -> Rule {
    Rule { kind, from, to, by }
}

/// The states in which it waits for the unit.
pub const OPEN: &[S] = &[S::Given, S::Accepted];

/// The table.
pub const RULES: &[Rule] = &[
    rule(Move::Accept, &[S::Given], Some(S::Accepted), By::Unit),
    rule(Move::Return, OPEN, Some(S::Returned), By::Unit),
    rule(Move::Extend, &[S::Accepted], None, By::Unit),
    rule(Move::Reply, OPEN, Some(S::Replied), By::Unit),
    rule(Move::Recall, OPEN, Some(S::Recalled), By::Itself),
    rule(Move::Rate, &[S::Replied], None, By::Asker),
];

/// What the viewer is to the hand-over, and what of it matters besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// Works for the unit.
    pub unit: bool,
    /// Is the desk that gave it.
    pub desk: bool,
    /// Raised the matter.
    pub asker: bool,
    /// It has been extended.
    pub extended: bool,
    /// Its date was agreed on in a consultation.
    pub agreed: bool,
}

impl Standing {
    /// Unit or desk: those between whom task and reasons pass.
    pub fn is_inside(self) -> bool {
        self.unit || self.desk
    }
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// The hand-over is not in a state from which this move starts.
    NotNow,
    /// The unit would rate itself.
    NeedsAnotherPerson,
    /// There is one extension.
    ExtendedAlready,
    /// Its date was agreed on: later minutes change it.
    DateAgreed,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::NeedsAnotherPerson => "NEEDS_ANOTHER_PERSON",
            Self::ExtendedAlready => "EXTENDED_ALREADY",
            Self::DateAgreed => "DATE_AGREED",
        }
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say("这一步不由您办理。", "This step is not yours."),
            Self::NotNow => say("这件转办的状态已经变化，请刷新后再办理。", "The hand-over's state has changed; please reload it."),
            Self::NeedsAnotherPerson => say(
                "承办单位的工作人员不评价本单位的办理，请由提出人评价。",
                "A unit's own staff do not rate its work; those who asked will rate it.",
            ),
            Self::DateAgreed => say(
                "这是协商议定的日期，需通过修订纪要调整，请联系会议记录人。",
                "This date was agreed on in a consultation; please ask who keeps the minutes to amend them.",
            ),
            Self::ExtendedAlready => say(
                "这件转办已延期过一次，请在期限内答复，或说明理由退回。",
                "It has been extended once already; please reply in time, or return it with a reason.",
            ),
        }
    }
}

fn rule_of(kind: Move) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Unit => standing.unit,
        By::Asker => standing.asker,
        By::Itself => false,
    }
}

/// What stands in the way of a move that starts from here and is the viewer's.
fn in_the_way(kind: Move, standing: Standing) -> Option<No> {
    match kind {
        Move::Rate if standing.unit => Some(No::NeedsAnotherPerson),
        Move::Extend if standing.agreed => Some(No::DateAgreed),
        Move::Extend if standing.extended => Some(No::ExtendedAlready),
        _ => None,
    }
}

/// The state a move leads to (`None`: it stays), or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<Option<S>, No> {
    let rule = rule_of(kind).filter(|rule| is_whose(rule.by, standing)).ok_or(No::NotYours)?;
    if !rule.from.contains(&state) {
        return Err(No::NotNow);
    }
    match in_the_way(kind, standing) {
        Some(no) => Err(no),
        None => Ok(rule.to),
    }
}

/// The state that a move by itself leads to; `None` where it does not start from here.
pub fn by_itself(kind: Move, state: S) -> Option<S> {
    rule_of(kind).filter(|rule| rule.by == By::Itself && rule.from.contains(&state))?.to
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES
        .iter()
        .filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing))
        .map(move |rule| (rule.kind, rule.to.unwrap_or(state), in_the_way(rule.kind, standing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;
    use std::collections::HashSet;

    fn standings() -> impl Iterator<Item = Standing> {
        (0..(1_u32 << 5)).map(|bits| {
            let is = |place: u32| bits >> place & 1 > 0;
            Standing { unit: is(0), desk: is(1), asker: is(2), extended: is(3), agreed: is(4) }
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
                    Err(no) => assert_eq!(found.unwrap().2, Some(no)),
                }
            }
        }
    }

    #[test]
    fn every_move_has_one_line() {
        let kinds: HashSet<Move> = RULES.iter().map(|rule| rule.kind).collect();
        assert_eq!(kinds.len(), RULES.len());
    }

    #[test]
    fn the_desk_moves_nothing_by_a_call_and_nobody_recalls() {
        let desk = Standing { desk: true, ..Standing::default() };
        for state in S::iter() {
            assert_eq!(allowed(state, desk).count(), 0);
            assert!(standings().all(|standing| judge(Move::Recall, state, standing) == Err(No::NotYours)));
        }
    }

    #[test]
    fn what_is_open_can_be_recalled_and_nothing_else_happens_by_itself() {
        for state in S::iter() {
            assert_eq!(by_itself(Move::Recall, state), OPEN.contains(&state).then_some(S::Recalled));
            assert_eq!(by_itself(Move::Reply, state), None, "that is the unit's");
        }
    }

    #[test]
    fn a_unit_never_rates_itself_and_extends_once() {
        let own = Standing { unit: true, asker: true, ..Standing::default() };
        assert_eq!(judge(Move::Rate, S::Replied, own), Err(No::NeedsAnotherPerson));
        assert_eq!(judge(Move::Rate, S::Replied, Standing { unit: false, ..own }), Ok(None));
        assert_eq!(judge(Move::Extend, S::Accepted, own), Ok(None));
        assert_eq!(judge(Move::Extend, S::Accepted, Standing { extended: true, ..own }), Err(No::ExtendedAlready));
    }

    #[test]
    fn every_state_is_reached_and_an_end_is_an_end() {
        let mut reached = HashSet::from([S::Given]);
        while let Some(next) = RULES
            .iter()
            .filter(|rule| rule.from.iter().any(|from| reached.contains(from)))
            .filter_map(|rule| rule.to)
            .find(|state| !reached.contains(state))
        {
            reached.insert(next);
        }
        for state in S::iter() {
            assert!(reached.contains(&state), "{state:?}");
            let leads_on = RULES.iter().any(|rule| rule.from.contains(&state) && rule.to.is_some());
            assert_eq!(leads_on, OPEN.contains(&state), "{state:?}");
        }
    }
}
