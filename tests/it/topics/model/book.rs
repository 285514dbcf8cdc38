//! What the test itself keeps of its topics, and what it expects of a move because of that.
use serde_json::Value;
use shangyi::topics::moves::{Move, No, RULES, SecondLook, Standing, Taken, by_itself, judge};
use shangyi_entities::topic::TopicState as S;
use std::collections::HashSet;

/// Nobody refused it.
pub(super) const DONE: &str = "DONE";

/// Who acts, by their place among the people: two residents who raise topics, a backer, the street's officer, the other
/// street's, the general desk, a clerk of the unit.
pub(super) const BACKER: usize = 2;
pub(super) const OFFICER: usize = 3;
pub(super) const GENERAL: usize = 5;
pub(super) const CLERK: usize = 6;

fn is_desk(actor: usize) -> bool {
    actor == OFFICER || actor == GENERAL
}

/// Where a topic can be merged from, and take over.
fn is_early(state: S) -> bool {
    matches!(state, S::Accepted | S::Shortlisted)
}

#[derive(Default)]
pub(super) struct Topic {
    pub(super) id: Value,
    pub(super) born: usize,
    pub(super) by: usize,
    pub(super) version: Value,
    pub(super) reopened: i64,
    pub(super) public: bool,
    pub(super) taken_down: bool,
    pub(super) backed: bool,
    pub(super) canonical: Option<usize>,
    pub(super) taken: Option<usize>,
    pub(super) look: SecondLook,
    /// Who redirected or rejected it last.
    pub(super) refused_by: Option<usize>,
    /// Its latest answer, and those its author has spoken to.
    pub(super) answer: Option<usize>,
    pub(super) said: HashSet<usize>,
    pub(super) masked: usize,
    /// Its latest hand-over, with the version of that.
    pub(super) given: Option<(Value, Value)>,
    pub(super) adoptions: Vec<Value>,
    pub(super) ended: usize,
}

/// A move that somebody tries; `into` is the canonical topic of a merge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) topic: usize,
    pub(super) actor: usize,
    pub(super) kind: Move,
    pub(super) into: usize,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) topics: Vec<Topic>,
    /// Where each topic stands by itself.
    pub(super) states: Vec<S>,
    pub(super) answers: usize,
}

impl Model {
    /// The topic that says where the matter stands.
    pub(super) fn shown(&self, topic: usize) -> usize {
        self.topics[topic].canonical.filter(|_| self.states[topic] != S::Withdrawn).unwrap_or(topic)
    }

    pub(super) fn state(&self, topic: usize) -> S {
        self.states[self.shown(topic)]
    }

    /// What is merged into a topic, the oldest first.
    pub(super) fn merged_into(&self, topic: usize) -> Vec<usize> {
        let mut merged: Vec<usize> = (0..self.topics.len()).filter(|other| self.topics[*other].canonical == Some(topic)).collect();
        merged.sort_by_key(|other| self.topics[*other].born);
        merged
    }

    /// A topic and what is merged into it.
    pub(super) fn cluster(&self, head: usize) -> Vec<usize> {
        self.merged_into(head).into_iter().chain([head]).collect()
    }

    pub(super) fn standing(&self, topic: usize, actor: usize) -> Standing {
        let (own, whole) = (&self.topics[topic], &self.topics[self.shown(topic)]);
        let refused = matches!(self.state(topic), S::Redirected | S::Rejected);
        let said = whole.answer.is_some_and(|answer| own.said.contains(&answer));
        Standing {
            desk: is_desk(actor),
            general: actor == GENERAL,
            raised: own.by == actor,
            public: own.public,
            merged: own.canonical.is_some(),
            has_merged: !self.merged_into(topic).is_empty(),
            reopened: whole.reopened,
            taken: own.taken.map_or(Taken::ByNobody, |taker| if taker == actor { Taken::ByViewer } else { Taken::ByAnother }),
            second_look: if refused { whole.look } else { SecondLook::NotAsked },
            looked_first: refused && actor == GENERAL && whole.refused_by == Some(actor),
            confirmed: own.by == actor && self.state(topic) == S::Answered && said,
            ..Standing::default()
        }
    }

    pub(super) fn sees(&self, topic: usize, actor: usize) -> bool {
        let topic = &self.topics[topic];
        topic.public || topic.by == actor || is_desk(actor) || (topic.backed && actor == BACKER)
    }

    fn judged(&self, act: Act) -> Result<Option<S>, No> {
        judge(act.kind, self.state(act.topic), self.standing(act.topic, act.actor))
    }

    /// With which word it must be answered. Where nothing could begin anyway, a merged topic may say that it is merged.
    pub(super) fn expected(&self, act: Act) -> Vec<&'static str> {
        let topic = &self.topics[act.topic];
        let not_theirs = if self.sees(act.topic, act.actor) { "FORBIDDEN" } else { "NOT_FOUND" };
        vec![match act.kind {
            Move::UnitReturn | Move::UnitReply if act.actor != CLERK => not_theirs,
            Move::UnitReturn | Move::UnitReply if self.states[act.topic] == S::HandedOver => DONE,
            Move::UnitReturn | Move::UnitReply => No::NotNow.code(),
            Move::RecordOutcome if !is_desk(act.actor) => "NOT_FOUND",
            Move::Merge => self.merging(act),
            _ if not_theirs == "NOT_FOUND" => not_theirs,
            _ => match self.judged(act) {
                Ok(_) => DONE,
                Err(No::NotYours) => not_theirs,
                Err(No::NotNow) if topic.canonical.is_some() => return vec![No::NotNow.code(), No::MergedElsewhere.code()],
                Err(no) => no.code(),
            },
        }]
    }

    /// A merge touches several topics: the desk of all, the author of none.
    fn merging(&self, act: Act) -> &'static str {
        let (one, into) = (&self.topics[act.topic], &self.topics[act.into]);
        let open = [S::Accepted, S::Shortlisted, S::HandedOver, S::Adopted, S::Answered, S::Reopened];
        let free = one.canonical.is_none() && one.public && one.reopened == 0 && is_early(self.states[act.topic]);
        match is_desk(act.actor) {
            false if one.public && self.sees(act.into, act.actor) => "FORBIDDEN",
            false => "NOT_FOUND",
            true if into.canonical.is_some() => "MERGED_ELSEWHERE",
            true if !open.contains(&self.states[act.into]) || !into.public => "STATE_CHANGED",
            true if !free => "NOT_MERGEABLE",
            true if self.cluster(act.topic).iter().chain([&act.into]).any(|topic| self.topics[*topic].by == act.actor) => "NEEDS_ANOTHER_PERSON",
            true => DONE,
        }
    }

    /// Everything that can be called: a reply needs a hand-over, an outcome an adoption, a mask a word that is there still.
    /// A canonical topic is not withdrawn where all that are left with it were taken down: who goes on then is not settled.
    pub(super) fn acts(&self) -> Vec<Act> {
        let mut kinds: Vec<Move> = RULES
            .iter()
            .map(|rule| rule.kind)
            .filter(|kind| !matches!(kind, Move::Lapse | Move::Conclude | Move::BecomeConsultation | Move::ConsultationWentOn))
            .collect();
        kinds.dedup();
        let mut acts = Vec::new();
        for (topic, row) in self.topics.iter().enumerate() {
            let lost = self.merged_into(topic).iter().any(|other| self.states[*other] != S::Withdrawn) && self.next(topic).is_none();
            for (actor, kind) in (0..=CLERK).flat_map(|actor| kinds.iter().map(move |kind| (actor, *kind))) {
                let can = match kind {
                    Move::UnitReturn | Move::UnitReply => row.given.is_some(),
                    Move::RecordOutcome => !row.adoptions.is_empty(),
                    Move::Mask => row.masked < 40,
                    Move::Withdraw => !lost,
                    _ => true,
                };
                let into = if kind == Move::Merge { 0..self.topics.len() } else { topic..topic + 1 };
                acts.extend(into.filter(|into| can && (kind != Move::Merge || *into != topic)).map(|into| Act { topic, actor, kind, into }));
            }
        }
        acts
    }

    /// Which of those merged into a topic takes its place when it is withdrawn.
    fn next(&self, topic: usize) -> Option<usize> {
        self.merged_into(topic).into_iter().find(|other| self.topics[*other].public && is_early(self.states[*other]))
    }

    /// Nothing leads on from it; there is one person at the general desk.
    pub(super) fn is_over(&self, topic: usize) -> bool {
        let whole = &self.topics[self.shown(topic)];
        let looked = whole.look == SecondLook::Decided || (whole.look == SecondLook::Open && whole.refused_by == Some(GENERAL));
        match self.state(topic) {
            S::Withdrawn | S::Confirmed | S::Settled => true,
            S::Redirected | S::Rejected => looked,
            _ => false,
        }
    }

    /// Whether everyone who raised the matter has said yes to its answer; persons, not topics.
    fn all_agree(&self, head: usize, answer: usize) -> bool {
        let cluster = self.cluster(head);
        let heard: HashSet<usize> = cluster.iter().filter(|one| self.topics[**one].said.contains(&answer)).map(|one| self.topics[*one].by).collect();
        cluster.iter().all(|one| self.states[*one] == S::Withdrawn || heard.contains(&self.topics[*one].by))
    }

    fn answered(&mut self, topic: usize) {
        self.answers += 1;
        self.topics[topic].answer = Some(self.answers);
    }

    /// What a move does that was judged possible. Gives the moves made, by themselves too.
    pub(super) fn make(&mut self, act: Act) -> Vec<Move> {
        let (own, head, merged) = (act.topic, self.shown(act.topic), self.merged_into(act.topic));
        let (from, reopened) = (self.states[head], self.topics[head].reopened);
        let by_unit = by_itself(act.kind, from, reopened);
        let mut to = if by_unit.is_some() { by_unit } else { self.judged(act).expect("judged possible") };
        let mut made = vec![act.kind];
        match act.kind {
            Move::Take => self.topics[own].taken = Some(act.actor),
            Move::HandBack | Move::Pass => self.topics[own].taken = None,
            Move::Accept => self.topics[own].public = true,
            Move::UnitReply | Move::Answer => self.answered(own),
            Move::RecordOutcome => {
                self.topics[own].ended += 1;
                if self.topics[own].ended == self.topics[own].adoptions.len() {
                    to = by_itself(Move::Conclude, from, reopened);
                    self.answered(own);
                    made.push(Move::Conclude);
                }
            }
            Move::Redirect | Move::Reject => {
                self.topics[own].refused_by = Some(act.actor);
                merged.iter().chain([&own]).for_each(|topic| self.topics[*topic].public = false);
            }
            // About what was decided for all of them.
            Move::AskSecondLook => self.topics[head].look = SecondLook::Open,
            Move::Uphold => self.topics[own].look = SecondLook::Decided,
            Move::TakeUp => {
                self.topics[own].look = SecondLook::Decided;
                self.topics[own].public = true;
                merged.iter().for_each(|one| self.topics[*one].public = !self.topics[*one].taken_down && self.states[*one] != S::Withdrawn);
            }
            Move::Withdraw => {
                self.topics[own].public = false;
                if let Some(next) = self.next(own) {
                    merged.iter().chain([&own]).for_each(|topic| self.topics[*topic].canonical = Some(next));
                    self.topics[next].canonical = None;
                    self.states[next] = if from == S::Shortlisted { from } else { self.states[next] };
                }
            }
            Move::Mask => self.topics[own].masked += 1,
            Move::TakeDown => (self.topics[own].public, self.topics[own].taken_down) = (false, true),
            Move::Confirm | Move::Dispute => {
                let answer = self.topics[head].answer.expect("an answer");
                self.topics[own].said.insert(answer);
                self.topics[head].reopened += i64::from(act.kind == Move::Dispute);
                // The others are still to be heard.
                to = to.filter(|_| act.kind == Move::Dispute || self.all_agree(head, answer));
            }
            Move::Merge => merged.iter().chain([&own]).for_each(|topic| self.topics[*topic].canonical = Some(act.into)),
            Move::Split => {
                self.topics[own].canonical = None;
                self.topics[own].public = is_early(self.states[own]) && !self.topics[own].taken_down;
            }
            _ => {}
        }
        if let Some(to) = to {
            self.states[if matches!(act.kind, Move::Confirm | Move::Dispute) { head } else { own }] = to;
        }
        made
    }
}
