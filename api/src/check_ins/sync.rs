//! What a phone kept while it had no network. A result for each entry, in the order sent; one bad entry never fails the
//! others, and what comes of them does not depend on their order or on how they are grouped.
use super::clock::{Clocks, correct};
use super::enter::{self, Attempt, What, When};
use super::input::{self, CheckInBy, ClockInput, PositionInput, StudioLogInput};
use super::refusal::{CheckInPayload, CheckInRefused, CheckInResult, finish};
use crate::kernel::{ApiError, Cx, say};
use async_graphql::{ID, InputObject, OneofObject, SimpleObject, Union};
use chrono::{DateTime, Utc};

/// Entries of one upload.
pub const MOST: usize = 200;

/// A check-in that was kept.
#[derive(InputObject, Clone)]
pub struct KeptCheckInInput {
    /// The studio.
    pub studio_id: ID,
    /// By what its QR carried, or entered by staff. Digits prove nothing afterwards.
    pub by: CheckInBy,
    /// Where the phone was, if the person lets it say so. Never needed.
    pub position: Option<PositionInput>,
}

/// A check-out that was kept.
#[derive(InputObject, Clone)]
pub struct KeptCheckOutInput {
    /// The studio.
    pub studio_id: ID,
    /// For a member, by those who run the studio; oneself when left out.
    pub member_id: Option<ID>,
    /// What was heard.
    pub log: Option<StudioLogInput>,
}

/// Taking back one's own entry; it may reach the server before that entry does.
#[derive(InputObject, Clone)]
pub struct KeptUndoInput {
    /// The studio of the entry.
    pub studio_id: ID,
    /// The `requestId` of the entry to take back.
    pub entry_request_id: ID,
}

/// What was kept: exactly one.
#[derive(OneofObject, Clone)]
pub enum KeptInput {
    /// A check-in.
    CheckIn(KeptCheckInInput),
    /// A check-out.
    CheckOut(KeptCheckOutInput),
    /// An undo.
    Undo(KeptUndoInput),
}

/// One entry that was kept.
#[derive(InputObject, Clone)]
pub struct SyncEntryInput {
    /// Made when the entry was: a UUID, the same in every upload.
    pub request_id: ID,
    /// What the phone's clocks said when it was made.
    pub clock: ClockInput,
    /// What it says.
    pub what: KeptInput,
}

/// An upload of what was kept without network.
#[derive(InputObject)]
pub struct SyncCheckInsInput {
    /// What the phone calls itself, at most 64 characters.
    pub device_id: String,
    /// What its clocks say now, by which the server tells how wrong they are.
    pub now: ClockInput,
    /// 1 to 200 entries, of the last 14 days.
    pub entries: Vec<SyncEntryInput>,
}

/// An entry that cannot be read at all: the app needs an update, or the member's help.
#[derive(SimpleObject)]
pub struct SyncEntryUnreadable {
    /// The code a request of its own would have failed with, such as `BAD_INPUT`. After `UNAVAILABLE` the entry can be sent again.
    pub code: String,
    /// The sentence to show.
    pub message: String,
}

/// What came of one entry.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum SyncEntryResult {
    /// Stored, now or before.
    Done(CheckInPayload),
    /// Refused by the rules; sending it again changes nothing.
    Refused(CheckInRefused),
    /// Not read.
    Unreadable(SyncEntryUnreadable),
}

/// What came of an upload.
#[derive(SimpleObject)]
pub struct SyncCheckInsPayload {
    /// One result an entry, in the order sent.
    pub results: Vec<SyncEntryResult>,
    /// The server's time, by which the phone can tell that its clock is wrong.
    pub server_time: DateTime<Utc>,
}

pub(super) async fn run(cx: &Cx, input: SyncCheckInsInput) -> Result<SyncCheckInsPayload, ApiError> {
    cx.account()?;
    let now = input.now.read()?;
    if input.device_id.is_empty() || input.device_id.chars().count() > 64 {
        return Err(ApiError::bad_input("deviceId", say("deviceId应为1到64个字符。", "A deviceId has 1 to 64 characters.")));
    }
    if !(1..=MOST).contains(&input.entries.len()) {
        return Err(ApiError::bad_input("entries", say("一次上传1到200条。", "An upload has 1 to 200 entries.")));
    }
    let device = enter::device(cx, Some(&input.device_id));
    let mut results = Vec::with_capacity(input.entries.len());
    for entry in &input.entries {
        let result = match attempt(cx, entry, &now, &device) {
            Ok(attempt) => finish(cx, enter::run(cx, &attempt).await),
            Err(error) => Err(error),
        };
        results.push(match result {
            Ok(CheckInResult::Done(done)) => SyncEntryResult::Done(done),
            Ok(CheckInResult::Refused(refused)) => SyncEntryResult::Refused(refused),
            Err(error) => {
                SyncEntryResult::Unreadable(SyncEntryUnreadable { code: error.code().as_str().to_owned(), message: error.text(cx.locale()) })
            }
        });
    }
    Ok(SyncCheckInsPayload { results, server_time: cx.now().utc() })
}

fn attempt(cx: &Cx, entry: &SyncEntryInput, now: &Clocks, device: &[u8]) -> Result<Attempt, ApiError> {
    let corrected = correct(&entry.clock.read()?, now, cx.now());
    let (operation, studio, what, position) = match &entry.what {
        KeptInput::CheckIn(kept) => {
            let what = match &kept.by {
                CheckInBy::Code(code) => What::In(code.trim().to_owned()),
                CheckInBy::StaffEntry(staff) => {
                    let (member, reason) = staff.read()?;
                    What::InByStaff { member, reason }
                }
            };
            ("checkIn", &kept.studio_id, what, kept.position)
        }
        KeptInput::CheckOut(kept) => {
            let member = kept.member_id.as_ref().map(|id| input::id("memberId", id)).transpose()?;
            let log = kept.log.as_ref().map(StudioLogInput::read).transpose()?;
            ("checkOut", &kept.studio_id, What::Out { member, log }, None)
        }
        KeptInput::Undo(kept) => ("undoCheckIn", &kept.studio_id, What::Undo(input::request("entryRequestId", &kept.entry_request_id)?), None),
    };
    Ok(Attempt {
        operation,
        request: input::request("requestId", &entry.request_id)?,
        studio: input::id("studioId", studio)?,
        what,
        when: When::Before(corrected),
        position,
        device: device.to_vec(),
    })
}
