use super::refusal::{StudioRefusalReason as Reason, StudioResult, refused};
use super::step::{Step, take};
use super::{rights, store};
use crate::kernel::{ApiError, Cx, Gid, replay, say};
use async_graphql::InputObject;
use shangyi_entities::venue::VenueKind;
use shangyi_entities::{MemberId, VenueId, venue};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Members of one studio.
const MOST: usize = 100;

/// Who is on a studio's roster from now on.
#[derive(InputObject)]
pub struct SetStudioMembersInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// The version the caller saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// All its members, at most 100; who is left out leaves it, and their slots to come are vacant.
    pub member_ids: Vec<Gid<MemberId>>,
}

pub(super) async fn run(cx: &Cx, input: SetStudioMembersInput) -> Result<StudioResult, ApiError> {
    cx.viewer().await?;
    let wanted: BTreeSet<MemberId> = input.member_ids.iter().map(|id| id.0).collect();
    if wanted.len() > MOST {
        return Err(ApiError::bad_input("memberIds", say("一个工作室最多100位委员。", "A studio has at most 100 members.")));
    }
    let found = crate::organisation::find_venue(cx, input.studio_id.0).await?.filter(|venue| venue.0.kind == VenueKind::MemberStudio);
    let venue = found.ok_or_else(|| ApiError::not_found("这个工作室", "This studio"))?.0;
    let list: Vec<MemberId> = wanted.iter().copied().collect();
    let serving: BTreeSet<MemberId> =
        crate::organisation::serving_in(cx.read(), venue.committee_id, &list, cx.now()).await?.into_iter().map(|member| member.id).collect();
    // Who is on the list already may stay until somebody takes them off.
    let present: BTreeSet<MemberId> = store::members_of(cx, &[venue.id]).await?.into_iter().map(|row| row.member_id).collect();
    let before = replay::earlier(cx, "setStudioMembers", input.request_id, &input).await?.is_some();
    if !before
        && rights::keeps(cx.viewer().await?, &venue).is_some()
        && wanted.iter().any(|member| !serving.contains(member) && !present.contains(member))
    {
        return Ok(StudioResult::Refused(refused(cx, Reason::NotAMemberHere)));
    }
    let step =
        Step { operation: "setStudioMembers", request_id: input.request_id, studio: input.studio_id.0, expected_version: input.expected_version };
    let wanted = &wanted;
    take(cx, &input, &step, venue::ActiveModel::default(), |tx, row| async move {
        let present = store::members_now(&tx, row.id).await?;
        let leaving: Vec<MemberId> = present.difference(wanted).copied().collect();
        store::end_members(&tx, cx, row.id, &leaving).await?;
        store::add_members(&tx, cx, row.id, wanted.difference(&present).copied()).await?;
        crate::duty::vacate(&tx, cx, row.id, &leaving).await?;
        Ok(())
    })
    .await
}
