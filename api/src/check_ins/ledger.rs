//! What a studio did in a year, counted from facts alone; as data, and as a table for a spreadsheet.
use super::store;
use crate::app::App;
use crate::kernel::clock::{day_begins, local_day};
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Gid, Locale, say, tickets};
use crate::studios::rights;
use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use shangyi_entities::{Timestamp, TypedId, VenueId, venue};

const KIND: &str = "studio ledger";

/// What a studio did in a month, or in all of a year. Visits that wait for a conflict to be settled are not in it.
#[derive(SimpleObject, Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct LedgerCounts {
    /// Duty slots that members had.
    pub slots: i64,
    /// Those of them in which the member came.
    pub slots_kept: i64,
    /// Visits, walk-ins among them.
    pub visits: i64,
    /// Residents received: as the logs say, and those received on reception days here whose duty has no log. A reception within duty
    /// time counts once.
    pub residents: i64,
    /// Matters heard, as the logs say.
    pub matters: i64,
    /// Reception days held here.
    pub receptions: i64,
}

/// A month of a ledger.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct LedgerMonth {
    /// The month, 1 to 12 (Asia/Shanghai).
    pub month: i32,
    /// What was done in it.
    pub counts: LedgerCounts,
}

/// What a studio did in a year.
#[derive(SimpleObject, Clone, Debug)]
pub struct StudioLedger {
    /// The calendar year (Asia/Shanghai).
    pub year: i32,
    /// Its twelve months.
    pub months: Vec<LedgerMonth>,
    /// All of them together.
    pub total: LedgerCounts,
}

/// Of which studio and year.
#[derive(InputObject)]
pub struct StudioLedgerFileInput {
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// The calendar year; this one when left out.
    pub year: Option<i32>,
}

/// Where a file can be fetched, once.
#[derive(SimpleObject)]
pub struct FileAddress {
    /// The path on this server; whoever has it can fetch the file, so pass it to nobody.
    pub path: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

fn year_of(cx: &Cx, year: Option<i32>) -> Result<i32, ApiError> {
    let year = year.unwrap_or_else(|| local_day(cx.now()).year());
    if (2000..=2200).contains(&year) {
        return Ok(year);
    }
    Err(ApiError::bad_input("year", say("请选择2000到2200之间的年份。", "Please choose a year from 2000 to 2200.")))
}

pub(super) async fn of(cx: &Cx, studio: VenueId, year: Option<i32>) -> Result<StudioLedger, ApiError> {
    let year = year_of(cx, year)?;
    let begins = |month: u32| {
        let first = if month > 12 { NaiveDate::from_ymd_opt(year + 1, 1, 1) } else { NaiveDate::from_ymd_opt(year, month, 1) };
        first.map_or(Timestamp(0), day_begins)
    };
    let spans: Vec<(i32, Timestamp, Timestamp)> = (1..=12_u32).map(|month| (month.cast_signed(), begins(month), begins(month + 1))).collect();
    let (slots, visits) = (store::ledger_slots(cx, studio, &spans).await?, store::ledger_visits(cx, studio, &spans).await?);
    let mut months: Vec<LedgerMonth> = (1..=12).map(|month| LedgerMonth { month, counts: LedgerCounts::default() }).collect();
    for row in slots {
        let counts = &mut months[(row.month - 1).clamp(0, 11) as usize].counts;
        (counts.slots, counts.slots_kept) = (row.slots, row.kept);
    }
    for row in visits {
        let counts = &mut months[(row.month - 1).clamp(0, 11) as usize].counts;
        (counts.visits, counts.residents, counts.matters) = (row.visits, row.residents, row.matters);
    }
    let (begin, end) = (spans[0].1, spans[11].2);
    let logged = store::logged_occasions(cx, studio, begin, end).await?;
    for held in crate::receptions::held_at(cx, studio, begin, end).await? {
        let counts = &mut months[local_day(held.from).month0() as usize].counts;
        counts.receptions += 1;
        if !held.duty.is_some_and(|duty| logged.contains(&duty)) {
            counts.residents += held.served;
        }
    }
    let total = months.iter().fold(LedgerCounts::default(), |sum, month| LedgerCounts {
        slots: sum.slots + month.counts.slots,
        slots_kept: sum.slots_kept + month.counts.slots_kept,
        visits: sum.visits + month.counts.visits,
        residents: sum.residents + month.counts.residents,
        matters: sum.matters + month.counts.matters,
        receptions: sum.receptions + month.counts.receptions,
    });
    Ok(StudioLedger { year, months, total })
}

pub(super) async fn required(cx: &Cx, studio: VenueId, year: Option<i32>) -> Result<StudioLedger, ApiError> {
    let venue = visible(cx, studio).await?;
    of(cx, venue.id, year).await
}

async fn visible(cx: &Cx, studio: VenueId) -> Result<venue::Model, ApiError> {
    let viewer = cx.viewer().await?;
    let venue = crate::studios::require(cx, studio).await?;
    if rights::sees(viewer, &venue) {
        return Ok(venue);
    }
    Err(ApiError::forbidden(say("工作室台账只对本委员会内部开放。", "A studio's ledger is for the internal side of its committee.")))
}

pub(super) async fn file(cx: &Cx, input: StudioLedgerFileInput) -> Result<FileAddress, ApiError> {
    let year = year_of(cx, input.year)?;
    let venue = visible(cx, input.studio_id.0).await?;
    let ticket = tickets::issue(cx, KIND, venue.id.uuid(), &year.to_string()).await?;
    Ok(FileAddress { path: format!("/files/{}", ticket.token), expires_at: ticket.expires_at.utc() })
}

/// A file that an address gave.
pub struct LedgerFile {
    /// What to call it.
    pub name: String,
    /// CSV in UTF-8 with a byte order mark.
    pub bytes: Vec<u8>,
}

/// The file of an address that was given to somebody who may still see it; its address is used up.
pub async fn fetch(app: &App, token: &str) -> Result<Option<LedgerFile>, ApiError> {
    let Some(ticket) = tickets::redeem(app, KIND, token).await? else { return Ok(None) };
    let who = Who::Person { account: ticket.account, session: None };
    let cx = &Cx::new(app.clone(), who, Locale::Zh, None, "file".to_owned());
    let venue = visible(cx, VenueId(ticket.subject)).await?;
    let ledger = of(cx, venue.id, ticket.detail.parse().ok()).await?;
    Ok(Some(LedgerFile { name: format!("{}{}年台账.csv", venue.name, ledger.year), bytes: csv(&venue.name, &ledger)? }))
}

fn csv(studio: &str, ledger: &StudioLedger) -> Result<Vec<u8>, ApiError> {
    // Spreadsheets take UTF-8 for what it is only with this mark.
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let written = (|| {
        out.write_record(["工作室", "年", "月", "值班", "到岗", "到访", "接待居民", "听取事项", "接待日"])?;
        let months = ledger.months.iter().map(|month| (month.month.to_string(), month.counts));
        for (month, counts) in months.chain([("合计".to_owned(), ledger.total)]) {
            let LedgerCounts { slots, slots_kept, visits, residents, matters, receptions } = counts;
            let numbers = [slots, slots_kept, visits, residents, matters, receptions].map(|number| number.to_string());
            let cells = [safe(studio), ledger.year.to_string(), month].into_iter().chain(numbers);
            out.write_record(cells.collect::<Vec<_>>())?;
        }
        Ok::<_, csv::Error>(())
    })();
    written.map_err(|_| ApiError::broken("writing a ledger"))?;
    out.into_inner().map_err(|_| ApiError::broken("writing a ledger"))
}

/// A cell that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    let trimmed = cell.trim_start();
    if trimmed.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_is_a_name() {
        for (cell, expected) in [("=1+1", "'=1+1"), (" @SUM", "' @SUM"), ("＝x", "'＝x"), ("泉水工作室", "泉水工作室"), ("a-b", "a-b")] {
            assert_eq!(safe(cell), expected);
        }
        let ledger =
            StudioLedger { year: 2026, months: vec![LedgerMonth { month: 1, counts: LedgerCounts::default() }], total: LedgerCounts::default() };
        let text = String::from_utf8(csv("=cmd|' /C calc'!A0,\"x\"", &ledger).unwrap()).unwrap();
        assert!(text.starts_with("\u{feff}工作室,"));
        assert!(text.contains("\"'=cmd|' /C calc'!A0,\"\"x\"\"\",2026,1,0"));
    }
}
