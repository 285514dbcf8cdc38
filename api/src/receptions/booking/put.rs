//! Taking a place or joining a waiting list, however somebody comes to it: online, through an officer, or standing there.
use super::refusal::{BookingRefusalReason as Reason, BookingResult, Refuse, by_rule, finish};
use super::store::{self, Scene};
use super::tell::{self, Told};
use super::write::{self, Mover};
use super::{MATTER, fill};
use crate::audit;
use crate::auth::callers::{self, Behalf, NewCaller};
use crate::auth::{self, Known};
use crate::calendar::hours;
use crate::calendar::occupy::{self, Subject};
use crate::kernel::clock::{day_begins, local_day, next_day_begins};
use crate::kernel::errors::rule_of;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, WriteTx, counts, personal, replay, say};
use async_graphql::InputType;
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::appointment::Role;
use shangyi_entities::booking::{self, BookingChannel, BookingState, MatterCategory};
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::reception_day::{DayStage, ReceptionKind};
use shangyi_entities::{AccountId, BookingId, ReceptionSlotId, Timestamp, TypedId, reception_slot};
use std::borrow::Cow;
use uuid::Uuid;

/// Who comes.
#[derive(Clone)]
pub(super) struct Booker {
    account: Option<AccountId>,
    caller: Option<NewCaller>,
    /// By which bookings of one person are told: of one phone, of one account.
    person_key: Vec<u8>,
    subject: Uuid,
    level: VerificationLevel,
    no_sms: bool,
}

fn key_of(known: &Known) -> Vec<u8> {
    known.phone_hash.clone().unwrap_or_else(|| known.id.uuid().as_bytes().to_vec())
}

impl Booker {
    /// The viewer.
    pub(super) async fn viewer(cx: &Cx) -> Result<Self, ApiError> {
        let known = auth::known(cx.read(), cx.account()?).await?.ok_or_else(ApiError::unauthenticated)?;
        let (person_key, subject) = (key_of(&known), known.id.uuid());
        Ok(Self { account: Some(known.id), caller: None, person_key, subject, level: known.level, no_sms: false })
    }

    /// Somebody an officer enters; where their phone has an account, it is that person's booking too.
    pub(super) async fn caller(cx: &Cx, behalf: &Behalf, no_sms: bool) -> Result<Self, ApiError> {
        let caller = NewCaller::read(cx, behalf)?;
        let hash = caller.phone_hash(cx);
        let known = match &hash {
            Some(hash) => auth::known_by_phone(cx.read(), hash).await?,
            None => None,
        };
        let person_key = hash.unwrap_or_else(|| caller.id.uuid().as_bytes().to_vec());
        let subject = known.as_ref().map_or_else(|| fill::person(&person_key), |known| known.id.uuid());
        Ok(Self { account: known.map(|known| known.id), caller: Some(caller), person_key, subject, level: VerificationLevel::RealName, no_sms })
    }

    /// The same, looked at again once the person is locked: a caller may have signed in for the first time meanwhile.
    async fn now(&self, tx: &WriteTx) -> Result<Cow<'_, Self>, ApiError> {
        if self.caller.is_none() || self.account.is_some() {
            return Ok(Cow::Borrowed(self));
        }
        let Some(known) = auth::known_by_phone(&**tx, &self.person_key).await? else { return Ok(Cow::Borrowed(self)) };
        occupy::lock(tx, vec![known.id.uuid()]).await?;
        Ok(Cow::Owned(Self { account: Some(known.id), subject: known.id.uuid(), ..self.clone() }))
    }
}

/// What somebody wants.
pub(super) struct Wish {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) slot: ReceptionSlotId,
    pub(super) channel: BookingChannel,
    /// BOOKED, CHECKED_IN or WAITLISTED.
    pub(super) state: BookingState,
    pub(super) category: MatterCategory,
    pub(super) matter: Option<String>,
    pub(super) heads: i64,
    /// When the slot began as the person saw it.
    pub(super) seen_from: Option<Timestamp>,
}

const WORDS: Rule = Rule { field: "matter", name: ("事由", "The matter"), most: 100 };

/// The matter and how many come, as they were typed.
pub(super) fn cleaned(matter: Option<&str>, heads: Option<i64>) -> Result<(Option<String>, i64), ApiError> {
    let heads = heads.unwrap_or(1);
    if !(1..=50).contains(&heads) {
        return Err(ApiError::bad_input("heads", say("人数请填1到50。", "Please say 1 to 50 people.")));
    }
    Ok((text::clean_optional(&WORDS, matter)?, heads))
}

pub(super) async fn run<I: InputType>(cx: &Cx, input: &I, wish: &Wish, booker: &Booker) -> Result<BookingResult, ApiError> {
    let missing = || ApiError::not_found("这个时段", "This slot");
    let mut scene = store::scene(cx, wish.slot).await?.ok_or_else(missing)?;
    let mover = &mover(cx, wish, &scene, booker).await?;
    // Committed by itself: what the clock has ended is over, whether this booking comes to something or not.
    if is_due(cx, &scene).await? {
        cx.app().db.write_plain(|tx| async move { Ok(fill::settle_slot(&tx, cx, wish.slot).await?) }).await?;
        scene = store::scene(cx, wish.slot).await?.ok_or_else(missing)?;
    }
    let scene = &scene;
    let refused = match judge(cx, wish, scene, booker.caller.is_some(), booker.level) {
        None => {
            let done = cx.app().db.write(|tx| async move { write(&tx, cx, input, wish, scene, booker, mover).await }).await;
            match done {
                Err(Stop::Refused(refuse)) => refuse,
                done => return finish(cx, done).await,
            }
        }
        Some(refuse) => refuse,
    };
    // What was done before is answered again, though the rules would refuse it by now.
    if let Some(id) = replay::earlier(cx, wish.operation, wish.request_id, input).await?.and_then(|id| Gid::<BookingId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    finish(cx, Err(Stop::Refused(name_the_other(cx, refused, scene, &booker.person_key, None).await?))).await
}

/// Names what stands in the way of a place, where that is another one of the same person; `but` is the one to be given up.
pub(super) async fn name_the_other(cx: &Cx, refused: Refuse, scene: &Scene, person: &[u8], but: Option<BookingId>) -> Result<Refuse, ApiError> {
    if !matches!(refused, Refuse::Full { .. } | Refuse::Already(_)) {
        return Ok(refused);
    }
    Ok(match store::in_the_way(cx, scene, person, but).await? {
        Some(row) => Refuse::Already(super::lists::visible(cx, &[row.id]).await?.pop().map(|row| row.id)),
        None => refused,
    })
}

/// Who comes to leaders is a member of the committee.
pub(super) fn for_members() -> ApiError {
    ApiError::forbidden(say(
        "这次接待面向本委员会委员，请委员本人预约，或由工作人员按其登记的手机号代为登记。",
        "This reception is for members of the committee: they book it themselves, or staff enter them by the phone they sign in with.",
    ))
}

/// Whether somebody is a member of the slot's committee now.
pub(super) async fn is_member(cx: &Cx, scene: &Scene, account: Option<AccountId>) -> Result<bool, ApiError> {
    let known: Vec<AccountId> = account.into_iter().collect();
    Ok(!crate::organisation::holders_among(cx, scene.committee_id, Role::Member, &known).await?.is_empty())
}

/// Whether something is to be done in the slot before anybody books: an offer whose time is over, or a free place while
/// somebody waits who could have it.
pub(super) async fn is_due(cx: &Cx, scene: &Scene) -> Result<bool, ApiError> {
    if scene.taken < scene.capacity {
        return if scene.waiting > 0 { store::could_somebody_come(cx, scene.id).await } else { Ok(false) };
    }
    store::is_stale(cx, scene).await
}

/// By which role it is done; an officer enters for others, members come to their leaders.
async fn mover(cx: &Cx, wish: &Wish, scene: &Scene, booker: &Booker) -> Result<Mover, ApiError> {
    let account = cx.account()?;
    if booker.caller.is_some() {
        let viewer = cx.viewer().await?;
        let Some(role) = super::staff_role(cx, viewer, scene).await? else {
            return Err(ApiError::forbidden(say(
                "只有负责这个地区的工作人员或当天的接待委员可以代为登记。",
                "Only the desk that answers for this division, or those who receive that day, may enter for others.",
            )));
        };
        // A member who calls or stands there is entered by the phone under which they are known.
        if scene.kind == ReceptionKind::LeadersReceiveMembers && !is_member(cx, scene, booker.account).await? {
            return Err(for_members());
        }
        return Ok(Mover::by(&role, account));
    }
    if scene.kind == ReceptionKind::LeadersReceiveMembers {
        let viewer = cx.viewer().await?;
        if viewer.holds(scene.committee_id, Role::Member).is_none() {
            return Err(for_members());
        }
        return Ok(Mover::by("MEMBER", account));
    }
    debug_assert!(wish.channel == BookingChannel::Online);
    Ok(Mover::by("RESIDENT", account))
}

/// What can be said before anything is written; the database says it again.
pub(super) fn judge(cx: &Cx, wish: &Wish, scene: &Scene, by_officer: bool, level: VerificationLevel) -> Option<Refuse> {
    let now = cx.now();
    // Who comes while others are still received is registered, also after the slot's end; the day's end is the end.
    let ends = if wish.state == BookingState::CheckedIn { next_day_begins(scene.from_at) } else { scene.until_at };
    let moved = wish.seen_from.is_some_and(|from| from != scene.from_at);
    if scene.state != DayStage::Published || now >= ends || moved {
        return Some(Refuse::Because(Reason::DayClosed));
    }
    if wish.state == BookingState::CheckedIn {
        let day = day_begins(local_day(scene.from_at));
        if now < day {
            return Some(Refuse::NotOpenYet(day));
        }
    } else if now >= scene.from_at {
        return Some(Refuse::TooLate(scene.from_at));
    }
    if let Some(opens) = scene.opens_at.filter(|opens| now < *opens && !by_officer) {
        return Some(Refuse::NotOpenYet(opens));
    }
    if scene.level == VerificationLevel::RealName && level != VerificationLevel::RealName {
        return Some(Refuse::Because(Reason::LevelNeeded));
    }
    let full = scene.taken >= scene.capacity && wish.state != BookingState::Waitlisted;
    full.then_some(Refuse::Full { waiting: (now < scene.from_at).then_some(scene.waiting) })
}

async fn write<I: InputType>(
    tx: &WriteTx,
    cx: &Cx,
    input: &I,
    wish: &Wish,
    scene: &Scene,
    booker: &Booker,
    mover: &Mover,
) -> Result<(BookingId, bool), Stop<Refuse>> {
    let id: BookingId = cx.new_id();
    if let Some(made) = replay::remember(tx, cx, wish.operation, wish.request_id, input, Some(Gid(id).to_string())).await? {
        let id = Gid::<BookingId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered booking cannot be read"))?;
        return Ok((id.0, true));
    }
    let most = cx.settings().bookings_per_day;
    if booker.caller.is_none() && !counts::take(tx, cx, cx.account()?, "booking", most).await? {
        return Err(Stop::Refused(Refuse::Limit(most)));
    }
    let mut slot = store::slot_locked(tx, wish.slot).await?.ok_or_else(|| ApiError::broken("a slot is gone"))?;
    if slot.from_at != scene.from_at {
        return Err(Stop::Refused(Refuse::Because(Reason::DayClosed)));
    }
    let waits = wish.state == BookingState::Waitlisted;
    occupy::lock(tx, vec![fill::person(&booker.person_key), booker.subject]).await?;
    let booker = &booker.now(tx).await?;
    let mut row = row(tx, cx, wish, scene, booker, id).await?;
    if waits {
        row.number = Some(store::next_number(tx, &mut slot).await?);
    }
    if let Err(cause) = store::insert(tx, row.clone()).await {
        if let Some(refuse) = rule_of(&cause).as_deref().and_then(|rule| by_rule(rule, fill::waiting(cx, &slot))) {
            return Err(Stop::Refused(refuse));
        }
        Err(cause).internal("booking")?;
    }
    slot.seq += 1;
    if waits {
        slot.waiting += 1;
    } else {
        slot.taken += 1;
    }
    let what = match wish.state {
        BookingState::Waitlisted => BookingEventKind::JoinedWaitingList,
        BookingState::CheckedIn => BookingEventKind::WalkedIn,
        _ => BookingEventKind::Booked,
    };
    let event = write::event(cx, &row, 1, &slot, mover, what, wish.state);
    store::insert_events(tx, std::slice::from_ref(&event)).await?;
    if waits {
        fill::settle(tx, cx, &mut slot).await?;
    } else {
        take_time(tx, cx, &row, scene, &slot).await?;
    }
    let word = store::word(wish.state);
    let entry = audit::Entry::new(wish.operation, &mover.role, id);
    audit::record(tx, cx, audit::Entry { committee: Some(scene.committee_id), after: Some(&word), ..entry }).await?;
    if booker.caller.is_some() && wish.state != BookingState::CheckedIn {
        tell::people(tx, cx, NoticeKind::BookingEntered, &[Told { row: &row, event: event.id.uuid() }]).await?;
    }
    Ok((id, false))
}

/// The person's time, from the slot's beginning to its end.
pub(super) async fn take_time(tx: &WriteTx, cx: &Cx, row: &booking::Model, scene: &Scene, slot: &reception_slot::Model) -> Result<(), Stop<Refuse>> {
    let subject = Subject { kind: SubjectKind::Resident, id: row.subject_id };
    occupy::take(tx, cx, scene.occasion_id, subject, (slot.from_at, slot.until_at), || Refuse::Because(Reason::Overlaps)).await
}

async fn row(tx: &WriteTx, cx: &Cx, wish: &Wish, scene: &Scene, booker: &Booker, id: BookingId) -> Result<booking::Model, ApiError> {
    let key = match (&booker.caller, booker.account) {
        (Some(caller), _) => Some(callers::add(tx, cx, caller).await?),
        (None, Some(account)) => personal::of(&**tx, &cx.app().keys, account.uuid()).await?,
        (None, None) => None,
    };
    let matter_enc = match (&wish.matter, key) {
        (Some(matter), Some(key)) => Some(key.seal(MATTER, matter)?),
        (Some(_), None) => return Err(ApiError::unauthenticated()),
        (None, _) => None,
    };
    let remind = (wish.state == BookingState::Booked).then(|| hours::remind_at(cx.now(), scene.from_at)).flatten();
    Ok(booking::Model {
        id,
        committee_id: scene.committee_id,
        day_id: scene.day_id,
        slot_id: scene.id,
        day: scene.day.clone(),
        person_key: booker.person_key.clone(),
        subject_id: booker.subject,
        account_id: booker.account,
        caller_id: booker.caller.as_ref().map(|caller| caller.id),
        entered_by: booker.caller.is_some().then(|| cx.account()).transpose()?,
        channel: wish.channel,
        state: wish.state,
        version: 1,
        number: None,
        category: wish.category,
        matter_enc,
        heads: wish.heads,
        no_sms: booker.no_sms,
        booked_at: cx.now(),
        changed_at: cx.now(),
        offer_expires_at: None,
        passed_over_at: None,
        asked_to_move_at: None,
        remind_at: remind,
    })
}
