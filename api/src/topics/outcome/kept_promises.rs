use super::store;
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, Cx, say};
use async_graphql::SimpleObject;
use chrono::NaiveDate;
use shangyi_entities::OrganisationId;

/// The rate is told from so many replies on: below, it would speak of single persons. Source: domain, "Topics".
const FROM: i64 = 5;

/// How many answers were kept, by the word of those who had raised the matter.
#[derive(SimpleObject)]
pub struct KeptPromises {
    /// The year (Asia/Shanghai) in which they gave their word.
    pub year: i32,
    /// How many gave their word; null below five.
    pub replied: Option<i64>,
    /// How many of them say that the answer was kept; null below five.
    pub confirmed: Option<i64>,
    /// `confirmed / replied`, 0 to 1; null below five replies.
    pub rate: Option<f64>,
}

/// The rate of a division's subtree, or of a unit.
pub async fn kept_promises(cx: &Cx, division: Option<&str>, unit: Option<OrganisationId>, year: i32) -> Result<KeptPromises, ApiError> {
    if division.is_some() == unit.is_some() {
        return Err(ApiError::bad_input("divisionCode", say("请选择一个区划或一个单位。", "Please name either a division or a unit.")));
    }
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| (2000..2200).contains(&year));
    let Some((from, until)) = first(year).zip(first(year + 1)) else {
        return Err(ApiError::bad_input("year", say("请填写2000年以后的年份。", "Please give a year from 2000 on.")));
    };
    let store::Kept { replied, kept } = store::kept(cx, division, unit, day_begins(from), day_begins(until)).await?;
    let enough = replied >= FROM;
    let rate = |kept: i64| kept as f64 / replied as f64;
    Ok(KeptPromises { year, replied: enough.then_some(replied), confirmed: enough.then_some(kept), rate: enough.then(|| rate(kept)) })
}
