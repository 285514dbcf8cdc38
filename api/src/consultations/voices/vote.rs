use super::store;
use crate::audit;
use crate::consultations::people;
use crate::consultations::stage::moves::No;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationRefused, Refuse, missing};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay};
use async_graphql::{InputObject, SimpleObject, Union};
use shangyi_entities::StatementId;
use shangyi_entities::consultation::ConsultationState as S;
use shangyi_entities::consultation_vote::VoteChoice;
use shangyi_entities::programme_version::Party;
use uuid::Uuid;

/// A vote on a statement.
#[derive(InputObject)]
pub struct VoteStatementInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The statement.
    pub statement_id: Gid<StatementId>,
    /// What the person thinks of it; the last vote counts. The totals by party are public once the minutes are.
    pub choice: VoteChoice,
}

/// The vote that counts now.
#[derive(SimpleObject)]
pub struct VotePayload {
    /// The statement.
    pub statement_id: Gid<StatementId>,
    /// What was voted.
    pub choice: VoteChoice,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The vote, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum VoteResult {
    /// Done.
    Done(VotePayload),
    /// Refused.
    Refused(ConsultationRefused),
}

/// For who takes part, is there, and does not only look on.
pub(in crate::consultations) async fn run(cx: &Cx, input: VoteStatementInput) -> Result<VoteResult, ApiError> {
    let account = cx.account()?;
    let units = crate::handovers::units_of(cx.viewer().await?);
    let (input, id, units) = (&input, input.statement_id.0, units.as_slice());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "voteStatement", input.request_id, input, None).await?.is_some() {
                return Ok(true);
            }
            let consultation = store::consultation_of(&tx, id).await?.ok_or_else(missing)?;
            // It does not move on while this is written: what is certified stays as it was.
            let row = stages::shared(&tx, consultation).await?.ok_or_else(missing)?;
            let part = people::store::part_of(&*tx, row.id, account, units).await?.filter(|part| part.party != Party::Observer);
            let part = part.ok_or(Stop::Refused(Refuse::Because(Reason::NotInvited)))?.id;
            if !matches!(row.state, S::Announced | S::InSitting) {
                return Err(Stop::Refused(Refuse::Move(No::NotNow)));
            }
            if !people::store::was_there(&*tx, part).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::NotPresent)));
            }
            let cast = store::insert_vote(&tx, store::vote(cx, id, part, input.choice, account)).await;
            cast.on_rule("votes_are_of_participants", || Refuse::Move(No::NotNow))?.internal("casting a vote")?;
            let entry = audit::Entry::new("voteStatement", "PARTICIPANT", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok(false)
        })
        .await;
    match done {
        Ok(replayed) => {
            // Another vote may have come after the one that is sent again.
            let now = if replayed { store::last_vote(cx, id, account).await? } else { None };
            Ok(VoteResult::Done(VotePayload { statement_id: input.statement_id, choice: now.unwrap_or(input.choice), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(VoteResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
