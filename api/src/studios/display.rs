use super::codes::{self, STEP_SECONDS};
use super::{devices, rights, store};
use crate::kernel::crypto::KeyBytes;
use crate::kernel::{ApiError, Cx, say};
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use shangyi_entities::VenueId;

/// How far ahead a screen may take codes, in hours.
const AHEAD: i32 = 12;

/// What a studio's screen shows now.
#[derive(SimpleObject)]
pub struct StudioDisplay {
    /// The studio's name.
    pub name: String,
    /// What the QR carries.
    pub payload: String,
    /// The QR as SVG, with its quiet zone.
    pub svg: String,
    /// Six digits to type where a camera fails; for phones that are online.
    pub digits: String,
    /// Seconds until the next code, 1 to 30.
    pub seconds_left: i64,
    /// When the next code begins.
    pub next_at: DateTime<Utc>,
    /// Codes to come, for a screen that will be without network; empty unless hours were asked for. Whoever has
    /// these codes can show them: keep them on the screen.
    pub ahead: Vec<DisplayCode>,
}

/// A code to come.
#[derive(SimpleObject)]
pub struct DisplayCode {
    /// When it is to be shown; for 30 seconds.
    pub from: DateTime<Utc>,
    /// What the QR carries.
    pub payload: String,
}

pub(super) async fn run(cx: &Cx, studio: VenueId, token: Option<&str>, hours: Option<i32>) -> Result<StudioDisplay, ApiError> {
    let hours = hours.unwrap_or(0);
    if !(0..=AHEAD).contains(&hours) {
        return Err(ApiError::bad_input("hoursAhead", say("最多可预取12小时的签到码。", "Codes may be taken 0 to 12 hours ahead.")));
    }
    let venue = store::studio(cx, studio).await?;
    match token {
        Some(token) if devices::studio_of(cx, token).await? == studio => {}
        Some(_) => return Err(rights::not_yours()),
        None => {
            rights::runs(cx.viewer().await?, &venue).ok_or_else(rights::not_yours)?;
        }
    }
    if venue.closed_at.is_some() {
        return Err(ApiError::forbidden(say("这个工作室已经关闭，不再显示签到码。", "This studio has closed and shows no code.")));
    }
    let secret = secret(cx, studio).await?;
    let step = codes::step_of(cx.now());
    let payload = codes::payload(&secret, studio, step);
    let next = codes::step_begins(step + 1);
    let more = i64::from(hours) * 3600 / STEP_SECONDS;
    let ahead = (1..=more)
        .map(|off| DisplayCode { from: codes::step_begins(step + off).utc(), payload: codes::payload(&secret, studio, step + off) })
        .collect();
    Ok(StudioDisplay {
        name: venue.name,
        svg: codes::svg(&payload).ok_or_else(|| ApiError::broken("drawing a QR code"))?,
        digits: codes::digits(&secret, step),
        payload,
        seconds_left: next.seconds_since(cx.now()).max(1),
        next_at: next.utc(),
        ahead,
    })
}

/// The secret of today; made when the first code is shown.
async fn secret(cx: &Cx, studio: VenueId) -> Result<KeyBytes, ApiError> {
    if let Some(secret) = store::secret(cx, studio).await? {
        return Ok(secret);
    }
    // A screen signs in as nobody; its studio has a secret since it was bound.
    cx.account()?;
    cx.app().db.write_plain(|tx| async move { Ok(store::first_secret(&tx, cx, studio).await?) }).await?;
    store::secret(cx, studio).await?.ok_or_else(|| ApiError::broken("a studio without a secret"))
}
