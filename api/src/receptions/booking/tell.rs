//! Telling people of their bookings: the inbox at once, short messages in waking hours, neither with the matter in it.
use super::{moves, store};
use crate::auth::{self, callers};
use crate::calendar::hours;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox;
use shangyi_entities::booking::BookingState;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, BookingId, CallerId, ReceptionSlotId, TypedId, booking, booking_event};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody to be told of what happened to their booking.
pub(in crate::receptions) struct Told<'a> {
    pub(in crate::receptions) row: &'a booking::Model,
    pub(in crate::receptions) event: Uuid,
}

impl<'a> Told<'a> {
    /// Of something that is no move of the booking.
    pub(in crate::receptions) fn anew(cx: &Cx, row: &'a booking::Model) -> Self {
        Self { row, event: cx.new_event() }
    }

    /// Each booking with what happened to it.
    pub(in crate::receptions) fn of(rows: &'a [booking::Model], events: &[booking_event::Model]) -> Vec<Self> {
        let by_id: HashMap<BookingId, Uuid> = events.iter().map(|event| (event.booking_id, event.id.uuid())).collect();
        rows.iter().filter_map(|row| by_id.get(&row.id).map(|event| Self { row, event: *event })).collect()
    }
}

/// Leaves a notice for each, and a short message for those who want them.
pub(in crate::receptions) async fn people(tx: &WriteTx, cx: &Cx, kind: NoticeKind, told: &[Told<'_>]) -> Result<(), ApiError> {
    people_because(tx, cx, kind, told, None).await
}

/// [`people`] with a reason that the short message quotes.
pub(in crate::receptions) async fn people_because(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    told: &[Told<'_>],
    reason: Option<&str>,
) -> Result<(), ApiError> {
    if told.is_empty() {
        return Ok(());
    }
    let each: Vec<(Uuid, Uuid, AccountId)> = told.iter().filter_map(|told| Some((told.event, told.row.id.uuid(), told.row.account_id?))).collect();
    outbox::tell_each(tx, cx, kind, &each).await?;
    let told_by_staff = callers_to_tell(tx, cx, kind, told).await?;
    outbox::tell_each(tx, cx, NoticeKind::CallerToTell, &told_by_staff).await?;
    let wants: Vec<&booking::Model> = told.iter().map(|told| told.row).filter(|row| !row.no_sms).collect();
    let phones = phones(tx, cx, &wants).await?;
    if phones.is_empty() {
        return Ok(());
    }
    let mut slots: Vec<ReceptionSlotId> = wants.iter().map(|row| row.slot_id).collect();
    slots.sort_unstable();
    slots.dedup();
    let mut where_and_when = HashMap::new();
    for slot in slots {
        let Some(scene) = store::scene_now(tx, slot).await? else { continue };
        let venue = crate::organisation::venue_now(tx, scene.venue_id).await?.map(|venue| venue.name).unwrap_or_default();
        where_and_when.insert(slot, (format!("{}在{venue}", moves::local(scene.from_at)), scene.day));
    }
    let mut messages = Vec::new();
    for row in wants {
        let (Some(phone), Some((which, day))) = (phones.get(&row.id), where_and_when.get(&row.slot_id)) else { continue };
        let Some(text) = short_message(kind, which, row, reason) else { continue };
        // A booking that was moved may be for an earlier day now, or may have been for one.
        let at = if is_urgent(kind) { hours::before_day(cx.now(), Ord::min(day, &row.day)) } else { hours::waking(cx.now()) };
        messages.push((row.caller_id.map_or(row.subject_id, TypedId::uuid), phone.clone(), text, at));
    }
    outbox::sms_each(tx, cx, messages).await
}

/// Callers whom no message reaches, or who want none: told by the officer who entered them, else by their desk.
async fn callers_to_tell(tx: &WriteTx, cx: &Cx, kind: NoticeKind, told: &[Told<'_>]) -> Result<Vec<(Uuid, Uuid, AccountId)>, ApiError> {
    // What the officer has just done they say themself; a reminder is no news.
    if matches!(kind, NoticeKind::BookingEntered | NoticeKind::BookingReminder) {
        return Ok(Vec::new());
    }
    let ids: Vec<CallerId> = told.iter().filter_map(|told| told.row.caller_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let contacts = callers::of(&**tx, cx, &ids).await?;
    let mut found = Vec::new();
    for Told { row, event } in told {
        let Some((caller, entered_by)) = row.caller_id.zip(row.entered_by) else { continue };
        let has_phone = row.account_id.is_some() || contacts.get(&caller).is_some_and(|(_, contact, _)| Phone::parse(contact).is_some());
        if has_phone && !row.no_sms {
            continue;
        }
        let Some(scene) = store::scene_now(tx, row.slot_id).await? else { continue };
        let mut desk = crate::organisation::desk_accounts(tx, scene.committee_id, &scene.division_code, &[], cx.now()).await?;
        if desk.contains(&entered_by) {
            desk = vec![entered_by];
        }
        found.extend(desk.into_iter().map(|account| (*event, row.id.uuid(), account)));
    }
    Ok(found)
}

/// Where short messages reach those who booked: the phone of the account, or the contact an officer typed.
async fn phones(tx: &WriteTx, cx: &Cx, rows: &[&booking::Model]) -> Result<HashMap<BookingId, Phone>, ApiError> {
    let accounts: Vec<AccountId> = rows.iter().filter_map(|row| row.account_id).collect();
    let of_accounts = auth::phones_for_messages(tx, cx, &accounts).await?;
    let ids: Vec<CallerId> = rows.iter().filter(|row| row.account_id.is_none()).filter_map(|row| row.caller_id).collect();
    let contacts = callers::of(&**tx, cx, &ids).await?;
    let phone = |row: &booking::Model| match (row.account_id, row.caller_id) {
        (Some(account), _) => of_accounts.get(&account).cloned(),
        // A contact that is no phone: `callers_to_tell`.
        (None, Some(caller)) => contacts.get(&caller).and_then(|(_, contact, _)| Phone::parse(contact)),
        (None, None) => None,
    };
    Ok(rows.iter().filter_map(|row| phone(row).map(|phone| (row.id, phone))).collect())
}

/// Whether people would come for nothing if they read it too late.
fn is_urgent(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::BookingCancelled | NoticeKind::BookingMoveProposed | NoticeKind::BookingDayChanged)
}

fn short_message(kind: NoticeKind, which: &str, row: &booking::Model, reason: Option<&str>) -> Option<String> {
    let because = reason.map(|reason| format!("：{reason}")).unwrap_or_default();
    let until = row.offer_expires_at.map(moves::local).unwrap_or_default();
    Some(match kind {
        NoticeKind::BookingEntered if row.state == BookingState::Waitlisted => {
            format!("【商议】已为您登记{which}的接待候补，有名额时会通知您；如不需要请告知工作人员。")
        }
        NoticeKind::BookingPassedOver => {
            format!("【商议】您候补的{which}的接待有名额空出，因您当天已有预约，没有为您保留；您的候补顺序不变，如需更换可登录改约。")
        }
        NoticeKind::BookingEntered => format!("【商议】已为您登记{which}的接待，请按时到场；不能来请提前告知。"),
        NoticeKind::BookingOffered => format!("【商议】您候补的{which}的接待有名额了，为您保留到{until}，请登录接受或联系工作人员。"),
        NoticeKind::BookingOfferExpired => format!("【商议】为您保留的{which}的接待名额已过期，可以重新候补。"),
        NoticeKind::BookingLapsed => format!("【商议】{which}的接待已开始，本次候补随之结束，欢迎预约其他时段。"),
        NoticeKind::BookingMoveProposed => format!("【商议】您预约的接待改到{which}，请登录确认是否参加，或联系工作人员。"),
        NoticeKind::BookingDayChanged => format!("【商议】您预约或候补的接待安排有变，现为{which}。"),
        NoticeKind::BookingAskedToMove => format!("【商议】{which}的接待名额减少，您的预约仍然有效；如方便请改约其他时段。"),
        NoticeKind::BookingCancelled => format!("【商议】您预约或候补的{which}的接待已取消{because}。欢迎另约，或联系工作人员。"),
        NoticeKind::BookingReminder => format!("【商议】提醒您：{which}有您的接待预约。"),
        NoticeKind::ReceptionAnswered => "【商议】您在接待日反映的事项有了答复，请登录查看并评价，或咨询工作人员。".to_owned(),
        NoticeKind::ReceptionHandedOver => "【商议】您在接待日反映的事项已转有关单位办理，结果会告诉您。".to_owned(),
        _ => return None,
    })
}
