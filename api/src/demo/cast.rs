//! The demo's people. All names are invented; the phones are of a range nobody holds.
use super::land::{Land, term_days};
use crate::app::App;
use crate::auth;
use crate::kernel::clock::day_begins;
use crate::kernel::cx::Who;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, Locale, OrInternal, WriteTx};
use crate::organisation as org;
use shangyi_entities::appointment::{Desk, Role};
use shangyi_entities::{AccountId, OrganisationId, member, membership};

/// A person of the demo.
#[derive(Clone, Debug)]
pub struct Person {
    /// `RESIDENT`, `MEMBER`, or the role of their appointment.
    pub role: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Their phone, to sign in with.
    pub phone: &'static str,
    /// What they answer for, or where they live.
    pub scope: &'static str,
    /// Their account.
    pub account: AccountId,
}

struct Part {
    role: &'static str,
    appointment: Option<(Role, Option<Desk>)>,
    name: &'static str,
    phone: &'static str,
    scope: &'static str,
    /// For members: standing, and the organisations they belong to.
    belongs: Option<(bool, [&'static str; 3])>,
}

const fn staff(role: &'static str, appointment: Role, desk: Option<Desk>, name: &'static str, phone: &'static str, scope: &'static str) -> Part {
    Part { role, appointment: Some((appointment, desk)), name, phone, scope, belongs: None }
}

const fn member_of(standing: bool, name: &'static str, phone: &'static str, belongs: [&'static str; 3]) -> Part {
    Part { role: "MEMBER", appointment: Some((Role::Member, None)), name, phone, scope: "云溪区委员会", belongs: Some((standing, belongs)) }
}

const fn resident(name: &'static str, phone: &'static str, home: &'static str) -> Part {
    Part { role: "RESIDENT", appointment: None, name, phone, scope: home, belongs: None }
}

const HERE: &str = "云溪区委员会";
const ECONOMY: &str = "经济科技委员会";
const LAW: &str = "社会法制委员会";
const SPRING: &str = "听泉街道联络委";
const BRIDGE: &str = "石桥街道联络委";

const PARTS: &[Part] = &[
    staff("CHAIR", Role::Chair, None, "程主席", "13800000001", HERE),
    staff("COMMITTEE_STAFF", Role::CommitteeStaff, Some(Desk::General), "何综合", "13800000002", HERE),
    staff("COMMITTEE_STAFF", Role::CommitteeStaff, Some(Desk::MemberAffairs), "韦委工", "13800000003", HERE),
    staff("COMMITTEE_STAFF", Role::CommitteeStaff, Some(Desk::Proposals), "田提案", "13800000004", HERE),
    staff("AUDITOR", Role::Auditor, None, "沈审计", "13800000005", HERE),
    staff("LIAISON_OFFICER", Role::LiaisonOfficer, None, "李听泉", "13800000011", SPRING),
    staff("LIAISON_OFFICER", Role::LiaisonOfficer, None, "石桥生", "13800000012", BRIDGE),
    staff("HANDLING_UNIT", Role::HandlingUnit, None, "管承办", "13800000013", "区城市管理局"),
    member_of(true, "白常委", "13800000101", [ECONOMY, "经济界", SPRING]),
    member_of(true, "方常委", "13800000102", [LAW, "教育界", BRIDGE]),
    member_of(false, "高委员", "13800000103", [ECONOMY, "经济界", SPRING]),
    member_of(false, "郭委员", "13800000104", [ECONOMY, "经济界", BRIDGE]),
    member_of(false, "黄委员", "13800000105", [LAW, "教育界", SPRING]),
    member_of(false, "江委员", "13800000106", [LAW, "教育界", BRIDGE]),
    member_of(false, "康委员", "13800000107", [LAW, "医药卫生界", SPRING]),
    member_of(false, "林委员", "13800000108", [LAW, "医药卫生界", BRIDGE]),
    member_of(false, "马委员", "13800000109", [ECONOMY, "医药卫生界", SPRING]),
    member_of(false, "倪委员", "13800000110", [ECONOMY, "文化艺术界", BRIDGE]),
    member_of(false, "欧委员", "13800000111", [LAW, "文化艺术界", SPRING]),
    member_of(false, "彭委员", "13800000112", [LAW, "文化艺术界", BRIDGE]),
    resident("秦居民", "13800000201", "990101001001"),
    resident("任居民", "13800000202", "990101001001"),
    resident("孙居民", "13800000203", "990101001002"),
    resident("唐居民", "13800000204", "990101001002"),
    resident("吴居民", "13800000205", "990101001003"),
    resident("夏居民", "13800000206", "990101001003"),
    resident("杨居民", "13800000207", "990101002001"),
    resident("郑居民", "13800000208", "990101002001"),
    resident("周居民", "13800000209", "990101002002"),
    resident("朱居民", "13800000210", "990101002002"),
    resident("庄居民", "13800000211", "990101002003"),
    resident("邹居民", "13800000212", "990101002003"),
    staff("HANDLING_UNIT", Role::HandlingUnit, None, "水承办", "13800000014", "区水务局"),
    staff("HANDLING_UNIT", Role::HandlingUnit, None, "冉承办", "13800000015", "区燃气管理中心"),
    staff("EVALUATOR", Role::Evaluator, None, "平评议", "13800000006", HERE),
];

pub(super) async fn load(app: &App, land: &Land) -> Result<Vec<Person>, ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "demo".to_owned());
    let mut people = Vec::with_capacity(PARTS.len());
    for (number, part) in PARTS.iter().enumerate() {
        let account = app.db.write_plain(|tx| async move { Ok(write(&tx, cx, land, number, part).await?) }).await?;
        people.push(Person { role: part.role, name: part.name, phone: part.phone, scope: part.scope, account });
    }
    Ok(people)
}

async fn write(tx: &WriteTx, cx: &Cx, land: &Land, number: usize, part: &Part) -> Result<AccountId, ApiError> {
    let keys = &cx.app().keys;
    let phone = Phone::parse(part.phone).ok_or_else(|| ApiError::broken("a phone of the demo"))?;
    let known = auth::store::account_of_phone(&**tx, &phone.hash(&keys.derived("phone"))).await?;
    let account = match known {
        Some(account) => account.id,
        None => auth::store::add_account(&**tx, keys, cx.new_id(), Some(&phone), Some(part.name), cx.now()).await?.id,
    };
    let Some((role, desk)) = part.appointment else {
        auth::store::set_home(&**tx, account, part.scope).await?;
        return Ok(account);
    };
    make_member(tx, cx, land, account, number, part).await?;
    let scope = *land.organisations.get(part.scope).unwrap_or(&land.committee);
    grant(tx, cx, land, account, role, desk, scope).await?;
    Ok(account)
}

async fn make_member(tx: &WriteTx, cx: &Cx, land: &Land, account: AccountId, number: usize, part: &Part) -> Result<(), ApiError> {
    let Some((standing, belongs)) = part.belongs else { return Ok(()) };
    if org::is_member_in(tx, land.term, account).await? {
        return Ok(());
    }
    let (from, until) = term_days();
    let row = member::Model {
        id: cx.new_id(),
        account_id: account,
        committee_id: land.committee,
        term_id: land.term,
        number: format!("07{number:03}"),
        name_enc: org::seal_member_name(tx, cx, account, part.name).await?,
        standing,
        from_at: day_begins(from),
        until_at: Some(day_begins(until)),
    };
    let id = row.id;
    org::add_member(tx, row).await?;
    for name in belongs {
        let Some(organisation) = land.organisations.get(name) else { return Err(ApiError::broken("an organisation of the demo")) };
        let row = membership::Model {
            id: cx.new_id(),
            member_id: id,
            organisation_id: *organisation,
            head: false,
            from_at: day_begins(from),
            until_at: None,
        };
        org::add_membership(tx, row).await.internal("a membership of the demo")?;
    }
    Ok(())
}

async fn grant(
    tx: &WriteTx,
    cx: &Cx,
    land: &Land,
    account: AccountId,
    role: Role,
    desk: Option<Desk>,
    scope: OrganisationId,
) -> Result<(), ApiError> {
    let (from, until) = term_days();
    let (from, until) = (day_begins(from), Some(day_begins(until)));
    let post = org::Post { account, role, desk, committee: land.committee, scope: org::PostScope::Organisation(scope), from, until };
    org::grant_by_operator(tx, cx, post).await.map(|_| ())
}
