use super::Report;
use super::lines::bar;
use crate::app::App;
use crate::kernel::clock::day_begins;
use crate::kernel::cx::Who;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, Locale, OnRule, OrInternal, Stop, WriteTx};
use crate::{auth, organisation as org};
use chrono::NaiveDate;
use serde::Deserialize;
use shangyi_entities::appointment::Role;
use shangyi_entities::organisation::{self, OrganisationKind as Kind};
use shangyi_entities::{AccountId, MemberId, OrganisationId, TermId, Timestamp, assignment, member, membership, term};
use std::path::Path;

/// One line of the file; the columns are documented in docs/import.md.
#[derive(Deserialize)]
struct Row {
    committee_division: String,
    committee: String,
    term: i64,
    term_from: NaiveDate,
    term_until: NaiveDate,
    number: String,
    name: String,
    phone: Option<String>,
    standing: String,
    special_committee: Option<String>,
    sector: Option<String>,
    sector_group: Option<String>,
    liaison_committee: Option<String>,
    liaison_division: Option<String>,
    cluster: Option<String>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    /// A column that may be missing.
    #[serde(default)]
    assigned_to: Option<String>,
}

/// What a line says, checked.
struct Ready {
    row: Row,
    phone: Option<Phone>,
    standing: bool,
    from: Timestamp,
    until: Option<Timestamp>,
    /// When the term ends, where the line says no earlier day.
    ends: Timestamp,
}

/// Brings members in, with their committees, organisations, terms and memberships; one transaction a line.
pub async fn run(app: &App, file: &Path) -> Result<Report, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "import members".to_owned());
    let length = std::fs::metadata(file).map_err(|error| problem(&error))?.len();
    let bar = bar(length, file);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(|error| problem(&error))?;
    let mut headers = reader.headers().map_err(|_| problem(&"not UTF-8 CSV"))?.clone();
    // Spreadsheets begin their files with a mark.
    headers = headers.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    let mut report = Report::default();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Err(_) => {
                report.read += 1;
                report.problem(file, line, "not a line of UTF-8 CSV with as many fields as the header");
                continue;
            }
            Ok(true) => {}
        }
        report.read += 1;
        let line = record.position().map_or(line, csv::Position::line);
        bar.set_position(record.position().map_or(0, csv::Position::byte));
        let ready =
            match record.deserialize::<Row>(Some(&headers)).map_err(|error| reason_of(&error)).and_then(|row| check(row).map_err(str::to_owned)) {
                Ok(ready) => ready,
                Err(reason) => {
                    report.problem(file, line, &reason);
                    continue;
                }
            };
        if org::require_division(cx, "committee_division", &ready.row.committee_division).await.is_err() {
            report.problem(file, line, "committee_division names no division");
            continue;
        }
        if let Some(code) = &ready.row.liaison_division
            && org::require_division(cx, "liaison_division", code).await.is_err()
        {
            report.problem(file, line, "liaison_division names no division");
            continue;
        }
        let ready = &ready;
        match app.db.write(|tx| async move { put(&tx, cx, ready).await }).await {
            Ok(changed) => report.changed += u64::from(changed),
            Err(Stop::Refused(reason)) => report.problem(file, line, reason),
            Err(Stop::Failed(error)) => return Err(error.text(Locale::En)),
        }
    }
    bar.finish();
    Ok(report)
}

/// The field that is wrong, never what stands in it.
fn reason_of(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => match err.field() {
            Some(field) => format!("column {} cannot be read", field + 1),
            None => "a column is missing".to_owned(),
        },
        _ => "cannot be read".to_owned(),
    }
}

fn check(row: Row) -> Result<Ready, &'static str> {
    for (text, most, reason) in [
        (&row.committee, 100, "committee is empty or too long"),
        (&row.number, 40, "number is empty or too long"),
        (&row.name, 30, "name is empty or too long"),
    ] {
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            return Err(reason);
        }
    }
    for name in [&row.special_committee, &row.sector, &row.sector_group, &row.liaison_committee, &row.cluster].into_iter().flatten() {
        if name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err("the name of an organisation is too long or holds a control character");
        }
    }
    let standing = match row.standing.as_str() {
        "yes" | "true" | "1" | "是" => true,
        "" | "no" | "false" | "0" | "否" => false,
        _ => return Err("standing must be yes or no"),
    };
    let phone = match row.phone.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(Phone::parse(text).ok_or("phone is not a mainland mobile number")?),
        None => None,
    };
    if row.liaison_committee.is_some() != row.liaison_division.is_some() {
        return Err("liaison_committee and liaison_division belong together");
    }
    if row.liaison_division.as_deref().is_some_and(|code| !code.starts_with(&row.committee_division)) {
        return Err("liaison_division does not lie in the committee's division");
    }
    if row.sector_group.is_some() && row.sector.is_none() {
        return Err("a sector_group needs a sector");
    }
    if row.cluster.is_some() && row.liaison_committee.is_none() {
        return Err("a cluster needs a liaison_committee");
    }
    if row.term_until <= row.term_from {
        return Err("term_until must be later than term_from");
    }
    let from = day_begins(row.from.unwrap_or(row.term_from));
    let until = row.until.map(day_begins);
    if until.is_some_and(|until| until <= from) {
        return Err("until must be later than from");
    }
    let ends = until.unwrap_or_else(|| day_begins(row.term_until));
    if ends <= from {
        return Err("from must be earlier than term_until");
    }
    Ok(Ready { row, phone, standing, from, until, ends })
}

async fn organisation(
    tx: &WriteTx,
    cx: &Cx,
    committee: OrganisationId,
    kind: Kind,
    name: &str,
    division: Option<&str>,
    parent: Option<OrganisationId>,
) -> Result<(OrganisationId, bool), ApiError> {
    let row = organisation::Model {
        id: cx.new_id(),
        committee_id: committee,
        parent_id: parent,
        kind,
        name: name.to_owned(),
        division_code: division.map(str::to_owned),
        created_at: cx.now(),
        closed_at: None,
    };
    org::add_organisation(tx, row).await
}

async fn committee(tx: &WriteTx, cx: &Cx, row: &Row) -> Result<(OrganisationId, bool), ApiError> {
    let id: OrganisationId = cx.new_id();
    let new = organisation::Model {
        id,
        committee_id: id,
        parent_id: None,
        kind: Kind::Committee,
        name: row.committee.clone(),
        division_code: Some(row.committee_division.clone()),
        created_at: cx.now(),
        closed_at: None,
    };
    org::add_organisation(tx, new).await
}

/// Writes a line; whether anything is new. Refused: why the line cannot be, and nothing of it is written.
async fn put(tx: &WriteTx, cx: &Cx, ready: &Ready) -> Result<bool, Stop<&'static str>> {
    let row = &ready.row;
    let (committee, mut changed) = committee(tx, cx, row).await?;
    let new_term = term::Model {
        id: cx.new_id(),
        committee_id: committee,
        number: row.term,
        from_at: day_begins(row.term_from),
        until_at: day_begins(row.term_until),
    };
    let (term, fresh) = org::add_term(tx, new_term).await?;
    changed |= fresh;
    let member = match org::member_numbered(tx, term, &row.number).await? {
        Some(member) => member.id,
        None => {
            changed = true;
            add_member(tx, cx, ready, committee, term).await?
        }
    };
    for organisation in organisations(tx, cx, committee, row, &mut changed).await? {
        let membership = membership::Model {
            id: cx.new_id(),
            member_id: member,
            organisation_id: organisation,
            head: false,
            from_at: ready.from,
            until_at: ready.until,
        };
        let overlaps = || "a membership in the same organisation overlaps one from another day";
        changed |= org::add_membership(tx, membership).await.on_rule("membership_overlaps", overlaps)?.internal("adding a membership")?;
    }
    if let Some(code) = &row.assigned_to {
        let Some(organisation) = org::liaison_committee_of(tx, code).await? else {
            return Err(Stop::Refused("assigned_to is the division of no liaison committee"));
        };
        let assignment =
            assignment::Model { id: cx.new_id(), member_id: member, organisation_id: organisation, from_at: ready.from, until_at: Some(ready.ends) };
        let overlaps = || "an assignment to the same liaison committee overlaps one from another day";
        changed |= org::add_assignment(tx, assignment).await.on_rule("assignment_overlaps", overlaps)?.internal("adding an assignment")?;
    }
    Ok(changed)
}

/// The organisations a line names, made where they are new.
async fn organisations(tx: &WriteTx, cx: &Cx, committee: OrganisationId, row: &Row, changed: &mut bool) -> Result<Vec<OrganisationId>, ApiError> {
    let mut found = Vec::new();
    let mut add = async |kind, name: &Option<String>, division: Option<&str>, parent| -> Result<Option<OrganisationId>, ApiError> {
        let Some(name) = name.as_deref() else { return Ok(None) };
        let (id, fresh) = organisation(tx, cx, committee, kind, name, division, parent).await?;
        *changed |= fresh;
        Ok(Some(id))
    };
    found.extend(add(Kind::SpecialCommittee, &row.special_committee, None, None).await?);
    let group = add(Kind::SectorGroup, &row.sector_group, None, None).await?;
    found.extend(add(Kind::Sector, &row.sector, None, group).await?);
    let liaison = add(Kind::LiaisonCommittee, &row.liaison_committee, row.liaison_division.as_deref(), None).await?;
    found.extend(liaison);
    found.extend(add(Kind::Cluster, &row.cluster, None, liaison).await?);
    Ok(found)
}

async fn add_member(tx: &WriteTx, cx: &Cx, ready: &Ready, committee: OrganisationId, term: TermId) -> Result<MemberId, Stop<&'static str>> {
    let keys = &cx.app().keys;
    let known = match &ready.phone {
        Some(phone) => auth::store::account_of_phone(&**tx, &phone.hash(&keys.derived("phone"))).await?,
        None => None,
    };
    let account: AccountId = match known {
        Some(account) => account.id,
        None => auth::store::add_account(&**tx, keys, cx.new_id(), ready.phone.as_ref(), Some(&ready.row.name), cx.now()).await?.id,
    };
    if org::is_member_in(tx, term, account).await? {
        return Err(Stop::Refused("the phone belongs to a member of this term already, under another number"));
    }
    let id: MemberId = cx.new_id();
    let row = member::Model {
        id,
        account_id: account,
        committee_id: committee,
        term_id: term,
        number: ready.row.number.clone(),
        name_enc: org::seal_member_name(tx, cx, account, &ready.row.name).await?,
        standing: ready.standing,
        from_at: ready.from,
        until_at: Some(ready.ends),
    };
    org::add_member(tx, row).await?;
    let post = org::Post {
        account,
        role: Role::Member,
        desk: None,
        committee,
        scope: org::PostScope::Organisation(committee),
        from: ready.from,
        until: Some(ready.ends),
    };
    org::grant_by_operator(tx, cx, post).await?;
    Ok(id)
}
