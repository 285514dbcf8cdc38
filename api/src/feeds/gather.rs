//! What stands in a person's feed, and whether it has changed since it was read.
use super::ics::{self, Event, Status};
use super::{open, store};
use crate::app::App;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Gid, Locale, crypto};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::duty_slot::SlotState;
use shangyi_entities::{AccountId, BookingId, ReceptionReceiverId, VenueId};
use std::collections::HashMap;

/// How far back and ahead a feed reaches, in seconds.
const BACK: i64 = 90 * 86_400;
const AHEAD: i64 = 370 * 86_400;

/// A calendar as it stands.
pub struct Calendar {
    /// Names this very content.
    pub etag: String,
    /// The calendar itself; nothing where the reader has it already.
    pub body: Option<String>,
}

/// The calendar of a secret address; nothing where there is none, or none any more. `known` is what the reader has.
pub async fn fetch(app: &App, secret: &str, known: Option<&str>) -> Result<Option<Calendar>, ApiError> {
    let nobody = Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "calendar".to_owned());
    let Ok(secret) = URL_SAFE_NO_PAD.decode(secret) else { return Ok(None) };
    if secret.len() != 24 {
        return Ok(None);
    }
    let Some(feed) = store::by_secret(&nobody, &open::hash(&nobody, &secret)).await? else { return Ok(None) };
    if store::outlived_an_appointment(&nobody, &feed).await? {
        return Ok(None);
    }
    let who = Who::Person { account: feed.account_id, session: None };
    let cx = Cx::new(app.clone(), who, Locale::Zh, None, "calendar".to_owned());
    let events = events(&cx, feed.account_id).await?;
    let etag = etag(&events);
    let has_it = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*"));
    let body = (!has_it).then(|| ics::write(&events));
    Ok(Some(Calendar { etag, body }))
}

fn etag(events: &[Event]) -> String {
    let text: String = events.iter().map(|event| format!("{event:?}\n")).collect();
    let hash = crypto::sha256(text.as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..15]))
}

async fn events(cx: &Cx, account: AccountId) -> Result<Vec<Event>, ApiError> {
    let (from, until) = (cx.now().plus_seconds(-BACK), cx.now().plus_seconds(AHEAD));
    let receptions = crate::receptions::feed_of(cx, account, from, until).await?;
    let duties = crate::duty::of_person(cx, account, from, until).await?;
    let sittings = crate::consultations::sittings_of(cx, account, from, until).await?;
    let venues = receptions.iter().map(|entry| entry.venue).chain(duties.iter().map(|(slot, _)| slot.venue_id));
    let venues: Vec<VenueId> = venues.chain(sittings.iter().map(|sitting| sitting.hall_id)).collect();
    let venues: HashMap<VenueId, _> = crate::organisation::venues_of(cx, &venues).await?.into_iter().map(|venue| (venue.id, venue)).collect();
    let place = |id: VenueId| venues.get(&id).map(|venue| (venue.name.clone(), venue.address.clone())).unwrap_or_default();
    let mut events: Vec<Event> = Vec::new();
    for entry in receptions {
        let (name, address) = place(entry.venue);
        let what = if entry.receives { "接待日接待" } else { "接待日预约" };
        let uid = if entry.receives { Gid(ReceptionReceiverId(entry.id)).to_string() } else { Gid(BookingId(entry.id)).to_string() };
        let status = match (entry.cancelled, entry.tentative) {
            (true, _) => Status::Cancelled,
            (_, true) => Status::Tentative,
            _ => Status::Confirmed,
        };
        events.push(Event {
            uid,
            sequence: entry.sequence,
            changed_at: entry.changed_at,
            from: entry.from,
            until: entry.until,
            summary: format!("{what}：{name}"),
            location: format!("{name}，{address}"),
            status,
        });
    }
    for (slot, changed_at) in duties {
        let (name, address) = place(slot.venue_id);
        // Whoever gave it away, or whose studio closed, has nothing to come for.
        let mine = slot.account_id == Some(account) && slot.state == SlotState::Assigned;
        events.push(Event {
            uid: Gid(slot.id).to_string(),
            sequence: slot.version - 1,
            changed_at,
            from: slot.from_at,
            until: slot.until_at,
            summary: format!("工作室值班：{name}"),
            location: format!("{name}，{address}"),
            status: if mine { Status::Confirmed } else { Status::Cancelled },
        });
    }
    for sitting in sittings {
        let (name, address) = place(sitting.hall_id);
        let what = if sitting.convenor_account_id == account { "主持协商会" } else { "协商会记录" };
        events.push(Event {
            uid: Gid(sitting.id).to_string(),
            sequence: sitting.version - 1,
            changed_at: sitting.changed_at,
            from: sitting.from_at,
            until: sitting.until_at,
            summary: format!("{what}：{name}"),
            location: format!("{name}，{address}"),
            status: if sitting.state == SittingState::Announced { Status::Confirmed } else { Status::Cancelled },
        });
    }
    events.sort_by(|one, other| (one.from, &one.uid).cmp(&(other.from, &other.uid)));
    Ok(events)
}
