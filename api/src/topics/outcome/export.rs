use super::model::SecondLook;
use super::store;
use crate::kernel::{ApiError, Cx, Gid};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use shangyi_entities::TopicId;

/// What the author of topics said about what became of them.
pub(in super::super) struct Said {
    pub(in super::super) confirmations: Vec<Value>,
    pub(in super::super) second_looks: Vec<Value>,
}

/// Everything that was said as the author of those topics.
pub(in super::super) async fn said_by(cx: &Cx, topics: &[TopicId]) -> Result<Said, ApiError> {
    let confirmations = store::confirmations_by(cx, topics)
        .await?
        .into_iter()
        .map(|(row, statement)| json!({ "topic": Gid(row.topic_id).to_string(), "kept": row.kept, "statement": statement, "at": row.at.utc() }));
    let mut second_looks = Vec::new();
    for (topic, row) in store::second_look_of(cx.read(), topics).await? {
        let seen = SecondLook::open(cx, &row).await?;
        let decision = seen.decision.map(|decision| decision.to_value());
        second_looks.push(json!({ "topic": Gid(topic).to_string(), "statement": seen.statement, "askedAt": seen.asked_at, "decision": decision }));
    }
    Ok(Said { confirmations: confirmations.collect(), second_looks })
}
