use super::refusal::{Refuse, YearPlanResult, finish};
use super::{YearPlanState, missing, stands, store};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, personal, replay, say};
use async_graphql::InputObject;
use shangyi_entities::appointment::Role;
use shangyi_entities::{TypedId, YearPlanId, plan_comment};
use uuid::Uuid;

/// What a member says of a draft.
#[derive(InputObject)]
pub struct CommentOnPlanInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The plan.
    pub plan_id: Gid<YearPlanId>,
    /// The version of the plan that was read; where it was redrafted since, `STATE_CHANGED`.
    pub expected_version: i64,
    /// The comment, at most 1000 characters; read by the internal side of the committee, with the member's name; kept under the member's own key.
    pub text: String,
}

const TEXT: Rule = Rule { field: "text", name: ("意见", "The comment"), most: 1000 };

pub(in crate::consultations) async fn run(cx: &Cx, input: CommentOnPlanInput) -> Result<YearPlanResult, ApiError> {
    let viewer = cx.viewer().await?;
    if let Some(id) = replay::earlier(cx, "commentOnPlan", input.request_id, &input).await?.and_then(|id| Gid::<YearPlanId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let (id, account) = (input.plan_id.0, viewer.account);
    let row = store::by_ids(cx, &[id]).await?.pop().filter(|row| viewer.is_internal(row.committee_id)).ok_or_else(missing)?;
    if viewer.holds(row.committee_id, Role::Member).is_none() {
        return Err(ApiError::forbidden(say("年度协商计划由本委员会委员提意见。", "Comments are for members of the committee.")));
    }
    let member = crate::organisation::member_of_account(cx, account).await?.ok_or_else(missing)?.0.id;
    let (input, text) = (&input, &text::clean(&TEXT, &input.text)?);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "commentOnPlan", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let row = store::locked(&tx, id).await?.ok_or_else(missing)?;
            if row.version != input.expected_version {
                return Err(Stop::Refused(Refuse::Changed(Some(id))));
            }
            if cx.now() >= row.comments_until || stands(&row, false, cx.now()) == YearPlanState::Approved {
                return Err(Stop::Refused(Refuse::CommentsClosed(id)));
            }
            let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
            let (text_enc, at) = (key.seal(store::TEXT, text)?, cx.now());
            let comment =
                plan_comment::Model { id: cx.new_id(), plan_id: id, plan_version: row.version, member_id: member, account_id: account, text_enc, at };
            store::insert_comment(&tx, comment).await?;
            let entry = audit::Entry::new("commentOnPlan", "MEMBER", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
