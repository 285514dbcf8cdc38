//! What published minutes do to items: new ones are added, those of before corrected or superseded; with the report they are given.
use super::moves::{self, Move};
use super::step::{event, write};
use super::store;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, Refuse};
use crate::handovers;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
use shangyi_entities::agreed_item::{self, AgreedItemState as S};
use shangyi_entities::agreed_item_event::AgreedItemEventKind as What;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{ConsultationId, consultation, minutes_item};

/// How far an item has come, for corrections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::consultations) enum Running {
    /// It has ended, or its unit says so.
    Ended,
    /// Its unit works on it.
    WithUnit,
    /// It waits for its unit, or for another one.
    Waits,
}

/// How far an item has come.
pub(in crate::consultations) fn running(item: &agreed_item::Model) -> Running {
    match item.state {
        S::Done | S::Confirmed | S::ClosedUnconfirmed | S::Superseded => Running::Ended,
        S::Cannot if item.ended_at.is_some() => Running::Ended,
        S::Accepted | S::InProgress | S::Disputed => Running::WithUnit,
        S::Open | S::Returned | S::Cannot => Running::Waits,
    }
}

/// Whether something was agreed on.
pub(in crate::consultations) async fn any(tx: &WriteTx, id: ConsultationId) -> Result<bool, ApiError> {
    store::any(tx, id).await
}

/// Puts the items of published minutes in force; whether anything differs from before.
pub(in crate::consultations) async fn put(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    lines: &[minutes_item::Model],
    role: &str,
) -> Result<bool, Stop<Refuse>> {
    let known = store::of_write(tx, row.id).await?;
    let (mut number, mut differs) = (known.iter().map(|item| item.number).max().unwrap_or(0), false);
    for line in lines {
        let (Some(unit), Some(due)) = (line.unit_id, line.due_at) else {
            return Err(ApiError::broken("an item without a unit was published").into());
        };
        match line.item_id.and_then(|id| known.iter().find(|item| item.id == id)) {
            Some(item) => differs |= correct(tx, cx, item, line, role).await?,
            None => {
                number += 1;
                differs = true;
                let item = agreed_item::Model {
                    id: cx.new_id(),
                    consultation_id: row.id,
                    committee_id: row.committee_id,
                    division_code: row.division_code.clone(),
                    number,
                    task: line.task.clone(),
                    unit_id: unit,
                    due_at: due,
                    state: S::Open,
                    version: 1,
                    opened_at: cx.now(),
                    given_at: None,
                    round: 1,
                    done_at: None,
                    evidence: None,
                    ended_at: None,
                    changed_at: cx.now(),
                };
                let first = event(cx, None, &item, (What::Agreed, role, None));
                store::insert(tx, item).await?;
                store::insert_event(tx, first).await?;
            }
        }
    }
    Ok(differs)
}

/// Corrects or supersedes an item; whether anything changed. Its clock runs on unless its date changed. What is left as it was follows the
/// item; what the draft changes and cannot be changed any more is drafted anew.
async fn correct(tx: &WriteTx, cx: &Cx, item: &agreed_item::Model, line: &minutes_item::Model, role: &str) -> Result<bool, Stop<Refuse>> {
    if !line.touched {
        return Ok(false);
    }
    let outdated = || Stop::Refused(Refuse::Because(Reason::DraftOutdated));
    let (unit, due) = (line.unit_id.unwrap_or(item.unit_id), line.due_at.unwrap_or(item.due_at));
    let same = !line.superseded && line.task == item.task && unit == item.unit_id && due == item.due_at;
    if same {
        return Ok(false);
    }
    let taken = unit != item.unit_id && running(item) == Running::WithUnit;
    if running(item) == Running::Ended || taken {
        return Err(outdated());
    }
    if line.superseded {
        let to = moves::leads_to(Move::Supersede, item.state).ok_or_else(outdated)?;
        handovers::recall(tx, cx, "publishMinutes", shangyi_entities::TypedId::uuid(item.id), role).await?;
        let is = agreed_item::Model { state: to, ended_at: Some(cx.now()), ..item.clone() };
        write(tx, cx, item, is, (What::Superseded, role, None)).await?;
        return Ok(true);
    }
    let other_unit = unit != item.unit_id;
    let is = agreed_item::Model {
        task: line.task.clone(),
        due_at: due,
        unit_id: if other_unit { unit } else { item.unit_id },
        // Another unit is given it anew.
        state: if other_unit { S::Open } else { item.state },
        given_at: item.given_at.filter(|_| !other_unit),
        ended_at: None,
        ..item.clone()
    };
    if other_unit {
        handovers::recall(tx, cx, "publishMinutes", shangyi_entities::TypedId::uuid(item.id), role).await?;
    } else {
        handovers::item_due(tx, cx, item.id, due).await?;
        handovers::tell_staff(tx, cx, NoticeKind::AgreedItemCorrected, item.unit_id, item.id).await?;
    }
    write(tx, cx, item, is, (What::Corrected, role, None)).await?;
    Ok(true)
}

/// Gives units what has not been given yet.
pub(in crate::consultations) async fn give_all(tx: &WriteTx, cx: &Cx, id: ConsultationId) -> Result<(), ApiError> {
    let viewer = cx.viewer().await?;
    for item in store::of_write(tx, id).await? {
        if item.given_at.is_some() || item.ended_at.is_some() {
            continue;
        }
        let is = agreed_item::Model { given_at: Some(cx.now()), ..item.clone() };
        write(tx, cx, &item, is, (What::Given, "COMMITTEE", None)).await?;
        handovers::give_item(tx, cx, Some(viewer), &item).await?;
    }
    Ok(())
}
