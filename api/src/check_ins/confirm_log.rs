use super::enter::Made;
use super::refold;
use super::refusal::{CheckInRefusalReason as Reason, CheckInResult, Refuse, finish};
use super::{Visit, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay, say};
use crate::studios::rights;
use async_graphql::InputObject;
use shangyi_entities::{CheckInFactId, VisitId, log_confirmation};
use uuid::Uuid;

/// Which visit's log to confirm.
#[derive(InputObject)]
pub struct ConfirmStudioLogInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The visit.
    pub visit_id: Gid<VisitId>,
    /// The log that was read, by its id; where the member has written another since, it is `STATE_CHANGED`.
    pub log_id: Gid<CheckInFactId>,
}

pub(super) async fn run(cx: &Cx, input: ConfirmStudioLogInput) -> Result<CheckInResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.visit_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let missing = || ApiError::not_found("这次到访", "This visit");
            let again = replay::remember(&tx, cx, "confirmStudioLog", input.request_id, input, None).await?.is_some();
            let row = match store::visit_now(&tx, id).await? {
                Some(row) => row,
                None if again => return Ok(Made { visit: None, conflict: None, replayed: true }),
                None => return Err(missing().into()),
            };
            let venue = crate::organisation::venue_now(&tx, row.venue_id).await?.ok_or_else(missing)?;
            let own = row.account_id == viewer.account;
            let role = rights::runs(viewer, &venue).ok_or_else(|| if own { rights::not_yours() } else { missing() })?;
            if again {
                return Ok(Made { visit: Some(Visit(row)), conflict: None, replayed: true });
            }
            if own {
                return Err(Stop::Refused(Refuse::Because(Reason::NeedsAnotherPerson)));
            }
            let log = row.log_fact_id.ok_or_else(|| {
                ApiError::bad_input("visitId", say("这次到访还没有日志，请提醒委员填写。", "This visit has no log yet; please remind the member."))
            })?;
            let fact = store::fact(&*tx, log).await?.ok_or_else(missing)?;
            if log != input.log_id.0 {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            // Who wrote it for the member does not confirm it.
            if fact.entered_by == viewer.account {
                return Err(Stop::Refused(Refuse::Because(Reason::NeedsAnotherPerson)));
            }
            let word = log_confirmation::Model { fact_id: log, account_id: row.account_id, at: cx.now(), confirmed_by: viewer.account };
            let new = store::add_confirmation(&tx, word).await;
            if !new.on_rule("confirmed_by_another", || Refuse::Because(Reason::NeedsAnotherPerson))?.internal("confirming a log")? {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            let book = refold::whole(&tx, cx, row.account_id, row.in_at).await?;
            let entry = audit::Entry::new("confirmStudioLog", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), ..entry }).await?;
            let visit = book.visit_with(CheckInFactId(id.0)).map(|visit| Visit(refold::row(row.account_id, visit)));
            Ok(Made { visit, conflict: None, replayed: false })
        })
        .await;
    finish(cx, done)
}
