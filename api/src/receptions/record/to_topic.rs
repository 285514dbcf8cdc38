use super::answer::{finish, missing};
use super::model::ReceptionRecordResult;
use super::{lists, store};
use crate::kernel::{ApiError, Cx, Gid, OnRule, OrInternal, personal, replay, say};
use crate::notices::outbox;
use crate::receptions::booking as bookings;
use crate::receptions::day;
use crate::receptions::day::ReceptionRefusalReason as Reason;
use crate::receptions::day::refusal::Refuse;
use crate::receptions::loaders::subject_of;
use crate::topics::raise_for::{self, Heard};
use async_graphql::InputObject;
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::reception_day::ReceptionKind;
use shangyi_entities::topic::TopicSource;
use shangyi_entities::{ReceptionRecordId, TypedId, reception_topic};
use uuid::Uuid;

/// What of a record is to be raised as a topic.
#[derive(InputObject)]
pub struct RaiseReceptionTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The record.
    pub record_id: Gid<ReceptionRecordId>,
    /// The topic in a few words, at most 50 characters: what of the matter concerns others too.
    pub title: String,
    /// What is the matter, at most 300 characters.
    pub text: String,
    /// The code of the division it is about; that of the reception when left out.
    pub division_code: Option<String>,
}

pub(in crate::receptions) async fn run(cx: &Cx, input: RaiseReceptionTopicInput) -> Result<ReceptionRecordResult, ApiError> {
    let viewer = cx.viewer().await?;
    let id = input.record_id.0;
    let (title, text) = raise_for::cleaned(&input.title, &input.text)?;
    if !lists::of_visits(cx, &[id]).await?.contains(&id) {
        return Err(missing());
    }
    if let Some(code) = &input.division_code {
        crate::organisation::require_division(cx, "divisionCode", code).await?;
    }
    let row = store::by_ids(cx, &[id]).await?.pop().ok_or_else(missing)?;
    let visit = bookings::store::by_ids(cx, &[row.booking_id]).await?.pop().ok_or_else(missing)?;
    // Nobody is left in whose name it could be raised.
    let subject = subject_of(&visit).ok_or_else(missing)?;
    if personal::of(cx.read(), &cx.app().keys, subject).await?.is_none() {
        return Err(missing());
    }
    let division = input.division_code.clone().unwrap_or_else(|| row.division_code.clone());
    let committee = crate::organisation::committee_covering(cx, &division).await?;
    if committee != Some(row.committee_id) {
        let text = say("请选择本委员会的区划。", "Please choose a division of this committee.");
        return Err(ApiError::bad_input("divisionCode", text));
    }
    let role = match viewer.desk_of(row.committee_id, &row.division_code) {
        Some(held) => sea_orm::ActiveEnum::to_value(&held.role),
        None if visit.account_id == Some(viewer.account) => "RESIDENT".to_owned(),
        None => "MEMBER".to_owned(),
    };
    let of_members = day::store::by_ids(cx, &[row.day_id]).await?.pop().is_some_and(|day| day.kind == ReceptionKind::LeadersReceiveMembers);
    let source = if of_members { TopicSource::Member } else { TopicSource::Public };
    let (account, caller) = (visit.account_id, visit.caller_id);
    let heard = Heard { id: cx.new_id(), committee: row.committee_id, division, source, title, text, account, caller };
    let (input, heard, role) = (&input, &heard, role.as_str());
    let done = cx
        .app()
        .db
        .write(|tx| async move {
            if replay::remember(&tx, cx, "raiseReceptionTopic", input.request_id, input, Some(Gid(id).to_string())).await?.is_some() {
                return Ok((id, true));
            }
            raise_for::run(&tx, cx, "raiseReceptionTopic", role, heard).await?;
            let link = reception_topic::Model { record_id: id, topic_id: heard.id, at: cx.now() };
            let linked = store::insert_topic(&tx, link).await;
            linked.on_rule("reception_topics_pkey", || Refuse::Because(Reason::RaisedAlready))?.internal("linking a record to its topic")?;
            // They hear of it now, and not when everybody does.
            if let Some(account) = heard.account.filter(|account| *account != viewer.account) {
                outbox::tell_person(&tx, cx, NoticeKind::TopicRaisedForYou, heard.id.uuid(), heard.id.uuid(), account).await?;
            }
            Ok((id, false))
        })
        .await;
    finish(cx, done).await
}
