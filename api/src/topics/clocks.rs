//! The desk's clocks, in working days: first look 3, decision 10, what the author is asked for 10. The clock of the decision
//! stands still while the author is asked. Source: domain, "Topics".
use crate::calendar::deadlines;
use crate::kernel::{ApiError, Cx, WriteTx};
use shangyi_entities::deadline::DeadlineKind as Kind;
use shangyi_entities::topic::TopicState as S;
use shangyi_entities::{TopicId, TypedId};

const FIRST_LOOK: i64 = 3;
const DECISION: i64 = 10;
const SUPPLEMENT: i64 = 10;

/// Those of the desk.
pub(super) const OF_DESK: &[Kind] = &[Kind::TopicFirstLook, Kind::TopicDecision];
/// Those that the topic itself runs by.
pub(super) const ALL: &[Kind] = &[Kind::TopicFirstLook, Kind::TopicDecision, Kind::TopicSupplement];

/// What a move does to the clocks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ticks {
    close: &'static [Kind],
    open: &'static [(Kind, i64)],
    resume: Option<Kind>,
}

/// What a move from one state to another does to the clocks; `None` is the beginning.
pub(super) fn ticks(from: Option<S>, to: S) -> Option<Ticks> {
    let ticks = |close, open, resume| Some(Ticks { close, open, resume });
    match (from, to) {
        (None, S::Submitted) => ticks(&[], &[(Kind::TopicFirstLook, FIRST_LOOK), (Kind::TopicDecision, DECISION)], None),
        (Some(from), to) if from == to => None,
        (Some(S::Submitted), S::NeedsMore) => ticks(OF_DESK, &[(Kind::TopicSupplement, SUPPLEMENT)], None),
        (Some(S::NeedsMore | S::Lapsed), S::Submitted) => ticks(&[Kind::TopicSupplement], &[], Some(Kind::TopicDecision)),
        (Some(S::Submitted | S::NeedsMore), _) => ticks(ALL, &[], None),
        // What came back is decided about anew.
        (_, S::Reopened) => ticks(&[], &[(Kind::TopicDecision, DECISION)], None),
        (Some(S::Reopened), _) => ticks(&[Kind::TopicDecision], &[], None),
        _ => None,
    }
}

/// Sets the clocks after a move.
pub(super) async fn set(tx: &WriteTx, cx: &Cx, topic: TopicId, from: Option<S>, to: S) -> Result<(), ApiError> {
    let Some(ticks) = ticks(from, to) else { return Ok(()) };
    if !ticks.close.is_empty() {
        deadlines::close_all(tx, cx, topic.uuid(), ticks.close).await?;
    }
    if !ticks.open.is_empty() {
        deadlines::open_all(tx, cx, topic.uuid(), ticks.open).await?;
    }
    match ticks.resume {
        Some(kind) => deadlines::resume(tx, cx, kind, topic.uuid()).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::moves::RULES;
    use std::collections::BTreeSet;

    /// Which clocks run in a state, whatever way led there.
    fn running(state: S) -> BTreeSet<String> {
        let names = |kinds: &[Kind]| kinds.iter().map(|kind| format!("{kind:?}")).collect();
        match state {
            S::Submitted => names(&[Kind::TopicDecision]),
            S::NeedsMore => names(&[Kind::TopicSupplement]),
            S::Reopened => names(&[Kind::TopicDecision]),
            _ => BTreeSet::new(),
        }
    }

    #[test]
    fn after_every_move_the_clocks_of_its_state_run_and_no_other() {
        for rule in RULES {
            for (from, to) in rule.from.iter().flat_map(|from| rule.to.states().into_iter().map(move |to| (*from, to))) {
                let mut now = running(from);
                if from == S::Submitted {
                    now.insert("TopicFirstLook".to_owned());
                }
                if let Some(ticks) = ticks(Some(from), to) {
                    now.retain(|running| !ticks.close.iter().any(|kind| *running == format!("{kind:?}")));
                    now.extend(ticks.open.iter().map(|(kind, _)| format!("{kind:?}")));
                    now.extend(ticks.resume.map(|kind| format!("{kind:?}")));
                }
                assert_eq!(now, running(to), "{from:?} -> {to:?} by {:?}", rule.kind);
            }
        }
    }
}
