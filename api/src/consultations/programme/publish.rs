use super::content::ProgrammeContentInput;
use super::refusal::{ProgrammeResult, Refuse, finish};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay};
use async_graphql::InputObject;
use sea_orm::ActiveEnum;
use shangyi_entities::ProgrammeId;
use uuid::Uuid;

/// A further version of a programme.
#[derive(InputObject)]
pub struct PublishProgrammeVersionInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The programme.
    pub programme_id: Gid<ProgrammeId>,
    /// The number of the version that was seen as the current one; another one is `STATE_CHANGED`.
    pub expected_number: i64,
    /// What it says from now on, whole. Consultations that have begun keep their version.
    pub content: ProgrammeContentInput,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: PublishProgrammeVersionInput) -> Result<ProgrammeResult, ApiError> {
    let viewer = cx.viewer().await?;
    if let Some(id) = replay::earlier(cx, "publishProgrammeVersion", input.request_id, &input).await?.and_then(|id| Gid::<ProgrammeId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let id = input.programme_id.0;
    let row = store::by_ids(cx, &[id]).await?.pop().ok_or_else(super::missing)?;
    let role = super::keeper(viewer, row.committee_id)?.role.to_value();
    let content = input.content.checked()?;
    let (input, content, role) = (&input, &content, role.as_str());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "publishProgrammeVersion", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let number = input.expected_number.saturating_add(1);
            let moved = store::advance(&tx, id, input.expected_number, &content.name).await;
            if !moved.on_rule("one_programme_per_name", || Refuse::NameTaken)?.internal("publishing a version")? {
                return Err(Stop::Refused(Refuse::Changed(id)));
            }
            store::insert_version(&tx, cx, (id, number), content, viewer.account).await?;
            let (before, after) = (input.expected_number.to_string(), number.to_string());
            let entry = audit::Entry::new("publishProgrammeVersion", role, id);
            let entry = audit::Entry { committee: Some(row.committee_id), before: Some(&before), after: Some(&after), ..entry };
            audit::record(&tx, cx, entry).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
