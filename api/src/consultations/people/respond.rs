use super::seats::{self, SEATED, Said};
use super::store;
use crate::audit;
use crate::calendar::occupy::{self, Subject};
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::moves::No;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, finish};
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, personal, replay, say};
use async_graphql::{Enum, InputObject};
use shangyi_entities::consultation_participant;
use shangyi_entities::consultation_reply::{self, ReplyState as S};
use shangyi_entities::consultation_sitting::{self, SittingState};
use shangyi_entities::occasion::OccasionKind;
use shangyi_entities::occupancy::SubjectKind;
use shangyi_entities::{OccasionId, SittingId, TypedId};
use uuid::Uuid;

/// What one can say to a sitting.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SittingAnswer {
    /// 参加; takes the person's time.
    Attend,
    /// 请假, with a reason.
    Leave,
    /// 不参加.
    Decline,
    /// 委派他人参加, who comes as the same party.
    Delegate,
}

/// A reply to a sitting.
#[derive(InputObject)]
pub struct RespondToInvitationInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The sitting, which is to come.
    pub sitting_id: Gid<SittingId>,
    /// The reply.
    pub answer: SittingAnswer,
    /// Why not: needed for leave, at most 200 characters; for the internal side, under the key of whoever replies.
    pub reason: Option<String>,
    /// Who comes instead: needed to delegate, at most 30 characters; kept like the reason.
    pub delegate: Option<String>,
    /// Where all seats are taken: wait for one. `FULL` when left out.
    #[graphql(default)]
    pub wait: bool,
    /// Where the person attends another sitting then: give that one up. `PERSON_TAKEN` when left out.
    #[graphql(default)]
    pub release_first: bool,
}

const REASON: Rule = Rule { field: "reason", name: ("请假原因", "The reason"), most: 200 };
const DELEGATE: Rule = Rule { field: "delegate", name: ("受委派人", "Who comes instead"), most: 30 };

/// What was said, cleaned.
struct Words {
    reason: Option<String>,
    delegate: Option<String>,
}

fn words(input: &RespondToInvitationInput) -> Result<Words, ApiError> {
    let reason = text::clean_optional(&REASON, input.reason.as_deref())?;
    let delegate = text::clean_optional(&DELEGATE, input.delegate.as_deref())?;
    match input.answer {
        SittingAnswer::Leave if reason.is_none() => Err(ApiError::bad_input("reason", say("请假请说明原因。", "Please say why you cannot come."))),
        SittingAnswer::Delegate if delegate.is_none() => {
            Err(ApiError::bad_input("delegate", say("请写明由谁代为参加。", "Please say who comes instead.")))
        }
        _ => Ok(Words { reason, delegate }),
    }
}

/// A participant before a sitting that is to come.
pub(super) struct Scene {
    pub(super) sitting: consultation_sitting::Model,
    pub(super) part: consultation_participant::Model,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: RespondToInvitationInput) -> Result<ConsultationResult, ApiError> {
    let viewer = cx.viewer().await?;
    let words = &words(&input)?;
    let seen = sittings::by_id(cx.read(), input.sitting_id.0).await?.ok_or_else(missing)?;
    let (input, id) = (&input, seen.consultation_id);
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "respondToInvitation", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            let units = crate::handovers::units_of(viewer);
            let part = store::part_of(&*tx, id, viewer.account, &units).await?.ok_or(Stop::Refused(Refuse::Because(Reason::NotInvited)))?;
            if input.release_first {
                lock_first(&tx, viewer, &part, input.sitting_id.0).await?;
            }
            let scene = Scene { sitting: ahead(&tx, cx, input.sitting_id.0).await?, part };
            reply(&tx, cx, viewer, &scene, input, words).await?;
            let committee = stages::now(&tx, id).await?.map(|row| row.committee_id);
            let entry = audit::Entry::new("respondToInvitation", "PARTICIPANT", scene.part.id);
            audit::record(&tx, cx, audit::Entry { committee, ..entry }).await?;
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}

pub(super) fn missing() -> ApiError {
    ApiError::not_found("这次会议", "This sitting")
}

/// Locks the seats of what is to be given up together with those of the sitting, by id, so that two who exchange never wait for each other.
async fn lock_first(tx: &WriteTx, viewer: &Viewer, part: &consultation_participant::Model, id: SittingId) -> Result<(), ApiError> {
    let Some(sitting) = sittings::by_id(&**tx, id).await? else { return Ok(()) };
    let person = part.account_id.unwrap_or(viewer.account).uuid();
    let mut ids = vec![id];
    for (row, kind) in occupy::held(tx, person, sitting.from_at, sitting.until_at).await? {
        ids.extend(first_sitting(tx, row.occasion_id, kind, person).await?.map(|(sitting, _)| sitting.id));
    }
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        store::seats_locked(tx, id).await?;
    }
    Ok(())
}

/// The sitting, its seats locked and settled, if it is still to come: an offer that is over holds nothing.
pub(super) async fn ahead(tx: &WriteTx, cx: &Cx, id: SittingId) -> Result<consultation_sitting::Model, Stop<Refuse>> {
    store::seats_locked(tx, id).await?;
    let sitting = sittings::by_id(&**tx, id).await?.ok_or_else(missing)?;
    if sitting.state != SittingState::Announced {
        return Err(Stop::Refused(Refuse::Move(No::NotNow)));
    }
    if sitting.from_at <= cx.now() {
        return Err(Stop::Refused(Refuse::Begun(sitting.from_at)));
    }
    seats::settle(tx, cx, &sitting).await?;
    Ok(sitting)
}

async fn reply(tx: &WriteTx, cx: &Cx, viewer: &Viewer, scene: &Scene, input: &RespondToInvitationInput, words: &Words) -> Result<(), Stop<Refuse>> {
    let before = store::reply(tx, scene.part.id, scene.sitting.id).await?;
    let key = personal::of(&**tx, &cx.app().keys, viewer.account.uuid()).await?.ok_or_else(ApiError::unauthenticated)?;
    let said = Said {
        by: Some(viewer.account),
        reason: key.seal_optional(store::REASON, words.reason.as_deref())?,
        delegate: key.seal_optional(store::DELEGATE, words.delegate.as_deref())?,
        ..Said::default()
    };
    match input.answer {
        SittingAnswer::Attend => attend(tx, cx, scene, before.as_ref(), (input.wait, input.release_first), said).await?,
        SittingAnswer::Delegate if scene.part.account_id == Some(scene.sitting.convenor_account_id) => return Err(leads_it().into()),
        SittingAnswer::Delegate => sit(tx, cx, scene, before.as_ref(), S::Delegated, input.wait, said).await?,
        SittingAnswer::Leave => give_up(tx, cx, scene, before.as_ref(), S::OnLeave, said).await?,
        SittingAnswer::Decline => give_up(tx, cx, scene, before.as_ref(), S::Declined, said).await?,
    }
    Ok(seats::settle(tx, cx, &scene.sitting).await?)
}

/// Takes a seat and the person's time.
pub(super) async fn attend(
    tx: &WriteTx,
    cx: &Cx,
    scene: &Scene,
    before: Option<&consultation_reply::Model>,
    (wait, release_first): (bool, bool),
    mut said: Said,
) -> Result<(), Stop<Refuse>> {
    if before.is_some_and(|row| row.state == S::Attending) {
        return Ok(());
    }
    let person = scene.part.account_id.or(said.by).filter(|person| *person != scene.sitting.convenor_account_id);
    if let (Some(person), true) = (person, has_seat(tx, scene, before).await?) {
        said.holds = Some(take_time(tx, cx, scene, person.uuid(), release_first).await?);
    }
    sit(tx, cx, scene, before, S::Attending, wait, said).await
}

/// Whether there is a seat for them: their own, or a free one that nobody waits for.
async fn has_seat(tx: &WriteTx, scene: &Scene, before: Option<&consultation_reply::Model>) -> Result<bool, ApiError> {
    if before.is_some_and(|row| SEATED.contains(&row.state)) {
        return Ok(true);
    }
    let seats = store::seats_locked(tx, scene.sitting.id).await?;
    Ok(seats.taken < scene.sitting.capacity && seats.waiting == 0)
}

/// Takes a seat, or a place in line, or says which one that would be.
async fn sit(
    tx: &WriteTx,
    cx: &Cx,
    scene: &Scene,
    before: Option<&consultation_reply::Model>,
    state: S,
    wait: bool,
    said: Said,
) -> Result<(), Stop<Refuse>> {
    let at = (scene.part.id, scene.sitting.id);
    if has_seat(tx, scene, before).await? {
        if let Some(subject) = before.and_then(|row| row.holds_subject).filter(|_| state != S::Attending) {
            occupy::release(tx, cx, scene.sitting.occasion_id, subject).await?;
        }
        return seats::put(tx, cx, before, at, state, said).await;
    }
    let seats = store::seats_locked(tx, scene.sitting.id).await?;
    if before.is_some_and(|row| row.state == S::Waiting) {
        return Ok(());
    }
    if !wait {
        return Err(Stop::Refused(Refuse::Full(seats.waiting + 1)));
    }
    let number = seats.last_number + 1;
    store::number_given(tx, scene.sitting.id, number).await?;
    seats::put(tx, cx, before, at, S::Waiting, Said { number: Some(number), ..said }).await
}

/// Who leads is replaced by the desk: a sitting without them could not be held.
fn leads_it() -> ApiError {
    let text = say("您是这次会议的主持人，如不能到会请联系公告单位改派。", "You lead this sitting; please tell its desk, which names somebody else.");
    ApiError::bad_input("answer", text)
}

async fn give_up(tx: &WriteTx, cx: &Cx, scene: &Scene, before: Option<&consultation_reply::Model>, state: S, said: Said) -> Result<(), Stop<Refuse>> {
    if scene.part.account_id == Some(scene.sitting.convenor_account_id) {
        return Err(leads_it().into());
    }
    if let Some(subject) = before.and_then(|row| row.holds_subject) {
        occupy::release(tx, cx, scene.sitting.occasion_id, subject).await?;
    }
    seats::put(tx, cx, before, (scene.part.id, scene.sitting.id), state, said).await
}

/// Takes the person's time. Another sitting that they attend then is given up where they say so; anything else is theirs to hand back.
async fn take_time(tx: &WriteTx, cx: &Cx, scene: &Scene, person: Uuid, release_first: bool) -> Result<Uuid, Stop<Refuse>> {
    occupy::lock(tx, vec![person]).await?;
    let (from, until, own) = (scene.sitting.from_at, scene.sitting.until_at, scene.sitting.occasion_id);
    for (row, kind) in occupy::held(tx, person, from, until).await? {
        if row.occasion_id == own {
            return Ok(person);
        }
        let first = first_sitting(tx, row.occasion_id, kind, person).await?;
        match (&first, release_first) {
            (Some((sitting, reply)), true) => {
                occupy::release(tx, cx, sitting.occasion_id, person).await?;
                let said = Said { by: cx.account_if_any(), ..Said::default() };
                seats::put(tx, cx, Some(reply), (reply.participant_id, sitting.id), S::OnLeave, said).await?;
                seats::settle(tx, cx, sitting).await?;
            }
            _ => return Err(Stop::Refused(Refuse::Busy { kind, sitting: first.map(|(sitting, _)| sitting.id) })),
        }
    }
    let subject = Subject { kind: if scene.part.member_id.is_some() { SubjectKind::Member } else { SubjectKind::Resident }, id: person };
    occupy::take(tx, cx, own, subject, (from, until), || Refuse::Busy { kind: OccasionKind::Sitting, sitting: None }).await?;
    Ok(person)
}

/// The sitting that occupies a person as one who attends, and does not lead it.
async fn first_sitting(
    tx: &WriteTx,
    occasion: OccasionId,
    kind: OccasionKind,
    person: Uuid,
) -> Result<Option<(consultation_sitting::Model, consultation_reply::Model)>, ApiError> {
    if kind != OccasionKind::Sitting {
        return Ok(None);
    }
    let Some(sitting) = sittings::of_occasion(tx, occasion).await? else { return Ok(None) };
    let replies = store::replies_to(tx, sitting.id, &[S::Attending]).await?;
    Ok(replies.into_iter().find(|row| row.holds_subject == Some(person)).map(|row| (sitting, row)))
}
