use super::moves::No;
use super::{AgreedItem, store};
use crate::kernel::{ApiError, Cx, Stop, Text, say};
use async_graphql::{Enum, SimpleObject, Union};
use chrono::{DateTime, Utc};
use shangyi_entities::agreed_item::AgreedItemState;
use shangyi_entities::{AgreedItemId, Timestamp};

/// Why a write on an agreed item was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum AgreedItemRefusalReason {
    /// Somebody else was faster: `now`, `byRole` and `at` say what happened.
    StateChanged,
    /// A unit's own staff do not confirm its work.
    NeedsAnotherPerson,
    /// The person has said already whether it is so.
    SaidAlready,
    /// It is not given to its unit: the consultation is not reported yet.
    NotGiven,
    /// Its date has not passed.
    NotOverdue,
    /// A letter of inquiry follows a reminder, an inspection follows a letter.
    StepSkipped,
}

/// A write on an agreed item was refused by the rules.
#[derive(SimpleObject)]
pub struct AgreedItemRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: AgreedItemRefusalReason,
    /// `STATE_CHANGED`: where it stands now.
    pub now: Option<AgreedItemState>,
    /// `STATE_CHANGED`: the version to expect next.
    pub version: Option<i64>,
    /// `STATE_CHANGED`: by which role it was moved.
    pub by_role: Option<String>,
    /// `STATE_CHANGED`: when it was moved.
    pub at: Option<DateTime<Utc>>,
}

/// The item as it is now.
#[derive(SimpleObject)]
pub struct AgreedItemPayload {
    /// The item.
    pub item: AgreedItem,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The item, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum AgreedItemResult {
    /// Done.
    Done(AgreedItemPayload),
    /// Refused.
    Refused(AgreedItemRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// The table of moves refuses.
    Move(No),
    /// Somebody else was faster, as the last event says.
    Changed { now: AgreedItemState, version: i64, by_role: String, at: Timestamp },
    /// One step of supervision was left out.
    StepSkipped,
}

impl Refuse {
    fn say(self, cx: &Cx) -> AgreedItemRefused {
        use AgreedItemRefusalReason as R;
        match self {
            Self::Move(no) => {
                let reason = match no {
                    No::NotYours | No::NotNow => R::StateChanged,
                    No::NeedsAnotherPerson => R::NeedsAnotherPerson,
                    No::SaidAlready => R::SaidAlready,
                    No::NotGiven => R::NotGiven,
                    No::NotOverdue => R::NotOverdue,
                };
                plain(cx, reason, no.code(), &no.text())
            }
            Self::Changed { now, version, by_role, at } => AgreedItemRefused {
                now: Some(now),
                version: Some(version),
                by_role: Some(by_role),
                at: Some(at.utc()),
                ..plain(cx, R::StateChanged, No::NotNow.code(), &No::NotNow.text())
            },
            Self::StepSkipped => {
                let text = say(
                    "请按催办、函询、监督性视察的顺序进行，先完成前一步。",
                    "First a reminder, then a letter of inquiry, then an inspection: please take the step before.",
                );
                plain(cx, R::StepSkipped, "STEP_SKIPPED", &text)
            }
        }
    }
}

fn plain(cx: &Cx, reason: AgreedItemRefusalReason, code: &str, text: &Text) -> AgreedItemRefused {
    AgreedItemRefused { code: code.to_owned(), message: cx.tell(text), reason, now: None, version: None, by_role: None, at: None }
}

/// There is none.
pub(super) fn missing() -> ApiError {
    ApiError::not_found("这个议定事项", "This item")
}

/// The payload or the refusal of a write on an item.
pub(super) async fn finish(cx: &Cx, done: Result<(AgreedItemId, bool), Stop<Refuse>>) -> Result<AgreedItemResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let item = store::by_ids(cx.read(), &[id]).await?.pop().map(AgreedItem).ok_or_else(missing)?;
            Ok(AgreedItemResult::Done(AgreedItemPayload { item, replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(AgreedItemResult::Refused(refuse.say(cx))),
        Err(Stop::Failed(error)) => Err(error),
    }
}
