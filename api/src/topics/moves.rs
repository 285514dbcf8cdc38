//! The moves of a topic: one table from which refusals, `allowedMoves` and the tests all read. Source: domain, "Topics".
//! The database keeps the same table (`topic_moves`) and refuses any other change of state.
use crate::kernel::{Text, say};
use async_graphql::Enum;
use shangyi_entities::topic::TopicState as S;

/// What can be done with a topic.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "TopicMoveKind")]
pub enum Move {
    /// `askMoreAboutTopic`
    AskMore,
    /// `supplyMoreForTopic`
    SupplyMore,
    /// `acceptTopic`
    Accept,
    /// `answerTopic`
    Answer,
    /// `redirectTopic`
    Redirect,
    /// `rejectTopic`
    Reject,
    /// `withdrawTopic`
    Withdraw,
    /// `maskTopic`; the state stays.
    Mask,
    /// `passTopic`; the state stays.
    Pass,
    /// `takeDownTopic`; the state stays.
    TakeDown,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The desk that answers for the place: its liaison officer or the general desk.
    Desk,
    /// The general desk of the committee.
    General,
    /// Whoever raised it; for a caller, the desk in their name.
    Author,
}

/// One line of the table.
pub struct Rule {
    /// The move.
    pub kind: Move,
    /// The states it starts from.
    pub from: &'static [S],
    /// The state it leads to; `None`: it stays where it is.
    pub to: Option<S>,
    /// Whose move it is.
    pub by: By,
}

/// The table.
pub const RULES: &[Rule] = &[
    Rule { kind: Move::AskMore, from: &[S::Submitted], to: Some(S::NeedsMore), by: By::Desk },
    Rule { kind: Move::SupplyMore, from: &[S::NeedsMore], to: Some(S::Submitted), by: By::Author },
    Rule { kind: Move::Accept, from: &[S::Submitted], to: Some(S::Accepted), by: By::Desk },
    Rule { kind: Move::Answer, from: &[S::Accepted], to: Some(S::Answered), by: By::Desk },
    Rule { kind: Move::Redirect, from: &[S::Submitted, S::NeedsMore, S::Accepted], to: Some(S::Redirected), by: By::Desk },
    Rule { kind: Move::Reject, from: &[S::Submitted, S::NeedsMore, S::Accepted], to: Some(S::Rejected), by: By::Desk },
    Rule { kind: Move::Withdraw, from: &[S::Submitted, S::NeedsMore, S::Accepted], to: Some(S::Withdrawn), by: By::Author },
    Rule { kind: Move::Mask, from: &[S::Submitted, S::NeedsMore, S::Accepted, S::Answered], to: None, by: By::Desk },
    Rule { kind: Move::Pass, from: &[S::Submitted, S::NeedsMore, S::Accepted], to: None, by: By::Desk },
    Rule { kind: Move::TakeDown, from: &[S::Accepted, S::Answered], to: None, by: By::General },
];

/// What the viewer is to the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// Answers for its place.
    pub desk: bool,
    /// Sits at the committee's general desk.
    pub general: bool,
    /// Raised it themself.
    pub raised: bool,
    /// It was raised by a caller, so the desk speaks for them.
    pub caller: bool,
    /// It can be read by the public now.
    pub public: bool,
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// The topic is not in a state from which this move starts.
    NotNow,
    /// The desk's move on one's own topic.
    NeedsAnotherPerson,
    /// It is not public any more.
    NotPublic,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::NeedsAnotherPerson => "NEEDS_ANOTHER_PERSON",
            Self::NotPublic => "NOT_PUBLIC",
        }
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say("这一步不由您办理。", "This step is not yours."),
            Self::NotNow => say("议题的状态已经变化，请刷新后再办理。", "The topic's state has changed; please reload it."),
            Self::NeedsAnotherPerson => {
                say("这是您自己提出的议题，请由另一位同事办理。", "You raised this topic yourself; another colleague must take this step.")
            }
            Self::NotPublic => say("这个议题已不对外公开，无需再下架。", "This topic is not public any more; there is nothing to take down."),
        }
    }
}

fn rule(kind: Move) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Desk => standing.desk,
        By::General => standing.general,
        By::Author => standing.raised || (standing.caller && standing.desk),
    }
}

/// The state a move leads to, or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<S, No> {
    let rule = rule(kind).ok_or(No::NotNow)?;
    if !is_whose(rule.by, standing) {
        return Err(No::NotYours);
    }
    if !rule.from.contains(&state) {
        return Err(No::NotNow);
    }
    if rule.by != By::Author && standing.raised {
        return Err(No::NeedsAnotherPerson);
    }
    if kind == Move::TakeDown && !standing.public {
        return Err(No::NotPublic);
    }
    Ok(rule.to.unwrap_or(state))
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES.iter().filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing)).map(move |rule| {
        let no = judge(rule.kind, state, standing).err();
        (rule.kind, rule.to.unwrap_or(state), no)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    fn standings() -> impl Iterator<Item = Standing> {
        (0..32_u8).map(|bits| Standing {
            desk: bits & 1 > 0,
            general: bits & 2 > 0,
            raised: bits & 4 > 0,
            caller: bits & 8 > 0,
            public: bits & 16 > 0,
        })
    }

    #[test]
    fn what_is_allowed_is_what_is_judged_possible() {
        for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
            for rule in RULES {
                let listed = allowed(state, standing).find(|(kind, ..)| *kind == rule.kind);
                match judge(rule.kind, state, standing) {
                    Ok(to) => assert_eq!(listed, Some((rule.kind, to, None))),
                    Err(No::NotYours | No::NotNow) => assert_eq!(listed, None),
                    Err(no) => assert_eq!(listed.unwrap().2, Some(no)),
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
        let own = Standing { desk: true, general: true, raised: true, caller: false, public: true };
        for (state, kind) in S::iter().flat_map(|state| RULES.iter().map(move |rule| (state, rule.kind))) {
            if judge(kind, state, own).is_ok() {
                assert!(matches!(kind, Move::SupplyMore | Move::Withdraw), "{kind:?} from {state:?}");
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_the_ends_are_ends() {
        let everybody = Standing { desk: true, general: true, raised: false, caller: true, public: true };
        for state in S::iter().filter(|state| *state != S::Submitted) {
            assert!(RULES.iter().any(|rule| rule.to == Some(state)), "{state:?}");
        }
        for end in [S::Redirected, S::Rejected, S::Withdrawn] {
            assert_eq!(allowed(end, everybody).count(), 0, "{end:?}");
        }
    }
}
