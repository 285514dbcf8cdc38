//! The code at the door: it changes every 30 seconds and is one sitting's own. Whoever is there checks in with it.
use super::ask::{As, is_open, join};
use super::attend::enter;
use super::respond::missing;
use super::store;
use crate::audit;
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::facts::OPENS_BEFORE;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, finish};
use crate::kernel::crypto::{self, KeyBytes};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use crate::studios::codes::{self, Verdict};
use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::consultation;
use shangyi_entities::consultation_attendance::AttendanceHow;
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::{SittingId, Timestamp, TypedId};
use uuid::Uuid;

/// Typed codes of one account in an hour.
const MOST_TRIES: u32 = 20;
const HOUR: i64 = 3600;

/// What the screen at the door shows now.
#[derive(SimpleObject)]
pub struct DoorCode {
    /// What the QR carries.
    pub payload: String,
    /// The QR as SVG, with its quiet zone.
    pub svg: String,
    /// Six digits to type where a camera fails.
    pub digits: String,
    /// When the next code begins.
    pub next_at: DateTime<Utc>,
}

/// Checking in at the door of a sitting.
#[derive(InputObject)]
pub struct CheckInToSittingInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The sitting.
    pub sitting_id: Gid<SittingId>,
    /// What the phone read from the screen, or its six digits.
    pub code: String,
}

/// Of one sitting alone: a code that was copied is of no use at another one.
fn secret(cx: &Cx, sitting: &consultation_sitting::Model) -> KeyBytes {
    let made = crypto::mac(&cx.app().keys.derived("door"), &[sitting.hall_id.uuid().as_bytes(), sitting.id.uuid().as_bytes()]);
    let mut key = KeyBytes::default();
    key.iter_mut().zip(made).for_each(|(to, from)| *to = from);
    key
}

fn runs_door(viewer: &Viewer, row: &consultation::Model, sitting: &consultation_sitting::Model) -> bool {
    let own = [sitting.convenor_account_id, sitting.secretary_account_id].contains(&viewer.account);
    own || viewer.desk_of(row.committee_id, &row.division_code).is_some()
}

/// The code of a sitting, for who leads it, who keeps its minutes, and its desk.
pub(in crate::consultations) async fn code(cx: &Cx, id: SittingId) -> Result<DoorCode, ApiError> {
    let viewer = cx.viewer().await?;
    let sitting = sittings::by_id(cx.read(), id).await?.ok_or_else(missing)?;
    let row = stages::visible(cx, &[sitting.consultation_id]).await?.pop().ok_or_else(missing)?;
    if !runs_door(viewer, &row, &sitting) {
        return Err(ApiError::forbidden(say(
            "签到码由会议主持人、记录人或联络员出示。",
            "The code is shown by who leads the sitting, who keeps its minutes, or its desk.",
        )));
    }
    let (secret, step) = (secret(cx, &sitting), codes::step_of(cx.now()));
    let payload = codes::payload(&secret, sitting.hall_id, step);
    let svg = codes::svg(&payload).ok_or_else(|| ApiError::broken("drawing a QR code"))?;
    Ok(DoorCode { svg, digits: codes::digits(&secret, step), payload, next_at: codes::step_begins(step + 1).utc() })
}

/// Whether the door is open: from half an hour before the sitting to its end.
fn open(cx: &Cx, sitting: &consultation_sitting::Model) -> Result<(), Refuse> {
    let opens = sitting.from_at.plus_seconds(-OPENS_BEFORE);
    if sitting.state == SittingState::GivenBack || sitting.until_at <= cx.now() {
        return Err(Refuse::Because(Reason::StateChanged));
    }
    if cx.now() < opens { Err(Refuse::Later(Reason::NotOpenYet, opens)) } else { Ok(()) }
}

async fn judged(cx: &Cx, sitting: &consultation_sitting::Model, code: &str) -> Result<Result<(), Refuse>, ApiError> {
    let Some(code) = codes::read(code) else { return Ok(Err(Refuse::Because(Reason::CodeInvalid))) };
    // Digits can be guessed: each try is counted before it is judged.
    if matches!(code, codes::Code::Digits(_)) {
        let key = format!("door:{}", cx.account()?.uuid().simple());
        if !cx.app().count(&key, MOST_TRIES, HOUR).await {
            let hour = HOUR * 1_000_000;
            return Ok(Err(Refuse::Later(Reason::LimitReached, Timestamp((cx.now().0.div_euclid(hour) + 1) * hour))));
        }
    }
    Ok(match codes::judge(&secret(cx, sitting), sitting.hall_id, &code, cx.now(), true) {
        Verdict::Good(_) => Ok(()),
        Verdict::Expired(_) => Err(Refuse::Because(Reason::CodeExpired)),
        Verdict::Invalid => Err(Refuse::Because(Reason::CodeInvalid)),
    })
}

pub(in crate::consultations) async fn run(cx: &Cx, input: CheckInToSittingInput) -> Result<ConsultationResult, ApiError> {
    let account = cx.account()?;
    let seen = sittings::by_id(cx.read(), input.sitting_id.0).await?.ok_or_else(missing)?;
    let row = stages::visible(cx, &[seen.consultation_id]).await?.pop().ok_or_else(missing)?;
    if replay::earlier(cx, "checkInToSitting", input.request_id, &input).await?.is_some() {
        return finish(cx, Ok((row.id, true))).await;
    }
    if let Err(refuse) = open(cx, &seen).and(judged(cx, &seen, &input.code).await?) {
        return finish(cx, Err(Stop::Refused(refuse))).await;
    }
    let parties = stages::parties_of(cx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let units = crate::handovers::units_of(cx.viewer().await?);
    let (input, row, parties, units) = (&input, &row, parties.as_slice(), units.as_slice());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "checkInToSitting", input.request_id, input, Some(Gid(row.id).to_string())).await?.is_some() {
                return Ok((row.id, true));
            }
            let now = stages::shared(&tx, row.id).await?.ok_or_else(missing)?;
            store::seats_locked(&tx, input.sitting_id.0).await?;
            if !is_open(&now) {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            let part = match store::part_of(&*tx, row.id, account, units).await? {
                Some(part) => part,
                None => join(&tx, cx, &now, account, parties, As::Door).await?,
            };
            let words = store::present_at(&tx, input.sitting_id.0).await?;
            enter(&tx, cx, input.sitting_id.0, part.id, true, &words, AttendanceHow::Code).await?;
            let entry = audit::Entry::new("checkInToSitting", "PARTICIPANT", part.id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((row.id, false))
        })
        .await;
    finish(cx, done).await
}
