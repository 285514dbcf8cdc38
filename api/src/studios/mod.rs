//! Member studios (委员工作室): opened, changed and closed; their members; the code on their screens.
//!
//! Words: a studio is a venue of kind `MEMBER_STUDIO` and has its id; the *convenor* runs it from day to day, the *desk*
//! of its division or member affairs *keeps* it. The code changes every 30 seconds and is made with a secret per studio;
//! every secret a studio had is kept, since an entry uploaded late is checked with the one of its time.

mod close;
pub mod codes;
mod devices;
mod display;
pub mod fence;
mod lists;
mod loaders;
mod model;
mod open;
mod refusal;
pub mod rights;
mod rotate;
mod set_members;
mod step;
mod store;
mod update;

use crate::kernel::crypto::KeyBytes;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, WriteTx};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
pub use close::CloseStudioInput;
pub use devices::{BindStudioDeviceInput, BindStudioDeviceResult, StudioDevice, UnbindStudioDeviceInput, UnbindStudioDevicePayload};
pub use display::{DisplayCode, StudioDisplay};
pub use lists::{NearInput, centre};
pub use loaders::Loaders;
pub use model::Studio;
pub use open::{FenceInput, OpenStudioInput};
pub use refusal::{StudioPayload, StudioRefusalReason, StudioRefused, StudioResult};
pub use rotate::RotateStudioSecretInput;
pub use set_members::SetStudioMembersInput;
use shangyi_entities::{MemberId, Timestamp, VenueId, studio_secret, venue};
use std::collections::HashSet;
pub use update::UpdateStudioInput;

/// The studio of that id, open or closed.
pub async fn find(cx: &Cx, id: VenueId) -> Result<Option<Studio>, ApiError> {
    lists::find(cx, id).await
}

/// The studio of that id, or `NOT_FOUND`.
pub async fn require(cx: &Cx, id: VenueId) -> Result<venue::Model, ApiError> {
    store::studio(cx, id).await
}

/// Those of these studios whose doings the viewer may see.
pub async fn visible_among(cx: &Cx, viewer: &Viewer, ids: &[VenueId]) -> Result<HashSet<VenueId>, ApiError> {
    let rows = crate::organisation::venues_of(cx, ids).await?;
    Ok(rows.into_iter().filter(|row| rights::sees(viewer, row)).map(|row| row.id).collect())
}

/// The secrets that a studio's codes were made with at some time between two moments.
pub async fn secrets_between(cx: &Cx, studio: VenueId, from: Timestamp, until: Timestamp) -> Result<Vec<KeyBytes>, ApiError> {
    // Newest first: each was in use until the one before it in this list began.
    let (mut found, mut over) = (Vec::new(), None::<Timestamp>);
    for row in store::secrets(cx, studio).await? {
        if row.from_at < until && over.is_none_or(|over| over > from) {
            found.push(store::opened(cx, &row)?);
        }
        over = Some(row.from_at);
    }
    Ok(found)
}

/// Puts members on a studio's roster who are not on it yet; for the demo.
pub async fn put_members(tx: &WriteTx, cx: &Cx, studio: VenueId, members: &[MemberId]) -> Result<(), ApiError> {
    let present = store::members_now(tx, studio).await?;
    store::add_members(tx, cx, studio, members.iter().copied().filter(|member| !present.contains(member))).await
}

/// Opens a secret that was read together with something else.
pub fn open_secret(cx: &Cx, row: &studio_secret::Model) -> Result<KeyBytes, ApiError> {
    store::opened(cx, row)
}

/// Reading studios.
#[derive(Default)]
pub struct StudiosQuery;

#[Object]
impl StudiosQuery {
    /// Open studios: the nearest first where a place is given, else by name. Public.
    #[graphql(complexity = "crate::kernel::pages::rows(first) * child_complexity + 1")]
    async fn studios(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this division and what lies under it.")] division_code: Option<String>,
        #[graphql(desc = "Where the asker is; it is not kept.")] near: Option<NearInput>,
        #[graphql(desc = "Page size, 1 to 50; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<String, Studio>, ApiError> {
        lists::open(ctx.data_unchecked::<Cx>(), division_code.as_deref(), near, first, after.as_deref()).await
    }

    /// A studio, open or closed. Null where there is none. Public.
    async fn studio(&self, ctx: &Context<'_>, #[graphql(desc = "Its id: that of the venue.")] id: Gid<VenueId>) -> Result<Option<Studio>, ApiError> {
        find(ctx.data_unchecked::<Cx>(), id.0).await
    }

    /// What the studio's screen shows now. For those who run it, or a bound screen by its token. `FORBIDDEN` for others.
    #[graphql(complexity = "30 + child_complexity")]
    async fn studio_display(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The studio.")] studio_id: Gid<VenueId>,
        #[graphql(desc = "The token of a bound screen; pass it as a variable, so that it stands in no log.")] device_token: Option<String>,
        #[graphql(desc = "Codes to take along for so many hours without network, 0 to 12.")] hours_ahead: Option<i32>,
    ) -> Result<StudioDisplay, ApiError> {
        display::run(ctx.data_unchecked::<Cx>(), studio_id.0, device_token.as_deref(), hours_ahead).await
    }
}

/// Keeping studios.
#[derive(Default)]
pub struct StudiosMutation;

#[Object]
impl StudiosMutation {
    /// Opens a studio. For the desk of the division and member affairs.
    #[graphql(complexity = "30 + child_complexity")]
    async fn open_studio(&self, ctx: &Context<'_>, #[graphql(desc = "What and where.")] input: OpenStudioInput) -> Result<StudioResult, ApiError> {
        open::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Changes a studio. For those who keep it.
    #[graphql(complexity = "30 + child_complexity")]
    async fn update_studio(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateStudioInput,
    ) -> Result<StudioResult, ApiError> {
        update::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Closes a studio for good. Slots that have not begun are handed back and their members told. For those who keep it.
    #[graphql(complexity = "30 + child_complexity")]
    async fn close_studio(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: CloseStudioInput) -> Result<StudioResult, ApiError> {
        close::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Says who is on the studio's roster. For those who keep it.
    #[graphql(complexity = "30 + child_complexity")]
    async fn set_studio_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All its members.")] input: SetStudioMembersInput,
    ) -> Result<StudioResult, ApiError> {
        set_members::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Makes a new secret for the studio's codes; the code on its screen changes at once. For those who run it.
    #[graphql(complexity = "30 + child_complexity")]
    async fn rotate_studio_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RotateStudioSecretInput,
    ) -> Result<StudioResult, ApiError> {
        rotate::run(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Binds a screen that shows the code without anybody signed in; answers its token once. For those who run the studio.
    #[graphql(complexity = "30 + child_complexity")]
    async fn bind_studio_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which screen.")] input: BindStudioDeviceInput,
    ) -> Result<BindStudioDeviceResult, ApiError> {
        devices::bind(ctx.data_unchecked::<Cx>(), input).await
    }

    /// Unbinds a screen; its token is dead at once. Doing it twice changes nothing. For those who run the studio.
    #[graphql(complexity = "30 + child_complexity")]
    async fn unbind_studio_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which screen.")] input: UnbindStudioDeviceInput,
    ) -> Result<UnbindStudioDevicePayload, ApiError> {
        devices::unbind(ctx.data_unchecked::<Cx>(), input).await
    }
}
