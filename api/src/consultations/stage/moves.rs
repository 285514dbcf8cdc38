//! The moves of a consultation: one table from which refusals, `allowedMoves` and the tests all read. Source: domain 7. The database
//! keeps the same table (`consultation_moves`) and refuses any other change of state.
use crate::kernel::{Text, say};
use async_graphql::Enum;
use shangyi_entities::consultation::ConsultationState as S;

/// What can be done with a consultation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "ConsultationMoveKind")]
pub enum Move {
    /// `holdChairMeeting`: it is taken into the year's work.
    Select,
    /// `selectConsultation`: the same by the liaison committee, where the programme leaves it to it.
    SelectLocally,
    /// `holdChairMeeting`: it is not.
    Decline,
    /// `addResearch`
    Research,
    /// `announceConsultation`
    Announce,
    /// `changeSitting`
    ChangeSitting,
    /// `postponeConsultation`
    Postpone,
    /// `resumeConsultation`
    Resume,
    /// `cancelConsultation`
    Cancel,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The chair, or the general desk for the chair's meeting.
    Meeting,
    /// The liaison officer of the place.
    Officer,
    /// Those who prepare it, and the desk of the place.
    Organiser,
    /// The desk of the place, and the special committee that prepares it.
    Announcer,
    /// The desk of the place: its liaison officer or the general desk.
    Desk,
}

/// One line of the table.
pub struct Rule {
    /// The move.
    pub kind: Move,
    /// The states it starts from.
    pub from: &'static [S],
    /// The state it leads to.
    pub to: S,
    /// Whose move it is.
    pub by: By,
}

const fn rule(kind: Move, from: &'static [S], to: S, by: By) -> Rule {
    Rule { kind, from, to, by }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(Move::Select, &[S::Proposed], S::Selected, By::Meeting),
    rule(Move::SelectLocally, &[S::Proposed], S::Selected, By::Officer),
    rule(Move::Decline, &[S::Proposed], S::Cancelled, By::Meeting),
    rule(Move::Research, &[S::Selected, S::Researching], S::Researching, By::Organiser),
    rule(Move::Announce, &[S::Researching], S::Announced, By::Announcer),
    rule(Move::ChangeSitting, &[S::Announced], S::Announced, By::Announcer),
    rule(Move::Postpone, &[S::Selected, S::Researching, S::Announced], S::Postponed, By::Desk),
    rule(Move::Resume, &[S::Postponed], S::Researching, By::Desk),
    rule(Move::Cancel, &[S::Proposed], S::Cancelled, By::Organiser),
    rule(Move::Cancel, &[S::Selected, S::Researching, S::Announced, S::Postponed], S::Cancelled, By::Desk),
];

/// What the viewer is to the consultation, and what of it matters besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// Speaks for the chair's meeting.
    pub meeting: bool,
    /// Is the liaison officer of its place.
    pub officer: bool,
    /// Prepares it: convenor or officer of its organiser, or the member who proposed it.
    pub organiser: bool,
    /// Speaks for the special committee that prepares it.
    pub special_committee: bool,
    /// Something was found out before it.
    pub researched: bool,
    /// Sits at the desk of its place.
    pub desk: bool,
    /// The viewer proposed it themself.
    pub proposed: bool,
    /// It stands in the approved plan of the year.
    pub planned: bool,
    /// It is a special matter, outside the plan: for the chair's meeting alone.
    pub special: bool,
    /// Its programme leaves the selection to the liaison committee.
    pub delegated: bool,
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// It is not in a state from which this move starts.
    NotNow,
    /// Neither in the approved plan nor a special matter.
    NotInPlan,
    /// The chair's meeting selects, not the liaison committee.
    NotDelegated,
    /// Nobody selects alone what they proposed.
    NeedsAnotherPerson,
    /// 无调研不协商: nothing was found out before.
    NoResearch,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::NotInPlan => "NOT_IN_PLAN",
            Self::NotDelegated => "NOT_DELEGATED",
            Self::NeedsAnotherPerson => "NEEDS_ANOTHER_PERSON",
            Self::NoResearch => "NO_RESEARCH",
        }
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say(
                "这一步不由您办理，请联系所在镇街联络员或委员会综合部门。",
                "This step is not yours; please ask the liaison officer of the street or the committee's general desk.",
            ),
            Self::NotNow => say("这场协商的状态已经变化，请刷新后再办理。", "The consultation's state has changed; please reload it."),
            Self::NotInPlan => say(
                "这个选题不在已审定的年度协商计划内，请先将计划提请主席会议审定，或按专题事项提出。",
                "It is not in the approved plan of the year: have the plan approved by the chair's meeting first, or propose it as a special matter.",
            ),
            Self::NotDelegated => {
                say("这个名目由主席会议选题，请提请主席会议审定。", "Under this programme the chair's meeting selects; please wait for it.")
            }
            Self::NoResearch => say(
                "无调研不协商：请先填写至少一条调研记录，再公告。",
                "Nothing is consulted about that nobody has looked into: please enter what was found out first.",
            ),
            Self::NeedsAnotherPerson => {
                say("自己提出的选题请由他人或主席会议审定。", "What one proposed oneself is selected by somebody else, or by the chair's meeting.")
            }
        }
    }
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Meeting => standing.meeting,
        By::Officer => standing.officer,
        By::Organiser => standing.organiser || standing.desk,
        By::Announcer => standing.desk || standing.special_committee,
        By::Desk => standing.desk,
    }
}

/// Whether such a move could be the viewer's at all, from some state.
pub fn could_be_theirs(kind: Move, standing: Standing) -> bool {
    RULES.iter().any(|rule| rule.kind == kind && is_whose(rule.by, standing))
}

/// What stands in the way of a move that starts from here and is the viewer's.
fn in_the_way(kind: Move, standing: Standing) -> Option<No> {
    match kind {
        // What is outside the plan is for the chair's meeting, whatever the programme says.
        Move::SelectLocally if !standing.delegated || standing.special => Some(No::NotDelegated),
        Move::SelectLocally if standing.proposed => Some(No::NeedsAnotherPerson),
        Move::SelectLocally if !standing.planned => Some(No::NotInPlan),
        Move::Select if !standing.planned && !standing.special => Some(No::NotInPlan),
        Move::Announce if !standing.researched => Some(No::NoResearch),
        _ => None,
    }
}

/// The state a move leads to, or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<S, No> {
    let mut lines = RULES.iter().filter(|rule| rule.kind == kind && is_whose(rule.by, standing)).peekable();
    if lines.peek().is_none() {
        return Err(No::NotYours);
    }
    let Some(line) = lines.find(|rule| rule.from.contains(&state)) else {
        // Somebody else's from here, or nobody's.
        let others = RULES.iter().any(|rule| rule.kind == kind && rule.from.contains(&state));
        return Err(if others { No::NotYours } else { No::NotNow });
    };
    match in_the_way(kind, standing) {
        Some(no) => Err(no),
        None => Ok(line.to),
    }
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES
        .iter()
        .filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing))
        // What the chair's meeting selects is no move of an officer at all.
        .filter(move |rule| rule.kind != Move::SelectLocally || standing.delegated)
        .map(move |rule| (rule.kind, rule.to, in_the_way(rule.kind, standing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;
    use std::collections::HashSet;

    const MOVES: [Move; 9] = [
        Move::Select,
        Move::SelectLocally,
        Move::Decline,
        Move::Research,
        Move::Announce,
        Move::ChangeSitting,
        Move::Postpone,
        Move::Resume,
        Move::Cancel,
    ];

    fn standings() -> impl Iterator<Item = Standing> {
        (0..1024_u32).map(|bits| {
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
            }
        })
    }

    #[test]
    fn what_is_allowed_is_what_is_judged_possible() {
        for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
            let allowed: HashSet<(Move, S)> = allowed(state, standing).filter(|(_, _, no)| no.is_none()).map(|(kind, to, _)| (kind, to)).collect();
            let judged: HashSet<(Move, S)> = MOVES.into_iter().filter_map(|kind| Some((kind, judge(kind, state, standing).ok()?))).collect();
            assert_eq!(allowed, judged, "{state:?} {standing:?}");
        }
    }

    #[test]
    fn nothing_starts_from_the_end_and_the_end_is_reached_from_everywhere() {
        let all = Standing {
            meeting: true,
            officer: true,
            organiser: true,
            desk: true,
            planned: true,
            delegated: true,
            researched: true,
            ..Standing::default()
        };
        assert_eq!(allowed(S::Cancelled, all).count(), 0);
        for state in S::iter().filter(|state| *state != S::Cancelled) {
            assert!(allowed(state, all).any(|(_, to, _)| to == S::Cancelled), "{state:?}");
        }
        let mut reached = HashSet::from([S::Proposed]);
        while let Some(to) = reached.iter().flat_map(|from| allowed(*from, all)).map(|(_, to, _)| to).find(|to| !reached.contains(to)) {
            reached.insert(to);
        }
        assert_eq!(reached.len(), S::iter().count(), "every state can be reached");
    }

    #[test]
    fn nobody_without_a_part_in_it_moves_anything() {
        for (kind, state) in MOVES.into_iter().flat_map(|kind| S::iter().map(move |state| (kind, state))) {
            assert_eq!(judge(kind, state, Standing { planned: true, delegated: true, ..Standing::default() }), Err(No::NotYours));
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
}
