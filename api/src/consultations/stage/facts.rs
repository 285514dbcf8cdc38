//! What has been done of consultations, as far as moves depend on it: the same for a write and for what is read.
use super::moves::Facts;
use crate::consultations::minutes::store::Draft;
use crate::consultations::{ending, items, minutes, people, sitting};
use crate::kernel::ApiError;
use sea_orm::ConnectionTrait;
use shangyi_entities::consultation::{self, ConsultationState as S};
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::{AccountId, ConsultationId, Timestamp};
use std::collections::HashMap;

/// Days after the report, or a new beginning, from which on nobody's rating is waited for. Source: domain 7.
pub const RATED_WITHOUT_AFTER: i64 = 30;
/// A sitting can be started so many seconds before its time, and the door is open.
pub const OPENS_BEFORE: i64 = 1800;

/// What is known of one consultation.
#[derive(Clone, Debug, Default)]
pub(in crate::consultations) struct Known {
    pub(in crate::consultations) facts: Facts,
    /// Who keep the minutes of its sittings.
    pub(in crate::consultations) secretaries: Vec<AccountId>,
    /// Who led those that were held.
    pub(in crate::consultations) convenors: Vec<AccountId>,
}

/// Whether something of it hangs on sittings, or on what comes after them.
fn is_on(row: &consultation::Model) -> bool {
    !matches!(row.state, S::Proposed | S::Selected | S::Researching | S::Postponed | S::Cancelled)
}

/// Who led has signed, nobody who led objects, and it was drafted after the last sitting began.
fn is_signed(draft: &Draft, held: &[consultation_sitting::Model]) -> bool {
    let led = |objects: bool| draft.signatures.iter().any(|one| one.convenor && one.objects == objects);
    led(false) && !led(true) && held.iter().all(|one| one.changed_at <= draft.row.at)
}

/// What is known of each of those consultations: at most eight statements together, none before anything is announced.
pub(in crate::consultations) async fn of(
    db: &impl ConnectionTrait,
    now: Timestamp,
    rows: &[consultation::Model],
) -> Result<HashMap<ConsultationId, Known>, ApiError> {
    let ids: Vec<ConsultationId> = rows.iter().filter(|row| is_on(row)).map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sittings = sitting::store::of_many(db, &ids).await?;
    let held = |all: &[consultation_sitting::Model]| all.iter().filter(|one| one.state == SittingState::Held).cloned().collect::<Vec<_>>();
    let held_ids: Vec<_> = sittings.values().flat_map(|all| held(all)).map(|one| one.id).collect();
    let attended = people::store::attended(db, &held_ids).await?;
    let drafts = minutes::store::drafts(db, &ids).await?;
    let counts = items::store::counts(db, &ids).await?;
    let rounds: Vec<_> = rows.iter().filter(|row| row.reported_at.is_some() || row.minuted_at.is_some()).map(|row| (row.id, row.round)).collect();
    let outside = ending::store::rated_from_outside(db, &rounds).await?;
    let mut found = HashMap::new();
    for row in rows.iter().filter(|row| is_on(row)) {
        let sittings = sittings.remove(&row.id).unwrap_or_default();
        let held = held(&sittings);
        let next = sittings.iter().find(|one| one.state == SittingState::Announced);
        let convenors: Vec<AccountId> = held.iter().map(|one| one.convenor_account_id).collect();
        let draft = drafts.get(&row.id).filter(|draft| draft.row.published_at.is_none());
        let (all, open) = counts.get(&row.id).copied().unwrap_or_default();
        let long_ago = row.rating_since.is_some_and(|at| at.plus_seconds(RATED_WITHOUT_AFTER * 86_400) <= now);
        let facts = Facts {
            begins: next.is_some_and(|one| one.from_at.plus_seconds(-OPENS_BEFORE) <= now),
            attended: !held.is_empty() && held.iter().all(|one| attended.contains(&one.id)),
            drafted: draft.is_some(),
            items_whole: draft.is_some_and(|draft| draft.items.iter().all(|item| item.unit_id.is_some() && item.due_at.is_some())),
            signed: draft.is_some_and(|draft| is_signed(draft, &held)),
            tracked: all > 0,
            open: open > 0,
            rated: outside.contains(&row.id) || long_ago,
        };
        let live = sittings.iter().filter(|one| one.state != SittingState::GivenBack);
        found.insert(row.id, Known { facts, secretaries: live.map(|one| one.secretary_account_id).collect(), convenors });
    }
    Ok(found)
}
