//! Who belongs to the demo's studios: a convenor who is a member, and the members of the street.
use super::cast::Person;
use super::land::{Land, term_days};
use crate::app::App;
use crate::kernel::clock::day_begins;
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Cx, Locale};
use crate::organisation as org;
use shangyi_entities::MemberId;
use shangyi_entities::appointment::Role;
use shangyi_entities::venue::VenueKind;

/// Studio, its convenor (by place among the members), its members.
const STUDIOS: [(&str, Option<usize>, &[usize]); 3] =
    [("泉水委员工作室", Some(0), &[0, 2, 4, 6]), ("老码头委员工作室", None, &[4, 8, 10]), ("石桥委员工作室", Some(1), &[1, 3, 5, 7, 9, 11])];

pub(super) async fn load(app: &App, land: &Land, people: &[Person]) -> Result<(), ApiError> {
    let cx = &Cx::new(app.clone(), Who::Nobody, Locale::Zh, None, "demo".to_owned());
    let cast: Vec<&Person> = people.iter().filter(|person| person.role == "MEMBER").collect();
    let venues = org::all_venues(cx, None, VenueKind::MemberStudio).await?;
    let (from, until) = term_days();
    for (name, convenor, places) in STUDIOS {
        let missing = || ApiError::broken("a studio of the demo");
        let studio = venues.iter().find(|venue| venue.name == name).ok_or_else(missing)?.id;
        let mut members: Vec<MemberId> = Vec::new();
        for place in places {
            let account = cast.get(*place).ok_or_else(missing)?.account;
            members.push(org::member_of_account(cx, account).await?.ok_or_else(missing)?.0.id);
        }
        let convenor = convenor.and_then(|place| cast.get(place)).map(|person| person.account);
        let members = &members;
        app.db
            .write_plain(|tx| async move {
                crate::studios::put_members(&tx, cx, studio, members).await?;
                if let Some(account) = convenor {
                    let scope = org::PostScope::Venue(studio);
                    let (from, until) = (day_begins(from), Some(day_begins(until)));
                    let post = org::Post { account, role: Role::StudioConvenor, desk: None, committee: land.committee, scope, from, until };
                    org::grant_by_operator(&tx, cx, post).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}
