use super::REASON;
use super::refusal::{ReceptionDayResult, ReceptionRefusalReason as Reason, Refuse, changed, finish, missing};
use super::store;
use crate::audit;
use crate::calendar::hours;
use crate::calendar::occupy::{self, Subject};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, personal, replay, say};
use crate::notices::outbox;
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::reception_day::{self, DayStage};
use shangyi_entities::reception_receiver::{self, ReceiverState};
use shangyi_entities::{AccountId, OccasionId, ReceptionDayId, TypedId};
use uuid::Uuid;

/// What one says to being asked to receive.
#[derive(InputObject)]
pub struct RespondToReceptionDutyInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// A day on which one is asked to receive.
    pub day_id: Gid<ReceptionDayId>,
    /// The version of the day that was seen: one accepts that very time, and no later change of it; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// Whether one comes. To come takes one's time; to decline after that gives it back.
    pub accept: bool,
    /// Why not, at most 100 characters; for the desk, under one's own key. Needed to decline.
    pub reason: Option<String>,
}

const WHY: Rule = Rule { field: "reason", name: ("原因", "The reason"), most: 100 };

pub(in crate::receptions) async fn run(cx: &Cx, input: RespondToReceptionDutyInput) -> Result<ReceptionDayResult, ApiError> {
    let account = cx.viewer().await?.account;
    let reason = text::clean_optional(&WHY, input.reason.as_deref())?;
    if !input.accept && reason.is_none() {
        return Err(ApiError::bad_input(
            "reason",
            say("请说明不能参加的原因，以便另行安排。", "Please say why, so that somebody else can be found."),
        ));
    }
    let (input, reason, id) = (&input, reason.as_deref(), input.day_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "respondToReceptionDuty", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let day = store::locked(&tx, id).await?.ok_or_else(missing)?;
            let asked = store::receivers_now(&tx, id).await?.into_iter().find(|row| row.account_id == account);
            // Whoever is not asked need not know of the day.
            let row = asked.ok_or_else(missing)?;
            if day.state == DayStage::Cancelled || day.until_at <= cx.now() {
                return Err(Stop::Refused(Refuse::Because(Reason::DayClosed)));
            }
            if day.version != input.expected_version {
                return Err(changed(&tx, &day).await);
            }
            let changes = if input.accept { accept(&tx, cx, &day, &row).await? } else { decline(&tx, cx, &day, &row, reason).await? };
            if !store::update_receiver(&tx, cx, &row, changes).await? {
                return Err(changed(&tx, &day).await);
            }
            let after = if input.accept { "ACCEPTED" } else { "DECLINED" };
            let entry = audit::Entry::new("respondToReceptionDuty", "MEMBER", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(day.committee_id), after: Some(after), ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

async fn accept(
    tx: &WriteTx,
    cx: &Cx,
    day: &reception_day::Model,
    row: &reception_receiver::Model,
) -> Result<reception_receiver::ActiveModel, Stop<Refuse>> {
    // The day may have moved beyond their term since they were asked.
    if crate::organisation::serving_in(&**tx, day.committee_id, &[row.member_id], day.from_at).await?.is_empty() {
        return Err(Stop::Refused(Refuse::NotAMember(row.member_id)));
    }
    let took = row.took_time || take_time(tx, cx, day, row.account_id).await?;
    let (state, answered_at) = (Set(ReceiverState::Accepted), Set(Some(cx.now())));
    let remind_at = Set(hours::remind_at(cx.now(), day.from_at));
    Ok(reception_receiver::ActiveModel { state, answered_at, took_time: Set(took), reason_enc: Set(None), remind_at, ..Default::default() })
}

/// Takes a member's time for the day, unless they have duty there at that time: then it is taken already.
pub(super) async fn take_time(tx: &WriteTx, cx: &Cx, day: &reception_day::Model, account: AccountId) -> Result<bool, Stop<Refuse>> {
    occupy::lock(tx, vec![account.uuid()]).await?;
    let held = occupy::held(tx, account.uuid(), day.from_at, day.until_at).await?;
    if day.duty_occasion_id.is_some() && held.iter().any(|(row, _)| Some(row.occasion_id) == day.duty_occasion_id) {
        return Ok(false);
    }
    let subject = Subject { kind: SubjectKind::Member, id: account.uuid() };
    occupy::take(tx, cx, day.occasion_id, subject, (day.from_at, day.until_at), || Refuse::OwnTime).await?;
    Ok(true)
}

async fn decline(
    tx: &WriteTx,
    cx: &Cx,
    day: &reception_day::Model,
    row: &reception_receiver::Model,
    reason: Option<&str>,
) -> Result<reception_receiver::ActiveModel, ApiError> {
    if row.took_time {
        occupy::release(tx, cx, day.occasion_id, row.account_id.uuid()).await?;
    }
    let key = personal::of(&**tx, &cx.app().keys, row.account_id.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
    let event = cx.new_event();
    tell_desk(tx, cx, day, event, row.account_id).await?;
    let (state, answered_at) = (Set(ReceiverState::Declined), Set(Some(cx.now())));
    Ok(reception_receiver::ActiveModel {
        state,
        answered_at,
        took_time: Set(false),
        remind_at: Set(None),
        reason_enc: Set(key.seal_optional(REASON, reason)?),
        ..Default::default()
    })
}

/// Somebody has to find another member.
async fn tell_desk(tx: &WriteTx, cx: &Cx, day: &reception_day::Model, event: Uuid, but: AccountId) -> Result<(), ApiError> {
    for other in crate::organisation::desk_accounts(tx, day.committee_id, &day.division_code, &[but], cx.now()).await? {
        outbox::tell_person(tx, cx, NoticeKind::ReceptionDutyDeclined, event, day.id.uuid(), other).await?;
    }
    Ok(())
}

/// Takes somebody who is erased off the days they were to receive on.
pub(in crate::receptions) async fn leave_all(tx: &WriteTx, cx: &Cx, account: AccountId) -> Result<(), ApiError> {
    for row in store::own_to_come(tx, cx, account).await? {
        let Some(day) = store::locked(tx, row.day_id).await? else { continue };
        if row.took_time {
            occupy::release(tx, cx, day.occasion_id, account.uuid()).await?;
        }
        let gone = reception_receiver::ActiveModel { state: Set(ReceiverState::Declined), took_time: Set(false), ..Default::default() };
        if store::update_receiver(tx, cx, &row, gone).await? {
            let event = cx.new_event();
            tell_desk(tx, cx, &day, event, account).await?;
        }
    }
    Ok(())
}

/// A member takes a duty in which they also receive: the time that was the reception's is the duty's.
pub(in crate::receptions) async fn duty_taken(tx: &WriteTx, cx: &Cx, duty: OccasionId, account: AccountId) -> Result<(), ApiError> {
    for (day, row) in store::within_duty(tx, duty, account, true).await? {
        occupy::release(tx, cx, day.occasion_id, account.uuid()).await?;
        note_time(tx, cx, &row, false).await?;
    }
    Ok(())
}

/// A member gives a duty away in which they also receive: the time that was the duty's is the reception's. The caller has given it back.
pub(in crate::receptions) async fn duty_left(tx: &WriteTx, cx: &Cx, duty: OccasionId, account: AccountId) -> Result<(), ApiError> {
    for (day, row) in store::within_duty(tx, duty, account, false).await? {
        let subject = Subject { kind: SubjectKind::Member, id: account.uuid() };
        let taken = occupy::take(tx, cx, day.occasion_id, subject, (day.from_at, day.until_at), || ()).await;
        taken.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            // Just given back and locked by the caller: nobody else can have it.
            Stop::Refused(()) => ApiError::broken("time that was given back is taken"),
        })?;
        note_time(tx, cx, &row, true).await?;
    }
    Ok(())
}

async fn note_time(tx: &WriteTx, cx: &Cx, row: &reception_receiver::Model, took: bool) -> Result<(), ApiError> {
    let changes = reception_receiver::ActiveModel { took_time: Set(took), ..Default::default() };
    if store::update_receiver(tx, cx, row, changes).await? { Ok(()) } else { Err(ApiError::broken("a locked row has changed")) }
}
