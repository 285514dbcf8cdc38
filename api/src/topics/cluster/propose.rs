use super::super::moves::{Move, No};
use super::super::refusal::{MergeProposalPayload, MergeProposalResult, Refuse};
use super::super::step::Mover;
use super::merge::{REASON, Touched, wanted};
use super::model::MergeProposal;
use super::store;
use crate::audit;
use crate::kernel::{ApiError, Cx, Gid, Stop, replay, text};
use crate::notices::outbox;
use async_graphql::InputObject;
use shangyi_entities::appointment::Desk;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{MergeProposalId, TopicId, TypedId, merge_proposal};
use uuid::Uuid;

/// Topics that speak of one matter, though not all of them are of one's own desk.
#[derive(InputObject)]
pub struct ProposeMergeInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic that would stand for the matter.
    pub canonical_id: Gid<TopicId>,
    /// The topics that would be merged into it, 1 to 20. At least one of all is of the viewer's desk.
    pub topic_ids: Vec<Gid<TopicId>>,
    /// Why, at most 200 characters; public once it is decided so.
    pub reason: String,
}

pub(super) async fn run(cx: &Cx, input: ProposeMergeInput) -> Result<MergeProposalResult, ApiError> {
    let viewer = cx.viewer().await?;
    let reason = &text::clean(&REASON, &input.reason)?;
    let wanted = &wanted(input.canonical_id, &input.topic_ids)?;
    let input = &input;
    let canonical = input.canonical_id.0;
    let id: MergeProposalId = cx.new_id();
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if let Some(earlier) = replay::remember(&tx, cx, "proposeMerge", input.request_id, input, Some(Gid(id).to_string())).await? {
                let id = Gid::<MergeProposalId>::parse(&earlier).ok_or_else(|| ApiError::broken("a remembered proposal cannot be read"))?;
                return Ok((id.0, true));
            }
            let touched = Touched::lock(&tx, viewer, canonical, wanted).await?;
            let own = store::of_own_desk(&tx, viewer, &[wanted.as_slice(), &[canonical]].concat()).await?;
            if own.is_empty() {
                return Err(ApiError::forbidden(No::NotYours.text()).into());
            }
            touched.possible(&tx).await?;
            let own = touched.all().find(|row| own.contains(&row.id)).unwrap_or(&touched.canonical);
            let role = Mover::viewer(viewer, own, Move::Merge).role;
            let committee = touched.canonical.committee_id.ok_or_else(|| ApiError::broken("an accepted topic without a committee"))?;
            let row = merge_proposal::Model {
                id,
                committee_id: committee,
                canonical_id: canonical,
                reason: reason.clone(),
                proposed_at: cx.now(),
                proposed_by: viewer.account,
                decision: None,
                decided_at: None,
                decided_by: None,
                note: None,
            };
            store::insert_proposal(&tx, row, wanted).await?;
            for account in crate::organisation::at_desk(&tx, committee, Desk::General, cx.now()).await? {
                outbox::tell_person(&tx, cx, NoticeKind::MergeProposed, id.uuid(), id.uuid(), account).await?;
            }
            let entry = audit::Entry { committee: Some(committee), ..audit::Entry::new("proposeMerge", &role, id) };
            audit::record(&tx, cx, entry).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// The payload or the refusal of a write on a proposal.
pub(super) async fn finish(cx: &Cx, done: Result<(MergeProposalId, bool), Stop<Refuse>>) -> Result<MergeProposalResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let row = store::proposals_by_id(cx, &[id]).await?.pop();
            Ok(MergeProposalResult::Done(MergeProposalPayload { proposal: row.map(MergeProposal), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(MergeProposalResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
