//! Topics of another system: they keep their time, their count and their answer, and nobody is told of them.
use crate::kernel::{ApiError, OrInternal, WriteTx, crypto, ids, text};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use shangyi_entities::topic::{self, TopicSource, TopicState};
use shangyi_entities::topic_event::{self, TopicEventKind};
use shangyi_entities::{OrganisationId, Timestamp, TopicAnswerId, TopicEventId, TopicId, topic_answer};
use std::collections::HashSet;
use uuid::Uuid;

/// A topic to bring in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it was called there: source and id. Brought in once.
    pub from: String,
    /// The division it is about.
    pub division_code: String,
    /// The committee that covers it, if one does.
    pub committee: Option<OrganisationId>,
    /// Its title.
    pub title: String,
    /// Its text, whole.
    pub text: String,
    /// When it was raised.
    pub at: Timestamp,
    /// How many backed it there.
    pub support: i64,
    /// The answer and when it was given.
    pub answer: Option<(String, Timestamp)>,
}

impl Imported {
    /// The id it has, or will have, as a topic.
    pub fn id(&self) -> TopicId {
        TopicId(id(self, "topic", self.at))
    }
}

/// Writes a batch; those that are there already stay as they are. Says how many were new.
pub async fn bring_in(tx: &WriteTx, batch: &[Imported]) -> Result<u64, ApiError> {
    if batch.is_empty() {
        return Ok(0);
    }
    let keep = || OnConflict::new().do_nothing().to_owned();
    let topics = batch.iter().map(|one| topic::ActiveModel::from(row(one)).reset_all());
    let fresh: HashSet<TopicId> = topic::Entity::insert_many(topics)
        .on_conflict(keep())
        .exec_with_returning_keys(&**tx)
        .await
        .internal("bringing topics in")?
        .into_iter()
        .collect();
    // Only what belongs to a topic that is new: one that is there already has its own history since.
    let new: Vec<&Imported> = batch.iter().filter(|one| fresh.contains(&TopicId(id(one, "topic", one.at)))).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let events = new.iter().flat_map(|one| events(one)).map(|event| topic_event::ActiveModel::from(event).reset_all());
    topic_event::Entity::insert_many(events).on_conflict(keep()).exec_without_returning(&**tx).await.internal("bringing history in")?;
    let answers: Vec<_> = new.iter().filter_map(|one| answer(one)).map(|answer| topic_answer::ActiveModel::from(answer).reset_all()).collect();
    if !answers.is_empty() {
        topic_answer::Entity::insert_many(answers).on_conflict(keep()).exec_without_returning(&**tx).await.internal("bringing answers in")?;
    }
    Ok(fresh.len() as u64)
}

/// Gives a new committee the topics of its division that no committee covered before.
pub async fn take_over(tx: &WriteTx, committee: OrganisationId, division: &str) -> Result<(), ApiError> {
    use topic::Column as C;
    topic::Entity::update_many()
        .col_expr(C::CommitteeId, Expr::value(committee))
        .filter(C::CommitteeId.is_null())
        .filter(C::DivisionCode.gte(division))
        .filter(C::DivisionCode.lt(format!("{division}:")))
        .exec(&**tx)
        .await
        .internal("taking topics over")?;
    Ok(())
}

/// An id that follows from the origin and the moment: the same at every run.
fn id(one: &Imported, what: &str, at: Timestamp) -> Uuid {
    let hash = crypto::sha256(format!("{what}\0{}", one.from).as_bytes());
    let mut noise = [0; 10];
    noise.copy_from_slice(&hash[..10]);
    ids::at(at.0, noise)
}

fn row(one: &Imported) -> topic::Model {
    let noise = crypto::sha256(one.from.as_bytes());
    topic::Model {
        id: TopicId(id(one, "topic", one.at)),
        committee_id: one.committee,
        division_code: one.division_code.clone(),
        place_id: None,
        source: TopicSource::Public,
        state: if one.answer.is_some() { TopicState::Answered } else { TopicState::Accepted },
        version: if one.answer.is_some() { 2 } else { 1 },
        author_id: None,
        caller_id: None,
        entered_by: None,
        imported_from: Some(one.from.clone()),
        alias: super::submit::alias([noise[0], noise[1], noise[2], noise[3]]),
        title: Some(text::mask_numbers(&one.title)),
        body: Some(text::mask_numbers(&one.text)),
        support_count: 0,
        imported_support: one.support,
        submitted_at: one.at,
        public_since: Some(one.at),
        taken_down_at: None,
        reason: None,
        redirected_to: None,
        canonical_id: None,
        merged_count: 0,
        voice_count: 0,
        reopened: 0,
        taken_by: None,
        taken_at: None,
        ask_at: None,
        campaign_id: None,
        // The worker writes its words.
        terms_at: None,
    }
}

fn event(one: &Imported, version: i64, what: TopicEventKind, from: Option<TopicState>, to: TopicState, at: Timestamp) -> topic_event::Model {
    topic_event::Model {
        topic_id: TopicId(id(one, "topic", one.at)),
        version,
        id: TopicEventId(id(one, if version == 1 { "event 1" } else { "event 2" }, at)),
        at,
        what,
        from_state: from,
        to_state: to,
        role: "IMPORT".to_owned(),
        account_id: None,
        reason: None,
        note: None,
        note_enc: None,
        note_subject: None,
    }
}

fn events(one: &Imported) -> Vec<topic_event::Model> {
    let mut events = vec![event(one, 1, TopicEventKind::Accepted, None, TopicState::Accepted, one.at)];
    if let Some((_, at)) = &one.answer {
        events.push(event(one, 2, TopicEventKind::Answered, Some(TopicState::Accepted), TopicState::Answered, *at));
    }
    events
}

fn answer(one: &Imported) -> Option<topic_answer::Model> {
    let (body, at) = one.answer.as_ref()?;
    Some(topic_answer::Model {
        id: TopicAnswerId(id(one, "answer", *at)),
        topic_id: TopicId(id(one, "topic", one.at)),
        body: text::mask_numbers(body),
        at: *at,
        answered_by: None,
        imported: true,
        hand_over_id: None,
        unit_id: None,
    })
}
