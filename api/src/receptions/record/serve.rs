use super::{ANSWER, SUMMARY, store};
use crate::handovers;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, personal, say};
use crate::notices::outbox;
use crate::receptions::booking::BookingResult;
use crate::receptions::booking::moves::Move;
use crate::receptions::booking::refusal::{BookingRefusalReason as Reason, Refuse};
use crate::receptions::booking::step::{Made, Step, take};
use crate::receptions::booking::tell::{self, Told};
use crate::receptions::loaders::subject_of;
use async_graphql::InputObject;
use shangyi_entities::booking::MatterCategory;
use shangyi_entities::booking_event::BookingEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_record::{self, ReceptionRecordState};
use shangyi_entities::{BookingId, OrganisationId, TypedId};
use uuid::Uuid;

/// A unit that is to handle it.
#[derive(InputObject)]
pub struct RecordHandOverInput {
    /// The unit: an open handling or participating unit of the committee.
    pub unit_id: Gid<OrganisationId>,
    /// What the desk asks of it, at most 1000 characters. Between the two of them, and not sealed like what was said: without the
    /// person's name, since it stays when they erase themself.
    pub task: Option<String>,
}

/// What came of a visit: answered on the spot, or handed over. Exactly one of the two.
#[derive(InputObject)]
pub struct RecordReceptionInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A visit that is there (`CHECKED_IN`).
    pub booking_id: Gid<BookingId>,
    /// The version of the booking that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// What the matter was about.
    pub class: MatterCategory,
    /// What was said, at most 1000 characters; under the person's key.
    pub summary: String,
    /// What was answered on the spot, at most 1000 characters.
    pub answer: Option<String>,
    /// To which unit it goes; it replies within 3 working days. For the desk of the day.
    pub hand_over: Option<RecordHandOverInput>,
}

const SAID: Rule = Rule { field: "summary", name: ("接待内容", "The summary"), most: 1000 };
pub(super) const ANSWERED: Rule = Rule { field: "answer", name: ("答复", "The answer"), most: 1000 };

/// What was said and what comes of it, cleaned.
struct Words<'a> {
    class: MatterCategory,
    summary: &'a str,
    answer: Option<&'a str>,
    to_unit: Option<(OrganisationId, &'a str)>,
}

pub(in crate::receptions) async fn run(cx: &Cx, input: RecordReceptionInput) -> Result<BookingResult, ApiError> {
    if input.answer.is_some() == input.hand_over.is_some() {
        return Err(ApiError::bad_input(
            "answer",
            say("请填写当场答复，或选择转办单位，二者选一。", "Please give either an answer or a unit, one of the two."),
        ));
    }
    let summary = text::clean(&SAID, &input.summary)?;
    let answer = input.answer.as_deref().map(|answer| text::clean(&ANSWERED, answer)).transpose()?;
    let task = match &input.hand_over {
        Some(given) => Some((given.unit_id.0, handovers::task(given.task.as_deref())?)),
        None => None,
    };
    let words = &Words {
        class: input.class,
        summary: &summary,
        answer: answer.as_deref(),
        to_unit: task.as_ref().map(|(unit, task)| (*unit, task.as_str())),
    };
    let step = Step {
        operation: "recordReception",
        request_id: input.request_id,
        booking: input.booking_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Serve,
        what: BookingEventKind::Served,
    };
    take(cx, &input, &step, |tx, made| async move { write(&tx, cx, words, &made).await }).await
}

async fn write(tx: &WriteTx, cx: &Cx, words: &Words<'_>, made: &Made) -> Result<(), Stop<Refuse>> {
    let viewer = cx.viewer().await?;
    let key = match subject_of(&made.row) {
        Some(subject) => personal::of(&**tx, &cx.app().keys, subject).await?,
        None => None,
    };
    let seal = |place: &str, text: Option<&str>| key.as_ref().map(|key| key.seal_optional(place, text)).transpose().map(Option::flatten);
    let row = reception_record::Model {
        id: cx.new_id(),
        booking_id: made.row.id,
        day_id: made.row.day_id,
        committee_id: made.scene.committee_id,
        division_code: made.scene.division_code.clone(),
        class: words.class,
        state: if words.answer.is_some() { ReceptionRecordState::Answered } else { ReceptionRecordState::HandedOver },
        version: 1,
        summary_enc: seal(SUMMARY, Some(words.summary))?,
        answer_enc: seal(ANSWER, words.answer)?,
        recorded_by: viewer.account,
        at: cx.now(),
        changed_at: cx.now(),
    };
    store::insert(tx, row.clone()).await?;
    let Some((unit, task)) = words.to_unit else {
        // Answered on the spot: they know what, and are asked what they think of it.
        if let Some(account) = made.row.account_id {
            outbox::tell_person(tx, cx, NoticeKind::ReceptionAnswered, row.id.uuid(), made.row.id.uuid(), account).await?;
        }
        return Ok(());
    };
    if viewer.desk_of(row.committee_id, &row.division_code).is_none() {
        let text = say(
            "转办由负责这个地区的联络员办理，请先记录答复或请联络员录入。",
            "Handing over is for the liaison officer of the area; please record an answer, or ask them to enter it.",
        );
        return Err(ApiError::forbidden(text).into());
    }
    if !handovers::with_record(tx, cx, viewer, &row, unit, task).await? {
        return Err(Stop::Refused(Refuse::Because(Reason::NotAUnitHere)));
    }
    let told = [Told { row: &made.row, event: row.id.uuid() }];
    Ok(tell::people(tx, cx, NoticeKind::ReceptionHandedOver, &told).await?)
}
