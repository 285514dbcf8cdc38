use super::refusal::{Refuse, TopicRefusalReason as Reason, TopicResult, finish};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use async_graphql::InputObject;
use shangyi_entities::TopicId;
use uuid::Uuid;

/// Of which topic to take the support back.
#[derive(InputObject)]
pub struct WithdrawSupportInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A topic the viewer backs.
    pub topic_id: Gid<TopicId>,
}

pub(super) async fn run(cx: &Cx, input: WithdrawSupportInput) -> Result<TopicResult, ApiError> {
    let account = cx.account()?;
    let topic = input.topic_id.0;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "withdrawSupport", input.request_id, input, None).await?.is_some() {
                return Ok((topic, true));
            }
            let Some(standing) = store::standing_of_supporter(&tx, account, topic).await? else {
                return Err(ApiError::not_found("这个议题", "This topic").into());
            };
            // The topic before the support, as those who merge and reply lock them.
            store::locked(&tx, topic).await?;
            if !store::withdraw_support(&tx, account, topic, cx.now()).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::NotSupported)));
            }
            let entry = audit::Entry { committee: standing.committee, ..audit::Entry::new("withdrawSupport", "RESIDENT", topic) };
            audit::record(&tx, cx, entry).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}
