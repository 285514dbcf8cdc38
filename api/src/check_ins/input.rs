//! What phones send: the shapes that check-in, check-out and the offline queue have in common.
use super::clock::Clocks;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Gid, say};
use crate::studios::NearInput;
use async_graphql::{ID, InputObject, OneofObject};
use chrono::DateTime;
use shangyi_entities::venue::Datum;
use shangyi_entities::{MemberId, TypedId};
use uuid::Uuid;

/// What the phone's clocks say at one moment. They may be wrong; the server puts them right.
#[derive(InputObject, Clone)]
pub struct ClockInput {
    /// The time of day the phone shows, RFC 3339 with its zone.
    pub device_time: String,
    /// Which start of the phone this is: any text that changes when it is restarted, at most 64 characters.
    pub boot_id: String,
    /// Whole milliseconds since that start, by a clock that nobody can set; a Float, since a phone may run for months.
    pub elapsed_ms: f64,
}

impl ClockInput {
    pub(super) fn read(&self) -> Result<Clocks, ApiError> {
        let device = DateTime::parse_from_rfc3339(&self.device_time).ok();
        let fits = !self.boot_id.is_empty() && self.boot_id.chars().count() <= 64 && (0.0..9e15).contains(&self.elapsed_ms);
        match device {
            Some(device) if fits => Ok(Clocks { device: device.to_utc().into(), boot: self.boot_id.clone(), elapsed_ms: self.elapsed_ms as i64 }),
            _ => Err(ApiError::bad_input(
                "clock",
                say("手机时间的格式不对，请更新应用。", "The phone's clocks cannot be read; please update the app."),
            )),
        }
    }
}

/// Where the phone is. It answers whether that is inside the studio's fence, and is forgotten: not stored, not logged.
#[derive(InputObject, Clone, Copy)]
pub struct PositionInput {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// The datum; `WGS84`, what a phone's receiver gives, when left out.
    pub datum: Option<Datum>,
    /// How well the position is known, in metres.
    pub accuracy_metres: Option<f64>,
}

impl PositionInput {
    pub(super) fn near(self) -> NearInput {
        NearInput { latitude: self.latitude, longitude: self.longitude, datum: self.datum }
    }
}

/// An entry made by convenor or officer for a member who is there without a phone. It counts like any other; the member is
/// told and may object.
#[derive(InputObject, Clone)]
pub struct StaffEntryInput {
    /// The member.
    pub member_id: ID,
    /// Why it is entered by staff, at most 100 characters.
    pub reason: String,
}

/// How somebody checks in: exactly one.
#[derive(OneofObject, Clone)]
pub enum CheckInBy {
    /// What the QR carries, or the six digits under it (only online).
    Code(String),
    /// Entered by convenor or officer.
    StaffEntry(StaffEntryInput),
}

/// What was heard during a visit.
#[derive(InputObject, Clone)]
pub struct StudioLogInput {
    /// How many residents were received, 0 to 1 000.
    pub residents: i64,
    /// The matters heard, one a text of at most 200 characters; at most 20.
    pub matters: Vec<String>,
}

const MATTER: Rule = Rule { field: "log.matters", name: ("事项", "A matter"), most: 200 };
pub(super) const REASON: Rule = Rule { field: "reason", name: ("原因", "The reason"), most: 100 };

/// A log as it is stored: counts, and the matters line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Log {
    pub(super) residents: i64,
    pub(super) matters: i64,
    pub(super) text: String,
}

impl StudioLogInput {
    pub(super) fn read(&self) -> Result<Log, ApiError> {
        if !(0..=1000).contains(&self.residents) || self.matters.len() > 20 {
            return Err(ApiError::bad_input("log", say("接待人数为0到1000，事项最多20条。", "0 to 1 000 residents and at most 20 matters.")));
        }
        let matters = self.matters.iter().map(|matter| text::clean_line(&MATTER, matter)).collect::<Result<Vec<_>, _>>()?;
        Ok(Log { residents: self.residents, matters: i64::try_from(matters.len()).unwrap_or(0), text: matters.join("\n") })
    }
}

/// Reads an id that must not fail a whole batch.
pub(super) fn id<T: TypedId>(field: &'static str, id: &ID) -> Result<T, ApiError> {
    let unknown = || ApiError::bad_input(field, say("编号不对，请刷新后重试。", "This is no id of that kind; please read it again."));
    Gid::<T>::parse(id.as_str()).map(|id| id.0).ok_or_else(unknown)
}

/// Reads a request id that must not fail a whole batch.
pub(super) fn request(field: &'static str, id: &ID) -> Result<Uuid, ApiError> {
    Uuid::try_parse(id.as_str())
        .map_err(|_| ApiError::bad_input(field, say("requestId应为UUID，请更新应用。", "A requestId must be a UUID; please update the app.")))
}

impl StaffEntryInput {
    pub(super) fn read(&self) -> Result<(MemberId, String), ApiError> {
        Ok((id("memberId", &self.member_id)?, text::clean(&REASON, &self.reason)?))
    }
}
