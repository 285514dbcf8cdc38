use super::enter::Made;
use super::input::REASON;
use super::refold;
use super::refusal::{CheckInRefusalReason as Reason, CheckInResult, Refuse, finish};
use super::{OBJECTION, Visit, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, personal, replay, say, text};
use async_graphql::InputObject;
use shangyi_entities::check_in_fact::EntryWay;
use shangyi_entities::{CheckInFactId, TypedId, VisitId, check_in_objection};
use uuid::Uuid;

/// A member's word against a visit that staff entered.
#[derive(InputObject)]
pub struct ObjectToCheckInInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// One's own visit.
    pub visit_id: Gid<VisitId>,
    /// What is wrong with it, at most 100 characters.
    pub reason: String,
}

/// The visit waits then until somebody else than who entered it has settled the objection.
pub(super) async fn run(cx: &Cx, input: ObjectToCheckInInput) -> Result<CheckInResult, ApiError> {
    let account = cx.account()?;
    let reason = &text::clean(&REASON, &input.reason)?;
    let (input, id) = (&input, input.visit_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let again = replay::remember(&tx, cx, "objectToCheckIn", input.request_id, input, None).await?.is_some();
            let row = store::visit_now(&tx, id).await?.filter(|row| row.account_id == account);
            if again && row.is_none() {
                return Ok(Made { visit: None, conflict: None, replayed: true });
            }
            let row = row.ok_or_else(|| ApiError::not_found("这次到访", "This visit"))?;
            if again {
                return Ok(Made { visit: Some(Visit(row)), conflict: None, replayed: true });
            }
            if row.how != EntryWay::Staff {
                let text = say("这次签到是您自己录入的；如有误，请撤销。", "You entered this visit yourself; if it is wrong, take it back.");
                return Err(ApiError::bad_input("visitId", text).into());
            }
            let venue = crate::organisation::venue_now(&tx, row.venue_id).await?;
            let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(|| ApiError::broken("a person without a key"))?;
            let objection = check_in_objection::Model {
                fact_id: CheckInFactId(id.0),
                account_id: account,
                at: cx.now(),
                reason_enc: key.seal(OBJECTION, reason)?,
            };
            if !store::add_objection(&tx, objection).await.internal("objecting to an entry")? {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            let book = refold::whole(&tx, cx, account, row.in_at).await?;
            let entry = audit::Entry::new("objectToCheckIn", "MEMBER", id);
            audit::record(&tx, cx, audit::Entry { committee: venue.map(|venue| venue.committee_id), ..entry }).await?;
            let visit = book.visit_with(CheckInFactId(id.0)).map(|visit| Visit(refold::row(account, visit)));
            Ok(Made { visit, conflict: None, replayed: false })
        })
        .await;
    finish(cx, done)
}
