use super::refold;
use super::refusal::{CheckInRefusalReason as Reason, CheckInRefused, Refuse};
use super::{CheckInConflict, store};
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay};
use crate::notices::outbox;
use crate::studios::rights;
use async_graphql::{InputObject, SimpleObject, Union};
use shangyi_entities::check_in_conflict::ConflictKind;
use shangyi_entities::check_in_settlement::{self, Settlement};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{CheckInConflictId, TypedId};
use uuid::Uuid;

/// A word about a conflict.
#[derive(InputObject)]
pub struct SettleConflictInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The conflict.
    pub conflict_id: Gid<CheckInConflictId>,
    /// `KEEP`: the entry in question stands (of two places at once, the earlier visit ends where it begins); `VOID`: it does
    /// not count.
    pub decision: Settlement,
}

/// The conflict as it is now.
#[derive(SimpleObject)]
pub struct SettleConflictPayload {
    /// The conflict; null where the entry in question has been taken back since.
    pub conflict: Option<CheckInConflict>,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// Settled, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum SettleConflictResult {
    /// Done.
    Done(SettleConflictPayload),
    /// Refused.
    Refused(CheckInRefused),
}

pub(super) async fn run(cx: &Cx, input: SettleConflictInput) -> Result<SettleConflictResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.conflict_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "settleConflict", input.request_id, input, None).await?.is_some() {
                return Ok(true);
            }
            let missing = || ApiError::not_found("这个冲突", "This conflict");
            let row = store::conflict_now(&tx, id).await?.ok_or_else(missing)?;
            let venue = crate::organisation::venue_now(&tx, row.venue_id).await?.ok_or_else(missing)?;
            let own = row.account_id == viewer.account;
            let role = rights::runs(viewer, &venue).ok_or_else(|| if own { rights::not_yours() } else { missing() })?;
            let fact = store::fact(&*tx, row.fact_id).await?.ok_or_else(missing)?;
            // Who made an entry does not judge the objection to it.
            if own || (row.kind == ConflictKind::Objection && fact.entered_by == viewer.account) {
                return Err(Stop::Refused(Refuse::Because(Reason::NeedsAnotherPerson)));
            }
            if row.decision.is_some() {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            let word = check_in_settlement::Model {
                conflict_id: id,
                account_id: row.account_id,
                day_begins: row.day_begins,
                decision: input.decision,
                at: cx.now(),
                decided_by: viewer.account,
            };
            let settled = store::add_settlement(&tx, word).await;
            let settled = settled.on_rule("settled_by_another", || Refuse::Because(Reason::NeedsAnotherPerson))?;
            settled.on_rule("check_in_settlements_pkey", || Refuse::Because(Reason::StateChanged))?.internal("settling a conflict")?;
            refold::whole(&tx, cx, row.account_id, row.at).await?;
            let after = format!("{:?}", input.decision);
            let entry = audit::Entry::new("settleConflict", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), after: Some(&after), ..entry }).await?;
            let event = cx.new_event();
            outbox::tell_person(&tx, cx, NoticeKind::CheckInSettled, event, id.uuid(), row.account_id).await?;
            Ok(false)
        })
        .await;
    match done {
        Ok(replayed) => {
            let conflict = store::conflicts_by_id(cx, &[id]).await?.pop().map(CheckInConflict);
            Ok(SettleConflictResult::Done(SettleConflictPayload { conflict, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(SettleConflictResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
