//! The moves of a booking: one table from which refusals, `allowedMoves` and the tests all read. Source: domain 6. The
//! database keeps the same table (`booking_moves`) and refuses any other change of state.
use crate::kernel::{Text, say};
use async_graphql::Enum;
use shangyi_entities::Timestamp;
use shangyi_entities::booking::BookingState as S;

/// What can be done with a booking.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "BookingMoveKind")]
pub enum Move {
    /// `cancelBooking`; a place also by `changeSlot`.
    Cancel,
    /// `acceptOffer`
    AcceptOffer,
    /// `declineOffer`
    DeclineOffer,
    /// `acceptMove`
    AcceptMove,
    /// `checkInBooking`
    CheckIn,
    /// `markNoShow`
    NoShow,
    /// `markLeft`
    Leave,
    /// `recordReception`
    Serve,
    /// By itself: a place was freed.
    Offer,
    /// By itself: the offer's time is over.
    Expire,
    /// By itself: the slot began.
    Lapse,
    /// By itself: the day moved (`changeReceptionDay`).
    ProposeMove,
    /// By itself: a proposed time passed without a word.
    Unanswered,
    /// By itself: the day was cancelled, or the person erased.
    Withdraw,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The person, or the desk that looks after somebody who called.
    Person,
    /// Those who receive, and the desk of the day; nobody for themself.
    Staff,
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

/// The states in which a booking counts as a taken place.
pub const TAKES: &[S] = &[S::Booked, S::Offered, S::CheckedIn, S::MoveProposed];

/// The states in which a person holds a place of that day: one per committee.
pub const HOLDS: &[S] = &[S::Booked, S::Offered, S::CheckedIn];

/// The states from which a booking can still lead to a visit.
pub const OPEN: &[S] = &[S::Booked, S::Offered, S::MoveProposed, S::Waitlisted];

/// The table.
pub const RULES: &[Rule] = &[
    rule(Move::Cancel, OPEN, S::Cancelled, By::Person),
    rule(Move::AcceptOffer, &[S::Offered], S::Booked, By::Person),
    rule(Move::DeclineOffer, &[S::Offered], S::Declined, By::Person),
    rule(Move::AcceptMove, &[S::MoveProposed], S::Booked, By::Person),
    // Who stands there at the proposed time has accepted it: two moves, `acceptMove` and this one.
    rule(Move::CheckIn, &[S::Booked, S::NoShow, S::MoveProposed], S::CheckedIn, By::Staff),
    rule(Move::NoShow, &[S::Booked], S::NoShow, By::Staff),
    rule(Move::Leave, &[S::CheckedIn], S::Left, By::Staff),
    rule(Move::Serve, &[S::CheckedIn], S::Served, By::Staff),
    rule(Move::Offer, &[S::Waitlisted], S::Offered, By::Itself),
    rule(Move::Expire, &[S::Offered], S::Expired, By::Itself),
    rule(Move::Lapse, &[S::Waitlisted, S::Offered], S::Lapsed, By::Itself),
    rule(Move::ProposeMove, &[S::Booked, S::MoveProposed], S::MoveProposed, By::Itself),
    rule(Move::Unanswered, &[S::MoveProposed], S::Cancelled, By::Itself),
    rule(Move::Withdraw, OPEN, S::Cancelled, By::Itself),
];

/// What the viewer is to the booking, and what of it matters besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It is the viewer's own.
    pub own: bool,
    /// The viewer is the desk of the day.
    pub desk: bool,
    /// The viewer receives on that day.
    pub receiver: bool,
    /// Now.
    pub now: Timestamp,
    /// When its slot begins.
    pub from: Timestamp,
    /// Its day was cancelled: who is there can still be received, nobody else comes.
    pub closed: bool,
    /// When the calendar day of its slot begins.
    pub day_from: Timestamp,
    /// Until when the person may cancel a place they have.
    pub cancel_until: Timestamp,
    /// Until when an offer stands.
    pub offer_until: Option<Timestamp>,
}

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Not the viewer's move at all.
    NotYours,
    /// The booking is not in a state from which this move starts.
    NotNow,
    /// The offer's time is over.
    OfferExpired,
    /// Its time has passed, at that moment.
    TooLate(Timestamp),
    /// Not before that moment.
    NotOpenYet(Timestamp),
    /// The slot began at that moment, and the place that was kept with it.
    Begun(Timestamp),
    /// The day was cancelled.
    DayClosed,
}

impl No {
    /// As clients read it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "NOT_YOURS",
            Self::NotNow => "STATE_CHANGED",
            Self::OfferExpired => "OFFER_EXPIRED",
            Self::TooLate(_) | Self::Begun(_) => "TOO_LATE",
            Self::NotOpenYet(_) => "NOT_OPEN_YET",
            Self::DayClosed => "DAY_CLOSED",
        }
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours => say("这一步不由您办理。", "This step is not yours."),
            Self::NotNow => say("这个预约的状态已经变化，请刷新后再办理。", "The booking's state has changed; please reload it."),
            Self::OfferExpired => say(
                "这个名额的保留时间已过，已让给下一位。您可以重新候补。",
                "The time of this offer is over and the place went to the next person. You can join the waiting list again.",
            ),
            Self::TooLate(until) => say(
                format!("取消截止到{}，现在请直接联系接待地点的工作人员。", local(until)),
                format!("It could be cancelled until {}; please call the venue's staff now.", local(until)),
            ),
            Self::Begun(from) => say(
                format!("这个时段已在{}开始，保留的名额随之结束，请选择其他时段。", local(from)),
                format!("This slot began at {}, and with it the time of the offer ended; please choose another slot.", local(from)),
            ),
            Self::DayClosed => say(
                "这次接待已取消、已结束或时间有变，请刷新后另选时段。",
                "This reception was cancelled, is over, or its time was changed; please reload and choose another one.",
            ),
            Self::NotOpenYet(from) => say(format!("请在{}以后办理。", local(from)), format!("This can be done from {} on.", local(from))),
        }
    }
}

/// A moment as people there read it.
pub(in crate::receptions) fn local(at: Timestamp) -> String {
    at.utc().with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

/// The line of a move.
pub fn rule_of(kind: Move) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}

fn is_whose(by: By, standing: Standing) -> bool {
    match by {
        By::Person => standing.own || standing.desk,
        // Nobody receives themself.
        By::Staff => (standing.desk || standing.receiver) && !standing.own,
        By::Itself => false,
    }
}

/// What stands in the way of a move that starts from here and is the viewer's.
fn in_the_way(kind: Move, state: S, standing: Standing) -> Option<No> {
    let now = standing.now;
    match kind {
        // The desk can always free a place; whoever only waits can always stop.
        Move::Cancel if state == S::Booked && !standing.desk && now >= standing.cancel_until => Some(No::TooLate(standing.cancel_until)),
        Move::AcceptOffer | Move::DeclineOffer if standing.offer_until.is_some_and(|until| now >= until) => Some(No::OfferExpired),
        Move::CheckIn if now < standing.day_from => Some(No::NotOpenYet(standing.day_from)),
        Move::NoShow if now < standing.from => Some(No::NotOpenYet(standing.from)),
        Move::CheckIn | Move::AcceptOffer | Move::AcceptMove if standing.closed => Some(No::DayClosed),
        _ => None,
    }
}

/// The state a move leads to, or why it is refused.
pub fn judge(kind: Move, state: S, standing: Standing) -> Result<S, No> {
    let rule = rule_of(kind).filter(|rule| is_whose(rule.by, standing)).ok_or(No::NotYours)?;
    if !rule.from.contains(&state) {
        // What the clock has ended says so.
        return Err(match (kind, state) {
            (Move::AcceptOffer | Move::DeclineOffer, S::Expired) => No::OfferExpired,
            (Move::AcceptOffer | Move::DeclineOffer, S::Lapsed) => No::Begun(standing.from),
            _ => No::NotNow,
        });
    }
    match in_the_way(kind, state, standing) {
        Some(no) => Err(no),
        None => Ok(rule.to),
    }
}

/// The moves that start from `state` and are the viewer's, each with where it leads and what is in its way.
pub fn allowed(state: S, standing: Standing) -> impl Iterator<Item = (Move, S, Option<No>)> {
    RULES
        .iter()
        .filter(move |rule| rule.from.contains(&state) && is_whose(rule.by, standing))
        .map(move |rule| (rule.kind, rule.to, in_the_way(rule.kind, state, standing)))
}

/// Where a booking stands at that moment: what the clock has ended is over, whether anybody has written it down or not.
pub fn seen(state: S, offer_until: Option<Timestamp>, (from, until): (Timestamp, Timestamp), now: Timestamp) -> S {
    match state {
        S::Offered if offer_until.is_some_and(|until| until < from && now >= until) => S::Expired,
        S::Offered | S::Waitlisted if now >= from => S::Lapsed,
        S::MoveProposed if now >= until => S::Cancelled,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;
    use std::collections::HashSet;

    const HOUR: i64 = 3_600_000_000;

    fn standings() -> impl Iterator<Item = Standing> {
        let at = |hours: i64| Timestamp(hours * HOUR);
        (0..64_u32).flat_map(move |bits| {
            let is = |place: u32| bits >> place & 1 > 0;
            [2, 9, 12].map(|now| Standing {
                own: is(0),
                desk: is(1),
                receiver: is(2),
                now: at(now),
                from: at(11),
                closed: is(5),
                day_from: at(3),
                cancel_until: at(9),
                offer_until: is(3).then(|| at(if is(4) { 1 } else { 20 })),
            })
        })
    }

    #[test]
    fn what_is_allowed_is_what_is_judged_possible() {
        for (state, standing) in S::iter().flat_map(|state| standings().map(move |standing| (state, standing))) {
            let listed: Vec<_> = allowed(state, standing).collect();
            for rule in RULES {
                let found = listed.iter().find(|(kind, ..)| *kind == rule.kind).copied();
                match judge(rule.kind, state, standing) {
                    Ok(to) => assert_eq!(found, Some((rule.kind, to, None))),
                    Err(No::NotYours | No::NotNow) => assert_eq!(found, None),
                    Err(no) => assert!(found.is_none_or(|found| found.2 == Some(no))),
                }
            }
        }
    }

    #[test]
    fn every_move_has_one_line_and_every_state_is_reached() {
        let kinds: HashSet<Move> = RULES.iter().map(|rule| rule.kind).collect();
        assert_eq!(kinds.len(), RULES.len());
        let mut reached = HashSet::from([S::Booked, S::Waitlisted]);
        while let Some(next) =
            RULES.iter().filter(|rule| rule.from.iter().any(|from| reached.contains(from))).map(|rule| rule.to).find(|to| !reached.contains(to))
        {
            reached.insert(next);
        }
        assert!(S::iter().all(|state| reached.contains(&state)));
    }

    #[test]
    fn nobody_receives_themself_and_nothing_of_the_clock_is_called() {
        for standing in standings() {
            for rule in RULES.iter().filter(|rule| rule.by == By::Itself || (rule.by == By::Staff && standing.own)) {
                assert!(S::iter().all(|state| judge(rule.kind, state, standing) == Err(No::NotYours)));
            }
        }
    }

    #[test]
    fn a_place_can_be_cancelled_until_two_hours_before_and_a_wait_always() {
        let own = Standing { own: true, desk: false, receiver: false, closed: false, ..standings().next().unwrap() };
        let at = |now: i64| Standing { now: Timestamp(now), ..own };
        assert_eq!(judge(Move::Cancel, S::Booked, at(own.cancel_until.0 - 1)), Ok(S::Cancelled));
        assert_eq!(judge(Move::Cancel, S::Booked, at(own.cancel_until.0)), Err(No::TooLate(own.cancel_until)));
        for state in [S::Waitlisted, S::Offered, S::MoveProposed] {
            assert_eq!(judge(Move::Cancel, state, at(own.cancel_until.0)), Ok(S::Cancelled));
        }
        assert_eq!(judge(Move::Cancel, S::Booked, Standing { desk: true, ..at(own.cancel_until.0) }), Ok(S::Cancelled));
    }

    #[test]
    fn an_offer_ends_at_its_moment_whoever_looks() {
        let until = Timestamp(10);
        let slot = (Timestamp(20), Timestamp(30));
        let (from, ends) = slot;
        assert_eq!(seen(S::Offered, Some(until), slot, Timestamp(9)), S::Offered);
        assert_eq!(seen(S::Offered, Some(until), slot, until), S::Expired);
        assert_eq!(seen(S::Offered, Some(until), slot, from), S::Expired, "it was over before the slot began");
        assert_eq!(seen(S::Offered, Some(from), slot, from), S::Lapsed);
        assert_eq!(seen(S::Waitlisted, None, slot, Timestamp(19)), S::Waitlisted);
        assert_eq!(seen(S::Waitlisted, None, slot, from), S::Lapsed);
        assert_eq!(seen(S::Booked, None, slot, ends), S::Booked);
        assert_eq!(seen(S::MoveProposed, None, slot, from), S::MoveProposed);
        assert_eq!(seen(S::MoveProposed, None, slot, ends), S::Cancelled);
    }
}
