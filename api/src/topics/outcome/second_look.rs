use super::super::moves::{self, Move, No, SecondLook};
use super::super::refusal::{Refuse, TopicResult, finish};
use super::super::step::{self, Mover, Note, Step};
use super::super::{cluster, store as topics};
use super::store;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, personal, replay};
use crate::notices::outbox::{self, Audience};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::appointment::Desk;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::second_look::{self, SecondLookDecision};
use shangyi_entities::topic_event::TopicEventKind as What;
use shangyi_entities::{TopicId, TypedId, topic};
use uuid::Uuid;

/// Which topic the general desk is asked to look at again.
#[derive(InputObject)]
pub struct RequestSecondLookInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A topic of one's own that was redirected or rejected; once per topic.
    pub topic_id: Gid<TopicId>,
    /// Why, at most 300 characters; read by the general desk, encrypted under the author's key.
    pub statement: String,
}

/// What the general desk decides.
#[derive(InputObject)]
pub struct DecideSecondLookInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the desk saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Whether the topic is accepted after all; it is public then.
    pub take_up: bool,
    /// A word to the author, at most 300 characters.
    pub note: String,
}

const STATEMENT: Rule = Rule { field: "statement", name: ("复核理由", "The statement"), most: 300 };
const NOTE: Rule = Rule { field: "note", name: ("复核说明", "The note"), most: 300 };

pub(super) async fn request(cx: &Cx, input: RequestSecondLookInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let statement = &text::clean(&STATEMENT, &input.statement)?;
    let input = &input;
    let topic = input.topic_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "requestSecondLook", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            let own = step::find(&tx, viewer, topic).await?;
            // The author of a merged topic asks about what was decided for all of them.
            let row = match own.canonical_id {
                Some(canonical) => topics::locked(&tx, canonical).await?.ok_or_else(|| ApiError::broken("a canonical topic"))?,
                None => own.clone(),
            };
            judge(&tx, viewer, &own, &row, Move::AskSecondLook).await?;
            let subject = own.author_id.map(TypedId::uuid).or(own.caller_id.map(TypedId::uuid)).ok_or_else(|| ApiError::broken("an author"))?;
            let key = personal::of(&*tx, &cx.app().keys, subject).await?.ok_or_else(ApiError::unauthenticated)?;
            let asked = second_look::Model {
                topic_id: row.id,
                asked_at: cx.now(),
                statement_enc: key.seal(store::SECOND_LOOK, statement)?,
                statement_subject: subject,
                decision: None,
                decided_at: None,
                decided_by: None,
            };
            let asked = store::insert_second_look(&tx, asked).await;
            asked.on_rule("second_looks_pkey", || Refuse::Move(No::SecondLookUsed))?.internal("asking for a second look")?;
            let step = Step {
                operation: "requestSecondLook",
                request_id: input.request_id,
                topic: row.id,
                expected_version: None,
                kind: Move::AskSecondLook,
                what: What::SecondLookAsked,
                reason: None,
                // Another author's words are read through the second look, under their own key.
                note: if own.id == row.id { Note::Private(statement.clone()) } else { Note::None },
                tell: None,
            };
            let by = Mover::viewer(viewer, &own, Move::AskSecondLook);
            let event = step::make(&tx, cx, &by, &step, &row, None, topic::ActiveModel::default()).await?;
            if let Some(committee) = row.committee_id {
                for account in crate::organisation::at_desk(&tx, committee, Desk::General, cx.now()).await? {
                    outbox::tell_person(&tx, cx, NoticeKind::SecondLookAsked, event.id.uuid(), row.id.uuid(), account).await?;
                }
            }
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}

pub(super) async fn decide(cx: &Cx, input: DecideSecondLookInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let note = &text::clean(&NOTE, &input.note)?;
    let input = &input;
    let topic = input.topic_id.0;
    let kind = if input.take_up { Move::TakeUp } else { Move::Uphold };
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "decideSecondLook", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            cluster::lock(&tx, topic).await?;
            let row = step::find(&tx, viewer, topic).await?;
            let to = judge(&tx, viewer, &row, &row, kind).await?;
            step::expect(&tx, Some(input.expected_version), &row).await?;
            let decision = if input.take_up { SecondLookDecision::TakenUp } else { SecondLookDecision::Upheld };
            store::decide_second_look(&tx, topic, decision, viewer.account, cx.now()).await?;
            let step = Step {
                operation: "decideSecondLook",
                request_id: input.request_id,
                topic,
                expected_version: None,
                kind,
                what: if input.take_up { What::SecondLookTakenUp } else { What::SecondLookUpheld },
                reason: None,
                note: Note::Private(note.clone()),
                tell: Some((NoticeKind::SecondLookDecided, Audience::Author)),
            };
            let changes = if input.take_up {
                // What was taken down stays so.
                let since = row.taken_down_at.is_none().then(|| cx.now());
                topic::ActiveModel { public_since: Set(since), reason: Set(None), redirected_to: Set(None), ..Default::default() }
            } else {
                topic::ActiveModel::default()
            };
            step::make(&tx, cx, &Mover::viewer(viewer, &row, kind), &step, &row, to, changes).await?;
            if input.take_up {
                cluster::show_merged(&tx, topic, Some(cx.now())).await?;
            }
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}

/// `own` is the topic the viewer speaks of, `row` the one that was decided about.
async fn judge(tx: &WriteTx, viewer: &Viewer, own: &topic::Model, row: &topic::Model, kind: Move) -> Result<Option<topic::TopicState>, Stop<Refuse>> {
    let asked = store::second_look_of(&**tx, &[row.id]).await?.remove(&row.id);
    let second_look = match asked.map(|look| look.decision) {
        None => SecondLook::NotAsked,
        Some(None) => SecondLook::Open,
        Some(Some(_)) => SecondLook::Decided,
    };
    // The second look is another person's than the first.
    let first = topics::last_of_kind(tx, row.id, &[What::Rejected, What::Redirected]).await?;
    let looked_first = first.and_then(|event| event.account_id) == Some(viewer.account);
    let standing = moves::Standing { second_look, looked_first, ..step::standing(viewer, own) };
    let (state, _) = topics::stands(tx, own).await?;
    step::verdict(tx, own, moves::judge(kind, state, standing)).await
}
