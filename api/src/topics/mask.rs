use super::moves::Move;
use super::refusal::TopicResult;
use super::step::{Note, Step, nothing_more, take};
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::InputObject;
use sea_orm::ActiveValue::Set;
use shangyi_entities::topic_event::TopicEventKind;
use shangyi_entities::{TopicId, topic};
use uuid::Uuid;

/// Which words to mask.
#[derive(InputObject)]
pub struct MaskTopicInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The topic.
    pub topic_id: Gid<TopicId>,
    /// The version the officer saw; another one is `STATE_CHANGED`.
    pub expected_version: i64,
    /// The words as they stand in title or text, 1 to 20, each at most 50 characters. Every occurrence becomes ＊.
    pub words: Vec<String>,
}

const WORD: Rule = Rule { field: "words", name: ("要遮蔽的词", "The words to mask"), most: 50 };

/// Each occurrence of each word with as many stars as it has characters.
fn mask(text: &str, words: &[String]) -> String {
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, &"＊".repeat(word.chars().count())))
}

pub(super) async fn run(cx: &Cx, input: MaskTopicInput) -> Result<TopicResult, ApiError> {
    if input.words.is_empty() || input.words.len() > 20 {
        return Err(ApiError::bad_input("words", say("一次可遮蔽1到20个词。", "1 to 20 words can be masked at a time.")));
    }
    let mut words = input.words.iter().map(|word| text::clean(&WORD, word)).collect::<Result<Vec<_>, _>>()?;
    // The longest first, or a part would hide the whole.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let step = Step {
        operation: "maskTopic",
        request_id: input.request_id,
        topic: input.topic_id.0,
        expected_version: Some(input.expected_version),
        kind: Move::Mask,
        what: TopicEventKind::Masked,
        reason: None,
        // The words themselves must not come back through history.
        note: Note::None,
        tell: None,
    };
    let change = |row: &topic::Model| {
        let (title, body) = (row.title.as_deref().unwrap_or_default(), row.body.as_deref().unwrap_or_default());
        if let Some(missing) = words.iter().position(|word| !title.contains(word.as_str()) && !body.contains(word.as_str())) {
            let place = missing + 1;
            return Err(ApiError::bad_input(
                "words",
                say(
                    format!("第{place}个词在标题和正文中没有找到，请核对。"),
                    format!("Word {place} (the longest first) was not found in title or text."),
                ),
            )
            .into());
        }
        Ok(topic::ActiveModel { title: Set(Some(mask(title, &words))), body: Set(Some(mask(body, &words))), ..Default::default() })
    };
    take(cx, &input, &step, change, nothing_more).await
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn every_occurrence_of_every_word_is_masked() {
        let words = ["渝A12345".to_owned(), "张三".to_owned()];
        assert_eq!(mask("张三的车渝A12345，张三说", &words), "＊＊的车＊＊＊＊＊＊＊，＊＊说");
    }
}
