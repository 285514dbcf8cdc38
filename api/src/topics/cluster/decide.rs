use super::super::moves::No;
use super::super::refusal::{MergeProposalResult, Refuse};
use super::merge::{Touched, merge};
use super::propose::finish;
use super::store;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, replay};
use crate::notices::outbox;
use async_graphql::InputObject;
use shangyi_entities::appointment::Desk;
use shangyi_entities::merge_proposal::MergeDecision;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{MergeProposalId, TypedId};
use uuid::Uuid;

/// What the general desk says to a proposal to merge.
#[derive(InputObject)]
pub struct DecideMergeInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The proposal.
    pub proposal_id: Gid<MergeProposalId>,
    /// Whether the topics are merged as proposed.
    pub merge: bool,
    /// A word to whoever proposed it, at most 200 characters.
    pub note: Option<String>,
}

const NOTE: Rule = Rule { field: "note", name: ("说明", "The note"), most: 200 };

pub(super) async fn run(cx: &Cx, input: DecideMergeInput) -> Result<MergeProposalResult, ApiError> {
    let viewer = cx.viewer().await?;
    let note = &text::clean_optional(&NOTE, input.note.as_deref())?;
    let input = &input;
    let id = input.proposal_id.0;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "decideMerge", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let proposal = store::proposal(&tx, viewer, id).await?.ok_or_else(|| ApiError::not_found("这项合并建议", "This proposal"))?;
            if viewer.staff(proposal.committee_id, Desk::General).is_none() {
                return Err(ApiError::forbidden(No::NotYours.text()).into());
            }
            if proposal.decision.is_some() {
                return Err(Stop::Refused(Refuse::Move(No::NotNow)));
            }
            if proposal.proposed_by == viewer.account {
                return Err(Stop::Refused(Refuse::Move(No::NeedsAnotherPerson)));
            }
            if input.merge {
                let wanted = store::proposed(&*tx, &[id]).await?.remove(&id).unwrap_or_default();
                let touched = Touched::lock(&tx, viewer, proposal.canonical_id, &wanted).await?;
                touched.judge(&tx, viewer).await?;
                merge(&tx, cx, viewer, &touched, &proposal.reason).await?;
            }
            let decision = if input.merge { MergeDecision::Merged } else { MergeDecision::Declined };
            store::decide(&tx, id, decision, note.clone(), viewer.account, cx.now()).await?;
            let decided: shangyi_entities::TopicEventId = cx.new_id();
            outbox::tell_person(&tx, cx, NoticeKind::MergeDecided, decided.uuid(), id.uuid(), proposal.proposed_by).await?;
            let entry = audit::Entry { committee: Some(proposal.committee_id), ..audit::Entry::new("decideMerge", "COMMITTEE_STAFF", id) };
            audit::record(&tx, cx, entry).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
