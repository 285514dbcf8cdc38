//! One entry, from whichever way it came: the scene is read, a repetition answered, the rules asked, and then in one
//! transaction the fact is added, the day folded anew, and the trail and the notices written.
use super::clock::Corrected;
use super::fold::Book;
use super::guesses::Guesser;
use super::input::{Log, PositionInput};
use super::refold::{self, Changed};
use super::refusal::{CheckInRefusalReason as Reason, Refuse};
use super::store::{self, Scene, Subject};
use super::{CheckInConflict, LOG, REASON, Visit};
use crate::audit;
use crate::kernel::{ApiError, Code, Cx, OnRule, OrInternal, Stop, WriteTx, crypto, personal, say};
use crate::live;
use crate::notices::outbox;
use crate::studios::codes::{self, Verdict};
use crate::studios::fence::{self, Point};
use crate::studios::rights;
use shangyi_entities::check_in_conflict::ConflictKind;
use shangyi_entities::check_in_fact::{self, CheckInKind, EntryWay, FenceAnswer};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::venue::VenueKind;
use shangyi_entities::{AccountId, CheckInFactId, MemberId, Timestamp, TypedId, VenueId, studio_secret, visit};
use uuid::Uuid;

/// Entries older than this are not taken any more, in seconds.
pub(super) const OLDEST: i64 = 14 * 86_400;

/// What is to be entered.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// By a code.
    In(String),
    /// For a member, by staff.
    InByStaff { member: MemberId, reason: String },
    /// Out, for oneself or by staff for a member; `at` is given where it is the log of a visit that is over.
    Out { member: Option<MemberId>, log: Option<Log> },
    /// Takes back the entry of that request.
    Undo(Uuid),
}

/// When it happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// Now.
    Now,
    /// The log of a visit that ended then.
    LogOf(Timestamp),
    /// Uploaded afterwards.
    Before(Corrected),
}

/// An entry to make.
pub(super) struct Attempt {
    pub(super) operation: &'static str,
    pub(super) request: Uuid,
    pub(super) studio: VenueId,
    pub(super) what: What,
    pub(super) when: When,
    pub(super) position: Option<PositionInput>,
    pub(super) device: Vec<u8>,
}

/// The hash under which a device is known here: of the sign-in, or of what the phone calls itself.
pub(super) fn device(cx: &Cx, name: Option<&str>) -> Vec<u8> {
    let session = cx.session().map(|session| session.uuid()).unwrap_or_default();
    crypto::mac(&cx.app().keys.derived("device"), &[session.as_bytes(), name.unwrap_or_default().as_bytes()])[..16].to_vec()
}

/// What the rules let pass.
struct Passed {
    member: MemberId,
    account: AccountId,
    role: String,
    at: Timestamp,
    unsure: bool,
    step: Option<i64>,
}

/// What came of an entry.
pub(super) struct Made {
    /// The visit it belongs to.
    pub(super) visit: Option<Visit>,
    /// The open conflict in which it is in question.
    pub(super) conflict: Option<CheckInConflict>,
    /// Whether it had been made before.
    pub(super) replayed: bool,
}

type Entered = Result<Made, Stop<Refuse>>;

pub(super) async fn run(cx: &Cx, attempt: &Attempt) -> Entered {
    let viewer = cx.account()?;
    let (at, unsure) = when(cx, attempt);
    let leaving = matches!(attempt.what, What::Out { .. } | What::Undo(_));
    let subject = match &attempt.what {
        What::InByStaff { member, .. } | What::Out { member: Some(member), .. } => Subject::Member(*member),
        What::Undo(of) => match store::fact_of(cx.read(), viewer, *of).await? {
            // Staff take back what they entered for another.
            Some(target) if target.account_id != viewer => Subject::Member(target.member_id),
            _ => Subject::Account(viewer),
        },
        _ => Subject::Account(viewer),
    };
    let scenes = store::scene(cx, attempt.studio, subject, (viewer, attempt.request), at, leaving).await?;
    let known = scenes.first().filter(|scene| scene.kind == VenueKind::MemberStudio);
    let scene = known.ok_or(Stop::Refused(Refuse::Because(Reason::UnknownStudio)))?;
    let hash = hash(cx, attempt);
    if let (Some(fact), Some(account), Some(when), Some(earlier)) = (scene.earlier_id, scene.earlier_account, scene.earlier_at, &scene.earlier_hash) {
        return again(cx, account, when, fact, earlier, &hash).await;
    }
    let mut passed = judge(cx, attempt, &scenes, scene, at, subject).await?;
    passed.unsure = unsure;
    let (passed, hash) = (&passed, &hash);
    let done = cx.app().db.write(|tx| async move { write(&tx, cx, attempt, scene, passed, hash).await }).await?;
    match done {
        Some((visit, conflict)) => Ok(Made { visit, conflict, replayed: false }),
        // A twin was faster.
        None => {
            let fact = store::fact_of(cx.read(), viewer, attempt.request).await?.ok_or_else(|| ApiError::broken("an entry is gone"))?;
            again(cx, fact.account_id, fact.at, fact.id, &fact.input_hash, hash).await
        }
    }
}

/// When the entry happened, and whether that is doubtful. A code that was scanned says itself when it was shown: where the
/// phone's clocks say something else (set anew since, or an upload that was long under way), its time counts, and somebody
/// has a word to say. A genuine scan is never refused for its time.
fn when(cx: &Cx, attempt: &Attempt) -> (Timestamp, bool) {
    let corrected = match attempt.when {
        When::Now => return (cx.now(), false),
        When::LogOf(at) => return (at, false),
        When::Before(corrected) => corrected,
    };
    let shown = match &attempt.what {
        What::In(text) => codes::read(text),
        _ => None,
    };
    match shown {
        Some(codes::Code::Signed { step, .. })
            if step.abs_diff(codes::step_of(corrected.at)) > codes::TOLERANCE.unsigned_abs() && codes::step_begins(step) <= cx.now() =>
        {
            (codes::step_begins(step), true)
        }
        _ => (corrected.at, false),
    }
}

/// Answers a request that was done before: the visit as it is now.
async fn again(cx: &Cx, account: AccountId, at: Timestamp, fact: CheckInFactId, earlier: &[u8], hash: &[u8]) -> Entered {
    if !crypto::equal(earlier, hash) {
        let text =
            say("同一个requestId已用于另一次提交，请换一个新的requestId。", "This requestId was used for another input; please use a new one.");
        return Err(ApiError::new(Code::ReplayMismatch, text).into());
    }
    let book = refold::book(cx.read(), cx, account, at).await?;
    let own = Some(account) == cx.account_if_any();
    let Some(visit) = book.visit_with(fact).map(|visit| refold::row(account, visit)) else {
        let open = book.conflict_of(fact).filter(|_| own);
        let conflict = open.map(|open| CheckInConflict(refold::conflict_row(account, refold::day_of(at).0, open)));
        return Ok(Made { visit: None, conflict, replayed: true });
    };
    // Of another's visit, no more than the viewer may see today.
    let seen = own || !store::visits_by_id(cx, &[visit.id]).await?.is_empty();
    Ok(Made { visit: seen.then_some(Visit(visit)), conflict: None, replayed: true })
}

/// What makes two sendings the same: what is entered, not when it was sent or from where.
fn hash(cx: &Cx, attempt: &Attempt) -> Vec<u8> {
    let what = format!("{:?}", attempt.what);
    crypto::mac(&cx.app().keys.derived("check-ins"), &[attempt.studio.uuid().as_bytes(), what.as_bytes()])
}

async fn judge(cx: &Cx, attempt: &Attempt, scenes: &[Scene], scene: &Scene, at: Timestamp, subject: Subject) -> Result<Passed, Stop<Refuse>> {
    let refuse = |reason| Err(Stop::Refused(Refuse::Because(reason)));
    let leaving = matches!(attempt.what, What::Out { .. } | What::Undo(_));
    let (mut role, viewer) = ("MEMBER".to_owned(), cx.account()?);
    if matches!(subject, Subject::Member(_)) {
        let held = rights::by_appointment(cx.viewer().await?, attempt.studio, scene.committee_id, &scene.division_code);
        role = sea_orm::ActiveEnum::to_value(&held.ok_or_else(rights::not_yours)?.role);
        if scenes.iter().any(|scene| scene.account_id == Some(viewer)) {
            return refuse(Reason::NeedsAnotherPerson);
        }
    }
    let (member, account) = match member_at(scenes, at, leaving) {
        Ok(found) => found,
        Err(reason) => return refuse(reason),
    };
    if !leaving && scene.closed_at.is_some_and(|closed| closed <= at) {
        return refuse(Reason::StudioClosed);
    }
    if at < cx.now().plus_seconds(-OLDEST) {
        return refuse(Reason::TooOld);
    }
    let mut passed = Passed { member, account, role, at, unsure: false, step: None };
    if let What::In(code) = &attempt.what {
        by_code(cx, attempt, scene, code, &mut passed).await?;
    }
    Ok(passed)
}

/// As which member the person was in office then; whoever leaves need not be any more.
pub(super) fn member_at(scenes: &[Scene], at: Timestamp, leaving: bool) -> Result<(MemberId, AccountId), Reason> {
    let terms = || scenes.iter().filter_map(|scene| Some((scene.member_id?, scene.account_id?, scene.member_from?, scene.member_until)));
    let in_office = terms().filter(|(.., from, until)| *from <= at && until.is_none_or(|until| at < until)).max_by_key(|(.., from, _)| *from);
    let past = terms().filter(|(.., from, _)| *from <= at).max_by_key(|(.., from, _)| *from);
    match (in_office, past) {
        (Some((member, account, ..)), _) => Ok((member, account)),
        (None, Some((member, account, ..))) if leaving => Ok((member, account)),
        (None, Some(_)) => Err(Reason::TermEnded),
        (None, None) => Err(Reason::NotAMemberHere),
    }
}

/// Judges the code. What a phone uploads later is judged at its own time, with the secret of that time, and never by how
/// many wrong codes came before it: the result must not depend on the order.
async fn by_code(cx: &Cx, attempt: &Attempt, scene: &Scene, text: &str, passed: &mut Passed) -> Result<(), Stop<Refuse>> {
    let guesser = Guesser::new(cx.account()?, &attempt.device, attempt.studio);
    let refuse = |reason| Err(Stop::Refused(Refuse::Because(reason)));
    let online = matches!(attempt.when, When::Now);
    let code = codes::read(text);
    let verdict = match &code {
        Some(code) => verdict(cx, attempt, scene, code, passed.at).await?,
        None => Verdict::Invalid,
    };
    match verdict {
        Verdict::Good(step) => {
            // Digits can be guessed: a right guess too many is none.
            if matches!(code, Some(codes::Code::Digits(_))) && !guesser.take(cx, true).await? {
                return refuse(Reason::LimitReached);
            }
            passed.step = Some(step);
            Ok(())
        }
        Verdict::Expired(_) => refuse(Reason::CodeExpired),
        Verdict::Invalid => {
            let counted = guesser.take(cx, false).await?;
            refuse(if counted || !online { Reason::CodeInvalid } else { Reason::LimitReached })
        }
    }
}

async fn verdict(cx: &Cx, attempt: &Attempt, scene: &Scene, code: &codes::Code, at: Timestamp) -> Result<Verdict, ApiError> {
    if !matches!(attempt.when, When::Now) {
        let codes::Code::Signed { step, .. } = code else { return Ok(Verdict::Invalid) };
        let secrets =
            crate::studios::secrets_between(cx, attempt.studio, codes::step_begins(*step), codes::step_begins(step.saturating_add(1))).await?;
        let verdicts = secrets.iter().map(|secret| codes::judge(secret, attempt.studio, code, at, false));
        return Ok(verdicts.into_iter().find(|verdict| *verdict != Verdict::Invalid).unwrap_or(Verdict::Invalid));
    }
    let secret = match (scene.secret_version, &scene.secret_enc, scene.secret_from, scene.secret_by) {
        (Some(version), Some(sealed), Some(from_at), Some(made_by)) => {
            studio_secret::Model { venue_id: attempt.studio, version, secret_enc: sealed.clone(), from_at, made_by }
        }
        _ => return Ok(Verdict::Invalid),
    };
    Ok(codes::judge(&crate::studios::open_secret(cx, &secret)?, attempt.studio, code, at, true))
}

/// Where the phone was answers the fence, here, and goes no further.
fn fence(scene: &Scene, position: Option<PositionInput>) -> Result<Option<FenceAnswer>, ApiError> {
    let Some(position) = position else { return Ok(None) };
    let point = position.near().point("position")?;
    let (Some(latitude), Some(longitude), Some(radius), Some(datum)) = (scene.latitude, scene.longitude, scene.radius_metres, scene.datum) else {
        return Ok(Some(FenceAnswer::Unknown));
    };
    let radius = f64::from(i32::try_from(radius).unwrap_or(i32::MAX));
    let accuracy = position.accuracy_metres.filter(|metres| metres.is_finite()).unwrap_or(0.0);
    Ok(Some(fence::answer(Point { latitude, longitude, datum }, radius, point, accuracy)))
}

fn origin(cx: &Cx, attempt: &Attempt, step: Option<i64>) -> Option<Vec<u8>> {
    let step = step.filter(|_| matches!(attempt.when, When::Now))?;
    let address = live::neighbourhood(cx.address());
    let parts: [&[u8]; 3] = [attempt.studio.0.as_bytes(), &step.to_be_bytes(), address.as_bytes()];
    Some(crypto::mac(&cx.app().keys.derived("origin"), &parts)[..8].to_vec())
}

async fn row(tx: &WriteTx, cx: &Cx, attempt: &Attempt, scene: &Scene, passed: &Passed, hash: &[u8]) -> Result<check_in_fact::Model, ApiError> {
    let (what, how, log, reason, of_request) = match &attempt.what {
        What::In(_) => (CheckInKind::In, EntryWay::Code, None, None, None),
        What::InByStaff { reason, .. } => (CheckInKind::In, EntryWay::Staff, None, Some(reason), None),
        What::Out { member, log } => (CheckInKind::Out, if member.is_some() { EntryWay::Staff } else { EntryWay::Code }, log.as_ref(), None, None),
        What::Undo(of) => {
            let how = if cx.account_if_any() == Some(passed.account) { EntryWay::Code } else { EntryWay::Staff };
            (CheckInKind::Undo, how, None, None, Some(*of))
        }
    };
    let (mut log_enc, mut reason_enc) = (None, None);
    // What is said of a visit is the member's own: it goes with them.
    if (log.is_some() || reason.is_some())
        && let Some(key) = personal::of(&**tx, &cx.app().keys, passed.account.uuid()).await?
    {
        log_enc = key.seal_optional(LOG, log.map(|log| log.text.as_str()))?;
        reason_enc = key.seal_optional(REASON, reason.map(String::as_str))?;
    }
    Ok(check_in_fact::Model {
        id: cx.new_id(),
        account_id: passed.account,
        member_id: passed.member,
        venue_id: attempt.studio,
        what,
        how,
        at: passed.at,
        recorded_at: cx.now(),
        entered_by: cx.account()?,
        request_id: attempt.request,
        part: 0,
        input_hash: hash.to_vec(),
        of_request,
        offline: matches!(attempt.when, When::Before(_)),
        unsure: passed.unsure,
        fence: fence(scene, attempt.position)?,
        device: Some(attempt.device.clone()),
        code_step: passed.step,
        origin: origin(cx, attempt, passed.step),
        residents: log.map(|log| log.residents),
        matters: log.map(|log| log.matters),
        log_enc,
        reason_enc,
    })
}

/// Writes the entry; `None` where a twin was faster.
async fn write(
    tx: &WriteTx,
    cx: &Cx,
    attempt: &Attempt,
    scene: &Scene,
    passed: &Passed,
    hash: &[u8],
) -> Result<Option<(Option<Visit>, Option<CheckInConflict>)>, Stop<Refuse>> {
    let row = row(tx, cx, attempt, scene, passed, hash).await?;
    let added = store::add_fact(tx, row.clone()).await;
    if !added.on_rule("needs_another_person", || Refuse::Because(Reason::NeedsAnotherPerson))?.internal("adding an entry")? {
        return Ok(None);
    }
    let (visit, conflict) = match row.of_request {
        Some(of) => (undo(tx, cx, attempt, &row, of).await?, None),
        None => {
            let changed = refold::with_fresh(tx, cx, passed.account, row.at, row.id).await?;
            if matches!(attempt.when, When::Now | When::LogOf(_)) {
                fits(&changed, &row, matches!(attempt.when, When::LogOf(_)))?;
            }
            let visit = changed.after.visit_with(row.id).map(|visit| refold::row(passed.account, visit));
            let open = changed.after.conflict_of(row.id);
            (visit, open.map(|open| CheckInConflict(refold::conflict_row(passed.account, refold::day_of(row.at).0, open))))
        }
    };
    let (after, entry) = (format!("{:?} {:?}", row.what, row.how), audit::Entry::new(attempt.operation, &passed.role, row.id));
    audit::record(tx, cx, audit::Entry { committee: Some(scene.committee_id), after: Some(&after), ..entry }).await?;
    if row.how == EntryWay::Staff && row.what != CheckInKind::Undo {
        let subject = visit.as_ref().map_or(row.id.uuid(), |visit| visit.id.uuid());
        outbox::tell_person(tx, cx, NoticeKind::StaffEntryMade, row.id.uuid(), subject, passed.account).await?;
    }
    Ok(Some((visit.map(Visit), conflict)))
}

async fn undo(tx: &WriteTx, cx: &Cx, attempt: &Attempt, row: &check_in_fact::Model, of: Uuid) -> Result<Option<visit::Model>, Stop<Refuse>> {
    let target = store::fact_of(&**tx, row.entered_by, of).await?.filter(|target| target.account_id == row.account_id);
    match target {
        // What is older than that stays as it is; the fold looks at the same days.
        Some(target) if row.at > target.at.plus_seconds(OLDEST) && matches!(attempt.when, When::Now) => {
            Err(Stop::Refused(Refuse::Because(Reason::TooOld)))
        }
        Some(target) if target.what != CheckInKind::Undo => {
            let book = refold::whole(tx, cx, row.account_id, target.at).await?;
            // A check-out taken back leaves its visit open again.
            let open = book.visits.iter().rfind(|visit| visit.studio == target.venue_id && visit.from <= target.at);
            Ok(open.filter(|_| target.what == CheckInKind::Out).map(|visit| refold::row(row.account_id, visit)))
        }
        // Its entry may still lie in another phone; and taking back what was taken back changes nothing.
        _ if matches!(attempt.when, When::Before(_)) => Ok(None),
        _ => Err(Stop::Refused(Refuse::Because(Reason::NotIn))),
    }
}

/// Whether an entry made now is true together with what is known.
fn fits(changed: &Changed, row: &check_in_fact::Model, afterwards: bool) -> Result<(), Stop<Refuse>> {
    let Changed { before, after } = changed;
    let in_already = |book: &Book, id: CheckInFactId| {
        let visit = book.visit_with(id);
        visit.map_or(Refuse::Because(Reason::AlreadyIn), |visit| Refuse::In { studio: visit.studio, since: visit.from.utc() })
    };
    if let Some(conflict) = after.conflict_of(row.id) {
        return match (conflict.kind, conflict.against) {
            (ConflictKind::TwoPlaces, Some(other)) => Err(Stop::Refused(in_already(after, other))),
            (ConflictKind::OutWithoutIn, _) => Err(Stop::Refused(Refuse::Because(Reason::NotIn))),
            _ => Ok(()),
        };
    }
    let Some(visit) = after.visit_with(row.id) else {
        // Its check-in was taken back, or does not count.
        return if row.what == CheckInKind::Out { Err(Stop::Refused(Refuse::Because(Reason::NotIn))) } else { Ok(()) };
    };
    if row.what == CheckInKind::In {
        // Another one of theirs was faster, and is a moment later by its own request.
        if let Some(other) = before.visits.iter().find(|other| other.from > row.at && other.until.is_none()) {
            return Err(Stop::Refused(Refuse::In { studio: other.studio, since: other.from.utc() }));
        }
        return if visit.id == row.id { Ok(()) } else { Err(Stop::Refused(in_already(after, row.id))) };
    }
    let earlier = before.visits.iter().find(|earlier| earlier.id == visit.id);
    // A log afterwards names its visit; staff end what is open, and nothing else.
    let ended = earlier.is_some_and(|earlier| earlier.until.is_some()) && (!afterwards || row.how == EntryWay::Staff);
    let over = earlier.is_some_and(|earlier| earlier.ends_by < row.at);
    if earlier.is_some_and(|earlier| earlier.confirmed.is_some()) {
        return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
    }
    if ended || (over && row.residents.is_none()) { Err(Stop::Refused(Refuse::Because(Reason::NotIn))) } else { Ok(()) }
}
