//! How many consultations there were to be, are planned, and were held: from facts alone.
use super::programme::Programme;
use super::programme::store as programmes;
use super::stage::store as stages;
use super::{plan, sitting};
use crate::kernel::clock::local_day;
use crate::kernel::{ApiError, Cx, say};
use async_graphql::SimpleObject;
use chrono::Datelike;
use shangyi_entities::consultation;
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::programme_version::{ProgrammeLevel, QuotaPeriod};
use std::collections::HashMap;

/// One programme in a year.
#[derive(SimpleObject)]
pub struct QuotaLine {
    /// The programme.
    pub programme: Programme,
    /// At which level its consultations are held.
    pub level: ProgrammeLevel,
    /// How many there are to be in the year; null where no number is set. Of a township programme: its number for each township of the
    /// division.
    pub due: Option<i64>,
    /// How many stand in the approved plan.
    pub planned: i64,
    /// How many were held and minuted, with enough stakeholders.
    pub held: i64,
    /// How many were held and minuted, but with too few stakeholders: these do not count.
    pub not_counted: i64,
}

/// Planned, held and due of a year.
#[derive(SimpleObject)]
pub struct QuotaBoard {
    /// The year, in Asia/Shanghai.
    pub year: i64,
    /// The programmes of the committee, the oldest first; at a township those of townships alone.
    pub lines: Vec<QuotaLine>,
}

/// The board of the committee that covers a division; public.
pub(super) async fn board(cx: &Cx, year: i64, division: &str) -> Result<QuotaBoard, ApiError> {
    if !(2000..=2200).contains(&year) {
        return Err(ApiError::bad_input("year", say("年份请填2000到2200。", "Please say a year from 2000 to 2200.")));
    }
    crate::organisation::require_division(cx, "divisionCode", division).await?;
    let Some(committee) = crate::organisation::committee_covering(cx, division).await? else { return Ok(QuotaBoard { year, lines: Vec::new() }) };
    let own = crate::organisation::find_organisation(cx, committee).await?.and_then(|found| found.0.division_code);
    let whole = own.as_deref() == Some(division);
    let programmes = programmes::of_committee(cx, committee).await?;
    let ids: Vec<_> = programmes.iter().map(|row| row.id).collect();
    let versions = programmes::versions_of(cx, &ids).await?;
    let townships = crate::organisation::townships_in(cx, division).await?;
    let planned = plan::store::approved_in(cx, committee, year, division).await?;
    let minuted = stages::minuted_in(cx, committee, division).await?;
    let held_in = year_held(cx, &minuted).await?;
    let mut lines = Vec::new();
    for row in programmes {
        let Some(version) = versions.get(&row.id).and_then(|all| all.iter().find(|one| one.row.number == row.number)) else { continue };
        let level = version.row.level;
        // What is held for the whole committee is no township's quota.
        if level != ProgrammeLevel::Township && !whole {
            continue;
        }
        let of_year = |one: &&consultation::Model| one.programme_id == row.id && held_in.get(&one.id) == Some(&year);
        let count = |met: bool| i64::try_from(minuted.iter().filter(of_year).filter(|one| one.share_met == Some(met)).count()).unwrap_or(i64::MAX);
        let times = if version.row.quota_period == Some(QuotaPeriod::Quarter) { 4 } else { 1 };
        let places = if level == ProgrammeLevel::Township { townships } else { 1 };
        lines.push(QuotaLine {
            level,
            due: version.row.quota.map(|quota| quota * times * places),
            planned: planned.get(&row.id).copied().unwrap_or_default(),
            held: count(true),
            not_counted: count(false),
            programme: Programme(row),
        });
    }
    Ok(QuotaBoard { year, lines })
}

/// The year in which the first sitting of each was held.
async fn year_held(cx: &Cx, rows: &[consultation::Model]) -> Result<HashMap<shangyi_entities::ConsultationId, i64>, ApiError> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let sittings = sitting::store::of_many(cx.read(), &ids).await?;
    let first = |all: &[shangyi_entities::consultation_sitting::Model]| {
        all.iter().filter(|one| one.state == SittingState::Held).map(|one| one.from_at).min().map(|at| i64::from(local_day(at).year()))
    };
    Ok(sittings.into_iter().filter_map(|(id, all)| Some((id, first(&all)?))).collect())
}
