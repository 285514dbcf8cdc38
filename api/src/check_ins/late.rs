//! Late entries (补签): asked for by the member, decided by another. Approved, they count like any other.
use super::enter::OLDEST;
use super::input::{REASON, StudioLogInput};
use super::refold::{self, SETTLE_WITHIN, day_of};
use super::refusal::{CheckInRefusalReason as Reason, CheckInRefused, Refuse};
use super::store::{self, Subject};
use super::{LATE_LOG, LATE_REASON, LateEntry};
use crate::audit;
use crate::calendar::deadlines;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, personal, replay, say, text};
use crate::notices::outbox;
use crate::studios::rights;
use async_graphql::{InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::check_in_fact::{self, CheckInKind, EntryWay};
use shangyi_entities::deadline::DeadlineKind;
use shangyi_entities::late_entry::{self, LateEntryDecision};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{LateEntryId, Timestamp, TypedId, VenueId};
use uuid::Uuid;

/// A visit that nobody entered at its time.
#[derive(InputObject)]
pub struct RequestLateEntryInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The studio.
    pub studio_id: Gid<VenueId>,
    /// When it began; within the last 14 days.
    pub from: DateTime<Utc>,
    /// When it ended; on the same day (Asia/Shanghai), and over.
    pub until: DateTime<Utc>,
    /// Why it was not entered then, at most 100 characters.
    pub reason: String,
    /// What was heard.
    pub log: Option<StudioLogInput>,
}

/// A word about a late entry.
#[derive(InputObject)]
pub struct ApproveLateEntryInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The late entry.
    pub late_entry_id: Gid<LateEntryId>,
    /// `APPROVED`, or `DECLINED`: then it does not count, and the member is told either way.
    pub decision: LateEntryDecision,
}

/// The late entry as it is now.
#[derive(SimpleObject)]
pub struct LateEntryPayload {
    /// The late entry.
    pub late_entry: LateEntry,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The late entry, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum LateEntryResult {
    /// Done.
    Done(LateEntryPayload),
    /// Refused.
    Refused(CheckInRefused),
}

async fn finish(cx: &Cx, done: Result<(LateEntryId, bool), Stop<Refuse>>) -> Result<LateEntryResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let row = store::late_by_id(cx, &[id]).await?.pop().ok_or_else(|| ApiError::not_found("这条补签", "This late entry"))?;
            Ok(LateEntryResult::Done(LateEntryPayload { late_entry: LateEntry(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(LateEntryResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}

pub(super) async fn request(cx: &Cx, input: RequestLateEntryInput) -> Result<LateEntryResult, ApiError> {
    let account = cx.account()?;
    let (from, until): (Timestamp, Timestamp) = (input.from.into(), input.until.into());
    let reason = &text::clean(&REASON, &input.reason)?;
    let log = &input.log.as_ref().map(StudioLogInput::read).transpose()?;
    if from >= until || day_of(from) != day_of(Timestamp(until.0 - 1)) || until > cx.now() {
        return Err(ApiError::bad_input(
            "until",
            say("起止时间应在同一天，并且已经过去。", "Beginning and end must lie in one day that has passed by then."),
        ));
    }
    let earlier = replay::earlier(cx, "requestLateEntry", input.request_id, &input).await?;
    if let Some(id) = earlier.and_then(|id| Gid::<LateEntryId>::parse(&id)) {
        return finish(cx, Ok((id.0, true))).await;
    }
    let scenes = store::scene(cx, input.studio_id.0, Subject::Account(account), (account, input.request_id), from, false).await?;
    let (scene, member) = match judge(cx, &scenes, from) {
        Ok(found) => found,
        Err(reason) => return finish(cx, Err(Stop::Refused(Refuse::Because(reason)))).await,
    };
    let id: LateEntryId = cx.new_id();
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let made = Some(Gid(id).to_string());
            if let Some(made) = replay::remember(&tx, cx, "requestLateEntry", input.request_id, input, made).await? {
                let id = Gid::<LateEntryId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered late entry cannot be read"))?;
                return Ok((id.0, true));
            }
            let key = personal::of(&*tx, &cx.app().keys, account.uuid()).await?.ok_or_else(|| ApiError::broken("a person without a key"))?;
            let row = late_entry::Model {
                id,
                account_id: account,
                member_id: member,
                venue_id: input.studio_id.0,
                from_at: from,
                until_at: until,
                residents: log.as_ref().map(|log| log.residents),
                matters: log.as_ref().map(|log| log.matters),
                log_enc: key.seal_optional(LATE_LOG, log.as_ref().map(|log| log.text.as_str()))?,
                reason_enc: key.seal(LATE_REASON, reason)?,
                asked_at: cx.now(),
                decision: None,
                decided_at: None,
                decided_by: None,
            };
            store::add_late(&tx, row).await?;
            deadlines::open(&tx, cx, DeadlineKind::LateEntry, id.uuid(), SETTLE_WITHIN).await?;
            let entry = audit::Entry::new("requestLateEntry", "MEMBER", id);
            audit::record(&tx, cx, audit::Entry { committee: Some(scene.committee_id), ..entry }).await?;
            tell_those_in_charge(&tx, cx, input.studio_id.0, id).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

fn judge<'a>(cx: &Cx, scenes: &'a [store::Scene], from: Timestamp) -> Result<(&'a store::Scene, shangyi_entities::MemberId), Reason> {
    let scene = scenes.first().filter(|scene| scene.kind == shangyi_entities::venue::VenueKind::MemberStudio).ok_or(Reason::UnknownStudio)?;
    let (member, _) = super::enter::member_at(scenes, from, false)?;
    if scene.closed_at.is_some_and(|closed| closed <= from) {
        return Err(Reason::StudioClosed);
    }
    if from < cx.now().plus_seconds(-OLDEST) {
        return Err(Reason::TooOld);
    }
    Ok((scene, member))
}

async fn tell_those_in_charge(tx: &WriteTx, cx: &Cx, studio: VenueId, id: LateEntryId) -> Result<(), ApiError> {
    let Some(venue) = crate::organisation::venue_now(tx, studio).await? else { return Ok(()) };
    let own: Vec<_> = cx.account_if_any().into_iter().collect();
    for other in crate::organisation::who_looks_after(tx, &venue, &own, cx.now()).await? {
        outbox::tell_person(tx, cx, NoticeKind::LateEntryAsked, id.uuid(), id.uuid(), other).await?;
    }
    Ok(())
}

pub(super) async fn decide(cx: &Cx, input: ApproveLateEntryInput) -> Result<LateEntryResult, ApiError> {
    let viewer = cx.viewer().await?;
    let (input, id) = (&input, input.late_entry_id.0);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "approveLateEntry", input.request_id, input, None).await?.is_some() {
                return Ok((id, true));
            }
            let missing = || ApiError::not_found("这条补签", "This late entry");
            let row = store::late_now(&tx, id).await?.ok_or_else(missing)?;
            let venue = crate::organisation::venue_now(&tx, row.venue_id).await?.ok_or_else(missing)?;
            let own = row.account_id == viewer.account;
            let role = rights::runs(viewer, &venue).ok_or_else(|| if own { rights::not_yours() } else { missing() })?;
            if own {
                return Err(Stop::Refused(Refuse::Because(Reason::NeedsAnotherPerson)));
            }
            if !store::decide_late(&tx, id, input.decision, viewer.account, cx.now()).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::StateChanged)));
            }
            deadlines::close(&tx, cx, DeadlineKind::LateEntry, &[id.uuid()]).await?;
            if input.decision == LateEntryDecision::Approved {
                enter(&tx, cx, &row).await?;
            }
            let after = format!("{:?}", input.decision);
            let entry = audit::Entry::new("approveLateEntry", &role, id);
            audit::record(&tx, cx, audit::Entry { committee: Some(venue.committee_id), after: Some(&after), ..entry }).await?;
            outbox::tell_person(&tx, cx, NoticeKind::LateEntryDecided, decided(id), id.uuid(), row.account_id).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

/// The event of the decision: another one than that of the request, and one for every late entry.
fn decided(id: LateEntryId) -> Uuid {
    let mut bytes = *id.uuid().as_bytes();
    bytes[15] ^= 1;
    Uuid::from_bytes(bytes)
}

/// Enters what was approved: an IN and an OUT of one request.
async fn enter(tx: &WriteTx, cx: &Cx, row: &late_entry::Model) -> Result<(), Stop<Refuse>> {
    let reseal = |key: &personal::PersonKey, sealed: Option<&[u8]>, from: &str, to: &str| {
        let opened = sealed.and_then(|sealed| key.open(from, sealed));
        key.seal_optional(to, opened.as_deref())
    };
    let key = personal::of(&**tx, &cx.app().keys, row.account_id.uuid()).await?;
    let (mut reason_enc, mut log_enc) = (None, None);
    if let Some(key) = &key {
        reason_enc = reseal(key, Some(&row.reason_enc), LATE_REASON, super::REASON)?;
        log_enc = reseal(key, row.log_enc.as_deref(), LATE_LOG, super::LOG)?;
    }
    // The end of a day is not in it: the check-out is the moment before.
    let ends = if refold::day_of(row.from_at) == refold::day_of(row.until_at) { row.until_at } else { Timestamp(row.until_at.0 - 1) };
    for (part, what, at) in [(0, CheckInKind::In, row.from_at), (1, CheckInKind::Out, ends)] {
        let out = what == CheckInKind::Out;
        let fact = check_in_fact::Model {
            id: cx.new_id(),
            account_id: row.account_id,
            member_id: row.member_id,
            venue_id: row.venue_id,
            what,
            how: EntryWay::LateEntry,
            at,
            recorded_at: cx.now(),
            entered_by: cx.account()?,
            // Of its own: whatever request its approver sent, it is entered once.
            request_id: row.id.uuid(),
            part,
            input_hash: row.id.uuid().as_bytes().to_vec(),
            of_request: None,
            offline: false,
            unsure: false,
            fence: None,
            device: None,
            code_step: None,
            origin: None,
            residents: row.residents.filter(|_| out),
            matters: row.matters.filter(|_| out),
            log_enc: log_enc.clone().filter(|_| out),
            reason_enc: reason_enc.clone().filter(|_| !out),
        };
        let added = store::add_fact(tx, fact).await;
        if !added.on_rule("needs_another_person", || Refuse::Because(Reason::NeedsAnotherPerson))?.internal("entering what was approved")? {
            return Err(ApiError::broken("a late entry is there already").into());
        }
    }
    refold::whole(tx, cx, row.account_id, row.from_at).await?;
    Ok(())
}
