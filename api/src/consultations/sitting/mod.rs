//! Sittings (协商会): announced in a hall, moved to another time or place, given back. The hall's and the convenor's time is taken in the
//! calendar; no two things of one hall overlap, held by the database.

mod add;
mod announce;
mod change;
mod find_times;
mod model;
mod start;
pub(super) mod store;
pub mod times;

pub use add::AddSittingInput;
pub(super) use add::run as add;
pub use announce::AnnounceConsultationInput;
pub(super) use announce::run as announce;
pub use change::ChangeSittingInput;
pub(super) use change::run as change;
pub use find_times::HallTime;
pub(super) use find_times::{Look, run as find_times};
pub use model::ConsultationSitting;
pub use start::StartSittingInput;
pub(super) use start::run as start;

use super::people;
use super::stage::Refuse;
use super::stage::local;
use crate::calendar::occupy;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::{ApiError, Cx, Stop, WriteTx, say};
use crate::notices::outbox;
use chrono::Days;
use shangyi_entities::appointment::Role;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::programme_version::LedBy;
use shangyi_entities::{AccountId, ConsultationId, MemberId, OccasionId, OrganisationId, Timestamp, TypedId, VenueId, member, venue};
use uuid::Uuid;

/// The first moment at which a sitting may begin that is announced now: on the n-th working day after today, for n working days of notice.
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
    let ahead = from > cx.now() && from < cx.now().plus_seconds(366 * 86_400);
    let fits = from < until && (15 * 60..=12 * 3600).contains(&until.seconds_since(from)) && local_day(from) == local_day(until.plus_seconds(-1));
    if ahead && fits {
        return Ok(());
    }
    let text =
        say("会议时间请选择一年以内、同一天、15分钟到12小时。", "A sitting lies ahead within a year, on one day, and takes 15 minutes to 12 hours.");
    Err(ApiError::bad_input(if ahead { "until" } else { "from" }, text))
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

/// Tells those who lead the sitting and keep its minutes, but nobody of what they did themselves.
async fn tell_people(tx: &WriteTx, cx: &Cx, kind: NoticeKind, event: Uuid, row: &consultation_sitting::Model) -> Result<(), ApiError> {
    let mut people = vec![row.convenor_account_id, row.secretary_account_id];
    people.dedup();
    let own = cx.account()?;
    for person in people.into_iter().filter(|person| *person != own) {
        outbox::tell_person(tx, cx, kind, event, row.consultation_id.uuid(), person).await?;
    }
    Ok(())
}

/// Tells those who raised or backed its topic when and where the next sitting is.
pub(super) async fn tell_topic(tx: &WriteTx, cx: &Cx, id: ConsultationId, kind: NoticeKind) -> Result<(), ApiError> {
    let Some(row) = store::of(tx, id).await?.into_iter().rfind(|row| row.state == SittingState::Announced) else { return Ok(()) };
    let hall = crate::organisation::venue_now(tx, row.hall_id).await?.map(|venue| venue.name).unwrap_or_default();
    crate::topics::consultation_went_on(tx, cx, id, kind, &format!("{}，{hall}", local(row.from_at))).await
}

/// Gives halls and people back that a consultation has taken for sittings to come.
pub(super) async fn give_back(tx: &WriteTx, cx: &Cx, id: ConsultationId, event: Uuid) -> Result<(), Stop<Refuse>> {
    let announced: Vec<consultation_sitting::Model> =
        store::of(tx, id).await?.into_iter().filter(|row| row.state == SittingState::Announced).collect();
    // Before any time is touched: whoever replies comes the same way.
    for row in &announced {
        people::store::seats_locked(tx, row.id).await?;
    }
    let occasions: Vec<OccasionId> = announced.iter().map(|row| row.occasion_id).collect();
    occupy::cancel(tx, cx, &occasions).await?;
    for row in announced {
        tell_people(tx, cx, NoticeKind::SittingYoursGivenBack, event, &row).await?;
        people::give_back(tx, cx, &row).await?;
        store::advance(tx, consultation_sitting::Model { state: SittingState::GivenBack, ..row }, cx.now()).await?;
    }
    Ok(())
}

/// A member who is in office in one of these committees at that moment.
pub(super) async fn serving(cx: &Cx, committees: &[OrganisationId], id: MemberId, on: Timestamp) -> Result<Option<member::Model>, ApiError> {
    for committee in committees {
        if let Some(row) = crate::organisation::serving_in(cx.read(), *committee, &[id], on).await?.pop() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Who leads under a programme: in office then, and under some the chair or a standing member.
async fn convenor(cx: &Cx, led_by: LedBy, committees: &[OrganisationId], id: MemberId, on: Timestamp) -> Result<member::Model, ApiError> {
    let row = serving(cx, committees, id, on)
        .await?
        .ok_or_else(|| ApiError::bad_input("convenorId", say("请选择届时在任的委员主持。", "Please choose a member who is in office then.")))?;
    let leads = async || {
        let chairs = crate::organisation::holders_among(cx, row.committee_id, Role::Chair, &[row.account_id]).await?;
        Ok::<_, ApiError>(row.standing || !chairs.is_empty())
    };
    if led_by == LedBy::Leader && !leads().await? {
        let text =
            ("这个名目由主席、副主席或常委主持，请另选主持人。", "Under this programme the chair or a standing member leads; please choose one.");
        return Err(ApiError::bad_input("convenorId", say(text.0, text.1)));
    }
    Ok(row)
}
