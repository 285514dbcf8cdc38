//! Writing an iCalendar (RFC 5545). Times in UTC, so that no time zone needs telling; what people typed has no control characters.
use icalendar::{Calendar, Component, Event as IcsEvent, EventLike, EventStatus};
use shangyi_entities::Timestamp;

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) sequence: i64,
    pub(super) changed_at: Timestamp,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) summary: String,
    pub(super) location: String,
    pub(super) status: Status,
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The calendar as text.
pub(super) fn write(events: &[Event]) -> String {
    let mut calendar = Calendar::new();
    calendar.name("商议").append_property(("METHOD", "PUBLISH")).append_property(("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"));
    for event in events {
        let status = match event.status {
            Status::Confirmed => EventStatus::Confirmed,
            Status::Tentative => EventStatus::Tentative,
            Status::Cancelled => EventStatus::Cancelled,
        };
        let written = IcsEvent::new()
            .uid(&format!("{}@shangyi", event.uid))
            .sequence(u32::try_from(event.sequence).unwrap_or(0))
            .timestamp(event.changed_at.utc())
            .last_modified(event.changed_at.utc())
            .starts(event.from.utc())
            .ends(event.until.utc())
            .summary(&clean(&event.summary))
            .location(&clean(&event.location))
            .status(status)
            .done();
        calendar.push(written);
    }
    calendar.to_string()
}
