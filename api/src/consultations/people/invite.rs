use super::seats::{self, Said};
use super::store;
use crate::auth;
use crate::auth::callers::{self, Behalf, NewCaller};
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::moves::Move;
use crate::consultations::stage::step::{Step, add, look};
use crate::consultations::stage::{ConsultationResult, Refuse, finish, store as stages};
use crate::kernel::{ApiError, Cx, Gid, OrInternal, Stop, WriteTx, say};
use crate::notices::outbox;
use async_graphql::{InputObject, OneofObject};
use shangyi_entities::consultation;
use shangyi_entities::consultation_event::ConsultationEventKind;
use shangyi_entities::consultation_participant::{self, ParticipantBasis};
use shangyi_entities::consultation_reply::ReplyState;
use shangyi_entities::consultation_sitting::SittingState;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, CallerId, ConsultationId, MemberId, OrganisationId, TypedId};
use uuid::Uuid;

/// Somebody to be invited.
#[derive(OneofObject)]
pub enum Invitee {
    /// A member in office of a committee that holds it: as MEMBER.
    Member(Gid<MemberId>),
    /// A unit of the committee, which sends somebody: as DEPARTMENT.
    Unit(Gid<OrganisationId>),
    /// Somebody else, by name and contact; where the contact is the phone of an account, they find the invitation there.
    Person(InvitedPerson),
}

/// Somebody who is no member.
#[derive(InputObject)]
pub struct InvitedPerson {
    /// Who, and where they can be reached.
    pub who: Behalf,
    /// As what: RESIDENT, STAKEHOLDER, COMMUNITY, EXPERT or OBSERVER; it is not changed any more.
    pub party: Party,
}

/// Whom to invite.
#[derive(InputObject)]
pub struct InviteInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The consultation, announced.
    pub consultation_id: Gid<ConsultationId>,
    /// Whom, 1 to 100; who takes part already is passed over.
    pub invitees: Vec<Invitee>,
}

/// Most participants of one consultation.
const MOST: u64 = 2000;

/// Somebody, looked up before anything is written.
#[derive(Clone, Default)]
struct Ready {
    party: Option<Party>,
    account: Option<AccountId>,
    caller: Option<NewCaller>,
    unit: Option<OrganisationId>,
    member: Option<MemberId>,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: InviteInput) -> Result<ConsultationResult, ApiError> {
    let step = Step {
        operation: "invite",
        request_id: input.request_id,
        consultation: input.consultation_id.0,
        expected_version: None,
        kind: Move::Invite,
        what: ConsultationEventKind::Announced,
    };
    if input.invitees.is_empty() || input.invitees.len() > 100 {
        return Err(ApiError::bad_input("invitees", say("一次可邀请1到100位。", "Invite 1 to 100 at once.")));
    }
    let Some(seen) = look(cx, &input, &step).await? else { return finish(cx, Ok((step.consultation, true))).await };
    let mut ready = Vec::new();
    let parties = stages::parties_of(cx, &[seen.id]).await?.remove(&seen.id).unwrap_or_default();
    let committees = stages::hosts_of(cx, &seen).await?;
    for invitee in &input.invitees {
        let one = look_up(cx, &committees, invitee).await?;
        let party = one.party.unwrap_or(Party::Observer);
        if party != Party::Observer && !parties.contains(&party) {
            let text = say("这场协商没有公告这一类参加方。", "Nobody takes part in this consultation as that, as it was announced.");
            return Err(ApiError::bad_input("invitees", text));
        }
        ready.push(one);
    }
    let ready = &ready;
    add(cx, &input, &step, |tx, row, _| async move { put(&tx, cx, &row, ready).await }).await
}

async fn look_up(cx: &Cx, committees: &[OrganisationId], invitee: &Invitee) -> Result<Ready, ApiError> {
    match invitee {
        Invitee::Member(id) => {
            let wrong = || ApiError::bad_input("invitees", say("请选择在任的委员。", "Please choose members who are in office."));
            let member = crate::consultations::sitting::serving(cx, committees, id.0, cx.now()).await?.ok_or_else(wrong)?;
            Ok(Ready { party: Some(Party::Member), account: Some(member.account_id), member: Some(member.id), ..Ready::default() })
        }
        Invitee::Unit(id) => {
            let wrong = || ApiError::bad_input("invitees", say("请选择本委员会的承办单位或参加单位。", "Please choose units of the committee."));
            let unit = crate::organisation::find_organisation(cx, id.0).await?.ok_or_else(wrong)?;
            if !crate::handovers::is_unit(&unit, committees) {
                return Err(wrong());
            }
            Ok(Ready { party: Some(Party::Department), unit: Some(id.0), ..Ready::default() })
        }
        Invitee::Person(person) => {
            if matches!(person.party, Party::Member | Party::Department) {
                let text = say("委员和部门请从名册中选择。", "Please choose members and units from their lists.");
                return Err(ApiError::bad_input("invitees", text));
            }
            let caller = NewCaller::read(cx, &person.who)?;
            let account = match caller.phone_hash(cx) {
                Some(hash) => auth::known_by_phone(cx.read(), &hash).await?.map(|known| known.id),
                None => None,
            };
            Ok(Ready { party: Some(person.party), account, caller: Some(caller), ..Ready::default() })
        }
    }
}

async fn put(tx: &WriteTx, cx: &Cx, row: &consultation::Model, ready: &[Ready]) -> Result<(), Stop<Refuse>> {
    if store::count(tx, row.id).await? + ready.len() as u64 > MOST {
        return Err(ApiError::bad_input("invitees", say(format!("一场协商最多{MOST}位参加。"), format!("At most {MOST} take part."))).into());
    }
    let sitting = sittings::of(tx, row.id).await?.into_iter().rfind(|one| one.state == SittingState::Announced);
    if let Some(sitting) = &sitting {
        store::seats_locked(tx, sitting.id).await?;
    }
    let mut asked = Vec::new();
    for one in ready {
        let known = match (one.account, one.unit) {
            (Some(account), _) => store::part_of(&**tx, row.id, account, &[]).await?.is_some(),
            (None, Some(unit)) => store::part_of_unit(tx, row.id, unit).await?,
            (None, None) => false,
        };
        if known {
            continue;
        }
        let caller: Option<CallerId> = match &one.caller {
            Some(caller) => {
                callers::add(tx, cx, caller).await?;
                Some(caller.id)
            }
            None => None,
        };
        let part = consultation_participant::Model {
            id: cx.new_id(),
            consultation_id: row.id,
            party: one.party.unwrap_or(Party::Observer),
            basis: ParticipantBasis::Invited,
            account_id: one.account,
            caller_id: caller,
            unit_id: one.unit,
            member_id: one.member,
            at: cx.now(),
            added_by: cx.account_if_any(),
        };
        store::insert(tx, part.clone()).await.internal("inviting")?;
        if let Some(sitting) = &sitting {
            seats::put(tx, cx, None, (part.id, sitting.id), ReplyState::Asked, Said::default()).await?;
            if let (None, Some(phone)) = (one.account, one.caller.as_ref().and_then(NewCaller::phone)) {
                let when = crate::consultations::stage::local(sitting.from_at);
                let text = format!("【商议】邀请您参加协商会，时间{when}，地点和回复请联系镇街联络员。");
                outbox::sms(tx, cx, part.id.uuid(), &phone, text).await?;
            }
        }
        asked.push(part);
    }
    let event = cx.new_event();
    Ok(seats::tell(tx, cx, NoticeKind::SittingInvited, event, row.id, &asked).await?)
}
