//! What has happened in the demo: sixty topics in every state there is, raised, looked at, backed and answered through
//! the API itself, over the last three weeks.
use super::cast::Person;
use super::outcomes::OnItsWay;
use super::stage::Stage;
use crate::app::App;
use crate::kernel::ApiError;
use crate::topics;
use serde_json::{Value, json};
use shangyi_entities::Timestamp;

/// Topics of the demo.
const TOPICS: usize = 60;
const DAY: i64 = 86_400;

/// What a topic is about: title and text; `{}` is the place.
const MATTERS: [(&str, &str); 15] = [
    ("{}路灯不亮", "{}主路上有五盏路灯已经两周不亮，老人晚上出门看不清路，建议尽快检修。"),
    ("{}电梯经常停运", "{}的电梯一个月停了四次，高层住户上下很不方便，希望请维保单位彻底检查。"),
    ("{}缺少充电桩", "{}的新能源车越来越多，但只有两个充电桩，建议利用空地增建。"),
    ("{}垃圾清运不及时", "{}的垃圾每天傍晚堆到路边，气味很大，希望增加一次清运。"),
    ("{}老人就餐难", "{}独居老人多，附近没有食堂，建议开办社区食堂或送餐服务。"),
    ("{}飞线充电有隐患", "{}不少住户从窗户拉线给电动车充电，存在火灾隐患，建议建集中充电棚。"),
    ("{}人行道被占", "{}的人行道长期被停放车辆占用，孩子上学只能走车行道。"),
    ("{}公交班次太少", "{}早高峰公交要等半小时，建议增加班次或开通微循环线。"),
    ("{}噪声扰民", "{}附近夜间施工到凌晨，影响休息，希望明确施工时间。"),
    ("{}缺少儿童活动场地", "{}的孩子没有地方玩，建议把闲置绿地改成小游乐场。"),
    ("{}雨天积水", "{}一下大雨就积水，排水口经常堵，建议疏通并加大管径。"),
    ("{}医保服务点太远", "{}居民办医保要坐一小时车，建议在社区设服务点。"),
    ("{}河道需要清淤", "{}旁的小河淤积严重，夏天发臭，建议清淤并种植水生植物。"),
    ("{}快递柜不够用", "{}的快递柜常常放满，快递堆在门口，建议增设。"),
    ("{}需要无障碍坡道", "{}入口只有台阶，轮椅和婴儿车进出困难，建议加装坡道。"),
];

const HOMES: [(&str, &str); 6] = [
    ("990101001001", "泉水花园"),
    ("990101001002", "松林社区"),
    ("990101001003", "老码头"),
    ("990101002001", "石桥大厦"),
    ("990101002002", "新光产业园"),
    ("990101002003", "荷塘村"),
];

/// Loads what has happened, unless it is there.
pub(super) async fn load(app: &App, people: &[Person]) -> Result<(), ApiError> {
    if topics::count(app.db.read()).await? >= TOPICS as u64 {
        return Ok(());
    }
    let stage = Stage::new(app, people);
    let today = app.clock.now();
    stage.campaign(today.plus_seconds(-24 * DAY)).await?;
    let mut raised = Vec::with_capacity(TOPICS);
    for number in 0..TOPICS {
        let began = today.plus_seconds(-23 * DAY + i64::try_from(number).unwrap_or(0) * DAY / 3);
        raised.push(stage.topic(number, began).await?);
    }
    // The thirteenth and the forty-third speak of one matter in two streets.
    let officer = stage.of_role("LIAISON_OFFICER", 0).ok_or_else(|| ApiError::broken("a person of the demo"))?;
    stage.proposal(officer, &raised[13], &raised[43], today.plus_seconds(-DAY)).await
}

impl Stage<'_> {
    /// One mutation on a topic; gives the topic.
    async fn act(&self, (number, step): (usize, usize), who: &Person, at: Timestamp, name: &str, input: Value) -> Result<Value, ApiError> {
        let fields = "... on TopicPayload { topic { id version } } ... on Refusal { code }";
        let done = self.mutate(&format!("{number} {step}"), who, at, (name, fields), input).await?;
        if done["topic"].is_null() {
            tracing::error!(operation = name, number, "a step of the demo failed");
            return Err(ApiError::broken("loading the demo"));
        }
        Ok(done["topic"].clone())
    }

    async fn topic(&self, number: usize, began: Timestamp) -> Result<Value, ApiError> {
        let (title, text) = MATTERS[number % MATTERS.len()];
        let (division, place) = HOMES[(number / 2) % HOMES.len()];
        let hours = |hours: i64| began.plus_seconds(hours * 3600);
        let by_member = number % 7 == 3;
        let missing = || ApiError::broken("a person of the demo");
        let author = self.of_role(if by_member { "MEMBER" } else { "RESIDENT" }, number).ok_or_else(missing)?;
        let officer = self.of_role("LIAISON_OFFICER", usize::from(division.starts_with("990101002"))).ok_or_else(missing)?;
        let mut input = json!({ "divisionCode": division, "title": title.replace("{}", place), "text": text.replace("{}", place) });
        if by_member {
            let held = crate::organisation::role_id(self.app.db.read(), author.account, shangyi_entities::appointment::Role::Member).await?;
            input["asAppointmentId"] = json!(held.map(|id| crate::kernel::Gid(id).to_string()));
        }
        let topic = self.act((number, 0), author, began, "submitTopic", input).await?;
        let id = topic["id"].clone();
        let seen = |version: i64| json!({ "topicId": id, "expectedVersion": version });
        match number % 10 {
            0 | 1 => {}
            2 => {
                let mut ask = seen(1);
                ask["question"] = json!("请说明具体是哪一段路、从什么时候开始的。");
                self.act((number, 1), officer, hours(5), "askMoreAboutTopic", ask).await?;
            }
            8 => {
                let (name, mut input) = if number % 20 == 8 { ("redirectTopic", seen(1)) } else { ("rejectTopic", seen(1)) };
                input["reason"] = json!(if number % 20 == 8 { "COMPLAINT" } else { "OUT_OF_SCOPE" });
                if number % 20 == 8 {
                    input["where"] = json!("区政务服务热线12345");
                }
                self.act((number, 1), officer, hours(20), name, input).await?;
            }
            9 => {
                self.act((number, 1), author, hours(30), "withdrawTopic", json!({ "topicId": id })).await?;
            }
            kind => {
                self.act((number, 1), officer, hours(8), "acceptTopic", seen(1)).await?;
                for (step, backer) in self.backers(number, author).into_iter().enumerate() {
                    let when = hours(9 + i64::try_from(step).unwrap_or(0));
                    self.act((number, 10 + step), backer, when, "supportTopic", json!({ "topicId": id })).await?;
                }
                if matches!(kind, 6 | 7) {
                    let mut answer = seen(2);
                    answer["text"] = json!(format!("感谢反映。{place}的情况已现场核实，相关单位已列入本月计划，完成后会再次告知。"));
                    self.act((number, 2), officer, hours(40), "answerTopic", answer).await?;
                }
                let since = hours(if matches!(kind, 6 | 7) { 40 } else { 8 });
                self.becomes(OnItsWay { number, id: &id, author, officer, since }).await?;
            }
        }
        Ok(id)
    }

    /// Two to nine neighbours, never the author.
    fn backers(&self, number: usize, author: &Person) -> Vec<&Person> {
        let residents = self.people.iter().filter(|person| person.role == "RESIDENT" && person.account != author.account);
        residents.take(2 + number % 8).collect()
    }
}
