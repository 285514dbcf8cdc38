//! The shape that every move of a topic has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::moves::{self, Move, No, Standing};
use super::refusal::{Refuse, TopicResult, finish};
use super::{store, tell};
use crate::audit;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, personal, replay};
use crate::notices::outbox::Audience;
use async_graphql::InputType;
use sea_orm::ActiveValue::Set;
use shangyi_entities::appointment::Desk;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::{self, TopicReason};
use shangyi_entities::topic_event::{self, TopicEventKind};
use shangyi_entities::{TopicId, TypedId};
use uuid::Uuid;

/// Words that go with a move into the history.
#[derive(Debug)]
pub(super) enum Note {
    /// None.
    None,
    /// The desk's, to everyone it concerns.
    Desk(String),
    /// Between desk and author: under the key of whoever raised the topic.
    Private(String),
}

impl Note {
    fn said(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Desk(text) | Self::Private(text) => Some(text),
        }
    }
}

/// One move of one topic.
pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) request_id: Uuid,
    pub(super) topic: TopicId,
    /// The version the caller saw; a desk must say it, an author need not.
    pub(super) expected_version: Option<i64>,
    pub(super) kind: Move,
    pub(super) what: TopicEventKind,
    pub(super) reason: Option<TopicReason>,
    pub(super) note: Note,
    pub(super) tell: Option<(NoticeKind, Audience)>,
}

/// What a move changes of the topic besides its state and version.
pub(super) type Change = Result<topic::ActiveModel, Stop<Refuse>>;

/// Makes the move. `change` says what else changes of the row; `also` writes what belongs to it elsewhere.
pub(super) async fn take<I, C, F, Fut>(cx: &Cx, input: &I, step: &Step, change: C, also: F) -> Result<TopicResult, ApiError>
where
    I: InputType,
    C: Fn(&topic::Model) -> Change,
    F: Fn(WriteTx, topic::Model) -> Fut,
    Fut: Future<Output = Result<(), Stop<Refuse>>>,
{
    let viewer = cx.viewer().await?;
    let (change, also) = (&change, &also);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(step.topic).to_string());
            if replay::remember(&tx, cx, step.operation, step.request_id, input, made).await?.is_some() {
                return Ok((step.topic, true));
            }
            let row = store::for_update(&tx, viewer, step.topic).await?.ok_or_else(|| ApiError::not_found("这个议题", "This topic"))?;
            let to = match moves::judge(step.kind, row.state, standing(viewer, &row)) {
                Ok(to) => to,
                Err(No::NotYours) => return Err(ApiError::forbidden(No::NotYours.text()).into()),
                Err(No::NotNow) => return Err(changed(&tx, &row).await),
                Err(no) => return Err(Stop::Refused(Refuse::Move(no))),
            };
            if step.expected_version.is_some_and(|expected| expected != row.version) {
                return Err(changed(&tx, &row).await);
            }
            let mut changes = change(&row)?;
            changes.state = Set(to);
            changes.version = Set(row.version + 1);
            if !store::update(&tx, &row, changes).await? {
                return Err(changed(&tx, &row).await);
            }
            let event = event(&tx, cx, viewer, step, &row, to).await?;
            store::insert_event(&tx, event.clone()).await?;
            record(&tx, cx, step, &row, &event).await?;
            if let Some((kind, audience)) = step.tell {
                tell::about(&tx, cx, kind, event.id.uuid(), &row, audience, step.note.said()).await?;
            }
            also(tx, row).await?;
            Ok((step.topic, false))
        })
        .await;
    finish(cx, done).await
}

/// Nothing more to write.
pub(super) async fn nothing_more(_: WriteTx, _: topic::Model) -> Result<(), Stop<Refuse>> {
    Ok(())
}

/// What the viewer is to the topic.
pub(super) fn standing(viewer: &Viewer, row: &topic::Model) -> Standing {
    Standing {
        desk: row.committee_id.is_some_and(|committee| viewer.desk_of(committee, &row.division_code).is_some()),
        general: row.committee_id.is_some_and(|committee| viewer.staff(committee, Desk::General).is_some()),
        raised: row.author_id == Some(viewer.account),
        caller: row.caller_id.is_some(),
        public: row.public_since.is_some(),
    }
}

/// The role by which the viewer moves the topic, as history shows it.
fn role_of(viewer: &Viewer, row: &topic::Model, kind: Move) -> String {
    let by_author = matches!(kind, Move::SupplyMore | Move::Withdraw) && row.author_id == Some(viewer.account);
    match row.committee_id.and_then(|committee| viewer.desk_of(committee, &row.division_code)).filter(|_| !by_author) {
        Some(held) => sea_orm::ActiveEnum::to_value(&held.role),
        None => "AUTHOR".to_owned(),
    }
}

async fn changed(tx: &WriteTx, row: &topic::Model) -> Stop<Refuse> {
    match store::last_event(tx, row.id).await {
        Ok(Some(last)) => Stop::Refused(Refuse::Changed { now: row.state, version: row.version, by_role: last.role, at: last.at }),
        Ok(None) => Stop::Refused(Refuse::Move(No::NotNow)),
        Err(error) => error.into(),
    }
}

async fn event(
    tx: &WriteTx,
    cx: &Cx,
    viewer: &Viewer,
    step: &Step,
    row: &topic::Model,
    to: topic::TopicState,
) -> Result<topic_event::Model, ApiError> {
    let subject = row.author_id.map(TypedId::uuid).or(row.caller_id.map(TypedId::uuid));
    let (note, note_enc) = match (&step.note, subject) {
        (Note::None, _) => (None, None),
        // An imported topic is nobody's here.
        (Note::Desk(text), _) | (Note::Private(text), None) => (Some(text.clone()), None),
        (Note::Private(text), Some(subject)) => match personal::of(&**tx, &cx.app().keys, subject).await? {
            Some(key) => (None, Some(key.seal(store::NOTE, text)?)),
            // Said to somebody who has been erased: nobody is left to read it.
            None => (None, None),
        },
    };
    let note_subject = subject.filter(|_| note_enc.is_some());
    Ok(topic_event::Model {
        topic_id: row.id,
        version: row.version + 1,
        id: cx.new_id(),
        at: cx.now(),
        what: step.what,
        from_state: Some(row.state),
        to_state: to,
        role: role_of(viewer, row, step.kind),
        account_id: Some(viewer.account),
        reason: step.reason,
        note,
        note_enc,
        note_subject,
    })
}

async fn record(tx: &WriteTx, cx: &Cx, step: &Step, row: &topic::Model, event: &topic_event::Model) -> Result<(), ApiError> {
    let before = format!("{:?} {}", row.state, row.version);
    let after = format!("{:?} {}", event.to_state, event.version);
    let entry = audit::Entry::new(step.operation, &event.role, row.id);
    audit::record(tx, cx, audit::Entry { committee: row.committee_id, before: Some(&before), after: Some(&after), ..entry }).await
}
