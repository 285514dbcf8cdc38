//! The demo's district, with streets, communities, places and organisations. All names are invented.
use super::DISTRICT;
use crate::app::App;
use crate::kernel::clock::day_begins;
use crate::kernel::{ApiError, WriteTx, ids};
use crate::organisation as org;
use chrono::NaiveDate;
use shangyi_entities::organisation::{self, OrganisationKind as Kind};
use shangyi_entities::place::{self, PlaceKind};
use shangyi_entities::venue::{self, Datum, VenueKind};
use shangyi_entities::{OrganisationId, TermId, division, term};
use std::collections::HashMap;

/// Code, name; the level follows from the code.
const DIVISIONS: [(&str, &str); 12] = [
    ("99", "示例省"),
    ("9901", "示例市"),
    (DISTRICT, "云溪区"),
    ("990101001", "听泉街道"),
    ("990101002", "石桥街道"),
    ("990101001001", "泉水社区"),
    ("990101001002", "松林社区"),
    ("990101001003", "老码头社区"),
    ("990101002001", "石桥社区"),
    ("990101002002", "新光社区"),
    ("990101002003", "荷塘村"),
    ("990102", "望山区"),
];

const PLACES: [(&str, PlaceKind, &str); 4] = [
    ("990101001001", PlaceKind::Compound, "泉水花园"),
    ("990101001003", PlaceKind::District, "老码头商圈"),
    ("990101002001", PlaceKind::Building, "石桥大厦"),
    ("990101002002", PlaceKind::Park, "新光产业园"),
];

const ORGANISATIONS: [(Kind, &str, Option<&str>); 15] = [
    (Kind::Office, "委员会办公室", None),
    (Kind::SpecialCommittee, "经济科技委员会", None),
    (Kind::SpecialCommittee, "社会法制委员会", None),
    (Kind::SectorGroup, "第一界别联组", None),
    (Kind::Sector, "教育界", None),
    (Kind::Sector, "医药卫生界", None),
    (Kind::Sector, "经济界", None),
    (Kind::Sector, "文化艺术界", None),
    (Kind::LiaisonCommittee, "听泉街道联络委", Some("990101001")),
    (Kind::LiaisonCommittee, "石桥街道联络委", Some("990101002")),
    (Kind::Cluster, "滨江片区", None),
    (Kind::ParticipatingUnit, "区工商联", None),
    (Kind::HandlingUnit, "区城市管理局", None),
    (Kind::HandlingUnit, "区水务局", None),
    (Kind::HandlingUnit, "区燃气管理中心", None),
];

/// Name, division, address, theme, centre.
type Studio = (&'static str, &'static str, &'static str, &'static str, (f64, f64));

const STUDIOS: [Studio; 3] = [
    ("泉水委员工作室", "990101001001", "听泉街道泉水路8号", "邻里环境", (29.551, 106.562)),
    ("老码头委员工作室", "990101001003", "听泉街道码头街21号", "老城更新", (29.556, 106.571)),
    ("石桥委员工作室", "990101002001", "石桥街道石桥正街5号", "就近就医", (29.541, 106.580)),
];

/// Halls: name, division, address.
const HALLS: [(&str, &str, &str); 2] = [("听泉街道协商议事厅", "990101001001", "听泉路9号"), ("石桥街道协商议事厅", "990101002001", "石桥正街2号")];

/// What was loaded, by name.
pub(super) struct Land {
    pub(super) committee: OrganisationId,
    pub(super) term: TermId,
    pub(super) organisations: HashMap<&'static str, OrganisationId>,
}

/// The term of the demo: five years around the present.
pub(super) fn term_days() -> (NaiveDate, NaiveDate) {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    (day(2024), day(2029))
}

pub(super) async fn load(app: &App) -> Result<Land, ApiError> {
    app.db.write_plain(|tx| async move { Ok(write(&tx, app).await?) }).await
}

async fn write(tx: &WriteTx, app: &App) -> Result<Land, ApiError> {
    for (code, name) in DIVISIONS {
        let (level, parent) = match code.len() {
            2 => (1, None),
            4 => (2, Some(2)),
            6 => (3, Some(4)),
            9 => (4, Some(6)),
            _ => (5, Some(9)),
        };
        let parent_code = parent.and_then(|length| code.get(..length)).map(str::to_owned);
        org::add_division(tx, division::Model { code: code.to_owned(), name: name.to_owned(), level, parent_code }).await?;
    }
    for (code, kind, name) in PLACES {
        let row = place::Model { id: ids::new(&app.clock), division_code: code.to_owned(), kind, name: name.to_owned(), created_at: app.clock.now() };
        org::add_place(tx, row).await?;
    }
    let committee = add(tx, app, None, Kind::Committee, "云溪区委员会", Some(DISTRICT)).await?;
    let (from, until) = term_days();
    let (term, _) = org::add_term(
        tx,
        term::Model { id: ids::new(&app.clock), committee_id: committee, number: 7, from_at: day_begins(from), until_at: day_begins(until) },
    )
    .await?;
    let mut organisations = HashMap::from([("云溪区委员会", committee)]);
    for (kind, name, division) in ORGANISATIONS {
        organisations.insert(name, add(tx, app, Some(committee), kind, name, division).await?);
    }
    for (name, division, address, theme, (latitude, longitude)) in STUDIOS {
        let row = venue::Model {
            id: ids::new(&app.clock),
            committee_id: committee,
            kind: VenueKind::MemberStudio,
            name: name.to_owned(),
            division_code: division.to_owned(),
            place_id: None,
            address: address.to_owned(),
            theme: Some(theme.to_owned()),
            latitude: Some(latitude),
            longitude: Some(longitude),
            radius_metres: Some(200),
            datum: Some(Datum::Gcj02),
            created_at: app.clock.now(),
            closed_at: None,
            version: 1,
        };
        org::add_venue(tx, row).await?;
    }
    for (name, division, address) in HALLS {
        let row = venue::Model {
            id: ids::new(&app.clock),
            committee_id: committee,
            kind: VenueKind::ConsultationHall,
            name: name.to_owned(),
            division_code: division.to_owned(),
            place_id: None,
            address: address.to_owned(),
            theme: None,
            latitude: None,
            longitude: None,
            radius_metres: None,
            datum: None,
            created_at: app.clock.now(),
            closed_at: None,
            version: 1,
        };
        org::add_venue(tx, row).await?;
    }
    Ok(Land { committee, term, organisations })
}

async fn add(
    tx: &WriteTx,
    app: &App,
    committee: Option<OrganisationId>,
    kind: Kind,
    name: &str,
    division: Option<&str>,
) -> Result<OrganisationId, ApiError> {
    let id = ids::new(&app.clock);
    let row = organisation::Model {
        id,
        committee_id: committee.unwrap_or(id),
        parent_id: None,
        kind,
        name: name.to_owned(),
        division_code: division.map(str::to_owned),
        created_at: app.clock.now(),
        closed_at: None,
    };
    Ok(org::add_organisation(tx, row).await?.0)
}
