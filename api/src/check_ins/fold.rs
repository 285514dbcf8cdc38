//! What a person's day of entries amounts to: visits, and what cannot be true. Pure, and the same whatever the order in
//! which the entries arrived: it looks at the set alone. (Source: domain, "Studio duty and check-in".)
//!
//! A visit begins with an IN and ends with an OUT, or by itself. What online would be refused as ALREADY_IN or NOT_IN is
//! stored when it comes late, and is a conflict here for somebody to settle.
use crate::kernel::crypto;
use shangyi_entities::check_in_conflict::ConflictKind;
use shangyi_entities::check_in_fact::{CheckInKind, EntryWay, FenceAnswer};
use shangyi_entities::check_in_settlement::Settlement;
use shangyi_entities::{CheckInConflictId, CheckInFactId, DutySlotId, MemberId, Timestamp, TypedId, VenueId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// An IN or an OUT, with what has been said about it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: CheckInFactId,
    /// The request that made it, and which of its facts this is: what tells entries of one moment apart, since ids are made
    /// in the order of arrival.
    pub request: (Uuid, i64),
    /// The studio.
    pub studio: VenueId,
    /// As which member.
    pub member: MemberId,
    /// IN or OUT; an UNDO is the mark `undone` on its target.
    pub what: CheckInKind,
    /// How it came.
    pub how: EntryWay,
    /// When it happened.
    pub at: Timestamp,
    /// Whether it was uploaded afterwards.
    pub offline: bool,
    /// Whether the phone's clocks could not say when it was.
    pub unsure: bool,
    /// Whether the phone was inside the fence.
    pub fence: Option<FenceAnswer>,
    /// Residents received and matters heard, where it carries a log.
    pub log: Option<(i64, i64)>,
    /// When its log was confirmed.
    pub confirmed: Option<Timestamp>,
    /// Taken back by whoever made it.
    pub undone: bool,
    /// The member objects to it.
    pub objected: bool,
}

/// A duty slot of the person on that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its id.
    pub id: DutySlotId,
    /// The studio.
    pub studio: VenueId,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// How long things last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Seconds before a slot from which an entry belongs to it, and after it until which it does.
    pub margin: i64,
    /// Seconds after which a visit outside any slot ends by itself.
    pub walk_in: i64,
    /// When the day ends: no visit goes beyond it.
    pub day_ends: Timestamp,
}

/// A stay in a studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// That of the entry it begins with.
    pub id: CheckInFactId,
    /// The request of that entry.
    pub request: (Uuid, i64),
    /// The studio.
    pub studio: VenueId,
    /// As which member.
    pub member: MemberId,
    /// The slot it belongs to; `None` is a walk-in.
    pub slot: Option<DutySlotId>,
    /// How it began.
    pub how: EntryWay,
    /// Whether it began with an entry uploaded afterwards.
    pub offline: bool,
    /// Whether the phone was inside the fence.
    pub fence: Option<FenceAnswer>,
    /// When it began.
    pub from: Timestamp,
    /// When it was ended; `None` where it ends by itself.
    pub until: Option<Timestamp>,
    /// When it ends by itself.
    pub ends_by: Timestamp,
    /// Waits for a conflict to be settled.
    pub waits: bool,
    /// The entry with its log.
    pub log: Option<CheckInFactId>,
    /// How it came: what the member says goes before what staff say.
    pub log_how: Option<EntryWay>,
    /// How the check-out came.
    pub out_how: Option<EntryWay>,
    /// Residents and matters of that log.
    pub heard: Option<(i64, i64)>,
    /// When the log was confirmed.
    pub confirmed: Option<Timestamp>,
    /// Every entry that belongs to it.
    pub entries: Vec<CheckInFactId>,
}

impl Visit {
    fn end(&self) -> Timestamp {
        self.until.unwrap_or(self.ends_by)
    }
}

/// What cannot be true, or waits for a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Made of what conflicts, so that it is the same however it came about.
    pub id: CheckInConflictId,
    /// What it is.
    pub kind: ConflictKind,
    /// The entry in question.
    pub entry: CheckInFactId,
    /// The entry it cannot be true together with.
    pub against: Option<CheckInFactId>,
    /// The studio of the entry in question.
    pub studio: VenueId,
    /// As which member.
    pub member: MemberId,
    /// When the entry in question happened.
    pub at: Timestamp,
    /// What was decided.
    pub decision: Option<Settlement>,
}

/// A person's day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Visits, by their beginning.
    pub visits: Vec<Visit>,
    /// Conflicts, settled ones too, by time.
    pub conflicts: Vec<Conflict>,
}

impl Book {
    /// The visit that an entry belongs to.
    pub fn visit_with(&self, entry: CheckInFactId) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.entries.contains(&entry))
    }

    /// The open conflict in which an entry is in question.
    pub fn conflict_of(&self, entry: CheckInFactId) -> Option<&Conflict> {
        self.conflicts.iter().find(|conflict| conflict.entry == entry && conflict.decision.is_none())
    }
}

/// Decisions so far, by conflict.
pub type Settled = HashMap<CheckInConflictId, Settlement>;

/// The id of a conflict.
pub fn conflict_id(kind: ConflictKind, entry: CheckInFactId, against: Option<CheckInFactId>) -> CheckInConflictId {
    let against = against.map_or([0; 16], |id| *id.uuid().as_bytes());
    let digest = crypto::sha256(&[format!("{kind:?}\0").as_bytes(), entry.uuid().as_bytes(), &against].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    CheckInConflictId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Visits and conflicts of one person's day.
pub fn fold(entries: &[Entry], slots: &[Slot], settled: &Settled, rules: &Rules) -> Book {
    let mut sorted: Vec<&Entry> = entries.iter().filter(|entry| entry.what != CheckInKind::Undo).collect();
    sorted.sort_by_key(|entry| (entry.at, entry.what, entry.studio, entry.request));
    let mut book = Book::default();
    let mut questions: BTreeMap<CheckInFactId, Option<Settlement>> = BTreeMap::new();
    for entry in sorted.iter().filter(|entry| entry.what == CheckInKind::In && !entry.undone) {
        if let Some(kind) = question(entry, slots, rules) {
            let conflict = raise(kind, entry, None, settled);
            questions.insert(entry.id, conflict.decision);
            book.conflicts.push(conflict);
        }
    }
    let dropped = dropped(&sorted, slots, rules, &questions);
    sorted.retain(|entry| !dropped.contains(&entry.id));
    let waiting = |entry: &Entry| questions.get(&entry.id) == Some(&None);
    let mut visits = Vec::new();
    for stay in stays(&sorted, slots, rules) {
        match stay {
            Stay::Visit(mut visit, ins) => {
                visit.waits = ins.iter().all(|entry| waiting(entry));
                visits.push(visit);
            }
            Stay::Orphan(entry) => {
                let conflict = raise(ConflictKind::OutWithoutIn, entry, None, settled);
                if conflict.decision == Some(Settlement::Keep) {
                    visits.push(alone(entry, slots, rules));
                }
                book.conflicts.push(conflict);
            }
        }
    }
    visits.sort_by_key(|visit| (visit.from, visit.studio, visit.request));
    book.visits = one_place_at_a_time(visits, &sorted, settled, &mut book.conflicts);
    book.conflicts.sort_by_key(|conflict| (conflict.at, conflict.kind, conflict.studio, conflict.id));
    book
}

/// Why somebody must say a word about this IN before it counts.
fn question(entry: &Entry, slots: &[Slot], rules: &Rules) -> Option<ConflictKind> {
    if entry.objected {
        return Some(ConflictKind::Objection);
    }
    if entry.unsure {
        return Some(ConflictKind::ClockUnsure);
    }
    let outside = entry.offline && entry.how == EntryWay::Code && slot_at(entry, slots, rules).is_none();
    outside.then_some(ConflictKind::OutsideSlot)
}

fn raise(kind: ConflictKind, entry: &Entry, against: Option<CheckInFactId>, settled: &Settled) -> Conflict {
    let id = conflict_id(kind, entry.id, against);
    let decision = settled.get(&id).copied();
    Conflict { id, kind, entry: entry.id, against, studio: entry.studio, member: entry.member, at: entry.at, decision }
}

/// Entries that do not count: taken back, settled as void, the check-out of a visit that is void as a whole; and those
/// that wait, where the same visit has one that does not.
fn dropped(sorted: &[&Entry], slots: &[Slot], rules: &Rules, questions: &BTreeMap<CheckInFactId, Option<Settlement>>) -> BTreeSet<CheckInFactId> {
    let void = |entry: &Entry| entry.undone || questions.get(&entry.id) == Some(&Some(Settlement::Void));
    let mut dropped: BTreeSet<CheckInFactId> = sorted.iter().filter(|entry| void(entry)).map(|entry| entry.id).collect();
    // A check-out that was taken back ended nothing; a check-in that was taken back still says whose the check-out after it is.
    let grouped: Vec<&Entry> = sorted.iter().copied().filter(|entry| entry.what == CheckInKind::In || !entry.undone).collect();
    let standing: Vec<&Entry> = grouped.iter().copied().filter(|entry| !void(entry)).collect();
    for stay in stays(&grouped, slots, rules) {
        let Stay::Visit(visit, ins) = stay else { continue };
        if ins.iter().all(|entry| void(entry)) {
            // Where an earlier visit was still open, the check-out is of that one.
            let of_another = |id: &CheckInFactId| {
                let Some(out) = standing.iter().find(|entry| entry.id == *id) else { return false };
                let before: Vec<&Entry> = standing.iter().copied().filter(|entry| entry.what == CheckInKind::In && entry.at <= out.at).collect();
                stays(&before, slots, rules)
                    .iter()
                    .any(|stay| matches!(stay, Stay::Visit(other, _) if other.studio == out.studio && open_at(other, out, &standing)))
            };
            dropped.extend(visit.entries.iter().filter(|id| !of_another(id)));
            continue;
        }
        let stands = ins.iter().any(|entry| !void(entry) && questions.get(&entry.id) != Some(&None));
        let waits = |entry: &&&Entry| stands && questions.get(&entry.id) == Some(&None);
        dropped.extend(ins.iter().filter(waits).map(|entry| entry.id));
    }
    dropped
}

/// Whether a visit was still under way at an OUT: not over by itself, and not ended by another OUT before.
fn open_at(visit: &Visit, out: &Entry, standing: &[&Entry]) -> bool {
    let ended = |other: &&&Entry| {
        other.what == CheckInKind::Out && other.studio == visit.studio && other.id != out.id && visit.from <= other.at && other.at <= out.at
    };
    visit.until.is_none() && out.at <= visit.ends_by && standing.iter().filter(ended).count() == 0
}

/// The slot whose window an entry lies in: the one under way, else the nearest.
fn slot_at<'a>(entry: &Entry, slots: &'a [Slot], rules: &Rules) -> Option<&'a Slot> {
    let margin = rules.margin * 1_000_000;
    let distance = |slot: &Slot| {
        if entry.at < slot.from {
            slot.from.0 - entry.at.0
        } else if entry.at < slot.until {
            0
        } else {
            entry.at.0 - slot.until.0 + 1
        }
    };
    let here = slots.iter().filter(|slot| slot.studio == entry.studio && slot.from.0 - margin <= entry.at.0 && entry.at.0 <= slot.until.0 + margin);
    here.min_by_key(|slot| (distance(slot), slot.from, slot.id))
}

#[allow(clippy::large_enum_variant, reason = "a handful, made and taken apart at once")]
enum Stay<'a> {
    /// A visit, and the INs it has.
    Visit(Visit, Vec<&'a Entry>),
    /// An OUT that ends nothing.
    Orphan(&'a Entry),
}

/// Puts the entries of each studio together, in the order of time.
fn stays<'a>(sorted: &[&'a Entry], slots: &[Slot], rules: &Rules) -> Vec<Stay<'a>> {
    let studios: BTreeSet<VenueId> = sorted.iter().map(|entry| entry.studio).collect();
    let mut stays = Vec::new();
    for studio in studios {
        let mut visits: Vec<(Visit, Vec<&'a Entry>)> = Vec::new();
        for entry in sorted.iter().copied().filter(|entry| entry.studio == studio) {
            let slot = slot_at(entry, slots, rules);
            match (entry.what, visits.last_mut()) {
                (CheckInKind::In, Some((visit, ins))) if visit.until.is_none() && entry.at <= visit.ends_by => {
                    if slot.is_some_and(|slot| Some(slot.id) != visit.slot) {
                        // One slot follows another: the first visit ends where the second begins.
                        visit.until = Some(entry.at);
                        visits.push((begin(entry, slot, rules), vec![entry]));
                    } else {
                        visit.entries.push(entry.id);
                        ins.push(entry);
                    }
                }
                (CheckInKind::In, _) => visits.push((begin(entry, slot, rules), vec![entry])),
                (_, Some((visit, _))) if belongs(visit, entry) => end(visit, entry),
                _ => stays.push(Stay::Orphan(entry)),
            }
        }
        stays.extend(visits.into_iter().map(|(visit, ins)| Stay::Visit(visit, ins)));
    }
    stays
}

fn begin(entry: &Entry, slot: Option<&Slot>, rules: &Rules) -> Visit {
    let ends_by = slot.map_or(entry.at.plus_seconds(rules.walk_in), |slot| slot.until.plus_seconds(rules.margin));
    Visit {
        id: entry.id,
        request: entry.request,
        studio: entry.studio,
        member: entry.member,
        slot: slot.map(|slot| slot.id),
        how: entry.how,
        offline: entry.offline,
        fence: entry.fence,
        from: entry.at,
        until: None,
        ends_by: ends_by.min(rules.day_ends),
        waits: false,
        log: None,
        log_how: None,
        out_how: None,
        heard: None,
        confirmed: None,
        entries: vec![entry.id],
    }
}

/// Whether an OUT is of the latest visit: it ends it, repeats its end, or brings the log of one that ended by itself.
fn belongs(visit: &Visit, out: &Entry) -> bool {
    visit.until.is_none() || out.at <= visit.ends_by
}

fn end(visit: &mut Visit, out: &Entry) {
    visit.entries.push(out.id);
    if visit.until.is_none() && out.at <= visit.ends_by {
        visit.until = Some(out.at);
        visit.out_how = Some(out.how);
    } else if visit.out_how == Some(EntryWay::Staff) && out.how == EntryWay::Code && out.at <= visit.ends_by {
        // The member's own check-out goes before the one that staff entered.
        visit.until = Some(out.at);
        visit.out_how = Some(out.how);
    } else if visit.until.is_none() {
        // It ended by itself long before; the phone only brings the log.
        visit.until = Some(visit.ends_by);
    }
    let theirs = visit.log_how.is_some_and(|how| how != EntryWay::Staff);
    if let Some(heard) = out.log.filter(|_| !(theirs && out.how == EntryWay::Staff)) {
        visit.log = Some(out.id);
        visit.log_how = Some(out.how);
        visit.heard = Some(heard);
        visit.confirmed = out.confirmed;
    }
}

/// The visit of an OUT whose IN never came, where somebody says that it was one.
fn alone(out: &Entry, slots: &[Slot], rules: &Rules) -> Visit {
    let slot = slot_at(out, slots, rules);
    let from = slot.map_or(out.at, |slot| slot.from.min(out.at));
    let begins = Entry { at: from, ..out.clone() };
    let mut visit = begin(&begins, slot, rules);
    visit.entries.clear();
    end(&mut visit, out);
    visit
}

/// Nobody is in two studios at once: of two visits that overlap, the later one is in question.
fn one_place_at_a_time(visits: Vec<Visit>, sorted: &[&Entry], settled: &Settled, conflicts: &mut Vec<Conflict>) -> Vec<Visit> {
    let ins = |visit: &Visit| -> Vec<&Entry> {
        sorted.iter().copied().filter(|entry| visit.entries.contains(&entry.id) && (entry.what == CheckInKind::In || entry.id == visit.id)).collect()
    };
    let mut standing: Vec<Visit> = Vec::with_capacity(visits.len());
    let mut last: Option<usize> = None;
    for mut visit in visits {
        let clash = last.filter(|last| standing[*last].studio != visit.studio && visit.from < standing[*last].end());
        let Some(earlier) = clash else {
            last = Some(standing.len());
            standing.push(visit);
            continue;
        };
        let (mine, theirs) = (ins(&visit), ins(&standing[earlier]));
        // A decision holds for the visit, whichever of its entries it was made about.
        let pairs = mine.iter().flat_map(|mine| theirs.iter().map(move |theirs| (*mine, theirs.id)));
        let mut raised = pairs.map(|(mine, theirs)| raise(ConflictKind::TwoPlaces, mine, Some(theirs), settled));
        let Some(first) = raised.next() else { continue };
        let conflict = if first.decision.is_some() { first } else { raised.find(|other| other.decision.is_some()).unwrap_or(first) };
        match conflict.decision {
            None => {
                visit.waits = true;
                standing.push(visit);
            }
            Some(Settlement::Keep) => {
                let begins = visit.from;
                standing[earlier].until = Some(begins);
                last = Some(standing.len());
                standing.push(visit);
            }
            Some(Settlement::Void) => {}
        }
        conflicts.push(conflict);
    }
    standing
}
