//! Somebody comes of their own accord. As what, follows from facts that nobody chooses: authorship, backing, the place, the membership.
use super::respond::{Scene, ahead, attend, missing};
use super::seats::{self, Said};
use super::store;
use crate::audit;
use crate::auth;
use crate::consultations::sitting::store as sittings;
use crate::consultations::stage::store as stages;
use crate::consultations::stage::{ConsultationRefusalReason as Reason, ConsultationResult, Refuse, finish};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay};
use crate::topics::{self, Concern};
use async_graphql::InputObject;
use shangyi_entities::consultation::{self, ConsultationState};
use shangyi_entities::consultation_participant::{self, ParticipantBasis as Basis};
use shangyi_entities::programme_version::Party;
use shangyi_entities::{AccountId, SittingId};
use uuid::Uuid;

/// Which sitting somebody wants to attend.
#[derive(InputObject)]
pub struct AskToAttendInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The sitting, which is to come.
    pub sitting_id: Gid<SittingId>,
    /// To look on only: as an observer, who does not vote.
    #[graphql(default)]
    pub observe: bool,
    /// Where all seats are taken: wait for one. `FULL` when left out.
    #[graphql(default)]
    pub wait: bool,
}

pub(in crate::consultations) async fn run(cx: &Cx, input: AskToAttendInput) -> Result<ConsultationResult, ApiError> {
    let account = cx.account()?;
    let seen = sittings::by_id(cx.read(), input.sitting_id.0).await?.ok_or_else(missing)?;
    let row = stages::visible(cx, &[seen.consultation_id]).await?.pop().ok_or_else(missing)?;
    let parties = stages::parties_of(cx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let (input, row, parties) = (&input, &row, parties.as_slice());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "askToAttend", input.request_id, input, Some(Gid(row.id).to_string())).await?.is_some() {
                return Ok((row.id, true));
            }
            let sitting = ahead(&tx, cx, input.sitting_id.0).await?;
            if store::takes_part(&*tx, row.id, account).await? {
                return Err(Stop::Refused(Refuse::Because(Reason::TakesPartAlready)));
            }
            let part = join(&tx, cx, row, account, parties, if input.observe { As::Observer } else { As::Asked }).await?;
            let said = Said { by: Some(account), ..Said::default() };
            attend(&tx, cx, &Scene { sitting: sitting.clone(), part: part.clone() }, None, (input.wait, false), said).await?;
            seats::settle(&tx, cx, &sitting).await?;
            let entry = audit::Entry::new("askToAttend", "RESIDENT", part.id);
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..entry }).await?;
            Ok((row.id, false))
        })
        .await;
    finish(cx, done).await
}

/// How somebody comes of their own accord.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// Asks beforehand.
    Asked,
    /// Asks beforehand, to look on.
    Observer,
    /// Stands at the door.
    Door,
}

/// Enters somebody who comes of their own accord, as the party that they are.
pub(super) async fn join(
    tx: &WriteTx,
    cx: &Cx,
    row: &consultation::Model,
    account: AccountId,
    parties: &[Party],
    how: As,
) -> Result<consultation_participant::Model, Stop<Refuse>> {
    let member = crate::organisation::serving_account(&**tx, row.committee_id, account, cx.now()).await?;
    let (party, basis) = match (how, &member) {
        (As::Observer, _) => (Party::Observer, Basis::Asked),
        (_, Some(_)) => (Party::Member, Basis::Asked),
        (_, None) => party_of(tx, row, account, parties, how).await?,
    };
    let part = consultation_participant::Model {
        id: cx.new_id(),
        consultation_id: row.id,
        party,
        basis,
        account_id: Some(account),
        caller_id: None,
        unit_id: None,
        member_id: member.filter(|_| party == Party::Member).map(|member| member.id),
        at: cx.now(),
        added_by: Some(account),
    };
    let added = store::insert(tx, part.clone()).await;
    added.on_rule("one_part_per_person", || Refuse::Because(Reason::TakesPartAlready))?.internal("adding a participant")?;
    Ok(part)
}

/// Authors, backers and those who live where it is about (in a street at most) are stakeholders; others are residents, and at the door of
/// a consultation without that party observers.
async fn party_of(tx: &WriteTx, row: &consultation::Model, account: AccountId, parties: &[Party], how: As) -> Result<(Party, Basis), Stop<Refuse>> {
    let concern = topics::concern_in(tx, row.id, account).await?;
    let known = auth::known(&**tx, account).await?.ok_or_else(ApiError::unauthenticated)?;
    let lives_there = row.division_code.len() >= 9 && known.home.is_some_and(|home| home.starts_with(&row.division_code));
    let basis = match concern {
        Some(Concern::Raised) => Some(Basis::Authorship),
        Some(Concern::Backed) => Some(Basis::Backing),
        None => lives_there.then_some(Basis::Place),
    };
    let of_own = if how == As::Door { Basis::Door } else { Basis::Asked };
    match basis {
        Some(basis) if parties.contains(&Party::Stakeholder) => Ok((Party::Stakeholder, basis)),
        _ if parties.contains(&Party::Resident) => Ok((Party::Resident, of_own)),
        _ if how == As::Door => Ok((Party::Observer, of_own)),
        _ => Err(Stop::Refused(Refuse::Because(Reason::NotAParty))),
    }
}

/// Whether people come to a consultation now: a sitting is to come, or goes on.
pub(super) fn is_open(row: &consultation::Model) -> bool {
    matches!(row.state, ConsultationState::Announced | ConsultationState::InSitting)
}
