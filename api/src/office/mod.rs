//! The desk's week: what a liaison officer has before them, gathered from the rooms that know it. Nothing is stored here.

use crate::duty::{self, DutySlot};
use crate::handovers::{self, HandOver};
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, Cx, say};
use crate::receptions::{self, Booking, ReceptionDay};
use crate::topics::{self, Topic};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{Days, NaiveDate};
use shangyi_entities::OrganisationId;

/// What the desk of a division has before it.
#[derive(SimpleObject)]
pub struct OfficeWeek {
    /// The first day of the seven.
    pub from: NaiveDate,
    /// Reception days that begin in these seven days, planned and cancelled ones too, by time; at most 100.
    pub reception_days: Vec<ReceptionDay>,
    /// Duty slots of the division's studios that begin in these seven days, by time; at most 200.
    pub duty_slots: Vec<DutySlot>,
    /// Visits of reception days that are over, of any week, about which nobody has said what became of them; by when they were
    /// booked; at most 100.
    pub unmarked_bookings: Vec<Booking>,
    /// Hand-overs, of any week, whose time to accept or to reply has passed, the oldest first; at most 100.
    pub overdue_hand_overs: Vec<HandOver>,
    /// Topics, of any week, whose first look or decision is overdue, the oldest first; at most 100.
    pub overdue_topics: Vec<Topic>,
}

/// The committee for whose desk the viewer answers in that division.
async fn committee(cx: &Cx, division: &str) -> Result<OrganisationId, ApiError> {
    let viewer = cx.viewer().await?;
    let covers = |code: &Option<String>| code.as_deref().is_some_and(|own| division.starts_with(own));
    let held = viewer.appointments.iter().filter(|held| held.street().is_some() || held.desk == Some(shangyi_entities::appointment::Desk::General));
    // The nearest: a street's before a district's, a district's before a city's.
    let nearest = held.filter(|held| covers(&held.division_code)).max_by_key(|held| held.division_code.as_ref().map_or(0, String::len));
    nearest.map(|held| held.committee_id).ok_or_else(|| {
        ApiError::forbidden(say("这里只对负责这个地区的联络员和综合部门开放。", "This is for the liaison officer of the area and the general desk."))
    })
}

/// Reading the desk's week.
#[derive(Default)]
pub struct OfficeQuery;

#[Object]
impl OfficeQuery {
    /// What the desk of a division has before it for seven days from one on: receptions, duty, visits nobody has marked, hand-overs and
    /// topics that are overdue. For the liaison officer of the area and the general desk (`FORBIDDEN` for others).
    #[graphql(complexity = "200 + 20 * child_complexity")]
    async fn office_week(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The division's official code.")] division_code: String,
        #[graphql(desc = "The first day; today when left out.")] from: Option<NaiveDate>,
    ) -> Result<OfficeWeek, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        crate::organisation::require_code("divisionCode", &division_code)?;
        let committee = committee(cx, &division_code).await?;
        let from = from.unwrap_or_else(|| crate::kernel::clock::local_day(cx.now()));
        let after =
            from.checked_add_days(Days::new(7)).ok_or_else(|| ApiError::bad_input("from", say("请选择一个日期。", "Please choose a day.")))?;
        let (begins, ends) = (day_begins(from), day_begins(after));
        let ((reception_days, unmarked_bookings), duty_slots, overdue_hand_overs, overdue_topics) = futures_util::try_join!(
            receptions::week_of(ctx, committee, &division_code, begins, ends),
            duty::in_division(cx, committee, &division_code, begins, ends),
            handovers::overdue_in(cx, committee, &division_code),
            topics::overdue_in(cx, committee, &division_code),
        )?;
        Ok(OfficeWeek { from, reception_days, duty_slots, unmarked_bookings, overdue_hand_overs, overdue_topics })
    }
}
