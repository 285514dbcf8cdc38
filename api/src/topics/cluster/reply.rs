use super::super::moves::No;
use super::super::refusal::{Refuse, TopicRefusalReason as Reason, TopicResult, finish};
use super::super::{step, store as topics};
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use crate::notices::outbox;
use async_graphql::{Enum, InputObject};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::TopicState;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, TypedId, merge_reply};
use uuid::Uuid;

/// What a backer says when the topic they back is merged into another one.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeReply {
    /// The support goes along: it counts for the canonical topic, whose answer they are told. So it is unless they decline.
    Carry,
    /// The support stays behind: it does not count for the canonical topic.
    Decline,
}

/// A backer's word on a merge.
#[derive(InputObject)]
pub struct ReplyToMergeInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The merged topic that the viewer backs.
    pub topic_id: Gid<TopicId>,
    /// Their word; the last one counts.
    pub reply: MergeReply,
}

pub(super) async fn run(cx: &Cx, input: ReplyToMergeInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let input = &input;
    let topic = input.topic_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "replyToMerge", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            let row = step::find(&tx, viewer, topic).await?;
            if !store::backs(&tx, topic, viewer.account).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::NotSupported)));
            }
            let Some(merge) = store::open_merge(&tx, topic).await?.filter(|_| row.canonical_id.is_some()) else {
                return Err(Stop::Refused(Refuse::Move(No::NotMerged)));
            };
            let canonical = match row.canonical_id {
                Some(canonical) => topics::locked(&tx, canonical).await?,
                None => None,
            };
            let carry = input.reply == MergeReply::Carry;
            store::carry(&tx, topic, viewer.account, carry).await?;
            let reply = merge_reply::Model { id: cx.new_id(), merge_id: merge, account_id: viewer.account, carry, at: cx.now() };
            store::insert_reply(&tx, reply).await?;
            if let Some(canonical) = canonical.filter(|canonical| carry && canonical.state == TopicState::Answered) {
                // Whoever comes along after the answer hears of it now; whoever has heard of it, not again.
                let answered = topics::last_of_kind(&tx, canonical.id, &[TopicEventKind::Answered]).await?;
                if let Some(answered) = answered {
                    outbox::tell_person(&tx, cx, NoticeKind::TopicAnswered, answered.id.uuid(), topic.uuid(), viewer.account).await?;
                }
            }
            let entry = audit::Entry { committee: row.committee_id, ..audit::Entry::new("replyToMerge", "RESIDENT", topic) };
            audit::record(&tx, cx, entry).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}
