use super::refusal::{Refuse, TopicRefusalReason as Reason, TopicRefused, TopicResult, finish};
use super::{clocks, store, words};
use crate::audit;
use crate::auth::callers::{self, Behalf, NewCaller};
use crate::kernel::text::{self, Rule};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, Stop, WriteTx, counts, crypto, replay, say};
use async_graphql::InputObject;
use shangyi_entities::account::VerificationLevel;
use shangyi_entities::appointment::Role;
use shangyi_entities::topic::{self, TopicSource, TopicState};
use shangyi_entities::topic_event::{self, TopicEventKind};
use shangyi_entities::{AppointmentId, CampaignId, OrganisationId, PlaceId, TopicId, TypedId};
use uuid::Uuid;

/// A topic to raise.
#[derive(InputObject)]
pub struct SubmitTopicInput {
    /// Made by the phone; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The code of the division it is about, best that of the community.
    pub division_code: String,
    /// The named place it is about, in that division.
    pub place_id: Option<Gid<PlaceId>>,
    /// The campaign it is raised in; left out: the committee's default one, if there is one.
    pub campaign_id: Option<Gid<CampaignId>>,
    /// In a few words, at most 50 characters, or as many as the campaign says.
    pub title: String,
    /// What is the matter, at most 300 characters, or as many as the campaign says.
    pub text: String,
    /// An appointment of one's own under which to raise it; its role says the source. Left out: as a resident.
    pub as_appointment_id: Option<Gid<AppointmentId>>,
    /// For a caller or visitor; only for the desk that answers for the division.
    pub on_behalf_of: Option<Behalf>,
}

pub(super) const TITLE: Rule = Rule { field: "title", name: ("标题", "The title"), most: 50 };
pub(super) const TEXT: Rule = Rule { field: "text", name: ("内容", "The text"), most: 300 };

/// Cleaned input, ready to be written.
struct Ready {
    id: TopicId,
    title: String,
    text: String,
    committee: OrganisationId,
    source: TopicSource,
    role: String,
    caller: Option<NewCaller>,
    campaign: Option<CampaignId>,
}

pub(super) async fn run(cx: &Cx, input: SubmitTopicInput) -> Result<TopicResult, ApiError> {
    let viewer = cx.viewer().await?;
    let refused = match ready(cx, viewer, &input).await {
        Ok(Ok(ready)) => {
            let (input, ready) = (&input, &ready);
            let done = cx.app().db.write(|tx| async move { write(&tx, cx, viewer, input, ready).await }).await;
            return finish(cx, done).await;
        }
        Ok(Err(refused)) => Ok(TopicResult::Refused(refused)),
        Err(error) => Err(error),
    };
    // What was done before is answered again, though the rules would refuse it by now.
    match replay::earlier(cx, "submitTopic", input.request_id, &input).await?.and_then(|id| Gid::<TopicId>::parse(&id)) {
        Some(id) => finish(cx, Ok((id.0, true))).await,
        None => refused,
    }
}

async fn ready(cx: &Cx, viewer: &Viewer, input: &SubmitTopicInput) -> Result<Result<Ready, TopicRefused>, ApiError> {
    crate::organisation::require_division(cx, "divisionCode", &input.division_code).await?;
    if let Some(place) = input.place_id
        && !crate::organisation::place_in(cx, place.0, &input.division_code).await?
    {
        return Err(ApiError::bad_input("placeId", say("这个地点不在所选区划内。", "This place does not lie in the chosen division.")));
    }
    let Some(committee) = crate::organisation::committee_covering(cx, &input.division_code).await? else {
        return Ok(Err(Refuse::Because(Reason::NoCommitteeHere).say(cx)));
    };
    let campaign = crate::campaigns::for_topic(cx, committee, &input.division_code, input.campaign_id.map(|id| id.0)).await?;
    let (title, text) = match &campaign {
        Some(campaign) => (Rule { most: campaign.title_limit, ..TITLE }, Rule { most: campaign.text_limit, ..TEXT }),
        None => (TITLE, TEXT),
    };
    let (title, text) = (text::clean_line(&title, &input.title)?, text::clean(&text, &input.text)?);
    let (source, role) = source(viewer, input)?;
    let caller = caller(cx, viewer, input, committee)?;
    if let Some(campaign) = &campaign {
        // An officer who enters a caller has them in front of them.
        let known = caller.is_some() || campaign.level == VerificationLevel::Phone;
        if !known && crate::auth::level_of(cx, viewer.account).await? != Some(VerificationLevel::RealName) {
            return Ok(Err(Refuse::Because(Reason::LevelNeeded).say(cx)));
        }
        if !campaign.open {
            return Ok(Err(Refuse::Because(Reason::CampaignClosed).say(cx)));
        }
    }
    let campaign = campaign.map(|campaign| campaign.id);
    let role = match viewer.desk_of(committee, &input.division_code).filter(|_| caller.is_some()) {
        Some(held) => sea_orm::ActiveEnum::to_value(&held.role),
        None => role,
    };
    Ok(Ok(Ready { id: cx.new_id(), title, text, committee, source, role, caller, campaign }))
}

/// The source follows from the appointment used, never from the input.
fn source(viewer: &Viewer, input: &SubmitTopicInput) -> Result<(TopicSource, String), ApiError> {
    let Some(id) = input.as_appointment_id else { return Ok((TopicSource::Public, "RESIDENT".to_owned())) };
    let held = viewer.appointment(id.0)?;
    let source = match held.role {
        Role::Member => TopicSource::Member,
        Role::CommitteeStaff | Role::Chair | Role::HandlingUnit => TopicSource::PartyGov,
        _ => {
            return Err(ApiError::bad_input("asAppointmentId", say("这项任职不能用来提出议题。", "Topics cannot be raised under this appointment.")));
        }
    };
    if input.on_behalf_of.is_some() {
        return Err(ApiError::bad_input(
            "asAppointmentId",
            say("代人登记的议题来源是群众，不必选择任职。", "A caller's topic comes from the public; leave the appointment out."),
        ));
    }
    Ok((source, sea_orm::ActiveEnum::to_value(&held.role)))
}

fn caller(cx: &Cx, viewer: &Viewer, input: &SubmitTopicInput, committee: OrganisationId) -> Result<Option<NewCaller>, ApiError> {
    let Some(behalf) = &input.on_behalf_of else { return Ok(None) };
    if viewer.desk_of(committee, &input.division_code).is_none() {
        return Err(ApiError::forbidden(say(
            "只有负责这个地区的工作人员可以代为登记。",
            "Only the desk that answers for this division may enter for others.",
        )));
    }
    NewCaller::read(cx, behalf).map(Some)
}

async fn write(tx: &WriteTx, cx: &Cx, viewer: &Viewer, input: &SubmitTopicInput, ready: &Ready) -> Result<(TopicId, bool), Stop<Refuse>> {
    let earlier = replay::remember(tx, cx, "submitTopic", input.request_id, input, Some(Gid(ready.id).to_string())).await?;
    if let Some(earlier) = earlier {
        let id = Gid::<TopicId>::parse(&earlier).ok_or_else(|| ApiError::broken("a remembered topic cannot be read"))?;
        return Ok((id.0, true));
    }
    let most = cx.settings().topics_per_day;
    // An officer enters as many callers as come.
    if ready.caller.is_none() && !counts::take(tx, cx, viewer.account, "topic", most).await? {
        return Err(Stop::Refused(Refuse::Limit(most)));
    }
    let mut subject = viewer.account.uuid();
    if let Some(caller) = &ready.caller {
        subject = caller.id.uuid();
        callers::add(tx, cx, caller).await?;
    }
    let new = New { row: row(cx, viewer, input, ready), title: &ready.title, text: &ready.text, subject, role: &ready.role };
    add(tx, cx, "submitTopic", new).await?;
    Ok((ready.id, false))
}

/// A topic to be, with its texts as they were typed.
pub(super) struct New<'a> {
    pub(super) row: topic::Model,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// Under whose key the texts as typed are sealed.
    pub(super) subject: Uuid,
    /// By which role it was entered.
    pub(super) role: &'a str,
}

/// Writes a new topic: row, words, clocks, original, history, trail.
pub(super) async fn add(tx: &WriteTx, cx: &Cx, operation: &'static str, new: New<'_>) -> Result<(), Stop<Refuse>> {
    let (id, committee) = (new.row.id, new.row.committee_id);
    let (title, text) = (new.row.title.clone().unwrap_or_default(), new.row.body.clone().unwrap_or_default());
    let raised = store::insert_topic(tx, new.row).await;
    raised.on_rule("campaign_is_open", || Refuse::Because(Reason::CampaignClosed))?.internal("adding a topic")?;
    words::write_new(tx, cx, id, &title, &text).await?;
    clocks::set(tx, cx, id, None, TopicState::Submitted).await?;
    store::insert_original(tx, cx, id, 1, Some(new.subject), new.title, new.text).await?;
    let event = topic_event::Model {
        topic_id: id,
        version: 1,
        id: cx.new_id(),
        at: cx.now(),
        what: TopicEventKind::Submitted,
        from_state: None,
        to_state: TopicState::Submitted,
        role: new.role.to_owned(),
        account_id: Some(cx.account()?),
        reason: None,
        note: None,
        note_enc: None,
        note_subject: None,
    };
    store::insert_event(tx, event).await?;
    let entry = audit::Entry::new(operation, new.role, id);
    audit::record(tx, cx, audit::Entry { committee, after: Some("Submitted 1"), ..entry }).await?;
    Ok(())
}

fn row(cx: &Cx, viewer: &Viewer, input: &SubmitTopicInput, ready: &Ready) -> topic::Model {
    topic::Model {
        place_id: input.place_id.map(|id| id.0),
        source: ready.source,
        author_id: ready.caller.is_none().then_some(viewer.account),
        caller_id: ready.caller.as_ref().map(|caller| caller.id),
        entered_by: ready.caller.is_some().then_some(viewer.account),
        campaign_id: ready.campaign,
        ..blank(cx, ready.id, ready.committee, &input.division_code, &ready.title, &ready.text)
    }
}

/// A topic that nobody has raised yet.
pub(super) fn blank(cx: &Cx, id: TopicId, committee: OrganisationId, division: &str, title: &str, text: &str) -> topic::Model {
    topic::Model {
        id,
        committee_id: Some(committee),
        division_code: division.to_owned(),
        place_id: None,
        source: TopicSource::Public,
        state: TopicState::Submitted,
        version: 1,
        author_id: None,
        caller_id: None,
        entered_by: None,
        imported_from: None,
        alias: alias(crypto::random()),
        title: Some(text::mask_numbers(title)),
        body: Some(text::mask_numbers(text)),
        support_count: 0,
        imported_support: 0,
        submitted_at: cx.now(),
        public_since: None,
        taken_down_at: None,
        reason: None,
        redirected_to: None,
        canonical_id: None,
        merged_count: 0,
        voice_count: 0,
        reopened: 0,
        taken_by: None,
        taken_at: None,
        ask_at: None,
        campaign_id: None,
        terms_at: Some(cx.now()),
    }
}

const TREES: [&str; 16] =
    ["香樟", "银杏", "黄葛", "桂花", "玉兰", "水杉", "红枫", "梧桐", "翠竹", "山茶", "紫薇", "石榴", "蜡梅", "海棠", "木槿", "杜鹃"];

/// A name for the author in this topic alone; it tells nothing of the account.
pub(super) fn alias(noise: [u8; 4]) -> String {
    let tree = TREES[usize::from(noise[0]) % TREES.len()];
    let number = u32::from_be_bytes([0, noise[1], noise[2], noise[3]]) % 9000 + 1000;
    format!("{tree}{number}")
}
