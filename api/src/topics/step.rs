//! The shape that every move of a topic has: replay → viewer → rule → one transaction (effect, history, audit, outbox).
use super::moves::{self, Move, No, Standing, Taken};
use super::refusal::{Refuse, TopicResult, finish};
use super::{clocks, cluster, store, tell, words};
use crate::audit;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, personal, replay};
use crate::notices::outbox::Audience;
use async_graphql::InputType;
use sea_orm::ActiveValue::{self, Set};
use shangyi_entities::appointment::Desk;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::{self, TopicReason, TopicState};
use shangyi_entities::topic_event::{self, TopicEventKind};
use shangyi_entities::{AccountId, TopicId, TypedId};
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

/// Who moves a topic, as history has it.
pub(super) struct Mover {
    pub(super) role: String,
    pub(super) account: Option<AccountId>,
}

impl Mover {
    /// The viewer, by the role they have towards the topic.
    pub(super) fn viewer(viewer: &Viewer, row: &topic::Model, kind: Move) -> Self {
        Self { role: role_of(viewer, row, kind), account: Some(viewer.account) }
    }

    /// Nobody: the clock, or what the topic became.
    pub(super) fn itself() -> Self {
        Self { role: "SYSTEM".to_owned(), account: None }
    }
}

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
            if matches!(step.kind, Move::Withdraw | Move::Redirect | Move::Reject) {
                cluster::lock(&tx, step.topic).await?;
            }
            let row = find(&tx, viewer, step.topic).await?;
            let to = judge(&tx, step.kind, viewer, &row).await?;
            expect(&tx, step.expected_version, &row).await?;
            make(&tx, cx, &Mover::viewer(viewer, &row, step.kind), step, &row, to, change(&row)?).await?;
            also(tx, row).await?;
            Ok((step.topic, false))
        })
        .await;
    finish(cx, done).await
}

/// The topic, locked, if the viewer may know of it.
pub(super) async fn find(tx: &WriteTx, viewer: &Viewer, topic: TopicId) -> Result<topic::Model, ApiError> {
    store::for_update(tx, viewer, topic).await?.ok_or_else(|| ApiError::not_found("这个议题", "This topic"))
}

/// Where the move leads, or why not; a merged topic is judged by where its canonical one stands.
pub(super) async fn judge(tx: &WriteTx, kind: Move, viewer: &Viewer, row: &topic::Model) -> Result<Option<TopicState>, Stop<Refuse>> {
    let (state, reopened) = store::stands(tx, row).await?;
    verdict(tx, row, moves::judge(kind, state, Standing { reopened, ..standing(viewer, row) })).await
}

/// A judgement as the verb has it: what it leads to, or what it stops with.
pub(super) async fn verdict<T>(tx: &WriteTx, row: &topic::Model, judged: Result<T, No>) -> Result<T, Stop<Refuse>> {
    match judged {
        Ok(to) => Ok(to),
        Err(No::NotYours) => Err(ApiError::forbidden(No::NotYours.text()).into()),
        Err(No::NotNow) => Err(changed(tx, row).await),
        Err(No::MergedElsewhere) => Err(Stop::Refused(Refuse::Merged(row.canonical_id))),
        Err(no) => Err(Stop::Refused(Refuse::Move(no))),
    }
}

/// Stops where the caller saw another version.
pub(super) async fn expect(tx: &WriteTx, version: Option<i64>, row: &topic::Model) -> Result<(), Stop<Refuse>> {
    match version {
        Some(expected) if expected != row.version => Err(changed(tx, row).await),
        _ => Ok(()),
    }
}

/// Writes the move that was judged possible: row, clocks, words, history, trail, notices.
pub(super) async fn make(
    tx: &WriteTx,
    cx: &Cx,
    by: &Mover,
    step: &Step,
    row: &topic::Model,
    to: Option<TopicState>,
    mut changes: topic::ActiveModel,
) -> Result<topic_event::Model, Stop<Refuse>> {
    let to = to.unwrap_or(row.state);
    let words = [&changes.title, &changes.body].iter().any(|text| text.is_set()).then(|| {
        let new = |text: &ActiveValue<Option<String>>, old: &Option<String>| text.try_as_ref().cloned().unwrap_or_else(|| old.clone());
        (new(&changes.title, &row.title), new(&changes.body, &row.body))
    });
    changes.state = Set(to);
    changes.version = Set(row.version + 1);
    if !store::update(tx, row, changes).await? {
        return Err(changed(tx, row).await);
    }
    clocks::set(tx, cx, row.id, Some(row.state), to).await?;
    if let Some((title, text)) = words {
        words::write(tx, cx, row.id, title.as_deref(), text.as_deref()).await?;
    }
    let event = event(tx, cx, by, step, row, to).await?;
    store::insert_event(tx, event.clone()).await?;
    record(tx, cx, step, row, &event).await?;
    if let Some((kind, audience)) = step.tell {
        tell::about(tx, cx, kind, &event, row, audience, step.note.said()).await?;
    }
    Ok(event)
}

/// Nothing more to write.
pub(super) async fn nothing_more(_: WriteTx, _: topic::Model) -> Result<(), Stop<Refuse>> {
    Ok(())
}

/// What the viewer is to the topic, as far as its own row says.
pub(super) fn standing(viewer: &Viewer, row: &topic::Model) -> Standing {
    Standing {
        desk: row.committee_id.is_some_and(|committee| viewer.desk_of(committee, &row.division_code).is_some()),
        general: row.committee_id.is_some_and(|committee| viewer.staff(committee, Desk::General).is_some()),
        raised: row.author_id == Some(viewer.account),
        caller: row.caller_id.is_some(),
        public: row.public_since.is_some(),
        merged: row.canonical_id.is_some(),
        has_merged: row.merged_count > 0,
        reopened: row.reopened,
        taken: match row.taken_by {
            None => Taken::ByNobody,
            Some(account) if account == viewer.account => Taken::ByViewer,
            Some(_) => Taken::ByAnother,
        },
        ..Standing::default()
    }
}

/// The role by which the viewer moves the topic, as history shows it.
fn role_of(viewer: &Viewer, row: &topic::Model, kind: Move) -> String {
    let authors = matches!(kind, Move::SupplyMore | Move::Withdraw | Move::Confirm | Move::Dispute | Move::AskSecondLook);
    let by_author = authors && row.author_id == Some(viewer.account);
    match row.committee_id.and_then(|committee| viewer.desk_of(committee, &row.division_code)).filter(|_| !by_author) {
        Some(held) => sea_orm::ActiveEnum::to_value(&held.role),
        None => "AUTHOR".to_owned(),
    }
}

pub(super) async fn changed(tx: &WriteTx, row: &topic::Model) -> Stop<Refuse> {
    match told_of_change(tx, row).await {
        Ok(refuse) => Stop::Refused(refuse),
        Err(error) => error.into(),
    }
}

async fn told_of_change(tx: &WriteTx, row: &topic::Model) -> Result<Refuse, ApiError> {
    let (now, _) = store::stands(tx, row).await?;
    // Of a merged topic, what its canonical one went through.
    let moved = row.canonical_id.filter(|_| row.state != now).unwrap_or(row.id);
    Ok(match store::last_event(tx, moved).await? {
        Some(last) => Refuse::Changed { now, version: row.version, by_role: last.role, at: last.at },
        None => Refuse::Move(No::NotNow),
    })
}

async fn event(tx: &WriteTx, cx: &Cx, by: &Mover, step: &Step, row: &topic::Model, to: topic::TopicState) -> Result<topic_event::Model, ApiError> {
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
        role: by.role.clone(),
        account_id: by.account,
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
