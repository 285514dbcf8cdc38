//! Sittings (协商会): announced in a hall, moved to another time or place, given back. The hall's and the convenor's time is taken in the
//! calendar; no two things of one hall overlap, held by the database.

mod announce;
mod change;
mod find_times;
mod model;
pub(super) mod store;
pub mod times;

pub use announce::AnnounceConsultationInput;
pub(super) use announce::run as announce;
pub use change::ChangeSittingInput;
pub(super) use change::run as change;
pub use find_times::HallTime;
pub(super) use find_times::{Look, run as find_times};
pub use model::ConsultationSitting;

use super::stage::Refuse;
use crate::calendar::occupy;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::{ApiError, Cx, Stop, WriteTx, say};
use chrono::Days;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::{AccountId, ConsultationId, OccasionId, OrganisationId, Timestamp, TypedId, VenueId, venue};

/// The first moment at which a sitting may begin that is announced now, with so many working days of notice.
async fn first_after_notice(cx: &Cx, notice_days: i64) -> Result<Timestamp, ApiError> {
    let today = local_day(cx.now());
    let days = crate::calendar::working_days(cx, today, today.checked_add_days(Days::new(120)).unwrap_or(today)).await?;
    if notice_days == 0 {
        return Ok(cx.now());
    }
    Ok(day_begins(days.after(today, notice_days).0))
}

/// When a sitting is: in the future, at most a year ahead, 15 minutes to 12 hours, on one day.
fn checked_time(cx: &Cx, from: Timestamp, until: Timestamp) -> Result<(), ApiError> {
    let length = until.seconds_since(from);
    let ahead = from > cx.now() && from < cx.now().plus_seconds(366 * 86_400);
    if ahead && (15 * 60..=12 * 3600).contains(&length) && local_day(from) == local_day(until.plus_seconds(-1)) {
        return Ok(());
    }
    let text =
        say("会议时间请选择一年以内、同一天、15分钟到12小时。", "A sitting lies ahead within a year, on one day, and takes 15 minutes to 12 hours.");
    Err(ApiError::bad_input("from", text))
}

/// An open venue of one of these committees, locked for a write.
async fn hall(tx: &WriteTx, id: VenueId, committees: &[OrganisationId]) -> Result<venue::Model, ApiError> {
    let row = crate::organisation::venue_locked(tx, id).await?;
    row.filter(|row| row.closed_at.is_none() && committees.contains(&row.committee_id)).ok_or_else(|| {
        ApiError::bad_input("hallId", say("请选择主办或联合主办委员会开放的场所。", "Please choose an open venue of a committee that holds it."))
    })
}

/// What is in the way of a sitting at that time: of the hall first, then of its convenor; what kind of thing it is, not whose. The subjects
/// are locked.
async fn in_the_way(
    tx: &WriteTx,
    (hall, convenor): (VenueId, AccountId),
    (from, until): (Timestamp, Timestamp),
    but: Option<OccasionId>,
) -> Result<Option<Refuse>, ApiError> {
    let others = async |subject| {
        let held = occupy::held(tx, subject, from, until).await?;
        Ok::<_, ApiError>(held.into_iter().find(|(row, _)| Some(row.occasion_id) != but))
    };
    if let Some((row, kind)) = others(hall.uuid()).await? {
        return Ok(Some(Refuse::HallTaken { kind, from: row.from_at, until: row.until_at }));
    }
    Ok(others(convenor.uuid()).await?.map(|(_, kind)| Refuse::PersonTaken { kind }))
}

/// Gives halls and people back that a consultation has taken for sittings to come.
pub(super) async fn give_back(tx: &WriteTx, cx: &Cx, id: ConsultationId) -> Result<(), Stop<Refuse>> {
    let announced: Vec<consultation_sitting::Model> =
        store::of(tx, id).await?.into_iter().filter(|row| row.state == SittingState::Announced).collect();
    let occasions: Vec<OccasionId> = announced.iter().map(|row| row.occasion_id).collect();
    occupy::cancel(tx, cx, &occasions).await?;
    for row in &announced {
        store::give_back(tx, row.id, cx.now()).await?;
    }
    Ok(())
}
