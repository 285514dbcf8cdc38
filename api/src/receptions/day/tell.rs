//! Telling members of the days on which they receive: the inbox at once, short messages in waking hours.
use crate::auth;
use crate::calendar::hours;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox;
use crate::receptions::booking::moves;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, TypedId, VenueId, reception_day};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// Tells each of an event of a day of theirs.
pub(super) async fn receivers(tx: &WriteTx, cx: &Cx, kind: NoticeKind, told: &[(Uuid, &reception_day::Model, AccountId)]) -> Result<(), ApiError> {
    receivers_of_moved(tx, cx, kind, told, None).await
}

/// [`receivers`] of a day that may have been on another one, on which they would come for nothing.
pub(super) async fn receivers_of_moved(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    told: &[(Uuid, &reception_day::Model, AccountId)],
    day_before: Option<&str>,
) -> Result<(), ApiError> {
    let each: Vec<(Uuid, Uuid, AccountId)> = told.iter().map(|(event, day, account)| (*event, day.id.uuid(), *account)).collect();
    outbox::tell_each(tx, cx, kind, &each).await?;
    let accounts: Vec<AccountId> = told.iter().map(|told| told.2).collect();
    let phones = auth::phones_for_messages(tx, cx, &accounts).await?;
    let mut venues: HashMap<VenueId, String> = HashMap::new();
    let mut messages = Vec::new();
    for (_, day, account) in told {
        let Some(phone) = phones.get(account) else { continue };
        let venue = match venues.entry(day.venue_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(crate::organisation::venue_now(tx, day.venue_id).await?.map(|venue| venue.name).unwrap_or_default()),
        };
        let Some(text) = short_message(kind, &format!("{}在{venue}", moves::local(day.from_at))) else { continue };
        // Asked in waking hours; kept from coming for nothing at any.
        let at = if matches!(kind, NoticeKind::ReceptionDutyAsked | NoticeKind::ReceptionDutyReminder) {
            hours::waking(cx.now())
        } else {
            hours::before_day(cx.now(), day_before.map_or(day.day.as_str(), |before| Ord::min(before, &day.day)))
        };
        messages.push((account.uuid(), phone.clone(), text, at));
    }
    outbox::sms_each(tx, cx, messages).await
}

fn short_message(kind: NoticeKind, which: &str) -> Option<String> {
    Some(match kind {
        NoticeKind::ReceptionDutyAsked => format!("【商议】请您{which}参加接待，请登录回复能否参加。"),
        NoticeKind::ReceptionDutyChanged => format!("【商议】您参加的接待有变，现为{which}；改了时间的请登录重新回复。"),
        NoticeKind::ReceptionDutyEnded => format!("【商议】{which}的接待已取消或由他人接替，您无需到场。"),
        NoticeKind::ReceptionDutyReminder => format!("【商议】提醒您：{which}有您参加的接待。"),
        _ => return None,
    })
}
