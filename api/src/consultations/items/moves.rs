//! The moves of an agreed item: one table from which refusals, `allowedMoves` and the tests all read. Source: domain 7. The database keeps
//! the same table (`agreed_item_moves`) and refuses any other change of state.
use crate::kernel::{Text, say};
use async_graphql::Enum;
use shangyi_entities::agreed_item::AgreedItemState as S;

/// What can be done with an agreed item.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "AgreedItemMoveKind")]
pub enum Move {
    /// `acceptHandOver`
    Accept,
    /// `returnHandOver`
    Return,
    /// `progressItem`
    Progress,
    /// `replyToHandOver`: with what was done.
    Finish,
    /// `replyToHandOver` with `cannot`.
    Refuse,
    /// `acknowledgeCannot`: that ends it; the state stays.
    Acknowledge,
    /// `handOver`: another unit is named, or the same once more.
    Give,
    /// `confirmItem`: it is so.
    Confirm,
    /// `confirmItem`: it is not.
    Dispute,
    /// By itself: all who asked say that it is so, or 28 days have passed and somebody has.
    Confirmed,
    /// By itself: 28 days have passed without a word.
    CloseUnconfirmed,
    /// By a later version of the minutes.
    Supersede,
    /// `superviseItem`; the state stays.
    Supervise,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The staff of its unit.
    Unit,
    /// The desk of the place.
    Desk,
    /// Who keeps the minutes, and the desk.
    Secretary,
    /// Who asked.
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

/// The table.
pub const RULES: &[Rule] = &[
    rule(Move::Accept, &[S::Open], Some(S::Accepted), By::Unit),
    rule(Move::Accept, &[S::Disputed], Some(S::InProgress), By::Unit),
    rule(Move::Return, &[S::Open, S::Accepted, S::InProgress, S::Disputed], Some(S::Returned), By::Unit),
    rule(Move::Progress, &[S::Accepted, S::InProgress], Some(S::InProgress), By::Unit),
    rule(Move::Finish, &[S::Open, S::Accepted, S::InProgress, S::Disputed], Some(S::Done), By::Unit),
    rule(Move::Refuse, &[S::Open, S::Accepted, S::InProgress, S::Disputed], Some(S::Cannot), By::Unit),
    rule(Move::Acknowledge, &[S::Cannot], None, By::Desk),
    rule(Move::Give, &[S::Returned, S::Cannot], Some(S::Open), By::Secretary),
    rule(Move::Confirm, &[S::Done], None, By::Asker),
    rule(Move::Dispute, &[S::Done], Some(S::Disputed), By::Asker),
    rule(Move::Confirmed, &[S::Done], Some(S::Confirmed), By::Itself),
    rule(Move::CloseUnconfirmed, &[S::Done], Some(S::ClosedUnconfirmed), By::Itself),
    rule(Move::Supersede, &[S::Open, S::Accepted, S::Returned, S::InProgress, S::Disputed, S::Cannot], Some(S::Superseded), By::Itself),
    rule(Move::Supervise, &[S::Open, S::Accepted, S::Returned, S::InProgress, S::Disputed], None, By::Desk),
];

/// What the viewer is to the item, and what of it matters besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// Works for its unit.
    pub unit: bool,
    /// Sits at the desk of the place.
    pub desk: bool,
    /// Keeps the minutes.
    pub secretary: bool,
    /// Asked for it.
    pub asker: bool,
    /// Has said already whether it is so.
    pub has_said: bool,
    /// It is given to its unit: the consultation is reported.
    pub given: bool,
    /// It has ended.
    pub ended: bool,
    /// Its date has passed.
    pub overdue: bool,
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// The item is not in a state from which this move starts.
    NotNow,
    /// The unit would say of itself that it has done it.
    NeedsAnotherPerson,
    /// The person has said already whether it is so.
    SaidAlready,
    /// The consultation is not reported yet.
    NotGiven,
    /// It is not overdue: there is nothing to press for.
    NotOverdue,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::NeedsAnotherPerson => "NEEDS_ANOTHER_PERSON",
            Self::SaidAlready => "SAID_ALREADY",
            Self::NotGiven => "NOT_GIVEN",
            Self::NotOverdue => "NOT_OVERDUE",
        }
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say("这一步不由您办理。", "This step is not yours."),
            Self::NotNow => say("这个议定事项的状态已经变化，请刷新后再办理。", "The item's state has changed; please reload it."),
            Self::NeedsAnotherPerson => {
                say("承办单位的工作人员不确认本单位的办理，请由提出人确认。", "A unit's own staff do not confirm its work; those who asked do.")
            }
            Self::SaidAlready => say("您已就这次办理结果表过态。", "You have said already whether it is so."),
            Self::NotGiven => say("协商报送后才交承办单位办理。", "It is given to its unit once the consultation is reported."),
            Self::NotOverdue => say("还没有到期，到期未办结后再督办。", "It is not due yet; it can be pressed for once its date has passed."),
        }
    }
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Unit => standing.unit,
        By::Desk => standing.desk,
        By::Secretary => standing.secretary || standing.desk,
        By::Asker => standing.asker,
        By::Itself => false,
    }
}

/// What stands in the way of a move that starts from here and is the viewer's.
fn in_the_way(kind: Move, standing: Standing) -> Option<No> {
    match kind {
        Move::Confirm | Move::Dispute if standing.unit => Some(No::NeedsAnotherPerson),
        Move::Confirm | Move::Dispute if standing.has_said => Some(No::SaidAlready),
        Move::Accept | Move::Return | Move::Progress | Move::Finish | Move::Refuse if !standing.given => Some(No::NotGiven),
        Move::Acknowledge | Move::Give if standing.ended => Some(No::NotNow),
        Move::Supervise if !standing.given => Some(No::NotGiven),
        Move::Supervise if !standing.overdue => Some(No::NotOverdue),
        _ => None,
    }
}

/// The state a move leads to (`None`: it stays), or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<Option<S>, No> {
    let mut lines = RULES.iter().filter(|rule| rule.kind == kind && is_whose(rule.by, standing)).peekable();
    if lines.peek().is_none() {
        return Err(No::NotYours);
    }
    let line = lines.find(|rule| rule.from.contains(&state)).ok_or(No::NotNow)?;
    match in_the_way(kind, standing) {
        Some(no) => Err(no),
        None => Ok(line.to),
    }
}

/// The state that a move leads to from here, whoever makes it; for what happens by itself, and what a hand-over has judged already.
pub fn leads_to(kind: Move, state: S) -> Option<S> {
    RULES.iter().find(|rule| rule.kind == kind && rule.from.contains(&state))?.to
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES
        .iter()
        .filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing))
        .map(move |rule| (rule.kind, rule.to.unwrap_or(state), in_the_way(rule.kind, standing)))
        .filter(|(_, _, no)| *no != Some(No::NotNow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;
    use std::collections::HashSet;

    fn standings() -> impl Iterator<Item = Standing> {
        (0..(1_u32 << 8)).map(|bits| {
            let is = |place: u32| bits >> place & 1 > 0;
            Standing { unit: is(0), desk: is(1), secretary: is(2), asker: is(3), has_said: is(4), given: is(5), ended: is(6), overdue: is(7) }
        })
    }

    #[test]
    fn what_is_allowed_is_what_is_judged_possible() {
        for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
            let listed: Vec<_> = allowed(state, standing).collect();
            for kind in RULES.iter().map(|rule| rule.kind) {
                let found = listed.iter().find(|(listed, ..)| *listed == kind).copied();
                match judge(kind, state, standing) {
                    Ok(to) => assert_eq!(found, Some((kind, to.unwrap_or(state), None))),
                    Err(No::NotYours | No::NotNow) => assert_eq!(found, None, "{kind:?} {state:?} {standing:?}"),
                    Err(no) => assert_eq!(found.unwrap().2, Some(no)),
                }
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_from_each_the_end_is() {
        let onward = |from: S| RULES.iter().filter(move |rule| rule.from.contains(&from)).filter_map(|rule| rule.to);
        let reached_from = |start: S| {
            let mut reached = HashSet::from([start]);
            while let Some(to) = reached.iter().flat_map(|from| onward(*from)).find(|to| !reached.contains(to)) {
                reached.insert(to);
            }
            reached
        };
        assert_eq!(reached_from(S::Open).len(), S::iter().count());
        let ends = [S::Confirmed, S::ClosedUnconfirmed, S::Superseded];
        for state in S::iter() {
            assert!(ends.iter().any(|end| reached_from(state).contains(end)), "{state:?}");
            assert_eq!(onward(state).count() == 0, ends.contains(&state), "{state:?}");
        }
    }

    #[test]
    fn a_unit_never_confirms_itself_and_nothing_is_pressed_for_before_its_date() {
        let own = Standing { unit: true, asker: true, given: true, ..Standing::default() };
        assert_eq!(judge(Move::Confirm, S::Done, own), Err(No::NeedsAnotherPerson));
        assert_eq!(judge(Move::Dispute, S::Done, Standing { unit: false, ..own }), Ok(Some(S::Disputed)));
        let desk = Standing { desk: true, given: true, ..Standing::default() };
        assert_eq!(judge(Move::Supervise, S::Open, desk), Err(No::NotOverdue));
        assert_eq!(judge(Move::Supervise, S::Open, Standing { overdue: true, ..desk }), Ok(None));
        assert_eq!(judge(Move::Acknowledge, S::Cannot, Standing { ended: true, ..desk }), Err(No::NotNow));
    }
}
