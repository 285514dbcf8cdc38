use super::granting::{self, Scope};
use super::refusal::{AppointmentPayload, AppointmentRefusalReason as Reason, AppointmentRefused, AppointmentResult};
use super::store;
use crate::audit;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, replay, say};
use crate::notices::outbox;
use async_graphql::{InputObject, OneofObject};
use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use shangyi_entities::appointment::{self, Desk, Role};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{AccountId, AppointmentId, MemberId, OrganisationId, Timestamp, TypedId, VenueId};
use uuid::Uuid;

/// Whom to appoint.
#[derive(OneofObject)]
pub enum Appointee {
    /// The person with this phone, who must have signed in once.
    Phone(String),
    /// This member.
    MemberId(Gid<MemberId>),
}

/// Whom to appoint to what.
#[derive(InputObject)]
pub struct GrantAppointmentInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// Whom.
    pub to: Appointee,
    /// To what. MEMBER comes with a membership and is not granted here.
    pub role: Role,
    /// The desk, for COMMITTEE_STAFF.
    pub desk: Option<Desk>,
    /// The organisation it is for; either this or `venueId`.
    pub organisation_id: Option<Gid<OrganisationId>>,
    /// The venue it is for, for STUDIO_CONVENOR.
    pub venue_id: Option<Gid<VenueId>>,
    /// From when on; left out: from now.
    pub from: Option<DateTime<Utc>>,
    /// Until when; left out: until it is ended.
    pub until: Option<DateTime<Utc>>,
}

pub(super) async fn run(cx: &Cx, input: GrantAppointmentInput) -> Result<AppointmentResult, ApiError> {
    let viewer = cx.viewer().await?;
    let scope = store::scope(cx, input.organisation_id.map(|id| id.0), input.venue_id.map(|id| id.0)).await?;
    let role = granting::may_grant(viewer, scope.committee()).ok_or_else(|| {
        ApiError::forbidden(say("只有本委员会的委员工作部门或主席可以任命。", "Only member affairs or the chair of this committee may appoint."))
    })?;
    if input.role == Role::Member || !granting::fits(input.role, input.desk, scope) {
        return Err(ApiError::bad_input("role", say("这个角色不能用于所选的范围。", "This role does not fit the chosen scope.")));
    }
    let from = input.from.map_or(cx.now(), Timestamp::from);
    let until = input.until.map(Timestamp::from);
    let sane = |at: &Timestamp| (2000..2200).contains(&chrono::Datelike::year(&at.utc()));
    if ![Some(from), until].iter().flatten().all(sane) {
        return Err(ApiError::bad_input("from", say("请填写合理的起止时间。", "Please give times of this century.")));
    }
    if until.is_some_and(|until| until <= from) {
        return Err(ApiError::bad_input("until", say("结束时间应晚于开始时间。", "The end must be later than the beginning.")));
    }
    let Some(account) = appointee(cx, &input.to).await? else {
        return Ok(AppointmentResult::Refused(AppointmentRefused::new(cx, Reason::NoAccount)));
    };
    let row = &new_row(cx, &input, scope, account, from, until);
    let input = &input;
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            let earlier = replay::remember(&tx, cx, "grantAppointment", input.request_id, input, Some(Gid(row.id).to_string())).await?;
            if let Some(earlier) = earlier {
                return Ok((Gid::<AppointmentId>::parse(&earlier).map(|id| id.0), true));
            }
            if store::holds_same(&tx, row, cx.now()).await? {
                return Err(Stop::Refused(Reason::AlreadyHeld));
            }
            store::insert_appointment(&tx, row)
                .await
                .on_rule("not_to_oneself", || Reason::NeedsAnotherPerson)?
                .internal("granting an appointment")?;
            audit::record(&tx, cx, audit::Entry { committee: Some(row.committee_id), ..audit::Entry::new("grantAppointment", role, row.id) }).await?;
            if row.confirmed_at.is_some() {
                outbox::tell_person(&tx, cx, NoticeKind::AppointmentGranted, row.id.uuid(), row.id.uuid(), account).await?;
            } else {
                for other in store::confirmers(&tx, row, cx.now()).await? {
                    outbox::tell_person(&tx, cx, NoticeKind::AppointmentToConfirm, row.id.uuid(), row.id.uuid(), other).await?;
                }
            }
            Ok((Some(row.id), false))
        })
        .await;
    finish(cx, done).await
}

async fn appointee(cx: &Cx, to: &Appointee) -> Result<Option<AccountId>, ApiError> {
    match to {
        Appointee::Phone(text) => {
            let phone = Phone::parse(text)
                .ok_or_else(|| ApiError::bad_input("phone", say("请输入11位手机号码。", "Please enter a mobile number of eleven digits.")))?;
            let hash = phone.hash(&cx.app().keys.derived("phone"));
            Ok(crate::auth::store::account_of_phone(cx.read(), &hash).await?.map(|account| account.id))
        }
        Appointee::MemberId(id) => {
            let member = store::find_member(cx, id.0).await?.ok_or_else(|| ApiError::not_found("这位委员", "This member"))?;
            Ok(Some(member.0.account_id))
        }
    }
}

fn new_row(
    cx: &Cx,
    input: &GrantAppointmentInput,
    scope: Scope,
    account: AccountId,
    from: Timestamp,
    until: Option<Timestamp>,
) -> appointment::Model {
    let confirmed = !granting::needs_second_person(input.role);
    appointment::Model {
        id: cx.new_id(),
        account_id: account,
        role: input.role,
        desk: input.desk,
        committee_id: scope.committee(),
        organisation_id: input.organisation_id.map(|id| id.0),
        venue_id: input.venue_id.map(|id| id.0),
        from_at: from,
        until_at: until,
        granted_at: cx.now(),
        granted_by: cx.account_if_any(),
        confirmed_at: confirmed.then(|| cx.now()),
        confirmed_by: None,
        ended_at: None,
        ended_by: None,
    }
}

/// The payload or the refusal of a write on an appointment.
pub(super) async fn finish(cx: &Cx, done: Result<(Option<AppointmentId>, bool), Stop<Reason>>) -> Result<AppointmentResult, ApiError> {
    match done {
        Ok((Some(id), replayed)) => {
            let appointment = store::find_appointment(cx, id).await?.ok_or_else(|| ApiError::not_found("这项任职", "This appointment"))?;
            Ok(AppointmentResult::Done(AppointmentPayload { appointment, replayed }))
        }
        Ok((None, _)) => Err(ApiError::broken("a remembered appointment cannot be read")),
        Err(Stop::Refused(reason)) => Ok(AppointmentResult::Refused(AppointmentRefused::new(cx, reason))),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// How a role is called in history and audit.
pub(super) fn word(role: Role) -> String {
    role.to_value()
}
