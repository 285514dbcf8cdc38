use super::refusal::{StudioRefusalReason as Reason, StudioResult, finish};
use super::rights;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use async_graphql::InputObject;
use shangyi_entities::venue::{self, Datum, VenueKind};
use shangyi_entities::{PlaceId, VenueId};
use uuid::Uuid;

/// A circle around a studio in which a phone counts as being there.
#[derive(InputObject, Clone, Copy)]
pub struct FenceInput {
    /// Degrees north of the centre, −90 to 90, in the datum.
    pub latitude: f64,
    /// Degrees east of the centre, −180 to 180, in the datum.
    pub longitude: f64,
    /// The radius in metres, 20 to 5 000.
    pub radius_metres: i64,
    /// The datum of the two: `GCJ02` from a Chinese map, `WGS84` from a receiver.
    pub datum: Datum,
}

impl FenceInput {
    pub(super) fn check(self) -> Result<Self, ApiError> {
        let on_earth = (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude);
        if on_earth && (20..=5000).contains(&self.radius_metres) {
            return Ok(self);
        }
        Err(ApiError::bad_input(
            "fence",
            say("围栏的经纬度或半径（20到5000米）不对，请重新选点。", "The fence's centre or radius (20 to 5 000 m) is off; please set it again."),
        ))
    }
}

/// A studio to open.
#[derive(InputObject)]
pub struct OpenStudioInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// Its name, at most 40 characters.
    pub name: String,
    /// The code of the division it lies in.
    pub division_code: String,
    /// The named place it lies in.
    pub place_id: Option<Gid<PlaceId>>,
    /// Street and number, at most 100 characters.
    pub address: String,
    /// What it is devoted to, at most 40 characters.
    pub theme: Option<String>,
    /// The circle in which a phone counts as being there.
    pub fence: Option<FenceInput>,
}

pub(super) const NAME: Rule = Rule { field: "name", name: ("名称", "The name"), most: 40 };
pub(super) const ADDRESS: Rule = Rule { field: "address", name: ("地址", "The address"), most: 100 };
pub(super) const THEME: Rule = Rule { field: "theme", name: ("主题", "The theme"), most: 40 };

pub(super) async fn run(cx: &Cx, input: OpenStudioInput) -> Result<StudioResult, ApiError> {
    let viewer = cx.viewer().await?;
    let row = row(cx, &input).await?;
    let Some(role) = rights::keeps(viewer, &row) else {
        return Err(ApiError::forbidden(say(
            "工作室由负责这个地区的联络员或委员工作部门开设。",
            "Studios are opened by the liaison officer of the area or by member affairs.",
        )));
    };
    let (input, row, role) = (&input, &row, &role);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if let Some(made) = replay::remember(&tx, cx, "openStudio", input.request_id, input, Some(Gid(row.id).to_string())).await? {
                let id = Gid::<VenueId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered studio cannot be read"))?;
                return Ok((id.0, true));
            }
            if !crate::organisation::open_venue(&tx, row.clone()).await? {
                return Err(Stop::Refused(Reason::NameTaken));
            }
            let entry = audit::Entry::new("openStudio", role, row.id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), after: Some("1"), ..entry }).await?;
            Ok::<_, Stop<Reason>>((row.id, false))
        })
        .await;
    finish(cx, done).await
}

async fn row(cx: &Cx, input: &OpenStudioInput) -> Result<venue::Model, ApiError> {
    let (name, address) = (text::clean_line(&NAME, &input.name)?, text::clean_line(&ADDRESS, &input.address)?);
    let theme = text::clean_optional(&THEME, input.theme.as_deref())?;
    let fence = input.fence.map(FenceInput::check).transpose()?;
    crate::organisation::require_division(cx, "divisionCode", &input.division_code).await?;
    if let Some(place) = input.place_id
        && !crate::organisation::place_in(cx, place.0, &input.division_code).await?
    {
        return Err(ApiError::bad_input("placeId", say("这个地点不在所选区划内。", "This place does not lie in the chosen division.")));
    }
    let committee = crate::organisation::committee_covering(cx, &input.division_code).await?;
    let committee = committee.ok_or_else(|| ApiError::bad_input("divisionCode", say("这个地区还没有开通。", "No committee is open here yet.")))?;
    Ok(venue::Model {
        id: cx.new_id(),
        committee_id: committee,
        kind: VenueKind::MemberStudio,
        name,
        division_code: input.division_code.clone(),
        place_id: input.place_id.map(|id| id.0),
        address,
        theme,
        latitude: fence.map(|fence| fence.latitude),
        longitude: fence.map(|fence| fence.longitude),
        radius_metres: fence.map(|fence| fence.radius_metres),
        datum: fence.map(|fence| fence.datum),
        created_at: cx.now(),
        closed_at: None,
        version: 1,
    })
}
