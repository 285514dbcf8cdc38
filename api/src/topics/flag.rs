use super::refusal::{TopicResult, finish};
use super::store;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, personal, replay};
use async_graphql::InputObject;
use shangyi_entities::topic_flag::{self, FlagReason};
use shangyi_entities::{TopicId, TypedId};
use uuid::Uuid;

/// What is wrong with a public topic.
#[derive(InputObject)]
pub struct FlagTopicInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// What is wrong.
    pub why: FlagReason,
    /// A word to the general desk, at most 200 characters; encrypted under the key of whoever flags.
    pub note: Option<String>,
}

const NOTE: Rule = Rule { field: "note", name: ("说明", "The note"), most: 200 };

pub(super) async fn run(cx: &Cx, input: FlagTopicInput) -> Result<TopicResult, ApiError> {
    let account = cx.account()?;
    let viewer = cx.viewer().await?;
    let note = &text::clean_optional(&NOTE, input.note.as_deref())?;
    let input = &input;
    let topic = input.topic_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "flagTopic", input.request_id, input, None).await?.is_some() {
                return Ok((topic, true));
            }
            let row = store::for_update(&tx, viewer, topic).await?.filter(|row| row.public_since.is_some());
            let Some(row) = row else { return Err(Stop::from(ApiError::not_found("这个议题", "This topic"))) };
            let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
            let flag = topic_flag::Model {
                id: cx.new_id(),
                topic_id: topic,
                account_id: account,
                why: input.why,
                note_enc: key.seal_optional(store::FLAG_NOTE, note.as_deref())?,
                at: cx.now(),
            };
            store::insert_flag(&tx, flag).await?;
            let entry = audit::Entry { committee: row.committee_id, ..audit::Entry::new("flagTopic", "RESIDENT", topic) };
            audit::record(&tx, cx, entry).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}
