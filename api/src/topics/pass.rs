use super::moves::Move;
use super::refusal::{Refuse, TopicRefusalReason, TopicRefused, TopicResult};
use super::step::{Note, Step, nothing_more, take};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{OrganisationId, TopicId, topic};
use uuid::Uuid;

/// Where the topic belongs.
#[derive(InputObject)]
pub struct PassTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The code of the division it is about.
    pub division_code: String,
    /// The committee to pass it on to, which must cover the division; left out: the smallest one that does.
    pub to_committee_id: Option<Gid<OrganisationId>>,
}

pub(super) async fn run(cx: &Cx, input: PassTopicInput) -> Result<TopicResult, ApiError> {
    crate::organisation::require_division(cx, "divisionCode", &input.division_code).await?;
    let committee = match input.to_committee_id {
        Some(id) => {
            if !crate::organisation::covers(cx, id.0, &input.division_code).await? {
                return Err(ApiError::bad_input("toCommitteeId", say("所选委员会不管辖这个区划。", "That committee does not cover this division.")));
            }
            Some(id.0)
        }
        None => crate::organisation::committee_covering(cx, &input.division_code).await?,
    };
    let Some(committee) = committee else {
        let refused: TopicRefused = Refuse::Because(TopicRefusalReason::NoCommitteeHere).say(cx);
        return Ok(TopicResult::Refused(refused));
    };
    let step = Step {
        operation: "passTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Pass,
        what: TopicEventKind::Passed,
        reason: None,
        note: Note::Desk(input.division_code.clone()),
        tell: None,
    };
    let change = |row: &topic::Model| {
        // A campaign is its committee's.
        let campaign = row.campaign_id.filter(|_| row.committee_id == Some(committee));
        Ok(topic::ActiveModel {
            campaign_id: Set(campaign),
            // Whoever had it in hand is of the other desk.
            taken_by: Set(None),
            taken_at: Set(None),
            division_code: Set(input.division_code.clone()),
            committee_id: Set(Some(committee)),
            // A place of the old division means nothing in the new one.
            place_id: Set(None),
            ..Default::default()
        })
    };
    take(cx, &input, &step, change, nothing_more).await
}
