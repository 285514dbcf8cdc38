use super::super::moves::Move;
use super::super::refusal::{Refuse, TopicRefusalReason as Reason, TopicResult, finish};
use super::super::step::{self, Mover};
use super::super::{outcome, store as topics, tell};
use super::merge::happened;
use super::store::{self, End};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::TopicId;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic;
use shangyi_entities::topic_event::TopicEventKind as What;
use uuid::Uuid;

/// A topic that speaks of another matter after all.
#[derive(InputObject)]
pub struct SplitTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The merged topic.
    pub topic_id: Gid<TopicId>,
    /// Its version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Why, at most 200 characters; public.
    pub reason: String,
}

const REASON: Rule = Rule { field: "reason", name: ("拆出理由", "The reason"), most: 200 };

pub(super) async fn run(cx: &Cx, input: SplitTopicInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let reason = &text::clean(&REASON, &input.reason)?;
    let input = &input;
    let topic = input.topic_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "splitTopic", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            store::lock(&tx, topic).await?;
            let row = step::find(&tx, viewer, topic).await?;
            step::judge(&tx, Move::Split, viewer, &row).await?;
            step::expect(&tx, Some(input.expected_version), &row).await?;
            let canonical = row.canonical_id.ok_or_else(|| ApiError::broken("a merged topic without a canonical one"))?;
            let canonical = topics::locked(&tx, canonical).await?.ok_or_else(|| ApiError::broken("a canonical topic"))?;
            // The scope must hold for both: what is taken out of another street's cluster is for the general desk.
            if !step::standing(viewer, &canonical).desk {
                return Err(Stop::Refused(Refuse::About(Reason::NeedsGeneralDesk, canonical.id)));
            }
            let by = Mover::viewer(viewer, &row, Move::Split);
            store::forget_declines(&tx, &[topic]).await?;
            store::point(&tx, &[topic], None).await?;
            store::show(&tx, topic, cx.now()).await?;
            let changes = topic::ActiveModel { version: Set(canonical.version + 1), ..Default::default() };
            if !topics::update(&tx, &canonical, changes).await? {
                return Err(step::changed(&tx, &canonical).await);
            }
            let end = End { version: canonical.version + 1, at: cx.now(), role: &by.role, reason };
            store::end_merges(&tx, canonical.id, Some(topic), end).await?;
            store::recount(&tx, topic).await?;
            store::recount(&tx, canonical.id).await?;
            let split = happened(cx, &by, &row, What::Split, reason);
            store::insert_events(&tx, vec![split.clone(), happened(cx, &by, &canonical, What::SplitOff, reason)]).await?;
            // Its own people alone: the row is still that of a merged one.
            tell::about(&tx, cx, NoticeKind::TopicSplit, &split, &row, Audience::Everyone, None).await?;
            let from = Gid(canonical.id).to_string();
            let entry = audit::Entry { committee: row.committee_id, before: Some(&from), ..audit::Entry::new("splitTopic", &by.role, topic) };
            audit::record(&tx, cx, entry).await?;
            // Perhaps only the author of this one was still waited for.
            outcome::confirm_if_all_agree(&tx, cx, canonical.id).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}
