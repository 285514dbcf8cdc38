//! `changeSlot`: another slot instead of the one that is booked, in one transaction: nobody gives a place up before they have another.
use super::fill;
use super::moves::{self, Move, No};
use super::put::{self, Wish};
use super::refusal::{BookingResult, Refuse, by_rule, changed, finish, missing};
use super::step::standing;
use super::store::{self, Scene};
use super::tell::{self, Told};
use super::write::{self, Mover, Write};
use crate::audit;
use crate::auth;
use crate::calendar::hours;
use crate::calendar::occupy;
use crate::kernel::errors::rule_of;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, WriteTx, counts, replay, say};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_day::ReceptionKind;
use shangyi_entities::{BookingId, ReceptionSlotId, TypedId};
use uuid::Uuid;

/// Which booking goes where.
#[derive(InputObject)]
pub struct ChangeSlotInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The booking that is given up; it is BOOKED or MOVE_PROPOSED.
    pub booking_id: Gid<BookingId>,
    /// The version of that booking that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The slot to come to instead: of the same committee, and for the same kind of people.
    pub slot_id: Gid<ReceptionSlotId>,
    /// When that slot begins as the person saw it; where it was changed since, `DAY_CLOSED`. Left out: whenever it begins.
    pub expected_from: Option<DateTime<Utc>>,
}

const OPERATION: &str = "changeSlot";

/// Who changes what.
struct Change<'a> {
    old: &'a booking::Model,
    to: &'a Scene,
    viewer: &'a Viewer,
    own: bool,
}

pub(in crate::receptions) async fn run(cx: &Cx, input: ChangeSlotInput) -> Result<BookingResult, ApiError> {
    let viewer = cx.viewer().await?;
    let old = super::lists::find(cx, input.booking_id.0).await?.ok_or_else(missing)?.0;
    let from = store::scene_of(cx, old.slot_id).await?.ok_or_else(missing)?;
    let no_slot = || ApiError::not_found("这个时段", "This slot");
    let mut to = store::scene(cx, input.slot_id.0).await?.ok_or_else(no_slot)?;
    if to.id == from.id || to.committee_id != from.committee_id || to.kind != from.kind {
        let text = say("请选择同一委员会的另一个接待时段。", "Please choose another slot of the same committee's receptions.");
        return Err(ApiError::bad_input("slotId", text));
    }
    if put::is_due(cx, &to).await? {
        cx.app().db.write_plain(|tx| async move { Ok(fill::settle_slot(&tx, cx, input.slot_id.0).await?) }).await?;
        to = store::scene(cx, input.slot_id.0).await?.ok_or_else(no_slot)?;
    }
    let person = super::lists::person_of_viewer(cx).await?;
    let own = old.account_id == Some(viewer.account) || person.as_deref() == Some(old.person_key.as_slice());
    let by_desk = viewer.desk_of(from.committee_id, &from.division_code).is_some() && !own;
    if !own && !by_desk {
        return finish(cx, Err(Stop::Refused(Refuse::NotYours(old.id)))).await;
    }
    if by_desk && viewer.desk_of(to.committee_id, &to.division_code).is_none() {
        let text = say(
            "新时段不在您负责的地区，请改选本地区的时段，或请居民本人改约。",
            "The new slot is not in a division your desk answers for; please choose one that is, or ask the person to change it themselves.",
        );
        return Err(ApiError::forbidden(text));
    }
    // Whose term has ended meanwhile keeps what they have, and gets nothing new.
    if to.kind == ReceptionKind::LeadersReceiveMembers && !put::is_member(cx, &to, old.account_id).await? {
        return Err(put::for_members());
    }
    let wish = Wish {
        operation: OPERATION,
        request_id: input.request_id,
        slot: to.id,
        channel: old.channel,
        state: BookingState::Booked,
        category: old.category,
        matter: None,
        heads: old.heads,
        seen_from: input.expected_from.map(Into::into),
    };
    let level = match old.account_id {
        Some(account) if !by_desk => auth::known(cx.read(), account).await?.map_or(VerificationLevel::Phone, |known| known.level),
        _ => VerificationLevel::RealName,
    };
    let (input, change) = (&input, &Change { old: &old, to: &to, viewer, own });
    let refused = match put::judge(cx, &wish, &to, by_desk, level) {
        Some(refuse) => refuse,
        None => match cx.app().db.write(|tx| async move { write(&tx, cx, input, change).await }).await {
            Err(Stop::Refused(refuse)) => refuse,
            done => return finish(cx, done).await,
        },
    };
    if let Some(id) = replay::earlier(cx, OPERATION, input.request_id, input).await?.and_then(|id| Gid::<BookingId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let refused = put::name_the_other(cx, refused, &to, &old.person_key, Some(old.id)).await?;
    finish(cx, Err(Stop::Refused(refused))).await
}

async fn write(tx: &WriteTx, cx: &Cx, input: &ChangeSlotInput, change: &Change<'_>) -> Result<(BookingId, bool), Stop<Refuse>> {
    let new_id: BookingId = cx.new_id();
    if let Some(made) = replay::remember(tx, cx, OPERATION, input.request_id, input, Some(Gid(new_id).to_string())).await? {
        let id = Gid::<BookingId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered booking cannot be read"))?;
        return Ok((id.0, true));
    }
    let most = cx.settings().bookings_per_day;
    if change.own && !counts::take(tx, cx, change.viewer.account, "booking", most).await? {
        return Err(Stop::Refused(Refuse::Limit(most)));
    }
    let mut ids = [change.old.slot_id, change.to.id];
    ids.sort_unstable();
    let [mut first, mut second] = [lock(tx, ids[0]).await?, lock(tx, ids[1]).await?];
    let (left, taken) = if first.id == change.old.slot_id { (&mut first, &mut second) } else { (&mut second, &mut first) };
    if taken.from_at != change.to.from_at {
        return Err(Stop::Refused(Refuse::Because(super::BookingRefusalReason::DayClosed)));
    }
    let old = store::now(tx, change.old.id).await?.ok_or_else(missing)?;
    let from = store::scene_now(tx, old.slot_id).await?.ok_or_else(missing)?;
    let stands = moves::seen(old.state, old.offer_expires_at, (left.from_at, left.until_at), cx.now());
    if old.version != input.expected_version || !matches!(stands, BookingState::Booked | BookingState::MoveProposed) {
        return Err(changed(tx, &old, stands).await);
    }
    // What can be cancelled can be changed, and until the same moment.
    let standing = standing(cx, &old, (left.from_at, from.state), (change.own, !change.own, false));
    match moves::judge(Move::Cancel, stands, standing) {
        Ok(_) => {}
        Err(No::NotYours) => return Err(Stop::Refused(Refuse::NotYours(old.id))),
        Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
    }
    let role = match change.viewer.desk_of(from.committee_id, &from.division_code) {
        Some(held) if !change.own => sea_orm::ActiveEnum::to_value(&held.role),
        _ => "RESIDENT".to_owned(),
    };
    let by = Mover::by(&role, change.viewer.account);
    // With those who may be offered the place that is left: one round of locks, in one order.
    let mut persons = fill::first_in_line(tx, left).await?;
    persons.extend([fill::person(&old.person_key), old.subject_id]);
    occupy::lock(tx, persons).await?;
    // Whoever waited for the new slot has it now.
    let waited: Vec<_> = store::wait_of(tx, taken.id, &old.person_key).await?.into_iter().collect();
    write::plainly(tx, cx, taken, &waited, &by, Write::new(BookingState::Cancelled, BookingEventKind::SlotChanged)).await?;
    write::plainly(tx, cx, left, std::slice::from_ref(&old), &by, Write::new(BookingState::Cancelled, BookingEventKind::SlotChanged)).await?;
    if old.state == BookingState::Booked {
        occupy::release(tx, cx, from.occasion_id, old.subject_id).await?;
    }
    let row = booking::Model {
        id: new_id,
        day_id: change.to.day_id,
        slot_id: change.to.id,
        day: change.to.day.clone(),
        state: BookingState::Booked,
        version: 1,
        number: None,
        booked_at: cx.now(),
        changed_at: cx.now(),
        offer_expires_at: None,
        passed_over_at: None,
        asked_to_move_at: None,
        remind_at: hours::remind_at(cx.now(), change.to.from_at),
        ..old.clone()
    };
    if let Err(cause) = store::insert(tx, row.clone()).await {
        if let Some(refuse) = rule_of(&cause).as_deref().and_then(|rule| by_rule(rule, fill::waiting(cx, taken))) {
            return Err(Stop::Refused(refuse));
        }
        Err(cause).internal("booking")?;
    }
    (taken.seq, taken.taken) = (taken.seq + 1, taken.taken + 1);
    let event = write::event(cx, &row, 1, taken, &by, BookingEventKind::Booked, BookingState::Booked);
    store::insert_events(tx, std::slice::from_ref(&event)).await?;
    put::take_time(tx, cx, &row, change.to, taken).await?;
    fill::settle(tx, cx, left).await?;
    let (before, after) = (Gid(old.id).to_string(), Gid(row.id).to_string());
    let entry = audit::Entry::new(OPERATION, &role, row.id);
    audit::record(tx, cx, audit::Entry { committee: Some(row.committee_id), before: Some(&before), after: Some(&after), ..entry }).await?;
    if !change.own {
        tell::people(tx, cx, NoticeKind::BookingEntered, &[Told { row: &row, event: event.id.uuid() }]).await?;
    }
    Ok((row.id, false))
}

async fn lock(tx: &WriteTx, id: ReceptionSlotId) -> Result<shangyi_entities::reception_slot::Model, ApiError> {
    store::slot_locked(tx, id).await?.ok_or_else(|| ApiError::broken("a slot is gone"))
}
