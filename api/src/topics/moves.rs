//! The moves of a topic: one table from which refusals, `allowedMoves` and the tests all read. Source: domain, "Topics".
//! The database keeps the same table (`topic_moves`) and refuses any other change of state.
pub use super::no::No;
use async_graphql::Enum;
use shangyi_entities::topic::TopicState as S;

/// What can be done with a topic.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "TopicMoveKind")]
pub enum Move {
    /// `takeTopic`; the state stays.
    Take,
    /// `handBackTopic`; the state stays.
    HandBack,
    /// `askMoreAboutTopic`
    AskMore,
    /// `supplyMoreForTopic`
    SupplyMore,
    /// By the clock: what was asked for did not come.
    Lapse,
    /// `acceptTopic`
    Accept,
    /// `shortlistTopic`
    Shortlist,
    /// `unshortlistTopic`
    Unshortlist,
    /// `handOver`
    HandOver,
    /// The unit returned it (`returnHandOver`).
    UnitReturn,
    /// The unit replied (`replyToHandOver`).
    UnitReply,
    /// `adoptTopic`
    Adopt,
    /// By itself: the consultation that was proposed about it was selected.
    BecomeConsultation,
    /// By itself: the consultation it became was announced, moved or postponed; the state stays.
    ConsultationWentOn,
    /// `recordOutcome`; the state stays until everything it became has ended.
    RecordOutcome,
    /// By itself: everything it became has ended.
    Conclude,
    /// `answerTopic`
    Answer,
    /// `confirmAnswer(kept: true)`
    Confirm,
    /// `confirmAnswer(kept: false)`
    Dispute,
    /// `redirectTopic`
    Redirect,
    /// `rejectTopic`
    Reject,
    /// `requestSecondLook`; the state stays.
    AskSecondLook,
    /// `decideSecondLook(takeUp: true)`
    TakeUp,
    /// `decideSecondLook(takeUp: false)`; the state stays.
    Uphold,
    /// `withdrawTopic`
    Withdraw,
    /// `mergeTopics` into another one, `proposeMerge`; its own state stays.
    Merge,
    /// `splitTopic`; its own state stays.
    Split,
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
    /// Nobody by a call of their own: the clock, a unit's reply, the end of what it became.
    Itself,
}

/// Where a move leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// It stays where it is.
    Same,
    /// There.
    State(S),
    /// The first, or, when it has been reopened so many times, the second.
    Reopened(S, i64, S),
}

impl To {
    /// The state it leads to for a topic reopened so many times; `None`: it stays.
    pub fn state(self, reopened: i64) -> Option<S> {
        match self {
            Self::Same => None,
            Self::State(state) => Some(state),
            Self::Reopened(before, times, after) => Some(if reopened >= times { after } else { before }),
        }
    }

    /// Every state it can lead to.
    pub fn states(self) -> Vec<S> {
        match self {
            Self::Same => Vec::new(),
            Self::State(state) => vec![state],
            Self::Reopened(before, _, after) => vec![before, after],
        }
    }
}

/// One line of the table.
pub struct Rule {
    /// The move.
    pub kind: Move,
    /// The states it starts from.
    pub from: &'static [S],
    /// Where it leads.
    pub to: To,
    /// Whose move it is.
    pub by: By,
}

/// After so many reopenings the next answer settles the matter.
pub const REOPENINGS: i64 = 2;

const fn rule(kind: Move, from: &'static [S], to: To, by: By) -> Rule {
    Rule { kind, from, to, by }
}

const PUBLIC: &[S] = &[S::Accepted, S::Shortlisted, S::HandedOver, S::Adopted, S::Answered, S::Confirmed, S::Reopened, S::Settled];
const AT_WORK: &[S] = &[S::Submitted, S::NeedsMore, S::Accepted, S::Shortlisted, S::HandedOver, S::Adopted, S::Reopened];
const ANSWERED: To = To::Reopened(S::Answered, REOPENINGS, S::Settled);
/// What comes back from a unit or the short list, goes back to where its desk last had it.
const BACK: To = To::Reopened(S::Accepted, 1, S::Reopened);

/// The table.
pub const RULES: &[Rule] = &[
    rule(Move::Take, AT_WORK, To::Same, By::Desk),
    rule(Move::HandBack, AT_WORK, To::Same, By::Desk),
    rule(Move::AskMore, &[S::Submitted], To::State(S::NeedsMore), By::Desk),
    rule(Move::SupplyMore, &[S::NeedsMore, S::Lapsed], To::State(S::Submitted), By::Author),
    rule(Move::Lapse, &[S::NeedsMore], To::State(S::Lapsed), By::Itself),
    rule(Move::Accept, &[S::Submitted], To::State(S::Accepted), By::Desk),
    rule(Move::Shortlist, &[S::Accepted, S::Reopened], To::State(S::Shortlisted), By::Desk),
    rule(Move::Unshortlist, &[S::Shortlisted], BACK, By::Desk),
    rule(Move::HandOver, &[S::Accepted, S::Reopened], To::State(S::HandedOver), By::Desk),
    rule(Move::UnitReturn, &[S::HandedOver], BACK, By::Itself),
    rule(Move::UnitReply, &[S::HandedOver], ANSWERED, By::Itself),
    rule(Move::Adopt, &[S::Shortlisted, S::Adopted], To::State(S::Adopted), By::Desk),
    rule(Move::BecomeConsultation, &[S::Shortlisted, S::Adopted], To::State(S::Adopted), By::Itself),
    rule(Move::ConsultationWentOn, &[S::Adopted], To::Same, By::Itself),
    rule(Move::RecordOutcome, &[S::Adopted], To::Same, By::Desk),
    rule(Move::Conclude, &[S::Adopted], ANSWERED, By::Itself),
    rule(Move::Answer, &[S::Accepted], To::State(S::Answered), By::Desk),
    rule(Move::Answer, &[S::Shortlisted, S::HandedOver, S::Reopened], ANSWERED, By::Desk),
    rule(Move::Confirm, &[S::Answered], To::State(S::Confirmed), By::Author),
    rule(Move::Dispute, &[S::Answered], To::State(S::Reopened), By::Author),
    rule(Move::Redirect, &[S::Submitted, S::NeedsMore, S::Accepted], To::State(S::Redirected), By::Desk),
    rule(Move::Reject, &[S::Submitted, S::NeedsMore, S::Accepted], To::State(S::Rejected), By::Desk),
    rule(Move::AskSecondLook, &[S::Redirected, S::Rejected], To::Same, By::Author),
    rule(Move::TakeUp, &[S::Redirected, S::Rejected], To::State(S::Accepted), By::General),
    rule(Move::Uphold, &[S::Redirected, S::Rejected], To::Same, By::General),
    rule(Move::Withdraw, &[S::Submitted, S::NeedsMore, S::Accepted, S::Shortlisted], To::State(S::Withdrawn), By::Author),
    rule(Move::Merge, &[S::Accepted, S::Shortlisted], To::Same, By::Desk),
    rule(
        Move::Split,
        &[S::Accepted, S::Shortlisted, S::HandedOver, S::Adopted, S::Answered, S::Confirmed, S::Reopened, S::Settled, S::Redirected, S::Rejected],
        To::Same,
        By::Desk,
    ),
    rule(
        Move::Mask,
        &[
            S::Submitted,
            S::NeedsMore,
            S::Lapsed,
            S::Accepted,
            S::Shortlisted,
            S::HandedOver,
            S::Adopted,
            S::Answered,
            S::Confirmed,
            S::Reopened,
            S::Settled,
        ],
        To::Same,
        By::Desk,
    ),
    rule(Move::Pass, &[S::Submitted, S::NeedsMore, S::Accepted], To::Same, By::Desk),
    rule(Move::TakeDown, PUBLIC, To::Same, By::General),
];

/// The moves that a topic merged into another one still has of its own.
const OF_MERGED: &[Move] = &[Move::Confirm, Move::Dispute, Move::AskSecondLook, Move::Withdraw, Move::Split, Move::Mask, Move::TakeDown];

/// Where a request for a second look stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SecondLook {
    /// Nobody has asked.
    #[default]
    NotAsked,
    /// Asked, not decided.
    Open,
    /// Decided: there is no other.
    Decided,
}

/// Who has taken a topic on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Taken {
    /// Nobody.
    #[default]
    ByNobody,
    /// The viewer.
    ByViewer,
    /// Somebody else.
    ByAnother,
}

/// What the viewer is to the topic, and what of the topic matters besides its state.
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
    /// It is merged into another one; the state judged is then that one's.
    pub merged: bool,
    /// Others are merged into it.
    pub has_merged: bool,
    /// How often its answer was found not kept.
    pub reopened: i64,
    /// Who has taken it on.
    pub taken: Taken,
    /// Whether a second look was asked for.
    pub second_look: SecondLook,
    /// Whether the viewer redirected or rejected it.
    pub looked_first: bool,
    /// Whether its author has given their word on the latest answer.
    pub confirmed: bool,
}

fn rule_from(kind: Move, state: S) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind && rule.from.contains(&state))
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Desk => standing.desk,
        By::General => standing.general,
        By::Author => standing.raised || (standing.caller && standing.desk),
        By::Itself => false,
    }
}

/// What stands in the way of a move that starts from here and is the viewer's.
fn in_the_way(kind: Move, by: By, standing: Standing) -> Option<No> {
    if by != By::Author && standing.raised {
        return Some(No::NeedsAnotherPerson);
    }
    if standing.merged && !OF_MERGED.contains(&kind) {
        return Some(No::MergedElsewhere);
    }
    match kind {
        Move::TakeDown if !standing.public => Some(No::NotPublic),
        Move::Split if !standing.merged => Some(No::NotMerged),
        Move::Pass if standing.has_merged => Some(No::HasMerged),
        Move::Withdraw if standing.reopened > 0 => Some(No::HasAnswer),
        Move::Merge if standing.reopened > 0 => Some(No::HasAnswer),
        Move::Take if standing.taken == Taken::ByAnother => Some(No::TakenByAnother),
        // The general desk may hand back what somebody took who is not there.
        Move::HandBack if standing.taken == Taken::ByNobody || (standing.taken == Taken::ByAnother && !standing.general) => Some(No::NotTaken),
        Move::AskSecondLook if standing.second_look != SecondLook::NotAsked => Some(No::SecondLookUsed),
        Move::TakeUp | Move::Uphold if standing.second_look != SecondLook::Open => Some(No::SecondLookNotAsked),
        Move::TakeUp | Move::Uphold if standing.looked_first => Some(No::NeedsAnotherPerson),
        Move::Confirm | Move::Dispute if standing.confirmed => Some(No::ConfirmedAlready),
        _ => None,
    }
}

/// The state a move leads to (`None`: it stays), or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<Option<S>, No> {
    let Some(rule) = rule_from(kind, state) else {
        let yours = RULES.iter().any(|rule| rule.kind == kind && is_whose(rule.by, standing));
        return Err(if yours { No::NotNow } else { No::NotYours });
    };
    if !is_whose(rule.by, standing) {
        return Err(No::NotYours);
    }
    match in_the_way(kind, rule.by, standing) {
        Some(no) => Err(no),
        None => Ok(rule.to.state(standing.reopened)),
    }
}

/// The state that a move by itself leads to; `None` where it does not start from here.
pub fn by_itself(kind: Move, state: S, reopened: i64) -> Option<S> {
    rule_from(kind, state).filter(|rule| rule.by == By::Itself)?.to.state(reopened)
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES.iter().filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing)).filter_map(move |rule| {
        let no = in_the_way(rule.kind, rule.by, standing);
        (!no.is_some_and(No::is_idle)).then(|| (rule.kind, rule.to.state(standing.reopened).unwrap_or(state), no))
    })
}

#[cfg(test)]
#[path = "moves_tests.rs"]
mod tests;
