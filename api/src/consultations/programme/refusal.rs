use super::{Programme, store};
use crate::kernel::{ApiError, Cx, Stop, say};
use async_graphql::{Enum, SimpleObject, Union};
use shangyi_entities::ProgrammeId;

/// Why a write on a programme was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgrammeRefusalReason {
    /// Another programme of the committee is called so.
    NameTaken,
    /// Somebody else published a version first: `programme` is as it is now.
    StateChanged,
}

/// A write on a programme was refused by the rules.
#[derive(SimpleObject)]
pub struct ProgrammeRefused {
    /// The reason as a word.
    pub code: String,
    /// The sentence to show, with the next step.
    pub message: String,
    /// The reason.
    pub reason: ProgrammeRefusalReason,
    /// `STATE_CHANGED`: the programme as it is now; null otherwise.
    pub programme: Option<Programme>,
}

/// The programme as it is now.
#[derive(SimpleObject)]
pub struct ProgrammePayload {
    /// The programme.
    pub programme: Programme,
    /// Whether this request had been done before.
    pub replayed: bool,
}

/// The programme, or why not.
#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum ProgrammeResult {
    /// Done.
    Done(ProgrammePayload),
    /// Refused.
    Refused(ProgrammeRefused),
}

/// A refusal in the making, inside a transaction.
#[derive(Debug)]
pub(super) enum Refuse {
    /// The name is another one's.
    NameTaken,
    /// This one has another version by now.
    Changed(ProgrammeId),
}

impl Refuse {
    async fn say(self, cx: &Cx) -> Result<ProgrammeRefused, ApiError> {
        use ProgrammeRefusalReason as R;
        let (reason, code, text, id) = match self {
            Self::NameTaken => (
                R::NameTaken,
                "NAME_TAKEN",
                say(
                    "本委员会已有同名的协商名目，请换一个名称，或为原名目发布新版本。",
                    "The committee has a programme of that name; please choose another name, or publish a version of that one.",
                ),
                None,
            ),
            Self::Changed(id) => (
                R::StateChanged,
                "STATE_CHANGED",
                say("这个名目刚刚发布了新版本，请查看后再修改。", "A version was published meanwhile; please look at it before changing more."),
                Some(id),
            ),
        };
        let programme = match id {
            Some(id) => store::by_ids(cx, &[id]).await?.pop().map(Programme),
            None => None,
        };
        Ok(ProgrammeRefused { code: code.to_owned(), message: cx.tell(&text), reason, programme })
    }
}

/// The payload or the refusal of a write on a programme.
pub(super) async fn finish(cx: &Cx, done: Result<(ProgrammeId, bool), Stop<Refuse>>) -> Result<ProgrammeResult, ApiError> {
    match done {
        Ok((id, replayed)) => {
            let row = store::by_ids(cx, &[id]).await?.pop().ok_or_else(super::missing)?;
            Ok(ProgrammeResult::Done(ProgrammePayload { programme: Programme(row), replayed }))
        }
        Err(Stop::Refused(refuse)) => Ok(ProgrammeResult::Refused(refuse.say(cx).await?)),
        Err(Stop::Failed(error)) => Err(error),
    }
}
