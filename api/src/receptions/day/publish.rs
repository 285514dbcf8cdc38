use super::draft::{self, NewReceptionDayInput};
use super::refusal::{ReceptionDayResult, changed, finish};
use super::step::{self, Step};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, say};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::ReceptionDayId;
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use uuid::Uuid;

/// Which day to publish: one that is planned, or a new one.
#[derive(InputObject)]
pub struct PublishReceptionDayInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A planned day; with `expectedVersion`.
    pub day_id: Option<Gid<ReceptionDayId>>,
    /// The version of the planned day that was seen; another one is `STATE_CHANGED`.
    pub expected_version: Option<i64>,
    /// Or a new day.
    pub new: Option<NewReceptionDayInput>,
}

pub(in crate::receptions) async fn run(cx: &Cx, input: PublishReceptionDayInput) -> Result<ReceptionDayResult, ApiError> {
    match (input.day_id, input.expected_version, &input.new) {
        (Some(day), Some(version), None) => planned(cx, &input, day.0, version).await,
        (None, None, Some(new)) => fresh(cx, &input, new).await,
        _ => Err(ApiError::bad_input(
            "dayId",
            say("请给出一个已计划的接待日及其版本，或一个新的接待日。", "Please give either a planned day with its version, or a new day."),
        )),
    }
}

async fn planned(cx: &Cx, input: &PublishReceptionDayInput, day: ReceptionDayId, expected_version: i64) -> Result<ReceptionDayResult, ApiError> {
    let what = ReceptionDayEventKind::Published;
    let step = Step { operation: "publishReceptionDay", request_id: input.request_id, day, expected_version, what };
    step::take(cx, input, &step, |tx, row| async move {
        if row.state != DayStage::Planned {
            return Err(changed(&tx, &row).await);
        }
        Ok(reception_day::ActiveModel { state: Set(DayStage::Published), published_at: Set(Some(cx.now())), ..Default::default() })
    })
    .await
}

async fn fresh(cx: &Cx, input: &PublishReceptionDayInput, new: &NewReceptionDayInput) -> Result<ReceptionDayResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (venue, role) = draft::venue_of(cx, viewer, new.venue_id.0).await?;
    if let Some(made) = replay::earlier(cx, "publishReceptionDay", input.request_id, input).await?.and_then(|id| Gid::<ReceptionDayId>::parse(&id)) {
        return finish(cx, Ok((made.0, true))).await;
    }
    let draft = match draft::read(cx, &venue, new).await? {
        Ok(draft) => draft,
        Err(refuse) => return finish(cx, Err(Stop::Refused(refuse))).await,
    };
    let (venue, draft, role) = (&venue, std::slice::from_ref(&draft), role.as_str());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let id = draft[0].id;
            if let Some(made) = replay::remember(&tx, cx, "publishReceptionDay", input.request_id, input, Some(Gid(id).to_string())).await? {
                let made = Gid::<ReceptionDayId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered day cannot be read"))?;
                return Ok((made.0, true));
            }
            draft::write(&tx, cx, venue, draft, DayStage::Published, role).await?;
            let entry = audit::Entry::new("publishReceptionDay", role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), after: Some("1"), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
