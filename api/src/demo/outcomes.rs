//! What became of the demo's topics: short lists, adoptions, hand-overs, the word of their authors, a campaign, and a proposal to
//! merge two topics of two streets.
use super::cast::Person;
use super::stage::Stage;
use crate::kernel::ApiError;
use serde_json::{Value, json};
use shangyi_entities::Timestamp;

const HOUR: i64 = 3600;
const GENERAL: &str = "13800000002";
const CLERK: &str = "13800000013";
const TOPIC: &str = "... on TopicPayload { topic { id version } } ... on Refusal { code }";
const HAND_OVER: &str = "... on HandOverPayload { handOver { id } } ... on Refusal { code }";

/// A topic of the demo on its way.
pub(super) struct OnItsWay<'a> {
    pub(super) number: usize,
    pub(super) id: &'a Value,
    pub(super) author: &'a Person,
    pub(super) officer: &'a Person,
    /// When it was accepted or answered.
    pub(super) since: Timestamp,
}

impl Stage<'_> {
    fn by_phone(&self, phone: &str) -> Result<&Person, ApiError> {
        self.people.iter().find(|person| person.phone == phone).ok_or_else(|| ApiError::broken("a person of the demo"))
    }

    async fn further(&self, on: &OnItsWay<'_>, who: &Person, hours: i64, what: (&str, &str), mut input: Value) -> Result<Value, ApiError> {
        input["topicId"] = on.id.clone();
        self.mutate(&format!("{} {}", on.number, what.0), who, on.since.plus_seconds(hours * HOUR), what, input).await
    }

    /// The committee's standing campaign, which takes the topics that name none.
    pub(super) async fn campaign(&self, at: Timestamp) -> Result<(), ApiError> {
        let input = json!({ "name": "金点子征集", "theme": "身边的环境、出行和服务，您觉得哪里可以更好？", "divisionCodes": [super::DISTRICT], "isDefault": true });
        let fields = "... on CampaignPayload { campaign { id } } ... on Refusal { code }";
        self.mutate("campaign", self.by_phone(GENERAL)?, at, ("openCampaign", fields), input).await.map(|_| ())
    }

    /// What becomes of an accepted topic, by its number.
    pub(super) async fn becomes(&self, on: OnItsWay<'_>) -> Result<(), ApiError> {
        let seen = |version: i64| json!({ "expectedVersion": version });
        match on.number % 10 {
            4 => {
                self.further(&on, on.officer, 12, ("shortlistTopic", TOPIC), seen(2)).await?;
                if on.number % 20 == 4 {
                    let (what, text) =
                        if on.number % 40 == 4 { ("CONSULTATION", "拟开展院坝协商") } else { ("INSIDE", "拟作为提案线索") };
                    let input = json!({ "expectedVersion": 3, "as": what, "text": text });
                    self.further(&on, on.officer, 30, ("adoptTopic", TOPIC), input).await?;
                }
            }
            5 => self.handed_over(&on).await?,
            6 if on.number % 20 == 6 => {
                self.further(&on, on.author, 50, ("confirmAnswer", TOPIC), json!({ "kept": true })).await?;
            }
            7 if on.number % 20 == 7 => {
                let input = json!({ "kept": false, "reason": "说好本月修，到现在还没有动工。" });
                self.further(&on, on.author, 60, ("confirmAnswer", TOPIC), input).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn handed_over(&self, on: &OnItsWay<'_>) -> Result<(), ApiError> {
        let units = "{ committee(divisionCode: \"990101\") { id } }";
        let committee = self.execute(on.officer, on.since, units, json!({})).await?["committee"]["id"].clone();
        let units = "query($id: ID!) { organisations(committeeId: $id, kind: HANDLING_UNIT) { id } }";
        let unit = self.execute(on.officer, on.since, units, json!({ "id": committee })).await?["organisations"][0]["id"].clone();
        let at = |hours: i64| on.since.plus_seconds(hours * HOUR);
        let step = |name: &str| format!("{} {name}", on.number);
        let input = json!({ "subjectId": on.id, "expectedVersion": 2, "unitId": unit, "task": "请现场核实并答复居民。" });
        let given = self.mutate(&step("give"), on.officer, at(14), ("handOver", HAND_OVER), input).await?["handOver"]["id"].clone();
        let clerk = self.by_phone(CLERK)?;
        if on.number % 20 == 5 {
            let input = json!({ "handOverId": given, "expectedVersion": 1 });
            self.mutate(&step("accept"), clerk, at(30), ("acceptHandOver", HAND_OVER), input).await?;
            let input = json!({ "handOverId": given, "expectedVersion": 2, "text": "已现场核实，维修队本周进场，完工后公示。" });
            self.mutate(&step("reply"), clerk, at(60), ("replyToHandOver", HAND_OVER), input).await?;
        }
        Ok(())
    }

    /// Two topics of one matter in two streets: the officer of one proposes to merge them.
    pub(super) async fn proposal(&self, officer: &Person, canonical: &Value, other: &Value, at: Timestamp) -> Result<(), ApiError> {
        let input = json!({ "canonicalId": canonical, "topicIds": [other], "reason": "两个街道反映的是同一件事，宜一并办理。" });
        let fields = "... on MergeProposalPayload { proposal { id } } ... on Refusal { code }";
        self.mutate("proposal", officer, at, ("proposeMerge", fields), input).await.map(|_| ())
    }
}
