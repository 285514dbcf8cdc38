use super::content::ProgrammeContentInput;
use super::refusal::{ProgrammeResult, Refuse, finish};
use super::seeds::ProgrammeSeed;
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, replay, say};
use async_graphql::InputObject;
use sea_orm::ActiveEnum;
use shangyi_entities::{OrganisationId, ProgrammeId, programme};
use uuid::Uuid;

/// A programme to create: one of the seven to begin with, or content of one's own.
#[derive(InputObject)]
pub struct CreateProgrammeInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The committee.
    pub committee_id: Gid<OrganisationId>,
    /// One of the seven, as it is offered; or else `content`.
    pub seed: Option<ProgrammeSeed>,
    /// What it says; or else `seed`.
    pub content: Option<ProgrammeContentInput>,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: CreateProgrammeInput) -> Result<ProgrammeResult, ApiError> {
    let viewer = cx.viewer().await?;
    if let Some(id) = replay::earlier(cx, "createProgramme", input.request_id, &input).await?.and_then(|id| Gid::<ProgrammeId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let committee = input.committee_id.0;
    let role = super::keeper(viewer, committee)?.role.to_value();
    let content = match (input.seed, &input.content) {
        (Some(seed), None) => seed.content(),
        (None, Some(content)) => content.checked()?,
        _ => {
            return Err(ApiError::bad_input(
                "content",
                say("请选择一个现成名目，或填写自己的内容。", "Please choose one of the seven, or say what it says."),
            ));
        }
    };
    let (input, content, role) = (&input, &content, role.as_str());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let id: ProgrammeId = cx.new_id();
            if let Some(made) = replay::remember(&tx, cx, "createProgramme", input.request_id, input, Some(Gid(id).to_string())).await? {
                let made = Gid::<ProgrammeId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered programme cannot be read"))?;
                return Ok((made.0, true));
            }
            let (name, created_at, created_by) = (content.name.clone(), cx.now(), viewer.account);
            let row = programme::Model { id, committee_id: committee, name, number: 1, created_at, created_by };
            store::insert(&tx, row).await.on_rule("one_programme_per_name", || Refuse::NameTaken)?.internal("creating a programme")?;
            store::insert_version(&tx, cx, (id, 1), content, viewer.account).await?;
            let entry = audit::Entry::new("createProgramme", role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(committee), after: Some("1"), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
