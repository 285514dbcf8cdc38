use super::refusal::{CampaignResult, Refuse, finish};
use super::store;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, replay, say};
use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::appointment::Desk;
use shangyi_entities::{CampaignId, OrganisationId, Timestamp, campaign};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// A campaign to open. Its committee follows from its divisions.
#[derive(InputObject)]
pub struct OpenCampaignInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// Its name, at most 50 characters.
    pub name: String,
    /// What is asked, and why, at most 500 characters.
    pub theme: String,
    /// The codes of the divisions it asks in, 1 to 50, each with its whole subtree; all of one committee. For a default
    /// campaign the committee's own division alone.
    pub division_codes: Vec<String>,
    /// From when on it takes topics; now when left out or past.
    pub opens_at: Option<DateTime<Utc>>,
    /// Until when it takes topics; later than its beginning. Left out: until it is closed.
    pub closes_at: Option<DateTime<Utc>>,
    /// Most characters of a topic's title, 10 to 100; 50 when left out.
    pub title_limit: Option<i64>,
    /// Most characters of a topic's text, 50 to 5 000; 300 when left out.
    pub text_limit: Option<i64>,
    /// How far authors must have shown who they are; PHONE when left out.
    pub level: Option<VerificationLevel>,
    /// Whether it takes the topics of its committee that name no campaign; false when left out. One per committee, and
    /// only for its general desk.
    pub is_default: Option<bool>,
}

const NAME: Rule = Rule { field: "name", name: ("名称", "The name"), most: 50 };
const THEME: Rule = Rule { field: "theme", name: ("主题", "The theme"), most: 500 };
const MOST_DIVISIONS: usize = 50;

/// Checked input, ready to be written.
struct Ready {
    row: campaign::Model,
    codes: Vec<String>,
    role: String,
}

pub(super) async fn run(cx: &Cx, input: OpenCampaignInput) -> Result<CampaignResult, ApiError> {
    let viewer = cx.viewer().await?;
    let ready = match ready(cx, viewer, &input).await {
        Ok(ready) => ready,
        // What was done before is answered again, though the rules would refuse it by now.
        Err(stop) => {
            let earlier = replay::earlier(cx, "openCampaign", input.request_id, &input).await?;
            let done = earlier.and_then(|id| Gid::<CampaignId>::parse(&id)).map_or(Err(stop), |id| Ok((id.0, true)));
            return finish(cx, done).await;
        }
    };
    let (input, ready) = (&input, &ready);
    let done = cx.app().db.write(|tx| async move { write(&tx, cx, input, ready).await }).await;
    finish(cx, done).await
}

async fn ready(cx: &Cx, viewer: &Viewer, input: &OpenCampaignInput) -> Result<Ready, Stop<Refuse>> {
    if !viewer.has_desk() {
        return Err(not_yours().into());
    }
    let (name, theme) = (text::clean_line(&NAME, &input.name)?, text::clean(&THEME, &input.theme)?);
    let (opens_at, closes_at) = window(cx.now(), input)?;
    let title_limit = limit("titleLimit", input.title_limit.unwrap_or(50), 10..=100)?;
    let text_limit = limit("textLimit", input.text_limit.unwrap_or(300), 50..=5000)?;
    let codes = distinct(&input.division_codes)?;
    let committee = committee_of(cx, &codes).await?;
    let is_default = input.is_default.unwrap_or(false);
    let role = role_at(viewer, committee, &codes, is_default).ok_or_else(not_yours)?;
    if is_default {
        require_whole(cx, committee, &codes).await?;
    }
    let row = campaign::Model {
        id: cx.new_id(),
        committee_id: committee,
        name,
        theme,
        opens_at,
        closes_at,
        title_limit,
        text_limit,
        level: input.level.unwrap_or(VerificationLevel::Phone),
        is_default,
        opened_by: viewer.account,
        created_at: cx.now(),
        closed_at: None,
        closed_by: None,
    };
    Ok(Ready { row, codes, role })
}

fn window(now: Timestamp, input: &OpenCampaignInput) -> Result<(Timestamp, Option<Timestamp>), ApiError> {
    // A phone's clock may be a little behind: what is past begins now.
    let opens_at = input.opens_at.map_or(now, Timestamp::from).max(now);
    let closes_at = input.closes_at.map(Timestamp::from);
    if closes_at.is_some_and(|closes| closes <= opens_at) {
        return Err(ApiError::bad_input(
            "closesAt",
            say("截止时间应晚于开始时间，并且还没有到。", "The end must come after the beginning, and must not have passed."),
        ));
    }
    Ok((opens_at, closes_at))
}

fn limit(field: &'static str, wanted: i64, bounds: RangeInclusive<i64>) -> Result<i64, ApiError> {
    if bounds.contains(&wanted) {
        return Ok(wanted);
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(ApiError::bad_input(
        field,
        say(format!("字数上限可设{least}到{most}，请重新填写。"), format!("This limit may be {least} to {most} characters; please set it again.")),
    ))
}

fn distinct(given: &[String]) -> Result<Vec<String>, ApiError> {
    if given.is_empty() || given.len() > MOST_DIVISIONS {
        return Err(ApiError::bad_input(
            "divisionCodes",
            say(format!("请选择1到{MOST_DIVISIONS}个地区。"), format!("Please choose 1 to {MOST_DIVISIONS} divisions.")),
        ));
    }
    let mut codes = given.to_vec();
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

/// The one committee that answers for all these divisions: two statements.
async fn committee_of(cx: &Cx, codes: &[String]) -> Result<OrganisationId, Stop<Refuse>> {
    let found = crate::organisation::committees_of(cx, "divisionCodes", codes).await?;
    let mut here = codes.iter().map(|code| found.get(code).copied());
    let first = here.next().flatten().ok_or(Stop::Refused(Refuse::NoCommitteeHere))?;
    for other in here {
        if other.ok_or(Stop::Refused(Refuse::NoCommitteeHere))? != first {
            let text =
                say("所选地区分属不同的委员会，请分别开设征集。", "These divisions belong to different committees; please open a campaign in each.");
            return Err(ApiError::bad_input("divisionCodes", text).into());
        }
    }
    Ok(first)
}

/// A default campaign takes whatever comes to its committee, so it asks wherever that answers.
async fn require_whole(cx: &Cx, committee: OrganisationId, codes: &[String]) -> Result<(), ApiError> {
    let own = crate::organisation::find_organisation(cx, committee).await?.and_then(|found| found.0.division_code);
    if own.is_some_and(|own| codes == [own]) {
        return Ok(());
    }
    Err(ApiError::bad_input(
        "divisionCodes",
        say(
            "常设征集面向全域，地区请只选本委员会所在的区划。",
            "A default campaign asks everywhere: please choose the committee's own division alone.",
        ),
    ))
}

/// The role by which the viewer opens and closes a campaign: the committee's general desk, or for what lies in their own
/// street its liaison officer, who has no say in the default one.
pub(super) fn role_at(viewer: &Viewer, committee: OrganisationId, codes: &[String], is_default: bool) -> Option<String> {
    if let Some(general) = viewer.staff(committee, Desk::General) {
        return Some(general.role.to_value());
    }
    let mut desks = codes.iter().map(|code| viewer.desk_of(committee, code));
    let first = desks.next()??;
    (!is_default && desks.all(|desk| desk.is_some())).then(|| first.role.to_value())
}

/// Nobody but the desk.
pub(super) fn not_yours() -> ApiError {
    ApiError::forbidden(say(
        "征集由综合部门开设和结束；联络员只办理本街道的征集，常设征集除外。",
        "Campaigns are for the general desk; liaison officers open and close those of their own street, but no default one.",
    ))
}

async fn write(tx: &WriteTx, cx: &Cx, input: &OpenCampaignInput, ready: &Ready) -> Result<(CampaignId, bool), Stop<Refuse>> {
    let row = &ready.row;
    if let Some(made) = replay::remember(tx, cx, "openCampaign", input.request_id, input, Some(Gid(row.id).to_string())).await? {
        let id = Gid::<CampaignId>::parse(&made).ok_or_else(|| ApiError::broken("a remembered campaign cannot be read"))?;
        return Ok((id.0, true));
    }
    store::insert(tx, row.clone(), &ready.codes)
        .await
        .on_rule("one_open_default", || Refuse::DefaultExists(row.committee_id))?
        .internal("opening a campaign")?;
    let entry = audit::Entry::new("openCampaign", &ready.role, row.id);
    audit::record(tx, cx, audit::Entry { committee: Some(row.committee_id), after: Some("open"), ..entry }).await?;
    Ok((row.id, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_bounds_and_divisions_are_counted_as_given() {
        for (wanted, fits) in [(9, false), (10, true), (100, true), (101, false), (i64::MIN, false)] {
            assert_eq!(limit("titleLimit", wanted, 10..=100).is_ok(), fits, "{wanted}");
        }
        let codes = |count: usize| vec!["990101".to_owned(); count];
        assert!(distinct(&codes(0)).is_err() && distinct(&codes(51)).is_err());
        assert_eq!(distinct(&codes(50)).unwrap(), ["990101"]);
    }
}
