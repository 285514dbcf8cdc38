use super::store;
use crate::consultations::items::{self, Running};
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, add, look};
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, facts, finish};
use crate::handovers;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use chrono::{Days, NaiveDate};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{
    AgreedItemId, ConsultationId, MinutesId, OrganisationId, Timestamp, TypedId, agreed_item, consultation_minutes, minutes_item,
};
use uuid::Uuid;

/// A draft of the minutes.
#[derive(InputObject)]
pub struct DraftMinutesInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation.
    pub consultation_id: Gid<ConsultationId>,
    /// The last draft that was seen; null where there is none. Another one is `DRAFT_REPLACED`.
    pub after_id: Option<Gid<MinutesId>>,
    /// What was talked over, at most 5000 characters; for the internal side and those who were there.
    pub text: String,
    /// What was agreed on; at most 50. Of a later version: what is new, corrected or superseded; what is left out stays as it is.
    #[graphql(default)]
    pub items: Vec<MinutesItemInput>,
}

/// Something that was agreed on.
#[derive(InputObject)]
pub struct MinutesItemInput {
    /// An item that there is already; left out: a new one.
    pub item_id: Option<Gid<AgreedItemId>>,
    /// What is to be done, at most 300 characters; public.
    pub task: String,
    /// Who does it: an open unit of the committee. Needed to publish. Of an item that its unit has accepted, it stays.
    pub unit_id: Option<Gid<OrganisationId>>,
    /// Until the end of which day (Asia/Shanghai); in the future. Needed to publish.
    pub due_on: Option<NaiveDate>,
    /// The item is not to be done any more: its place is taken by others.
    #[graphql(default)]
    pub superseded: bool,
}

const TEXT: Rule = Rule { field: "text", name: ("纪要", "The minutes"), most: 5000 };
const TASK: Rule = Rule { field: "items", name: ("议定事项", "The task"), most: 300 };
const MOST: usize = 50;

pub(in crate::consultations) async fn draft(cx: &Cx, input: DraftMinutesInput) -> Result<ConsultationResult, ApiError> {
    run(cx, input, "draftMinutes", Move::DraftMinutes).await
}

pub(in crate::consultations) async fn amend(cx: &Cx, input: DraftMinutesInput) -> Result<ConsultationResult, ApiError> {
    run(cx, input, "amendMinutes", Move::AmendMinutes).await
}

/// One item as it was typed, cleaned.
struct Clean {
    item: Option<AgreedItemId>,
    task: String,
    unit: Option<OrganisationId>,
    due: Option<Timestamp>,
    superseded: bool,
}

async fn run(cx: &Cx, input: DraftMinutesInput, operation: &'static str, kind: Move) -> Result<ConsultationResult, ApiError> {
    let text = text::clean(&TEXT, &input.text)?;
    let consultation = input.consultation_id.0;
    let what = ConsultationEventKind::MinutesAmended;
    let step = Step { operation, request_id: input.request_id, consultation, expected_version: None, kind, what };
    let Some(seen) = look(cx, &input, &step).await? else { return finish(cx, Ok((consultation, true))).await };
    let clean = &clean(cx, &seen, &input.items).await?;
    let (text, after) = (text.as_str(), input.after_id.map(|id| id.0));
    add(cx, &input, &step, |tx, row, role| async move {
        let before = store::drafts(&*tx, &[row.id]).await?.remove(&row.id);
        if before.as_ref().map(|draft| draft.row.id) != after {
            return Err(Stop::Refused(Refuse::Because(Reason::DraftReplaced)));
        }
        let id: MinutesId = cx.new_id();
        let items = merged(&tx, cx, &row, id, clean).await?;
        let minutes = consultation_minutes::Model {
            id,
            consultation_id: row.id,
            number: before.map_or(1, |draft| draft.row.number + 1),
            text: text.to_owned(),
            at: cx.now(),
            role,
            account_id: cx.account()?,
            published_at: None,
        };
        store::insert(&tx, minutes, items).await?;
        let known = facts::of(&*tx, cx.now(), std::slice::from_ref(&row)).await?.remove(&row.id).unwrap_or_default();
        let mut leads = known.convenors;
        leads.sort_unstable();
        leads.dedup();
        for account in leads {
            outbox::tell_person(&tx, cx, NoticeKind::MinutesToSign, id.uuid(), row.id.uuid(), account).await?;
        }
        Ok(())
    })
    .await
}

async fn clean(cx: &Cx, row: &consultation::Model, given: &[MinutesItemInput]) -> Result<Vec<Clean>, ApiError> {
    if given.len() > MOST {
        return Err(ApiError::bad_input("items", say(format!("议定事项最多{MOST}条。"), format!("There are {MOST} items at most."))));
    }
    let today = local_day(cx.now());
    let mut clean = Vec::with_capacity(given.len());
    for item in given {
        if let Some(unit) = item.unit_id {
            let found = crate::organisation::find_organisation(cx, unit.0).await?;
            if !found.is_some_and(|unit| handovers::is_unit(&unit, &[row.committee_id])) {
                let text = say("请选择本委员会的承办单位或参加单位。", "Please choose an open unit of the committee.");
                return Err(ApiError::bad_input("items", text));
            }
        }
        let ahead = |day: &NaiveDate| *day >= today && *day <= today.checked_add_days(Days::new(3660)).unwrap_or(today);
        if item.item_id.is_none() && item.due_on.is_some_and(|day| !ahead(&day)) {
            return Err(ApiError::bad_input("items", say("完成日期请选择今天以后、十年以内。", "An item is due from today on, within ten years.")));
        }
        if item.superseded && item.item_id.is_none() {
            return Err(ApiError::bad_input("items", say("新的议定事项不能标为被取代。", "A new item is not superseded.")));
        }
        clean.push(Clean {
            item: item.item_id.map(|id| id.0),
            task: text::mask_numbers(&text::clean(&TASK, &item.task)?),
            unit: item.unit_id.map(|id| id.0),
            due: item.due_on.and_then(|day| day.succ_opt()).map(day_begins),
            superseded: item.superseded,
        });
    }
    Ok(clean)
}

/// The whole list: what there is already with its changes, by number, then what is new.
async fn merged(tx: &WriteTx, cx: &Cx, row: &consultation::Model, id: MinutesId, given: &[Clean]) -> Result<Vec<minutes_item::Model>, ApiError> {
    let running = items::store::of_write(tx, row.id).await?;
    if given.iter().filter_map(|one| one.item).any(|item| !running.iter().any(|known| known.id == item)) {
        return Err(ApiError::not_found("这个议定事项", "This item"));
    }
    let mut all = Vec::new();
    for known in &running {
        let changed = given.iter().find(|one| one.item == Some(known.id));
        all.push(match changed {
            Some(one) => corrected(known, one, cx.now())?,
            None => (
                Some(known.id),
                known.task.clone(),
                Some(known.unit_id),
                Some(known.due_at),
                known.state == agreed_item::AgreedItemState::Superseded,
                false,
            ),
        });
    }
    all.extend(given.iter().filter(|one| one.item.is_none()).map(|one| (None, one.task.clone(), one.unit, one.due, false, true)));
    let rows = all.into_iter().zip(1..).map(|((item_id, task, unit_id, due_at, superseded, touched), number)| minutes_item::Model {
        minutes_id: id,
        number,
        item_id,
        task,
        unit_id,
        due_at,
        superseded,
        touched,
    });
    Ok(rows.collect())
}

type Line = (Option<AgreedItemId>, String, Option<OrganisationId>, Option<Timestamp>, bool, bool);

/// An item with its correction, as far as it can still be corrected.
fn corrected(known: &agreed_item::Model, one: &Clean, now: Timestamp) -> Result<Line, ApiError> {
    let unit = one.unit.unwrap_or(known.unit_id);
    let due = one.due.unwrap_or(known.due_at);
    let changes = one.superseded || one.task != known.task || unit != known.unit_id || due != known.due_at;
    let ahead = due > now && due < now.plus_seconds(3660 * 86_400);
    if due != known.due_at && !ahead {
        return Err(ApiError::bad_input("items", say("完成日期请选择今天以后、十年以内。", "An item is due from today on, within ten years.")));
    }
    match items::running(known) {
        Running::Ended if changes => {
            let text = say("已办结的议定事项不再更正，如有新情况请新增一条。", "What has ended is not corrected any more; please add a new item.");
            Err(ApiError::bad_input("items", text))
        }
        Running::WithUnit if unit != known.unit_id => {
            let text =
                say("承办单位已接收这项任务，更换单位请先由其退回。", "Its unit has accepted it; another one can be named once it returns it.");
            Err(ApiError::bad_input("items", text))
        }
        _ => Ok((Some(known.id), one.task.clone(), Some(unit), Some(due), one.superseded, changes)),
    }
}
