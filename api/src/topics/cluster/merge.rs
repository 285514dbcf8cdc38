use super::super::moves::{Move, No};
use super::super::refusal::{Refuse, TopicRefusalReason as Reason, TopicResult, finish};
use super::super::step::{self, Mover};
use super::super::store as topics;
use super::store::{self, End};
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay, say};
use crate::notices::outbox::{self, Audience};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::{self, TopicState as S};
use shangyi_entities::topic_event::{self, TopicEventKind as What};
use shangyi_entities::{TopicId, TypedId, topic_merge};
use uuid::Uuid;

/// Topics that speak of one matter.
#[derive(InputObject)]
pub struct MergeTopicsInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic that stands for the matter from now on.
    pub canonical_id: Gid<TopicId>,
    /// The version of the canonical topic the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The topics to merge into it, 1 to 20; what is merged into one of them comes along.
    pub topic_ids: Vec<Gid<TopicId>>,
    /// Why, at most 200 characters; public.
    pub reason: String,
}

pub(super) const REASON: Rule = Rule { field: "reason", name: ("合并理由", "The reason"), most: 200 };
/// Where a topic can stand when others are merged into it.
const OPEN: &[S] = &[S::Accepted, S::Shortlisted, S::HandedOver, S::Adopted, S::Answered, S::Reopened];

/// The ids of a request, 1 to 20, none twice, the canonical one not among them.
pub(super) fn wanted(canonical: Gid<TopicId>, ids: &[Gid<TopicId>]) -> Result<Vec<TopicId>, ApiError> {
    let mut wanted: Vec<TopicId> = ids.iter().map(|id| id.0).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() || wanted.len() > 20 || wanted.contains(&canonical.0) {
        return Err(ApiError::bad_input(
            "topicIds",
            say("请选择1到20个要并入的议题，牵头议题不在其中。", "Please name 1 to 20 topics to merge, the canonical one not among them."),
        ));
    }
    Ok(wanted)
}

pub(super) async fn run(cx: &Cx, input: MergeTopicsInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let reason = &text::clean(&REASON, &input.reason)?;
    let wanted = &wanted(input.canonical_id, &input.topic_ids)?;
    let input = &input;
    let canonical = input.canonical_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "mergeTopics", input.request_id, input, Some(Gid(canonical).to_string())).await?.is_some() {
                return Ok((canonical, true));
            }
            let touched = Touched::lock(&tx, viewer, canonical, wanted).await?;
            step::expect(&tx, Some(input.expected_version), &touched.canonical).await?;
            touched.judge(&tx, viewer).await?;
            merge(&tx, cx, viewer, &touched, reason).await?;
            Ok((canonical, false))
        })
        .await;
    finish(cx, done).await
}

/// Everything a merge touches, locked: the topics with what is merged into them, and the canonical one.
pub(super) struct Touched {
    pub(super) canonical: topic::Model,
    pub(super) topics: Vec<topic::Model>,
    /// What is merged into those topics, and goes along.
    pub(super) along: Vec<topic::Model>,
}

impl Touched {
    pub(super) async fn lock(tx: &WriteTx, viewer: &Viewer, canonical: TopicId, wanted: &[TopicId]) -> Result<Self, Stop<Refuse>> {
        store::lock(tx, canonical).await?;
        let along = store::merged_into(tx, wanted).await?;
        let topics = store::locked(tx, wanted).await?;
        let canonical = step::find(tx, viewer, canonical).await?;
        // What the viewer may not know of is not there.
        let seen = |row: &topic::Model| row.public_since.is_some() || step::standing(viewer, row).desk;
        if topics.len() != wanted.len() || !topics.iter().all(seen) {
            return Err(ApiError::not_found("其中的议题", "One of the topics").into());
        }
        Ok(Self { canonical, topics, along })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &topic::Model> {
        self.topics.iter().chain(&self.along).chain([&self.canonical])
    }

    /// Whether all of it can be merged at all, whoever asks.
    pub(super) async fn possible(&self, tx: &WriteTx) -> Result<(), Stop<Refuse>> {
        let canonical = &self.canonical;
        if canonical.canonical_id.is_some() {
            return Err(Stop::Refused(Refuse::Merged(canonical.canonical_id)));
        }
        if !OPEN.contains(&canonical.state) || canonical.public_since.is_none() {
            return Err(step::changed(tx, canonical).await);
        }
        for topic in &self.topics {
            let free = topic.canonical_id.is_none() && topic.public_since.is_some() && topic.reopened == 0;
            if !free || !matches!(topic.state, S::Accepted | S::Shortlisted) || topic.committee_id != canonical.committee_id {
                return Err(Stop::Refused(Refuse::About(Reason::NotMergeable, topic.id)));
            }
        }
        Ok(())
    }

    /// Whether the viewer may merge it: the desk of every topic touched, and the author of none.
    pub(super) async fn judge(&self, tx: &WriteTx, viewer: &Viewer) -> Result<(), Stop<Refuse>> {
        let standing = |row: &topic::Model| step::standing(viewer, row);
        if !self.all().any(|row| standing(row).desk) {
            return Err(ApiError::forbidden(No::NotYours.text()).into());
        }
        self.possible(tx).await?;
        if let Some(own) = self.all().find(|row| standing(row).raised) {
            return Err(Stop::Refused(Refuse::About(Reason::NeedsAnotherPerson, own.id)));
        }
        match self.all().find(|row| !standing(row).desk) {
            Some(elsewhere) => Err(Stop::Refused(Refuse::About(Reason::NeedsGeneralDesk, elsewhere.id))),
            None => Ok(()),
        }
    }
}

/// Merges what was judged: history on both sides, the log, consent, counts, notices.
pub(super) async fn merge(tx: &WriteTx, cx: &Cx, viewer: &Viewer, touched: &Touched, reason: &str) -> Result<(), Stop<Refuse>> {
    let Touched { canonical, topics, along } = touched;
    let by = Mover::viewer(viewer, canonical, Move::Merge);
    let ids = |rows: &[topic::Model]| rows.iter().map(|row| row.id).collect::<Vec<TopicId>>();
    let both: Vec<&topic::Model> = along.iter().chain(topics).collect();
    let (along_ids, topic_ids) = (ids(along), ids(topics));
    let all_ids = [along_ids.as_slice(), topic_ids.as_slice()].concat();
    store::forget_declines(tx, &all_ids).await?;
    for topic in topics.iter().filter(|topic| topic.merged_count > 0) {
        let end = End { version: topic.version + 1, at: cx.now(), role: &by.role, reason };
        store::end_merges(tx, topic.id, None, end).await?;
    }
    // What is merged leaves its canonical topic before that one is merged itself: chains are refused.
    store::point(tx, &along_ids, Some(canonical.id)).await?;
    store::point(tx, &topic_ids, Some(canonical.id)).await?;
    let changes = topic::ActiveModel { version: Set(canonical.version + 1), ..Default::default() };
    if !topics::update(tx, canonical, changes).await? {
        return Err(step::changed(tx, canonical).await);
    }
    store::recount(tx, canonical.id).await?;
    let event = |row: &topic::Model, what: What| happened(cx, &by, row, what, reason);
    let events: Vec<topic_event::Model> = both.iter().map(|row| event(row, What::Merged)).chain([event(canonical, What::MergedIn)]).collect();
    store::insert_events(tx, events.clone()).await?;
    let merges = both.iter().map(|row| topic_merge::Model {
        id: cx.new_id(),
        topic_id: row.id,
        canonical_id: canonical.id,
        from_version: canonical.version + 1,
        until_version: None,
        reason: reason.to_owned(),
        at: cx.now(),
        role: by.role.clone(),
        account_id: viewer.account,
        ended_at: None,
        ended_role: None,
        ended_reason: None,
    });
    store::insert_merges(tx, merges.collect()).await?;
    for (row, event) in both.iter().zip(&events) {
        super::super::tell::about(tx, cx, NoticeKind::TopicMerged, event, &alone(row), Audience::Everyone, None).await?;
        let entry = audit::Entry::new("mergeTopics", &by.role, row.id);
        let into = Gid(canonical.id).to_string();
        audit::record(tx, cx, audit::Entry { committee: canonical.committee_id, after: Some(&into), ..entry }).await?;
    }
    answered_already(tx, cx, canonical, &all_ids).await
}

/// Whoever comes to an answered topic is told of its answer at once: of the same event as everybody else, and so once.
async fn answered_already(tx: &WriteTx, cx: &Cx, canonical: &topic::Model, joined: &[TopicId]) -> Result<(), Stop<Refuse>> {
    if canonical.state != S::Answered {
        return Ok(());
    }
    let Some(answered) = topics::last_of_kind(tx, canonical.id, &[What::Answered]).await? else { return Ok(()) };
    for id in joined {
        outbox::tell_topic(tx, cx, NoticeKind::TopicAnswered, answered.id.uuid(), *id, None, Audience::Everyone).await?;
    }
    // Whose topic was here before, since the answer, has had the message.
    let had = store::here_since(tx, canonical.id, answered.version).await?;
    let new: Vec<TopicId> = joined.iter().copied().filter(|id| !had.contains(id)).collect();
    let callers = topics::callers_among(tx, &new).await?;
    super::super::tell::by_message(tx, cx, NoticeKind::TopicAnswered, callers, answered.note.as_deref()).await?;
    Ok(())
}

/// The row as one that stands alone: its own people are told, not those of its former cluster.
fn alone(row: &topic::Model) -> topic::Model {
    topic::Model { canonical_id: Some(row.id), merged_count: 0, ..row.clone() }
}

/// An event of a topic whose state stays.
pub(super) fn happened(cx: &Cx, by: &Mover, row: &topic::Model, what: What, note: &str) -> topic_event::Model {
    topic_event::Model {
        topic_id: row.id,
        version: row.version + 1,
        id: cx.new_id(),
        at: cx.now(),
        what,
        from_state: Some(row.state),
        to_state: row.state,
        role: by.role.clone(),
        account_id: by.account,
        reason: None,
        note: Some(note.to_owned()),
        note_enc: None,
        note_subject: None,
    }
}
