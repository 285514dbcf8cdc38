use super::super::handed::plainly;
use super::super::moves::{self, Move, No};
use super::super::refusal::{Refuse, TopicResult, finish};
use super::super::step::{self, Mover, Note, Step};
use super::super::store as topics;
use super::store;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, personal, replay, say};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic::{self, TopicState};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicAnswerId, TopicId, TypedId, topic_confirmation};
use std::collections::HashSet;
use uuid::Uuid;

/// What an author says to the answer.
#[derive(InputObject)]
pub struct ConfirmAnswerInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic the author raised; one that is merged into another one too: the answer is that one's.
    pub topic_id: Gid<TopicId>,
    /// Whether the answer was kept.
    pub kept: bool,
    /// Why it was not: needed then, at most 300 characters. Read by the desk; public when the matter is settled.
    pub reason: Option<String>,
}

const REASON: Rule = Rule { field: "reason", name: ("未落实的情况", "What was not kept"), most: 300 };

pub(super) async fn run(cx: &Cx, input: ConfirmAnswerInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let reason = text::clean_optional(&REASON, input.reason.as_deref())?.map(|reason| text::mask_numbers(&reason));
    if !input.kept && reason.is_none() {
        return Err(ApiError::bad_input(
            "reason",
            say("请说明哪里没有落实，以便重新办理。", "Please say what was not kept, so that it can be taken up again."),
        ));
    }
    let (input, reason) = (&input, reason.as_deref());
    let topic = input.topic_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "confirmAnswer", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            let own = step::find(&tx, viewer, topic).await?;
            // From the merged topic to the canonical one: the order in which both are locked everywhere.
            let head = match own.canonical_id {
                Some(canonical) => topics::locked(&tx, canonical).await?.ok_or_else(|| ApiError::broken("a canonical topic"))?,
                None => own.clone(),
            };
            let kind = if input.kept { Move::Confirm } else { Move::Dispute };
            let standing = moves::Standing { reopened: head.reopened, ..step::standing(viewer, &own) };
            // Whoever has withdrawn their topic is not of those who asked any more.
            let state = if own.state == TopicState::Withdrawn { own.state } else { head.state };
            let to = step::verdict(&tx, &own, moves::judge(kind, state, standing)).await?;
            let Some((answer, _)) = topics::last_answer(&tx, head.id).await? else { return Err(Stop::Refused(Refuse::Move(No::NotNow))) };
            say_so(&tx, cx, &own, answer, input.kept, reason).await?;
            if input.kept && !waiting(&tx, cx, head.id, answer).await?.is_empty() {
                // The others are still to be heard.
                return Ok((topic, false));
            }
            let by = Mover::viewer(viewer, &own, kind);
            let changes = topic::ActiveModel { ask_at: Set(None), reopened: Set(head.reopened + i64::from(!input.kept)), ..Default::default() };
            step::make(&tx, cx, &by, &moved(input, &head, kind, reason), &head, to, changes).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}

fn moved(input: &ConfirmAnswerInput, head: &topic::Model, kind: Move, reason: Option<&str>) -> Step {
    let disputed = kind == Move::Dispute;
    Step {
        operation: "confirmAnswer",
        request_id: input.request_id,
        topic: head.id,
        expected_version: None,
        kind,
        what: if disputed { TopicEventKind::Reopened } else { TopicEventKind::Confirmed },
        reason: None,
        // What another author says is read through the confirmation, under their own key.
        note: match reason.filter(|_| disputed && head.id == input.topic_id.0) {
            Some(reason) => Note::Private(reason.to_owned()),
            None => Note::None,
        },
        tell: disputed.then_some((NoticeKind::TopicReopened, Audience::Everyone)),
    }
}

async fn say_so(tx: &WriteTx, cx: &Cx, own: &topic::Model, answer: TopicAnswerId, kept: bool, reason: Option<&str>) -> Result<(), Stop<Refuse>> {
    let subject = own.author_id.map(TypedId::uuid).or(own.caller_id.map(TypedId::uuid));
    let key = match subject.filter(|_| reason.is_some()) {
        Some(subject) => personal::of(&**tx, &cx.app().keys, subject).await?,
        None => None,
    };
    let statement_enc = key.as_ref().map(|key| key.seal_optional(store::STATEMENT, reason)).transpose()?.flatten();
    let row = topic_confirmation::Model {
        id: cx.new_id(),
        answer_id: answer,
        topic_id: own.id,
        kept,
        statement_subject: subject.filter(|_| statement_enc.is_some()),
        statement_enc,
        entered_by: own.caller_id.and(cx.account_if_any()),
        at: cx.now(),
    };
    let said = store::insert_confirmation(tx, row).await;
    said.on_rule("confirmed_once", || Refuse::Move(No::ConfirmedAlready))?.internal("confirming an answer")?;
    Ok(())
}

/// The topics of the cluster whose authors have not said yet that the answer was kept. Whoever has withdrawn their topic or
/// erased themself, and whoever is unknown here, is not waited for.
pub(super) async fn waiting(tx: &WriteTx, cx: &Cx, head: TopicId, answer: TopicAnswerId) -> Result<Vec<store::Raised>, ApiError> {
    let raised = store::raised_with(tx, head).await?;
    let said: HashSet<TopicId> = store::confirmed_by(tx, answer).await?.into_iter().collect();
    let heard: HashSet<Uuid> = raised.iter().filter(|one| said.contains(&one.topic)).filter_map(store::Raised::person).collect();
    let people: Vec<Uuid> = raised.iter().filter_map(store::Raised::person).filter(|person| !heard.contains(person)).collect();
    // Erasure has destroyed a person's key.
    let still_here = personal::of_many(&**tx, &cx.app().keys, &people).await?;
    let waits = |one: &store::Raised| one.state != TopicState::Withdrawn && one.person().is_some_and(|person| still_here.contains_key(&person));
    Ok(raised.into_iter().filter(waits).collect())
}

/// The matter is confirmed by itself, where everyone still of its cluster has said yes already.
pub(in super::super) async fn confirm_if_all_agree(tx: &WriteTx, cx: &Cx, canonical: TopicId) -> Result<(), ApiError> {
    let Some(head) = topics::locked(tx, canonical).await?.filter(|head| head.state == TopicState::Answered) else { return Ok(()) };
    let Some((answer, _)) = topics::last_answer(tx, canonical).await? else { return Ok(()) };
    let said: Vec<TopicId> = store::confirmed_by(tx, answer).await?;
    let of_cluster = store::raised_with(tx, canonical).await?.into_iter().any(|one| said.contains(&one.topic));
    if !of_cluster || !waiting(tx, cx, canonical, answer).await?.is_empty() {
        return Ok(());
    }
    let step = Step {
        operation: "confirmAnswer",
        request_id: Uuid::nil(),
        topic: canonical,
        expected_version: None,
        kind: Move::Confirm,
        what: TopicEventKind::Confirmed,
        reason: None,
        note: Note::None,
        tell: None,
    };
    let changes = topic::ActiveModel { ask_at: Set(None), ..Default::default() };
    plainly(step::make(tx, cx, &Mover::itself(), &step, &head, Some(TopicState::Confirmed), changes).await).map(|_| ())
}
