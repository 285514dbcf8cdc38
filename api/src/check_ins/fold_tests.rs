//! A phone's queue and what comes of it, without a database: uploads in any order and grouping give one book. The server
//! does the same with its tables; the tests of this file do it in every order there is.
use super::clock::{Clocks, correct};
use super::fold::{Book, Entry, Rules, Settled, Slot, conflict_id, fold};
use shangyi_entities::check_in_conflict::ConflictKind;
use shangyi_entities::check_in_fact::{CheckInKind, EntryWay};
use shangyi_entities::check_in_settlement::Settlement;
use shangyi_entities::{CheckInFactId, DutySlotId, MemberId, Timestamp, VenueId};
use uuid::Uuid;

fn entry_id(n: u128) -> CheckInFactId {
    CheckInFactId(Uuid::from_u128(n))
}

const MINUTE: i64 = 60_000_000;
const DAY: Timestamp = Timestamp(1_788_192_000_000_000);
const A: VenueId = VenueId(Uuid::from_u128(1));
const B: VenueId = VenueId(Uuid::from_u128(2));
const RULES: Rules = Rules { margin: 1800, walk_in: 14_400, day_ends: Timestamp(DAY.0 + 86_400_000_000) };

/// A moment of the day, as people write it.
fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp(DAY.0 + (hour * 60 + minute) * MINUTE)
}

#[derive(Clone, Copy)]
enum Does {
    In(VenueId),
    Out(VenueId, Option<(i64, i64)>),
    /// Takes back the entry of that number.
    Undo(u128),
    /// A late entry approved for these hours.
    Late(VenueId, i64, i64),
    /// A convenor's word about a conflict of these entries.
    Settles(ConflictKind, u128, Option<u128>, Settlement),
}

/// One upload: which phone (its clock is wrong by so many minutes, and it may have been restarted since), when, what.
struct Upload {
    number: u128,
    skew: i64,
    restarted: bool,
    at: Timestamp,
    does: Does,
}

fn up(number: u128, (skew, restarted): (i64, bool), at: Timestamp, does: Does) -> Upload {
    Upload { number, skew, restarted, at, does }
}

const FAST: (i64, bool) = (10, false);
const SLOW: (i64, bool) = (-10, true);
const RIGHT: (i64, bool) = (0, false);

/// What the server holds, as it came: entries have ids in the order of arrival, as the database gives them.
#[derive(Default, Clone)]
struct Held {
    entries: Vec<(u128, Entry)>,
    undone: Vec<u128>,
    settled: Vec<(ConflictKind, u128, Option<u128>, Settlement)>,
}

impl Held {
    fn add(&mut self, number: u128, (studio, what, how): (VenueId, CheckInKind, EntryWay), at: Timestamp, log: Option<(i64, i64)>) {
        if self.entries.iter().any(|held| held.0 == number) {
            return;
        }
        let entry = Entry {
            id: entry_id(5000 + self.entries.len() as u128),
            request: (Uuid::from_u128(number % 1000), i64::from(number >= 1000)),
            studio,
            member: MemberId(Uuid::nil()),
            what,
            how,
            at,
            offline: how == EntryWay::Code,
            unsure: false,
            fence: None,
            log,
            confirmed: None,
            undone: false,
            objected: false,
        };
        self.entries.push((number, entry));
    }

    /// Takes a group of uploads that arrive together, each phone with its present clocks.
    fn take(&mut self, group: &[&Upload], server_now: Timestamp) {
        for upload in group {
            let shown = |moment: Timestamp, boot: &str, elapsed_ms| Clocks {
                device: Timestamp(moment.0 + upload.skew * MINUTE),
                boot: boot.to_owned(),
                elapsed_ms,
            };
            let then = shown(upload.at, "first", (upload.at.0 - DAY.0) / 1000);
            let now = shown(server_now, if upload.restarted { "second" } else { "first" }, (server_now.0 - DAY.0) / 1000);
            let when = correct(&then, &now, server_now).at;
            assert_eq!(when, upload.at, "a wrong clock is put right");
            match upload.does {
                Does::In(studio) => self.add(upload.number, (studio, CheckInKind::In, EntryWay::Code), when, None),
                Does::Out(studio, log) => self.add(upload.number, (studio, CheckInKind::Out, EntryWay::Code), when, log),
                Does::Undo(target) => self.undone.push(target),
                Does::Late(studio, from, until) => {
                    self.add(upload.number, (studio, CheckInKind::In, EntryWay::LateEntry), at(from, 0), None);
                    self.add(upload.number + 1000, (studio, CheckInKind::Out, EntryWay::LateEntry), at(until, 0), None);
                }
                Does::Settles(kind, mine, against, decision) => self.settled.push((kind, mine, against, decision)),
            }
        }
    }

    fn book(&self, slots: &[Slot]) -> Book {
        let entries: Vec<Entry> =
            self.entries.iter().map(|(number, entry)| Entry { undone: self.undone.contains(number), ..entry.clone() }).collect();
        let id = |number: u128| self.entries.iter().find(|held| held.0 == number).map(|held| held.1.id);
        let settled: Settled = self
            .settled
            .iter()
            .filter_map(|(kind, mine, against, decision)| Some((conflict_id(*kind, id(*mine)?, against.and_then(id)), *decision)))
            .collect();
        fold(&entries, slots, &settled, &RULES)
    }
}

fn duty() -> Vec<Slot> {
    vec![Slot { id: DutySlotId(Uuid::from_u128(9)), studio: A, from: at(9, 0), until: at(11, 0) }]
}

/// Every order of the uploads, each cut into groups in every way: 720 × 32 for six.
fn everywhere(uploads: &[Upload], slots: &[Slot]) -> Book {
    let mut first: Option<Book> = None;
    let mut tried = 0;
    let mut order: Vec<usize> = (0..uploads.len()).collect();
    permutations(&mut order, 0, &mut |order| {
        for cuts in 0..1_u32 << (order.len() - 1) {
            let mut held = Held::default();
            let mut group: Vec<&Upload> = Vec::new();
            for (place, number) in order.iter().enumerate() {
                group.push(&uploads[*number]);
                if place + 1 == order.len() || cuts & (1 << place) != 0 {
                    held.take(&group, at(20, i64::try_from(place).unwrap()));
                    // Sent again, since the answer was lost.
                    held.take(&group, at(21, i64::try_from(place).unwrap()));
                    group.clear();
                }
            }
            let book = held.book(slots);
            tried += 1;
            match &first {
                Some(first) => assert_eq!(seen(&book), seen(first), "in the order {order:?}, cut {cuts:b}"),
                None => first = Some(book),
            }
        }
    });
    let expected: u32 = (1..=u32::try_from(uploads.len()).unwrap()).product::<u32>() << (uploads.len() - 1);
    assert_eq!(tried, expected);
    first.unwrap()
}

fn permutations(order: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return each(order);
    }
    for place in from..order.len() {
        order.swap(from, place);
        permutations(order, from + 1, each);
        order.swap(from, place);
    }
}

/// All that a person sees of a book: ids tell the order of arrival, and nothing else.
fn seen(book: &Book) -> impl PartialEq + std::fmt::Debug {
    let visits: Vec<_> = book.visits.iter().map(|visit| (visit.request, visit.how, visit.heard, visit.entries.len())).collect();
    let conflicts: Vec<_> = book.conflicts.iter().map(|conflict| (conflict.kind, conflict.at, conflict.against.is_some(), conflict.studio)).collect();
    (told(book), visits, conflicts)
}

/// Visits as `studio from-until`, with `?` while they wait; conflicts as their kinds.
fn told(book: &Book) -> (Vec<String>, Vec<String>) {
    let minutes = |moment: Timestamp| (moment.0 - DAY.0) / MINUTE;
    let time = |moment: Timestamp| format!("{}:{:02}", minutes(moment) / 60, minutes(moment) % 60);
    let visits = book.visits.iter().map(|visit| {
        let studio = if visit.studio == A { "A" } else { "B" };
        let slot = if visit.slot.is_some() { "" } else { " walk-in" };
        let end = visit.until.map_or_else(|| format!("by itself {}", time(visit.ends_by)), time);
        format!("{studio} {}-{end}{slot}{}", time(visit.from), if visit.waits { "?" } else { "" })
    });
    let conflicts = book.conflicts.iter().map(|conflict| match conflict.decision {
        Some(decision) => format!("{:?} {decision:?}", conflict.kind),
        None => format!("{:?}", conflict.kind),
    });
    (visits.collect(), conflicts.collect())
}

#[test]
fn three_phones_a_second_scan_and_an_undo() {
    let uploads = [
        up(1, FAST, at(8, 50), Does::In(A)),
        up(2, SLOW, at(9, 5), Does::In(A)),
        up(3, FAST, at(10, 55), Does::Out(A, Some((12, 3)))),
        up(4, RIGHT, at(8, 40), Does::In(B)),
        up(5, RIGHT, at(8, 41), Does::Undo(4)),
        up(6, SLOW, at(11, 0), Does::Out(A, None)),
    ];
    let book = everywhere(&uploads, &duty());
    assert_eq!(told(&book), (vec!["A 8:50-10:55".to_owned()], vec![]));
    assert_eq!(book.visits[0].heard, Some((12, 3)));
}

#[test]
fn two_places_at_once_wait_for_the_convenor() {
    let uploads = [
        up(1, FAST, at(9, 0), Does::In(A)),
        up(2, SLOW, at(9, 30), Does::In(B)),
        up(3, FAST, at(10, 50), Does::Out(A, None)),
        up(4, SLOW, at(10, 0), Does::Out(B, Some((1, 1)))),
        up(5, RIGHT, at(14, 0), Does::In(B)),
        up(6, RIGHT, at(15, 0), Does::Out(B, None)),
    ];
    let (visits, conflicts) = told(&everywhere(&uploads, &duty()));
    assert_eq!(visits, ["A 9:00-10:50", "B 9:30-10:00 walk-in?", "B 14:00-15:00 walk-in?"]);
    assert_eq!(conflicts, ["TwoPlaces", "OutsideSlot", "OutsideSlot"]);
}

#[test]
fn a_decision_may_come_before_or_after_what_it_is_about() {
    let uploads = [
        up(1, FAST, at(9, 0), Does::In(A)),
        up(2, SLOW, at(9, 30), Does::In(B)),
        up(3, RIGHT, at(9, 45), Does::Out(B, None)),
        up(4, RIGHT, at(20, 0), Does::Settles(ConflictKind::OutsideSlot, 2, None, Settlement::Keep)),
        up(5, RIGHT, at(20, 0), Does::Settles(ConflictKind::TwoPlaces, 2, Some(1), Settlement::Keep)),
        up(6, FAST, at(10, 30), Does::Out(A, None)),
    ];
    let (visits, conflicts) = told(&everywhere(&uploads, &duty()));
    assert_eq!(visits, ["A 9:00-9:30", "B 9:30-9:45 walk-in"]);
    assert_eq!(conflicts, ["TwoPlaces Keep", "OutsideSlot Keep"]);
}

#[test]
fn what_is_void_takes_its_check_out_along() {
    let uploads = [
        up(1, SLOW, at(14, 0), Does::In(A)),
        up(2, SLOW, at(15, 0), Does::Out(A, None)),
        up(3, RIGHT, at(20, 0), Does::Settles(ConflictKind::OutsideSlot, 1, None, Settlement::Void)),
        up(4, FAST, at(9, 10), Does::In(A)),
        up(5, FAST, at(17, 0), Does::In(B)),
        up(6, FAST, at(17, 1), Does::Undo(5)),
    ];
    let (visits, conflicts) = told(&everywhere(&uploads, &duty()));
    assert_eq!(visits, ["A 9:10-by itself 11:30"]);
    assert_eq!(conflicts, ["OutsideSlot Void"]);
}

#[test]
fn a_late_entry_and_a_code_are_one_visit() {
    let uploads = [
        up(1, FAST, at(9, 20), Does::In(A)),
        up(2, RIGHT, at(20, 0), Does::Late(A, 9, 11)),
        up(3, SLOW, at(10, 0), Does::Out(A, Some((2, 0)))),
        up(4, SLOW, at(13, 0), Does::Out(B, None)),
        up(5, RIGHT, at(13, 5), Does::Undo(77)),
        up(6, FAST, at(9, 0), Does::In(A)),
    ];
    let (visits, conflicts) = told(&everywhere(&uploads, &duty()));
    assert_eq!(visits, ["A 9:00-10:00"], "the check-out of the phone comes first; the approved end repeats it");
    assert_eq!(conflicts, ["OutWithoutIn"]);
}

#[test]
fn a_visit_nobody_ended_ends_by_itself_and_may_bring_its_log_later() {
    let uploads = [up(1, FAST, at(9, 0), Does::In(A)), up(2, SLOW, at(18, 0), Does::Out(A, Some((5, 1)))), up(3, RIGHT, at(16, 0), Does::In(B))];
    let book = everywhere(&uploads, &duty());
    assert_eq!(told(&book).0, ["A 9:00-11:30", "B 16:00-by itself 20:00 walk-in?"]);
    assert_eq!(book.visits[0].heard, Some((5, 1)));
}

#[test]
fn a_check_out_alone_may_be_kept() {
    let uploads = [
        up(1, SLOW, at(10, 45), Does::Out(A, Some((3, 2)))),
        up(2, RIGHT, at(20, 0), Does::Settles(ConflictKind::OutWithoutIn, 1, None, Settlement::Keep)),
    ];
    assert_eq!(told(&everywhere(&uploads, &duty())).0, ["A 9:00-10:45"]);
}

#[test]
fn two_slots_in_a_row_are_two_visits() {
    let mut slots = duty();
    slots.push(Slot { id: DutySlotId(Uuid::from_u128(10)), studio: A, from: at(11, 0), until: at(13, 0) });
    let uploads = [up(1, FAST, at(8, 55), Does::In(A)), up(2, SLOW, at(11, 5), Does::In(A)), up(3, FAST, at(13, 10), Does::Out(A, None))];
    assert_eq!(told(&everywhere(&uploads, &slots)).0, ["A 8:55-11:05", "A 11:05-13:10"]);
}

#[test]
fn entries_of_one_moment_have_one_order() {
    let uploads = [up(1, SLOW, at(14, 0), Does::In(B)), up(2, FAST, at(14, 0), Does::In(A)), up(3, RIGHT, at(14, 0), Does::In(A))];
    let (visits, conflicts) = told(&everywhere(&uploads, &duty()));
    assert_eq!(visits, ["A 14:00-by itself 18:00 walk-in?", "B 14:00-by itself 18:00 walk-in?"]);
    assert_eq!(conflicts.len(), 4, "{conflicts:?}");
}

#[test]
fn a_check_in_taken_back_does_not_take_the_check_out_of_another_visit_along() {
    let mut slots = duty();
    slots.push(Slot { id: DutySlotId(Uuid::from_u128(10)), studio: A, from: at(11, 0), until: at(13, 0) });
    let uploads = [
        up(1, FAST, at(8, 55), Does::In(A)),
        up(2, SLOW, at(11, 5), Does::In(A)),
        up(3, SLOW, at(11, 6), Does::Undo(2)),
        up(4, RIGHT, at(11, 20), Does::Out(A, Some((3, 1)))),
    ];
    let book = everywhere(&uploads, &slots);
    assert_eq!(told(&book).0, ["A 8:55-11:20"]);
    assert_eq!(book.visits[0].heard, Some((3, 1)));
}

#[test]
fn a_check_out_taken_back_ended_nothing() {
    let uploads = [
        up(1, FAST, at(9, 0), Does::In(A)),
        up(2, SLOW, at(9, 30), Does::Out(A, None)),
        up(3, SLOW, at(9, 31), Does::Undo(2)),
        up(4, RIGHT, at(9, 40), Does::In(A)),
        up(5, RIGHT, at(9, 41), Does::Undo(4)),
        up(6, FAST, at(10, 50), Does::Out(A, Some((1, 1)))),
    ];
    let book = everywhere(&uploads, &duty());
    assert_eq!(told(&book).0, ["A 9:00-10:50"]);
}
