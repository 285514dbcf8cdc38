use super::moves::No;
use super::{Booking, moves, store};
use crate::kernel::{ApiError, Cx, Gid, Stop, Text, WriteTx, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::booking::{self, BookingState};
use shangyi_entities::{BookingId, Timestamp};

/// Why a booking, or something done with it, was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum BookingRefusalReason {
    /// No place is free: `place` says where one would stand on the waiting list.
    SlotFull,
    /// The person has a place of this committee that day, or waits for this slot: `inTheWay`.
    AlreadyBooked,
    /// The person has something else at that time.
    Overlaps,
    /// Not before `opens`.
    NotOpenYet,
    /// The day was cancelled or is over, or the slot's time is another one than was seen.
    DayClosed,
    /// It could be done until `deadline`: when the slot began, or two hours before (a setting) for `cancelBooking`.
    TooLate,
    /// The time of the offer is over; the person may join the waiting list again, as the last.
    OfferExpired,
    /// A checked name is needed: an officer checks it.
    LevelNeeded,
    /// Somebody else was faster: `now`, `byRole` and `at` say what happened.
    StateChanged,
    /// Today's bookings of this account are used up: again from `resetsAt` on.
    LimitReached,
    /// `recordReception`: not an open unit of the committee.
    NotAUnitHere,
}

/// A booking, or something done with it, was refused by the rules.
#[derive(SimpleObject)]
pub struct BookingRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: BookingRefusalReason,
    /// `SLOT_FULL`: the place one would have on the waiting list, the first is 1; null once the slot has begun: nobody waits then.
    pub place: Option<i64>,
    /// `NOT_OPEN_YET`: from when on.
    pub opens: Option<DateTime<Utc>>,
    /// `TOO_LATE`: until when it could be done.
    pub deadline: Option<DateTime<Utc>>,
    /// `ALREADY_BOOKED`: the booking in the way; null where the viewer may not know of it, or it has gone meanwhile.
    pub in_the_way: Option<Gid<BookingId>>,
    /// `STATE_CHANGED`: where the booking stands now.
    pub now: Option<BookingState>,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: by which role it was moved.
    pub by_role: Option<String>,
    /// `STATE_CHANGED`: when it was moved.
    pub at: Option<DateTime<Utc>>,
    /// `LIMIT_REACHED`: when the next day's begin.
    pub resets_at: Option<DateTime<Utc>>,
}

/// The booking as it is now.
#[derive(SimpleObject)]
pub struct BookingPayload {
    /// The booking.
    pub booking: Booking,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The booking, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum BookingResult {
    /// Done.
    Done(BookingPayload),
    /// Refused.
    Refused(BookingRefused),
}

/// A refusal in the making.
#[derive(Debug)]
pub(in crate::receptions) enum Refuse {
    /// No place is free; so many wait. `None`: the slot has begun, and nobody waits for it any more.
    Full { waiting: Option<i64> },
    /// Another place that day, or a wait for this slot.
    Already(Option<BookingId>),
    /// Not before that moment.
    NotOpenYet(Timestamp),
    /// Until that moment.
    TooLate(Timestamp),
    /// Somebody else was faster, as the last event says.
    Changed { now: BookingState, version: i64, by_role: String, at: Timestamp },
    /// The table of moves refuses.
    Move(No),
    /// Another reason, which needs nothing more.
    Because(BookingRefusalReason),
    /// Not the viewer's to move: an error, and which one depends on whether they may know of it.
    NotYours(BookingId),
    /// Today's are used up.
    Limit(i64),
}

/// Reads a rule of the database as a refusal.
pub(in crate::receptions) fn by_rule(rule: &str, waiting: Option<i64>) -> Option<Refuse> {
    Some(match rule {
        "slot_is_full" | "waiting_first" => Refuse::Full { waiting },
        "one_booking_a_day" | "one_visit_per_slot" => Refuse::Already(None),
        "day_is_open" => Refuse::Because(BookingRefusalReason::DayClosed),
        "offer_is_open" => Refuse::Because(BookingRefusalReason::OfferExpired),
        _ => return None,
    })
}

impl Refuse {
    pub(in crate::receptions) fn say(self, cx: &Cx) -> BookingRefused {
        use BookingRefusalReason as R;
        match self {
            Self::Full { waiting: Some(waiting) } => BookingRefused {
                place: Some(waiting + 1),
                ..plain(
                    cx,
                    R::SlotFull,
                    "SLOT_FULL",
                    &say(
                        format!("这个时段已约满，可以候补，您将排在第{}位；或选择其他时段。", waiting + 1),
                        format!("This slot is full. You can join the waiting list as number {}, or choose another slot.", waiting + 1),
                    ),
                )
            },
            Self::Full { waiting: None } => {
                let text = say(
                    "这个时段已无名额，请改到后面的时段，或由工作人员增加名额后再登记。",
                    "No place is left in this slot; please use a later one, or add places and register again.",
                );
                plain(cx, R::SlotFull, "SLOT_FULL", &text)
            }
            Self::Already(booking) => {
                let text = say(
                    "当天您已有预约，或已在这个时段候补；如需更换，可以改约时段，或先取消原来的。",
                    "There is a booking that day, or a wait for this slot, already; to change, exchange it for this slot, or cancel it first.",
                );
                BookingRefused { in_the_way: booking.map(Gid), ..plain(cx, R::AlreadyBooked, "ALREADY_BOOKED", &text) }
            }
            Self::NotOpenYet(opens) | Self::Move(No::NotOpenYet(opens)) => {
                let no = No::NotOpenYet(opens);
                BookingRefused { opens: Some(opens.utc()), ..plain(cx, R::NotOpenYet, no.code(), &no.text()) }
            }
            Self::TooLate(deadline) => {
                let when = moves::local(deadline);
                let text = say(
                    format!("这个时段已在{when}开始，请选择其他时段，或直接到现场登记。"),
                    format!("This slot began at {when}; please choose another one, or come and be registered there."),
                );
                BookingRefused { deadline: Some(deadline.utc()), ..plain(cx, R::TooLate, "TOO_LATE", &text) }
            }
            Self::Changed { now, version, by_role, at } => BookingRefused {
                now: Some(now),
                version: Some(version),
                by_role: Some(by_role),
                at: Some(at.utc()),
                ..plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text())
            },
            Self::Move(no) => {
                let reason = match no {
                    No::OfferExpired => R::OfferExpired,
                    No::TooLate(_) | No::Begun(_) => R::TooLate,
                    No::DayClosed => R::DayClosed,
                    _ => R::StateChanged,
                };
                let deadline = if let No::TooLate(until) | No::Begun(until) = no { Some(until.utc()) } else { None };
                BookingRefused { deadline, ..plain(cx, reason, no.code(), &no.text()) }
            }
            Self::Because(reason) => {
                let (code, text) = words(reason);
                plain(cx, reason, code, &text)
            }
            Self::NotYours(_) => plain(cx, R::StateChanged, No::NotYours.code(), &No::NotYours.text()),
            Self::Limit(most) => {
                let text = say(
                    format!("今天的预约和候补已达{most}次上限，明天零点后可以继续；急需请联系工作人员代为登记。"),
                    format!(
                        "There were {most} bookings and waits today, the most of a day. From midnight on you can go on; if it is urgent, staff can enter you."
                    ),
                );
                let resets = crate::kernel::clock::next_day_begins(cx.now()).utc();
                BookingRefused { resets_at: Some(resets), ..plain(cx, R::LimitReached, "LIMIT_REACHED", &text) }
            }
        }
    }
}

fn words(reason: BookingRefusalReason) -> (&'static str, Text) {
    use BookingRefusalReason as R;
    match reason {
        R::Overlaps => (
            "OVERLAPS",
            say(
                "这个时段与已有的其他安排重叠，请先取消那一项，或选择其他时段。",
                "There is something else at that time; please cancel that first, or choose another slot.",
            ),
        ),
        R::DayClosed => (No::DayClosed.code(), No::DayClosed.text()),
        R::LevelNeeded => (
            "LEVEL_NEEDED",
            say(
                "这次接待需要实名核验，请携带证件到街道联络委办理后再预约。",
                "This reception needs a checked name; please have it checked at your street's liaison committee first.",
            ),
        ),
        R::OfferExpired => (No::OfferExpired.code(), No::OfferExpired.text()),
        R::NotAUnitHere => (
            "NOT_A_UNIT_HERE",
            say(
                "所选单位不是本委员会的承办单位或参加单位，或已停用，请重新选择。",
                "This is not an open handling or participating unit of the committee; please choose another.",
            ),
        ),
        R::SlotFull | R::AlreadyBooked | R::NotOpenYet | R::TooLate | R::StateChanged | R::LimitReached => (No::NotNow.code(), No::NotNow.text()),
    }
}

fn plain(cx: &Cx, reason: BookingRefusalReason, code: &str, text: &Text) -> BookingRefused {
    BookingRefused {
        code: code.to_owned(),
        message: cx.tell(text),
        reason,
        place: None,
        opens: None,
        deadline: None,
        in_the_way: None,
        now: None,
        version: None,
        by_role: None,
        at: None,
        resets_at: None,
    }
}

/// There is none, or none for the viewer to know of.
pub(in crate::receptions) fn missing() -> ApiError {
    ApiError::not_found("这个预约", "This booking")
}

/// What happened to the booking meanwhile.
pub(in crate::receptions) async fn changed(tx: &WriteTx, row: &booking::Model, stands: BookingState) -> Stop<Refuse> {
    match store::last_event(tx, row.id).await {
        Ok(Some(last)) => Stop::Refused(Refuse::Changed { now: stands, version: row.version, by_role: last.role, at: last.at }),
        Ok(None) => Stop::Refused(Refuse::Move(No::NotNow)),
        Err(error) => error.into(),
    }
}

/// The payload or the refusal of a write on a booking; it is read as the viewer may see it.
pub(in crate::receptions) async fn finish(cx: &Cx, done: Result<(BookingId, bool), Stop<Refuse>>) -> Result<BookingResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let booking = super::lists::find(cx, id).await?.ok_or_else(missing)?;
            Ok(BookingResult::Done(BookingPayload { booking, replayed }))
        }
        Err(Stop::Refused(Refuse::NotYours(id))) => match super::lists::find(cx, id).await? {
            Some(_) => Err(ApiError::forbidden(No::NotYours.text())),
            None => Err(missing()),
        },
        Err(Stop::Refused(refuse)) => Ok(BookingResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
