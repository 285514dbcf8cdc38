use super::open::{ADDRESS, FenceInput, NAME, THEME};
use super::refusal::StudioResult;
use super::step::{Step, take};
use crate::kernel::{ApiError, Cx, Gid, text};
use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::ActiveValue::Set;
use shangyi_entities::{VenueId, venue};
use uuid::Uuid;

/// What to change of a studio; what is left out stays.
#[derive(InputObject)]
pub struct UpdateStudioInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// The version the caller saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Its name, at most 40 characters.
    pub name: Option<String>,
    /// Street and number, at most 100 characters.
    pub address: Option<String>,
    /// What it is devoted to, at most 40 characters; null takes it away.
    pub theme: MaybeUndefined<String>,
    /// The circle in which a phone counts as being there; null takes it away.
    pub fence: MaybeUndefined<FenceInput>,
}

pub(super) async fn run(cx: &Cx, input: UpdateStudioInput) -> Result<StudioResult, ApiError> {
    let mut changes = venue::ActiveModel::default();
    if let Some(name) = &input.name {
        changes.name = Set(text::clean_line(&NAME, name)?);
    }
    if let Some(address) = &input.address {
        changes.address = Set(text::clean_line(&ADDRESS, address)?);
    }
    match &input.theme {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => changes.theme = Set(None),
        MaybeUndefined::Value(theme) => changes.theme = Set(text::clean_optional(&THEME, Some(theme))?),
    }
    if !input.fence.is_undefined() {
        let fence = input.fence.value().copied().map(FenceInput::check).transpose()?;
        changes.latitude = Set(fence.map(|fence| fence.latitude));
        changes.longitude = Set(fence.map(|fence| fence.longitude));
        changes.radius_metres = Set(fence.map(|fence| fence.radius_metres));
        changes.datum = Set(fence.map(|fence| fence.datum));
    }
    let step = Step { operation: "updateStudio", request_id: input.request_id, studio: input.studio_id.0, expected_version: input.expected_version };
    take(cx, &input, &step, changes, |_, _| async { Ok(()) }).await
}
