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
    /// `invite`; the state stays.
    Invite,
    /// `startSitting`
    StartSitting,
    /// `recordAttendance`; the state stays.
    RecordAttendance,
    /// `recordContribution`; the state stays.
    RecordContribution,
    /// `addSitting`
    AddSitting,
    /// `draftMinutes`; the state stays.
    DraftMinutes,
    /// `publishMinutes`
    PublishMinutes,
    /// `amendMinutes`: drafts another version; the state stays.
    AmendMinutes,
    /// `publishMinutes` of such a version.
    PublishAmendment,
    /// `reportConsultation`
    Report,
    /// By itself: what was agreed on is with its units.
    Track,
    /// `recordInstruction`; the state stays.
    RecordInstruction,
    /// `evaluateConsultation`; the state stays.
    Rate,
    /// By itself: nothing is open any more, and it was rated.
    Evaluate,
    /// `closeConsultation`
    Close,
    /// `reopenConsultation`
    Reopen,
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
    /// Whoever keeps the minutes of one of its sittings, and the desk of the place in their stead.
    Secretary,
    /// The committee's general desk.
    Office,
    /// Those who took part, its evaluators, and who prepared it.
    Rater,
    /// Nobody by a call of their own.
    Itself,
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
    rule(Move::Cancel, &[S::Selected, S::Researching, S::Announced, S::Postponed, S::InSitting], S::Cancelled, By::Desk),
    rule(Move::Invite, &[S::Announced], S::Announced, By::Announcer),
    rule(Move::StartSitting, &[S::Announced], S::InSitting, By::Secretary),
    rule(Move::RecordAttendance, &[S::InSitting], S::InSitting, By::Secretary),
    rule(Move::RecordContribution, &[S::InSitting], S::InSitting, By::Secretary),
    rule(Move::AddSitting, &[S::InSitting], S::Announced, By::Announcer),
    rule(Move::DraftMinutes, &[S::InSitting], S::InSitting, By::Secretary),
    rule(Move::PublishMinutes, &[S::InSitting], S::Minuted, By::Secretary),
    rule(Move::AmendMinutes, &[S::Minuted], S::Minuted, By::Secretary),
    rule(Move::AmendMinutes, &[S::Reported], S::Reported, By::Secretary),
    rule(Move::AmendMinutes, &[S::Tracking], S::Tracking, By::Secretary),
    rule(Move::AmendMinutes, &[S::Reopened], S::Reopened, By::Secretary),
    rule(Move::PublishAmendment, &[S::Minuted], S::Minuted, By::Secretary),
    rule(Move::PublishAmendment, &[S::Reported], S::Reported, By::Secretary),
    rule(Move::PublishAmendment, &[S::Tracking, S::Reopened], S::Tracking, By::Secretary),
    rule(Move::Report, &[S::Minuted], S::Reported, By::Office),
    rule(Move::Track, &[S::Reported], S::Tracking, By::Itself),
    rule(Move::RecordInstruction, &[S::Reported], S::Reported, By::Office),
    rule(Move::RecordInstruction, &[S::Tracking], S::Tracking, By::Office),
    rule(Move::RecordInstruction, &[S::Evaluated], S::Evaluated, By::Office),
    rule(Move::RecordInstruction, &[S::Closed], S::Closed, By::Office),
    rule(Move::RecordInstruction, &[S::Reopened], S::Reopened, By::Office),
    rule(Move::Rate, &[S::Minuted], S::Minuted, By::Rater),
    rule(Move::Rate, &[S::Reported], S::Reported, By::Rater),
    rule(Move::Rate, &[S::Tracking], S::Tracking, By::Rater),
    rule(Move::Rate, &[S::Evaluated], S::Evaluated, By::Rater),
    rule(Move::Rate, &[S::Reopened], S::Reopened, By::Rater),
    rule(Move::Evaluate, &[S::Reported, S::Tracking], S::Evaluated, By::Itself),
    rule(Move::Close, &[S::Evaluated], S::Closed, By::Desk),
    rule(Move::Reopen, &[S::Closed], S::Reopened, By::Desk),
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
    /// Keeps the minutes of one of its sittings.
    pub secretary: bool,
    /// Sits at the committee's general desk.
    pub office: bool,
    /// Took part in it, or evaluates it.
    pub took_part: bool,
    /// Has rated it in this round.
    pub has_rated: bool,
    /// What has been done of it.
    pub facts: Facts,
}

/// What has been done of a consultation, as far as moves depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Facts {
    /// The sitting to come can begin: half an hour before its time.
    pub begins: bool,
    /// Somebody was at each sitting that was held.
    pub attended: bool,
    /// Minutes were drafted that are not published.
    pub drafted: bool,
    /// Each item of that draft has a unit and a date.
    pub items_whole: bool,
    /// Who led a sitting has signed that draft.
    pub signed: bool,
    /// Something is agreed on, and given to units.
    pub tracked: bool,
    /// Something agreed on has not ended.
    pub open: bool,
    /// Somebody rated it who does not organise it, or 30 days have passed since it was reported.
    pub rated: bool,
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
    /// The sitting is not about to begin.
    NotBegun,
    /// Nothing was drafted.
    NoMinutes,
    /// Nobody was entered as present.
    NoAttendance,
    /// Something agreed on has no unit, or no date.
    ItemWithoutUnit,
    /// Who led the sitting has not signed.
    NotSigned,
    /// Nothing was agreed on that could be tracked.
    NothingAgreed,
    /// Something agreed on has not ended.
    ItemsOpen,
    /// Nobody from outside has rated it.
    NoOutsideRating,
    /// Rated once already.
    RatedAlready,
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
            Self::NotBegun => "SITTING_NOT_BEGUN",
            Self::NoMinutes => "NO_MINUTES",
            Self::NoAttendance => "NO_ATTENDANCE",
            Self::ItemWithoutUnit => "ITEM_WITHOUT_UNIT",
            Self::NotSigned => "NOT_SIGNED",
            Self::NothingAgreed => "NOTHING_AGREED",
            Self::ItemsOpen => "ITEMS_OPEN",
            Self::NoOutsideRating => "NO_OUTSIDE_RATING",
            Self::RatedAlready => "RATED_ALREADY",
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
            Self::NotBegun => say(
                "会议还没有到时间，开始前半小时起可以宣布开始。",
                "It is too early: a sitting can be started from half an hour before its time on.",
            ),
            Self::NoMinutes => say("还没有新的纪要草稿，请先起草。", "There is no new draft of the minutes; please draft them first."),
            Self::NoAttendance => say(
                "还有一次会议没有登记到会情况，请先登记到会人员。",
                "Nobody was entered as present at one of the sittings; please record the attendance first.",
            ),
            Self::ItemWithoutUnit => say(
                "有议定事项没有写明承办单位或完成日期，请补充后再请主持人签字。",
                "Something agreed on has no unit or no date; please complete the draft, and have it signed then.",
            ),
            Self::NotSigned => say("主持人还没有签字，请先请主持人签字。", "Who led the sitting has not signed; please ask them to first."),
            Self::NothingAgreed => say("没有需要跟踪的议定事项。", "Nothing was agreed on that would have to be tracked."),
            Self::ItemsOpen => {
                say("还有议定事项没有办结，全部办结后再继续。", "Something agreed on is still open; it goes on once everything has ended.")
            }
            Self::NoOutsideRating => say(
                "还没有组织方以外的评价，请参会人员或评议人评价；报送满30天后可不再等待。",
                "Nobody but the organisers has rated it: please ask who took part, or an evaluator; 30 days after the report it goes on without.",
            ),
            Self::RatedAlready => say("您已经评价过这场协商，感谢您的反馈。", "You have rated this consultation already; thank you."),
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
        By::Secretary => standing.secretary || standing.desk,
        By::Office => standing.office,
        By::Rater => standing.took_part || standing.organiser || standing.desk,
        By::Itself => false,
    }
}

/// Whether such a move could be the viewer's at all, from some state.
pub fn could_be_theirs(kind: Move, standing: Standing) -> bool {
    RULES.iter().any(|rule| rule.kind == kind && is_whose(rule.by, standing))
}

/// What stands in the way of a move that starts from here and is the viewer's, everything that is missing.
fn in_the_way(kind: Move, standing: Standing) -> Vec<No> {
    let facts = standing.facts;
    let missing: &[(bool, No)] = match kind {
        // What is outside the plan is for the chair's meeting, whatever the programme says.
        Move::SelectLocally if !standing.delegated || standing.special => &[(true, No::NotDelegated)],
        Move::SelectLocally => &[(standing.proposed, No::NeedsAnotherPerson), (!standing.planned, No::NotInPlan)],
        Move::Select => &[(!standing.planned && !standing.special, No::NotInPlan)],
        Move::Announce => &[(!standing.researched, No::NoResearch)],
        Move::StartSitting => &[(!facts.begins, No::NotBegun)],
        Move::PublishMinutes if !facts.drafted => &[(true, No::NoMinutes), (!facts.attended, No::NoAttendance)],
        Move::PublishMinutes => &[(!facts.attended, No::NoAttendance), (!facts.items_whole, No::ItemWithoutUnit), (!facts.signed, No::NotSigned)],
        Move::PublishAmendment if !facts.drafted => &[(true, No::NoMinutes)],
        Move::PublishAmendment => &[(!facts.items_whole, No::ItemWithoutUnit), (!facts.signed, No::NotSigned)],
        Move::Rate => &[(standing.has_rated, No::RatedAlready)],
        Move::Track => &[(!facts.tracked, No::NothingAgreed)],
        Move::Evaluate => &[(facts.open, No::ItemsOpen), (!facts.rated, No::NoOutsideRating)],
        Move::Close => &[(facts.open, No::ItemsOpen)],
        _ => &[],
    };
    missing.iter().filter(|(is_missing, _)| *is_missing).map(|(_, no)| *no).collect()
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
    match in_the_way(kind, standing).first() {
        Some(no) => Err(*no),
        None => Ok(line.to),
    }
}

/// The state that a move by itself leads to from here; `None` where it does not start, or something is missing.
pub fn by_itself(kind: Move, state: S, facts: Facts) -> Option<S> {
    let line = RULES.iter().find(|rule| rule.kind == kind && rule.by == By::Itself && rule.from.contains(&state))?;
    in_the_way(kind, Standing { facts, ..Standing::default() }).is_empty().then_some(line.to)
}

/// The moves that start from `state` and are the viewer's, each with where it leads and all that is in its way; to the desk also what
/// happens by itself once nothing is.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Vec<No>)> {
    RULES
        .iter()
        .filter(move |rule| rule.from.contains(&state))
        .filter(move |rule| is_whose(rule.by, standing) || (rule.by == By::Itself && standing.desk && !in_the_way(rule.kind, standing).is_empty()))
        // What the chair's meeting selects is no move of an officer at all; what was never agreed on is not tracked.
        .filter(move |rule| (rule.kind != Move::SelectLocally || standing.delegated) && rule.kind != Move::Track)
        .map(move |rule| (rule.kind, rule.to, in_the_way(rule.kind, standing)))
}

#[cfg(test)]
#[path = "moves_tests.rs"]
mod tests;
