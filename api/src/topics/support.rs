use super::refusal::{Refuse, TopicRefusalReason as Reason, TopicResult, finish};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, counts, replay};
use async_graphql::InputObject;
use shangyi_entities::{TopicId, topic_support};
use uuid::Uuid;

/// Which topic to back.
#[derive(InputObject)]
pub struct SupportTopicInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A public topic that is not one's own.
    pub topic_id: Gid<TopicId>,
}

pub(super) async fn run(cx: &Cx, input: SupportTopicInput) -> Result<TopicResult, ApiError> {
    let account = cx.account()?;
    let topic = input.topic_id.0;
    let most = cx.settings().supports_per_day;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "supportTopic", input.request_id, input, None).await?.is_some() {
                return Ok((topic, true));
            }
            let Some(standing) = store::standing_of_supporter(&tx, account, topic).await? else {
                return Err(ApiError::not_found("这个议题", "This topic").into());
            };
            if standing.backs {
                return Ok((topic, false));
            }
            if !counts::take(&tx, cx, account, "support", most).await? {
                return Err(Stop::Refused(Refuse::Limit(most)));
            }
            let row = topic_support::Model {
                id: cx.new_id(),
                topic_id: topic,
                account_id: account,
                supported_at: cx.now(),
                withdrawn_at: None,
                declined: false,
            };
            store::insert_support(&tx, row)
                .await
                .on_rule("own_topic", || Refuse::Because(Reason::OwnTopic))?
                .on_rule("merged_elsewhere", || Refuse::Merged(standing.canonical))?
                .on_rule("not_open_for_support", || Refuse::Because(Reason::NotOpenForSupport))?
                // Backed by another request of the same person this very moment: the rules refuse a second row.
                .on_rule("one_support_per_person", || Refuse::AlreadyBacked)?
                .internal("backing a topic")?;
            let entry = audit::Entry { committee: standing.committee, ..audit::Entry::new("supportTopic", "RESIDENT", topic) };
            audit::record(&tx, cx, entry).await?;
            Ok((topic, false))
        })
        .await;
    match done {
        Err(Stop::Refused(Refuse::AlreadyBacked)) => finish(cx, Ok((topic, false))).await,
        done => finish(cx, done).await,
    }
}
