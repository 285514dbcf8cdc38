use super::super::handed::plainly;
use super::super::moves::{self, Move};
use super::super::refusal::{Refuse, TopicResult, finish};
use super::super::step::{self, Mover, Note, Step, take};
use super::super::store as topics;
use super::{store, write_answer};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, replay, say};
use crate::notices::outbox::Audience;
use async_graphql::InputObject;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic_adoption::{self, AdoptedAs};
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{Timestamp, TopicAdoptionId, TopicId, topic};
use uuid::Uuid;

/// What a topic becomes.
#[derive(InputObject)]
pub struct AdoptTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic; one that is adopted already becomes one thing more.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// A consultation, or something inside the committee; of the latter the public learns no more than that.
    pub r#as: AdoptedAs,
    /// What it is called where it is kept, for example its number; at most 100 characters.
    pub reference: Option<String>,
    /// What it became, at most 300 characters; public with a consultation, else for the internal side alone.
    pub text: String,
}

/// What came of one thing a topic became.
#[derive(InputObject)]
pub struct RecordOutcomeInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// What it became.
    pub adoption_id: Gid<TopicAdoptionId>,
    /// What came of it, at most 2000 characters. Public: when everything the topic became has ended, these are its answer.
    pub result: String,
}

const REFERENCE: Rule = Rule { field: "reference", name: ("编号", "The reference"), most: 100 };
const TEXT: Rule = Rule { field: "text", name: ("采用说明", "The text"), most: 300 };
const RESULT: Rule = Rule { field: "result", name: ("办理结果", "The result"), most: 2000 };

pub(super) async fn run(cx: &Cx, input: AdoptTopicInput) -> Result<TopicResult, ApiError> {
    let (reference, body) = (text::clean_optional(&REFERENCE, input.reference.as_deref())?, text::clean(&TEXT, &input.text)?);
    let (what, account) = (input.r#as, cx.account()?);
    // That it became one thing more inside is nobody's outside: they know it is taken up there. (The version guards what was read.)
    let before = store::adoptions_of(cx.read(), &[input.topic_id.0]).await?.remove(&input.topic_id.0).unwrap_or_default();
    let known = input.r#as == AdoptedAs::Inside && before.iter().any(|one| one.what == AdoptedAs::Inside);
    let step = Step {
        operation: "adoptTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Adopt,
        what: TopicEventKind::Adopted,
        reason: None,
        note: Note::None,
        tell: (!known).then_some((NoticeKind::TopicAdopted, Audience::Everyone)),
    };
    let (reference, body) = (&reference, &body);
    take(
        cx,
        &input,
        &step,
        |_| Ok(topic::ActiveModel::default()),
        |tx, row| async move {
            let adoption = topic_adoption::Model {
                id: cx.new_id(),
                topic_id: row.id,
                what,
                reference: reference.clone(),
                body: body.clone(),
                at: cx.now(),
                adopted_by: account,
                result: None,
                ended_at: None,
                ended_by: None,
                consultation_id: None,
            };
            Ok(store::insert_adoption(&tx, adoption).await?)
        },
    )
    .await
}

/// Records what came of one thing; when nothing is open any more, the topic is answered by itself.
pub(super) async fn record_outcome(cx: &Cx, input: RecordOutcomeInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let result = &text::clean(&RESULT, &input.result)?;
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let adoption = store::adoption(&tx, input.adoption_id.0).await?.ok_or_else(not_found)?;
            let topic = adoption.topic_id;
            if replay::remember(&tx, cx, "recordOutcome", input.request_id, input, Some(Gid(topic).to_string())).await?.is_some() {
                return Ok((topic, true));
            }
            let row = topics::for_update(&tx, viewer, topic).await?.ok_or_else(not_found)?;
            let standing = step::standing(viewer, &row);
            // Whoever is not of the desk may not know what a topic became inside.
            if !standing.desk {
                return Err(not_found().into());
            }
            step::verdict(&tx, &row, moves::judge(Move::RecordOutcome, row.state, standing)).await?;
            if adoption.consultation_id.is_some() {
                let text = say(
                    "这项协商的结果由协商本身得出，无需在此填写。",
                    "What comes of this consultation is told by the consultation itself; nothing is to be entered here.",
                );
                return Err(ApiError::bad_input("adoptionId", text).into());
            }
            if !store::end_adoption(&tx, adoption.id, result, viewer.account, cx.now()).await? {
                return Err(step::changed(&tx, &row).await);
            }
            let step = recorded(topic, input.request_id);
            step::make(&tx, cx, &Mover::viewer(viewer, &row, Move::RecordOutcome), &step, &row, None, topic::ActiveModel::default()).await?;
            conclude(&tx, cx, topic).await?;
            Ok((topic, false))
        })
        .await;
    finish(cx, done).await
}

fn recorded(topic: TopicId, request_id: Uuid) -> Step {
    Step {
        operation: "recordOutcome",
        request_id,
        topic,
        expected_version: None,
        kind: Move::RecordOutcome,
        what: TopicEventKind::OutcomeRecorded,
        reason: None,
        note: Note::None,
        tell: None,
    }
}

/// The topic is answered with the results, once everything it became has ended.
pub(in super::super) async fn conclude(tx: &WriteTx, cx: &Cx, topic: TopicId) -> Result<(), Stop<Refuse>> {
    let adoptions = store::adoptions_of(&**tx, &[topic]).await?.remove(&topic).unwrap_or_default();
    // What was answered before a reopening is said already.
    let said = topics::last_answer(tx, topic).await?.map_or(Timestamp(0), |(_, at)| at);
    let results: Option<Vec<String>> = adoptions.into_iter().filter(|one| one.at > said).map(|one| one.result).collect();
    let Some(results) = results else { return Ok(()) };
    let Some(row) = topics::locked(tx, topic).await? else { return Ok(()) };
    let Some(to) = moves::by_itself(Move::Conclude, row.state, row.reopened) else { return Ok(()) };
    let text = results.join("\n\n");
    let step = Step {
        operation: "concludeTopic",
        request_id: Uuid::nil(),
        topic,
        expected_version: None,
        kind: Move::Conclude,
        what: TopicEventKind::Answered,
        reason: None,
        note: Note::Desk(text.clone()),
        tell: Some((NoticeKind::TopicAnswered, Audience::Everyone)),
    };
    plainly(step::make(tx, cx, &Mover::itself(), &step, &row, Some(to), super::ask_later(cx, to)).await)?;
    Ok(write_answer(tx, cx, &row, &text, None).await?)
}

fn not_found() -> ApiError {
    ApiError::not_found("这项采用", "This adoption")
}
