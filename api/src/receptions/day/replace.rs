use super::refusal::{ReceptionDayResult, ReceptionRefusalReason as Reason, Refuse, changed};
use super::step::{self, Step};
use super::{draft, store, tell};
use crate::calendar::occupy;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_day;
use shangyi_entities::reception_day_event::ReceptionDayEventKind;
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{MemberId, ReceptionDayId, TypedId};
use uuid::Uuid;

/// Who receives instead of whom.
#[derive(InputObject)]
pub struct ReplaceReceivingMemberInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The day.
    pub day_id: Gid<ReceptionDayId>,
    /// The version of the day that was seen; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Who receives no longer, however short before; nobody, where one is added.
    pub member_id: Option<Gid<MemberId>>,
    /// Who is asked instead; nobody, where one is taken off.
    pub by_member_id: Option<Gid<MemberId>>,
}

pub(in crate::receptions) async fn run(cx: &Cx, input: ReplaceReceivingMemberInput) -> Result<ReceptionDayResult, ApiError> {
    let day = store::visible(cx, &[input.day_id.0]).await?.pop().ok_or_else(super::refusal::missing)?;
    let new = match input.by_member_id {
        Some(id) => match draft::receivers(cx, day.kind, day.committee_id, &[id.0], day.from_at).await? {
            Ok(found) => found.into_iter().next(),
            Err(refuse) => return super::refusal::finish(cx, Err(Stop::Refused(refuse))).await,
        },
        None => None,
    };
    let what = ReceptionDayEventKind::MemberReplaced;
    let step = Step {
        operation: "replaceReceivingMember",
        request_id: input.request_id,
        day: input.day_id.0,
        expected_version: input.expected_version,
        what,
    };
    let old = input.member_id.map(|id| id.0);
    step::take(cx, &input, &step, |tx, row| async move {
        if let Some(old) = old {
            let asked = store::receivers_now(&tx, row.id).await?.into_iter().find(|one| one.member_id == old);
            let asked = asked.ok_or(Stop::Refused(Refuse::Because(Reason::NotAsked)))?;
            if asked.took_time {
                occupy::lock(&tx, vec![asked.account_id.uuid()]).await?;
                occupy::release(&tx, cx, row.occasion_id, asked.account_id.uuid()).await?;
            }
            let gone = reception_receiver::ActiveModel { state: Set(ReceiverState::Replaced), took_time: Set(false), ..Default::default() };
            if !store::update_receiver(&tx, cx, &asked, gone).await? {
                return Err(changed(&tx, &row).await);
            }
            // Whoever has declined knows.
            if super::is_active(asked.state) {
                let event = cx.new_event();
                tell::receivers(&tx, cx, NoticeKind::ReceptionDutyEnded, &[(event, &row, asked.account_id)]).await?;
            }
        }
        if let Some((member, account)) = new {
            let asked = draft::receiver(cx, row.id, member, account);
            let event = asked.id.uuid();
            let added = store::insert_receiver(&tx, asked).await;
            added.on_rule("receives_once", || Refuse::Because(Reason::AskedAlready))?.internal("asking a member")?;
            tell::receivers(&tx, cx, NoticeKind::ReceptionDutyAsked, &[(event, &row, account)]).await?;
        }
        Ok(reception_day::ActiveModel::default())
    })
    .await
}
