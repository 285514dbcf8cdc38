use super::enter::{self, Attempt, What, When};
use super::input::{ClockInput, StudioLogInput};
use super::refusal::{CheckInRefusalReason as Reason, CheckInResult, Refuse, finish};
use super::store;
use crate::kernel::{ApiError, Cx, Gid, Stop};
use async_graphql::InputObject;
use shangyi_entities::{MemberId, Timestamp, VenueId, VisitId, visit};
use uuid::Uuid;

/// Checking out, now and with network; or the log of a visit that ended by itself.
#[derive(InputObject)]
pub struct CheckOutInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// For a member, by those who run the studio; oneself when left out.
    pub member_id: Option<Gid<MemberId>>,
    /// One's own visit that is over, to give its log afterwards (within 14 days); the one under way when left out.
    pub visit_id: Option<Gid<VisitId>>,
    /// What was heard; may be given later.
    pub log: Option<StudioLogInput>,
    /// What the phone's clocks say now; the server's own time counts.
    pub clock: ClockInput,
}

pub(super) async fn run(cx: &Cx, input: CheckOutInput) -> Result<CheckInResult, ApiError> {
    input.clock.read()?;
    let log = input.log.as_ref().map(StudioLogInput::read).transpose()?;
    let mut when = When::Now;
    if let Some(id) = input.visit_id {
        let visit = store::own_visit(cx, id.0).await?.filter(|visit| visit.venue_id == input.studio_id.0);
        match &visit {
            Some(visit) if visit.out_at.unwrap_or(visit.ends_by) <= cx.now() => when = When::LogOf(moment(cx, visit).await?),
            Some(_) => {}
            // A visit gets another id where an earlier check-in of it arrives: what was sent before is found again all the same.
            None if store::fact_of(cx.read(), cx.account()?, input.request_id).await?.is_some() => {}
            None => return finish(cx, Err(Stop::Refused(Refuse::Because(Reason::NotIn)))),
        }
    }
    let attempt = Attempt {
        operation: "checkOut",
        request: input.request_id,
        studio: input.studio_id.0,
        what: What::Out { member: input.member_id.map(|id| id.0), log },
        when,
        position: None,
        device: enter::device(cx, None),
    };
    finish(cx, enter::run(cx, &attempt).await)
}

/// The moment under which a log is kept that comes after its visit: within the visit and its day, after every log given
/// before, and before whatever began when it ended.
async fn moment(cx: &Cx, visit: &visit::Model) -> Result<Timestamp, ApiError> {
    match visit.out_at {
        Some(out) if !store::begins_at(cx, visit, out).await? => Ok(Timestamp(out.0 + cx.now().seconds_since(out) + 1).min(visit.ends_by)),
        out => Ok(Timestamp(out.unwrap_or(visit.ends_by).0 - 1).max(visit.in_at)),
    }
}
