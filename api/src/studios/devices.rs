//! Screens that may show a studio's code without anybody signed in: bound by those who run it, by a token told once.
use super::refusal::{StudioRefusalReason as Reason, StudioRefused, refused};
use super::{rights, store};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, crypto, replay, say};
use async_graphql::{InputObject, SimpleObject, Union};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use shangyi_entities::{StudioDeviceId, VenueId, studio_device};
use uuid::Uuid;

/// A screen to bind.
#[derive(InputObject)]
pub struct BindStudioDeviceInput {
    /// Made by the client; sent again with the same one, the screen is answered without its token.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// What it is called, at most 30 characters.
    pub name: String,
}

/// A screen to unbind.
#[derive(InputObject)]
pub struct UnbindStudioDeviceInput {
    /// The screen.
    pub device_id: Gid<StudioDeviceId>,
}

/// A screen that may show the studio's code. Its token dies with the appointment of whoever bound it.
#[derive(SimpleObject, Clone)]
pub struct StudioDevice {
    /// Its id.
    pub id: Gid<StudioDeviceId>,
    /// What it is called.
    pub name: String,
    /// When it was bound.
    pub bound_at: DateTime<Utc>,
}

/// The screen is bound.
#[derive(SimpleObject)]
pub struct BindStudioDevicePayload {
    /// The screen.
    pub device: StudioDevice,
    /// What it shows itself with to `studioDisplay`; told once, so null when `replayed`: then bind the screen anew.
    pub device_token: Option<String>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The screen is not bound any more.
#[derive(SimpleObject)]
pub struct UnbindStudioDevicePayload {
    /// The screen.
    pub device_id: Gid<StudioDeviceId>,
}

/// Bound, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum BindStudioDeviceResult {
    /// Done.
    Done(BindStudioDevicePayload),
    /// Refused.
    Refused(StudioRefused),
}

const NAME: Rule = Rule { field: "name", name: ("名称", "The name"), most: 30 };

pub(super) fn seen(row: studio_device::Model) -> StudioDevice {
    StudioDevice { id: Gid(row.id), name: row.name, bound_at: row.bound_at.utc() }
}

pub(super) async fn bind(cx: &Cx, input: BindStudioDeviceInput) -> Result<BindStudioDeviceResult, ApiError> {
    let viewer = cx.viewer().await?;
    let name = &text::clean_line(&NAME, &input.name)?;
    let token = &format!("screen_{}", URL_SAFE_NO_PAD.encode(crypto::random::<32>()));
    let device: StudioDeviceId = cx.new_id();
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(device).to_string());
            if let Some(made) = replay::remember(&tx, cx, "bindStudioDevice", input.request_id, input, made).await? {
                let id = Gid::<StudioDeviceId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered screen cannot be read"))?;
                return Ok((id.0, true));
            }
            let row = store::studio_now(&tx, input.studio_id.0).await?;
            let role = rights::runs(viewer, &row).ok_or_else(rights::not_yours)?;
            let held = rights::by_appointment(viewer, row.id, row.committee_id, &row.division_code).ok_or_else(rights::not_yours)?;
            if row.closed_at.is_some() {
                return Err(Stop::Refused(Reason::StudioClosed));
            }
            let bound = studio_device::Model {
                id: device,
                venue_id: row.id,
                name: name.clone(),
                token_hash: token_hash(token),
                appointment_id: held.id,
                bound_at: cx.now(),
                unbound_at: None,
            };
            store::first_secret(&tx, cx, row.id).await?;
            store::insert_device(&tx, bound).await?;
            let entry = audit::Entry::new("bindStudioDevice", &role, device);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((device, false))
        })
        .await;
    match done {
        Ok((id, replayed)) => {
            let row = store::device(cx, id).await?.ok_or_else(|| ApiError::not_found("这个屏幕", "This screen"))?;
            let device_token = (!replayed).then(|| token.clone());
            Ok(BindStudioDeviceResult::Done(BindStudioDevicePayload { device: seen(row), device_token, replayed }))
        }
        Err(Stop::Refused(reason)) => Ok(BindStudioDeviceResult::Refused(refused(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}

pub(super) async fn unbind(cx: &Cx, input: UnbindStudioDeviceInput) -> Result<UnbindStudioDevicePayload, ApiError> {
    let viewer = cx.viewer().await?;
    let missing = || ApiError::not_found("这个屏幕", "This screen");
    let row = store::device(cx, input.device_id.0).await?.ok_or_else(missing)?;
    let row = &row;
    cx.app()
        .db
        .write_plain(|tx| async move {
            let studio = store::studio_now(&tx, row.venue_id).await?;
            let role = rights::runs(viewer, &studio).ok_or_else(missing)?;
            store::unbind(&tx, cx, row.id).await?;
            let entry = audit::Entry::new("unbindStudioDevice", &role, row.id);
            Ok(audit::record(&tx, cx, audit::Entry { committee: Some(studio.committee_id), ..entry }).await?)
        })
        .await?;
    Ok(UnbindStudioDevicePayload { device_id: input.device_id })
}

/// A screen's token is found by its hash: what is stored opens nothing.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    crypto::sha256(token.as_bytes())
}

/// The studio that a token shows, while whoever bound it still holds the appointment.
pub(super) async fn studio_of(cx: &Cx, token: &str) -> Result<VenueId, ApiError> {
    let found = store::device_of_token(cx, &token_hash(token)).await?;
    found.ok_or_else(|| {
        ApiError::forbidden(say("这个屏幕已失效，请召集人重新绑定。", "This screen is not bound any more; please ask the convenor to bind it again."))
    })
}
